"""The ledger of a session's page says what each change made of what, in the reader's words."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from jicanet.core.actor import Actor
from jicanet.scheduler.domain.model import (
    BookingRequest,
    GuestRequest,
    JoinDetails,
    LinkRequest,
    PersonRequest,
    Programme,
    SeatRequest,
)
from jicanet.scheduler.domain.words import PersonRole, Scheme, SeatRole, SessionKind, Status, Visibility
from jicanet.scheduler.service import change_session, ledger
from jicanet.scheduler.service.editing import ANY
from jicanet.services import Services
from tests.support.acts import book, look, spoken
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.sessions import found_network, shelve, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RIVER = GuestRequest(
    organisation="River Institute", city="Vientiane", zone="Asia/Vientiane", email="river@example.org"
)
SATO = PersonRequest(role=PersonRole.LECTURER, name="Prof. Sato", email="sato@example.org")


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services)
    await shelve(services)
    return await user(services)


async def newest(client: Client, ref: str, action: str = "Changed", query: str = "") -> str:
    """Return the words of the newest change in the ledger, up to who made it."""
    html = await look(client, f"/sessions/{ref}{query}")
    rows = re.split(r"<tr>", html[html.index('id="history"') :])
    return next(spoken(row) for row in rows if f'<td class="across">{action}' in row)


FIELDS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"title": "Another title"}, "Title: Remote Sensing, day 4 → Another title"),
    ({"start": at("2026-12-17T10:00")}, "Start: Wed 16 Dec 15:00 → Thu 17 Dec 10:00"),
    ({"start": at("2027-01-07T10:00")}, "Start: Wed 16 Dec 15:00 → Thu 7 Jan 2027 10:00"),
    ({"start": at("2026-12-16T13:00", "Asia/Ho_Chi_Minh")}, "Zone of the start: Tokyo → Ho Chi Minh"),
    ({"minutes": 150}, "Length: 90 min → 2 h 30 min"),
    ({"setup_minutes": 20}, "Set-up time: 0 min → 20 min"),
    ({"teardown_minutes": 15}, "Clearing up: 0 min → 15 min"),
    (
        {"host": "BGD-DAC", "stations": (SeatRequest(station="VNM-HAN"), SeatRequest(station="JPN-TIC"))},
        "Host: Tokyo → Dhaka Stations: Dhaka added",
    ),
    ({"stations": (SeatRequest(station="KEN-NBO"),)}, "Stations: Nairobi added, Hanoi removed"),
    (
        {"stations": (SeatRequest(station="VNM-HAN", role=SeatRole.SENDING, required=True),)},
        "Hanoi: Receives, optional → Sends, required",
    ),
    ({"guest_sites": (RIVER,)}, "Guest sites: River Institute added"),
    ({"people": (SATO,)}, "People: Prof. Sato added"),
    ({"materials": (LinkRequest(material="JN-M001"),)}, "Materials: JN-M001 added"),
    (
        {"purpose": "Why\nand " + "how " * 40},
        "Purpose: nothing → Why and how how how how how how how how how how how how how…",
    ),
    ({"kind": SessionKind.LECTURE}, "Kind: Meeting → Lecture"),
    ({"visibility": Visibility.PUBLIC}, "Who may see it: The network → Everybody"),
    ({"languages": ("ja", "en")}, "Languages: nothing → Japanese and English"),
    ({"interpretation": "en-ja"}, "Interpretation: nothing → en-ja"),
    ({"recording": True}, "Record the session: no → yes"),
    ({"quorum": 2}, "Least number of sites: nothing → 2"),
    ({"department": "Water"}, "Department: nothing → Water"),
    ({"coordinator": "boss@example.org"}, "Coordinator: Hana → Boss"),
)


@pytest.mark.parametrize(("patch", "told"), FIELDS, ids=[told.partition(":")[0] for _, told in FIELDS])
async def test_a_change_is_told_with_old_and_new(
    client: Client, services: Services, hana: Actor, patch: dict[str, Any], told: str
) -> None:
    await user(services, "boss@example.org")
    ref = await book(services, hana, "VNM-HAN")
    await change_session(
        services, hana, ref, {**patch, "title": patch.get("title", "Remote Sensing, day 4")}, match=ANY
    )
    said = await newest(client, ref)
    # What was sent again as it was is no change.
    by = "hana@example.org" if "coordinator" in patch else "Hana"
    assert said.startswith(f"Today 09:00 Changed {told} {by} ")


def untested() -> set[str]:
    """Return the fields of a change that no test here changes."""
    tested = {name for patch, _ in FIELDS for name in patch} | {"hold_until", "join", "programme"}
    return {field.name for field in fields(BookingRequest)} - tested - {"status"}


async def test_of_joining_details_the_ledger_only_says_that_they_changed(
    client: Client, services: Services, hana: Actor
) -> None:
    assert untested() == set()
    ref = await book(services, hana, "VNM-HAN", join=JoinDetails(url="https://meet.example/old", pin="1111"))
    join = JoinDetails(url="https://meet.example/new", pin="2222")
    programme = Programme(scheme=Scheme.KCCP)
    await change_session(
        services, hana, ref, {"join": join, "programme": programme, "minutes": 60}, match=ANY
    )

    said = await newest(client, ref)

    assert said.startswith("Today 09:00 Changed: joining details and programme Length: 90 min → 60 min Hana")
    _, lines = await ledger(services, hana, ref)
    kept = str([line.detail for line in lines])
    assert not [secret for secret in ("meet.example", "1111", "2222") if secret in kept]


async def test_people_and_guests_are_told_by_name_and_never_by_address(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", guest_sites=(RIVER,), people=(SATO,))
    patch = {
        "guest_sites": (GuestRequest(**{**_fields(RIVER), "telephone": "+856 21 000"}),),
        "people": (PersonRequest(**{**_fields(SATO), "role": PersonRole.MODERATOR}),),
    }
    await change_session(services, hana, ref, patch, match=ANY)
    assert "Guest sites: River Institute changed People: Prof. Sato changed" in await newest(client, ref)
    await change_session(services, hana, ref, {"guest_sites": (), "people": ()}, match=ANY)
    said = await newest(client, ref)
    assert "Guest sites: River Institute removed People: Prof. Sato removed" in said
    assert "example.org" not in said.replace("hana@example.org", "")


def _fields(of: GuestRequest | PersonRequest) -> dict[str, Any]:
    return {field.name: getattr(of, field.name) for field in fields(of)}


async def test_the_end_of_a_hold_is_told_by_the_readers_clock(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", status=Status.HOLD)
    until = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)
    await change_session(
        services, hana, ref, {"hold_until": until, "start": at("2026-12-16T16:00")}, match=ANY
    )
    said = await newest(client, ref, query="?zone=Asia/Dhaka")
    assert "Start: Wed 16 Dec 12:00 → Wed 16 Dec 13:00" in said
    assert "End of the hold: Fri 4 Dec 06:00 → Wed 2 Dec 09:00" in said


async def test_the_ledger_tells_changes_in_japanese(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    clock.advance(minutes=1)
    patch = {
        "start": at("2026-12-17T10:00"),
        "stations": (SeatRequest(station="KEN-NBO"),),
        "visibility": Visibility.PUBLIC,
        "recording": True,
        "join": JoinDetails(pin="1"),
    }
    await change_session(services, hana, ref, patch, match=ANY)
    said = await newest(client, ref, "変更", "?lang=ja")
    assert "変更：接続方法 " in said
    assert "開始：12月16日（水） 15:00 → 12月17日（木） 10:00" in said
    assert "拠点：ナイロビを追加、ハノイを外す" in said
    assert "録画する：なし → あり" in said


async def test_a_crowd_that_is_added_is_counted(client: Client, services: Services, hana: Actor) -> None:
    ref = await book(services, hana, "VNM-HAN")
    people = tuple(
        PersonRequest(role=PersonRole.LECTURER, name=f"Speaker {number}", email=f"s{number}@example.org")
        for number in range(11)
    )
    await change_session(services, hana, ref, {"people": people}, match=ANY)
    assert "Speaker 6, Speaker 7 and 3 more added" in await newest(client, ref)
