"""Reading sessions: one, or a page of those that an asker may see; a fixed number of statements each."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, false, or_, select
from sqlalchemy.exc import NoResultFound

from jicanet.core.text import fold
from jicanet.scheduler.domain.filter import Concern, SessionFilter
from jicanet.scheduler.domain.record import RecipientRecord, SeatRecord, SessionRecord, StoredSession
from jicanet.scheduler.domain.words import Answer, Status, Visibility
from jicanet.scheduler.store.rows import guest_of, link_of, person_of, seat_of, session_of
from jicanet.scheduler.tables import (
    guest_site,
    recipient,
    seat,
    session,
    session_material,
    session_person,
    session_snapshot,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Which sessions an asker may see.

    Those of these visibilities, and whatever they are those in which one of these stations has a seat,
    in which somebody of this address takes part, or for which this user asked. `only_confirmed`: none
    that was never confirmed.
    """

    visibilities: frozenset[Visibility]
    stations: frozenset[str] = frozenset()
    address: str = ""
    user_id: int | None = None
    only_confirmed: bool = False


def session_by_ref(db: Connection, ref: str) -> StoredSession | None:
    """Return a session by its reference, None if there is none. Four statements."""
    return _one(db, _WITH_SEATS.where(session.c.ref == ref))


def session_by_uid(db: Connection, uid: str) -> StoredSession | None:
    """Return a session by the UID of its calendar entry, None if there is none. Four statements."""
    return _one(db, _WITH_SEATS.where(session.c.uid == uid))


def session_by_id(db: Connection, session_id: int) -> StoredSession | None:
    """Return a session by its row, None if there is none. Four statements."""
    return _one(db, _WITH_SEATS.where(session.c.id == session_id))


def sessions_by_ids(db: Connection, ids: Collection[int]) -> dict[int, StoredSession]:
    """Return those of these sessions that there are, by row. At most five statements."""
    rows = db.execute(select(session).where(session.c.id.in_(sorted(ids)))).mappings() if ids else ()
    return {found.session.id: found for found in _whole(db, [session_of(row) for row in rows])}


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
    others = _others(db, [record.id])
    return StoredSession(
        session=record,
        seats=tuple(seat_of({column.name: row[f"seat_{column.name}"] for column in seat.c}) for row in rows),
        **{name: found.get(record.id, ()) for name, found in others.items()},
    )


def _others(db: Connection, ids: Sequence[int]) -> dict[str, dict[int, tuple[Any, ...]]]:
    """Return the links, guest sites and people of sessions, each by session. Three statements."""
    return {
        "links": _by_session(db, session_material, ids, link_of),
        "guests": _by_session(db, guest_site, ids, guest_of),
        "people": _by_session(db, session_person, ids, person_of),
    }


def _by_session(
    db: Connection, table: Table, ids: Sequence[int], read: Callable[[Mapping[Any, Any]], Any]
) -> dict[int, tuple[Any, ...]]:
    found: dict[int, list[Any]] = {}
    for row in db.execute(select(table).where(table.c.session_id.in_(ids)).order_by(table.c.id)).mappings():
        found.setdefault(row["session_id"], []).append(read(row))
    return {number: tuple(records) for number, records in found.items()}


def sessions(db: Connection, page: SessionFilter, seen: Seen) -> tuple[StoredSession, ...]:
    """Return up to `page.limit` sessions by start that `seen` lets through. At most five statements."""
    rows = db.execute(
        select(session)
        .where(*_wanted(page), _visible(seen))
        .order_by(session.c.starts_at, session.c.id)
        .limit(page.limit)
    ).mappings()
    return _whole(db, [session_of(row) for row in rows])


def ended_requests(
    db: Connection, requester_id: int, *, since: datetime, limit: int
) -> tuple[StoredSession, ...]:
    """Return what a user asked for and what ended after `since`, the newest end first. At most five statements."""
    rows = db.execute(
        select(session)
        .where(
            session.c.status == Status.CANCELLED.value,
            session.c.requester_id == requester_id,
            session.c.ended_at > since,
        )
        .order_by(session.c.ended_at.desc(), session.c.id.desc())
        .limit(limit)
    ).mappings()
    return _whole(db, [session_of(row) for row in rows])


