"""The tables of storage."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.Text().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", INSTANT, nullable=False, index=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, index=True),
        sa.Column("detail", JSON, nullable=False),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False, index=True),
        sa.PrimaryKeyConstraint("caller", "route", "key"),
    )
    op.create_table(
        "step",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("lease_until", INSTANT),
        sa.Column("leased_by", sa.Text()),
        sa.Column("last_run_at", INSTANT),
        sa.Column("last_result", sa.Text()),
    )
    op.create_table(
        "revision",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Integer(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        _extend_postgres()
    else:
        _guard_audit_in_sqlite()


def _extend_postgres() -> None:
    # The seats' exclusion constraint needs it; it stays at a downgrade, for it may not be ours.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        """
        CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
        """
    )


def _guard_audit_in_sqlite() -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"""
            CREATE TRIGGER audit_refuses_{act.lower()} BEFORE {act} ON audit
            BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
            """
        )
    # INSERT OR REPLACE removes the old row without firing a DELETE trigger.
    op.execute(
        """
        CREATE TRIGGER audit_refuses_replace BEFORE INSERT ON audit
        WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
        """
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("revision", "step", "idempotency", "audit"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_append_only()")
