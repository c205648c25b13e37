"""What the pages let people do with a session: each act, who may, what is refused and what is kept."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from jicanet.core.actor import STRANGER, Actor, Role
from jicanet.mail.model import LetterState
from jicanet.mail.store import letterbox
from jicanet.mail.tables import outbox
from jicanet.scheduler import pages
from jicanet.scheduler.domain.model import GuestRequest, PersonRequest, SeatRequest
from jicanet.scheduler.domain.words import Answer, PersonRole, Status, Visibility
from jicanet.scheduler.service import (
    answer_seat,
    book_session,
    cancel_session,
    ingest,
    refuse_session,
    session,
)
from jicanet.services import Services
from tests.http.test_answer_page import address, spoken
from tests.http.test_scheduler_pages import TEMPLATES
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.sessions import counts, found_network, shelve, sites, user
from tests.support.web import Client, known_as, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HEADERS = {"Accept": "text/html"}
CSRF = "s3cret"


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services)
    await shelve(services)
    return await user(services)


@asynccontextmanager
async def browser(services: Services, actor: Actor) -> AsyncIterator[Client]:
    """Somebody who is signed in by a cookie."""
    async with serving(
        pages.ROUTES, services=services, recognise=known_as(actor, CSRF), templates=TEMPLATES
    ) as client:
        yield client


@pytest.fixture
async def client(services: Services, hana: Actor) -> AsyncIterator[Client]:
    async with browser(services, hana) as client:
        yield client


async def book(services: Services, by: Actor, *codes: str, **changes: Any) -> str:
    given = {"visibility": Visibility.NETWORK, **changes}
    return (await book_session(services, by, sites(*codes, **given))).ref


async def look(client: Client, path: str, status: int = 200) -> str:
    response = await client.get(path, headers=HEADERS)
    html = await response.text()
    assert response.status == status, spoken(html)[-600:]
    return html


async def send(client: Client, path: str, form: Mapping[str, str], status: int = 303) -> str:
    """Send a form and follow it once; return the words of the page that is shown then."""
    response = await client.post(path, data={"csrf": CSRF, **form}, headers=HEADERS, allow_redirects=False)
    html = await response.text()
    assert response.status == status, spoken(html)
    return spoken(await look(client, response.headers["Location"]) if status == 303 else html)


def hidden(html: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', html)
    assert found, html
    return found[1]


async def state(services: Services, hana: Actor, ref: str) -> tuple[str, str]:
    found = (await session(services, hana, ref)).session
    return found.status.value, found.ending_words


async def test_cancel_and_restore_with_the_words_that_everybody_reads(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    path = f"/sessions/{ref}"
    page = await look(client, f"{path}/cancel")
    assert "3 addresses get a mail that takes the session out of their calendars." in page
    assert f'href="{path}/cancel"' in await look(client, path)

    empty = await send(client, f"{path}/cancel", {"words": " ", "revision": hidden(page, "revision")}, 422)
    assert "Say it in words: this is what the others read." in empty
    done = await send(client, f"{path}/cancel", {"words": "The lecturer is ill.", "revision": "1"})
    assert f"{ref} · Cancelled" in done
    assert "Cancelled. 3 mails are on their way." in done
    assert await state(services, hana, ref) == ("cancelled", "The lecturer is ill.")
    html = await look(client, path)
    assert set(re.findall(rf'(?:href|action)="{path}/([^"]+)"', html)) == {"restore"}
    later = spoken(html)
    assert "This session is cancelled. Reason: The lecturer is ill. Since: today 09:00" in later

    again = await send(client, f"{path}/cancel", {"words": "again"})
    assert "Cancelled. 3 mails are on their way." in again
    assert await state(services, hana, ref) == ("cancelled", "The lecturer is ill.")
    page = await look(client, f"{path}/restore")
    assert "Everybody is invited and asked anew." in page
    back = await send(client, f"{path}/restore", {"revision": hidden(page, "revision")})
    assert "Restored. 3 invitations are on their way." in back
    assert (await state(services, hana, ref))[0] == "confirmed"
    assert "so this cannot be done" in spoken(await look(client, f"{path}/restore", 409))


async def test_a_page_that_is_behind_is_told_and_keeps_what_was_typed(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    page = await look(client, f"/sessions/{ref}/cancel")
    await answer_seat(services, hana, ref, "VNM-HAN", answer=Answer.ACCEPTED)
    form = {"words": "Typed <words>", "revision": hidden(page, "revision")}

    response = await client.post(f"/sessions/{ref}/cancel", data={"csrf": CSRF, **form}, headers=HEADERS)
    html = await response.text()

    assert response.status == 412
    assert f"{ref} has been changed since you opened this page." in html
    assert "Typed &lt;words&gt;</textarea>" in html
    assert (await state(services, hana, ref))[0] == "confirmed"
    await send(client, f"/sessions/{ref}/cancel", {"words": "Typed", "revision": hidden(html, "revision")})
    assert (await state(services, hana, ref))[0] == "cancelled"


@pytest.mark.parametrize(
    "act", ["cancel", "refuse", "restore", "message", "confirm", "answer", "remove", "add"]
)
async def test_no_act_without_the_secret_of_the_form(
    client: Client, services: Services, hana: Actor, act: str
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    before = await counts(services)
    form = {"words": "x", "part": "VNM-HAN"} | ({"answer": "declined"} if act == "answer" else {})
    response = await client.post(f"/sessions/{ref}/{act}", data=form, headers=HEADERS)
    assert (response.status, await counts(services)) == (403, before)


async def test_a_message_is_sent_once_however_often_the_button_is_pressed(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    page = await look(client, f"/sessions/{ref}/message")
    form = {"words": "Bring your <handouts>.", "once": hidden(page, "once")}

    said = await send(client, f"/sessions/{ref}/message", form)
    await send(client, f"/sessions/{ref}/message", form)

    assert "Your words are stored. 3 mails are on their way." in said
    assert "Message to all" in said
    assert "Bring your &lt;handouts&gt;." in said
    kinds = await services.database.read(
        lambda db: [row.kind for row in db.execute(select(outbox.c.kind).order_by(outbox.c.id))]
    )
    assert kinds == ["request"] * 3 + ["message"] * 3


async def test_a_decline_stands_in_the_box_with_its_ways_out(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC", quorum=2)
    clock.advance(minutes=10)
    await answer_seat(services, hana, ref, "VNM-HAN", answer=Answer.DECLINED, words="power cut")
    path = f"/sessions/{ref}"

    html = await look(client, path)
    said = spoken(html)
    assert "Hanoi declined, today 09:10." in said
    assert (
        "Sites that remain: 2. The quorum is 2, so the session stands. No other site has been told." in said
    )
    assert "Receives, optional Declined Today 09:10 · power cut" in said
    assert f'href="{path}/remove?part=VNM-HAN">Remove Hanoi and tell the others</a>' in html

    page = await look(client, f"{path}/remove?part=VNM-HAN")
    assert "2 mails are sent:" in page
    assert "Changed: Wed 16 Dec 12:00 Dhaka" in page
    done = await send(client, f"{path}/remove", {"part": "VNM-HAN", "revision": hidden(page, "revision")})
    assert "Changed. 2 mails are on their way." in done
    view = await session(services, hana, ref)
    assert view.stored.codes == ("JPN-TIC", "BGD-DAC")
    await send(client, f"{path}/remove", {"part": "VNM-HAN"})  # twice is once
    assert (await session(services, hana, ref)).session.revision == view.session.revision


async def test_a_session_in_need_of_attention_says_why_and_can_be_left_as_it_is(
    client: Client, services: Services, hana: Actor
) -> None:
    seats = (SeatRequest(station="VNM-HAN", required=True), SeatRequest(station="BGD-DAC"))
    request = replace(sites(), stations=seats, quorum=3)
    ref = (await book_session(services, hana, request)).ref
    await answer_seat(services, hana, ref, "VNM-HAN", answer=Answer.DECLINED)

    html = await look(client, f"/sessions/{ref}")
    said = spoken(html)
    assert f"{ref} · Needs attention" in said
    assert (
        "Hanoi declined, and its seat is required. Sites that take part: 2. The quorum is 3. "
        "The session stands as it is, and no other site has been told." in said
    )
    done = await send(client, f"/sessions/{ref}/confirm", {"revision": "2"})
    assert "Noted: the session stands as it is." in done
    assert (await state(services, hana, ref))[0] == "confirmed"

    await answer_seat(services, hana, ref, "JPN-TIC", answer=Answer.DECLINED)
    html = await look(client, f"/sessions/{ref}")
    assert "Tokyo, the host, declined." in html
    assert "remove?part=JPN-TIC" not in html


async def test_asking_again_and_answering_for_a_station(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    path = f"/sessions/{ref}"
    page = spoken(await look(client, f"{path}/answer?part=BGD-DAC"))
    assert "Answer for Dhaka BGD-DAC · JICA Dhaka · No answer Wednesday 16 December 2026 12:00 –13:30" in page
    assert "Wednesday 16 December is Victory Day." in page
    assert "Accept, we will open" in page

    said = await send(
        client, f"{path}/answer", {"part": "BGD-DAC", "answer": "accepted", "words": "by telephone"}
    )
    assert "Stored: Dhaka, Accepted." in said
    assert (
        "Accepted Today 09:00 · by telephone Agrees to open: Wed 16 Dec is a holiday there: Victory Day"
        in said
    )
    assert "Accepted on a page Dhaka by Hana · by telephone" in said
    assert "Host and coordinator are told." in await send(
        client, f"{path}/answer", {"part": "BGD-DAC", "answer": "declined"}
    )
    assert "Dhaka is asked again." in await send(
        client, f"{path}/answer", {"part": "BGD-DAC", "answer": "needs-action"}
    )
    for part in ("PER-LIM", "", "guest-1", "<b>"):
        assert "has no seat in" in await look(client, f"{path}/answer?part={part}", 404)


async def test_what_is_in_the_way_is_named_with_its_hours_and_leads_to_it(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    await answer_seat(services, hana, ref, "VNM-HAN", answer=Answer.DECLINED)
    rival = await book(
        services, hana, "VNM-HAN", host="KEN-NBO", title="The rival", start=at("2026-12-16T16:00")
    )
    there = f"Hanoi (VNM-HAN) has {rival} “The rival” on Wed 16 Dec 14:00–15:30, Ho Chi Minh time."

    typed = await send(
        client, f"/sessions/{ref}/answer", {"part": "VNM-HAN", "answer": "accepted", "words": "kept"}, 409
    )
    assert f"Hanoi is taken at that time. {there} {rival}" in typed
    assert "kept" in typed
    again = await send(client, f"/sessions/{ref}/answer", {"part": "VNM-HAN", "answer": "needs-action"}, 409)
    assert f"Hanoi is taken at that time Nothing was changed and no mail was sent. {there}" in again
    assert again.endswith("station_busy Times are 24-hour. Zone data 2026f. Mails to judge")

    await cancel_session(services, hana, rival, "moved")
    await book(services, hana, "PER-LIM", host="BGD-DAC", title="Other", start=at("2026-12-16T17:00"))
    added = await send(client, f"/sessions/{ref}/add", {"part": "PER-LIM"})
    assert "Changed. 3 mails are on their way." in added
    await cancel_session(services, hana, ref, "then not")
    await book(services, hana, "JPN-TIC", host="KEN-NBO", title="In between")
    restored = await send(client, f"/sessions/{ref}/restore", {}, 409)
    assert "Tokyo is taken at that time." in restored
    assert "In between" in restored


async def test_adding_a_station_keeps_the_choice_where_it_cannot_be(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    rival = await book(services, hana, host="PER-LIM", title="At night")
    html = await look(client, f"/sessions/{ref}/add")
    assert re.findall(r'<option value="([A-Z-]+)"', html) == ["BGD-DAC", "PER-LIM", "KEN-NBO"]

    response = await client.post(
        f"/sessions/{ref}/add", data={"csrf": CSRF, "part": "PER-LIM"}, headers=HEADERS
    )
    html = await response.text()
    assert response.status == 409
    assert "Lima is taken at that time." in html
    assert f'href="/sessions/{rival}"' in html
    assert '<option value="PER-LIM" selected>' in html
    unknown = await send(client, f"/sessions/{ref}/add", {"part": "NOW-HERE"}, 422)
    assert "NOW-HERE" in unknown


async def test_guests_and_people_are_shown_with_addresses_to_those_who_manage_alone(
    client: Client, services: Services, hana: Actor
) -> None:
    guest = GuestRequest(
        organisation="Kathmandu University",
        city="Dhulikhel",
        zone="Asia/Kathmandu",
        email="gis@ku.example",
        contact="Dr. Thapa",
        telephone="+977 11",
    )
    person = PersonRequest(
        role=PersonRole.LECTURER, name="Prof. Tanaka", email="tanaka@u.example", zone="Asia/Dhaka"
    )
    ref = await book(services, hana, "VNM-HAN", guest_sites=(guest,), people=(person,))
    path = f"/sessions/{ref}"

    html = await look(client, path)
    assert (
        "Kathmandu University Dhulikhel, guest site Dr. Thapa +977 11 gis@ku.example Wed 16 Dec 11:45–13:15"
        in spoken(html)
    )
    assert "Lecturer – Prof. Tanaka No answer Wed 16 Dec 12:00 in Dhaka tanaka@u.example" in spoken(html)
    assert "gis@ku.example" not in "".join(re.findall(r'href="/[^"]*"|action="[^"]*"', html))

    operator = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    async with browser(services, operator) as other:
        seen = await look(other, path)
    assert "Dr. Thapa" in seen
    for secret in ("gis@ku.example", "+977 11", "tanaka@u.example"):
        assert secret not in seen

    assert "Changed. 1 mail is on its way." in await send(client, f"{path}/remove", {"part": "person-1"})
    assert "Changed. 3 mails are on their way." in await send(client, f"{path}/remove", {"part": "guest-1"})
    view = await session(services, hana, ref)
    assert (view.stored.listed_guests, view.stored.listed_people) == ((), ())


OPERATOR_PAGES = {
    "cancel": 403,
    "refuse": 403,
    "restore": 403,
    "message": 403,
    "answer?part=VNM-HAN": 200,
    "answer?part=BGD-DAC": 403,
    "remove?part=VNM-HAN": 403,
    "add": 403,
}


async def test_an_operator_answers_for_the_own_station_and_does_nothing_else(
    services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    kim = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    async with browser(services, kim) as client:
        html = await look(client, f"/sessions/{ref}")
        acts = set(re.findall(rf'(?:href|action)="/sessions/{ref}/([^"]+)"', html))
        told = {
            name: (await client.get(f"/sessions/{ref}/{name}", headers=HEADERS)).status
            for name in OPERATOR_PAGES
        }
        said = await send(client, f"/sessions/{ref}/answer", {"part": "VNM-HAN", "answer": "accepted"})
        for path, form in (
            ("confirm", {}),
            ("cancel", {"words": "x"}),
            ("remove", {"part": "BGD-DAC"}),
            ("add", {"part": "PER-LIM"}),
            ("answer", {"part": "BGD-DAC", "answer": "declined"}),
        ):
            await send(client, f"/sessions/{ref}/{path}", form, 403)
    assert acts == {"answer?part=VNM-HAN"}
    assert (
        f'<a class="button primary" href="/sessions/{ref}/answer?part=VNM-HAN">Answer for Hanoi</a>' in html
    )
    assert told == OPERATOR_PAGES
    assert "Stored: Hanoi, Accepted." in said
    assert "Mail and history" not in said
    assert (await state(services, hana, ref))[0] == "confirmed"


async def test_nobody_sees_an_act_who_may_not_do_it(services: Services, hana: Actor) -> None:
    ref = await book(services, hana, "VNM-HAN", visibility=Visibility.PUBLIC)
    await answer_seat(services, hana, ref, "VNM-HAN", answer=Answer.DECLINED, words="private words")
    guest = await user(services, "guest@example.org", roles=[])
    for actor, sees_words in ((STRANGER, False), (guest, True)):
        async with browser(services, actor) as client:
            html = await look(client, f"/sessions/{ref}")
            assert not re.findall(rf'(?:href|action)="/sessions/{ref}/', html)
            assert ("private words" in html) is sees_words
            assert "No other site has been told" not in html
            assert (await client.get("/requests", headers=HEADERS)).status in {401, 403}
            assert (await client.get("/replies", headers=HEADERS)).status in {401, 403}


@pytest.fixture
async def kim(services: Services, hana: Actor) -> Actor:
    assert hana
    return await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])


async def ask(services: Services, kim: Actor, **changes: Any) -> str:
    given = {"host": "VNM-HAN", "title": "Asked for", "start": at("2026-12-15T11:00"), "minutes": 30}
    return await book(services, kim, "JPN-TIC", **{**given, **changes})


async def test_the_queue_and_the_first_page_lead_to_what_waits(
    client: Client, services: Services, hana: Actor, kim: Actor
) -> None:
    ref = await ask(services, kim)
    held = await book(services, hana, "BGD-DAC", status=Status.HOLD, title="Held")

    queue = spoken(await look(client, "/requests"))
    assert "Tue 15 Dec 11:00–11:30 Asked for Tokyo 11:00 · Hanoi 09:00" in queue
    assert f"{ref} · Requested · asked for by Kim, today 09:00 Approve Change Refuse" in queue
    assert f"{held} · Hold until Fri 4 Dec 09:00 Confirm Change Release" in queue
    home = spoken(await look(client, "/?date=2026-12-15"))
    assert "No session from Tue 15 Dec" in home
    assert "Fri 4 09:00 Hold ends Held" in home
    assert "Tue 15 11:00 Request from Kim Asked for It lapses at its start: Tue 15 Dec 11:00." in home

    async with browser(services, kim) as other:
        own = spoken(await look(other, "/requests"))
        assert f"{ref} · Requested · asked for today 09:00 Change Withdraw" in own
        assert "Held" not in own
        assert "Waits for you" not in await look(other, "/")


async def test_a_request_is_approved_from_the_queue(
    client: Client, services: Services, hana: Actor, kim: Actor
) -> None:
    ref = await ask(services, kim)
    html = await look(client, f"/sessions/{ref}")
    assert "Kim asks for this session." in html
    assert "It takes no room and no port" in html
    assert "Approve and invite" in html

    done = await send(client, f"/sessions/{ref}/confirm", {"revision": hidden(html, "revision")})

    assert "Approved. 2 invitations are on their way." in done
    assert await state(services, hana, ref) == ("confirmed", "")
    assert "Nothing waits." in await look(client, "/requests")


async def test_a_request_that_cannot_stand_is_refused_by_its_clash_and_then_in_words(
    client: Client, services: Services, hana: Actor, kim: Actor
) -> None:
    ref = await ask(services, kim)
    await book(services, hana, "VNM-HAN", start=at("2026-12-15T11:15"), title="First come")
    said = await send(client, f"/sessions/{ref}/confirm", {}, 409)
    assert "Hanoi is taken at that time Nothing was changed and no mail was sent." in said
    assert "Hanoi (VNM-HAN) has" in said

    done = await send(client, f"/sessions/{ref}/refuse", {"words": "Take Monday."})
    assert "Refused. Whoever asked gets your words by mail." in done
    assert await state(services, hana, ref) == ("cancelled", "Take Monday.")
    async with browser(services, kim) as other:
        assert "Refused" in (own := spoken(await look(other, "/requests")))
        assert "Take Monday." in own
        assert "This request was refused. Reason: Take Monday." in spoken(
            await look(other, f"/sessions/{ref}")
        )


async def test_who_asked_withdraws_until_it_is_approved(services: Services, hana: Actor, kim: Actor) -> None:
    ref = await ask(services, kim)
    async with browser(services, kim) as client:
        said = spoken(await look(client, f"/sessions/{ref}"))
        assert "This session waits for a coordinator." in said
        assert "Withdraw the request" in said
        done = await send(client, f"/sessions/{ref}/cancel", {"words": "not needed"})
        assert "Cancelled. No mail had to be sent." in done
        other = await ask(services, kim, title="Another", start=at("2026-12-17T11:00"))
        async with browser(services, hana) as boss:
            await send(boss, f"/sessions/{other}/confirm", {})
        await look(client, f"/sessions/{other}/cancel", 403)
        await send(client, f"/sessions/{other}/cancel", {"words": "too late"}, 403)
    assert (await state(services, hana, other))[0] == "confirmed"


async def test_a_hold_shows_its_end_and_is_confirmed_or_released(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN", status=Status.HOLD)
    path = f"/sessions/{ref}"
    assert "On hold until Fri 4 Dec 09:00." in await look(client, path)
    assert "Nobody was told of it, so nobody gets a mail." in await look(client, f"{path}/cancel")
    html = await look(client, "/?date=2026-12-16")
    assert 'class="hold"' in html
    assert "Hold until Fri 4 Dec 09:00" in spoken(html)
    clock.instant = datetime(2026, 12, 4, 0, 0, 1, tzinfo=UTC)
    assert "The hold ended at today 09:00." in await look(client, path)
    assert "so this cannot be done" in await send(client, f"{path}/confirm", {}, 409)
    assert "The hold has expired." in await look(client, path)

    other = await book(services, hana, "VNM-HAN", status=Status.HOLD, start=at("2026-12-18T15:00"))
    assert "Approved. 2 invitations are on their way." in await send(client, f"/sessions/{other}/confirm", {})


async def test_cancelled_and_asked_for_sessions_are_not_in_the_day(
    client: Client, services: Services, hana: Actor, kim: Actor
) -> None:
    gone = await book(services, hana, "VNM-HAN", title="Gone")
    await cancel_session(services, hana, gone, "why")
    await ask(services, kim, start=at("2026-12-16T11:00"))
    await book(services, hana, "VNM-HAN", title="Stays")
    html = await look(client, "/?date=2026-12-16")
    listing = html[html.index('id="next"') : html.index('id="waits"')]
    assert re.findall(r'href="/sessions/[^"]+">([^<]+)<', listing) == ["Stays"]


async def test_after_the_start_nothing_is_offered_but_a_message(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    clock.instant = datetime(2026, 12, 16, 6, 0, tzinfo=UTC)
    html = await look(client, f"/sessions/{ref}")
    assert set(re.findall(rf'(?:href|action)="/sessions/{ref}/([^"]+)"', html)) == {"message"}
    for act in ("cancel", "add", "remove?part=VNM-HAN", "answer?part=VNM-HAN"):
        assert "has begun or is over" in await look(client, f"/sessions/{ref}/{act}", 409)


async def test_what_was_done_is_told_by_the_record_and_not_by_the_address(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    assert "Booked. 2 invitations are on their way." in await look(client, f"/sessions/{ref}?done=1")
    for done in ("2", "message", "0", "<b>", "1 or 1"):
        assert "on their way." not in await look(client, f"/sessions/{ref}?done={done}")
    other = await user(services, "other@example.org")
    async with browser(services, other) as elsewhere:
        assert "Booked. 2 invitations" not in await look(elsewhere, f"/sessions/{ref}?done=1")


async def test_a_long_history_shows_its_newest_lines_first(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    for number in range(14):
        clock.advance(minutes=1)
        answer = Answer.ACCEPTED if number % 2 else Answer.TENTATIVE
        await answer_seat(services, hana, ref, "VNM-HAN", answer=answer)
    html = await look(client, f"/sessions/{ref}")
    assert "All 16 entries" in html
    assert html.count("by a program") == 12
    assert "Booked" not in html
    assert (await look(client, f"/sessions/{ref}?history=all")).count("by a program") == 14


REPLY = (
    "From: {sender}\r\nTo: {to}\r\nSubject: Re: <b>Invitation</b>\r\nMessage-ID: <{mark}@x>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n"
    "DTSTAMP:20261201T000000Z\r\nDTSTART:20261216T060000Z\r\nSEQUENCE:0\r\n"
    "ATTENDEE;PARTSTAT=DECLINED:mailto:vnm-han@example.org\r\nCOMMENT:we are away\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


async def forwarded(services: Services, hana: Actor, ref: str, mark: str) -> None:
    """Let a mail come in from somebody to whom an invitation was forwarded."""
    token = (await address(services, ref, "VNM-HAN")).rpartition("/")[2]
    view = await session(services, hana, ref)
    raw = REPLY.format(
        sender="else@example.net",
        to=f"sessions+{token}@{services.settings.mail_domain}",
        mark=mark,
        uid=view.session.uid,
    )
    await ingest(services, raw.encode())


async def test_mails_that_nobody_could_believe_wait_with_the_reason(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    await forwarded(services, hana, ref, "1")
    await ingest(
        services, b"From: a@example.net\r\nSubject: hello\r\nMessage-ID: <2@x>\r\n\r\nWe come late.\r\n"
    )

    said = spoken(await look(client, "/replies"))
    assert (
        "Declined for Hanoi · Remote Sensing, day 4 Wed 16 Dec 15:00 Sender else@example.net : "
        "Re: &lt;b&gt;Invitation&lt;/b&gt; we are away The mail was sent from another address than the "
        "invitation went to. Invitations get forwarded. Accept the answer Dismiss" in said
    )
    assert "No answer in it Sender a@example.net : hello This mail carries no calendar answer" in said
    assert "2 mails to judge" in spoken(await look(client, "/"))
    assert "Mail came in: Declined Hanoi Waits for a person · we are away" in spoken(
        await look(client, f"/sessions/{ref}")
    )

    first, second = await services.database.read(
        lambda db: [mail.id for mail in reversed(letterbox.listed(db, states=[*LetterState], limit=9))]
    )
    assert "Stored: Hanoi, Declined." in await send(client, f"/replies/{first}/accept", {})
    found = next(
        each for each in (await session(services, hana, ref)).stored.seats if each.station == "VNM-HAN"
    )
    assert (found.answer, found.withdrawn, found.words) == (Answer.DECLINED, True, "we are away")
    assert "Laid aside. It changed nothing." in await send(client, f"/replies/{second}/dismiss", {})
    assert "No mail waits." in await look(client, "/replies")
    every = spoken(await look(client, "/replies?all=1"))
    assert "Accepted by hana@example.org" in every
    assert "Laid aside by hana@example.org" in every

    for act in ("accept", "dismiss"):
        again = await send(client, f"/replies/{first}/{act}", {}, 409)
        assert "Somebody has decided about mail" in again
    for number in ("99", "0", "x", "9" * 30):
        await send(client, f"/replies/{number}/dismiss", {}, 404)


async def test_an_answer_that_cannot_stand_is_not_taken_from_a_mail(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    await forwarded(services, hana, ref, "1")
    await cancel_session(services, hana, ref, "off")
    said = await send(client, "/replies/1/accept", {}, 409)
    assert "is cancelled, so this cannot be done" in said
    assert "Accept the answer" in said


async def test_pages_of_acts_in_japanese(client: Client, services: Services, hana: Actor, kim: Actor) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    await answer_seat(services, hana, ref, "VNM-HAN", answer=Answer.DECLINED)
    await ask(services, kim)
    for path, words in (
        (f"/sessions/{ref}", "ハノイは不参加です（今日09:00）。 残りは2拠点で、セッションは成立します。"),
        (f"/sessions/{ref}", "ハノイを外して他の拠点に知らせる"),
        (f"/sessions/{ref}", "今日 09:00 不参加（プログラムから） ハノイ 入力：Hana"),
        (f"/sessions/{ref}/cancel", "2件の宛先に、予定を取り消すメールを送ります。"),
        (f"/sessions/{ref}/message", "2件の宛先に1通ずつ送ります。ほかの宛先は表示されません。"),
        (f"/sessions/{ref}/answer?part=BGD-DAC", "ダッカの回答"),
        ("/requests", "申請：Kim、今日09:00 承認 変える 承認しない"),
        ("/replies", "確認待ちのメールはありません。"),
        ("/", "対応待ち"),
    ):
        mark = "&" if "?" in path else "?"
        assert words in spoken(await look(client, f"{path}{mark}lang=ja")), path
    await refuse_session(services, hana, "JN-2026-000002", "no")
