"""SQL of mail: plain functions of a Connection, values in and out; they never commit.

The outbox's own stand here; the letterbox, what comes in, is `store.letterbox`.
"""

from jicanet.mail.store.outbox import (
    about,
    begin,
    heads,
    keep,
    kept,
    lease,
    listed,
    newest,
    note_message_id,
    one,
    owe,
    release,
    settle_failed,
    settle_later,
    settle_sent,
)

__all__ = [
    "about",
    "begin",
    "heads",
    "keep",
    "kept",
    "lease",
    "listed",
    "newest",
    "note_message_id",
    "one",
    "owe",
    "release",
    "settle_failed",
    "settle_later",
    "settle_sent",
]
