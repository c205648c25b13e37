"""Adding a station on its page: nobody adds before hours, clashes and mails were shown, and looking changes nothing."""

import re
from datetime import timedelta

import pytest

from jicanet.core.actor import Actor, Role
from jicanet.scheduler.domain.model import SeatRequest
from jicanet.scheduler.domain.words import Answer, Status
from jicanet.scheduler.service import ANY, answer_seat, cancel_session, change_session, session
from jicanet.services import Services
from tests.support.acts import HEADERS, book, browser, look, spoken
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.forms import Shown, shown
from tests.support.forms import look as open_page
from tests.support.sessions import counts, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def press(client: Client, page: Shown) -> Shown:
    """Send the form that adds as it stands."""
    sent = await client.post(page.form.action, data=page.form.fields, headers=HEADERS, allow_redirects=False)
    return await shown(sent)


def adds(page: Shown) -> list[str]:
    """Return what the buttons of the form that adds say."""
    main = page.html[page.html.index("<main") :]
    forms = re.findall(r'<form method="post".*?</form>', main, flags=re.DOTALL)
    return [words for form in forms for words in re.findall(r"<button[^>]*>([^<]+)</button>", form)]


async def codes(services: Services, hana: Actor, ref: str) -> tuple[str, ...]:
    return (await session(services, hana, ref)).stored.codes


