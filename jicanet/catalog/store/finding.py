"""Finding materials: one question, the same answer from FTS5 and from tsvector."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    bindparam,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from jicanet.catalog.domain.criteria import Criteria, Facets
from jicanet.catalog.domain.model import Material
from jicanet.catalog.store.materials import assemble
from jicanet.catalog.tables import material, material_country, material_language, material_search
from jicanet.core.text import Phrase


def search(
    db: Connection, criteria: Criteria, *, limit: int, after: str | None = None, skip: int = 0
) -> tuple[Material, ...]:
    """Return at most `limit` materials that fit, by code: those past the code `after`, less the first `skip`.

    Four statements, whatever the number.
    """
    query = select(material).where(*conditions(db, criteria)).order_by(material.c.code)
    if after is not None:
        query = query.where(material.c.code > after)
    return assemble(db, db.execute(query.limit(limit).offset(skip)).all())


def count_each(db: Connection, questions: Sequence[Criteria]) -> tuple[int, ...]:
    """Return how many materials fit each question, in one statement."""
    if not questions:
        return ()
    counts = [
        select(literal(place).label("place"), func.count().label("materials"))
        .select_from(material)
        .where(*conditions(db, question))
        for place, question in enumerate(questions)
    ]
    found = {row.place: row.materials for row in db.execute(union_all(*counts))}
    return tuple(found[place] for place in range(len(questions)))


def facets(db: Connection, criteria: Criteria) -> Facets:
    """Return what each further choice would leave, in one statement."""
    of_material = {
        "field": material.c.field,
        "kind": material.c.kind,
        "year": material.c.year,
        "minutes": material.c.minutes,
    }
    lists = {"language": material_language, "country": material_country}
    counts = [_total("held"), _total("matched", *conditions(db, criteria))]
    counts += [_by_column(db, name, column, criteria) for name, column in of_material.items()]
    counts += [_by_list(db, name, table, criteria) for name, table in lists.items()]
    found: dict[str, dict[str | None, int]] = {name: {} for name in (*of_material, *lists)}
    totals = {"held": 0, "matched": 0}
    for row in db.execute(union_all(*counts)):
        if row.name in totals:
            totals[row.name] = row.materials
        else:
            found[row.name][row.value] = row.materials
    return Facets(held=totals["held"], matched=totals["matched"], **found)


_Counts = Select[tuple[str, str | None, int]]


def _total(name: str, *where: ColumnElement[bool]) -> _Counts:
    return _counts(name, cast(null(), String)).select_from(material).where(*where)


def _by_column(db: Connection, name: str, column: Column[Any], criteria: Criteria) -> _Counts:
    where = conditions(db, _open(criteria, name))
    return _counts(name, cast(column, String)).select_from(material).where(*where).group_by(column)


def _by_list(db: Connection, name: str, table: Table, criteria: Criteria) -> _Counts:
    # The outer join counts a material without any under NULL: not known.
    joined = material.outerjoin(table, table.c.material_id == material.c.id)
    value = table.c[name]
    where = conditions(db, _open(criteria, name))
    return _counts(name, cast(value, String)).select_from(joined).where(*where).group_by(value)


def _counts(name: str, value: ColumnElement[Any]) -> _Counts:
    return select(literal(name, String).label("name"), value.label("value"), func.count().label("materials"))


def _open(criteria: Criteria, name: str) -> Criteria:
    """Return the question without the choice that the facet itself offers, so that it can be changed."""
    return criteria.without("max_minutes" if name == "minutes" else name)


def conditions(db: Connection, criteria: Criteria) -> list[ColumnElement[bool]]:
    """Return what a row of `material` must hold to fit; words without a word fit nothing."""
    found: list[ColumnElement[bool]] = []
    if criteria.has_words:
        phrases = criteria.phrases
        found.append(_matches(db, phrases) if phrases else false())
    if criteria.language is not None:
        spoken = material_language.c.language
        tag = criteria.language
        found.append(
            _among(material_language, or_(spoken == tag, spoken.startswith(f"{tag}-", autoescape=True)))
        )
    if criteria.country is not None:
        found.append(_among(material_country, material_country.c.country == criteria.country))
    if criteria.field is not None:
        found.append(material.c.field == criteria.field.value)
    if criteria.kind is not None:
        found.append(material.c.kind == criteria.kind.value)
    if criteria.year is not None:
        found.append(material.c.year == criteria.year)
    if criteria.max_minutes is not None:
        found.append(material.c.minutes <= criteria.max_minutes)
    return found


def _among(table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return material.c.id.in_(select(table.c.material_id).where(condition))


def _matches(db: Connection, phrases: Iterable[Phrase]) -> ColumnElement[bool]:
    if db.dialect.name == "postgresql":
        asked = cast(bindparam(None, _tsquery(phrases), unique=True), TSQUERY)
        return _among(material_search, material_search.c.terms.bool_op("@@")(asked))
    asked_fts = text("material_index MATCH :asked").bindparams(
        bindparam("asked", _fts5(phrases), unique=True)
    )
    ids = select(text("rowid")).select_from(text("material_index")).where(asked_fts)
    return material.c.id.in_(ids)


def _fts5(phrases: Iterable[Phrase]) -> str:
    """Return the question in FTS5's words. A term is letters and digits alone: nothing ends the quotes."""
    asked = [f'"{" ".join(phrase.terms)}"' + ("*" if phrase.prefix else "") for phrase in phrases]
    return " AND ".join(asked)


def _tsquery(phrases: Iterable[Phrase]) -> str:
    """Return the same as a tsquery; `<->` is "directly followed by"."""
    asked = []
    for phrase in phrases:
        *first, last = (f"'{term}'" for term in phrase.terms)
        asked.append(f"({' <-> '.join([*first, last + (':*' if phrase.prefix else '')])})")
    return " & ".join(asked)
