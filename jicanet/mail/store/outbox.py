"""SQL of the outbox: owe, lease, keep, settle, list. Never commits; the caller's scope does."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Connection, RowMapping, exists, func, insert, or_, select, type_coerce, update

from jicanet.mail.model import Kept, MailState, OutboxRow, Owed
from jicanet.mail.tables import mail_body, outbox

_HEAD_BYTES = 4000
_SHOWN = (
    outbox.c.id,
    outbox.c.identity,
    outbox.c.kind,
    outbox.c.recipient,
    outbox.c.uid,
    outbox.c.recipient_key,
    outbox.c.sequence,
    outbox.c.dtstamp,
    outbox.c.payload,
    outbox.c.state,
    outbox.c.attempts,
    outbox.c.not_before,
    outbox.c.message_id,
    outbox.c.last_words,
    outbox.c.created_at,
    outbox.c.settled_at,
)


def owe(db: Connection, rows: Sequence[Owed], *, now: datetime) -> None:
    """Add mails to the outbox, due at once, in the order given: one statement.

    Raises ValueError for an identity that stands twice in `rows`, IntegrityError for one that is
    already owed: each mail is owed once (reliability.md, I3).
    """
    doubled = {row.identity for row in rows} if len({row.identity for row in rows}) != len(rows) else set()
    if doubled:
        msg = f"an identity is owed twice among {sorted(doubled)}"
        raise ValueError(msg)
    if rows:
        db.execute(insert(outbox), [_fresh(row, now) for row in rows])


def _fresh(row: Owed, now: datetime) -> dict[str, Any]:
    return {
        "identity": row.identity,
        "kind": row.kind,
        "recipient": row.recipient,
        "uid": row.uid,
        "recipient_key": row.recipient_key,
        "sequence": row.sequence,
        "dtstamp": row.dtstamp,
        "payload": dict(row.payload),
        "state": MailState.OWED.value,
        "attempts": 0,
        "not_before": now,
        "last_words": "",
        "created_at": now,
    }


def lease(db: Connection, *, worker: str, now: datetime, seconds: float, limit: int) -> list[OutboxRow]:
    """Take up to `limit` due rows that nobody holds, for `seconds`, and return them, longest due first.

    A row waits while an earlier one of the same (uid, recipient_key) is owed: clients that forget
    SEQUENCE would else end wrong. A failed row does not block. Any number of workers may ask at once:
    SQLite's writer stands in line, PostgreSQL skips the rows that another is taking.
    """
    earlier = outbox.alias("earlier")
    blocked = exists().where(
        earlier.c.uid == outbox.c.uid,
        earlier.c.recipient_key == outbox.c.recipient_key,
        earlier.c.state == MailState.OWED.value,
        earlier.c.id < outbox.c.id,
    )
    due = (
        select(outbox.c.id)
        .where(
            outbox.c.state == MailState.OWED.value,
            outbox.c.not_before <= now,
            or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now),
            ~blocked,
        )
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = (
        update(outbox)
        .where(outbox.c.id.in_(select(due.c.id)))
        .values(lease_until=now + timedelta(seconds=seconds), leased_by=worker)
        .returning(*_SHOWN)
    )
    rows = [_row(row) for row in db.execute(taken).mappings()]
    return sorted(rows, key=lambda row: (row.not_before, row.id))


def begin(db: Connection, row_id: int, *, worker: str, now: datetime, seconds: float) -> bool:
    """Renew the lease for one attempt and count it; return False if the row is no longer this worker's."""
    renewed = (
        update(outbox)
        .where(*_held(row_id, worker))
        .values(lease_until=now + timedelta(seconds=seconds), attempts=outbox.c.attempts + 1)
    )
    return db.execute(renewed).rowcount == 1


def keep(db: Connection, row_id: int, *, content: bytes, sender: str, message_id: str) -> None:
    """Store what a row was rendered to; every attempt sends these bytes. IntegrityError if it has some."""
    db.execute(insert(mail_body).values(outbox_id=row_id, content=content, sender=sender))
    note_message_id(db, row_id, message_id)


def note_message_id(db: Connection, row_id: int, message_id: str) -> None:
    """Store under which Message-ID a row is sent."""
    db.execute(update(outbox).where(outbox.c.id == row_id).values(message_id=message_id))


