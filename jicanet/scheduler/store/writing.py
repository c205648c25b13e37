"""Writing what was decided. Stations, bridge and, where it exists, the session are locked by then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, text, update

from jicanet.scheduler.domain.model import Link
from jicanet.scheduler.domain.notices import Notice
from jicanet.scheduler.domain.record import LinkRecord, RecipientRecord, SessionRecord, StoredSession
from jicanet.scheduler.store.events import note_leaving
from jicanet.scheduler.store.rows import (
    guest_values,
    link_values,
    person_values,
    seat_values,
    session_values,
)
from jicanet.scheduler.tables import (
    guest_site,
    recipient,
    seat,
    session,
    session_material,
    session_person,
    session_snapshot,
)

_NEW_SESSION = insert(session)
# RETURNING in no promised order, told apart by what is unique: asked for in order, SQLite is given one
# row at a time.
_NEW_RECIPIENTS = insert(recipient).returning(recipient.c.id, recipient.c.address)
_NEW_LINKS = insert(session_material).returning(
    session_material.c.id,
    session_material.c.material,
    session_material.c.kind,
    session_material.c.start_minute,
)
_NEW_SNAPSHOT = insert(session_snapshot)
_NEXT_NUMBER = text("SELECT nextval('session_number')")
_HIGHEST_NUMBER = select(func.coalesce(func.max(session.c.id), 0))


def next_number(db: Connection) -> int:
    """Return the number of the next session: its row's id and the last part of its reference.

    On PostgreSQL from a sequence, which rivals on other bridges do not wait for; on SQLite a write
    scope is alone, and sessions are never deleted.
    """
    if db.dialect.name == "postgresql":
        taken: int = db.execute(_NEXT_NUMBER).scalar_one()
        return taken
    highest: int = db.execute(_HIGHEST_NUMBER).scalar_one()
    return highest + 1


def add_session(db: Connection, record: SessionRecord) -> None:
    """Store a new session."""
    # Values beside the statement, not in it: one of 35 columns is then compiled once for all bookings.
    db.execute(_NEW_SESSION, session_values(record))


def save_session(db: Connection, record: SessionRecord) -> None:
    """Store a session that is there as it now is."""
    db.execute(update(session).where(session.c.id == record.id).values(**session_values(record)))


def save_recipients(
    db: Connection,
    session_id: int,
    notices: Sequence[Notice],
    known: Sequence[RecipientRecord],
    *,
    token_hash: Callable[[str], str | None],
) -> tuple[RecipientRecord, ...]:
    """Store the mails as the last ones to their recipients, and return all recipients, the new ones last.

    `token_hash` gives the hash of the secret address of a new one.
    """
    told = {notice.address: notice for notice in notices}
    there = {recipient.address for recipient in known}
    changed = tuple(_told(one, told[one.address]) if one.address in told else one for one in known)
    for before, after in zip(known, changed, strict=True):
        if before is not after:
            save_recipient(db, after)
    fresh = [notice for notice in notices if notice.address not in there]
    if not fresh:
        return changed
    rows = [
        {**_last(notice), "floor": notice.sequence, "session_id": session_id, "address": notice.address,
         "language": notice.language, "token_hash": token_hash(notice.address)}
        for notice in fresh
    ]  # fmt: skip
    ids = {row.address: row.id for row in db.execute(_NEW_RECIPIENTS, rows)}
    return (*changed, *(_new(notice, ids[notice.address]) for notice in fresh))


def save_recipient(db: Connection, record: RecipientRecord) -> None:
    """Store a recipient that is there as it now is."""
    values = {
        **{
            name: getattr(record, name) for name in ("method", "sequence", "dtstamp", "floor", "answer_stamp")
        },
        "answer": None if record.answer is None else record.answer.value,
    }
    db.execute(update(recipient).where(recipient.c.id == record.id).values(**values))


def save_token_hash(db: Connection, recipient_id: int, token_hash: str) -> None:
    """Store the hash of a recipient's secret address."""
    db.execute(update(recipient).where(recipient.c.id == recipient_id).values(token_hash=token_hash))


