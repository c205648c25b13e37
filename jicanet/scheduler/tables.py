"""The tables of sessions. What guards the seats stands here too, the PostgreSQL part in migration 0006.

There `EXCLUDE USING gist (station WITH =, tstzrange(occupied_from, occupied_to, '[)') WITH &&) WHERE
(live) DEFERRABLE INITIALLY DEFERRED` is the net under the locks: no two live seats of a station overlap.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from jicanet.storage.metadata import metadata
from jicanet.storage.types import Json, UtcDateTime

# The longest that a seat can be occupied, in minutes: the checks below add up to it. Searches for what
# overlaps look no further back, so that an index on the beginning alone answers them.
MOST_MINUTES = 1440
MOST_AROUND = 240
LONGEST_OCCUPIED = MOST_MINUTES + 2 * MOST_AROUND


def _standing() -> tuple[Column[Any], ...]:
    """Return the columns of how a part stands, beside its answer."""
    return (
        Column("listed", Boolean, nullable=False, server_default=true()),
        Column("withdrawn", Boolean, nullable=False, server_default=false()),
        Column("answered_at", UtcDateTime),
        Column("answered_via", String(10)),
        Column("words", Text, nullable=False, server_default=text("''")),
    )


session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("ref", String(20), nullable=False, unique=True),
    Column("uid", String(100), nullable=False, unique=True),
    Column("title", String(200), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("department", String(200), nullable=False),
    Column("coordinator_id", Integer, ForeignKey("user.id")),
    Column("host", Text, ForeignKey("station.code"), nullable=False),
    Column("status", String(20), nullable=False),
    Column("visibility", String(20), nullable=False),
    Column("languages", Json, nullable=False),
    Column("programme", Json),
    # The truth of a future session (domain.md, Time 1); starts_at and ends_at are derived from it.
    Column("wall_start", String(16), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("fold", Integer, nullable=False),
    Column("tz_version", String(10), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("setup_minutes", Integer, nullable=False),
    Column("teardown_minutes", Integer, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("occupied_from", UtcDateTime, nullable=False),
    Column("occupied_to", UtcDateTime, nullable=False),
    Column("join", Json, nullable=False),
    Column("bridge", Text, ForeignKey("bridge.code"), nullable=False),
    Column("ports", Integer, nullable=False),
    # C of domain.md, "Who is told what": SEQUENCE of what all are told.
    Column("counter", Integer, nullable=False),
    Column("dtstamp", UtcDateTime, nullable=False),
    # The bridge's revision at the last change: who reads along reads on from the last stamp it knows.
    Column("stamp", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(300), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("hold_until", UtcDateTime),
    Column("interpretation", String(200), nullable=False, server_default=text("''")),
    Column("recording", Boolean, nullable=False, server_default=false()),
    Column("quorum", Integer),
    # A user; no FOREIGN KEY, which SQLite cannot add to a table that is there.
    Column("requester_id", Integer),
    Column("confirmed_once", Boolean, nullable=False, server_default=true()),
    Column("reasons", Json, nullable=False, server_default="[]"),
    Column("ending", String(20)),
    Column("ending_words", Text, nullable=False, server_default=text("''")),
    Column("ended_at", UtcDateTime),
    CheckConstraint(f"minutes BETWEEN 1 AND {MOST_MINUTES}", name="minutes"),
    CheckConstraint(f"setup_minutes BETWEEN 0 AND {MOST_AROUND}", name="setup_minutes"),
    CheckConstraint(f"teardown_minutes BETWEEN 0 AND {MOST_AROUND}", name="teardown_minutes"),
    Index("ix_session_bridge_occupied_from", "bridge", "occupied_from"),
    Index("ix_session_starts_at_id", "starts_at", "id"),
    Index("ix_session_bridge_stamp", "bridge", "stamp"),
    Index("ix_session_status_starts_at", "status", "starts_at"),
)

recipient = Table(
    "recipient",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", Integer, ForeignKey("session.id"), nullable=False),
    Column("address", String(254), nullable=False),
    Column("language", String(5), nullable=False),
    # The last mail to it: what the next one is compared with.
    Column("method", String(10), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("dtstamp", UtcDateTime, nullable=False),
    # What a mailed answer is measured by (domain/answering.py).
    Column("floor", Integer, nullable=False, server_default="0"),
    Column("answer_stamp", UtcDateTime),
    Column("answer", String(20)),
    # The hash of its secret address, which is made from the key each time and never stored.
    Column("token_hash", String(64)),
    UniqueConstraint("session_id", "address"),
    Index("ix_recipient_token_hash", "token_hash", unique=True),
)

seat = Table(
    "seat",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", Integer, ForeignKey("session.id"), nullable=False),
    Column("station", Text, ForeignKey("station.code"), nullable=False),
    Column("recipient_id", Integer, ForeignKey("recipient.id")),
    Column("role", String(20), nullable=False),
    Column("required", Boolean, nullable=False),
    Column("answer", String(20), nullable=False),
    # Whether it takes its station's room: listed, not withdrawn, and its session occupies.
    Column("live", Boolean, nullable=False),
    Column("minutes_outside", Integer, nullable=False),
    Column("warnings", Json, nullable=False),
    Column("occupied_from", UtcDateTime, nullable=False),
    Column("occupied_to", UtcDateTime, nullable=False),
    # When it was last removed or declined: nobody's record has it, calendars tell their age by it.
    Column("left_at", UtcDateTime),
    *_standing(),
    UniqueConstraint("session_id", "station"),
    CheckConstraint("occupied_from < occupied_to", name="occupied"),
    Index("ix_seat_station_occupied_from", "station", "occupied_from"),
    Index("ix_seat_recipient_id", "recipient_id"),
)

guest_site = Table(
    "guest_site",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", Integer, ForeignKey("session.id"), nullable=False),
    Column("recipient_id", Integer, ForeignKey("recipient.id")),
    Column("organisation", String(200), nullable=False),
    Column("city", String(200), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("email", String(254), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("telephone", String(200), nullable=False),
    Column("language", String(35), nullable=False),
    Column("role", String(20), nullable=False),
    Column("required", Boolean, nullable=False),
    Column("answer", String(20), nullable=False),
    *_standing(),
    UniqueConstraint("session_id", "email"),
    Index("ix_guest_site_email", "email"),
)

session_person = Table(
    "session_person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", Integer, ForeignKey("session.id"), nullable=False),
    Column("recipient_id", Integer, ForeignKey("recipient.id")),
    Column("role", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("language", String(35), nullable=False),
    Column("answer", String(20), nullable=False),
    *_standing(),
    UniqueConstraint("session_id", "email"),
    Index("ix_session_person_email", "email"),
)

session_material = Table(
    "session_material",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", Integer, ForeignKey("session.id"), nullable=False),
    Column("material", Text, ForeignKey("material.code"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("start_minute", Integer),
    Column("end_minute", Integer),
    Column("language", String(35), nullable=False),
    Column("required", Boolean, nullable=False),
    Index("ix_session_material_session_id", "session_id"),
    Index("ix_session_material_material", "material"),
)

# What a mail says is what was decided then, however late it is rendered: one picture per revision.
session_snapshot = Table(
    "session_snapshot",
    metadata,
    Column("session_id", Integer, ForeignKey("session.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("data", Json, nullable=False),
    PrimaryKeyConstraint("session_id", "revision"),
)
