"""What a booking is judged by: the seats that are taken and the ports that are used around a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, select

from jicanet.core.intervals import Interval
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.tables import LONGEST_OCCUPIED, seat, session

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


def taken_seats(db: Connection, codes: Iterable[str], window: Interval) -> tuple[SeatTaken, ...]:
    """Return the live seats of these stations that overlap `window`, in order of time. One statement."""
    rows = db.execute(
        select(
            seat.c.station,
            seat.c.occupied_from,
            seat.c.occupied_to,
            session.c.ref,
            session.c.title,
            session.c.visibility,
            session.c.host,
        )
        .join_from(seat, session, session.c.id == seat.c.session_id)
        .where(
            seat.c.live,
            seat.c.station.in_(sorted(set(codes))),
            # No seat is occupied for longer: with this bound the index answers.
            seat.c.occupied_from > window.starts_at - _LONGEST,
            seat.c.occupied_from < window.ends_at,
            seat.c.occupied_to > window.starts_at,
        )
        .order_by(seat.c.occupied_from, seat.c.id)
    )
    return tuple(
        SeatTaken(
            station=row.station,
            span=Interval.between(row.occupied_from, row.occupied_to),
            ref=row.ref,
            title=row.title,
            visibility=row.visibility,
            host=row.host,
        )
        for row in rows
    )


def bridge_loads(db: Connection, bridge: str, window: Interval) -> tuple[tuple[Interval, int], ...]:
    """Return the occupied span and ports of every live session on a bridge within `window`. One statement."""
    rows = db.execute(
        select(session.c.occupied_from, session.c.occupied_to, session.c.ports).where(
            session.c.bridge == bridge,
            session.c.status == Status.CONFIRMED.value,
            session.c.occupied_from > window.starts_at - _LONGEST,
            session.c.occupied_from < window.ends_at,
            session.c.occupied_to > window.starts_at,
        )
    )
    return tuple((Interval.between(row.occupied_from, row.occupied_to), row.ports) for row in rows)
