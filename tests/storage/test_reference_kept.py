"""The shipped files are loaded again at each start: what people imported or changed stays before them."""

import csv
import io
import shutil
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from jicanet import app
from jicanet.app import prepare_reference
from jicanet.catalog import service as catalog
from jicanet.catalog.tables import material
from jicanet.core.actor import CONSOLE
from jicanet.services import Services
from jicanet.settings import CONFIG
from jicanet.stations import service as stations
from jicanet.stations import store
from jicanet.stations.domain.model import StationRecord
from jicanet.stations.tables import station

STATIONS = CONFIG / "network" / "stations.csv"
NAIROBI = {
    "mailbox": "nairobi@example.org",
    "telephone": "+254 20 000000",
    "office_hours": "07:30-16:00",
    "office_hours_basis": "confirmed 2026-11",
}
TOLD = ["KEN-NBO.mailbox", "KEN-NBO.office_hours", "KEN-NBO.telephone"]


def rows_of(source: Path, code: str | None, cells: Mapping[str, str]) -> str:
    """Return a shipped file with other cells in a row, whole or, with a code, of this one row."""
    reader = csv.DictReader(io.StringIO(source.read_text(encoding="utf-8"), newline=""))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, reader.fieldnames or ())
    writer.writeheader()
    writer.writerows({**row, **cells} for row in reader if code in {None, row["code"]})
    return out.getvalue()


def own_file(folder: Path, source: Path, code: str, **cells: str) -> Path:
    path = folder / f"own-{source.name}"
    path.write_text(rows_of(source, code, cells), encoding="utf-8", newline="")
    return path


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is shipped, loaded in its place, for the test to change as a new release would."""
    folder = tmp_path / "shipped"
    shutil.copytree(CONFIG, folder)
    monkeypatch.setattr(app, "CONFIG", folder)
    return folder


def release(path: Path, code: str, **cells: str) -> None:
    """Change a row of a shipped file."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, **cells} if row["code"] == code else row for row in rows)


async def nairobi(services: Services) -> StationRecord:
    return await stations.show_station(services, CONSOLE, "KEN-NBO")


def figures(report: Mapping[str, Any]) -> tuple[int, int, list[str]]:
    return report["created"], report["updated"], report["kept"]


async def test_what_a_person_imported_survives_the_next_start_and_is_named(
    network: Services, tmp_path: Path
) -> None:
    own = own_file(tmp_path, STATIONS, "KEN-NBO", **NAIROBI)
    page = {"url": "https://example.org/hiroshima"}
    films = own_file(tmp_path, CONFIG / "library" / "materials.csv", "JN-M001", **page)
    taken = await stations.import_network(network, CONSOLE, own)
    await catalog.import_library(network, CONSOLE, [films])
    before = await nairobi(network)

    first, second = [await prepare_reference(network, CONSOLE) for _ in range(2)]

    assert figures(taken) == (0, 1, [])
    assert first == second
    assert (figures(first["stations"]), figures(first["library"])) == ((0, 0, TOLD), (0, 0, ["JN-M001.url"]))
    assert await nairobi(network) == before
    assert (before.station.mailbox, before.station.telephone, before.weeks[0].hours[0]) == (
        NAIROBI["mailbox"],
        NAIROBI["telephone"],
        ((time(7, 30), time(16, 0)),),
    )
    assert (await catalog.material(network, CONSOLE, "JN-M001")).url == page["url"]


async def test_a_start_that_finds_all_as_shipped_changes_nothing(network: Services) -> None:
    done = await prepare_reference(network, CONSOLE)

    assert [figures(done[name]) for name in ("stations", "library")] == [(0, 0, [])] * 2
    assert [done["stations"][name]["updated"] for name in ("countries", "bridges")] == [0, 0]


async def test_a_release_changes_what_nobody_touched_and_nothing_else(
    network: Services, tmp_path: Path, shipped: Path
) -> None:
    await stations.import_network(network, CONSOLE, own_file(tmp_path, STATIONS, "KEN-NBO", **NAIROBI))
    files = shipped / "network" / "stations.csv"
    release(files, "KEN-NBO", seats="12", weekend="Fri|Sat", telephone="+254 1", office_hours="09:00-17:00")
    release(shipped / "library" / "materials.csv", "JN-M001", duration_min="26")

    done = await prepare_reference(network, CONSOLE)
    again = await prepare_reference(network, CONSOLE)

    record = await nairobi(network)
    assert (figures(done["stations"]), figures(again["stations"])) == ((0, 1, TOLD), (0, 0, TOLD))
    assert figures(done["library"]) == (0, 1, [])
    assert (record.station.seats, record.station.telephone) == (12, NAIROBI["telephone"])
    (week,) = record.weeks
    assert week.weekend == frozenset({4, 5})
    assert week.hours == dict.fromkeys((0, 1, 2, 3, 6), ((time(7, 30), time(16, 0)),))
    assert (await catalog.material(network, CONSOLE, "JN-M001")).minutes == 26


