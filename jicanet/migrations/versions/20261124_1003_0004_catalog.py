"""The tables of catalog."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# FTS5 over terms that are cut already: the `ascii` tokenizer parts at spaces only and leaves every sign
# outside ASCII alone, where `unicode61` would drop the middle dot of katakana and strip accents.
_SQLITE_INDEX = (
    """CREATE VIRTUAL TABLE material_index USING fts5(
        terms, content='material_search', content_rowid='material_id', tokenize='ascii')""",
    """CREATE TRIGGER material_search_added AFTER INSERT ON material_search BEGIN
        INSERT INTO material_index(rowid, terms) VALUES (new.material_id, new.terms);
    END""",
    """CREATE TRIGGER material_search_gone AFTER DELETE ON material_search BEGIN
        INSERT INTO material_index(material_index, rowid, terms) VALUES ('delete', old.material_id, old.terms);
    END""",
    """CREATE TRIGGER material_search_changed AFTER UPDATE ON material_search BEGIN
        INSERT INTO material_index(material_index, rowid, terms) VALUES ('delete', old.material_id, old.terms);
        INSERT INTO material_index(rowid, terms) VALUES (new.material_id, new.terms);
    END""",
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("year_basis", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("producer", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("imported", sa.Text().with_variant(JSONB(), "postgresql")),
        sa.Column("shipped", sa.Text().with_variant(JSONB(), "postgresql")),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_material"),
        sa.UniqueConstraint("code", name="uq_material_code"),
    )
    _create_children()
    _create_search()
    op.create_table(
        "library_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("material", sa.Text()),
        sa.Column("is_robot", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_visit"),
        sa.ForeignKeyConstraint(["material"], ["material.code"], name="fk_library_visit_material"),
    )
    op.create_index("ix_library_visit_day", "library_visit", ["day"])


def _create_children() -> None:
    op.create_table(
        "material_text",
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("material_id", "language", name="pk_material_text"),
        _of_material("material_text"),
    )
    for table, column in (("material_language", "language"), ("material_country", "country")):
        op.create_table(
            table,
            sa.Column("material_id", sa.Integer(), nullable=False),
            sa.Column(column, sa.Text(), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("material_id", column, name=f"pk_{table}"),
            _of_material(table),
        )
        op.create_index(f"ix_{table}_{column}", table, [column])


def _create_search() -> None:
    op.create_table(
        "material_search",
        sa.Column("material_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("material_id", name="pk_material_search"),
        _of_material("material_search"),
    )
    op.create_index(
        "ix_material_search_terms",
        "material_search",
        ["terms"],
        postgresql_using="gin",
        sqlite_where=sa.text("material_id < 0"),
    )
    if op.get_bind().dialect.name != "postgresql":
        for statement in _SQLITE_INDEX:
            op.execute(statement)


def _of_material(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_material_id"
    return sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("library_visit")
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TABLE material_index")
    for table in ("material_search", "material_country", "material_language", "material_text", "material"):
        op.drop_table(table)
