"""What all commands share: the services they run on, how they answer, how they refuse."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from jicanet import migrations
from jicanet.app import build_services
from jicanet.cli.logs import configure_logs
from jicanet.core.actor import CONSOLE, Actor
from jicanet.core.errors import Refusal, StorageFull, Unavailable
from jicanet.core.text import message
from jicanet.people import service as people
from jicanet.services import Services
from jicanet.settings import Settings, load_settings, unknown_variables
from jicanet.web import problem

Result = TypeVar("Result")

REFUSED, MISUSED = 1, 2

AS_JSON = typer.Option(False, "--json", help="One JSON document on standard output and nothing else there.")
AS_USER = typer.Option(None, "--as", metavar="EMAIL", help="Act as this user; default is the console.")


def settings_or_exit(**given: object) -> Settings:
    """Return the settings, and write logs as they say.

    Ends with status 2 and one line per wrong setting where they are wrong.
    """
    try:
        settings = load_settings(**given)
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False):
            name = "_".join(str(part) for part in error["loc"]).upper()
            typer.echo(f"JICANET_{name} = {error.get('input')!r}: {error['msg']}", err=True)
        sys.exit(MISUSED)
    configure_logs(settings)
    for name in unknown_variables():
        typer.echo(f"{name} is no setting and is left alone; docs/settings.md lists them.", err=True)
    # What the program writes holds addresses and PINs: nobody else on the machine reads it.
    os.umask(0o027)
    return settings


def run(
    work: Callable[[Services, Actor], Awaitable[Result]],
    *,
    email: str | None,
    as_json: bool,
    not_now: int = REFUSED,
) -> Result:
    """Run one use case on the configured database as `email`, or the console, and return its result.

    What is refused ends the command with status 1 (`not_now` where it may be tried again): the problem
    document on standard output with --json, else the words on standard error.
    """
    try:
        return asyncio.run(_within(work, email))
    except Refusal as refusal:
        later = isinstance(refusal, Unavailable | StorageFull)
        refuse(refusal, as_json=as_json, status=not_now if later else REFUSED)


async def _within(work: Callable[[Services, Actor], Awaitable[Result]], email: str | None) -> Result:
    settings = settings_or_exit()
    if not await asyncio.to_thread(migrations.is_current, settings.database):
        raise Unavailable(
            "schema_not_current", message("The database has an older schema, or none: run `jicanet init`.")
        )
    services = build_services(settings)
    await services.database.start()
    try:
        actor = CONSOLE if email is None else await people.act_as(services, email)
        return await work(services, actor)
    finally:
        await services.mailer.close()
        await services.database.close()


def refuse(refusal: Refusal, *, as_json: bool, status: int = REFUSED) -> NoReturn:
    """Say what was refused and end with `status`."""
    said = problem.document(refusal)
    if as_json:
        emit(said)
    else:
        typer.echo(f"Refused: {said['detail']} ({said['code']})", err=True)
        for error in said.get("errors", ()):
            if error["detail"] != said["detail"]:
                typer.echo(f"  {error['pointer']}: {error['detail']}", err=True)
        for conflict in said.get("conflicts", ()):
            if conflict.get("detail", said["detail"]) != said["detail"]:
                typer.echo(f"  {conflict['detail']}", err=True)
    sys.exit(status)


def emit(document: Any) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under heads; in a pipe every line stays whole, however long."""
    grid = Table(*heads, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        grid.add_row(*(str(cell) for cell in row))
    width = None if sys.stdout.isatty() else 400
    Console(width=width, highlight=False, markup=False).print(grid)
