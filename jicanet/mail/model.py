"""What the outbox and the letterbox hold, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from jicanet.ical.replies import Reply


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


class LetterState(StrEnum):
    """What became of a mail that came in."""

    COUNTED = "counted"  # its answer was taken
    UNVERIFIED = "unverified"  # it carries an answer, but not the proof of who gave it
    UNREAD = "unread"  # no answer could be taken from it
    OLDER = "older"  # a later answer, or a later invitation, goes before it
    ACCEPTED = "accepted"  # a person took its answer
    DISMISSED = "dismissed"  # a person looked at it and took none


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one mail says. Texts are lines without control characters, empty where there is none.

    `reply` is the answer, None where there is none that may count; `reason` then says why, a code of
    `reasons`. `from_address` is folded (ASCII lowered), and empty unless From names exactly one address.
    `token` is the secret of the answer address: of the envelope's recipient, else of To, else of
    ORGANIZER. An `auto_submitted` mail changes nothing and is not answered; the answer that it may carry
    all the same is its `automatic_reply`. `words` tell to whom an invitation was delegated.
    """

    from_address: str = ""
    subject: str = ""
    message_id: str = ""
    auto_submitted: bool = False
    token: str = ""
    reply: Reply | None = None
    automatic_reply: Reply | None = None
    reason: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail to be stored: `size` is that of the whole, `content` may be its beginning only.

    `digest` names the mail and the envelope's `recipient` together: the same mail to two of our
    addresses is two.
    """

    digest: str
    content: bytes
    size: int
    recipient: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMail:
    """One row of the letterbox. `answer`, `sequence` and `dtstamp` are what its calendar said, if one was read.

    `reason` is a code of `reasons` or of whoever judged it. `session_id` and `recipient_id` say what it
    was found to be about. `is_cut` says that only its beginning was kept. `settled_by` is an actor's name.
    """

    id: int
    size: int
    is_cut: bool
    recipient: str | None
    received_at: datetime
    from_address: str
    subject: str
    message_id: str
    state: LetterState
    reason: str
    session_id: int | None
    recipient_id: int | None
    uid: str | None
    attendee: str | None
    answer: str | None
    words: str
    sequence: int | None
    dtstamp: datetime | None
    settled_at: datetime | None
    settled_by: str | None
