"""What the pages let people do with a session: each act, who may, what is refused and what is kept."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from jicanet.core.actor import STRANGER, Actor, Role
from jicanet.mail.tables import outbox
from jicanet.scheduler.domain.model import GuestRequest, PersonRequest, SeatRequest
from jicanet.scheduler.domain.words import Answer, PersonRole, Visibility
from jicanet.scheduler.service import (
    answer_seat,
    book_session,
    cancel_session,
    session,
)
from jicanet.services import Services
from tests.support.acts import (
    CSRF,
    HEADERS,
    book,
    browser,
    hidden,
    look,
    send,
    spoken,
    state,
)
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.sessions import counts, found_network, shelve, sites, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services)
    await shelve(services)
    return await user(services)


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
        "Sites that remain: 2. The quorum is 2, so the session stands. Of the sites only the host has been told."
        in said
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
        "The session stands as it is. Of the sites only the host has been told." in said
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
    assert "The host is told." in await send(
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
    there = f"Hanoi (VNM-HAN) has {rival} “The rival” on Wed 16 Dec 14:00–15:30, Hanoi time."

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
    seen = hidden(await look(client, f"/sessions/{ref}/add?part=PER-LIM"), "seen")
    added = await send(client, f"/sessions/{ref}/add", {"part": "PER-LIM", "seen": seen})
    assert "Changed. 3 mails are on their way." in added
    await cancel_session(services, hana, ref, "then not")
    await book(services, hana, "JPN-TIC", host="KEN-NBO", title="In between")
    restored = await send(client, f"/sessions/{ref}/restore", {}, 409)
    assert "Tokyo is taken at that time." in restored
    assert "In between" in restored


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
    for actor in (STRANGER, guest):
        async with browser(services, actor) as client:
            html = await look(client, f"/sessions/{ref}")
            assert not re.findall(rf'(?:href|action)="/sessions/{ref}/', html)
            assert "private words" not in html
            assert "has been told" not in html
            assert (await client.get("/requests", headers=HEADERS)).status in {401, 403}
            assert (await client.get("/replies", headers=HEADERS)).status in {401, 403}


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
