"""The tables of mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.Text().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("identity", sa.Text(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text()),
        sa.Column("recipient_key", sa.Text()),
        sa.Column("sequence", sa.Integer()),
        sa.Column("dtstamp", INSTANT),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("leased_by", sa.Text()),
        sa.Column("message_id", sa.Text()),
        sa.Column("last_words", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.CheckConstraint("state in ('owed', 'sent', 'failed')", name="state"),
    )
    owed = sa.text("state = 'owed'")
    op.create_index("ix_outbox_due", "outbox", ["not_before", "id"], sqlite_where=owed, postgresql_where=owed)
    op.create_index("ix_outbox_uid_recipient_key", "outbox", ["uid", "recipient_key", "id"])
    op.create_table(
        "mail_body",
        sa.Column(
            "outbox_id", sa.Integer(), sa.ForeignKey("outbox.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("mail_body")
    op.drop_table("outbox")
