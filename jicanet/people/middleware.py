"""Who asks: from a bearer token or the browser's cookie."""

from aiohttp import hdrs, web

from jicanet.core.actor import STRANGER, Actor
from jicanet.core.errors import SignInNeeded
from jicanet.core.text import message
from jicanet.people import service
from jicanet.people.domain.model import user_actor
from jicanet.people.domain.tokens import cookie_name
from jicanet.services import Services
from jicanet.web.keys import CSRF, USER_LANGUAGE, USER_ZONE


async def recognise(services: Services, request: web.Request) -> Actor:
    """Return the actor of a request; for a browser also set `CSRF` and the user's language and zone.

    Who presents credentials is never taken for a stranger in silence: an Authorization header that is
    not one good bearer token raises SignInNeeded `bad_token`. A cookie comes by itself, so one that is
    good for nothing makes a stranger.
    """
    presented = request.headers.getall(hdrs.AUTHORIZATION, [])
    if presented:
        return await _by_bearer(services, presented)
    cookie = request.cookies.get(cookie_name(is_https=services.settings.is_https))
    session = await service.web_session(services, cookie) if cookie else None
    if session is None:
        return STRANGER
    request[CSRF] = session.csrf
    request[USER_LANGUAGE] = session.user.language
    request[USER_ZONE] = session.user.zone
    return user_actor(session.user)


async def _by_bearer(services: Services, presented: list[str]) -> Actor:
    scheme, _, token = presented[0].partition(" ")
    if len(presented) == 1 and scheme.lower() == "bearer":
        actor = await service.bearer(services, token.strip())
        if actor is not None:
            return actor
    raise SignInNeeded(
        "bad_token",
        message(
            "The Authorization header holds no good token. Send Bearer and a token that was not revoked, "
            "or leave the header out."
        ),
    )