def _last(notice: Notice) -> dict[str, Any]:
    return {"method": notice.method, "sequence": notice.sequence, "dtstamp": notice.dtstamp}


def _told(known: RecipientRecord, notice: Notice) -> RecipientRecord:
    floor = notice.sequence if notice.renews else known.floor
    return replace(known, **_last(notice), floor=floor, parts=notice.parts)


def _new(notice: Notice, number: int) -> RecipientRecord:
    return RecipientRecord(
        id=number,
        address=notice.address,
        language=notice.language,
        parts=notice.parts,
        method=notice.method,
        sequence=notice.sequence,
        dtstamp=notice.dtstamp,
        floor=notice.sequence,
    )


def save_parts(db: Connection, after: StoredSession, before: StoredSession | None) -> None:
    """Store seats, guest sites and people as they now are: what is new, and what became another."""
    for table, values, now, then in (
        (seat, seat_values, after.seats, before.seats if before else ()),
        (guest_site, guest_values, after.guests, before.guests if before else ()),
        (session_person, person_values, after.people, before.people if before else ()),
    ):
        _save_rows(db, table, values, (after, now), (before, then))
    note_leaving(db, after, before)


def _save_rows(
    db: Connection,
    table: Table,
    values: Callable[[Any, SessionRecord], dict[str, Any]],
    after: tuple[StoredSession, Sequence[Any]],
    before: tuple[StoredSession | None, Sequence[Any]],
) -> None:
    name = "station" if table is seat else "email"
    old = {getattr(part, name): values(part, before[0].session) for part in before[1]} if before[0] else {}
    new = [values(part, after[0].session) for part in after[1]]
    fresh = [row for row in new if row[name] not in old]
    if fresh:
        db.execute(insert(table), fresh)
    for row in new:
        if row[name] in old and row != old[row[name]]:
            which = (table.c.session_id == row["session_id"], table.c[name] == row[name])
            db.execute(update(table).where(*which).values(**row))


def save_links(db: Connection, after: StoredSession, before: StoredSession | None) -> tuple[LinkRecord, ...]:
    """Store which materials are tied to a session and return the links, new ones with their numbers."""
    kept = {record.id for record in after.links}
    for record in before.links if before else ():
        if record.id not in kept:
            remove_link(db, after.session.id, record.id)
        elif (now := next(each for each in after.links if each.id == record.id)) != record:
            table = session_material
            db.execute(
                update(table).where(table.c.id == record.id).values(**link_values(now.link, after.session.id))
            )
    fresh = [record.link for record in after.links if not record.id]
    ids = iter(add_links(db, after.session.id, fresh))
    return tuple(record if record.id else replace(record, id=next(ids)) for record in after.links)


def add_links(db: Connection, session_id: int, links: Sequence[Link]) -> tuple[int, ...]:
    """Tie materials to a session and return the links' ids in the order of `links`: one statement.

    No two of them say the same (domain/links.py, doubled).
    """
    if not links:
        return ()
    rows = db.execute(_NEW_LINKS, [link_values(link, session_id) for link in links])
    ids = {(row.material, row.kind, row.start_minute): row.id for row in rows}
    return tuple(ids[link.material, link.kind.value, link.start_minute] for link in links)


def add_link(db: Connection, session_id: int, link: Link) -> int:
    """Tie one more material to a session and return the link's id."""
    return add_links(db, session_id, [link])[0]


def remove_link(db: Connection, session_id: int, link_id: int) -> None:
    """Untie one material."""
    table = session_material
    db.execute(delete(table).where(table.c.session_id == session_id, table.c.id == link_id))


def add_snapshot(db: Connection, session_id: int, revision: int, data: Mapping[str, Any]) -> None:
    """Store the picture of a session at a revision."""
    db.execute(_NEW_SNAPSHOT, {"session_id": session_id, "revision": revision, "data": dict(data)})
