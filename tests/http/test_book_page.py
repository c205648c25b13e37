"""Booking and asking by the form, sent as a browser without script sends it."""

import re
from collections.abc import AsyncIterator

import pytest

from jicanet.core.actor import Actor, Role
from jicanet.scheduler.domain.words import Visibility
from jicanet.scheduler.service import book_session
from jicanet.services import Services
from tests.support.book_page import COURSE, pages_for, ref_of, stored
from tests.support.booking import at
from tests.support.forms import look
from tests.support.sessions import counts, found_network, room, shelve, sites, statements, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KEPT = "Nothing was booked and no mail was sent. Everything you typed is kept."


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services, more=[room(1), room(2)])
    await shelve(services)
    return await user(services)


@pytest.fixture
async def client(services: Services, hana: Actor) -> AsyncIterator[Client]:
    async with pages_for(services, hana) as client:
        yield client


async def test_an_empty_form_asks_for_what_is_missing_only_when_it_is_sent(client: Client) -> None:
    page = await look(client, "/book")
    assert page.status == 200
    assert "must be mended" not in page.words
    assert (
        "With a date, a start, a length and a station, each site's clock and hours stand here." in page.words
    )
    checked = await page.form.press(client, "check")
    assert (checked.status, "must be mended" in checked.words) == (200, False)
    sent = await checked.form.press(client, "book")
    assert sent.status == 422
    assert f"Book a session {KEPT} 4 things must be mended." in sent.words
    for link, words in (
        ("title", "A session needs a title."),
        ("date", "Say on which date."),
        ("start", "Say at what time."),
        ("add_station", "Name the station that is the host."),
    ):
        assert f'<a href="#f-{link}">{words}</a>' in sent.html
        assert f'id="e-{link}"' in sent.html
    assert re.search(r'id="f-title"[^>]* autofocus aria-invalid="true"', sent.html)


async def test_an_address_fills_the_form_in_and_the_ticket_says_what_it_comes_to(client: Client) -> None:
    page = await look(client, "/book?station=JPN-TIC&station=VNM-HAN&station=BGD-DAC&station=KEN-NBO"
                      "&start=2026-12-16T15:00&title=Day+5&minutes=90&material=JN-M001")  # fmt: skip
    form = page.form
    assert (form.value("date"), form.value("start"), form.value("clock")) == (
        "16 Dec 2026",
        "15:00",
        "Asia/Tokyo",
    )
    assert form.values("station") == ["JPN-TIC", "VNM-HAN", "BGD-DAC", "KEN-NBO"]
    assert (form.value("host"), form.values("required")) == ("JPN-TIC", ["JPN-TIC"])
    ticket = page.words[page.words.index("Wednesday 16 December 2026") :]
    assert ticket.startswith(
        "Wednesday 16 December 2026 15:00 –16:30 Tokyo Tokyo 15:00–16:30 Hanoi 13:00–14:30 "
        "Dhaka 12:00–13:30 Holiday: Victory Day. Dhaka is asked to consent. Nairobi 09:00–10:30 "
        "Ports 4 , 96 are free Mails when booked 4 in Japanese and English "
        "No mailbox is known for 1 of 4 stations: their invitations may reach nobody. "
        "Book and invite Hold 72 h A hold keeps rooms and ports and sends no mail. Check without booking"
    ), ticket
    assert "Wednesday 16 December, 06:00–07:30 UTC. Zone data" in page.words
    assert "Dhaka BGD-DAC 12:00–13:30 Holiday: Victory Day" in page.words
    # Nobody confirmed the hours of these fixtures.
    assert "Hanoi VNM-HAN 13:00–14:30 In hours ?" in page.words
    assert "? These hours are assumed: nobody has confirmed them yet." in page.words


async def test_an_instant_in_the_address_is_read_on_the_viewers_clock(client: Client) -> None:
    page = await look(client, "/book?start=2026-12-16T06:00:00Z&host=KEN-NBO&zone=Africa/Nairobi")
    form = page.form
    assert (form.value("date"), form.value("start"), form.value("clock")) == (
        "16 Dec 2026",
        "09:00",
        "Africa/Nairobi",
    )
    assert form.values("station") == ["KEN-NBO"]
    soon = await look(client, "/book?start=soon&station=NOWHERE")
    assert (soon.status, soon.form.value("date"), soon.form.value("start")) == (200, "", "")
    assert 'No station is called "NOWHERE".' in soon.words
    assert soon.form.value("add_station") == "NOWHERE"


async def test_the_form_books_and_leads_to_the_session(client: Client, services: Services) -> None:
    page = await look(client, COURSE)
    done = await page.form.press(client, "book")
    assert (done.status, done.location) == (303, "/sessions/JN-2026-000001?done=1")
    session = await stored(services, ref_of(done))
    assert (session["title"], session["status"], session["starts_at"]) == (
        "Day 5",
        "confirmed",
        "2026-12-16T06:00:00Z",
    )
    assert session["stations"] == [
        {"code": "JPN-TIC", "role": "sending", "required": True},
        {"code": "VNM-HAN", "role": "receiving", "required": False},
    ]
    after = await look(client, done.location)
    assert "Booked. 2 invitations are on their way." in after.words


