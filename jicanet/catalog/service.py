"""Use cases of the library: import, export, find, show, and keeping count of visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from jicanet.catalog import reference, store
from jicanet.catalog.domain.cells import cells_of, record_of
from jicanet.catalog.domain.criteria import Criteria, Facets, instead_of
from jicanet.catalog.domain.importing import Decided, Outcome, columns_of, decide_import
from jicanet.catalog.domain.model import Material, Record
from jicanet.catalog.domain.visits import Visit, VisitKind
from jicanet.core.actor import Action, Actor
from jicanet.core.errors import NotFound, Refusal
from jicanet.core.imports import Import, Said
from jicanet.core.sheets import import_refused
from jicanet.core.text import message
from jicanet.services import Services
from jicanet.storage.store import record_audit
from jicanet.web.guard import require

log = structlog.get_logger(__name__)

MOST_LISTED = 200
_COUNTED_BY = "Asia/Tokyo"  # days and fiscal years are those of Japan (domain.md, Time 8)


class ImportReport(TypedDict):
    """What an import did, as the commands print it: counts of rows, and `CODE.column` of each kept word.

    `refused` is empty here: a refused row stops the whole import and is told by the refusal.
    """

    created: int
    updated: int
    unchanged: int
    kept: list[str]
    refused: list[dict[str, object]]


async def import_library(
    services: Services,
    actor: Actor,
    files: Sequence[Path],
    *,
    dry_run: bool = False,
    overwrite: bool = False,
    shipped: bool = False,
) -> ImportReport:
    """Load CSV files of materials, all rows or none, and return what became of them.

    A fact that a person has changed since the last import is kept and named, unless `overwrite`. With
    `shipped` the files are the program's own, loaded again at each start: what anybody imported from
    files of their own is kept before them too, and only facts that still are as shipped follow them.
    With `dry_run` the same is judged and nothing stored. Materials that no file names stay.

    Raises Invalid `import_refused` that lists every bad row by file, line, column, value and reason
    (`extra` holds them as in a report), Invalid `file_unreadable` and `file_too_large`, Forbidden.
    """
    require(services, actor, Action.IMPORT_REFERENCE)
    now = services.clock.now()
    records = _read(services, files)
    how = Import(shipped=shipped, overwrite=overwrite)

    def plan(db: Connection, *, lock: bool = False) -> _Plan:
        known = store.imported_rows(db, [record.code for record in records], lock=lock)
        return _plan(records, known, how)

    def change(db: Connection) -> ImportReport:
        planned = plan(db, lock=True)
        store.save_materials(db, planned.changed, now=now)
        store.note_imported(db, planned.to_note)
        record_audit(
            db, at=now, actor=actor, action="library-imported", subject="library", detail=planned.report
        )
        return planned.report

    if dry_run:
        return (await services.database.read(plan)).report
    return await services.database.write(change)


def _read(services: Services, files: Sequence[Path]) -> Sequence[Record]:
    contents = [(path.name, reference.load(path)) for path in files]
    reading = reference.read_materials(contents, reference.vocabulary(services.zones))
    if reading.refused:
        raise import_refused(reading.refused)
    return reading.records


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    report: ImportReport
    changed: tuple[Record, ...]
    to_note: dict[str, Said]


def _plan(records: Sequence[Record], known: dict[str, store.Imported], how: Import) -> _Plan:
    counts = dict.fromkeys(Outcome, 0)
    kept: list[str] = []
    changed: list[Record] = []
    to_note: dict[str, Said] = {}
    for record in sorted(records, key=lambda each: each.code):
        incoming = cells_of(record)
        before = known.get(record.code)
        done: Decided = decide_import(
            before.stored if before else None,
            how.before(before.said) if before else None,
            incoming,
            overwrite=how.overwrite,
        )
        counts[done.outcome] += 1
        kept += [f"{record.code}.{column}" for column in done.kept]
        if done.outcome is not Outcome.UNCHANGED:
            changed.append(record_of(done.cells))
        said = how.remember(before.said if before else Said(), incoming, columns_of(done.kept))
        if before is None or before.said != said:
            to_note[record.code] = said
    report = ImportReport(
        created=counts[Outcome.CREATED],
        updated=counts[Outcome.UPDATED],
        unchanged=counts[Outcome.UNCHANGED],
        kept=kept,
        refused=[],
    )
    return _Plan(report=report, changed=tuple(changed), to_note=to_note)


async def export_library(services: Services, actor: Actor) -> str:
    """Return the whole library as CSV text; importing it changes nothing. Raises Forbidden."""
    require(services, actor, Action.SEE_LIBRARY)
    found = await services.database.read(store.all_materials)
    return reference.write_materials(each.record() for each in found)


async def material(services: Services, actor: Actor, code: str) -> Material:
    """Return one material; raises NotFound `unknown_material`, Forbidden."""
    require(services, actor, Action.SEE_LIBRARY)
    found = await services.database.read(lambda db: store.materials_by_code(db, [code]))
    if code not in found:
        raise NotFound(
            "unknown_material",
            message(
                'There is no material "%(code)s" in the library. Codes look like JN-M001.', code=code[:40]
            ),
        )
    return found[code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Some of the materials that fit, how many fit, how many there are, and the code after which more follow."""

    items: tuple[Material, ...]
    matched: int
    held: int
    next_after: str | None


async def search_library(
    services: Services, actor: Actor, criteria: Criteria, *, limit: int = 50, after: str | None = None
) -> Found:
    """Return the materials that fit, by code and past the code `after`; 1 to 200 at a time.

    Five statements. Raises Forbidden.
    """
    require(services, actor, Action.SEE_LIBRARY)
    most = max(1, min(limit, MOST_LISTED))

    def query(db: Connection) -> Found:
        items = store.search(db, criteria, limit=most + 1, after=after)
        matched, held = store.count_each(db, (criteria, Criteria()))
        more = len(items) > most
        return Found(
            items=items[:most], matched=matched, held=held, next_after=items[most - 1].code if more else None
        )

    return await services.database.read(query)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One page of the library: its materials, the counts beside them, and what to ask where there are none."""

    items: tuple[Material, ...]
    facets: Facets
    skip: int
    instead: tuple[tuple[Criteria, int], ...] = ()


async def shelf(services: Services, actor: Actor, criteria: Criteria, *, limit: int, skip: int = 0) -> Shelf:
    """Return one page of what fits; where nothing does, near questions with the counts they would give.

    Five statements, one more where nothing fits. Raises Forbidden.
    """
    require(services, actor, Action.SEE_LIBRARY)

    def query(db: Connection) -> Shelf:
        items = store.search(db, criteria, limit=max(1, min(limit, MOST_LISTED)), skip=max(0, skip))
        counted = store.facets(db, criteria)
        near = () if counted.matched else instead_of(criteria)
        counts = store.count_each(db, near)
        instead = tuple((each, count) for each, count in zip(near, counts, strict=True) if count)
        return Shelf(items=items, facets=counted, skip=skip, instead=instead)

    return await services.database.read(query)


async def log_visit(services: Services, code: str | None, what: VisitKind, *, robot: bool) -> None:
    """Keep that a page of the library was opened, by the date in Japan.

    Raises nothing for a database that cannot take it: a page does not fail over its own statistics.
    """
    day = services.zones.get(_COUNTED_BY).local(services.clock.now()).date()
    visit = Visit(day=day, what=what, material=code, is_robot=robot)
    try:
        await services.database.write(lambda db: store.log_visit(db, visit))
    except (Refusal, SQLAlchemyError) as exc:
        log.warning("visit not counted", what=what.value, material=code, why=type(exc).__name__)
