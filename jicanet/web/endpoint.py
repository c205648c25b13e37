"""From a declared route to an aiohttp handler: permission, input, call, answer."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from jicanet.core.errors import NotFound
from jicanet.core.text import message
from jicanet.web.bodies import form_pairs, read_form, read_json, read_query, read_raw
from jicanet.web.call import Call
from jicanet.web.guard import CSRF_HEADER, SAFE_METHODS, check_csrf, require
from jicanet.web.keys import ACTOR, CATALOGUES, GRANTS, NOW, SERVICES
from jicanet.web.models import Body, Form
from jicanet.web.routes import Route
from jicanet.web.viewer import keep_choices, language_of, zone_of


def endpoint(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of a route; RuntimeError if it declares no permission."""
    permission = route.permission
    if permission is None:
        msg = f"{route.method} {route.path} declares no permission"
        raise RuntimeError(msg)

    async def handle(request: web.Request) -> web.StreamResponse:
        # Before the body: 401 and 403 come before 413 and 422.
        require(request.app[SERVICES], request[ACTOR], permission, request.app[GRANTS].get(permission))
        path = _path(request)
        query = read_query(request, route.query, page=route.media == "page")
        call = _call(request, route, path, query)
        raw, body = await _body(request, route)
        call = call if route.body is None else _with_body(call, raw, body)
        response = await route.handler(call)
        if route.media == "page":
            keep_choices(request, response)
        return response

    return handle


def _path(request: web.Request) -> dict[str, str]:
    """Return the variable parts of the path; raises NotFound where one holds what no text can keep."""
    path = dict(request.match_info)
    if any("\x00" in part for part in path.values()):
        raise NotFound(
            "no_such_address",
            message("This address leads nowhere. Look whether a part of it is missing or mistyped."),
        )
    return path


def _call(request: web.Request, route: Route, path: dict[str, str], query: Any) -> Call:
    is_page = route.media == "page"
    lang = language_of(request) if is_page else "en"
    zone, chosen = zone_of(request, strict=is_page) if is_page else zone_of(request, strict=False)
    return Call(
        request=request,
        services=request.app[SERVICES],
        actor=request[ACTOR],
        path=path,
        lang=lang,
        translate=request.app[CATALOGUES].translate(lang),
        zone=zone,
        zone_chosen=chosen,
        now=request[NOW],
        query=query,
    )


def _with_body(call: Call, raw: bytes, body: Any) -> Call:
    return replace(call, raw=raw, body=body)


async def _body(request: web.Request, route: Route) -> tuple[bytes, Any]:
    model, limit = route.body, request.app[SERVICES].settings.body_limit_bytes
    if model is not None and issubclass(model, Body):
        check_csrf(request, request.headers.get(CSRF_HEADER, ""))
        raw = await read_raw(request, model, limit)
        return raw, read_json(raw, model)
    if request.method in SAFE_METHODS:
        return b"", None
    if route.media != "page":
        check_csrf(request, request.headers.get(CSRF_HEADER, ""))
        return b"", None
    raw = await read_raw(request, Form, limit)
    if model is None:
        check_csrf(request, form_pairs(raw)[1])
        return raw, None
    check_csrf(request, form_pairs(raw)[1])
    body, _ = read_form(raw, model)
    return raw, body
