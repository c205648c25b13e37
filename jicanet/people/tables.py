"""Users and their ways in. Of every secret only the hash is here, so a copy of the database opens nothing."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from jicanet.storage.metadata import metadata
from jicanet.storage.types import Json, UtcDateTime

user = Table(
    "user",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("telephone", Text),
    Column("roles", Json, nullable=False),
    Column("stations", Json, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    # A random name, not a number: numbers come again after a restore, and the token is made from it.
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("mailed", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index("ix_sign_in_link_user_id_created_at", "user_id", "created_at"),
)

# One row per address that somebody typed, known or not, under a keyed hash: asking for an unknown
# address costs a write as well, and on PostgreSQL the row makes rivals for one address wait.
sign_in_ask = Table(
    "sign_in_ask",
    metadata,
    Column("mark", Text, primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
)

web_session = Table(
    "web_session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Index("ix_web_session_user_id", "user_id"),
)

service_token = Table(
    "service_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("user_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Index("ix_service_token_user_id", "user_id"),
)
