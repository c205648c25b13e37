"""Permission and forgery: who may call a route, and whether the call comes from a page of ours."""

import hmac
from collections.abc import Iterable
from typing import NoReturn
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from jicanet.core.actor import Action, Actor, ActorKind, Grant, Scope
from jicanet.core.errors import Forbidden, SignInNeeded
from jicanet.core.text import Message, message
from jicanet.services import Services
from jicanet.web.keys import CSRF, SERVICES, SITE

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"


def require(services: Services, actor: Actor, action: Action, grant: Grant | None = None) -> None:
    """Raise SignInNeeded for a stranger and Forbidden for somebody known who may not do `action`.

    `grant` is what would let them: the refusal names it.
    """
    if services.may(actor, action):
        return
    if not actor.is_known:
        raise SignInNeeded(
            "sign_in_needed", message("This is for people who are signed in, or for a token that may do it.")
        )
    if grant is None:
        raise Forbidden(
            "not_permitted",
            message('You may not do this: it needs the permission "%(action)s".', action=action.value),
        )
    if actor.kind is ActorKind.TOKEN:
        _refuse_token(actor, grant)
    raise Forbidden(
        "not_permitted",
        message(
            "This takes the role %(roles)s, which you do not have. Ask somebody who has it.",
            roles=_either(grant.roles),
        ),
    )


def _refuse_token(token: Actor, grant: Grant) -> NoReturn:
    """Raise Forbidden naming the scope that a token lacks, or the role that its user lacks."""
    if not grant.scopes:
        raise Forbidden(
            "not_permitted",
            message(
                "No token may do this, whatever its scopes: sign in and do it on a page, or use the command."
            ),
        )
    if not token.scopes.isdisjoint({Scope.ALL, *grant.scopes}):
        raise Forbidden(
            "not_permitted",
            message(
                "The scope of this token is enough, but its user does not have the role %(roles)s. "
                "Use the token of somebody who has it.",
                roles=_either(grant.roles),
            ),
        )
    raise Forbidden(
        "not_permitted",
        message(
            "This token lacks the scope %(scopes)s. Make one with it: "
            "jicanet token create --user EMAIL --scope %(scope)s",
            scopes=_either(grant.scopes),
            scope=min(grant.scopes),
        ),
    )


def _either(names: Iterable[str]) -> Message | str:
    """Return names as a choice: `a`, `a or b`."""
    found: Message | str = ""
    for name in sorted(names):
        found = message("%(one)s or %(other)s", one=found, other=str(name)) if found else str(name)
    return found


def refuse_cross_site(request: web.Request) -> None:
    """Raise Forbidden `cross_site` for a change that another site's page asked the browser for.

    A bearer token proves itself: no browser adds it by itself. Fetch metadata is believed first, then
    Origin; programs that send neither are let through, for they carry no cookies of a victim. Pages at
    a secret address send the Origin `null`, because they let no address be told.
    """
    if request.method in SAFE_METHODS or is_bearer(request):
        return
    site = request.headers.get("Sec-Fetch-Site", "").lower()
    if site in {"same-origin", "none"}:
        return
    origin = request.headers.get(hdrs.ORIGIN)
    if not site and origin == "null" and is_secret(request):
        # Whoever knows the address needs no victim's browser, and no cookie is read there.
        return
    if (site and site not in {"same-origin", "none"}) or (
        origin is not None and not _is_ours(request, origin)
    ):
        raise Forbidden(
            "cross_site",
            message("The request came from a page of another site. Open the page here and send it again."),
        )


def is_bearer(request: web.Request) -> bool:
    """Say whether the asker is known by a bearer token, not by a cookie."""
    return CSRF not in request and request.headers.get(hdrs.AUTHORIZATION, "").lower().startswith("bearer ")


def is_secret(request: web.Request) -> bool:
    """Say whether the address that is asked for is itself the permission."""
    route = request.app[SITE].by_handler.get(request.match_info.handler)
    return route is not None and route.secret


def _is_ours(request: web.Request, origin: str) -> bool:
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    ours = urlsplit(request.app[SERVICES].settings.public_url).netloc
    return bool(host) and host.lower() in {ours.lower(), request.host.lower()}


def check_csrf(request: web.Request, given: str) -> None:
    """Raise Forbidden `csrf_failed` unless a change by cookie repeats the session's secret."""
    expected = request.get(CSRF)
    if request.method in SAFE_METHODS or expected is None:
        return
    # Bytes: compare_digest refuses text beyond ASCII.
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise Forbidden(
            "csrf_failed",
            message("The page is too old or was not made for you. Open it again and send it again."),
        )
