"""Where the feeds' addresses are kept: by hash alone, so that a copy of the database opens no feed."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, false

from jicanet.storage.metadata import metadata
from jicanet.storage.types import UtcDateTime

feed = Table(
    "feed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("station", String(20), ForeignKey("station.code"), nullable=False),
    Column("language", String(5), nullable=False),
    Column("private", Boolean, nullable=False, server_default=false()),
    Column("created_by", String(254), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Index("ix_feed_station", "station"),
)
