"""The web application: routes bound to handlers, middlewares, templates, style sheet. No I/O but reading files."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from aiohttp import hdrs, web

from jicanet.core.actor import ANY_TOKEN, STRANGER, Action, Grant
from jicanet.services import Services
from jicanet.web import middlewares
from jicanet.web.answers import compressed, json_answer
from jicanet.web.call import Call
from jicanet.web.endpoint import endpoint
from jicanet.web.i18n import LANGUAGES, Catalogues
from jicanet.web.keys import CATALOGUES, GRANTS, RECOGNISE, SERVICES, SITE, Recognise, Site
from jicanet.web.openapi import document
from jicanet.web.routes import Route
from jicanet.web.templating import environment

STATIC = Path(__file__).with_name("static")
_FOR_EVER = "public, max-age=31536000, immutable"


def build_web(
    services: Services,
    routes: Iterable[Route],
    recognise: Recognise,
    templates: Sequence[Path] = (),
    *,
    version: str = "0",
    grants: Mapping[Action, Grant] | None = None,
) -> web.Application:
    """Return the application of these routes, `/openapi.json` and the style sheet.

    `recognise` finds the actor of a request (and sets `keys.CSRF` where a cookie did it); `templates`
    are the slices' template folders; `grants` is what a refusal names as the remedy. Raises RuntimeError for a route without a permission or twice.
    """
    stylesheet = (STATIC / "jicanet.css").read_bytes()
    own = tuple(routes)
    all_routes = (*own, _openapi_route(services, own, version), _stylesheet_route(stylesheet))
    app = web.Application(middlewares=middlewares.ALL, client_max_size=services.settings.body_limit_bytes)
    app[SERVICES] = services
    app[RECOGNISE] = recognise
    app[GRANTS] = grants or {}
    app[CATALOGUES] = catalogues = Catalogues.load()
    by_handler = {endpoint(route): route for route in all_routes}
    app[SITE] = Site(
        routes=all_routes,
        by_handler=by_handler,
        stylesheet=all_routes[-1].path,
        templates={lang: environment(lang, catalogues, tuple(templates)) for lang in LANGUAGES},
    )
    paths = {route.path for route in all_routes}
    for handler, route in by_handler.items():
        pattern = _pattern(route.path, paths)
        app.router.add_route(route.method, pattern, handler)
        if route.method == "GET":
            app.router.add_route("HEAD", pattern, handler)
    return app


def _pattern(path: str, paths: Collection[str]) -> str:
    """Return a path as the router takes it: beside `/x/{ref}.ics`, the {ref} of `/x/{ref}` holds no dot.

    Else the file would seem to take the methods of the thing.
    """
    if not any(other.startswith(f"{path}.") for other in paths):
        return path
    return path.removesuffix("}") + ":[^/.]+}"


def _openapi_route(services: Services, routes: tuple[Route, ...], version: str) -> Route:
    described = document(
        routes,
        version,
        is_open=lambda action: services.may(STRANGER, action),
        takes_tokens=lambda action: services.may(ANY_TOKEN, action),
    )

    async def openapi(call: Call) -> web.StreamResponse:
        answer = json_answer(
            described, headers={hdrs.CACHE_CONTROL: "no-cache", hdrs.VARY: "Accept-Encoding"}
        )
        return compressed(call.request, answer)

    return Route("GET", "/openapi.json", openapi, Action.READ_PUBLIC, "This description of the interface")


def _stylesheet_route(content: bytes) -> Route:
    digest = hashlib.sha256(content).hexdigest()[:16]

    async def stylesheet(call: Call) -> web.StreamResponse:
        headers = {hdrs.CACHE_CONTROL: _FOR_EVER, hdrs.VARY: "Accept-Encoding"}
        answer = web.Response(body=content, headers=headers, content_type="text/css", charset="utf-8")
        return compressed(call.request, answer)

    path = f"/static/{digest}/jicanet.css"
    return Route("GET", path, stylesheet, Action.READ_PUBLIC, "The style sheet", media="file")
