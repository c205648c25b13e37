"""Changing a session by its form: only what was touched is sent, and nothing typed is lost to others' changes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from jicanet.core.actor import Actor, Role
from jicanet.scheduler import service
from jicanet.scheduler.domain.model import (
    GuestRequest,
    JoinDetails,
    LinkRequest,
    PersonRequest,
    Programme,
    SeatRequest,
)
from jicanet.scheduler.domain.words import (
    Answer,
    LinkKind,
    PersonRole,
    Scheme,
    SeatRole,
    SessionKind,
    Status,
    Visibility,
)
from jicanet.scheduler.service import ANY, book_session, change_session
from jicanet.services import Services
from tests.support.book_page import pages_for, ref_of, stored
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.forms import Shown, look
from tests.support.sessions import found_network, shelve, sites, statements, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KEPT = "Nothing was changed and no mail was sent. Everything you typed is kept."
FULL: dict[str, Any] = {
    "title": "Day 5 <b>",
    "kind": SessionKind.COURSE_DAY,
    "purpose": "First line\nsecond",
    "department": "Training",
    "languages": ("en", "pt-BR"),
    "setup_minutes": 15,
    "teardown_minutes": 5,
    "visibility": Visibility.PUBLIC,
    "programme": Programme(scheme=Scheme.KCCP, countries=("VN", "TT"), agency="MRI", stage=4),
    "join": JoinDetails(url="https://meet.example/1", sip="1@bridge.example", pin="4071"),
    "interpretation": "ja-en",
    "recording": True,
    "quorum": 2,
    "people": (PersonRequest(role=PersonRole.LECTURER, name="Dr Rahman", email="rahman@example.org", language="en"),),
    "guest_sites": (
        GuestRequest(
            organisation="Ministry", city="Vientiane", zone="Asia/Vientiane", email="m@example.la",
            role=SeatRole.SENDING, required=True,
        ),
    ),
    "materials": (
        LinkRequest(material="JN-M001", kind=LinkKind.SHOWN, start=5, end=35, language="ja", required=True),
        LinkRequest(material="JN-M002"),
    ),
}  # fmt: skip


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services)
    await shelve(services)
    return await user(services)


@pytest.fixture
async def client(services: Services, hana: Actor) -> AsyncIterator[Client]:
    async with pages_for(services, hana) as client:
        yield client


async def booked(services: Services, hana: Actor, *codes: str, **changes: Any) -> str:
    return (await book_session(services, hana, sites(*(codes or ("VNM-HAN", "KEN-NBO")), **changes))).ref


async def opened(client: Client, ref: str, query: str = "") -> Shown:
    page = await look(client, f"/sessions/{ref}/change{query}")
    assert page.status == 200, page.words
    return page


@pytest.mark.parametrize("query", ["", "?lang=ja"])
async def test_a_form_that_nobody_touched_changes_nothing(
    client: Client, services: Services, hana: Actor, query: str
) -> None:
    seats = (
        SeatRequest(station="VNM-HAN", role=SeatRole.SENDING),
        SeatRequest(station="KEN-NBO", required=True),
    )
    ref = (await book_session(services, hana, replace(sites(**FULL), stations=seats))).ref
    before = await stored(services, ref)
    page = await opened(client, ref, query)
    assert page.form.value("title") == "Day 5 <b>"
    done = await page.form.press(client, "save")
    assert (done.status, done.location) == (303, f"/sessions/{ref}")
    assert await stored(services, ref) == before


async def test_only_what_was_touched_is_changed_and_the_session_tells(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await booked(services, hana, **FULL)
    before = await stored(services, ref)
    page = await opened(client, ref)
    assert "Mails when saved none" in page.words
    moved = await page.form.fill("start", "15:30").press(client, "check")
    assert "Wednesday 16 December 2026 15:30 –17:00 Tokyo" in moved.words
    assert "Mails when saved 5 in Japanese and English · Moved: 5" in moved.words
    done = await moved.form.press(client, "save")
    assert (done.status, done.location) == (303, f"/sessions/{ref}?done=2")
    after = await stored(services, ref)
    assert after["starts_at"] == "2026-12-16T06:30:00Z"
    # What is shown at minutes after the start goes along with it.
    assert (after["materials"][0]["start"], after["materials"][0]["local_start"]) == (
        5,
        "2026-12-16T15:35:00+09:00",
    )
    kept = {
        "title",
        "stations",
        "people",
        "guest_sites",
        "programme",
        "join",
        "setup_minutes",
        "languages",
        "quorum",
    }
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert (await look(client, done.location)).words.count("5 mails are on their way.") == 1


async def test_stations_people_and_guests_are_added_and_removed(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await booked(services, hana, **FULL)
    form = (await opened(client, ref)).form.fill("add_station", "Lima")
    form = (await form.press(client, "drop-station:KEN-NBO")).form
    form = (await form.press(client, "drop-guest:0")).form
    form = (await form.press(client, "add-person")).form
    form.fill("person_name", "Ms Wanjiru", 1).fill("person_email", "w@example.org", 1)
    page = await form.press(client, "check")
    assert "Removed: 2" in page.words
    # Lima's clock says one in the morning: the ticket has shown it by now.
    done = await page.form.press(client, "save")
    after = await stored(services, ref_of(done))
    assert [seat["code"] for seat in after["stations"]] == ["JPN-TIC", "VNM-HAN", "PER-LIM"]
    assert [person["email"] for person in after["people"]] == ["rahman@example.org", "w@example.org"]
    assert after["guest_sites"] == []


async def test_a_clash_leaves_the_session_and_keeps_what_was_typed(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await booked(services, hana)
    await booked(services, hana, "BGD-DAC", title="GIS", start=at("2026-12-17T15:00"))
    form = (await opened(client, ref)).form.fill("date", "17 Dec").fill("purpose", "typed")
    page = await form.press(client, "save")
    assert page.status == 409
    assert page.words.startswith(f"{ref} Remote Sensing, day 4 Tokyo is taken at that time {KEPT} Thu 17 Dec")
    assert (page.form.value("date"), page.form.value("purpose")) == ("17 Dec", "typed")
    assert (await stored(services, ref))["revision"] == 1


async def test_who_saves_on_an_older_state_is_told_what_changed_and_loses_nothing(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await booked(services, hana, **FULL)
    form = (await opened(client, ref)).form
    form.fill("title", "Mine").fill("minutes", "60").fill("quorum", "3")
    theirs = {
        "minutes": 120,
        "department": "Water",
        "stations": (SeatRequest(station="VNM-HAN"), SeatRequest(station="BGD-DAC")),
    }
    await change_session(services, hana, ref, theirs, match=ANY)
    page = await form.press(client, "save")
    assert page.status == 412
    assert page.words.startswith(
        f"{ref} Day 5 <b> {ref} has been changed since you opened this page {KEPT} What others changed meanwhile "
        "Minutes: 90 → 120 (what you typed stands in the form) Department: Training → Water "
        "Stations: Dhaka added, Nairobi removed "
        "The form shows the session as it is now, with what you typed in it. Save again if it is right."
    ), page.words
    assert page.words.endswith("412 outdated")
    sent = page.form
    assert (sent.value("title"), sent.value("minutes"), sent.value("quorum"), sent.value("department")) == (
        "Mine",
        "60",
        "3",
        "Water",
    )
    assert sent.values("station") == ["JPN-TIC", "VNM-HAN", "BGD-DAC"]
    assert (await stored(services, ref))["title"] == "Day 5 <b>"
    await sent.press(client, "save")
    after = await stored(services, ref)
    assert (after["title"], after["minutes"], after["quorum"], after["department"]) == (
        "Mine",
        60,
        3,
        "Water",
    )
    assert [seat["code"] for seat in after["stations"]] == ["JPN-TIC", "VNM-HAN", "BGD-DAC"]


async def test_every_button_of_an_older_form_tells_and_still_does_its_work(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await booked(services, hana)
    form = (await opened(client, ref)).form.fill("add_station", "Dhaka")
    await change_session(services, hana, ref, {"title": "Theirs"}, match=ANY)
    page = await form.press(client, "drop-station:KEN-NBO")
    assert "Title: Remote Sensing, day 4 → Theirs" in page.words
    assert page.form.value("title") == "Theirs"
    assert page.form.values("station") == ["JPN-TIC", "VNM-HAN", "BGD-DAC"]


async def test_the_second_of_two_clicks_goes_on_to_the_session(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await booked(services, hana)
    form = (await opened(client, ref)).form.fill("title", "Mine")
    first, second = await form.press(client, "save"), await form.press(client, "save")
    assert (first.status, first.location) == (303, f"/sessions/{ref}?done=2")
    assert (second.status, second.location) == (303, f"/sessions/{ref}")
    assert (await stored(services, ref))["revision"] == 2


async def test_an_answer_meanwhile_is_no_reason_to_stop(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await booked(services, hana)
    form = (await opened(client, ref)).form.fill("title", "Mine")
    await service.answer_seat(services, hana, ref, "VNM-HAN", answer=Answer.ACCEPTED, words="")
    done = await form.press(client, "save")
    assert (done.status, done.location) == (303, f"/sessions/{ref}?done=3")


async def test_a_form_of_another_language_is_no_change(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await booked(services, hana, **FULL)
    form = (await opened(client, ref, "?lang=ja")).form.fill("title", "Mine")
    await change_session(services, hana, ref, {"quorum": 3}, match=ANY)
    form.action += "?lang=en"
    page = await form.press(client, "save")
    assert page.status == 412
    assert "What others changed meanwhile Least number of sites: 2 → 3 The form shows" in page.words


async def test_a_form_whose_beginning_was_meddled_with_is_compared_with_the_session(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await booked(services, hana)
    form = (await opened(client, ref)).form.fill("title", "Mine").fill("was", "=&&title=&what=1")
    done = await form.press(client, "save")
    assert ref_of(done) == ref
    assert (await stored(services, ref))["title"] == "Mine"


async def test_what_is_cancelled_is_not_changed(client: Client, services: Services, hana: Actor) -> None:
    ref = await booked(services, hana)
    form = (await opened(client, ref)).form
    await service.cancel_session(services, hana, ref, "No room.", match=ANY)
    page = await look(client, f"/sessions/{ref}/change")
    assert (page.status, "409 wrong_status" in page.words) == (409, True)
    assert (await form.press(client, "save")).status == 409


async def test_of_what_has_begun_the_materials_are_changed(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await booked(services, hana, **FULL)
    before = await stored(services, ref)
    stale = (await opened(client, ref)).form.fill("title", "Too late")
    clock.instant = clock.instant.replace(month=12, day=16, hour=9)
    refused = await stale.press(client, "save")
    assert refused.status == 409
    assert (
        f"{ref} has begun or is over, so it stays as it is. Only its materials can be changed. {KEPT}"
        in refused.words
    )
    assert refused.form.value("title") == "Too late"
    page = await opened(client, ref)
    assert "It has begun or is over: its materials can still be changed" in page.words
    assert page.form.values("title") == []
    form = (await page.form.press(client, "drop-material:0")).form
    form = (await form.fill("material_kind", "recording").press(client, "check")).form
    done = await form.press(client, "save")
    assert (done.status, done.location) == (303, f"/sessions/{ref}?done=2")
    after = await stored(services, ref)
    assert [(link["material"], link["kind"]) for link in after["materials"]] == [("JN-M002", "recording")]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"materials", "revision", "changed_at"}


async def test_whoever_asked_changes_it_until_it_is_approved(services: Services, hana: Actor) -> None:
    lee = await user(services, "lee@example.org", roles=[Role.LECTURER])
    ref = (await book_session(services, lee, replace(sites("VNM-HAN", **FULL), status=Status.REQUESTED))).ref
    async with pages_for(services, lee) as asker:
        page = await opened(asker, ref)
        assert "Nobody is told before it is confirmed." in page.words
        assert "Mails when saved none" in page.words
        await page.form.fill("title", "Asked otherwise").press(asker, "save")
        assert (await stored(services, ref))["title"] == "Asked otherwise"
        await service.confirm_session(services, hana, ref, match=ANY)
        assert (await look(asker, f"/sessions/{ref}/change")).status == 403


@pytest.mark.parametrize("number", [1, 3])
async def test_the_form_takes_a_fixed_number_of_statements(
    client: Client, services: Services, hana: Actor, number: int
) -> None:
    ref = await booked(services, hana, *("VNM-HAN", "BGD-DAC", "KEN-NBO")[:number], **FULL)
    with statements() as seen:
        await opened(client, ref)
    assert len(seen) == 28, seen
