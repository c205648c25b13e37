"""The letterbox: mails that came in."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False, unique=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Text()),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Integer()),
        sa.Column("recipient_id", sa.Integer()),
        sa.Column("uid", sa.Text()),
        sa.Column("attendee", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer()),
        sa.Column("dtstamp", INSTANT),
        sa.Column("settled_at", INSTANT),
        sa.Column("settled_by", sa.Text()),
        sa.CheckConstraint(
            "state in ('counted', 'unverified', 'unread', 'older', 'accepted', 'dismissed')", name="state"
        ),
        sa.CheckConstraint("answer in ('accepted', 'tentative', 'declined')", name="answer"),
        sa.CheckConstraint("(state in ('accepted', 'dismissed')) = (settled_at is not null)", name="settled"),
    )
    op.create_index("ix_inbound_mail_state", "inbound_mail", ["state", "id"])
    op.create_index("ix_inbound_mail_session_id", "inbound_mail", ["session_id", "id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("inbound_mail")
