"""The tables of stations: rooms, their weeks, countries, holidays and bridges."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from jicanet.storage.metadata import metadata
from jicanet.storage.types import Json

_DEFAULT = text("is_default")

station = Table(
    "station",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_ja", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("country", Text, nullable=False, index=True),
    Column("city", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("office_type", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("languages", Json, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("contact_name", Text, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("telephone", Text, nullable=False),
    Column("line_kbit", Integer),
    Column("seats", Integer),
    Column("sip", Text, nullable=False),
    Column("h323", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("weekend_basis", Text, nullable=False),
    Column("office_hours_basis", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("feed_revision", Integer, nullable=False),
)

working_week = Table(
    "working_week",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("station", Text, ForeignKey("station.code"), nullable=False, index=True),
    Column("valid_from", Date),  # null reaches back in time
    Column("weekend", Json, nullable=False),
    Column("hours", Json, nullable=False),
)

country = Table(
    "country",
    metadata,
    Column("code", Text, primary_key=True),
    Column("weekend", Json, nullable=False),
    Column("basis", Text, nullable=False),
    Column("source", Text, nullable=False),
)

holiday_year = Table(
    "holiday_year",
    metadata,
    Column("country", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("source", Text, nullable=False),
    PrimaryKeyConstraint("country", "year"),
    CheckConstraint("state in ('known', 'unknown')", name="state"),
)

holiday = Table(
    "holiday",
    metadata,
    Column("country", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_local", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("source", Text, nullable=False),
    PrimaryKeyConstraint("country", "day", "name_en"),
    CheckConstraint("status in ('listed', 'estimated')", name="status"),
)

bridge = Table(
    "bridge",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("ports", Integer, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    CheckConstraint("ports > 0", name="ports"),
    # At most one default: where nothing else is said, sessions share its ports.
    Index(
        "uq_bridge_is_default", "is_default", unique=True, sqlite_where=_DEFAULT, postgresql_where=_DEFAULT
    ),
)

network_said = Table(
    "network_said",
    metadata,
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("imported", Json, nullable=False),  # by the last import of any file
    Column("shipped", Json, nullable=False),  # by the shipped file when it was last loaded
    PrimaryKeyConstraint("kind", "code"),
    CheckConstraint("kind in ('station', 'country', 'bridge')", name="kind"),
)