async def test_a_twin_of_the_form_lands_on_the_same_session(client: Client, services: Services) -> None:
    page = await look(client, COURSE)
    first, second = await page.form.press(client, "book"), await page.form.press(client, "book")
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert (await counts(services))["session"] == 1


async def test_a_form_that_has_booked_asks_before_it_books_something_else(
    client: Client, services: Services
) -> None:
    page = await look(client, COURSE)
    first = await page.form.press(client, "book")
    page.form.fill("date", "17 Dec 2026")
    again = await page.form.press(client, "book")
    assert again.status == 200
    assert "This page has booked a session before. Press the button again to make another one." in again.words
    assert (await counts(services))["session"] == 1
    other = await again.form.press(client, "book")
    assert ref_of(other) != ref_of(first)


async def test_warnings_that_nobody_has_seen_stop_the_button_once(client: Client, services: Services) -> None:
    page = await look(client, COURSE + "&station=BGD-DAC")
    page.form.fill("date", "15 Dec 2026")
    moved = await page.form.press(client, "check")
    assert "Victory Day" not in moved.words
    moved.form.fill("date", "16 December 2026")
    warned = await moved.form.press(client, "book")
    assert warned.status == 200
    assert (
        "There is something to know first. Press the button again if it is right. "
        "Dhaka: Holiday: Victory Day. Dhaka is asked to consent. Everything you typed is kept. Book and invite Check 1 What"
    ) in warned.words
    assert warned.form.value("date") == "16 December 2026"
    assert (await counts(services))["session"] == 0
    assert (await warned.form.press(client, "book")).status == 303


async def test_a_refused_booking_names_the_clash_and_keeps_what_was_typed(
    client: Client, services: Services, hana: Actor
) -> None:
    await book_session(
        services, hana, sites("KEN-NBO", title="GIS", start=at("2026-12-16T14:00"), minutes=120)
    )
    page = await look(client, COURSE)
    assert "Tokyo (JPN-TIC) has JN-2026-000001 “GIS” on Wed 16 Dec 14:00–16:00, Tokyo time." in page.words
    page.form.fill("purpose", "Two\nlines").fill("languages", "English, 日本語").fill("date", "16 dec")
    before = await counts(services)
    refused = await page.form.press(client, "book")
    assert refused.status == 409
    assert refused.words.startswith(
        f"Tokyo is taken at that time {KEPT} Wed 16 Dec 15:00–16:30 overlaps another session by 60 min. "
        "Tokyo (JPN-TIC) has JN-2026-000001 “GIS” on Wed 16 Dec 14:00–16:00, Tokyo time. JN-2026-000001"
    )
    assert '<a href="/sessions/JN-2026-000001">JN-2026-000001</a>' in refused.html
    assert refused.words.endswith("409 station_busy")
    assert await counts(services) == before
    for name, value in (
        ("title", "Day 5"),
        ("purpose", "Two\nlines"),
        ("languages", "English, 日本語"),
        ("date", "16 dec"),
        ("start", "15:00"),
        ("once", page.form.value("once")),
    ):
        assert refused.form.value(name) == value
    refused.form.fill("date", "17 Dec 2026")
    assert (await refused.form.press(client, "book")).status == 303


async def test_a_session_that_may_not_be_seen_is_in_the_way_without_a_name(
    services: Services, hana: Actor
) -> None:
    secret = sites("KEN-NBO", title="Secret", visibility=Visibility.PARTICIPANTS)
    await book_session(services, hana, secret)
    kim = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    async with pages_for(services, kim) as client:
        page = await look(client, COURSE)
    assert (
        "Tokyo (JPN-TIC) has another session on Wed 16 Dec 15:00–16:30, Tokyo time, that is not shown to you."
        in page.words
    )
    assert "Secret" not in page.html


async def test_too_few_ports_are_told_by_number(services: Services) -> None:
    await found_network(services, ports=3)
    hana = await user(services)
    await book_session(services, hana, sites("KEN-NBO"))
    async with pages_for(services, hana) as client:
        page = await look(client, "/book?station=VNM-HAN&station=BGD-DAC&start=2026-12-16T15:00&title=T")
        refused = await (await page.form.press(client, "book")).form.press(client, "book")
    assert "Ports 2 , 1 are free" in page.words
    assert refused.status == 409
    assert refused.words.startswith(
        f"The bridge has too few ports at that time {KEPT} Wed 16 Dec 15:00–16:30: ports too few by 1."
    )