async def test_a_station_is_chosen_looked_at_and_then_added(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", start=at("2026-12-16T09:00"))
    before = await counts(services)
    empty = await open_page(client, f"/sessions/{ref}/add")
    assert adds(empty) == []
    assert re.findall(r'<option value="([A-Z-]+)"', empty.html) == ["BGD-DAC", "PER-LIM", "KEN-NBO"]

    page = await open_page(client, f"/sessions/{ref}/add?part=PER-LIM")
    assert page.status == 200
    # The new site first, by its own clock and calendar; then the ticket that the form of a change has.
    assert "Lima 19:00–20:30 −1 day 3 h 30 min outside hours" in page.words
    assert "Wednesday 16 December 2026 09:00 –10:30 Tokyo" in page.words
    assert "Lima is asked to consent." in page.words
    assert "Hanoi 07:00–08:30 90 min outside hours. ? Lima" in page.words
    assert "Ports 3 , 96 are free Mails when added 3 in Japanese and English · Changed: 2" in page.words
    assert "3 mails are sent: Tokyo 変更：12/16（水）09:00 東京" in page.words
    assert "Lima Tue 15 Dec 19:00 Lima: Remote Sensing, day 4" in page.words
    assert adds(page) == ["Add and send 3 mails"]
    assert await counts(services) == before

    done = await press(client, page)
    assert (done.status, done.location) == (303, f"/sessions/{ref}?done=2")
    assert "Changed. 3 mails are on their way." in spoken(await look(client, done.location))
    assert await codes(services, hana, ref) == ("JPN-TIC", "VNM-HAN", "PER-LIM")
    again = await press(client, page)
    assert (again.status, again.location) == (303, f"/sessions/{ref}")
    assert (await counts(services))["outbox"] == before["outbox"] + 3


async def test_the_ticket_is_the_one_of_the_form_that_changes(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    form = (await open_page(client, f"/sessions/{ref}/change")).form.fill("add_station", "BGD-DAC")
    changed = await form.press(client, "check")
    added = await open_page(client, f"/sessions/{ref}/add?part=BGD-DAC")

    def sites(page: Shown) -> str:
        start = page.html.index('<div class="tear hero">')
        return page.html[start : page.html.index('<dl class="tear">', start)]

    assert "Victory Day. Dhaka is asked to consent." in changed.words
    assert sites(added) == sites(changed)


async def test_what_is_in_the_way_is_shown_before_and_nothing_offers_to_add(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    rival = await book(services, hana, host="KEN-NBO", title="At <noon>")
    page = await open_page(client, f"/sessions/{ref}/add?part=KEN-NBO")
    assert page.status == 200
    assert "Nairobi is taken at that time. Nairobi (KEN-NBO) has" in page.words
    assert f"{rival} “At <noon>” on Wed 16 Dec 09:00–10:30" in page.words
    assert f'<a href="/sessions/{rival}">' in page.html
    assert '<option value="KEN-NBO" selected>' in page.html
    assert adds(page) == []
    assert "mails are sent" not in page.words
    refused = await press(client, page)
    assert (refused.status, "Nairobi is taken at that time." in refused.words) == (409, True)
    assert '<option value="KEN-NBO" selected>' in refused.html
    assert f'<a href="/sessions/{rival}">' in refused.html

    await cancel_session(services, hana, rival, "moved")
    free = await open_page(client, f"/sessions/{ref}/add?part=ken-nbo")
    assert adds(free) == ["Add and send 3 mails"]


@pytest.mark.parametrize("status", [Status.HOLD, Status.REQUESTED])
async def test_where_nobody_is_told_no_mail_is_promised(
    client: Client, services: Services, hana: Actor, status: Status
) -> None:
    ref = await book(services, hana, "VNM-HAN", status=status)
    before = await counts(services)
    page = await open_page(client, f"/sessions/{ref}/add?part=BGD-DAC")
    assert "Mails when added none" in page.words
    assert "asked to consent" not in page.words
    assert adds(page) == ["Add the station"]
    done = await press(client, page)
    assert (done.status, done.location) == (303, f"/sessions/{ref}?done=2")
    assert (await counts(services))["outbox"] == before["outbox"]


async def test_a_request_gains_a_station_that_others_have_and_the_page_says_so(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", status=Status.REQUESTED)
    rival = await book(services, hana, host="KEN-NBO")
    page = await open_page(client, f"/sessions/{ref}/add?part=KEN-NBO")
    assert f"Nairobi (KEN-NBO) has {rival}" in page.words
    assert adds(page) == ["Add the station"]
    assert (await press(client, page)).status == 303


async def test_hours_that_nobody_has_seen_are_shown_before_anybody_is_asked(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    page = await open_page(client, f"/sessions/{ref}/add?part=PER-LIM")
    page.form.fill("seen", "")
    told = await press(client, page)
    assert told.status == 200
    assert "There is something to know first. Press the button again if it is right." in told.words
    assert "Lima 01:00–02:30" in told.words
    assert await codes(services, hana, ref) == ("JPN-TIC", "VNM-HAN")
    assert (await press(client, told)).location == f"/sessions/{ref}?done=2"


async def test_a_session_that_changed_since_the_look_is_looked_at_again(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    page = await open_page(client, f"/sessions/{ref}/add?part=KEN-NBO")
    theirs = {"stations": (SeatRequest(station="VNM-HAN"), SeatRequest(station="BGD-DAC"))}
    await change_session(services, hana, ref, theirs, match=ANY)
    behind = await press(client, page)
    assert behind.status == 412
    assert f"{ref} has been changed since you opened this page." in behind.words
    assert '<option value="KEN-NBO" selected>' in behind.html
    assert adds(behind) == ["Add and send 4 mails"]
    assert "BGD-DAC" in await codes(services, hana, ref)
    assert (await press(client, behind)).location == f"/sessions/{ref}?done=3"


async def test_what_cannot_be_chosen_is_told_at_the_field(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    wrong = await open_page(client, f"/sessions/{ref}/add?part=NOW-HERE")
    assert (wrong.status, adds(wrong)) == (422, [])
    assert "NOW-HERE" in wrong.words
    sent = await open_page(client, f"/sessions/{ref}/add?part=KEN-NBO")
    sent.form.fill("part", "NOW-HERE")
    assert (await press(client, sent)).status == 422
    there = await open_page(client, f"/sessions/{ref}/add?part=VNM-HAN")
    assert (there.status, there.location) == (303, f"/sessions/{ref}")
    assert adds(await open_page(client, f"/sessions/{ref}/add?part=")) == []


async def test_a_station_that_declined_or_was_removed_is_asked_anew(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "KEN-NBO")
    await answer_seat(services, hana, ref, "KEN-NBO", answer=Answer.DECLINED)
    await change_session(services, hana, ref, {"stations": (SeatRequest(station="VNM-HAN"),)}, match=ANY)
    page = await open_page(client, f"/sessions/{ref}/add?part=KEN-NBO")
    assert adds(page) == ["Add and send 3 mails"]
    await press(client, page)
    seat = next(each for each in (await session(services, hana, ref)).stored.listed if each.key == "KEN-NBO")
    assert (seat.live, seat.answer) == (True, Answer.NEEDS_ACTION)


async def test_too_late_is_told_instead_of_a_form(
    client: Client, services: Services, hana: Actor, clock: FakeClock
) -> None:
    ref = await book(services, hana, "VNM-HAN")
    page = await open_page(client, f"/sessions/{ref}/add?part=KEN-NBO")
    clock.instant = (await session(services, hana, ref)).session.starts_at + timedelta(minutes=1)
    late = await press(client, page)
    assert (late.status, "has begun or is over" in late.words) == (409, True)


async def test_who_may_not_change_a_session_sees_no_judgement_of_it(services: Services, hana: Actor) -> None:
    ref = await book(services, hana, "VNM-HAN")
    kim = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    async with browser(services, kim) as client:
        page = await open_page(client, f"/sessions/{ref}/add?part=KEN-NBO")
    assert page.status == 403
    assert "Nairobi" not in page.words


async def test_the_page_speaks_japanese(client: Client, services: Services, hana: Actor) -> None:
    ref = await book(services, hana, "VNM-HAN")
    page = await open_page(client, f"/sessions/{ref}/add?part=PER-LIM&lang=ja")
    assert "追加時のメール 3" in page.words
    assert adds(page) == ["加えて3通のメールを送る"]
