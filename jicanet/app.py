"""Where the parts are put together: services, routes, renderers, worker. Nothing is decided here."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from jicanet import migrations
from jicanet.catalog import api as catalog_api
from jicanet.catalog import pages as catalog_pages
from jicanet.catalog import service as catalog
from jicanet.core.actor import ANY_TOKEN, STRANGER, Actor
from jicanet.core.clock import SystemClock
from jicanet.core.ids import SystemIds
from jicanet.core.zones import Zones
from jicanet.feeds import api as feeds_api
from jicanet.feeds.service import FeedBodies
from jicanet.invitations import pages as invitations_pages
from jicanet.invitations.render import renderers as session_renderers
from jicanet.mail.delivery import Renderer
from jicanet.mail.mailers import can_send, mailer_for
from jicanet.people import api as people_api
from jicanet.people import pages as people_pages
from jicanet.people.domain.policy import GRANTS, may
from jicanet.people.middleware import recognise
from jicanet.people.render import sign_in_renderer
from jicanet.scheduler import api as scheduler_api
from jicanet.scheduler import pages as scheduler_pages
from jicanet.services import Services
from jicanet.settings import CONFIG, Settings
from jicanet.stations import api as stations_api
from jicanet.stations import pages as stations_pages
from jicanet.stations import service as stations
from jicanet.stations.store import stations_by_code
from jicanet.storage import open_database
from jicanet.web.app import build_web
from jicanet.web.i18n import Catalogues
from jicanet.web.openapi import document
from jicanet.web.routes import Route
from jicanet.worker import health
from jicanet.worker.metronome import Metronome
from jicanet.worker.steps import steps

PACKAGE = Path(__file__).parent
VERSION = "0.1.0"
_SHORTEST_KEY = 32  # 192 bits and more where it is random


def renderers() -> Mapping[str, Renderer]:
    """Return who renders which kind of mail, the catalogues read once."""
    catalogues = Catalogues.load()
    return {**session_renderers(catalogues), "sign-in": sign_in_renderer(catalogues)}


def build_services(settings: Settings) -> Services:
    """Return the services of these settings. Nothing is opened: `database.start()` does that."""
    return Services(
        database=open_database(settings.database),
        clock=SystemClock(),
        ids=SystemIds(),
        settings=settings,
        mailer=mailer_for(settings),
        zones=Zones(),
        may=may,
    )


def check_ready(settings: Settings) -> list[str]:
    """Return what forbids to serve or work with these settings, each with its remedy; empty if nothing."""
    reasons = [] if settings.is_development else list(_missing_in_production(settings))
    if not reasons and not migrations.is_current(settings.database):
        reasons.append("The database has an older schema, or none: run `jicanet init`.")
    return reasons


def _missing_in_production(settings: Settings) -> Iterator[str]:
    if not can_send(settings):
        yield "In production mail needs a server: set JICANET_SMTP_HOST."
    key = settings.secret_key.get_secret_value() if settings.secret_key else ""
    if len(key) < _SHORTEST_KEY:
        yield (
            "In production set JICANET_SECRET_KEY to a secret of your own of at least "
            f"{_SHORTEST_KEY} characters, equal in every process, such as {secrets.token_urlsafe(32)}"
        )
    if settings.base_url is None:
        yield "In production set JICANET_BASE_URL to the address people use: every link in a mail is made from it."
    if settings.mail_domain.endswith(".invalid"):
        yield "In production set JICANET_MAIL_DOMAIN to a domain that takes mail: invitations come from it."


def routes(settings: Settings) -> tuple[Route, ...]:
    """Return every route of the program; the mailbox is there in development only."""
    found = (
        *scheduler_pages.ROUTES,
        *scheduler_api.ROUTES,
        *stations_pages.ROUTES,
        *stations_api.ROUTES,
        *catalog_pages.ROUTES,
        *catalog_api.ROUTES,
        *people_pages.ROUTES,
        *people_api.routes(stations_by_code),
        *feeds_api.ROUTES,
        *health.ROUTES,
    )
    return (*found, *invitations_pages.ROUTES) if settings.is_development else found


def api_document(settings: Settings | None = None) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the JSON routes."""
    return document(
        routes(settings or Settings()),
        VERSION,
        is_open=lambda action: may(STRANGER, action),
        takes_tokens=lambda action: may(ANY_TOKEN, action),
    )


def create_app(services: Services) -> web.Application:
    """Return the application. Synchronous and without I/O: the contexts open things when it starts."""
    app = build_web(
        services,
        routes(services.settings),
        partial(recognise, services),
        version=VERSION,
        grants=GRANTS,
        templates=[
            PACKAGE / name / "templates"
            for name in ("scheduler", "stations", "catalog", "people", "invitations")
        ],
    )
    app[feeds_api.BODIES] = FeedBodies()
    app.cleanup_ctx.append(partial(_open_database, services))
    app.cleanup_ctx.append(partial(_open_mail, services))
    if services.settings.worker:
        app.cleanup_ctx.append(partial(_open_worker, services))
    return app


async def _open_database(services: Services, _app: web.Application) -> AsyncIterator[None]:
    await services.database.start()
    yield
    await services.database.close()


async def _open_mail(services: Services, _app: web.Application) -> AsyncIterator[None]:
    yield
    await services.mailer.close()


async def _open_worker(services: Services, _app: web.Application) -> AsyncIterator[None]:
    async with running_worker(services):
        yield


@asynccontextmanager
async def running_worker(services: Services) -> AsyncIterator[Metronome]:
    """Run the background worker while the context is open."""
    # The name tells whose lease a row carries; two workers of one process id on two machines differ too.
    name = f"{os.getpid()}-{services.ids.secret()[:8]}"
    metronome = Metronome(steps(services, renderers(), worker=name))
    metronome.start(services.clock.now())
    try:
        yield metronome
    finally:
        await metronome.stop()


async def prepare_reference(services: Services, actor: Actor) -> dict[str, Any]:
    """Load config/network and config/library and the holidays they need; return the import reports.

    May be done again at any time: what anybody imported or changed is kept and named in the reports.
    """
    network = await stations.import_network(services, actor, CONFIG / "network", shipped=True)
    files = [CONFIG / "library" / "materials.csv"]
    library = await catalog.import_library(services, actor, files, shipped=True)
    return {"stations": network, "library": library}
