"""The first page and a session's page: complete in HTML, in two languages, for who may see what."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import jicanet.scheduler
from jicanet.core.actor import STRANGER, Action, Actor, ActorKind, Role
from jicanet.core.mailer import Delivery, DeliveryState
from jicanet.mail.delivery import deliver
from jicanet.mail.message import Letter
from jicanet.scheduler import pages
from jicanet.scheduler.domain.model import JoinDetails, LinkRequest
from jicanet.scheduler.domain.words import LinkKind, Visibility
from jicanet.scheduler.service import book_session
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import StationRecord
from jicanet.web.routes import Route
from tests.support.booking import at, days
from tests.support.clock import FakeClock
from tests.support.mailer import CollectingMailer
from tests.support.sessions import found_network, room, shelve, sites, statements, user
from tests.support.web import Client, known_as, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LETTER = Letter(
    sender="sessions@jicanet.invalid", sender_name="JICA-Net", subject="s", text="t", language="en"
)
OPERATOR = Actor(kind=ActorKind.USER, name="kim", roles=frozenset({Role.OPERATOR}))
TEMPLATES = [Path(jicanet.scheduler.__file__).with_name("templates")]


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services)
    await shelve(services)
    return await user(services)


@pytest.fixture
async def client(services: Services, hana: Actor) -> AsyncIterator[Client]:
    async with serving(
        pages.ROUTES, services=services, recognise=known_as(hana), templates=TEMPLATES
    ) as client:
        yield client


@pytest.fixture
async def stranger(services: Services, hana: Actor) -> AsyncIterator[Client]:  # noqa: ARG001 - founds the network
    async with serving(
        pages.ROUTES, services=services, recognise=known_as(STRANGER), templates=TEMPLATES
    ) as client:
        yield client


async def text(client: Client, path: str) -> str:
    """Return a page's words, tags taken out and spaces run together."""
    answer = await client.get(path, headers={"Accept": "text/html"})
    html = await answer.text()
    assert answer.status == 200, html
    assert "<script" not in html
    assert " style=" not in html
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def book(services: Services, hana: Actor, *codes: str, **changes: Any) -> str:
    given = {"visibility": Visibility.PUBLIC, **changes}
    return (await book_session(services, hana, sites(*codes, **given))).ref


async def test_the_day_lists_its_sessions_with_every_sites_own_time(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    await book(services, hana, "VNM-HAN", title="Early", start=at("2026-12-16T10:00"), minutes=60)
    await book(services, hana, "KEN-NBO", title="Running", start=at("2026-12-16T14:00"), minutes=60)
    await book(services, hana, "BGD-DAC", title="Later", start=at("2026-12-16T16:00"), minutes=30)
    await book(services, hana, "PER-LIM", title="Tomorrow", start=at("2026-12-17T09:00"), minutes=60)
    clock.instant = datetime(2026, 12, 16, 5, 20, tzinfo=UTC)
    said = await text(client, "/")
    assert "Wednesday 16 December 4 sessions until noon of the next day." in said
    listing = said[said.index("Now and next") :]
    assert "10:00 –11:00 Early Tokyo → Hanoi 08:00 Ended" in listing
    assert (
        "14:00 –15:00 Running Tokyo → Nairobi 08:00 On air ends in 40 min Nairobi: 30 min outside hours"
        in listing
    )
    assert "16:00 –16:30 Later Tokyo → Dhaka 13:00 Confirmed Dhaka: holiday: Victory Day" in listing
    assert "Thursday 17 December 09:00 –10:00 Tomorrow Tokyo → Lima 19:00 −1 day Confirmed" in listing


async def test_the_diagram_groups_equal_clocks_east_on_top(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    clock.instant = datetime(2026, 12, 15, 23, 0, tzinfo=UTC)
    await book(services, hana, "VNM-HAN", "PER-LIM", "KEN-NBO")
    html = await (await client.get("/")).text()
    rows = re.findall(
        r'<li class="row">\s*<span class="where">(.*?)</span>\s*<span class="clocks"><bdi dir="ltr">(.*?)<',
        html,
    )
    assert rows == [("Tokyo", "08:00"), ("Hanoi", "06:00"), ("Nairobi", "02:00"), ("Lima", "18:00")]
    assert html.count('class="column"') == 4
    assert html.count("<title>JN-2026-000001 Remote Sensing, day 4</title>") == 4


async def test_another_day_has_offsets_for_clocks_and_ways_to_its_neighbours(client: Client) -> None:
    html = await (await client.get("/?date=2026-12-20")).text()
    assert re.findall(r'href="/(\?date=[^"]+)" rel="(\w+)"', html) == [
        ("?date=2026-12-19", "prev"),
        ("?date=2026-12-21", "next"),
    ]
    assert '<bdi dir="ltr">+09:00</bdi>' in html
    assert 'href="#now"' not in html.split("<main")[1]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "soon"])
