"""What a booking is judged by: the seats that are taken and the ports that are used around a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Table,
    and_,
    bindparam,
    column,
    or_,
    select,
    values,
)

from jicanet.core.intervals import Interval
from jicanet.scheduler.domain.record import SessionRecord
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.tables import LONGEST_OCCUPIED, seat, session
from jicanet.storage.types import UtcDateTime

_LONGEST = timedelta(minutes=LONGEST_OCCUPIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTaken:
    """A live seat within a window, with what says whether the asker may know of its session."""

    station: str
    span: Interval
    ref: str
    title: str
    visibility: str
    host: str
    status: str
    confirmed_once: bool
    requester_id: int | None


# A hold that has expired is in nobody's way, whether or not anybody has ended it yet.
_NOT_EXPIRED = or_(session.c.hold_until.is_(None), session.c.hold_until > bindparam("now"))

_SEAT_TAKEN = (
    seat.c.station,
    seat.c.occupied_from,
    seat.c.occupied_to,
    session.c.ref,
    session.c.title,
    session.c.visibility,
    session.c.host,
    session.c.status,
    session.c.confirmed_once,
    session.c.requester_id,
)
_OCCUPIES = session.c.status.in_([status.value for status in Status if status.occupies])

_EDGES = ("earliest", "start", "end")
_WINDOW: tuple[ColumnElement[datetime], ...] = tuple(bindparam(name) for name in _EDGES)


def _within(
    table: Table,
    earliest: ColumnElement[datetime],
    start: ColumnElement[datetime],
    end: ColumnElement[datetime],
) -> tuple[ColumnElement[bool], ...]:
    # Nothing is occupied for longer than from `earliest` on: with this bound the index answers.
    return (
        table.c.occupied_from > earliest,
        table.c.occupied_from < end,
        table.c.occupied_to > start,
    )


# Built once: making a statement anew costs more than running it, and a booking runs these in its scope.
_OVERLAPPING_SEATS = (
    select(*_SEAT_TAKEN)
    .join_from(seat, session, session.c.id == seat.c.session_id)
    .where(
        seat.c.live,
        _NOT_EXPIRED,
        seat.c.session_id != bindparam("but"),
        seat.c.station.in_(bindparam("codes", expanding=True)),
        *_within(seat, *_WINDOW),
    )
    .order_by(seat.c.occupied_from, seat.c.id)
)
_OVERLAPPING_SESSIONS = select(session.c.occupied_from, session.c.occupied_to, session.c.ports).where(
    session.c.bridge == bindparam("bridge"),
    _OCCUPIES,
    _NOT_EXPIRED,
    session.c.id != bindparam("but"),
    *_within(session, *_WINDOW),
)


def taken_seats(
    db: Connection, codes: Iterable[str], window: Interval, *, now: datetime, but: int = 0
) -> tuple[SeatTaken, ...]:
    """Return the live seats of these stations that overlap `window`, in order of time. One statement.

    Those of the session of number `but` are left out.
    """
    rows = db.execute(
        _OVERLAPPING_SEATS, {"codes": sorted(set(codes)), "but": but, "now": now, **_edges(window)}
    )
    return tuple(map(_seat_taken, rows))


def _seat_taken(row: Any) -> SeatTaken:
    return SeatTaken(
        station=row.station,
        span=Interval.between(row.occupied_from, row.occupied_to),
        ref=row.ref,
        title=row.title,
        visibility=row.visibility,
        host=row.host,
        status=row.status,
        confirmed_once=row.confirmed_once,
        requester_id=row.requester_id,
    )


def bridge_loads(
    db: Connection, bridge: str, window: Interval, *, now: datetime, but: int = 0
) -> tuple[tuple[Interval, int], ...]:
    """Return the occupied span and ports of every session that occupies a bridge within `window`.

    The session of number `but` is left out. One statement.
    """
    rows = db.execute(_OVERLAPPING_SESSIONS, {"bridge": bridge, "but": but, "now": now, **_edges(window)})
    return tuple((Interval.between(row.occupied_from, row.occupied_to), row.ports) for row in rows)


def _edges(window: Interval) -> dict[str, datetime]:
    start = window.starts_at
    return {"earliest": start - _LONGEST, "start": start, "end": window.ends_at}


def seats_in_the_way(
    db: Connection, asked: Sequence[SessionRecord], *, now: datetime
) -> dict[int, tuple[SeatTaken, ...]]:
    """Return what `taken_seats` does for the listed stations of each of these sessions, by its row.

    They take no room themselves. One statement, however many there are.
    """
    wanted, own = _windows(asked), seat.alias("wanted_seat")
    rows = db.execute(
        select(wanted.c.id.label("asked_id"), *_SEAT_TAKEN)
        .join_from(wanted, own, and_(own.c.session_id == wanted.c.id, own.c.listed, ~own.c.withdrawn))
        .join(
            seat, and_(seat.c.station == own.c.station, seat.c.live, *_within(seat, *_edge_columns(wanted)))
        )
        .join(session, session.c.id == seat.c.session_id)
        .where(_NOT_EXPIRED)
        .order_by(seat.c.occupied_from, seat.c.id),
        {"now": now},
    )
    found: dict[int, list[SeatTaken]] = {}
    for row in rows:
        found.setdefault(row.asked_id, []).append(_seat_taken(row))
    return {number: tuple(taken) for number, taken in found.items()}


def loads_in_the_way(
    db: Connection, asked: Sequence[SessionRecord], *, now: datetime
) -> dict[int, tuple[tuple[Interval, int], ...]]:
    """Return what `bridge_loads` does for the bridge of each of these sessions, by its row.

    They take no port themselves. One statement, however many there are.
    """
    wanted, own = _windows(asked), session.alias("wanted_session")
    rows = db.execute(
        select(wanted.c.id.label("asked_id"), session.c.occupied_from, session.c.occupied_to, session.c.ports)
        .join_from(wanted, own, own.c.id == wanted.c.id)
        .join(session, and_(session.c.bridge == own.c.bridge, *_within(session, *_edge_columns(wanted))))
        .where(_OCCUPIES, _NOT_EXPIRED),
        {"now": now},
    )
    found: dict[int, list[tuple[Interval, int]]] = {}
    for row in rows:
        span = Interval.between(row.occupied_from, row.occupied_to)
        found.setdefault(row.asked_id, []).append((span, row.ports))
    return {number: tuple(loads) for number, loads in found.items()}


def _windows(asked: Sequence[SessionRecord]) -> CTE:
    """Return when each session would occupy, as a table that a statement can join."""
    rows = [(each.id, *_edges(each.occupied).values()) for each in asked]
    instants = (column(name, UtcDateTime) for name in _EDGES)
    return values(column("id", Integer), *instants, name="wanted").data(rows).cte("wanted")


def _edge_columns(wanted: CTE) -> Iterator[ColumnElement[datetime]]:
    return (wanted.c[name] for name in _EDGES)
