"""Import, export, show and count: the use cases of the library on both databases."""

import asyncio
import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect
from structlog.testing import capture_logs

from jicanet.catalog import service, store
from jicanet.catalog.domain.criteria import Criteria
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.visits import VisitCount, VisitKind
from jicanet.catalog.tables import library_visit
from jicanet.core.actor import CONSOLE, STRANGER, Actor, ActorKind
from jicanet.core.errors import Forbidden, Invalid, NotFound, SignInNeeded
from jicanet.services import Services
from jicanet.settings.model import CONFIG
from jicanet.storage.store import audit_of
from tests.support.clock import FakeClock

SHIPPED = CONFIG / "library" / "materials.csv"
NOTHING = {"created": 0, "updated": 0, "unchanged": 0, "kept": [], "refused": []}


def edited(folder: Path, code: str, **cells: str) -> Path:
    rows = list(csv.reader(io.StringIO(SHIPPED.read_text(encoding="utf-8"), newline="")))
    for column, value in cells.items():
        next(row for row in rows if row[0] == code)[rows[0].index(column)] = value
    path = folder / "edited.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


async def test_import_loads_the_59_titles_and_says_so(services: Services) -> None:
    report = await service.import_library(services, CONSOLE, [SHIPPED])
    assert report == {**NOTHING, "created": 59}
    assert await services.database.read(store.held) == 59
    (line,) = await services.database.read(lambda db: audit_of(db, "library"))
    assert (line.actor, line.action, line.detail) == ("console", "library-imported", report)


async def test_import_again_changes_nothing(services: Services, clock: FakeClock) -> None:
    await service.import_library(services, CONSOLE, [SHIPPED])
    before = await services.database.read(store.all_materials)
    clock.advance(days=1)
    assert await service.import_library(services, CONSOLE, [SHIPPED]) == {**NOTHING, "unchanged": 59}
    assert await services.database.read(store.all_materials) == before


async def test_export_imported_again_changes_nothing(services: Services, tmp_path: Path) -> None:
    await service.import_library(services, CONSOLE, [SHIPPED])
    path = tmp_path / "export.csv"
    path.write_text(await service.export_library(services, STRANGER), encoding="utf-8", newline="")
    assert await service.import_library(services, CONSOLE, [path]) == {**NOTHING, "unchanged": 59}


async def test_changed_row_is_updated_and_found_by_its_new_words(
    services: Services, clock: FakeClock, tmp_path: Path
) -> None:
    await service.import_library(services, CONSOLE, [SHIPPED])
    clock.advance(days=1)
    path = edited(tmp_path, "JN-M001", title_en="A new title", duration_min="26")
    report = await service.import_library(services, CONSOLE, [path])
    assert report == {**NOTHING, "updated": 1, "unchanged": 58}
    changed = await service.material(services, STRANGER, "JN-M001")
    assert (changed.titles["en"].text, changed.minutes) == ("A new title", 26)
    assert changed.updated_at == datetime(2026, 12, 2, tzinfo=UTC)
    other = await service.material(services, STRANGER, "JN-M002")
    assert other.updated_at == datetime(2026, 12, 1, tzinfo=UTC)
    found = await service.search_library(services, STRANGER, Criteria(words="Hiroshima"))
    assert found.items == ()


async def test_dry_run_tells_the_same_and_stores_nothing(services: Services) -> None:
    assert await service.import_library(services, CONSOLE, [SHIPPED], dry_run=True) == {
        **NOTHING,
        "created": 59,
    }
    assert await services.database.read(store.held) == 0
    assert await services.database.read(lambda db: audit_of(db, "library")) == ()


async def test_bad_row_refuses_the_whole_import(services: Services, tmp_path: Path) -> None:
    path = edited(tmp_path, "JN-M003", countries="KH|Senegal", kind="film")
    with pytest.raises(Invalid) as refused:
        await service.import_library(services, CONSOLE, [path])
    assert refused.value.code == "import_refused"
    assert [(each.pointer, each.value, each.code) for each in refused.value.errors] == [
        ("edited.csv:4:countries", "KH|Senegal", "bad_country"),
        ("edited.csv:4:kind", "film", "unknown_word"),
    ]
    assert refused.value.extra["refused"][1] == {
        "file": "edited.csv",
        "line": 4,
        "column": "kind",
        "value": "film",
        "code": "unknown_word",
        "reason": "It must be one of: video, multimedia, slides, document, audio, recording, session-archive.",
    }
    assert str(refused.value.detail) == (
        "Nothing was loaded: 2 things are not right. The first: edited.csv, line 4: "
        '"Senegal" is no country code (ISO 3166, two capital letters): write VN, several apart by |.'
    )
    assert await services.database.read(store.held) == 0


