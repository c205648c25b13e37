"""The ledger of a session: every notice and answer, from the audit trail and the outbox."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.mail import store as outbox
from jicanet.mail.model import InboundMail, OutboxRow
from jicanet.mail.store import letterbox
from jicanet.scheduler import store
from jicanet.scheduler.domain.ledger import LedgerLine
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.service.changing import permit
from jicanet.scheduler.service.reading import visible
from jicanet.scheduler.service.views import views
from jicanet.services import Services
from jicanet.storage import store as storage

MOST_LINES = 1000


async def ledger(services: Services, actor: Actor, ref: str) -> tuple[SessionView, tuple[LedgerLine, ...]]:
    """Return a session with its ledger, newest first. Raises Hidden and Forbidden."""

    def query(db: Connection) -> tuple[SessionView, tuple[LedgerLine, ...]]:
        stored = visible(db, services, actor, ref)
        permit(services, actor, stored)
        view = views(db, services, actor, [stored])[0]
        return view, ledger_of(db, view)

    return await services.database.read(query)


def ledger_of(
    db: Connection, view: SessionView, *, limit: int = MOST_LINES, with_mails: bool = True
) -> tuple[LedgerLine, ...]:
    """Return the newest lines of a session's ledger. Three statements; one if only the changes are asked for.

    One more where mails went to mailboxes that speak for nobody any more.
    """
    session = view.session
    lines = [_change(line) for line in storage.audit_of(db, session.ref, limit=limit)]
    if not with_mails:
        return tuple(reversed(lines))
    parts: dict[str, list[str]] = {}
    for part in view.stored.every_part:
        parts.setdefault(str(part.recipient_id), []).append(part.key)
    mails = outbox.about(db, session.uid, limit=limit)
    former = _former(db, session.id, [row for row in mails if _is_former(row, parts)])
    lines += [_mail(row, parts, former) for row in reversed(mails)]
    lines += [_reply(mail, parts) for mail in reversed(letterbox.about(db, session.id, limit=limit))]
    # Stable: of one instant the act came before its mails.
    return tuple(sorted(lines, key=lambda line: line.at))[: -limit - 1 : -1]


def _change(line: storage.AuditLine) -> LedgerLine:
    is_answer = line.action == "session-answered"
    words = line.detail.get("words") or line.detail.get("reason") or line.detail.get("text") or ""
    return LedgerLine(
        at=line.at,
        kind="answer" if is_answer else "change",
        what=line.detail["answer"] if is_answer else line.action,
        who=line.actor,
        result=line.detail["via"] if is_answer else "",
        words=words,
        parts=tuple(line.detail.get("parts", ())),
        detail=line.detail,
    )


def _reply(mail: InboundMail, parts: Mapping[str, list[str]]) -> LedgerLine:
    return LedgerLine(
        at=mail.received_at,
        kind="reply",
        what=mail.answer or "",
        who=mail.settled_by or "",
        sequence=mail.sequence,
        result=mail.state.value,
        words=mail.words,
        parts=tuple(parts.get(str(mail.recipient_id), ())),
        detail={"mail": mail.id, "reason": mail.reason},
    )


def _mail(row: OutboxRow, parts: Mapping[str, list[str]], former: Mapping[int, list[str]]) -> LedgerLine:
    """Return a mail with whom it went to: the parts of its recipient, or who else it was for."""
    is_former = _is_former(row, parts)
    if row.recipient_key is None:
        told = [str(row.payload.get("to", "requester"))]
    else:
        told = former[row.id] if is_former else parts[row.recipient_key]
    return LedgerLine(
        at=row.created_at,
        kind="mail",
        what=row.kind.upper() if row.sequence is not None else row.kind,
        who="",
        sequence=row.sequence,
        result=row.state.value,
        words=row.last_words,
        parts=tuple(told),
        detail={"former_mailbox": True} if is_former else None,
    )


def _is_former(row: OutboxRow, parts: Mapping[str, list[str]]) -> bool:
    return row.recipient_key is not None and row.recipient_key not in parts


def _former(db: Connection, session_id: int, rows: Sequence[OutboxRow]) -> dict[int, list[str]]:
    """Return whom the mailbox of each mail spoke for, by the picture of then. At most one statement."""
    if not rows:
        return {}
    pictures = store.snapshots(db, session_id, {row.payload["revision"] for row in rows})
    return {row.id: _spoke_for(row, pictures[row.payload["revision"]]) for row in rows}


def _spoke_for(row: OutboxRow, picture: Mapping[str, Any]) -> list[str]:
    told = (each["parts"] for each in picture["recipients"] if str(each["id"]) == row.recipient_key)
    return next(told, [])
