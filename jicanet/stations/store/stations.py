"""Stations and their working weeks in SQL. Plain functions of a Connection."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from jicanet.stations import tables
from jicanet.stations.domain.model import Network, OpenTime, Station, StationRecord, WorkingWeek
from jicanet.storage.store import lock_rows

_FACTS = tuple(column.name for column in tables.station.c if column.name not in {"revision", "feed_revision"})


def all_stations(db: Connection) -> tuple[Station, ...]:
    """Return every station, by code. One statement."""
    # Sorted here: a database's collation may see a hyphen differently, and pages go on after a code.
    found = (_station(row) for row in db.execute(select(tables.station)))
    return tuple(sorted(found, key=lambda station: station.code))


def stations_by_code(db: Connection, codes: Iterable[str]) -> dict[str, Station]:
    """Return the stations that exist among `codes`, by code. One statement."""
    rows = db.execute(_of_codes(codes))
    return {row.code: _station(row) for row in rows}


def lock_stations(db: Connection, codes: Iterable[str]) -> dict[str, Station]:
    """Return the stations that exist among `codes`, locked to the end of the scope in order of code.

    The first statement of a booking: rivals for one station wait here, and nobody deadlocks.
    """
    return {row.code: _station(row) for row in lock_rows(db, _of_codes(codes))}


def _of_codes(codes: Iterable[str]) -> Select[Any]:
    table = tables.station
    return select(table).where(table.c.code.in_(sorted(set(codes)))).order_by(table.c.code)


def records(db: Connection, codes: Iterable[str] | None = None) -> tuple[StationRecord, ...]:
    """Return stations with their working weeks, by code; all of them without `codes`. Two statements."""
    stations = all_stations(db) if codes is None else tuple(stations_by_code(db, codes).values())
    weeks = weeks_of(db, None if codes is None else [station.code for station in stations])
    return tuple(StationRecord(station=station, weeks=weeks[station.code][1]) for station in stations)


def weeks_of(db: Connection, codes: Sequence[str] | None) -> dict[str, tuple[str, tuple[WorkingWeek, ...]]]:
    """Return the country and the working weeks, earliest first, of stations; of all without `codes`."""
    table, station = tables.working_week, tables.station
    query = select(table, station.c.country).join(station).order_by(table.c.station, table.c.id)
    if codes is not None:
        query = query.where(table.c.station.in_(codes))
    found: dict[str, tuple[str, tuple[WorkingWeek, ...]]] = {}
    for row in db.execute(query):
        week = WorkingWeek(
            valid_from=row.valid_from, weekend=frozenset(row.weekend), hours=_hours_in(row.hours)
        )
        _, earlier = found.get(row.station, ("", ()))
        found[row.station] = (row.country, (*earlier, week))
    return {code: (country, tuple(sorted(weeks, key=_validity))) for code, (country, weeks) in found.items()}


def _validity(week: WorkingWeek) -> date:
    return week.valid_from or date.min


def add_stations(db: Connection, added: Sequence[StationRecord]) -> None:
    """Store new stations with their weeks, each at revision 1."""
    if added:
        rows = [{**_values(record.station), "revision": 1, "feed_revision": 0} for record in added]
        db.execute(insert(tables.station), rows)
        _add_weeks(db, added)


def change_stations(db: Connection, changed: Sequence[StationRecord]) -> None:
    """Store the facts and weeks of stations that exist, raising `revision` and `feed_revision`."""
    table, weeks = tables.station, tables.working_week
    for record in sorted(changed, key=lambda each: each.station.code):
        code = record.station.code
        db.execute(
            update(table)
            .where(table.c.code == code)
            .values(
                **_values(record.station),
                revision=table.c.revision + 1,
                feed_revision=table.c.feed_revision + 1,
            )
        )
        db.execute(delete(weeks).where(weeks.c.station == code))
    if changed:
        _add_weeks(db, changed)


def _add_weeks(db: Connection, of: Sequence[StationRecord]) -> None:
    rows = [
        {
            "station": record.station.code,
            "valid_from": week.valid_from,
            "weekend": sorted(week.weekend),
            "hours": _hours_out(week.hours),
        }
        for record in of
        for week in record.weeks
    ]
    db.execute(insert(tables.working_week), rows)


def raise_feed_revisions(db: Connection, codes: Iterable[str]) -> None:
    """Raise the feed revision of stations whose calendars now show something else. Lock them first."""
    table = tables.station
    db.execute(
        update(table)
        .where(table.c.code.in_(sorted(set(codes))))
        .values(feed_revision=table.c.feed_revision + 1)
    )


def feed_revision(db: Connection, code: str) -> int | None:
    """Return a station's feed revision, None for an unknown station."""
    table = tables.station
    return db.execute(select(table.c.feed_revision).where(table.c.code == code)).scalar_one_or_none()


def _station(row: Row[Any]) -> Station:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    values["network"] = Network(values["network"])
    values["languages"] = tuple(values["languages"])
    return Station(**values)


def _values(station: Station) -> dict[str, Any]:
    values = {name: getattr(station, name) for name in _FACTS}
    return {**values, "network": station.network.value, "languages": list(station.languages)}


def _hours_out(hours: Mapping[int, tuple[OpenTime, ...]]) -> dict[str, list[list[str]]]:
    """Return hours as JSON: weekday as text to pairs of clocks, the end of the day as 24:00."""
    return {
        str(day): [[f"{start:%H:%M}", "24:00" if end is None else f"{end:%H:%M}"] for start, end in opened]
        for day, opened in sorted(hours.items())
    }


def _hours_in(stored: Mapping[str, Sequence[Sequence[str]]]) -> dict[int, tuple[OpenTime, ...]]:
    return {
        int(day): tuple(
            (time.fromisoformat(start), None if end == "24:00" else time.fromisoformat(end))
            for start, end in opened
        )
        for day, opened in stored.items()
    }