async def test_missing_file_is_named(services: Services, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        await service.import_library(services, CONSOLE, [tmp_path / "none.csv"])
    assert refused.value.code == "file_unreadable"
    assert "none.csv cannot be read: No such file or directory." in str(refused.value.detail)


async def test_word_of_a_person_is_kept_until_overwritten(services: Services, tmp_path: Path) -> None:
    await service.import_library(services, CONSOLE, [SHIPPED])
    before = await service.material(services, CONSOLE, "JN-M001")
    corrected = replace(before.record(), producer="JICA Hiroshima", notes="seen on disc")
    now = services.clock.now()
    await services.database.write(lambda db: store.save_materials(db, [corrected], now=now))
    path = edited(tmp_path, "JN-M001", producer="JICA", duration_min="30")

    report = await service.import_library(services, CONSOLE, [path])
    kept = ["JN-M001.producer", "JN-M001.notes"]
    assert report == {**NOTHING, "updated": 1, "unchanged": 58, "kept": kept}
    after = await service.material(services, CONSOLE, "JN-M001")
    assert after.record() == replace(corrected, minutes=30)

    report = await service.import_library(services, CONSOLE, [path], overwrite=True)
    assert report == {**NOTHING, "updated": 1, "unchanged": 58}
    after = await service.material(services, CONSOLE, "JN-M001")
    assert after.record() == replace(before.record(), minutes=30)


async def test_import_is_not_for_everybody(services: Services) -> None:
    with pytest.raises(SignInNeeded):
        await service.import_library(services, STRANGER, [SHIPPED])
    with pytest.raises(Forbidden):
        await service.import_library(services, Actor(kind=ActorKind.USER, name="somebody"), [SHIPPED])
    assert await services.database.read(store.held) == 0


async def test_unknown_material_is_named(services: Services) -> None:
    with pytest.raises(NotFound) as refused:
        await service.material(services, STRANGER, "JN-M999")
    assert refused.value.code == "unknown_material"
    assert (
        str(refused.value.detail) == 'There is no material "JN-M999" in the library. Codes look like JN-M001.'
    )


async def test_list_goes_on_after_the_last_code(services: Services) -> None:
    await service.import_library(services, CONSOLE, [SHIPPED])
    codes: list[str] = []
    after: str | None = None
    for _ in range(3):
        found = await service.search_library(services, STRANGER, Criteria(), limit=25, after=after)
        assert (found.matched, found.held) == (59, 59)
        codes += [each.code for each in found.items]
        after = found.next_after
    assert codes == [f"JN-M{number:03}" for number in range(1, 60)]
    assert after is None


async def test_shelf_without_a_find_says_what_to_ask_instead(services: Services) -> None:
    await service.import_library(services, CONSOLE, [SHIPPED])
    asked = Criteria(words="Bishkek kaizen", field=ThematicField.HEALTH)
    shelf = await service.shelf(services, STRANGER, asked, limit=50)
    assert (shelf.items, shelf.facets.matched, shelf.facets.held) == ((), 0, 59)
    assert shelf.instead == (
        (Criteria(words="kaizen"), 1),
        (Criteria(field=ThematicField.HEALTH), 9),
    )


async def counted(services: Services) -> list[VisitCount]:
    def query(db: Connection) -> list[VisitCount]:
        return list(store.count_visits(db, date(2026, 11, 1), date(2027, 12, 31)))

    return await services.database.read(query)


async def test_visits_are_counted_by_the_date_in_japan(services: Services, clock: FakeClock) -> None:
    await service.import_library(services, CONSOLE, [SHIPPED])
    clock.instant = datetime(2026, 12, 1, 14, 59, 59, tzinfo=UTC)
    await service.log_visit(services, None, VisitKind.LIST, robot=False)
    clock.advance(seconds=1)
    await service.log_visit(services, "JN-M001", VisitKind.MATERIAL, robot=False)
    await service.log_visit(services, "JN-M001", VisitKind.MATERIAL, robot=False)
    await service.log_visit(services, "JN-M001", VisitKind.MATERIAL, robot=True)
    await service.log_visit(services, None, VisitKind.SEARCH, robot=False)

    def on(day: int, what: VisitKind, code: str | None, count: int, *, robot: bool = False) -> VisitCount:
        return VisitCount(day=date(2026, 12, day), what=what, material=code, is_robot=robot, count=count)

    assert await counted(services) == [
        on(1, VisitKind.LIST, None, 1),
        on(2, VisitKind.MATERIAL, "JN-M001", 2),
        on(2, VisitKind.MATERIAL, "JN-M001", 1, robot=True),
        on(2, VisitKind.SEARCH, None, 1),
    ]


async def test_visit_keeps_nothing_of_who_it_was(services: Services) -> None:
    def columns(db: Connection) -> set[str]:
        return {column["name"] for column in inspect(db).get_columns("library_visit")}

    kept = await services.database.read(columns)
    assert kept == {"id", "day", "what", "material", "is_robot"} == {each.name for each in library_visit.c}


async def test_visit_that_cannot_be_stored_is_logged_and_breaks_nothing(services: Services) -> None:
    with capture_logs() as lines:
        await service.log_visit(services, "JN-M404", VisitKind.MATERIAL, robot=False)
    assert [(line["log_level"], line["event"], line["material"]) for line in lines] == [
        ("warning", "visit not counted", "JN-M404")
    ]
    assert await counted(services) == []


async def test_two_imports_at_once_make_each_row_once(services: Services) -> None:
    reports = await asyncio.gather(*(service.import_library(services, CONSOLE, [SHIPPED]) for _ in range(4)))
    assert sum(report["created"] for report in reports) == 59
    assert sum(report["unchanged"] for report in reports) == 3 * 59
    assert await services.database.read(store.held) == 59