async def test_a_person_s_second_file_is_taken_after_a_start(network: Services, tmp_path: Path) -> None:
    for number in ("+254 1", "+254 2"):
        own = own_file(tmp_path, STATIONS, "KEN-NBO", telephone=number)
        report = await stations.import_network(network, CONSOLE, own)
        await prepare_reference(network, CONSOLE)

        assert figures(report) == (0, 1, [])
        assert (await nairobi(network)).station.telephone == number


async def test_the_shipped_row_comes_back_when_a_person_asks_for_it(
    network: Services, tmp_path: Path
) -> None:
    before = await nairobi(network)
    await stations.import_network(network, CONSOLE, own_file(tmp_path, STATIONS, "KEN-NBO", **NAIROBI))

    await stations.import_network(network, CONSOLE, STATIONS)
    done = await prepare_reference(network, CONSOLE)

    after = await nairobi(network)
    assert (after.station.telephone, after.weeks, done["stations"]["kept"]) == ("", before.weeks, [])


async def test_what_was_changed_otherwise_is_kept_unless_overwritten(
    network: Services, tmp_path: Path
) -> None:
    def edit(db: Connection) -> None:
        db.execute(update(station).where(station.c.code == "KEN-NBO").values(telephone="+254 9"))
        db.execute(update(material).where(material.c.code == "JN-M001").values(producer="Somebody"))

    await network.database.write(edit)
    own = own_file(tmp_path, STATIONS, "KEN-NBO", telephone="+254 1", seats="8")

    started = await prepare_reference(network, CONSOLE)
    kept = await stations.import_network(network, CONSOLE, own)
    after_kept = (await nairobi(network)).station
    taken = await stations.import_network(network, CONSOLE, own, overwrite=True)
    after_taken = (await nairobi(network)).station

    assert (started["stations"]["kept"], started["library"]["kept"]) == (
        ["KEN-NBO.telephone"],
        ["JN-M001.producer"],
    )
    assert (figures(kept), after_kept.telephone, after_kept.seats) == (
        (0, 1, ["KEN-NBO.telephone"]),
        "+254 9",
        8,
    )
    assert (figures(taken), after_taken.telephone) == ((0, 1, []), "+254 1")


async def test_a_row_that_a_person_brought_first_stays_theirs(services: Services, tmp_path: Path) -> None:
    await stations.import_network(services, CONSOLE, own_file(tmp_path, STATIONS, "KEN-NBO", **NAIROBI))

    done = await prepare_reference(services, CONSOLE)

    assert figures(done["stations"]) == (77, 0, TOLD)
    assert (await nairobi(services)).station.mailbox == NAIROBI["mailbox"]


async def test_a_person_s_bridges_and_weekends_survive_too(
    network: Services, tmp_path: Path, shipped: Path
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    bridges = "code,name,ports,is_default,basis\nmain,Main bridge,12,no,x\nours,Ours,8,yes,x\n"
    (folder / "bridges.csv").write_text(bridges, encoding="utf-8")
    (folder / "countries.csv").write_text("code,weekend,basis,source\nKE,Sun,confirmed,x\n", encoding="utf-8")
    await stations.import_network(network, CONSOLE, folder)
    release(shipped / "network" / "bridges.csv", "main", ports="50")

    done = await prepare_reference(network, CONSOLE)

    def query(db: Connection) -> tuple[list[tuple[str, int, bool]], frozenset[int]]:
        found = [(bridge.code, bridge.ports, bridge.is_default) for bridge in store.bridges(db)]
        return found, next(country.weekend for country in store.countries(db) if country.code == "KE")

    assert done["stations"]["kept"] == ["KE.weekend", "main.basis", "main.is_default", "main.ports"]
    assert await network.database.read(query) == (
        [("main", 12, False), ("ours", 8, True)],
        frozenset({6}),
    )


async def test_a_default_that_gave_way_to_an_import_comes_back_by_an_import(
    network: Services, tmp_path: Path
) -> None:
    path = tmp_path / "bridges.csv"
    header = "code,name,ports,is_default,basis\n"
    main = "main,Main bridge,,yes,our choice\n"
    defaults = []
    for row in ("ours,Ours,8,yes,x\n", main):
        path.write_text(header + row, encoding="utf-8")
        await stations.import_network(network, CONSOLE, path)
        await prepare_reference(network, CONSOLE)
        found = await network.database.read(store.bridges)
        defaults.append([bridge.code for bridge in found if bridge.is_default])

    assert defaults == [["ours"], ["main"]]
