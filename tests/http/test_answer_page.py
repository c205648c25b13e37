"""The answer page: looking changes nothing, the address alone answers, twice is once, and nothing leaks."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from jicanet.core.actor import Actor
from jicanet.scheduler import pages
from jicanet.scheduler.domain.model import GuestRequest, LinkRequest, PersonRequest, SeatRequest
from jicanet.scheduler.domain.words import Answer, PersonRole
from jicanet.scheduler.service import (
    ANY,
    cancel_session,
    change_session,
    session,
)
from jicanet.services import Services
from tests.support.acts import (
    TEMPLATES,
    address,
    book,
    look,
    spoken,
)
from tests.support.booking import TOKYO, at
from tests.support.clock import FakeClock
from tests.support.sessions import counts, found_network, room, shelve, statements, user
from tests.support.web import Client, known_as, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

GUEST = GuestRequest(
    organisation="Kathmandu University", city="Dhulikhel", zone="Asia/Kathmandu", email="gis@ku.example"
)
LECTURER = PersonRequest(
    role=PersonRole.LECTURER, name="Prof. Tanaka", email="tanaka@u.example", zone="Asia/Tokyo", language="ja"
)


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services)
    await shelve(services)
    return await user(services)


@pytest.fixture
async def client(services: Services, hana: Actor) -> AsyncIterator[Client]:
    # Whoever is signed in there: the page knows nobody.
    async with serving(
        pages.ROUTES, services=services, recognise=known_as(hana, "s3cret"), templates=TEMPLATES
    ) as client:
        yield client


async def words_of(client: Client, path: str, **headers: str) -> str:
    return spoken(await look(client, path, 200, **headers))


async def seat(services: Services, hana: Actor, ref: str, code: str) -> tuple[str, bool, str]:
    view = await session(services, hana, ref)
    found = next(each for each in view.stored.seats if each.station == code)
    return found.answer.value, found.withdrawn, found.words


async def give(client: Client, path: str, answer: str, words: str = "", status: int = 303) -> str:
    response = await client.post(
        path, data={"answer": answer, "words": words}, headers={"Accept": "text/html"}, allow_redirects=False
    )
    html = await response.text()
    assert response.status == status, html
    return html


async def test_a_station_reads_its_own_hour_and_what_accepting_means(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(
        services,
        hana,
        "BGD-DAC",
        "PER-LIM",
        title="Remote Sensing <day 5>",
        setup_minutes=15,
        guest_sites=(GUEST,),
        materials=(LinkRequest(material="JN-M001"),),
    )
    path = await address(services, ref, "BGD-DAC")

    said = await words_of(client, path)

    for words in (
        "06:00 Dhaka Tue 1 Dec UTC+06:00 English 日本語 You answer for Dhaka (BGD-DAC), JICA Dhaka.",
        "Remote Sensing &lt;day 5&gt; Wednesday 16 December 2026 12:00 –13:30 in Dhaka",
        "Room from 11:45 for set-up · UTC+06:00",
        "Wednesday 16 December is Victory Day. If you accept, you agree to open the room on a holiday.",
        "A word to the coordinator (optional) Accept, we will open Not sure yet Decline",
        "This page is for Dhaka only: do not forward its address.",
        "Tokyo Wed 16 Dec 15:00–16:30 Dhaka Wed 16 Dec 12:00–13:30",
        "Kathmandu University Wed 16 Dec 11:45–13:15 Lima Wed 16 Dec 01:00–02:30",
        "Watch before the day Hiroshima",
        "Coordinator Hana +81 3 5555 0000 hana@example.org Host JICA Tokyo +81 3 0000 0000",
    ):
        assert words in said, (words, said)
    for other in ("Sign", "Stations", "change zone", "Sign out", "gis@ku.example", "jicanet.test"):
        assert other not in said


async def test_the_page_speaks_the_recipients_language_whatever_the_browser_wants(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    tokyo, dhaka = await address(services, ref, "JPN-TIC"), await address(services, ref, "BGD-DAC")

    asked_in_english = await words_of(client, tokyo, **{"Accept-Language": "en", "Cookie": "jicanet_lang=en"})
    asked_in_japanese = await words_of(client, dhaka, **{"Accept-Language": "ja"})
    chosen = await words_of(client, f"{dhaka}?lang=ja")

    assert "回答する拠点： 東京 (JPN-TIC)、JICA Tokyo" in asked_in_english
    assert "You answer for Dhaka (BGD-DAC)" in asked_in_japanese
    assert (
        "12月16日（水）は祝日（Victory Day）です。 「参加」は、祝日に開所することへの同意になります。"
        in chosen
    )
    assert "参加（開所します） まだ未定 不参加" in chosen


async def test_looking_changes_nothing_and_tells_nobody(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    path = await address(services, ref, "VNM-HAN")
    before = await counts(services)

    for query in ("", "?answer=accepted", "?answer=declined", "?answer=nonsense", "?answer="):
        for method in ("GET", "HEAD"):
            assert (await client.request(method, path + query)).status == 200

    assert await counts(services) == before
    assert await seat(services, hana, ref, "VNM-HAN") == ("needs-action", False, "")


@pytest.mark.parametrize(
    ("chosen", "first"),
    [("accepted", "Accept"), ("tentative", "Not sure yet"), ("declined", "Decline"), ("nonsense", "Accept")],
)
async def test_the_answer_chosen_in_the_mail_stands_first(
    client: Client, services: Services, hana: Actor, chosen: str, first: str
) -> None:
    path = await address(services, await book(services, hana, "VNM-HAN"), "VNM-HAN")

    html = await (await client.get(f"{path}?answer={chosen}")).text()

    buttons = re.findall(r'<button[^>]*name="answer"[^>]*>([^<]+)</button>', html)
    assert buttons[0] == first
    assert sorted(buttons) == ["Accept", "Decline", "Not sure yet"]
    assert ("You chose this in the mail." in html) is (chosen != "nonsense")


async def test_every_answer_is_stored_once_and_can_be_changed_until_the_start(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    path = await address(services, ref, "BGD-DAC")

    await give(client, path, "accepted", "second room")
    stored = await counts(services)
    await give(client, path, "accepted", "second room")
    assert await counts(services) == stored
    assert await seat(services, hana, ref, "BGD-DAC") == ("accepted", False, "second room")
    said = await words_of(client, path)
    assert "You accepted on Tue 1 Dec 06:00. With it you agreed to open out of the ordinary." in said
    assert "In your words: “second room”" in said

    clock.advance(minutes=5)
    await give(client, path, "tentative")
    assert "You are not sure yet; you said so on Tue 1 Dec 06:05." in await words_of(client, path)

    clock.advance(minutes=5)
    await give(client, path, "declined", "power cut\r\nuntil noon")
    assert await seat(services, hana, ref, "BGD-DAC") == ("declined", True, "power cut\nuntil noon")
    said = await words_of(client, path)
    assert "You declined on Tue 1 Dec 06:10. Coordinator and host know." in said

    await give(client, path, "accepted")
    assert await seat(services, hana, ref, "BGD-DAC") == ("accepted", False, "")

    clock.instant = datetime(2026, 12, 16, 6, 0, tzinfo=UTC)
    late = spoken(await give(client, path, "declined", "too late", status=409))
    assert "has begun or is over, so it stays as it is." in late
    assert "The session has begun." in await words_of(client, path)
    assert await seat(services, hana, ref, "BGD-DAC") == ("accepted", False, "")


async def test_guests_and_people_answer_for_themselves_alone(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", guest_sites=(GUEST,), people=(LECTURER,))
    guest = await address(services, ref, "guest/gis@ku.example")
    person = await address(services, ref, "person/tanaka@u.example")

    assert "You answer for Kathmandu University . " in await words_of(client, guest)
    assert "11:45 –13:15 in Dhulikhel" in await words_of(client, guest)
    assert "ご本人の回答： Prof. Tanaka （講師）" in await words_of(client, person)
    assert "15:00 –16:30 東京" in await words_of(client, person)
    await give(client, guest, "accepted")
    await give(client, person, "declined")

    view = await session(services, hana, ref)
    assert [part.answer for part in view.stored.parts] == [
        Answer.NEEDS_ACTION,
        Answer.NEEDS_ACTION,
        Answer.ACCEPTED,
        Answer.DECLINED,
    ]


async def test_two_stations_of_one_mailbox_answer_together(services: Services) -> None:
    twin = room(1)
    shared = [room(1), room(2)]
    await found_network(
        services, more=[type(twin)(**{**_fields(each), "mailbox": "both@example.org"}) for each in shared]
    )
    hana = await user(services)
    ref = await book(services, hana, "ROOM-001", "ROOM-002")
    path = await address(services, ref, "ROOM-001")
    async with serving(
        pages.ROUTES, services=services, recognise=known_as(hana), templates=TEMPLATES
    ) as client:
        assert "You answer for Room 1 and Room 2 ." in await words_of(client, path)
        await give(client, path, "declined")
    assert await seat(services, hana, ref, "ROOM-001") == ("declined", True, "")
    assert await seat(services, hana, ref, "ROOM-002") == ("declined", True, "")


def _fields(station: Any) -> dict[str, Any]:
    return {name: getattr(station, name) for name in station.__dataclass_fields__}


async def test_coming_back_where_something_stands_in_the_way_names_it_and_keeps_the_words(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    path = await address(services, ref, "VNM-HAN")
    await give(client, path, "declined")
    rival = await book(
        services, hana, "VNM-HAN", host="KEN-NBO", title="Not for guests", start=at("2026-12-16T16:00")
    )

    said = spoken(await give(client, path, "accepted", "we come <back>", status=409))

    assert "Hanoi is taken at that time." in said
    assert (
        "Hanoi (VNM-HAN) has another session on Wed 16 Dec 14:00–15:30, Hanoi time, that is not shown to you."
        in said
    )
    assert "we come &lt;back&gt;" in said
    assert rival not in said
    assert "Not for guests" not in said
    assert await seat(services, hana, ref, "VNM-HAN") == ("declined", True, "")


async def test_what_happened_to_the_session_stands_on_the_page(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    hanoi, dhaka = await address(services, ref, "VNM-HAN"), await address(services, ref, "BGD-DAC")
    await give(client, hanoi, "accepted")

    clock.advance(minutes=60)
    await change_session(services, hana, ref, {"start": at("2026-12-17T15:00")}, match=ANY)
    moved = await words_of(client, hanoi)
    assert "Moved on Tue 1 Dec. Before, it was Wed 16 Dec 13:00–14:30." in moved
    assert "You accepted" not in moved
    with statements() as seen:
        await look(client, hanoi)
    mails = [each for each in seen if "FROM outbox" in each]
    assert mails
    # Neither what others were told nor more than one row.
    assert all("recipient_key = " in each and "LIMIT" in each for each in mails), mails
    clock.advance(minutes=1)
    await give(client, hanoi, "accepted")
    assert "Before, it was" not in await words_of(client, hanoi)

    await change_session(services, hana, ref, {"stations": (SeatRequest(station="VNM-HAN"),)}, match=ANY)
    removed = await words_of(client, dhaka)
    assert "Dhaka does not take part any more." in removed
    assert "Accept" not in removed
    assert "does not take part" in spoken(await give(client, dhaka, "accepted", status=409))

    await cancel_session(services, hana, ref, "The lecturer <is ill>.")
    for path in (hanoi, dhaka):
        over = await words_of(client, path)
        assert "The session is cancelled. Reason: The lecturer &lt;is ill&gt;." in over
        assert "Decline" not in over
    assert "is cancelled, so this cannot be done" in spoken(await give(client, hanoi, "declined", status=409))


async def test_who_declined_before_a_move_sees_that_the_mail_had_another_time(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    hanoi = await address(services, ref, "VNM-HAN")
    await give(client, hanoi, "declined")
    assert "Moved on" not in await words_of(client, hanoi)

    clock.advance(minutes=60 * 24)
    await change_session(services, hana, ref, {"start": at("2026-12-17T15:00"), "minutes": 60}, match=ANY)
    clock.advance(minutes=60 * 24)
    await change_session(services, hana, ref, {"title": "Another name"}, match=ANY)

    before = "Moved on Wed 2 Dec. Before, it was Wed 16 Dec 13:00–14:30."
    with statements() as seen:
        assert before in await words_of(client, hanoi)
    assert len([each for each in seen if "FROM outbox" in each and "LIMIT" in each]) == 2
    await give(client, hanoi, "accepted")
    assert "Moved on" not in await words_of(client, hanoi)


async def test_an_address_that_opens_nothing_is_the_same_page_whatever_is_wrong_with_it(
    client: Client, services: Services, hana: Actor
) -> None:
    good = await address(services, await book(services, hana, "VNM-HAN"), "VNM-HAN")
    letter = "0" if good[-1] != "0" else "1"
    paths = (good[:-1] + letter, "/answer/" + "0" * 32, "/answer/x", "/answer/" + "a" * 300, good + "0")
    for method, form in (("GET", None), ("POST", {"answer": "accepted"})):
        told = set()
        for path in paths:
            response = await client.request(method, path, data=form)
            html = re.sub(r'href="[^"]*"', "", await response.text())
            told.add((response.status, response.headers["Referrer-Policy"], html))
        assert len(told) == 1
        assert next(iter(told))[:2] == (404, "no-referrer")


@pytest.mark.parametrize("words", ["x" * 2001], ids=["too_long"])
async def test_words_that_cannot_be_taken_come_back_as_typed(
    client: Client, services: Services, hana: Actor, words: str
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    path = await address(services, ref, "VNM-HAN")

    html = await give(client, path, "accepted", words, status=422)

    assert words in html
    assert "at most 2000 are taken" in html
    assert await seat(services, hana, ref, "VNM-HAN") == ("needs-action", False, "")


async def test_the_address_is_told_to_nobody(client: Client, services: Services, hana: Actor) -> None:
    ref = await book(services, hana, "VNM-HAN", materials=(LinkRequest(material="JN-M001"),))
    path = await address(services, ref, "VNM-HAN")
    token = path.rpartition("/")[2]

    with capture_logs() as logs:
        page = await client.get(path, headers={"Accept": "text/html"})
        html = await page.text()
        await give(client, path, "accepted")

    assert token not in repr(logs)
    assert {entry["route"] for entry in logs if entry["event"] == "request"} == {"/answer/{token}"}
    assert token not in html
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == (
        "no-referrer",
        "private, no-store",
    )
    assert "Set-Cookie" not in page.headers


async def test_a_form_of_another_site_is_refused_and_an_old_browsers_own_form_is_taken(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    path = await address(services, ref, "VNM-HAN")
    for headers, status in (
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
    ):
        response = await client.post(
            path, data={"answer": "accepted"}, headers=headers, allow_redirects=False
        )
        assert response.status == status, headers


async def test_the_words_of_the_host_are_its_own(client: Client, services: Services, hana: Actor) -> None:
    ref = await book(services, hana, "VNM-HAN")
    path = await address(services, ref, TOKYO.code)

    await give(client, path, "tentative", "二つ目の部屋なら")

    said = await words_of(client, path)
    assert "ひとこと：「二つ目の部屋なら」" in said
    assert "12月1日（火） 09:00に「未定」と回答しました。" in said
