"""Commands about the network and the library: list, show, import, export, search."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from jicanet.catalog import service as catalog
from jicanet.catalog.api import material_out
from jicanet.catalog.forms import criteria_of
from jicanet.cli.common import AS_JSON, AS_USER, emit, run, table
from jicanet.core.actor import Actor
from jicanet.scheduler import service as sessions
from jicanet.services import Services
from jicanet.stations import service as stations
from jicanet.stations.api import station_out
from jicanet.stations.domain.listing import StationFilter

stations_group = typer.Typer(help="The stations of the network.", no_args_is_help=True)
catalog_group = typer.Typer(help="The library of learning materials.", no_args_is_help=True)

DRY_RUN = typer.Option(False, "--dry-run", help="Judge the files and store nothing.")
OVERWRITE = typer.Option(False, "--overwrite", help="Take the file's word over what a person has changed.")
_MOST = 200


@stations_group.command("list")
def list_stations(
    text: str = typer.Option("", "--q", help="Part of a name, city, country or code."),
    *,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """List the stations: code, city, country, zone."""

    async def work(services: Services, actor: Actor) -> list[dict[str, Any]]:
        found = await stations.list_stations(services, actor, StationFilter(q=text), limit=_MOST)
        items = [_json(station_out(record)) for record in found.items]
        while found.next_after is not None:
            found = await stations.list_stations(
                services, actor, StationFilter(q=text), limit=_MOST, after=found.next_after
            )
            items += [_json(station_out(record)) for record in found.items]
        return items

    items = run(work, email=email, as_json=as_json)
    if as_json:
        emit({"items": items})
        return
    rows = [(item["code"], item["name"]["en"], item["city"], item["country"], item["zone"]) for item in items]
    table(("code", "name", "city", "country", "zone"), rows)
    typer.echo(f"{len(rows)} stations in {len({row[3] for row in rows})} countries")


@stations_group.command("show")
def show_station(code: str, *, as_json: bool = AS_JSON, email: str | None = AS_USER) -> None:
    """Show one station with what is known of it and what is not verified."""

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        return _json(station_out(await stations.show_station(services, actor, code)))

    _show(run(work, email=email, as_json=as_json), as_json=as_json)


@stations_group.command("import")
def import_stations(
    source: Path = typer.Argument(help="A CSV file, or a folder of them (docs/network.md)."),
    *,
    dry_run: bool = DRY_RUN,
    overwrite: bool = OVERWRITE,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Load stations, countries or bridges: all rows or none."""

    async def work(services: Services, actor: Actor) -> Mapping[str, Any]:
        report = await stations.import_network(services, actor, source, dry_run=dry_run, overwrite=overwrite)
        if not dry_run:
            # Whoever has another mailbox now is invited there, and no longer at the old one.
            return {**report, "sessions_told": await sessions.follow_mailboxes(services)}
        return report

    _report(run(work, email=email, as_json=as_json), as_json=as_json, dry_run=dry_run)


@stations_group.command("export")
def export_stations(*, as_json: bool = AS_JSON, email: str | None = AS_USER) -> None:
    """Print all stations as CSV that can be imported again."""

    async def work(services: Services, actor: Actor) -> str:
        return await stations.export_stations(services, actor)

    _csv(run(work, email=email, as_json=as_json), as_json=as_json)


@catalog_group.command("import")
def import_library(
    files: list[Path] = typer.Argument(help="CSV files (docs/library.md)."),
    *,
    dry_run: bool = DRY_RUN,
    overwrite: bool = OVERWRITE,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Load materials: all rows or none."""

    async def work(services: Services, actor: Actor) -> Mapping[str, Any]:
        return await catalog.import_library(services, actor, files, dry_run=dry_run, overwrite=overwrite)

    _report(run(work, email=email, as_json=as_json), as_json=as_json, dry_run=dry_run)


@catalog_group.command("search")
def search(
    words: list[str] = typer.Argument(help="Words in English or Japanese; all must be found."),
    *,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Search the library."""

    async def work(services: Services, actor: Actor) -> tuple[catalog.Found, list[dict[str, Any]]]:
        criteria = criteria_of({"q": " ".join(words)})
        found = await catalog.search_library(services, actor, criteria, limit=_MOST)
        base = services.settings.public_url
        return found, [_json(material_out(material, base)) for material in found.items]

    found, items = run(work, email=email, as_json=as_json)
    if as_json:
        emit({"items": items, "matched": found.matched, "held": found.held})
        return
    for item in items:
        typer.echo(f"{item['code']}  {' / '.join(item['title'].values())}")
    typer.echo(f"{found.matched} of {found.held} materials")


@catalog_group.command("show")
def show_material(code: str, *, as_json: bool = AS_JSON, email: str | None = AS_USER) -> None:
    """Show one material."""

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        found = await catalog.material(services, actor, code)
        return _json(material_out(found, services.settings.public_url))

    _show(run(work, email=email, as_json=as_json), as_json=as_json)


@catalog_group.command("export")
def export_library(*, as_json: bool = AS_JSON, email: str | None = AS_USER) -> None:
    """Print the library as CSV that can be imported again."""

    async def work(services: Services, actor: Actor) -> str:
        return await catalog.export_library(services, actor)

    _csv(run(work, email=email, as_json=as_json), as_json=as_json)


def _json(answer: BaseModel) -> dict[str, Any]:
    """Return what the API would answer."""
    document: dict[str, Any] = to_jsonable_python(answer, by_alias=True)
    return document


def _csv(content: str, *, as_json: bool) -> None:
    if as_json:
        emit({"csv": content})
    else:
        typer.echo(content, nl=False)


def _show(document: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        emit(document)
        return
    table(("", ""), [(name, _plain(value)) for name, value in document.items()])


def _plain(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "not known"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_plain(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(inner) for inner in value)
    return str(value)


def _report(report: Mapping[str, Any], *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        emit(report)
        return
    counts = ", ".join(f"{report[name]} {name}" for name in ("created", "updated", "unchanged"))
    typer.echo(f"{'Would be: ' if dry_run else ''}{counts}")
    for name in report["kept"]:
        typer.echo(f"  kept as a person left it: {name}")
