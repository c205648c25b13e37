"""Commands that run the program: init, serve, worker, openapi."""

import asyncio
import contextlib
import resource
import signal
import sys
from collections.abc import Mapping
from typing import Any

import structlog
import typer

from jicanet import migrations
from jicanet.app import (
    api_document,
    build_services,
    check_ready,
    create_app,
    prepare_reference,
    running_worker,
)
from jicanet.cli.common import AS_JSON, MISUSED, emit, run, settings_or_exit
from jicanet.core.actor import CONSOLE, Actor, Role
from jicanet.people import service as people
from jicanet.scheduler import service as sessions
from jicanet.services import Services
from jicanet.settings import Settings
from jicanet.web.server import listening

log = structlog.get_logger(__name__)

FIRST_COORDINATOR = "coordinator@jicanet.localhost"


def init(
    *,
    coordinator: str | None = typer.Option(
        None,
        "--coordinator",
        metavar="EMAIL",
        help=f"The first coordinator; in development {FIRST_COORDINATOR} unless said.",
    ),
    as_json: bool = AS_JSON,
) -> None:
    """Migrate the database, load the reference network and library, make the first coordinator.

    May be run again: what is there is brought up to date and nothing is doubled.
    """
    settings = settings_or_exit()
    settings.data.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(settings.database)

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        report = await prepare_reference(services, actor)
        await sessions.fill_tokens(services)
        await sessions.follow_mailboxes(services)
        first = coordinator or (FIRST_COORDINATOR if settings.is_development else None)
        if first is None:
            return {**report, "coordinator": None}
        return {**report, "coordinator": (await people.first_coordinator(services, first)).email}

    done = run(work, email=None, as_json=as_json)
    if as_json:
        emit(done)
        return
    typer.echo(f"stations: {_counts(done['stations'])}")
    for name in ("countries", "bridges", "holidays"):
        typer.echo(f"  {name}: {_counts(done['stations'][name])}")
    unknown = done["stations"]["holidays"]["unknown"]
    if unknown:
        typer.echo(f"  holidays not known: {', '.join(unknown)}")
    typer.echo(f"library: {_counts(done['library'])}")
    for name in (*done["stations"]["kept"], *done["library"]["kept"]):
        typer.echo(f"  kept as a person left it: {name}")
    typer.echo(f"coordinator: {done['coordinator'] or 'none; name one with --coordinator EMAIL'}")


def _counts(report: Mapping[str, Any]) -> str:
    return ", ".join(f"{report[name]} {name}" for name in ("created", "updated", "unchanged"))


def serve(
    *,
    host: str | None = typer.Option(None, "--host", help="Address to listen on; default is the setting."),
    port: int | None = typer.Option(None, "--port", help="Port to listen on; default is the setting."),
    prepare: bool = typer.Option(False, "--init", help="Do first what `jicanet init` does."),
) -> None:
    """Serve pages, API and calendars, with the background worker inside unless the settings say no."""
    if prepare:  # in one process: another one would read all modules again before the first answer
        init(coordinator=None, as_json=False)
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = _checked(settings_or_exit(**given))
    _raise_file_limit()
    asyncio.run(_serve(build_services(settings)))


def worker() -> None:
    """Run the background worker apart: it delivers mail and keeps house, beside any number of others."""
    settings = _checked(settings_or_exit())
    asyncio.run(_worker(build_services(settings)))


def openapi(*, as_json: bool = AS_JSON) -> None:
    """Print the OpenAPI 3.1 document that /openapi.json serves."""
    del as_json  # it is JSON either way
    emit(api_document())


def _checked(settings: Settings) -> Settings:
    """Return settings that the program may run with; ends with status 2 and the remedy otherwise."""
    reasons = check_ready(settings)
    for reason in reasons:
        typer.echo(reason, err=True)
    if reasons:
        sys.exit(MISUSED)
    return settings


def _raise_file_limit() -> None:
    # traps.md 22: 1,500 half-open connections stop a server that may open 1,024 files.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _serve(services: Services) -> None:
    settings = services.settings
    stopped = _stop_signal()
    async with listening(create_app(services), settings.host, settings.port):
        await _greet(services)
        await stopped.wait()


async def _greet(services: Services) -> None:
    settings = services.settings
    log.info("serving", address=settings.public_url, zone_data=services.zones.version)
    if not settings.is_development:
        return
    typer.echo(f"\n  JICA-Net is at {settings.public_url}\n")
    address = await _a_coordinator(services)
    if address is None:
        typer.echo(
            "  Nobody can sign in yet: jicanet init --coordinator EMAIL makes the first coordinator.\n"
        )
    else:
        link = await people.new_sign_in_link(services, address)
        typer.echo(f"  Sign in as {address}, once, within {settings.sign_in_minutes} minutes:")
        typer.echo(f"  {link}\n")
    typer.echo(f"  Mail is written to {settings.data / 'mail'}. Stop with Ctrl-C.\n")
    sys.stdout.flush()


async def _a_coordinator(services: Services) -> str | None:
    """Return the address of whom the printed link is for: ours if it is there, else any coordinator's."""
    found = [
        user.email
        for user in await people.users(services, CONSOLE)
        if user.is_enabled and Role.COORDINATOR in user.roles
    ]
    return FIRST_COORDINATOR if FIRST_COORDINATOR in found else next(iter(found), None)


async def _worker(services: Services) -> None:
    stopped = _stop_signal()
    await services.database.start()
    try:
        async with running_worker(services):
            log.info("worker running")
            await stopped.wait()
    finally:
        await services.mailer.close()
        await services.database.close()


def _stop_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    return stopped
