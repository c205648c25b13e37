"""Writing what was decided. Stations, bridge and, where it exists, the session are locked by then."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update

from jicanet.scheduler.domain.model import Link, Notice
from jicanet.scheduler.domain.record import SeatRecord, SessionRecord
from jicanet.scheduler.store.rows import link_values, seat_values, session_values
from jicanet.scheduler.tables import recipient, seat, session, session_material, session_snapshot

_NEW_SESSION = insert(session)
# RETURNING in no promised order, told apart by what is unique: asked for in order, SQLite is given one
# row at a time.
_NEW_RECIPIENTS = insert(recipient).returning(recipient.c.id, recipient.c.address)
_NEW_SEATS = insert(seat)
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


def add_recipients(db: Connection, session_id: int, notices: Sequence[Notice]) -> tuple[int, ...]:
    """Store the recipients of a new session and return their ids in the order of `notices`."""
    if not notices:
        return ()
    rows = [
        {
            "session_id": session_id,
            "address": notice.address,
            "language": notice.language,
            "method": notice.method,
            "sequence": notice.sequence,
            "dtstamp": notice.dtstamp,
        }
        for notice in notices
    ]
    ids = {row.address: row.id for row in db.execute(_NEW_RECIPIENTS, rows)}
    return tuple(ids[notice.address] for notice in notices)


def add_seats(db: Connection, record: SessionRecord, seats: Sequence[SeatRecord]) -> None:
    """Store the seats of a session, host first: one statement."""
    db.execute(_NEW_SEATS, [seat_values(one, record) for one in seats])


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


def touch_session(db: Connection, record: SessionRecord) -> None:
    """Store that a session changed: its stamp, revision, DTSTAMP and the instant of the change."""
    values = {name: getattr(record, name) for name in ("stamp", "revision", "dtstamp", "changed_at")}
    db.execute(update(session).where(session.c.id == record.id).values(**values))


def add_snapshot(db: Connection, session_id: int, revision: int, data: Mapping[str, Any]) -> None:
    """Store the picture of a session at a revision."""
    db.execute(_NEW_SNAPSHOT, {"session_id": session_id, "revision": revision, "data": dict(data)})
