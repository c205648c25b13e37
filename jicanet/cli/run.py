"""Commands that run the program: init, serve, worker, openapi."""

import asyncio
import contextlib
import resource
import signal
import sys

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
from jicanet.core.actor import Actor
from jicanet.people import service as people
from jicanet.services import Services
from jicanet.settings import Settings
from jicanet.web.server import listening

log = structlog.get_logger(__name__)

FIRST_COORDINATOR = "coordinator@jicanet.localhost"


def init(
    *,
    coordinator: str = typer.Option(
        FIRST_COORDINATOR, "--coordinator", metavar="EMAIL", help="The first coordinator."
    ),
    as_json: bool = AS_JSON,
) -> None:
    """Migrate the database, load the reference network and library, make the first coordinator.

    May be run again: what is there is brought up to date and nothing is doubled.
    """
    settings = settings_or_exit()
    settings.data.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(settings.database)

    async def work(services: Services, actor: Actor) -> dict[str, object]:
        report = await prepare_reference(services, actor)
        user = await people.first_coordinator(services, coordinator)
        return {**report, "coordinator": user.email}

    done = run(work, email=None, as_json=as_json)
    if as_json:
        emit(done)
        return
    for name, figures in done.items():
        typer.echo(f"{name}: {_words(figures)}")


def _words(figures: object) -> str:
    if not isinstance(figures, dict):
        return str(figures)
    return ", ".join(f"{value} {key}" for key, value in figures.items() if not isinstance(value, list))


def serve(
    *,
    host: str | None = typer.Option(None, "--host", help="Address to listen on; default is the setting."),
    port: int | None = typer.Option(None, "--port", help="Port to listen on; default is the setting."),
) -> None:
    """Serve pages, API and calendars, with the background worker inside unless the settings say no."""
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
    for reason in check_ready(settings):
        typer.echo(reason, err=True)
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
    link = await people.new_sign_in_link(services, FIRST_COORDINATOR)
    typer.echo(f"\n  JICA-Net is at {settings.public_url}\n")
    typer.echo(f"  Sign in as {FIRST_COORDINATOR}, once, within {settings.sign_in_minutes} minutes:")
    typer.echo(f"  {link}\n\n  Mail is written to {settings.data / 'mail'}. Stop with Ctrl-C.\n")
    sys.stdout.flush()


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
