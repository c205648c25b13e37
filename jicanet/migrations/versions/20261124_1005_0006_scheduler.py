"""The tables of scheduler."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.Text().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables, and on PostgreSQL the net that no two live seats of a station overlap."""
    _create_session()
    op.create_table(
        "recipient",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("session_id", sa.Integer(), sa.ForeignKey("session.id"), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("dtstamp", INSTANT, nullable=False),
        sa.UniqueConstraint("session_id", "address"),
    )
    _create_seat()
    op.create_table(
        "session_material",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("session_id", sa.Integer(), sa.ForeignKey("session.id"), nullable=False),
        sa.Column("material", sa.Text(), sa.ForeignKey("material.code"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("start_minute", sa.Integer()),
        sa.Column("end_minute", sa.Integer()),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_session_material_session_id", "session_material", ["session_id"])
    op.create_index("ix_session_material_material", "session_material", ["material"])
    op.create_table(
        "session_snapshot",
        sa.Column("session_id", sa.Integer(), sa.ForeignKey("session.id"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "revision"),
    )


def _create_session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("ref", sa.String(20), nullable=False, unique=True),
        sa.Column("uid", sa.String(100), nullable=False, unique=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), sa.ForeignKey("user.id")),
        sa.Column("host", sa.Text(), sa.ForeignKey("station.code"), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("programme", JSON),
        sa.Column("wall_start", sa.String(16), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("fold", sa.Integer(), nullable=False),
        sa.Column("tz_version", sa.String(10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("setup_minutes", sa.Integer(), nullable=False),
        sa.Column("teardown_minutes", sa.Integer(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("occupied_from", INSTANT, nullable=False),
        sa.Column("occupied_to", INSTANT, nullable=False),
        sa.Column("join", JSON, nullable=False),
        sa.Column("bridge", sa.Text(), sa.ForeignKey("bridge.code"), nullable=False),
        sa.Column("ports", sa.Integer(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("dtstamp", INSTANT, nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(300), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        sa.CheckConstraint("setup_minutes BETWEEN 0 AND 240", name="setup_minutes"),
        sa.CheckConstraint("teardown_minutes BETWEEN 0 AND 240", name="teardown_minutes"),
    )
    op.create_index("ix_session_bridge_occupied_from", "session", ["bridge", "occupied_from"])
    op.create_index("ix_session_starts_at_id", "session", ["starts_at", "id"])
    op.create_index("ix_session_bridge_stamp", "session", ["bridge", "stamp"])
    if op.get_bind().dialect.name == "postgresql":
        # Numbers of references: taken without waiting for rivals on other bridges; gaps are allowed.
        op.execute("CREATE SEQUENCE session_number OWNED BY session.id")


def _create_seat() -> None:
    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("session_id", sa.Integer(), sa.ForeignKey("session.id"), nullable=False),
        sa.Column("station", sa.Text(), sa.ForeignKey("station.code"), nullable=False),
        sa.Column("recipient_id", sa.Integer(), sa.ForeignKey("recipient.id")),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(20), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("minutes_outside", sa.Integer(), nullable=False),
        sa.Column("warnings", JSON, nullable=False),
        sa.Column("occupied_from", INSTANT, nullable=False),
        sa.Column("occupied_to", INSTANT, nullable=False),
        sa.UniqueConstraint("session_id", "station"),
        sa.CheckConstraint("occupied_from < occupied_to", name="occupied"),
    )
    op.create_index("ix_seat_station_occupied_from", "seat", ["station", "occupied_from"])
    op.create_index("ix_seat_recipient_id", "seat", ["recipient_id"])
    if op.get_bind().dialect.name == "postgresql":
        # Deferred: shifting three back-to-back sessions in one change would fail otherwise. btree_gist
        # (migration 0001) gives gist the equality of station.
        op.execute(
            """
            ALTER TABLE seat ADD CONSTRAINT ex_seat_station_occupied
            EXCLUDE USING gist (station WITH =, tstzrange(occupied_from, occupied_to, '[)') WITH &&)
            WHERE (live) DEFERRABLE INITIALLY DEFERRED
            """
        )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("session_snapshot", "session_material", "seat", "recipient", "session"):
        op.drop_table(table)
