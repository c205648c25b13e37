"""Tables that every slice leans on."""

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Table, Text

from jicanet.storage.metadata import metadata
from jicanet.storage.types import Json, UtcDateTime

# Append-only: triggers of the first migration refuse UPDATE and DELETE (domain.md, Invariants).
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("detail", Json, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("answer", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    PrimaryKeyConstraint("caller", "route", "key"),
)

step = Table(
    "step",
    metadata,
    Column("name", Text, primary_key=True),
    Column("lease_until", UtcDateTime),
    Column("leased_by", Text),
    Column("last_run_at", UtcDateTime),
    Column("last_result", Text),
)

revision = Table(
    "revision",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)
