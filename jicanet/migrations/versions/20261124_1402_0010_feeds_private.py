"""Private feeds, and when a seat was given up: what a calendar shows no more is news of it too."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("feed", sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("seat", sa.Column("left_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop them, and with them the private addresses: the older program would serve another calendar there."""
    op.execute("DELETE FROM feed WHERE private")
    op.drop_column("seat", "left_at")
    op.drop_column("feed", "private")