def recipients(db: Connection, stored: StoredSession) -> tuple[RecipientRecord, ...]:
    """Return everybody who was ever told of a session, in the order in which they were. One statement."""
    return recipients_of(db, [stored])[stored.session.id]


def recipients_of(db: Connection, found: Iterable[StoredSession]) -> dict[int, tuple[RecipientRecord, ...]]:
    """Return what `recipients` does for each of these sessions, by its row. One statement."""
    told: dict[int, list[RecipientRecord]] = {}
    parts: dict[int, list[str]] = {}
    for stored in found:
        told[stored.session.id] = []
        for part in stored.every_part:
            if part.recipient_id is not None:
                parts.setdefault(part.recipient_id, []).append(part.key)
    table = recipient
    query = select(table).where(table.c.session_id.in_(sorted(told))).order_by(table.c.id)
    for row in db.execute(query).mappings():
        told[row["session_id"]].append(_recipient(row, tuple(parts.get(row["id"], ()))))
    return {number: tuple(records) for number, records in told.items()}


_RECIPIENT = ("id", "address", "language", "method", "sequence", "dtstamp", "floor", "answer_stamp")


def _recipient(row: Mapping[Any, Any], parts: tuple[str, ...]) -> RecipientRecord:
    return RecipientRecord(
        **{name: row[name] for name in _RECIPIENT},
        parts=parts,
        answer=None if row["answer"] is None else Answer(row["answer"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whose secret address that is."""

    ref: str
    recipient_id: int


def addressee(db: Connection, token_hash: str) -> Addressee | None:
    """Return the session and recipient of a secret address, by its hash; None for one that is none."""
    row = db.execute(
        select(session.c.ref, recipient.c.id)
        .join_from(recipient, session, session.c.id == recipient.c.session_id)
        .where(recipient.c.token_hash == token_hash)
    ).one_or_none()
    return None if row is None else Addressee(ref=row.ref, recipient_id=row.id)


def without_token(db: Connection) -> list[tuple[int, str, str]]:
    """Return (id, UID, address) of the recipients whose secret address has no hash yet."""
    rows = db.execute(
        select(recipient.c.id, session.c.uid, recipient.c.address)
        .join_from(recipient, session, session.c.id == recipient.c.session_id)
        .where(recipient.c.token_hash.is_(None))
        .order_by(recipient.c.id)
    )
    return [(row.id, row.uid, row.address) for row in rows]


def due(db: Connection, now: datetime, *, bridge: str | None = None) -> tuple[str, ...]:
    """Return the references of holds that have expired and of requests that have lapsed, oldest first."""
    query = select(session.c.ref).where(
        or_(
            and_(session.c.status == Status.HOLD.value, session.c.hold_until <= now),
            and_(session.c.status == Status.REQUESTED.value, session.c.starts_at <= now),
        )
    )
    if bridge is not None:
        query = query.where(session.c.bridge == bridge, session.c.status == Status.HOLD.value)
    return tuple(db.execute(query.order_by(session.c.id)).scalars())


def told_mailboxes(db: Connection, now: datetime) -> set[tuple[str, str]]:
    """Return each (station, address) to which sessions to come are told. One statement."""
    query = (
        select(seat.c.station, recipient.c.address)
        .join_from(session, seat, seat.c.session_id == session.c.id)
        .join(recipient, recipient.c.id == seat.c.recipient_id, isouter=True)
        .where(*_to_come(now))
        .distinct()
    )
    return {(row.station, row.address or "") for row in db.execute(query)}


def told_at(db: Connection, station: str, address: str, now: datetime) -> tuple[str, ...]:
    """Return the references of the sessions to come of which a station is told at an address, "" for none."""
    wanted = recipient.c.address == address if address else recipient.c.address.is_(None)
    query = (
        select(session.c.ref)
        .join_from(session, seat, seat.c.session_id == session.c.id)
        .join(recipient, recipient.c.id == seat.c.recipient_id, isouter=True)
        .where(*_to_come(now), seat.c.station == station, wanted)
        .order_by(session.c.ref)
    )
    return tuple(db.execute(query).scalars())


def _to_come(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        session.c.starts_at > now,
        session.c.status.in_([status.value for status in Status if status.invites]),
        seat.c.listed,
        seat.c.withdrawn.is_(False),
    )


def snapshot(db: Connection, session_id: int, revision: int) -> Mapping[str, Any]:
    """Return the picture of a session at a revision; NoResultFound where there is none."""
    table = session_snapshot
    query = select(table.c.data).where(table.c.session_id == session_id, table.c.revision == revision)
    data: Mapping[str, Any] = db.execute(query).scalar_one()
    return data


def snapshots(db: Connection, session_id: int, revisions: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """Return the pictures of a session at these revisions, by revision. One statement."""
    table = session_snapshot
    query = select(table.c.revision, table.c.data)
    query = query.where(table.c.session_id == session_id, table.c.revision.in_(sorted(revisions)))
    return {row.revision: row.data for row in db.execute(query)}


def _wanted(page: SessionFilter) -> Iterable[ColumnElement[bool]]:
    if page.start is not None:
        yield session.c.ends_at > page.start
    if page.end is not None:
        yield session.c.starts_at < page.end
    if page.statuses:
        yield session.c.status.in_([status.value for status in sorted(page.statuses)])
    if page.concern is not None:
        yield _concerns(page.concern)
    if page.station is not None:
        yield exists().where(seat.c.session_id == session.c.id, seat.c.listed, seat.c.station == page.station)
    for word in fold(page.text).split():
        yield session.c.search_text.contains(word, autoescape=True)
    if page.after is not None:
        instant, number = page.after
        yield or_(
            session.c.starts_at > instant,
            and_(session.c.starts_at == instant, session.c.id > number),
        )


def _concerns(concern: Concern) -> ColumnElement[bool]:
    managed = session.c.status != Status.CANCELLED.value
    if concern.hosts is not None:
        managed = and_(managed, session.c.host.in_(sorted(concern.hosts)))
    if concern.requester_id is None:
        return managed
    is_own = session.c.requester_id == concern.requester_id
    return or_(managed, and_(is_own, session.c.status == Status.REQUESTED.value))


def _visible(seen: Seen) -> ColumnElement[bool]:
    known = session.c.confirmed_once if seen.only_confirmed else session.c.id.is_not(None)
    if len(seen.visibilities) == len(Visibility):
        return known
    allowed: list[ColumnElement[bool]] = [false()]
    if seen.visibilities:
        allowed.append(session.c.visibility.in_(sorted(each.value for each in seen.visibilities)))
    if seen.stations:
        codes = sorted(seen.stations)
        allowed.append(
            exists().where(seat.c.session_id == session.c.id, seat.c.listed, seat.c.station.in_(codes))
        )
    if seen.address:
        allowed += [
            exists().where(table.c.session_id == session.c.id, table.c.listed, table.c.email == seen.address)
            for table in (session_person, guest_site)
        ]
    if seen.user_id is not None:
        allowed.append(session.c.requester_id == seen.user_id)
    return and_(known, or_(*allowed))


def _whole(db: Connection, records: Sequence[SessionRecord]) -> tuple[StoredSession, ...]:
    if not records:
        return ()
    ids = [record.id for record in records]
    seats: dict[int, list[SeatRecord]] = {}
    for row in db.execute(select(seat).where(seat.c.session_id.in_(ids)).order_by(seat.c.id)).mappings():
        seats.setdefault(row["session_id"], []).append(seat_of(row))
    others = _others(db, ids)
    return tuple(
        StoredSession(
            session=record,
            seats=tuple(seats.get(record.id, ())),
            **{name: found.get(record.id, ()) for name, found in others.items()},
        )
        for record in records
    )
