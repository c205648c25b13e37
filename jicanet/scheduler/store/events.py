"""A station's sessions as its calendar shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.tables import seat, session, session_snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One session for a calendar. (`uid`, `revision`) names its content for ever.

    `data` is the picture of that revision (domain/snapshot.py): title, join, sites, materials.
    """

    uid: str
    ref: str
    status: str
    visibility: str
    sequence: int
    dtstamp: datetime
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    changed_at: datetime
    revision: int
    data: Mapping[str, Any]


def station_events(
    db: Connection, station: str, since: datetime, *, ended_after: datetime, holds: bool
) -> list[EventView]:
    """Return the sessions in which a station takes part and that end after `since`, by start.

    Of cancelled ones those that were once confirmed and were cancelled after `ended_after`; `holds`
    adds holds. A seat that was removed or has declined is in none. One statement.
    """
    shown = [status.value for status in Status if status.occupies and (holds or status.invites)]
    tombstone = and_(
        session.c.status == Status.CANCELLED.value,
        session.c.confirmed_once,
        session.c.ended_at > ended_after,
    )
    names = [name for name in EventView.__dataclass_fields__ if name not in {"sequence", "data"}]
    rows = db.execute(
        select(
            *(session.c[name] for name in names),
            session.c.counter.label("sequence"),
            session_snapshot.c.data,
        )
        .join_from(seat, session, session.c.id == seat.c.session_id)
        .join(
            session_snapshot,
            (session_snapshot.c.session_id == session.c.id)
            & (session_snapshot.c.revision == session.c.revision),
        )
        .where(
            seat.c.station == station,
            seat.c.listed,
            seat.c.withdrawn.is_(False),
            or_(session.c.status.in_(shown), tombstone),
            session.c.ends_at > since,
        )
        .order_by(session.c.starts_at, session.c.id)
    )
    return [EventView(**row) for row in rows.mappings()]
