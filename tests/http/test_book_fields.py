"""The fields and rows of the booking form: what may be typed, what is told beside it, what is kept."""

import re
from collections.abc import AsyncIterator

import pytest

from jicanet.core.actor import Actor
from jicanet.core.errors import Invalid
from jicanet.scheduler.domain.model import JoinDetails
from jicanet.scheduler.service import book_session
from jicanet.services import Services
from tests.support.book_page import COURSE, pages_for, ref_of, stored
from tests.support.booking import at
from tests.support.forms import look
from tests.support.sessions import counts, found_network, room, shelve, sites, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services, more=[room(1), room(2)])
    await shelve(services)
    return await user(services)


@pytest.fixture
async def client(services: Services, hana: Actor) -> AsyncIterator[Client]:
    async with pages_for(services, hana) as client:
        yield client


WRONG: list[tuple[str, str, str, str]] = [
    ("date", "31 Nov", "date", '"31 Nov" is not read as a date. Write it as 16 Dec 2026, 2026-12-16 or 2026年12月16日.'),
    ("date", "Thu 16 Dec 2026", "date", "2026-12-16 is a Wednesday. Write the date that you mean."),
    ("date", "1 Nov 2026", "start", "That time is past: it is Tue 1 Dec 09:00 in Tokyo now."),
    ("date", "1 Dec 2028", "start", "That is too far ahead: a session is booked at most 400 days ahead, now until Wednesday 5 January 2028."),
    ("start", "25:00", "start", '"25:00" is not read as a time. Write it as 15:00.'),
    ("minutes", "3", "minutes", "A session lasts from 5 to 720 minutes, not 3."),
    ("minutes", "an hour", "minutes", '"an hour" is not a whole number.'),
    ("setup", "300", "setup", "Set-up takes from 0 to 240 minutes, not 300."),
    ("teardown", "300", "teardown", "Clearing up takes from 0 to 240 minutes, not 300."),
    ("languages", "Englsh", "languages", 'There is no language "Englsh". Write its name, or a tag such as en or pt-BR.'),
    ("countries", "Atlantis", "countries", 'There is no country "Atlantis". Write its name, or its two letters such as VN.'),
    ("agency", "MRI", "scheme", "Choose the scheme that countries, agency and stage belong to."),
    ("join_url", "meet.example.org", "join_url", "The address must start with https:// or http:// and hold no spaces."),
    ("quorum", "9", "quorum", "The quorum must be from 1 to the number of sites, which is 2, not 9."),
    ("coordinator", "nobody@example.org", "coordinator", "No coordinator of the host has the address nobody@example.org."),
    ("coordinator", "nobody", "coordinator", "An address has a name, an @ and a domain, like name@example.org."),
    ("title", "t" * 201, "title", "The text has 201 characters; at most 200 are taken."),
    ("kind", "party", "kind", "kind must be one of lecture, seminar, meeting, course-day, screening, test-call."),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=[f"{w[0]}={w[1][:16]}" for w in WRONG])
async def test_a_wrong_field_is_told_beside_it_and_kept(
    client: Client, services: Services, wrong: tuple[str, str, str, str]
) -> None:
    name, value, field, words = wrong
    form = (await look(client, COURSE)).form
    form.fill(name, value)
    for do, status in (("check", 200), ("book", 422)):
        page = await form.press(client, do)
        assert page.status == status
        told = re.search(rf'<p class="error" id="e-{field}">(.*?)</p>', page.html, re.DOTALL)
        assert told, page.words
        assert " ".join(re.sub(r"<[^>]+>", "", told[1]).split()).replace("&#34;", '"') == words
        assert page.form.value(name) == value
    assert f'href="#f-{field}"' in page.html
    assert (await counts(services))["session"] == 0


async def test_dates_that_could_be_two_are_offered_as_buttons(client: Client) -> None:
    form = (await look(client, COURSE)).form.fill("date", "5/6")
    page = await form.press(client, "check")
    assert '"5/6" can be two dates. Which one? Thursday 6 May 2027 Saturday 5 June 2027' in page.words
    assert page.form.value("date") == "5/6"
    chosen = await page.form.press(client, "date:2027-05-06")
    assert (chosen.form.value("date"), "Thursday 6 May 2027" in chosen.words) == ("6 May 2027", True)


