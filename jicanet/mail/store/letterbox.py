"""SQL of the letterbox: every mail that came in, once, with what was made of it. Never commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from jicanet.mail.model import InboundMail, Incoming, LetterState, Reading
from jicanet.mail.tables import inbound_mail

_OPEN = (LetterState.UNVERIFIED.value, LetterState.UNREAD.value, LetterState.OLDER.value)
_ASIDE = ("digest", "content")
_SHOWN = (
    *(column for column in inbound_mail.c if column.name not in _ASIDE),
    (func.length(inbound_mail.c.content) < inbound_mail.c.size).label("is_cut"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A mail in the letterbox; a twin that was stored before is not new and is left as it was."""

    mail: InboundMail
    is_new: bool


def receive(db: Connection, mail: Incoming, reading: Reading, *, now: datetime) -> Received:
    """Store a mail with what it says, as unread, or return the one that is stored of the same bytes.

    What it was found to be is written by `judge` in the same scope. Two who store one mail at the same
    time meet at its digest: the second's scope runs again and finds the first's.
    """
    stored = select(inbound_mail.c.id).where(inbound_mail.c.digest == mail.digest)
    found = db.execute(stored).scalar_one_or_none()
    if found is not None:
        return Received(mail=_known(db, found), is_new=False)
    row = insert(inbound_mail).values(
        digest=mail.digest,
        content=mail.content,
        size=mail.size,
        recipient=mail.recipient,
        received_at=now,
        from_address=reading.from_address,
        subject=reading.subject,
        message_id=reading.message_id,
        state=LetterState.UNREAD.value,
        reason=reading.reason,
        **_answer(reading),
    )
    new = db.execute(row.returning(inbound_mail.c.id)).scalar_one()
    return Received(mail=_known(db, new), is_new=True)


def _answer(reading: Reading) -> dict[str, Any]:
    reply = reading.reply or reading.automatic_reply
    if reply is None:
        return {"words": reading.words}
    return {
        "uid": reply.uid,
        "attendee": reply.attendee,
        "answer": reply.answer,
        "words": reply.comment,
        "sequence": reply.sequence,
        "dtstamp": reply.dtstamp,
    }


def judge(
    db: Connection,
    mail_id: int,
    *,
    state: LetterState,
    reason: str = "",
    session_id: int | None = None,
    recipient_id: int | None = None,
) -> None:
    """Write what a new mail was found to be, and what about; empty where there is nothing to say."""
    values = {"state": state.value, "reason": reason, "session_id": session_id, "recipient_id": recipient_id}
    db.execute(update(inbound_mail).where(inbound_mail.c.id == mail_id).values(**values))


def settle(db: Connection, mail_id: int, *, state: LetterState, by: str, now: datetime) -> bool:
    """Write what a person decided, accepted or dismissed; return False where it is decided already.

    An answer that counted by itself is decided. Of two who decide at once the first one does.
    """
    held = (inbound_mail.c.id == mail_id, inbound_mail.c.state.in_(_OPEN))
    values = {"state": state.value, "settled_at": now, "settled_by": by}
    return db.execute(update(inbound_mail).where(*held).values(**values)).rowcount == 1


def listed(
    db: Connection, *, states: Collection[LetterState], limit: int, before: int | None = None
) -> list[InboundMail]:
    """Return the mails in these states, newest first: those with ids under `before`, if given."""
    query = select(*_SHOWN).where(inbound_mail.c.state.in_(sorted(state.value for state in states)))
    if before is not None:
        query = query.where(inbound_mail.c.id < before)
    query = query.order_by(inbound_mail.c.id.desc()).limit(limit)
    return [_mail(row) for row in db.execute(query).mappings()]


def count(db: Connection, *, states: Collection[LetterState]) -> int:
    """Return how many mails are in these states."""
    wanted = inbound_mail.c.state.in_(sorted(state.value for state in states))
    return db.execute(select(func.count()).select_from(inbound_mail).where(wanted)).scalar_one()


def about(db: Connection, session_id: int, *, limit: int) -> list[InboundMail]:
    """Return the mails about one session, newest first."""
    query = select(*_SHOWN).where(inbound_mail.c.session_id == session_id)
    query = query.order_by(inbound_mail.c.id.desc()).limit(limit)
    return [_mail(row) for row in db.execute(query).mappings()]


def one(db: Connection, mail_id: int) -> InboundMail | None:
    """Return one mail."""
    found = db.execute(select(*_SHOWN).where(inbound_mail.c.id == mail_id)).mappings().one_or_none()
    return _mail(found) if found else None


def content(db: Connection, mail_id: int) -> bytes | None:
    """Return the bytes of one mail as it came, or its beginning where it `is_cut`."""
    query = select(inbound_mail.c.content).where(inbound_mail.c.id == mail_id)
    found = db.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def _known(db: Connection, mail_id: int) -> InboundMail:
    return _mail(db.execute(select(*_SHOWN).where(inbound_mail.c.id == mail_id)).mappings().one())


def _mail(row: RowMapping) -> InboundMail:
    return InboundMail(**{**row, "state": LetterState(row["state"]), "is_cut": bool(row["is_cut"])})
