"""The life of a booking: states, answers, guest sites and people."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.Text().with_variant(JSONB(), "postgresql")


def _text(name: str, kind: sa.types.TypeEngine[str]) -> sa.Column[str]:
    return sa.Column(name, kind, nullable=False, server_default="")


def _flag(name: str, *, is_set: bool) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true() if is_set else sa.false())


def _standing() -> list[sa.Column[Any]]:
    return [
        _flag("listed", is_set=True),
        _flag("withdrawn", is_set=False),
        sa.Column("answered_at", INSTANT),
        sa.Column("answered_via", sa.String(10)),
        _text("words", sa.Text()),
    ]


def _session() -> list[sa.Column[Any]]:
    return [
        sa.Column("hold_until", INSTANT),
        _text("interpretation", sa.String(200)),
        _flag("recording", is_set=False),
        sa.Column("quorum", sa.Integer()),
        sa.Column("requester_id", sa.Integer()),
        # Whatever was booked before this migration was confirmed.
        _flag("confirmed_once", is_set=True),
        sa.Column("reasons", JSON, nullable=False, server_default="[]"),
        sa.Column("ending", sa.String(20)),
        _text("ending_words", sa.Text()),
        sa.Column("ended_at", INSTANT),
    ]


def _recipient() -> list[sa.Column[Any]]:
    return [
        sa.Column("floor", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("answer_stamp", INSTANT),
        sa.Column("answer", sa.String(20)),
        sa.Column("token_hash", sa.String(64)),
    ]


def upgrade() -> None:
    """Add the columns and tables. Without rebuilding a table: others refer to it."""
    for table, columns in _ADDED.items():
        for column in columns():
            op.add_column(table, column)
    op.create_index("ix_session_status_starts_at", "session", ["status", "starts_at"])
    op.create_index("ix_recipient_token_hash", "recipient", ["token_hash"], unique=True)
    _create_parts()


def _create_parts() -> None:
    op.create_table(
        "guest_site",
        *_part(),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("city", sa.String(200), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("telephone", sa.String(200), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("session_id", "email"),
    )
    op.create_index("ix_guest_site_email", "guest_site", ["email"])
    op.create_table(
        "session_person",
        *_part(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.UniqueConstraint("session_id", "email"),
    )
    op.create_index("ix_session_person_email", "session_person", ["email"])


def _part() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("session_id", sa.Integer(), sa.ForeignKey("session.id"), nullable=False),
        sa.Column("recipient_id", sa.Integer(), sa.ForeignKey("recipient.id")),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("answer", sa.String(20), nullable=False),
        *_standing(),
    ]


_ADDED: Mapping[str, Callable[[], list[sa.Column[Any]]]] = {
    "session": _session,
    "recipient": _recipient,
    "seat": _standing,
}


def downgrade() -> None:
    """Drop what was added, and with it what the older program cannot know: all that is not confirmed."""
    op.execute("UPDATE session SET status = 'confirmed' WHERE status = 'needs-attention'")
    op.execute("DELETE FROM seat WHERE NOT listed OR withdrawn")
    gone = "SELECT id FROM session WHERE status <> 'confirmed'"
    op.drop_table("session_person")
    op.drop_table("guest_site")
    for table in ("session_snapshot", "session_material", "seat", "recipient"):
        op.execute(f"DELETE FROM {table} WHERE session_id IN ({gone})")  # noqa: S608 - names of ours
    op.execute("DELETE FROM session WHERE status <> 'confirmed'")
    op.drop_index("ix_session_status_starts_at", "session")
    op.drop_index("ix_recipient_token_hash", "recipient")
    for table, columns in _ADDED.items():
        for column in columns():
            op.drop_column(table, column.name)
