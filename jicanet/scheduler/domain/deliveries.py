"""What became of the mails of a session, one by recipient."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jicanet.mail.model import MailState, OutboxRow
from jicanet.scheduler.domain.record import SeatRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The newest mail to one recipient: the stations it speaks for, and what became of the mail.

    `at` is when it was sent or has failed, or since when it waits; `words` are the server's or ours.
    """

    stations: tuple[str, ...]
    method: str
    sequence: int | None
    state: MailState
    words: str
    at: datetime


def deliveries(rows: Iterable[OutboxRow], seats: Sequence[SeatRecord]) -> tuple[Delivery, ...]:
    """Return the newest mail to each recipient, in the order of `seats`; `rows` come newest first."""
    newest: dict[str, OutboxRow] = {}
    for row in rows:
        newest.setdefault(row.recipient_key or "", row)
    stations: dict[str, list[str]] = {}
    for seat in seats:
        stations.setdefault(str(seat.recipient_id), []).append(seat.station)
    return tuple(_delivery(newest[key], codes) for key, codes in stations.items() if key in newest)


def _delivery(row: OutboxRow, codes: Sequence[str]) -> Delivery:
    return Delivery(
        stations=tuple(codes),
        method=row.kind.upper(),
        sequence=row.sequence,
        state=row.state,
        words=row.last_words,
        at=row.settled_at or row.created_at,
    )
