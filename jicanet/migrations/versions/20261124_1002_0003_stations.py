"""The tables of stations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.Text().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    _stations()
    _days()
    default = sa.text("is_default")
    op.create_table(
        "bridge",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ports", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("ports > 0", name="ports"),
    )
    op.create_index(
        "uq_bridge_is_default",
        "bridge",
        ["is_default"],
        unique=True,
        sqlite_where=default,
        postgresql_where=default,
    )
    op.create_table(
        "network_said",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("imported", JSON, nullable=False),
        sa.Column("shipped", JSON, nullable=False),
        sa.PrimaryKeyConstraint("kind", "code"),
        sa.CheckConstraint("kind in ('station', 'country', 'bridge')", name="kind"),
    )


def _stations() -> None:
    op.create_table(
        "station",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False, index=True),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("office_type", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("line_kbit", sa.Integer()),
        sa.Column("seats", sa.Integer()),
        sa.Column("sip", sa.Text(), nullable=False),
        sa.Column("h323", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("weekend_basis", sa.Text(), nullable=False),
        sa.Column("office_hours_basis", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("feed_revision", sa.Integer(), nullable=False),
    )
    op.create_table(
        "working_week",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("station", sa.Text(), sa.ForeignKey("station.code"), nullable=False, index=True),
        sa.Column("valid_from", sa.Date()),
        sa.Column("weekend", JSON, nullable=False),
        sa.Column("hours", JSON, nullable=False),
    )


def _days() -> None:
    op.create_table(
        "country",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("weekend", JSON, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
    )
    op.create_table(
        "holiday_year",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("country", "year"),
        sa.CheckConstraint("state in ('known', 'unknown')", name="state"),
    )
    op.create_table(
        "holiday",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_local", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("country", "day", "name_en"),
        sa.CheckConstraint("status in ('listed', 'estimated')", name="status"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("network_said", "bridge", "holiday", "holiday_year", "country", "working_week", "station"):
        op.drop_table(table)