async def test_a_hold_is_kept_for_72_hours_and_mails_nobody(client: Client, services: Services) -> None:
    done = await (await look(client, COURSE)).form.press(client, "hold")
    session = await stored(services, ref_of(done))
    assert (session["status"], session["hold_until"]) == ("hold", "2026-12-04T00:00:00Z")
    assert (await counts(services))["outbox"] == 0


@pytest.mark.usefixtures("hana")
async def test_who_may_only_ask_gets_a_form_that_asks(services: Services) -> None:
    lecturer = await user(services, "lee@example.org", roles=[Role.LECTURER])
    async with pages_for(services, lecturer) as client:
        page = await look(client, COURSE)
        assert page.words.startswith("Ask for a session Check 1 What")
        assert (
            "Ask for it A coordinator decides. Until then no room is taken and nobody is told." in page.words
        )
        assert not {("do", "book"), ("do", "hold")} & page.form.buttons
        done = await page.form.press(client, "ask")
        ref = ref_of(done)
        page.form.buttons.add(("do", "book"))
        forged = await page.form.press(client, "book")
    assert (await stored(services, ref))["status"] == "requested"
    assert (await counts(services))["outbox"] == 0
    assert forged.status == 403
    assert forged.form.value("title") == "Day 5"
    assert (await counts(services))["session"] == 1


@pytest.mark.usefixtures("hana")
async def test_a_centre_books_as_host_and_asks_where_another_is_host(services: Services) -> None:
    centre = await user(services, "ngo@example.org", roles=[Role.CENTRE_COORDINATOR], stations=["VNM-HAN"])
    async with pages_for(services, centre) as client:
        page = await look(client, "/book")
        assert (page.form.values("station"), page.form.value("host")) == (["VNM-HAN"], "VNM-HAN")
        assert ("do", "book") in page.form.buttons
        page.form.fill("add_station", "Nairobi")
        other = (
            await (await page.form.press(client, "check")).form.fill("host", "KEN-NBO").press(client, "check")
        )
        assert ("do", "book") not in other.form.buttons
        assert ("do", "ask") in other.form.buttons


@pytest.mark.usefixtures("hana")
async def test_the_navigation_names_the_form_only_for_who_may_use_it(services: Services) -> None:
    named = {}
    for role in (Role.COORDINATOR, Role.LECTURER, Role.CURATOR):
        actor = await user(services, f"{role}@example.org", roles=[role])
        async with pages_for(services, actor) as client:
            html = (await look(client, "/")).html
            link = re.search(r'<li><a href="/book">(.*?)</a></li>', html)
            named[role] = (link[1] if link else "", (await look(client, "/book")).status)
    assert named == {
        Role.COORDINATOR: ("Book", 200),
        Role.LECTURER: ("Ask for a session", 200),
        Role.CURATOR: ("", 403),
    }


async def test_the_form_speaks_japanese(client: Client) -> None:
    page = await look(client, COURSE + "&station=BGD-DAC&lang=ja")
    assert page.form.value("date") == "2026年12月16日"
    for words in (
        "セッションを予約 確認 1 内容 題名",
        "2026年12月16日（水） 15:00 –16:30 東京",
        "ダッカ 12:00–13:30 祝日（Victory Day）。ダッカに同意を求めます。",
        "予約時のメール 3 日本語、英語",
        "予約して案内を送る 72時間仮押さえ",
    ):
        assert words in page.words, page.words
    page.form.fill("title", "").fill("date", "16 Dec 2026")
    refused = await page.form.press(client, "book")
    assert "予約もメール送信もしていません。入力した内容は残っています。" in refused.words
    assert "セッションには題名が必要です。" in refused.words or "題名" in refused.words


@pytest.mark.parametrize("number", [1, 3])
async def test_the_form_takes_a_fixed_number_of_statements(client: Client, number: int) -> None:
    codes = "".join(f"&station={code}" for code in ("VNM-HAN", "BGD-DAC", "KEN-NBO")[:number])
    path = f"/book?station=JPN-TIC{codes}&start=2026-12-16T15:00&title=T&material=JN-M001"
    with statements() as seen:
        page = await look(client, path)
    assert page.status == 200
    assert len(seen) == 18, seen


async def test_the_stages_are_those_of_the_project_cycle_and_no_file_is_promised(client: Client) -> None:
    page = await look(client, "/book")
    assert re.findall(r'<option value="[1-6]">(\d [^<]+)</option>', page.html) == [
        "1 Identification and formulation",
        "2 Official request",
        "3 Approval, plans and ex-ante evaluation",
        "4 Agreement",
        "5 Implementation and monitoring",
        "6 Completion, follow-up and ex-post evaluation",
    ]
    assert "Materials Optional. " in page.words
    assert "the file that suits its line" not in page.words
    in_japanese = await look(client, "/book?lang=ja")
    assert "3 採択・計画策定・事前評価" in in_japanese.html
