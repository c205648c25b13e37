"""Use cases of stations: import, list, show, export, and what they are doing now."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypedDict

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor
from jicanet.core.errors import NotFound
from jicanet.core.imports import Import
from jicanet.core.sheets import import_refused
from jicanet.core.text import message
from jicanet.core.zones import Zone
from jicanet.services import Services
from jicanet.stations import reference, render, store
from jicanet.stations.domain.importing import (
    Changes,
    compare_bridges,
    compare_countries,
    compare_holidays,
    compare_stations,
)
from jicanet.stations.domain.listing import StationFilter
from jicanet.stations.domain.model import (
    Bridge,
    Country,
    Days,
    HolidayYear,
    Station,
    StationRecord,
)
from jicanet.stations.domain.now import State, state_at
from jicanet.stations.reference import NetworkFiles
from jicanet.storage.store import record_audit
from jicanet.web.guard import require

MOST_LISTED = 200
_AROUND = timedelta(days=2)  # as far as a state looks for the nearest opening
YEARS = 3
"""Holidays are kept of this year and the next two, by the date in Japan."""


class Counts(TypedDict):
    """Rows that an import made, changed and left alone."""

    created: int
    updated: int
    unchanged: int


class HolidayReport(TypedDict):
    """What became of the countries' years, how many holidays they have, and those nobody knows (`LK 2027`)."""

    created: int
    updated: int
    unchanged: int
    listed: int
    estimated: int
    unknown: list[str]


class ImportReport(TypedDict):
    """What an import did: counts of stations, then of the other files.

    `kept` names, as `CODE.column`, words of people that an import may not undo (docs/network.md);
    `refused` is empty here: a refused row stops the whole import and is told by the refusal.
    """

    created: int
    updated: int
    unchanged: int
    kept: list[str]
    refused: list[dict[str, object]]
    countries: Counts
    bridges: Counts
    holidays: HolidayReport


async def import_network(
    services: Services,
    actor: Actor,
    source: Path,
    *,
    dry_run: bool = False,
    overwrite: bool = False,
    shipped: bool = False,
) -> ImportReport:
    """Load a CSV file, or a folder of them, all rows or none, with the holidays of the countries.

    Each file says by its header whether it has stations, countries or bridges. What no file names
    stays as it is. With `dry_run` the same is judged and nothing stored.

    A fact that a person has changed since the last import is kept and named, unless `overwrite`. With
    `shipped` the files are the program's own, loaded again at each start: what anybody imported from
    files of their own is kept before them too, and only facts that still are as shipped follow them.

    Raises Invalid `import_refused` that lists every bad row by file, line, column, value and reason
    (`extra` holds them as in a report), Invalid `file_unreadable` and `file_too_large`, Forbidden.
    """
    require(services, actor, Action.IMPORT_REFERENCE)
    now = services.clock.now()
    files = reference.load_files(source)
    weekends, countries = await services.database.read(_known)
    given, refused = reference.read_network(files, services.zones, weekends)
    if refused:
        raise import_refused(refused)
    countries = {*countries, *(record.station.country for record in given.stations)}
    years = await _holidays(services, countries, now)
    how, ports = Import(shipped=shipped, overwrite=overwrite), services.settings.bridge_ports

    def plan(db: Connection) -> _Plan:
        return _plan(db, given, years, how, ports=ports)

    def change(db: Connection) -> ImportReport:
        store.lock_stations(db, [record.station.code for record in given.stations])
        planned = plan(db)
        if not planned.is_empty:
            _store(db, planned)
            detail = {**planned.report}
            record_audit(db, at=now, actor=actor, action="network-imported", subject="network", detail=detail)
        return planned.report

    if dry_run:
        return (await services.database.read(plan)).report
    return await services.database.write(change)


async def refresh_holidays(services: Services, actor: Actor) -> HolidayReport:
    """Bring the holidays of the network's countries up to what the package now says. Raises Forbidden."""
    require(services, actor, Action.IMPORT_REFERENCE)
    now = services.clock.now()
    _, countries = await services.database.read(_known)
    years = await _holidays(services, countries, now)

    def change(db: Connection) -> HolidayReport:
        changes = _compare_holidays(db, years)
        report = _holiday_report(changes, years)
        if not changes.is_empty:
            store.replace_holidays(db, (*changes.added, *changes.changed))
            detail = {**report}
            record_audit(db, at=now, actor=actor, action="holidays-loaded", subject="network", detail=detail)
        return report

    return await services.database.write(change)


def _known(db: Connection) -> tuple[dict[str, frozenset[int]], set[str]]:
    weekends = {country.code: country.weekend for country in store.countries(db)}
    return weekends, {station.country for station in store.all_stations(db)}


async def _holidays(services: Services, countries: Iterable[str], now: datetime) -> tuple[HolidayYear, ...]:
    first = services.zones.get("Asia/Tokyo").local(now).year
    # Half a second of computing: not on the loop that serves others meanwhile.
    return await asyncio.to_thread(reference.load_holidays, countries, range(first, first + YEARS))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    stations: Changes[StationRecord]
    countries: Changes[Country]
    bridges: Changes[Bridge]
    holidays: Changes[HolidayYear]
    report: ImportReport

    @property
    def is_empty(self) -> bool:
        parts = (self.stations, self.countries, self.bridges, self.holidays)
        return all(part.is_empty for part in parts)


