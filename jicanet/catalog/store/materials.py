"""Materials out of their tables and into them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    Table,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    true,
    union_all,
    update,
)

from jicanet.catalog.domain.cells import Cells, cells_of
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import Kind, Material, Record, Title, TitleOrigin
from jicanet.catalog.tables import (
    material,
    material_country,
    material_language,
    material_search,
    material_text,
)
from jicanet.core.imports import Said
from jicanet.storage.store import lock_rows

Thing = TypeVar("Thing")

_BATCH = 1000  # well under the parameters that either database takes in one statement


def batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    """Yield the things in lists of at most a thousand."""
    rest = iter(things)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def materials_by_code(db: Connection, codes: Iterable[str]) -> dict[str, Material]:
    """Return the materials of these codes; an unknown code is not in the answer. Three statements."""
    found: dict[str, Material] = {}
    for batch in batches(sorted(set(codes))):
        rows = db.execute(select(material).where(material.c.code.in_(batch)).order_by(material.c.code)).all()
        found |= {each.code: each for each in assemble(db, rows)}
    return found


def all_materials(db: Connection) -> tuple[Material, ...]:
    """Return the whole library, by code."""
    return assemble(db, db.execute(select(material).order_by(material.c.code)).all())


def held(db: Connection) -> int:
    """Return how many materials the library holds."""
    return db.execute(select(func.count()).select_from(material)).scalar_one()


def assemble(db: Connection, rows: Sequence[Row[Any]]) -> tuple[Material, ...]:
    """Return the materials of these rows of `material`, in their order; two statements a thousand."""
    titles: dict[int, dict[str, Title]] = {row.id: {} for row in rows}
    languages: dict[int, list[str]] = {row.id: [] for row in rows}
    countries: dict[int, list[str]] = {row.id: [] for row in rows}
    for ids in batches(titles):
        texts = select(material_text).where(material_text.c.material_id.in_(ids))
        for row in db.execute(texts.order_by(material_text.c.language)):
            title = Title(text=row.title, origin=TitleOrigin(row.origin))
            titles[row.material_id][row.language] = title
        for part in db.execute(_parts(ids)):
            (languages if part.is_language else countries)[part.material_id].append(part.code)
    return tuple(_material(row, titles[row.id], languages[row.id], countries[row.id]) for row in rows)


def _parts(ids: Sequence[int]) -> CompoundSelect[Any]:
    """Return the languages and the countries of materials, each in its order, as one query."""
    kinds = (
        (true(), material_language, material_language.c.language),
        (false(), material_country, material_country.c.country),
    )
    return union_all(
        *(
            select(
                table.c.material_id, is_language.label("is_language"), code.label("code"), table.c.position
            ).where(table.c.material_id.in_(ids))
            for is_language, table, code in kinds
        )
    ).order_by("position")


def _material(
    row: Row[Any], titles: Mapping[str, Title], languages: Sequence[str], countries: Sequence[str]
) -> Material:
    return Material(
        code=row.code,
        titles=titles,
        year=row.year,
        year_basis=row.year_basis,
        languages=tuple(languages),
        field=ThematicField(row.field),
        countries=tuple(countries),
        minutes=row.minutes,
        kind=Kind(row.kind),
        producer=row.producer,
        url=row.url,
        source=row.source,
        notes=row.notes,
        updated_at=row.updated_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What the library holds of a material, and what files have said of it, both as cells of its row."""

    stored: Cells
    said: Said


def imported_rows(db: Connection, codes: Iterable[str], *, lock: bool) -> dict[str, Imported]:
    """Return both sides of the known materials among these codes, locked to the end of a write scope or not."""
    found: dict[str, Imported] = {}
    for batch in batches(sorted(set(codes))):
        query = select(material).where(material.c.code.in_(batch)).order_by(material.c.code)
        rows = lock_rows(db, query) if lock else db.execute(query).all()
        said = {row.code: Said(imported=row.imported or {}, shipped=row.shipped or {}) for row in rows}
        for each in assemble(db, rows):
            found[each.code] = Imported(stored=cells_of(each.record()), said=said[each.code])
    return found


def save_materials(db: Connection, records: Sequence[Record], *, now: datetime) -> None:
    """Store records, new or changed, with all that a search needs to find them."""
    for batch in batches(records):
        known = _ids(db, batch)
        new = [record for record in batch if record.code not in known]
        if new:
            db.execute(insert(material), [{**_columns(record), "updated_at": now} for record in new])
        old = [record for record in batch if record.code in known]
        if old:
            _change(db, old, known, now)
        ids = _ids(db, batch)
        _fill(db, batch, ids)


def _change(db: Connection, records: Sequence[Record], ids: Mapping[str, int], now: datetime) -> None:
    columns = [name for name in _columns(records[0]) if name != "code"]
    changed = update(material).where(material.c.id == bindparam("old_id"))
    changed = changed.values({name: bindparam(f"new_{name}") for name in columns} | {"updated_at": now})
    rows = [
        {"old_id": ids[record.code], **{f"new_{name}": _columns(record)[name] for name in columns}}
        for record in records
    ]
    db.execute(changed, rows)
    for table in (material_text, material_language, material_country, material_search):
        db.execute(delete(table).where(table.c.material_id.in_([ids[record.code] for record in records])))


def _fill(db: Connection, records: Sequence[Record], ids: Mapping[str, int]) -> None:
    texts = [
        {
            "material_id": ids[record.code],
            "language": language,
            "title": title.text,
            "origin": title.origin.value,
        }
        for record in records
        for language, title in sorted(record.titles.items())
    ]
    terms = [{"material_id": ids[record.code], "terms": record.search_terms()} for record in records]
    _insert(db, material_text, texts)
    _insert(db, material_language, _positions(records, ids, "language", "languages"))
    _insert(db, material_country, _positions(records, ids, "country", "countries"))
    _insert(db, material_search, terms)


def _positions(
    records: Sequence[Record], ids: Mapping[str, int], column: str, attribute: str
) -> list[dict[str, object]]:
    return [
        {"material_id": ids[record.code], column: value, "position": position}
        for record in records
        for position, value in enumerate(getattr(record, attribute))
    ]


def _insert(db: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        db.execute(insert(table), list(rows))


def _ids(db: Connection, records: Sequence[Record]) -> dict[str, int]:
    codes = [record.code for record in records]
    rows = db.execute(select(material.c.code, material.c.id).where(material.c.code.in_(codes)))
    return {row.code: row.id for row in rows}


def _columns(record: Record) -> dict[str, object]:
    return {
        "code": record.code,
        "year": record.year,
        "year_basis": record.year_basis,
        "field": record.field.value,
        "minutes": record.minutes,
        "kind": record.kind.value,
        "producer": record.producer,
        "url": record.url,
        "source": record.source,
        "notes": record.notes,
    }


def note_imported(db: Connection, rows: Mapping[str, Said]) -> None:
    """Keep, by code, what files have now said, so that the next import sees what a person has changed."""
    noted = update(material).where(material.c.code == bindparam("of_code"))
    noted = noted.values(imported=bindparam("by_import"), shipped=bindparam("as_shipped"))
    for batch in batches(rows.items()):
        db.execute(
            noted,
            [
                {"of_code": code, "by_import": dict(said.imported), "as_shipped": dict(said.shipped)}
                for code, said in batch
            ],
        )
