"""The tables of mail: what is owed, the bytes it was rendered to, and what came in."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from jicanet.storage.metadata import metadata
from jicanet.storage.types import Json, UtcDateTime

_OWED = text("state = 'owed'")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("identity", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("uid", Text),
    Column("recipient_key", Text),
    Column("sequence", Integer),
    Column("dtstamp", UtcDateTime),
    Column("payload", Json, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("leased_by", Text),
    Column("message_id", Text),
    Column("last_words", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("identity"),
    CheckConstraint("state in ('owed', 'sent', 'failed')", name="state"),
    # What is due; settled rows, soon nearly all, are not in it.
    Index("ix_outbox_due", "not_before", "id", sqlite_where=_OWED, postgresql_where=_OWED),
    Index("ix_outbox_uid_recipient_key", "uid", "recipient_key", "id"),
)

mail_body = Table(
    "mail_body",
    metadata,
    Column("outbox_id", Integer, ForeignKey("outbox.id"), primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("sender", Text, nullable=False),
)

# What it is about belongs to slices above this one: no foreign keys.
inbound_mail = Table(
    "inbound_mail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("recipient", Text),
    Column("received_at", UtcDateTime, nullable=False),
    Column("from_address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("session_id", Integer),
    Column("recipient_id", Integer),
    Column("uid", Text),
    Column("attendee", Text),
    Column("answer", Text),
    Column("words", Text, nullable=False),
    Column("sequence", Integer),
    Column("dtstamp", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("settled_by", Text),
    UniqueConstraint("digest"),
    CheckConstraint(
        "state in ('counted', 'unverified', 'unread', 'older', 'accepted', 'dismissed')", name="state"
    ),
    CheckConstraint("answer in ('accepted', 'tentative', 'declined')", name="answer"),
    CheckConstraint("(state in ('accepted', 'dismissed')) = (settled_at is not null)", name="settled"),
    Index("ix_inbound_mail_state", "state", "id"),
    Index("ix_inbound_mail_session_id", "session_id", "id"),
)