def kept(db: Connection, row_id: int) -> Kept | None:
    """Return the stored bytes of a row, None before its first attempt."""
    query = select(mail_body.c.content, mail_body.c.sender).where(mail_body.c.outbox_id == row_id)
    found = db.execute(query).one_or_none()
    return Kept(content=bytes(found.content), sender=found.sender) if found else None


def heads(db: Connection, row_ids: Iterable[int]) -> dict[int, bytes]:
    """Return the first bytes of the stored mails, enough for their headers, by row."""
    head = func.substr(mail_body.c.content, 1, _HEAD_BYTES).label("head")
    query = select(mail_body.c.outbox_id, head).where(mail_body.c.outbox_id.in_(list(row_ids)))
    return {found.outbox_id: bytes(found.head) for found in db.execute(query)}


def settle_sent(db: Connection, row_id: int, *, now: datetime, words: str) -> None:
    """Mark a row as sent. Whoever holds it: what the server has taken was sent."""
    _settle(db, (outbox.c.id == row_id,), state=MailState.SENT, now=now, words=words)


def settle_failed(db: Connection, row_id: int, *, worker: str, now: datetime, words: str) -> None:
    """Mark a row that `worker` holds as failed, with the words that a person needs."""
    _settle(db, _held(row_id, worker), state=MailState.FAILED, now=now, words=words)


def _settle(db: Connection, which: tuple[Any, ...], *, state: MailState, now: datetime, words: str) -> None:
    values = {"state": state.value, "settled_at": now, "last_words": words}
    free = {"lease_until": None, "leased_by": None}
    db.execute(update(outbox).where(*which).values(**values, **free))


def settle_later(db: Connection, row_id: int, *, worker: str, not_before: datetime, words: str) -> None:
    """Give a row back, to be tried again from `not_before` on."""
    values = {"not_before": not_before, "last_words": words, "lease_until": None, "leased_by": None}
    db.execute(update(outbox).where(*_held(row_id, worker)).values(**values))


def release(db: Connection, row_ids: Iterable[int], *, worker: str) -> None:
    """Give rows back untried."""
    held = (outbox.c.id.in_(list(row_ids)), outbox.c.leased_by == worker)
    db.execute(update(outbox).where(*held).values(lease_until=None, leased_by=None))


def _held(row_id: int, worker: str) -> tuple[Any, ...]:
    return (
        outbox.c.id == row_id,
        outbox.c.leased_by == worker,
        outbox.c.state == MailState.OWED.value,
    )


def listed(db: Connection, *, limit: int, before: int | None = None) -> list[OutboxRow]:
    """Return mails newest first: those with ids under `before`, if given."""
    query = select(*_SHOWN).order_by(outbox.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(outbox.c.id < before)
    return [_row(row) for row in db.execute(query).mappings()]


def about(db: Connection, uid: str, *, limit: int) -> list[OutboxRow]:
    """Return the mails about one calendar entry, newest first, in one statement."""
    query = select(*_SHOWN).where(outbox.c.uid == uid).order_by(outbox.c.id.desc()).limit(limit)
    return [_row(row) for row in db.execute(query).mappings()]


def newest(
    db: Connection,
    uid: str,
    *,
    recipient_key: str | None = None,
    kind: str | None = None,
    news: str | None = None,
) -> OutboxRow | None:
    """Return the newest mail about one calendar entry: to this recipient, of this kind, with these `news`.

    What is None is not asked for. One statement, one row.
    """
    query = select(*_SHOWN).where(outbox.c.uid == uid)
    if recipient_key is not None:
        query = query.where(outbox.c.recipient_key == recipient_key)
    if kind is not None:
        query = query.where(outbox.c.kind == kind)
    if news is not None:
        query = query.where(type_coerce(outbox.c.payload, JSON)["news"].as_string() == news)
    found = db.execute(query.order_by(outbox.c.id.desc()).limit(1)).mappings().one_or_none()
    return _row(found) if found else None


def one(db: Connection, row_id: int) -> OutboxRow | None:
    """Return one row of the outbox."""
    found = db.execute(select(*_SHOWN).where(outbox.c.id == row_id)).mappings().one_or_none()
    return _row(found) if found else None


def _row(row: RowMapping) -> OutboxRow:
    return OutboxRow(**{**row, "state": MailState(row["state"])})