async def test_a_time_that_does_not_exist_offers_its_neighbours(client: Client) -> None:
    form = (await look(client, COURSE)).form
    form.fill("date", "30 Apr 2027").fill("start", "00:30").fill("clock", "Africa/Cairo")
    page = await form.press(client, "check")
    assert (
        "00:30 does not exist on Friday 30 April 2027 in Cairo: clocks go from 00:00 to 01:00. "
        "Use 01:00 Use Thu 29 Apr 23:30"
    ) in page.words
    assert page.form.value("start") == "00:30"
    chosen = await page.form.press(client, "start:2027-04-29T23:30 0")
    assert (chosen.form.value("date"), chosen.form.value("start")) == ("29 Apr 2027", "23:30")


@pytest.mark.parametrize(("which", "starts_at"), [(0, "2027-10-28T20:30:00Z"), (1, "2027-10-28T21:30:00Z")])
async def test_a_time_that_happens_twice_is_chosen_by_a_button(
    client: Client, services: Services, which: int, starts_at: str
) -> None:
    form = (await look(client, COURSE)).form
    form.fill("date", "28 Oct 2027").fill("start", "23:30").fill("clock", "Africa/Cairo")
    page = await form.press(client, "check")
    assert (
        "23:30 happens twice on Thursday 28 October 2027 in Cairo. Which one? The first, UTC+03:00 The second, UTC+02:00"
        in page.words
    )
    chosen = await page.form.press(client, f"start:2027-10-28T23:30 {which}")
    assert "must be mended" not in chosen.words
    done = await chosen.form.press(client, "book")
    assert (await stored(services, ref_of(done)))["starts_at"] == starts_at


async def test_a_choice_of_one_time_is_not_kept_for_another(client: Client) -> None:
    form = (await look(client, COURSE)).form
    form.fill("date", "28 Oct 2027").fill("start", "23:30").fill("clock", "Africa/Cairo")
    chosen = await (await form.press(client, "check")).form.press(client, "start:2027-10-28T23:30 1")
    again = await chosen.form.fill("start", "23:45").press(client, "check")
    assert "23:45 happens twice" in again.words


@pytest.mark.parametrize(
    ("text", "code"),
    [("KEN-NBO", "KEN-NBO"), ("nairobi", "KEN-NBO"), ("ダッカ", "BGD-DAC"), ("Peru", "PER-LIM"), ("per-lim Lima", "PER-LIM")],
)  # fmt: skip
async def test_a_station_is_added_by_code_city_country_or_name(client: Client, text: str, code: str) -> None:
    # PER-LIM of the fixtures lies in a country "PE".
    form = (await look(client, COURSE)).form.fill("add_station", text)
    page = await form.press(client, "check")
    assert page.form.values("station") == ["JPN-TIC", "VNM-HAN", code]
    assert page.form.value("add_station") == ""


async def test_a_word_that_could_be_several_stations_offers_them(client: Client) -> None:
    form = (await look(client, COURSE)).form.fill("add_station", "room")
    page = await form.press(client, "check")
    assert '"room" can be 2 stations. Which one? JICA Tokyo ROOM-001 JICA Tokyo ROOM-002' in page.words
    assert page.form.value("add_station") == "room"
    added = await page.form.press(client, "station:ROOM-002")
    assert (added.form.values("station")[-1], added.form.value("add_station")) == ("ROOM-002", "")


async def test_a_station_that_nobody_knows_is_told_and_nothing_booked(
    client: Client, services: Services
) -> None:
    form = (await look(client, COURSE)).form.fill("add_station", "Atlantis")
    page = await form.press(client, "book")
    assert page.status == 422
    assert 'No station is called "Atlantis".' in page.words
    assert (await counts(services))["session"] == 0


async def test_what_was_typed_for_adding_is_added_before_anything_is_booked(
    client: Client, services: Services
) -> None:
    form = (await look(client, COURSE)).form.fill("add_station", "Nairobi")
    page = await form.press(client, "book")
    assert "What you typed for adding has been added. Look at it and press the button again." in page.words
    assert (await counts(services))["session"] == 0
    session = await stored(services, ref_of(await page.form.press(client, "book")))
    assert [seat["code"] for seat in session["stations"]] == ["JPN-TIC", "VNM-HAN", "KEN-NBO"]


