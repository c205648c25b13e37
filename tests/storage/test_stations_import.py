"""The network in a database: import, export, what others read of it, and who may do it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from jicanet.core.actor import CONSOLE, STRANGER
from jicanet.core.errors import Invalid, NotFound, SignInNeeded
from jicanet.services import Services
from jicanet.settings.model import CONFIG
from jicanet.stations import service, store
from jicanet.stations.domain.listing import StationFilter
from jicanet.storage.store import audit_of

NETWORK = CONFIG / "network"
HEADER = (NETWORK / "stations.csv").read_text(encoding="utf-8").splitlines()[0]


def row(code: str, **changes: str) -> str:
    cells = {
        **dict.fromkeys(HEADER.split(","), ""),
        "code": code,
        "name_en": f"Office {code}",
        "network": "partner",
        "country": "VU",
        "city": "Port Vila",
        "timezone": "Pacific/Efate",
        "region": "Southeast Asia and the Pacific",
        "weekend": "Sat|Sun",
        "office_hours": "08:30-17:00",
        **changes,
    }
    return ",".join(cells.values())


def file_of(folder: Path, *rows: str) -> Path:
    path = folder / "mine.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


async def test_the_shipped_network_is_imported_once(services: Services) -> None:
    first = await service.import_network(services, CONSOLE, NETWORK)
    again = await service.import_network(services, CONSOLE, NETWORK)

    assert {name: first[name] for name in ("created", "updated", "unchanged", "kept", "refused")} == {
        "created": 78,
        "updated": 0,
        "unchanged": 0,
        "kept": [],
        "refused": [],
    }
    assert (first["countries"], first["bridges"]) == (
        {"created": 61, "updated": 0, "unchanged": 0},
        {"created": 1, "updated": 0, "unchanged": 0},
    )
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 78)
    assert again["holidays"]["unchanged"] == 61 * 3
    (line,) = await services.database.read(lambda db: audit_of(db, "network"))
    assert (line.actor, line.action, line.detail["created"]) == ("console", "network-imported", 78)


async def test_a_dry_run_tells_the_same_and_stores_nothing(services: Services) -> None:
    told = await service.import_network(services, CONSOLE, NETWORK, dry_run=True)
    nothing = await services.database.read(store.all_stations)
    done = await service.import_network(services, CONSOLE, NETWORK)

    assert nothing == ()
    assert told == done


async def test_two_imports_at_once_load_everything_once(services: Services) -> None:
    reports = await asyncio.gather(*(service.import_network(services, CONSOLE, NETWORK) for _ in range(2)))

    assert sorted(report["created"] for report in reports) == [0, 78]
    assert sorted(report["holidays"]["created"] for report in reports) == [0, 61 * 3]
    assert len(await services.database.read(store.all_stations)) == 78


async def test_a_bad_row_leaves_everything_as_it_was(services: Services, tmp_path: Path) -> None:
    await service.import_network(services, CONSOLE, file_of(tmp_path, row("VUT-VLI")))
    bad = file_of(tmp_path, row("VUT-VLI", city="Elsewhere"), row("VUT-SAN", timezone="Asia/Tokyo"))

    with pytest.raises(Invalid) as raised:
        await service.import_network(services, CONSOLE, bad)

    stations = await services.database.read(store.all_stations)
    assert [(station.code, station.city) for station in stations] == [("VUT-VLI", "Port Vila")]
    assert raised.value.code == "import_refused"
    assert raised.value.extra["refused"] == [
        {
            "file": "mine.csv",
            "line": 3,
            "column": "timezone",
            "value": "Asia/Tokyo",
            "code": "zone_of_another_country",
            "reason": "It is no zone of VU. Its zones are: Pacific/Efate.",
        }
    ]


async def test_a_changed_row_raises_revisions_and_a_same_one_does_not(
    services: Services, tmp_path: Path
) -> None:
    await service.import_network(
        services, CONSOLE, file_of(tmp_path, row("VUT-SAN", city="Luganville"), row("VUT-VLI"))
    )

    report = await service.import_network(
        services,
        CONSOLE,
        file_of(tmp_path, row("VUT-SAN", city="Luganville"), row("VUT-VLI", office_hours="09:00-24:00")),
    )

    assert (report["created"], report["updated"], report["unchanged"]) == (0, 1, 1)
    same, changed = await services.database.read(store.records)
    assert (same.station.revision, same.station.feed_revision) == (1, 0)
    assert (changed.station.revision, changed.station.feed_revision) == (2, 1)
    assert [hours[0][1] for hours in changed.weeks[0].hours.values()] == [None] * 5


async def test_a_country_beyond_the_shipped_ones_brings_its_holidays(
    services: Services, tmp_path: Path
) -> None:
    report = await service.import_network(services, CONSOLE, file_of(tmp_path, row("VUT-VLI")))

    assert report["holidays"]["created"] == 3
    assert report["holidays"]["listed"] > 30
    assert report["countries"] == {"created": 0, "updated": 0, "unchanged": 0}


async def test_an_export_imported_again_changes_nothing(network: Services, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(await service.export_stations(network, CONSOLE), encoding="utf-8")

    report = await service.import_network(network, CONSOLE, path)

    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 78)


async def test_strangers_may_not_import_and_see_no_contacts(services: Services, tmp_path: Path) -> None:
    contacts = {
        "mailbox": "vila@example.org",
        "telephone": "+678 00000",
        "contact_name": "Somebody",
        "sip": "sip:vila@example.org",
        "h323": "10.0.0.1",
    }
    path = file_of(tmp_path, row("VUT-VLI", **contacts))
    with pytest.raises(SignInNeeded):
        await service.import_network(services, STRANGER, path)
    await service.import_network(services, CONSOLE, path)

    known = (await service.show_station(services, CONSOLE, "VUT-VLI")).station
    stranger = (await service.show_station(services, STRANGER, "VUT-VLI")).station
    listed = await service.list_stations(services, STRANGER, StationFilter())
    text = await service.export_stations(services, STRANGER)

    assert {name: getattr(known, name) for name in contacts} == contacts
    assert stranger == replace(known, mailbox="", telephone="", contact_name="", sip="", h323="")
    assert listed.items[0].station == stranger
    assert not any(value in text for value in contacts.values())


async def test_a_list_is_filtered_and_goes_on(network: Services) -> None:

    async def codes(asked: StationFilter, **more: object) -> list[str]:
        found = await service.list_stations(network, STRANGER, asked, **more)  # type: ignore[arg-type]  # a table of arguments
        return [record.station.code for record in found.items]

    assert await codes(StationFilter(q="viet")) == ["VNM-HAN"]
    assert await codes(StationFilter(q="ベトナム")) == ["VNM-HAN"]
    assert await codes(StationFilter(q="東京")) == ["JPN-HQ", "JPN-ICH", "JPN-RI", "JPN-TIC"]
    assert await codes(StationFilter(q="okinawa")) == ["JPN-OKA"]
    assert await codes(StationFilter(q="office suva")) == ["FJI-SUV"]
    assert await codes(StationFilter(country="lk")) == ["LKA-CMB"]
    assert len(await codes(StationFilter(region="South Asia"))) == 7
    assert await codes(StationFilter(q="nowhere")) == []
    assert await codes(StationFilter(region="South Asia"), limit=2) == ["AFG-KBL", "BGD-DAC"]
    assert await codes(StationFilter(region="South Asia"), limit=2, after="BGD-DAC") == ["BTN-THI", "IND-DEL"]
    page = await service.list_stations(network, STRANGER, StationFilter(), limit=200, after="JPN-HQ")
    first = await service.list_stations(network, STRANGER, StationFilter(), limit=1)
    assert (page.matched, page.items[0].station.code, page.next_after) == (78, "JPN-ICH", None)
    assert (first.matched, first.next_after) == (78, "AFG-KBL")


async def test_an_unknown_station_is_refused_by_name(services: Services) -> None:
    with pytest.raises(NotFound) as raised:
        await service.show_station(services, STRANGER, "XXX-YYY")

    assert (raised.value.code, "XXX-YYY" in str(raised.value.detail)) == ("unknown_station", True)


async def test_bridges_keep_their_ports_unless_a_file_says_other_ones(
    services: Services, tmp_path: Path
) -> None:
    await service.import_network(services, CONSOLE, NETWORK / "bridges.csv")
    bridges = tmp_path / "bridges.csv"

    async def after(text: str) -> list[tuple[str, int, bool]]:
        bridges.write_text("code,name,ports,is_default,basis\n" + text, encoding="utf-8")
        await service.import_network(services, CONSOLE, bridges)
        found = await services.database.read(store.bridges)
        return [(bridge.code, bridge.ports, bridge.is_default) for bridge in found]

    assert await after("main,Main bridge,12,yes,x\n") == [("main", 12, True)]
    assert await after("main,Main bridge,,yes,x\n") == [("main", 12, True)]
    assert await after("a,Bridge A,4,yes,x\n") == [("a", 4, True), ("main", 12, False)]


async def test_a_booking_locks_and_stamps_what_it_needs(services: Services, tmp_path: Path) -> None:
    rows = (row("VUT-VLI"), row("VUT-SAN", city="Luganville"))
    await service.import_network(services, CONSOLE, file_of(tmp_path, *rows))
    await service.import_network(services, CONSOLE, NETWORK / "bridges.csv")

    def book(db: Connection) -> tuple[list[str], tuple[str, int], int, int]:
        locked = store.lock_stations(db, ["VUT-VLI", "VUT-SAN", "XXX-YYY"])
        bridge = store.lock_bridge(db)
        first = store.raise_bridge_revision(db, bridge.code)
        store.raise_feed_revisions(db, ["VUT-VLI"])
        second = store.raise_bridge_revision(db, bridge.code)
        return [*locked], (bridge.code, bridge.ports), first, second

    assert await services.database.write(book) == (["VUT-SAN", "VUT-VLI"], ("main", 96), 1, 2)
    read = services.database.read
    assert await read(lambda db: store.feed_revision(db, "VUT-VLI")) == 1
    assert await read(lambda db: store.feed_revision(db, "VUT-SAN")) == 0
    assert await read(lambda db: store.feed_revision(db, "XXX-YYY")) is None


async def test_without_a_bridge_the_way_out_is_named(services: Services) -> None:
    with pytest.raises(Invalid) as raised:
        await services.database.write(store.lock_bridge)

    assert raised.value.code == "unknown_bridge"
    assert "jicanet init" in str(raised.value.detail)


async def test_statements_do_not_grow_with_the_network(network: Services) -> None:
    counted: list[str] = []

    def listed(db: Connection) -> None:
        def note(*args: object) -> None:
            counted.append(str(args[2]))

        event.listen(db, "before_cursor_execute", note)
        store.records(db)
        store.lock_stations(db, [station.code for station in store.all_stations(db)])
        counted.append("days")
        now = network.clock.now().date()
        store.days_of(db, ["JPN-TIC", "VNM-HAN", "LKA-CMB"], now, now)
        event.remove(db, "before_cursor_execute", note)

    await network.database.write(listed)

    assert (counted.index("days"), len(counted) - counted.index("days") - 1) == (4, 3)
