"""What became of the mails of a session, one by recipient."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jicanet.mail.model import MailState, OutboxRow
from jicanet.scheduler.domain.record import GuestRecord, PersonRecord, SeatRecord

# Mails with a calendar: what the calendars of recipients come to.
_KINDS = ("request", "cancel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The newest calendar mail to one recipient: the parts it speaks for, and what became of the mail.

    `at` is when it was sent or has failed, or since when it waits; `words` are the server's or ours.
    """

    parts: tuple[SeatRecord | GuestRecord | PersonRecord, ...]
    method: str
    sequence: int | None
    state: MailState
    words: str
    at: datetime


def deliveries(
    rows: Iterable[OutboxRow], parts: Sequence[SeatRecord | GuestRecord | PersonRecord]
) -> tuple[Delivery, ...]:
    """Return the newest mail to each recipient, in the order of `parts`; `rows` come newest first."""
    newest: dict[str, OutboxRow] = {}
    for row in rows:
        if row.kind in _KINDS:
            newest.setdefault(row.recipient_key or "", row)
    hanging: dict[str, list[SeatRecord | GuestRecord | PersonRecord]] = {}
    for part in parts:
        hanging.setdefault(str(part.recipient_id), []).append(part)
    return tuple(_delivery(newest[key], own) for key, own in hanging.items() if key in newest)


def _delivery(row: OutboxRow, parts: Sequence[SeatRecord | GuestRecord | PersonRecord]) -> Delivery:
    return Delivery(
        parts=tuple(parts),
        method=row.kind.upper(),
        sequence=row.sequence,
        state=row.state,
        words=row.last_words,
        at=row.settled_at or row.created_at,
    )
