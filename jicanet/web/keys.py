"""Where the application and a request keep what is shared: one typed key each."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import jinja2
from aiohttp import web

from jicanet.core.actor import Action, Actor, Grant
from jicanet.services import Services
from jicanet.web.i18n import Catalogues, Lang

if TYPE_CHECKING:
    from jicanet.web.routes import Route

Recognise = Callable[[web.Request], Awaitable[Actor]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every page needs to know of the whole: its routes, style sheet and templates."""

    routes: tuple["Route", ...]
    by_handler: Mapping[Any, "Route"]
    stylesheet: str
    templates: Mapping[Lang, jinja2.Environment]

    def has(self, path: str, method: str = "GET") -> bool:
        """Say whether there is a page at that path: navigation names only what exists."""
        return any(route.path == path and route.method == method for route in self.routes)


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)
RECOGNISE: web.AppKey[Recognise] = web.AppKey("recognise", Callable)  # type: ignore[arg-type]  # a key wants a class
GRANTS: web.AppKey[Mapping[Action, Grant]] = web.AppKey("grants", Mapping)
CATALOGUES: web.AppKey[Catalogues] = web.AppKey("catalogues", Catalogues)
SITE: web.AppKey[Site] = web.AppKey("site", Site)

REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
NOW: web.RequestKey[datetime] = web.RequestKey("now", datetime)
ACTOR: web.RequestKey[Actor] = web.RequestKey("actor", Actor)

# Set by `recognise` when the asker was known by a cookie: the secret that every form must repeat.
CSRF: web.RequestKey[str] = web.RequestKey("csrf", str)
# Set by `recognise` for a user who has chosen: used where no cookie says otherwise.
USER_LANGUAGE: web.RequestKey[str] = web.RequestKey("user_language", str)
USER_ZONE: web.RequestKey[str] = web.RequestKey("user_zone", str)
