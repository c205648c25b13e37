"""A web application over small test routes: real HTTP, no database."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from jicanet.core.actor import STRANGER, Action, Actor, Facts, Grant
from jicanet.core.zones import Zones
from jicanet.services import Services
from jicanet.settings import Mode, Settings
from jicanet.storage import Database
from jicanet.web.app import build_web
from jicanet.web.keys import CSRF, Recognise
from jicanet.web.routes import Route
from tests.support.clock import FakeClock
from tests.support.ids import CountingIds
from tests.support.logs import truthful
from tests.support.mailer import CollectingMailer

Client = TestClient[web.Request, web.Application]


def plain_policy(actor: Actor, action: Action, facts: Facts | None = None) -> bool:  # noqa: ARG001 - the policy's form
    """Let everybody see, and only who has a role or scope do more."""
    open_to_all = {Action.READ_PUBLIC, Action.SEE_STATIONS, Action.SEE_LIBRARY}
    return action in open_to_all or bool(actor.roles or actor.scopes)


def plain_services(*, clock: FakeClock | None = None, **settings: object) -> Services:
    """Return services without a database: the web part asks it nothing."""
    given: dict[str, object] = {"mode": Mode.DEVELOPMENT, "base_url": "http://jicanet.test", **settings}
    return Services(
        database=cast("Database", None),
        clock=clock or FakeClock(),
        ids=CountingIds(),
        settings=Settings(**given),  # type: ignore[arg-type]  # pydantic checks each
        mailer=CollectingMailer(),
        zones=Zones(),
        may=plain_policy,
    )


def known_as(actor: Actor, csrf: str | None = None) -> Recognise:
    """Return a `recognise` that finds `actor` in every request, by a cookie if `csrf` is given."""

    async def recognise(request: web.Request) -> Actor:
        if csrf is not None:
            request[CSRF] = csrf
        return actor

    return recognise


@asynccontextmanager
async def serving(
    routes: Iterable[Route],
    *,
    services: Services | None = None,
    recognise: Recognise | None = None,
    templates: Iterable[Path] = (),
    grants: Mapping[Action, Grant] | None = None,
) -> AsyncIterator[Client]:
    """Serve the routes on a free port, with a client that follows no redirect by itself."""
    app = build_web(
        services or plain_services(), routes, recognise or known_as(STRANGER), [*templates], grants=grants
    )
    with truthful():
        async with TestClient(TestServer(app)) as client:
            yield client