def _plan(
    db: Connection, given: NetworkFiles, years: Sequence[HolidayYear], how: Import, *, ports: int
) -> _Plan:
    said = {kind: store.said_of(db, kind) for kind in ("station", "country", "bridge")}
    stations = compare_stations(store.records(db), given.stations, said["station"], how)
    countries = compare_countries(store.countries(db), given.countries, said["country"], how)
    bridges = compare_bridges(store.bridges(db), given.bridges, said["bridge"], how, ports=ports)
    holidays = _compare_holidays(db, years)
    report = ImportReport(
        created=len(stations.added),
        updated=len(stations.changed),
        unchanged=stations.unchanged,
        kept=[*stations.kept, *countries.kept, *bridges.kept],
        refused=[],
        countries=_counts(countries),
        bridges=_counts(bridges),
        holidays=_holiday_report(holidays, years),
    )
    return _Plan(stations=stations, countries=countries, bridges=bridges, holidays=holidays, report=report)


def _counts(changes: Changes[Country] | Changes[Bridge]) -> Counts:
    return Counts(created=len(changes.added), updated=len(changes.changed), unchanged=changes.unchanged)


def _compare_holidays(db: Connection, years: Sequence[HolidayYear]) -> Changes[HolidayYear]:
    first = min((year.year for year in years), default=1)
    return compare_holidays(store.holiday_years(db, first), years)


def _holiday_report(changes: Changes[HolidayYear], years: Sequence[HolidayYear]) -> HolidayReport:
    holidays = [holiday for year in years for holiday in year.holidays]
    estimated = sum(holiday.estimated for holiday in holidays)
    return HolidayReport(
        created=len(changes.added),
        updated=len(changes.changed),
        unchanged=changes.unchanged,
        listed=len(holidays) - estimated,
        estimated=estimated,
        unknown=[f"{year.country} {year.year}" for year in years if not year.known],
    )


def _store(db: Connection, planned: _Plan) -> None:
    store.add_stations(db, planned.stations.added)
    store.change_stations(db, planned.stations.changed)
    store.put_countries(db, (*planned.countries.added, *planned.countries.changed))
    store.put_bridges(db, planned.bridges.added, planned.bridges.changed)
    store.replace_holidays(db, (*planned.holidays.added, *planned.holidays.changed))
    store.note_said(db, "station", planned.stations.said)
    store.note_said(db, "country", planned.countries.said)
    store.note_said(db, "bridge", planned.bridges.said)


async def export_stations(services: Services, actor: Actor) -> str:
    """Return all stations as CSV text; importing it changes nothing. Strangers get no contacts."""
    require(services, actor, Action.SEE_STATIONS)
    found = await services.database.read(store.records)
    return reference.write_stations(_as_seen_by(actor, record) for record in found)


async def show_station(services: Services, actor: Actor, code: str) -> StationRecord:
    """Return one station, to strangers without contacts; raises NotFound `unknown_station`, Forbidden."""
    require(services, actor, Action.SEE_STATIONS)
    found = await services.database.read(lambda db: store.records(db, [code]))
    if not found:
        raise NotFound(
            "unknown_station",
            message('There is no station "%(code)s". Codes look like VNM-HAN.', code=code[:40]),
        )
    return _as_seen_by(actor, found[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Some of the stations that fit, how many fit, and the code after which more follow."""

    items: tuple[StationRecord, ...]
    matched: int
    next_after: str | None


async def list_stations(
    services: Services, actor: Actor, asked: StationFilter, *, limit: int = 50, after: str = ""
) -> Found:
    """Return the stations that fit, by code and past the code `after`, 1 to 200 at a time.

    To strangers without contacts. Two statements. Raises Forbidden.
    """
    require(services, actor, Action.SEE_STATIONS)
    most = max(1, min(limit, MOST_LISTED))
    known = await services.database.read(store.records)
    meant = [record for record in known if _is_meant(asked, record.station)]
    rest = [record for record in meant if record.station.code > after]
    items = tuple(_as_seen_by(actor, record) for record in rest[:most])
    following = items[-1].station.code if len(rest) > most else None
    return Found(items=items, matched=len(meant), next_after=following)


def _is_meant(asked: StationFilter, station: Station) -> bool:
    return asked.takes(station, render.search_words(station) if asked.q else ())


def _as_seen_by(actor: Actor, record: StationRecord) -> StationRecord:
    return record if actor.is_known else replace(record, station=record.station.without_contacts())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One station of the board: its facts, its clock, and what it is doing at the board's instant.

    `holidays_known` False says that nobody knows the holidays of its country in its present year.
    """

    record: StationRecord
    zone: Zone
    state: State
    holidays_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Every station at one instant, and those that were asked for, both by code."""

    known: tuple[Line, ...]
    asked: tuple[Line, ...]


async def board(services: Services, actor: Actor, asked: StationFilter, now: datetime) -> Board:
    """Return what every station is doing at `now`. Five statements. Raises Forbidden."""
    require(services, actor, Action.SEE_STATIONS)
    first, last = (now - _AROUND).date(), (now + _AROUND).date()

    def query(db: Connection) -> tuple[tuple[StationRecord, ...], dict[str, Days]]:
        records = store.records(db)
        return records, store.days_of(db, [record.station.code for record in records], first, last)

    records, days = await services.database.read(query)
    known = tuple(_line(services, actor, record, days[record.station.code], now) for record in records)
    meant = tuple(line for line in known if _is_meant(asked, line.record.station))
    return Board(known=known, asked=meant)


def _line(services: Services, actor: Actor, record: StationRecord, days: Days, now: datetime) -> Line:
    zone = services.zones.get(record.station.zone)
    near = services.settings.shoulder_minutes
    return Line(
        record=_as_seen_by(actor, record),
        zone=zone,
        state=state_at(days, zone, int(now.timestamp()), shoulder_minutes=near),
        holidays_known=zone.local(now).year not in days.unknown_years,
    )
