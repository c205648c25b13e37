"""Materials tied to sessions: calendars change, SEQUENCE does not, nobody is mailed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from jicanet.core.actor import CONSOLE, STRANGER, Role
from jicanet.core.errors import Forbidden, Invalid, NotFound
from jicanet.mail import store as outbox
from jicanet.scheduler import store
from jicanet.scheduler.domain.model import LinkRequest
from jicanet.scheduler.domain.words import LinkKind, Visibility
from jicanet.scheduler.service import (
    Once,
    add_material,
    book_session,
    materials,
    remove_material,
    session,
)
from jicanet.services import Services
from jicanet.stations import store as network
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.sessions import counts, found_network, shelve, sites, statements, user

SHOWN = LinkRequest(material="JN-M001", kind=LinkKind.SHOWN, start=5, end=35, language="en", required=True)
REF = "JN-2026-000001"
KEY = Once(route="POST materials", key="key", body_hash="a" * 64)


async def prepared(services: Services, **changes: Any) -> None:
    await found_network(services)
    await shelve(services)
    await book_session(services, CONSOLE, sites("VNM-HAN", **changes))


async def test_a_booking_brings_its_materials(services: Services) -> None:
    await prepared(services, materials=(LinkRequest(material="JN-M002"), SHOWN))
    first, second = await materials(services, CONSOLE, REF)
    assert first == {
        "id": 1,
        "material": "JN-M002",
        "kind": "pre-viewing",
        "start": None,
        "end": None,
        "local_start": None,
        "local_end": None,
        "language": None,
        "required": False,
        "titles": {"en": "Remote Sensing"},
        "url": "http://jicanet.test/library/JN-M002",
    }
    assert (second["start"], second["end"], second["language"], second["required"]) == (5, 35, "en", True)
    assert (second["local_start"], second["local_end"]) == (
        "2026-12-16T15:05:00+09:00",
        "2026-12-16T15:35:00+09:00",
    )
    data = await services.database.read(lambda db: store.snapshot(db, 1, 1))
    assert [(each["code"], each["start_minute"], each["url"]) for each in data["materials"]] == [
        ("JN-M002", None, "http://jicanet.test/library/JN-M002"),
        ("JN-M001", 5, "https://library.example/1"),
    ]


async def test_an_unknown_material_refuses_the_booking(services: Services) -> None:
    await found_network(services)
    with pytest.raises(Invalid) as caught:
        await book_session(services, CONSOLE, sites("VNM-HAN", materials=(LinkRequest(material="NONE"),)))
    assert (caught.value.code, caught.value.errors[0].pointer) == ("unknown_material", "/materials/0")
    assert (await counts(services))["session"] == 0


async def test_adding_moves_the_change_but_neither_sequence_nor_mail(
    services: Services, clock: FakeClock
) -> None:
    await prepared(services)
    mails = (await counts(services))["outbox"]
    clock.advance(minutes=10)
    added = await add_material(services, CONSOLE, REF, SHOWN)
    assert (added.revision, added.body["material"]) == (2, "JN-M001")
    view = await session(services, CONSOLE, REF)
    assert (view.session.revision, view.session.counter) == (2, 0)
    assert view.session.changed_at == view.session.dtstamp == clock.now()
    assert view.session.created_at == clock.now() - timedelta(minutes=10)
    assert (await counts(services))["outbox"] == mails

    span = store.Span(since=clock.now(), ended_after=clock.now(), holds=False)

    def feeds(db: Connection) -> tuple[int | None, int, list[str]]:
        event = store.station_events(db, "VNM-HAN", span)[0]
        shown = [material["code"] for material in event.data["materials"]]
        return network.feed_revision(db, "VNM-HAN"), network.bridges(db)[0].revision, shown

    assert await services.database.read(feeds) == (2, 2, ["JN-M001"])


async def test_two_changes_in_one_second_still_move(services: Services) -> None:
    await prepared(services)
    stamps: list[datetime] = []
    for request in (SHOWN, replace(SHOWN, material="JN-M002")):
        await add_material(services, CONSOLE, REF, request)
        stamps.append((await session(services, CONSOLE, REF)).session.changed_at)
    now = services.clock.now()
    assert stamps == [now + timedelta(seconds=1), now + timedelta(seconds=2)]


async def test_a_mail_that_waits_still_says_what_was_booked(services: Services) -> None:
    await prepared(services)
    await add_material(services, CONSOLE, REF, SHOWN)

    def query(db: Connection) -> list[int]:
        owed = outbox.listed(db, limit=10)[0].payload
        return [len(store.snapshot(db, 1, revision)["materials"]) for revision in (owed["revision"], 2)]

    assert await services.database.read(query) == [0, 1]


async def test_a_local_time_is_read_in_the_sessions_zone(services: Services) -> None:
    await prepared(services, start=at("2026-12-16T11:45", "Asia/Kathmandu"))
    local = replace(SHOWN, start=datetime(2026, 12, 16, 12, 0), end=None)  # noqa: DTZ001 - a wall time
    assert (await add_material(services, CONSOLE, REF, local)).body["start"] == 15


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("request_", "pointer", "code"),
    [
        (replace(SHOWN, material="NONE"), "/material", "unknown_material"),
        (replace(SHOWN, start=91, end=None), "/start", "outside_session"),
        (replace(SHOWN, kind=LinkKind.HANDOUT), "/start", "only_for_shown"),
        (replace(SHOWN, end=5), "/end", "end_before_start"),
    ],
    ids=["unknown", "outside", "kind", "backwards"],
)
async def test_what_makes_no_sense_is_refused_by_field(
    services: Services, request_: LinkRequest, pointer: str, code: str
) -> None:
    await prepared(services)
    with pytest.raises(Invalid) as caught:
        await add_material(services, CONSOLE, REF, request_)
    assert [(error.pointer, error.code) for error in caught.value.errors] == [(pointer, code)]
    assert (await session(services, CONSOLE, REF)).session.revision == 1


async def test_the_same_link_twice_is_refused_and_a_twin_of_the_request_is_not(services: Services) -> None:
    await prepared(services)
    first = await add_material(services, CONSOLE, REF, SHOWN, once=KEY)
    assert await add_material(services, CONSOLE, REF, SHOWN, once=KEY) == first
    with pytest.raises(Invalid) as caught:
        await add_material(services, CONSOLE, REF, SHOWN)
    assert caught.value.code == "doubled_material"
    assert (await session(services, CONSOLE, REF)).session.revision == 2


async def test_removing_takes_the_link_away_and_only_once(services: Services) -> None:
    await prepared(services, materials=(LinkRequest(material="JN-M002"), SHOWN))
    await remove_material(services, CONSOLE, REF, 1)
    assert [link["id"] for link in await materials(services, CONSOLE, REF)] == [2]
    with pytest.raises(NotFound) as caught:
        await remove_material(services, CONSOLE, REF, 1)
    assert caught.value.code == "unknown_link"
    data = await services.database.read(lambda db: store.snapshot(db, 1, 2))
    assert [each["code"] for each in data["materials"]] == ["JN-M001"]


async def test_who_may_not_see_a_session_learns_nothing_of_it_here_either(services: Services) -> None:
    await prepared(services, visibility=Visibility.PARTICIPANTS)
    for actor in (STRANGER, await user(services, "reader@example.org", roles=[Role.LECTURER])):
        with pytest.raises(NotFound):
            await materials(services, actor, REF)
        with pytest.raises(NotFound):
            await add_material(services, actor, REF, SHOWN)
        with pytest.raises(NotFound):
            await remove_material(services, actor, REF, 1)


async def test_who_may_see_but_not_book_is_refused(services: Services) -> None:
    await prepared(services)
    operator = await user(services, "op@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    assert await materials(services, operator, REF) == ()
    with pytest.raises(Forbidden):
        await add_material(services, operator, REF, SHOWN)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_adding_takes_a_fixed_number_of_statements(services: Services) -> None:
    await prepared(services)
    with statements() as first:
        await add_material(services, CONSOLE, REF, LinkRequest(material="JN-M001"))
    with statements() as second:
        await add_material(services, CONSOLE, REF, LinkRequest(material="JN-M002"))
    assert len(first) == len(second)