async def test_stations_go_the_host_passes_on_and_roles_follow_it(client: Client, services: Services) -> None:
    page = await look(client, COURSE + "&station=KEN-NBO")
    gone = await page.form.press(client, "drop-station:JPN-TIC")
    assert (gone.form.values("station"), gone.form.value("host")) == (["VNM-HAN", "KEN-NBO"], "VNM-HAN")
    gone.form.fill("host", "KEN-NBO").fill("role", "sending", 0).tick("required", "VNM-HAN")
    session = await stored(services, ref_of(await gone.form.press(client, "book")))
    assert session["host"] == "KEN-NBO"
    assert session["stations"] == [
        {"code": "KEN-NBO", "role": "sending", "required": False},
        {"code": "VNM-HAN", "role": "sending", "required": True},
    ]


async def test_people_and_guest_sites_come_in_rows_and_empty_rows_are_left_out(
    client: Client, services: Services
) -> None:
    page = await look(client, COURSE)
    form = page.form
    for do in ("add-person", "add-person", "add-guest", "add-person"):
        form = (await form.press(client, do)).form
    form.fill("person_name", "Dr Rahman", 1).fill("person_email", "Rahman@Example.org", 1)
    form.fill("person_role", "interpreter", 1).fill("person_zone", "Dhaka", 1).fill(
        "person_language", "en", 1
    )
    form.fill("guest_organisation", "Ministry").fill("guest_city", "Vientiane").fill(
        "guest_email", "m@example.la"
    )
    form.tick("guest_required", "0")
    page = await form.press(client, "check")
    assert "Vientiane, guest 13:00–14:30" in page.words
    assert "Mails when booked 4" in page.words
    form = (await page.form.press(client, "drop-person:0")).form
    assert form.values("person_name") == ["Dr Rahman", ""]
    session = await stored(services, ref_of(await form.press(client, "book")))
    assert session["people"] == [
        {"role": "interpreter", "name": "Dr Rahman", "email": "rahman@example.org", "zone": "Asia/Dhaka", "language": "en"}
    ]  # fmt: skip
    assert session["guest_sites"] == [
        {
            "organisation": "Ministry",
            "city": "Vientiane",
            "zone": "Asia/Vientiane",
            "email": "m@example.la",
            "contact": "",
            "telephone": "",
            "language": None,
            "role": "receiving",
            "required": True,
        }
    ]


async def test_errors_of_rows_stand_in_their_own_row(client: Client) -> None:
    form = (await look(client, COURSE)).form
    for do in ("add-person", "add-person", "add-person", "add-guest"):
        form = (await form.press(client, do)).form
    form.fill("person_name", "A", 1).fill("person_email", "no address", 1)
    form.fill("person_name", "B", 2).fill("person_email", "also none", 2)
    form.fill("guest_organisation", "M").fill("guest_city", "Nowhere")
    page = await form.press(client, "check")
    for link, words in (
        ("person_email-1", "Person 2: An address has a name, an @ and a domain"),
        ("person_email-2", "Person 3: An address has a name, an @ and a domain"),
        ("guest_zone-0", "Guest site 1: There is no zone &#34;Nowhere&#34;."),
    ):
        assert re.search(rf'<a href="#f-{link}">{re.escape(words)}', page.html), words
        assert f'id="e-{link}"' in page.html
    # The rest is drawn all the same.
    assert "Hanoi 13:00–14:30" in page.words
    tried = await page.form.press(client, "book")
    assert tried.status == 422
    assert "Guest site 1: Fill this in." in tried.words


async def test_two_people_with_one_address_are_told_apart_from_the_first(client: Client) -> None:
    form = (await look(client, COURSE)).form
    for do in ("add-person", "add-person"):
        form = (await form.press(client, do)).form
    for row, name in enumerate(("A", "B")):
        form.fill("person_name", name, row).fill("person_email", "One@example.org", row)
    page = await form.press(client, "book")
    assert page.status == 422
    assert 'id="e-person_email-1"' in page.html
    assert "one@example.org is listed twice; list it once." in page.words


async def test_materials_are_found_by_words_and_shown_at_a_time(client: Client, services: Services) -> None:
    form = (await look(client, COURSE)).form.fill("add_material", "ヒロシマ")
    page = await form.press(client, "check")
    assert page.form.values("material") == ["JN-M001"]
    page.form.fill("material_kind", "shown").fill("material_start", "15:05").fill("material_end", "+35")
    page.form.fill("add_material", "JN-M002")
    both = await page.form.press(client, "check")
    assert both.form.values("material") == ["JN-M001", "JN-M002"]
    both.form.tick("material_required", "1")
    session = await stored(services, ref_of(await both.form.press(client, "book")))
    told = [
        {key: link[key] for key in ("material", "kind", "start", "end", "required")}
        for link in session["materials"]
    ]
    assert told == [
        {"material": "JN-M001", "kind": "shown", "start": 5, "end": 35, "required": False},
        {"material": "JN-M002", "kind": "pre-viewing", "start": None, "end": None, "required": True},
    ]


