"""What a booking is judged by: the seats that are taken and the ports that are used around a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, or_, select

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
    status: str
    confirmed_once: bool
    requester_id: int | None


# A hold that has expired is in nobody's way, whether or not anybody has ended it yet.
_NOT_EXPIRED = or_(session.c.hold_until.is_(None), session.c.hold_until > bindparam("now"))

# Built once: making a statement anew costs more than running it, and a booking runs these in its scope.
_OVERLAPPING_SEATS = (
    select(
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
    .join_from(seat, session, session.c.id == seat.c.session_id)
    .where(
        seat.c.live,
        _NOT_EXPIRED,
        seat.c.session_id != bindparam("but"),
        seat.c.station.in_(bindparam("codes", expanding=True)),
        # No seat is occupied for longer: with this bound the index answers.
        seat.c.occupied_from > bindparam("earliest"),
        seat.c.occupied_from < bindparam("end"),
        seat.c.occupied_to > bindparam("start"),
    )
    .order_by(seat.c.occupied_from, seat.c.id)
)
_OVERLAPPING_SESSIONS = select(session.c.occupied_from, session.c.occupied_to, session.c.ports).where(
    session.c.bridge == bindparam("bridge"),
    session.c.status.in_([status.value for status in Status if status.occupies]),
    _NOT_EXPIRED,
    session.c.id != bindparam("but"),
    session.c.occupied_from > bindparam("earliest"),
    session.c.occupied_from < bindparam("end"),
    session.c.occupied_to > bindparam("start"),
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
    return tuple(
        SeatTaken(
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
        for row in rows
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