async def test_a_day_out_of_reach_is_refused_in_words(client: Client, day: str) -> None:
    answer = await client.get(f"/?date={day}", headers={"Accept": "text/html"})
    assert answer.status == 422
    assert "<h1>" in await answer.text()


async def test_an_empty_day_says_where_it_looked_and_shows_the_whole_network(client: Client) -> None:
    said = await text(client, "/")
    assert "No session from Tue 1 Dec to noon of the next day, Tokyo time." in said
    assert "Nairobi" in said


async def test_a_crowded_session_names_eight_sites_and_counts_the_rest(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    clock.instant = datetime(2026, 12, 15, 23, 0, tzinfo=UTC)
    rooms = [room(number) for number in range(12)]
    await services.database.write(lambda db: _add(db, rooms))
    await book(services, hana, *(each.code for each in rooms), start=at("2026-12-16T18:00"))
    said = await text(client, "/")
    assert "Room 7 and 4 more Confirmed 13 sites outside their hours or days" in said


def _add(db: Any, rooms: list[Any]) -> None:
    network.add_stations(db, [StationRecord(station=each, weeks=days().weeks) for each in rooms])


FULL: dict[str, Any] = {
    "title": "<b>Bold</b> & co",
    "purpose": "First line\nSecond <i>line</i>",
    "department": "Training",
    "languages": ("en", "ja"),
    "setup_minutes": 15,
    "join": JoinDetails(url="https://meet.example/1", sip="1@bridge.example", pin="4071"),
    "materials": (
        LinkRequest(material="JN-M001", kind=LinkKind.SHOWN, start=5, end=35, language="ja", required=True),
    ),
}


async def test_a_session_says_everything_to_who_is_signed_in(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "KEN-NBO", "BGD-DAC", **FULL)
    said = await text(client, f"/sessions/{ref}")
    for words in (
        f"{ref} · Confirmed &lt;b&gt;Bold&lt;/b&gt; &amp; co Wednesday 16 December 2026 15:00 –16:30 Tokyo",
        "06:00–07:30 UTC · 90 min · set-up 15 min before · English and Japanese · 3 ports",
        "The same moment, 3 clocks Axis in Tokyo time",
        "Tokyo UTC+09:00 15:00–16:30",
        "Dhaka UTC+06:00 holiday: Victory Day 12:00–13:30",
        "Seats 3 no answer Add a station · or a guest site Station",
        "No mailbox is known for 1 of 3 stations: their invitations may reach nobody.",
        "Tokyo JPN-TIC Wed 16 Dec 15:00–16:30 Host, sends No answer",
        "Dhaka BGD-DAC Wed 16 Dec 12:00–13:30 Receives, optional No answer Wed 16 Dec is a holiday there: Victory Day",
        "Shown in the session 15:05–15:35 Hiroshima JN-M001 · Japanese · required",
        "Web https://meet.example/1 SIP 1@bridge.example PIN 4071",
        "Coordinator Hana +81 3 5555 0000 hana@example.org Host JICA Tokyo +81 3 0000 0000",
        "First line Second &lt;i&gt;line&lt;/i&gt; Kind Meeting Department Training Shown to Everybody",
    ):
        assert words in said, (words, said)
    # Host first in the seats, then east to west; in the strip east to west alone.
    seats = said[said.index("Local time") :]
    assert seats.index("JPN-TIC") < seats.index("BGD-DAC") < seats.index("KEN-NBO")


async def test_a_session_in_japanese(client: Client, services: Services, hana: Actor) -> None:
    ref = await book(services, hana, "KEN-NBO", **FULL)
    said = await text(client, f"/sessions/{ref}?lang=ja")
    for words in (
        "2026年12月16日（水） 15:00 –16:30 東京",
        "同じ時刻、2拠点の時計 目盛りは東京の時刻",
        "東京 JPN-TIC 12月16日（水） 15:00–16:30 主催、送信 未回答",
        "上映する教材 15:05–15:35 ヒロシマ",
        "コーディネーター Hana",
    ):
        assert words in said, (words, said)
    listed = await text(client, "/?lang=ja&date=2026-12-16")
    assert "翌日正午まで1件のセッション。" in listed
    assert "東京 → ナイロビ 09:00 確定" in listed


async def test_strangers_see_a_public_session_without_ways_in_and_people(
    stranger: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "KEN-NBO", **FULL)
    html = await (await stranger.get(f"/sessions/{ref}")).text()
    assert "Hiroshima" in html
    for secret in (
        "meet.example",
        "4071",
        "bridge.example",
        "hana@example.org",
        "+81 3 5555",
        "Whom to call",
        "No mailbox is known",
    ):
        assert secret not in html


async def test_other_sessions_are_to_strangers_as_if_they_did_not_exist(
    stranger: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "KEN-NBO", title="Not for all", visibility=Visibility.NETWORK)
    answers = []
    for path in (f"/sessions/{ref}", "/sessions/JN-2026-999999"):
        answer = await stranger.get(path, headers={"Accept": "text/html"})
        html = (await answer.text()).replace(path.rpartition("/")[2], "")
        answers.append((answer.status, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27,}", "", html)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    for path in ("/?date=2026-12-16", "/?date=2026-12-15"):
        assert "Not for all" not in await text(stranger, path)
    assert "You are signed out, so only public sessions are shown." in await text(stranger, "/")


async def test_a_missing_session_leads_strangers_to_the_sign_in_and_nobody_else(
    services: Services, hana: Actor
) -> None:
    hidden = await book(services, hana, "KEN-NBO", visibility=Visibility.PARTICIPANTS)
    sign_in = Route("GET", "/sign-in", pages.now.now, Action.READ_PUBLIC, media="page")
    offered = {}
    for actor in (STRANGER, replace(hana, roles=frozenset())):
        async with serving(
            (*pages.ROUTES, sign_in), services=services, recognise=known_as(actor), templates=TEMPLATES
        ) as client:
            for ref in (hidden, "JN-2026-999999"):
                answer = await client.get(f"/sessions/{ref}", headers={"Accept": "text/html"})
                html = await answer.text()
                offers = f'href="/sign-in?next=%2Fsessions%2F{ref}"' in html
                offered[actor.is_known, ref] = (answer.status, offers, "sign in to see more" in html)
    assert offered == {
        (False, hidden): (404, True, True),
        (False, "JN-2026-999999"): (404, True, True),
        (True, hidden): (404, False, False),
        (True, "JN-2026-999999"): (404, False, False),
    }


async def test_a_session_across_the_date_line_marks_the_other_date(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "PER-LIM", start=at("2026-12-16T10:00"), minutes=60)
    said = await text(client, f"/sessions/{ref}")
    assert "Lima PER-LIM Tue 15 Dec 20:00–21:00 −1 day Receives, optional" in said
    assert "starts in" not in said


async def test_the_state_follows_the_one_clock_of_the_page(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    for minutes, words in (
        (-40, "Confirmed starts in 40 min"),
        (0, "On air ends in 90 min"),
        (89, "On air ends in 1 min"),
        (90, "Ended"),
    ):
        clock.instant = datetime(2026, 12, 16, 6, 0, tzinfo=UTC)
        clock.advance(minutes=minutes)
        assert f"{ref} · {words}" in await text(client, f"/sessions/{ref}")


async def test_a_coordinator_sees_what_became_of_each_mail_and_nobody_else_does(
    client: Client, services: Services, hana: Actor, mailer: CollectingMailer
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    refused = Delivery(state=DeliveryState.FAILED, words="550 <b> no such room")
    mailer.next_answers[:] = [
        Delivery(state=DeliveryState.SENT),
        refused,
        Delivery(state=DeliveryState.LATER, words="451 busy"),
    ]
    await deliver(services, {"request": lambda *_: LETTER}, worker="w")

    english = await text(client, f"/sessions/{ref}")
    assert "Mail and history Newest first, Tokyo time. n = sequence number of the calendar entry" in english
    assert (
        "Today 09:00 REQUEST, n 0 3 sites 1 of 3 delivered, 1 on the way, 1 failed "
        "Hanoi: 550 &lt;b&gt; no such room Dhaka: 451 busy Today 09:00 Booked Hana 3 mails" in english
    )
    assert "The last mail to Hanoi could not be delivered." in english
    japanese = await text(client, f"/sessions/{ref}?lang=ja")
    assert "REQUEST, n 0 3拠点 3通中1通送信済み、1通送信中、1通失敗 ハノイ: 550" in japanese
    async with serving(
        pages.ROUTES, services=services, recognise=known_as(OPERATOR), templates=TEMPLATES
    ) as other:
        assert "REQUEST" not in await text(other, f"/sessions/{ref}")


@pytest.mark.parametrize("number", [1, 4])
async def test_pages_take_the_same_statements_whatever_they_show(
    client: Client, services: Services, hana: Actor, number: int
) -> None:
    for day in range(number):
        codes = ("VNM-HAN", "KEN-NBO", "BGD-DAC", "PER-LIM")[:number]
        start = at(f"2026-12-16T{10 + 2 * day}:00")
        await book(services, hana, *codes, **{**FULL, "start": start})
    # Who asks is found by one more statement (people).
    for path, most in (("/?date=2026-12-16", 11), ("/sessions/JN-2026-000001", 15)):
        with statements() as seen:
            await text(client, path)
        assert len(seen) == most, seen