async def test_materials_that_are_not_there_or_have_a_wrong_time_are_told(client: Client) -> None:
    form = (await look(client, COURSE + "&material=JN-M001")).form.fill("add_material", "zzz")
    form.fill("material_kind", "shown").fill("material_start", "soon")
    page = await form.press(client, "check")
    assert 'The library has nothing under "zzz".' in page.words
    assert (
        '"soon" is neither a clock time such as 15:05 nor minutes after the start such as +5.' in page.words
    )
    assert 'id="e-material_start-0"' in page.html
    assert page.form.value("material_start") == "soon"
    late = await page.form.fill("material_start", "18:00").fill("add_material", "").press(client, "book")
    assert "A material is shown between minute 0 and minute 90 of this session." in late.words
    gone = await late.form.press(client, "drop-material:0")
    assert gone.form.values("material") == []


async def test_everything_the_interface_takes_can_be_said(client: Client, services: Services) -> None:
    form = (await look(client, COURSE)).form
    for name, value in (
        ("kind", "course-day"), ("languages", "English and Japanese"), ("visibility", "public"), ("setup", "15"),
        ("teardown", "10"), ("quorum", "2"), ("interpretation", "ja-en"), ("join_url", "https://meet.example/1"),
        ("join_sip", "1@bridge.example"), ("join_h323", "1.2.3.4"), ("join_pin", "4071"),
        ("department", "Training"), ("purpose", "First\r\nsecond"), ("scheme", "kccp"),
        ("countries", "Vietnam, ケニア"), ("agency", "MRI"), ("stage", "4"), ("coordinator", "Hana@example.org"),
    ):  # fmt: skip
        form.fill(name, value)
    form.tick("recording", "1")
    session = await stored(services, ref_of(await form.press(client, "book")))
    assert {name: session[name] for name in (
        "kind", "languages", "visibility", "setup_minutes", "teardown_minutes", "quorum", "interpretation", "join",
        "department", "purpose", "programme", "coordinator", "recording",
    )} == {
        "kind": "course-day",
        "languages": ["en", "ja"],
        "visibility": "public",
        "setup_minutes": 15,
        "teardown_minutes": 10,
        "quorum": 2,
        "interpretation": "ja-en",
        "join": {"url": "https://meet.example/1", "sip": "1@bridge.example", "h323": "1.2.3.4", "pin": "4071"},
        "department": "Training",
        "purpose": "First\nsecond",
        "programme": {"scheme": "kccp", "countries": ["VN", "KE"], "agency": "MRI", "stage": 4},
        "coordinator": "hana@example.org",
        "recording": True,
    }  # fmt: skip


async def test_the_form_and_the_interface_refuse_alike(
    services: Services, client: Client, hana: Actor
) -> None:
    """The same wishes in the form and as a request: the same codes."""
    for fields, wish in (
        ({"minutes": "3"}, {"minutes": 3}),
        ({"setup": "300"}, {"setup_minutes": 300}),
        ({"quorum": "7"}, {"quorum": 7}),
        ({"title": "t" * 201}, {"title": "t" * 201}),
        ({"date": "2026-11-01"}, {"start": at("2026-11-01T15:00")}),
        ({"date": "2028-06-01"}, {"start": at("2028-06-01T15:00")}),
        ({"date": "2027-04-30", "start": "00:30", "clock": "Africa/Cairo"}, {"start": at("2027-04-30T00:30", "Africa/Cairo")}),
        ({"date": "2027-10-28", "start": "23:30", "clock": "Africa/Cairo"}, {"start": at("2027-10-28T23:30", "Africa/Cairo")}),
        ({"coordinator": "x"}, {"coordinator": "x"}),
        ({"join_pin": "1" * 201}, {"join": JoinDetails(pin="1" * 201)}),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            await book_session(services, hana, sites("VNM-HAN", **wish))
        form = (await look(client, COURSE)).form
        for name, value in fields.items():
            form.fill(name, value)
        page = await form.press(client, "book")
        assert page.words.endswith(f"422 {refused.value.code}"), (fields, page.words)
