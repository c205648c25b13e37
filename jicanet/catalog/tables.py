"""The tables of the library."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeDecorator, TypeEngine

from jicanet.storage.metadata import metadata
from jicanet.storage.types import Json, UtcDateTime

_LAST_POSITION = 16383  # of a tsvector


class Terms(TypeDecorator[str]):
    """The terms of `core.text.index_terms`: text on SQLite, a tsvector of the same terms on PostgreSQL.

    The vector is written out with its positions. PostgreSQL's own parser would cut terms anew, by the
    rules of the database's locale, and the two databases would answer differently.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type underneath."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what the type underneath takes."""
        if value is None or dialect.name != "postgresql":
            return value
        # A term is letters and digits alone, so nothing in it could end the quotes.
        return " ".join(
            f"'{term}':{min(place, _LAST_POSITION)}" for place, term in enumerate(value.split(), start=1)
        )


# Lists go by code, so its order must not be that of a language on one database and of signs on the other.
_CODE = Text().with_variant(Text(collation="C"), "postgresql")

material = Table(
    "material",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", _CODE, nullable=False, unique=True),
    Column("year", Integer),
    Column("year_basis", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("minutes", Integer),
    Column("kind", Text, nullable=False),
    Column("producer", Text, nullable=False),
    Column("url", Text),
    Column("source", Text, nullable=False),
    Column("notes", Text, nullable=False),
    # The row as the last import said it: what differs from it was changed by a person.
    Column("imported", Json),
    Column("shipped", Json),
    Column("updated_at", UtcDateTime, nullable=False),
)

material_text = Table(
    "material_text",
    metadata,
    Column("material_id", ForeignKey("material.id", ondelete="CASCADE"), nullable=False),
    Column("language", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("origin", Text, nullable=False),
    PrimaryKeyConstraint("material_id", "language"),
)

material_language = Table(
    "material_language",
    metadata,
    Column("material_id", ForeignKey("material.id", ondelete="CASCADE"), nullable=False),
    Column("language", Text, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("material_id", "language"),
)

material_country = Table(
    "material_country",
    metadata,
    Column("material_id", ForeignKey("material.id", ondelete="CASCADE"), nullable=False),
    Column("country", Text, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("material_id", "country"),
)

# On SQLite the full-text table `material_index` stands over this one, kept equal by triggers of the
# migration; on PostgreSQL the GIN index is the whole of it.
material_search = Table(
    "material_search",
    metadata,
    Column(
        "material_id", ForeignKey("material.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("terms", Terms, nullable=False),
)
Index("ix_material_search_terms", material_search.c.terms, postgresql_using="gin").ddl_if(
    dialect="postgresql"
)

# Append-only in practice: no address, no User-Agent, no user, no clock time.
library_visit = Table(
    "library_visit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("material", ForeignKey("material.code")),
    Column("is_robot", Boolean, nullable=False),
)
