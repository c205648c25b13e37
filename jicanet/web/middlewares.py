"""What surrounds every request, outermost first: log, headers, refusals, who asks, forgery. None writes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web

from jicanet.core.actor import STRANGER, Action
from jicanet.core.errors import Refusal, SignInNeeded
from jicanet.core.text import Message, message
from jicanet.web import problem
from jicanet.web.guard import is_secret, refuse_cross_site
from jicanet.web.keys import ACTOR, NOW, RECOGNISE, REQUEST_ID, SERVICES, SITE
from jicanet.web.refusals import Fault

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger("jicanet.web")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Addresses may hold secrets, so no other site hears them. Not "no-referrer": browsers then send
    # "Origin: null" with our own forms, which the forgery check would refuse.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Where the address itself is a secret, not even our own pages are told of it.
_SECRET_HEADERS: Mapping[str, str] = {
    "Referrer-Policy": "no-referrer",
    hdrs.CACHE_CONTROL: "private, no-store",
    "X-Robots-Tag": "noindex",
}
_STRICT_TRANSPORT = "max-age=31536000"

# aiohttp's own refusals in our words: code and sentence by status.
_OWN: Mapping[int, tuple[str, Message]] = {
    400: ("unreadable_request", message("The request cannot be read.")),
    404: (
        "no_such_address",
        message("This address leads nowhere. Look whether a part of it is missing or mistyped."),
    ),
    405: ("wrong_method", message("This address takes %(allowed)s.")),
    413: ("body_too_large", message("The body is larger than is read. Send less at a time.")),
    415: ("wrong_content_type", message("The body is of a kind that is not read here.")),
}


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name the request, fix its one instant, and log what became of it: no address, token or query."""
    services = request.app[SERVICES]
    request[NOW] = services.clock.now()
    request[REQUEST_ID] = services.ids.uid()
    loop = asyncio.get_running_loop()
    began, status = loop.time(), 499  # nobody waited for the answer
    with structlog.contextvars.bound_contextvars(request_id=request[REQUEST_ID]):
        try:
            response = await handler(request)
            status = response.status
        finally:
            log.info(
                "request",
                method=request.method,
                route=_pattern(request),
                status=status,
                ms=round((loop.time() - began) * 1000, 1),
            )
    return response


def _pattern(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"


@web.middleware
async def secure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the security headers on whatever leaves, errors and redirects too."""
    try:
        response = await handler(request)
    except web.HTTPException as exc:
        _add_headers(request, exc.headers)
        raise
    if not response.prepared:
        _add_headers(request, response.headers)
    return response


def _add_headers(request: web.Request, headers: MutableMapping[str, str]) -> None:
    settings = request.app[SERVICES].settings
    if is_secret(request):
        headers.update(_SECRET_HEADERS)
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Server", "jicanet")
    headers["X-Request-Id"] = request[REQUEST_ID]
    if settings.is_https:
        headers.setdefault("Strict-Transport-Security", _STRICT_TRANSPORT)


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal, aiohttp's own and every fault into a problem document or a page."""
    try:
        return await handler(request)
    except Refusal as exc:
        _note_undeclared(request, exc)
        return _answer(request, exc, {})
    except web.HTTPException as exc:
        if exc.status < HTTPStatus.BAD_REQUEST:
            raise
        return _answer(request, *_own(exc))
    except ConnectionResetError:  # the asker left: there is nobody to answer
        raise
    except Exception:  # the outermost edge: logged in full, told without detail
        log.exception("fault", method=request.method, route=_pattern(request))
        refusal = Fault(
            "internal_fault",
            message("The fault is ours and has been noted as %(id)s.", id=request[REQUEST_ID]),
        )
        return _answer(request, refusal, {})


def _answer(request: web.Request, refusal: Refusal, headers: Mapping[str, str]) -> web.Response:
    """Return the page or document of a refusal; a document where even the page fails."""
    try:
        return problem.answer(request, refusal, headers)
    except Exception:  # without a page there must still be an answer with our headers
        log.exception("error page failed", code=refusal.code)
        return problem.as_document(refusal, headers)


def _own(exc: web.HTTPException) -> tuple[Refusal, dict[str, str]]:
    """Return a refusal in our words for one of aiohttp's, and the headers to keep."""
    code, sentence = _OWN.get(exc.status, ("refused", message("The request was refused.")))
    allowed = exc.headers.get(hdrs.ALLOW, "")
    refusal = Refusal(code, Message(sentence.msgid, {"allowed": allowed.replace(",", ", ")}))
    refusal.status = exc.status
    return refusal, {hdrs.ALLOW: allowed} if allowed else {}


def _note_undeclared(request: web.Request, refusal: Refusal) -> None:
    """Log an error code that the route's declaration does not name: the served document is untrue then."""
    route = request.app[SITE].by_handler.get(request.match_info.handler)
    if (
        route is None
        or route.media == "page"  # not in the document
        or refusal.code in problem.GENERAL_CODES.get(refusal.status, ())
    ):
        return
    if refusal.code not in route.refused().get(refusal.status, ()):
        log.warning(
            "undeclared refusal",
            route=route.path,
            method=route.method,
            code=refusal.code,
            status=refusal.status,
        )


@web.middleware
async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who asks; raises SignInNeeded for a token that is not good."""
    route = request.app[SITE].by_handler.get(request.match_info.handler)
    is_open_file = route is not None and route.media == "file" and route.permission is Action.READ_PUBLIC
    if is_open_file or is_secret(request):
        request[ACTOR] = STRANGER
    else:
        if not request.headers.get(hdrs.AUTHORIZATION, "").isascii():
            # Such text cannot be hashed, and no token of ours looks so.
            raise SignInNeeded("bad_token", message("The token is not known or no longer good."))
        request[ACTOR] = await request.app[RECOGNISE](request)
    return await handler(request)


@web.middleware
async def refuse_forgery(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse changes that another site's page asks for."""
    refuse_cross_site(request)
    return await handler(request)


ALL = (observe, secure, explain, identify, refuse_forgery)
