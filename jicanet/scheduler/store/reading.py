"""Reading sessions: one, or a page of those that an asker may see; a fixed number of statements each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, or_, select
from sqlalchemy.exc import NoResultFound

from jicanet.core.text import fold
from jicanet.scheduler.domain.filter import SessionFilter
from jicanet.scheduler.domain.record import (
    LinkRecord,
    RecipientRecord,
    SeatRecord,
    SessionRecord,
    StoredSession,
)
from jicanet.scheduler.domain.words import Visibility
from jicanet.scheduler.store.rows import link_of, seat_of, session_of
from jicanet.scheduler.tables import recipient, seat, session, session_material, session_snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Which sessions an asker may see: those of these visibilities, and those of these stations."""

    visibilities: frozenset[Visibility]
    stations: frozenset[str] = frozenset()


def session_by_ref(db: Connection, ref: str) -> StoredSession | None:
    """Return a session by its reference, None if there is none. Two statements."""
    return _one(db, _WITH_SEATS.where(session.c.ref == ref))


def lock_session(db: Connection, session_id: int) -> StoredSession:
    """Return a session whose row is locked to the end of the scope. Lock its stations and bridge first.

    NoResultFound where there is none.
    """
    query = _WITH_SEATS.where(session.c.id == session_id).with_for_update(of=session)
    found = _one(db, query)
    if found is None:
        raise NoResultFound(session_id)
    return found


# A session has its host's seat at least, so the join loses none.
_WITH_SEATS = (
    select(session, *(column.label(f"seat_{column.name}") for column in seat.c))
    .join_from(session, seat, seat.c.session_id == session.c.id)
    .order_by(seat.c.id)
)


def _one(db: Connection, query: Select[Any]) -> StoredSession | None:
    rows = db.execute(query).mappings().all()
    if not rows:
        return None
    record = session_of(rows[0])
    return StoredSession(
        session=record,
        seats=tuple(seat_of({column.name: row[f"seat_{column.name}"] for column in seat.c}) for row in rows),
        links=_links(db, [record.id]).get(record.id, ()),
    )


def sessions(db: Connection, page: SessionFilter, seen: Seen) -> tuple[StoredSession, ...]:
    """Return up to `page.limit` sessions by start that `seen` lets through. At most three statements."""
    rows = db.execute(
        select(session)
        .where(*_wanted(page), _visible(seen))
        .order_by(session.c.starts_at, session.c.id)
        .limit(page.limit)
    ).mappings()
    return _whole(db, [session_of(row) for row in rows])


def recipients(db: Connection, session_id: int) -> tuple[RecipientRecord, ...]:
    """Return the recipients of a session in the order in which they were added, with their stations."""
    table = recipient
    rows = db.execute(select(table).where(table.c.session_id == session_id).order_by(table.c.id)).all()
    parts = db.execute(
        select(seat.c.recipient_id, seat.c.station).where(seat.c.session_id == session_id).order_by(seat.c.id)
    ).all()
    return tuple(
        RecipientRecord(
            id=row.id,
            address=row.address,
            language=row.language,
            stations=tuple(part.station for part in parts if part.recipient_id == row.id),
            sequence=row.sequence,
            dtstamp=row.dtstamp,
        )
        for row in rows
    )


def snapshot(db: Connection, session_id: int, revision: int) -> Mapping[str, Any]:
    """Return the picture of a session at a revision; NoResultFound where there is none."""
    table = session_snapshot
    query = select(table.c.data).where(table.c.session_id == session_id, table.c.revision == revision)
    data: Mapping[str, Any] = db.execute(query).scalar_one()
    return data


def _wanted(page: SessionFilter) -> Iterable[ColumnElement[bool]]:
    if page.start is not None:
        yield session.c.ends_at > page.start
    if page.end is not None:
        yield session.c.starts_at < page.end
    if page.status is not None:
        yield session.c.status == page.status.value
    if page.station is not None:
        yield exists().where(seat.c.session_id == session.c.id, seat.c.live, seat.c.station == page.station)
    for word in fold(page.text).split():
        yield session.c.search_text.contains(word, autoescape=True)
    if page.after is not None:
        instant, number = page.after
        yield or_(
            session.c.starts_at > instant,
            and_(session.c.starts_at == instant, session.c.id > number),
        )


def _visible(seen: Seen) -> ColumnElement[bool]:
    if len(seen.visibilities) == len(Visibility):
        return session.c.id.is_not(None)
    allowed: list[ColumnElement[bool]] = [false()]
    if seen.visibilities:
        allowed.append(session.c.visibility.in_(sorted(each.value for each in seen.visibilities)))
    if seen.stations:
        codes = sorted(seen.stations)
        allowed.append(exists().where(seat.c.session_id == session.c.id, seat.c.station.in_(codes)))
    return or_(*allowed)


def _whole(db: Connection, records: Sequence[SessionRecord]) -> tuple[StoredSession, ...]:
    if not records:
        return ()
    ids = [record.id for record in records]
    seats: dict[int, list[SeatRecord]] = {}
    for row in db.execute(select(seat).where(seat.c.session_id.in_(ids)).order_by(seat.c.id)).mappings():
        seats.setdefault(row["session_id"], []).append(seat_of(row))
    links = _links(db, ids)
    return tuple(
        StoredSession(session=record, seats=tuple(seats.get(record.id, ())), links=links.get(record.id, ()))
        for record in records
    )


def _links(db: Connection, ids: Sequence[int]) -> dict[int, tuple[LinkRecord, ...]]:
    table = session_material
    found: dict[int, list[LinkRecord]] = {}
    for row in db.execute(select(table).where(table.c.session_id.in_(ids)).order_by(table.c.id)).mappings():
        found.setdefault(row["session_id"], []).append(link_of(row))
    return {number: tuple(records) for number, records in found.items()}
