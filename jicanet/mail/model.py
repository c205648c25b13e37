"""What the outbox holds, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class MailState(StrEnum):
    """What became of an owed mail."""

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One mail to be owed in the transaction of what it tells of.

    `identity` names it for ever: `request/{recipient}/{revision}`, `sign-in/{link}`. Mails of one
    (`uid`, `recipient_key`) leave in the order in which they were owed.
    """

    identity: str
    kind: str
    recipient: str
    payload: Mapping[str, Any]
    uid: str | None = None
    recipient_key: str | None = None
    sequence: int | None = None
    dtstamp: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One row of the outbox. `attempts` counts the tries begun; `last_words` are the server's or ours."""

    id: int
    identity: str
    kind: str
    recipient: str
    uid: str | None
    recipient_key: str | None
    sequence: int | None
    dtstamp: datetime | None
    payload: Mapping[str, Any]
    state: MailState
    attempts: int
    not_before: datetime
    message_id: str | None
    last_words: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The bytes of a mail as they were and will be sent, with the envelope's sender.

    Bytes that are a way in (`is_secret`) are stored in development only.
    """

    content: bytes
    sender: str
    is_secret: bool = False
