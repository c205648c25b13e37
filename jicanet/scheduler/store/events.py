"""A station's sessions as its calendar shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, not_, or_, select, update

from jicanet.scheduler.domain.record import StoredSession
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What of a station's sessions its calendar shows.

    Those that end after `since`, and of cancelled ones those that were cancelled after `ended_after`;
    `holds` adds holds.
    """

    since: datetime
    ended_after: datetime
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Leavings:
    """When something was last left out of a station's calendar; None where nothing ever was.

    `changed_at` is the last change that took something out at once. `over_at` is the latest end of a
    session that is over and not shown for it, `ended_at` the latest cancellation that is not shown any
    more.
    """

    changed_at: datetime | None
    over_at: datetime | None
    ended_at: datetime | None


_TAKES_PART = and_(seat.c.listed, seat.c.withdrawn.is_(False))
_IS_CANCELLED = session.c.status == Status.CANCELLED.value


def _stands(span: Span) -> ColumnElement[bool]:
    shown = [status.value for status in Status if status.occupies and (span.holds or status.invites)]
    return session.c.status.in_(shown)


def station_events(db: Connection, station: str, span: Span) -> list[EventView]:
    """Return the sessions in which a station takes part, as its calendar shows them, by start.

    Of cancelled ones only those that were once confirmed: the others were holds and requests, of which
    nobody knew. A seat that was removed or has declined is in none. One statement.
    """
    tombstone = and_(_IS_CANCELLED, session.c.confirmed_once, session.c.ended_at > span.ended_after)
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
            _TAKES_PART,
            or_(_stands(span), tombstone),
            session.c.ends_at > span.since,
        )
        .order_by(session.c.starts_at, session.c.id)
    )
    return [EventView(**row) for row in rows.mappings()]


def station_leavings(db: Connection, station: str, span: Span) -> Leavings:
    """Return when something was last left out of a station's calendar. One statement."""
    gone, never_confirmed = not_(_TAKES_PART), session.c.confirmed_once.is_(False)
    if span.holds:
        let_go = and_(_TAKES_PART, _IS_CANCELLED, never_confirmed)
        gone_at = case((gone, seat.c.left_at), (let_go, session.c.changed_at))
    else:
        gone_at = case((and_(gone, session.c.confirmed_once), seat.c.left_at))
    over_at = case((and_(_TAKES_PART, _stands(span), session.c.ends_at <= span.since), session.c.ends_at))
    ended_at = case(
        (
            and_(
                _TAKES_PART,
                _IS_CANCELLED,
                session.c.confirmed_once,
                session.c.ended_at <= span.ended_after,
            ),
            session.c.ended_at,
        )
    )
    row = db.execute(
        select(func.max(gone_at), func.max(over_at), func.max(ended_at))
        .join_from(seat, session, session.c.id == seat.c.session_id)
        .where(seat.c.station == station)
    ).one()
    return Leavings(changed_at=row[0], over_at=row[1], ended_at=row[2])


def note_leaving(db: Connection, after: StoredSession, before: StoredSession | None) -> None:
    """Store when seats left that took part before a change and do not after it."""
    staying = {part.station for part in after.seats if part.live}
    left = [part.station for part in (before.seats if before else ()) if part.live]
    gone = sorted(set(left) - staying)
    if gone:
        which = (seat.c.session_id == after.session.id, seat.c.station.in_(gone))
        db.execute(update(seat).where(*which).values(left_at=after.session.changed_at))
