"""What waits for a person: requests and holds to decide about, and mails that nobody could believe."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from jicanet.core.actor import Actor
from jicanet.mail.model import LetterState
from jicanet.mail.store import letterbox
from jicanet.scheduler.domain.words import Answer, Status
from jicanet.scheduler.service import (
    answer_seat,
    cancel_session,
    ingest,
    refuse_session,
    session,
)
from jicanet.services import Services
from tests.support.acts import (
    address,
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
from tests.support.sessions import found_network, shelve, statements, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services)
    await shelve(services)
    return await user(services)


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
        "invitation went to. Invitations get forwarded. The mail as a file (.eml) Accept the answer Dismiss"
        in said
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
    with statements() as seen:
        assert "Laid aside. It changed nothing." in await look(client, f"/replies?done={second}")
    # The one that was decided, and the page.
    assert len([each for each in seen if "FROM inbound_mail" in each]) == 2
    assert len([each for each in seen if "LIMIT" in each]) == 1
    assert "Laid aside. It" not in await look(client, "/replies?done=99")
    assert "No mail waits." in await look(client, "/replies")
    every = spoken(await look(client, "/replies?all=1"))
    assert "Accepted by hana@example.org" in every
    assert "Laid aside by hana@example.org" in every

    for act in ("accept", "dismiss"):
        again = await send(client, f"/replies/{first}/{act}", {}, 409)
        assert "Somebody has decided about mail" in again
    for number in ("99", "0", "x", "9" * 30):
        await send(client, f"/replies/{number}/dismiss", {}, 404)


async def test_who_judges_a_mail_gets_it_as_it_came_and_nobody_else_does(
    client: Client, services: Services, kim: Actor
) -> None:
    raw = b"From: a@example.net\r\nSubject: hello\r\n\r\n<script>alert(1)</script>\r\n\xff\x00"
    await ingest(services, raw)
    html = await look(client, "/replies")
    assert '<a href="/replies/1/mail.eml">' in html
    assert "Only its beginning was kept." not in html

    answer = await client.get("/replies/1/mail.eml")

    assert (answer.status, await answer.read()) == (200, raw)
    # A browser must not take a stranger's bytes for a page of ours.
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mail-1.eml"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    for number in ("2", "0", "x", "9" * 30):
        await look(client, f"/replies/{number}/mail.eml", 404)
    async with browser(services, kim) as other:
        await look(other, "/replies/1/mail.eml", 403)


async def test_the_page_says_where_a_mail_was_not_kept_whole(client: Client, services: Services) -> None:
    kept = services.settings.inbound_kept_bytes
    large = services.settings.inbound_message_bytes
    await ingest(services, b"From: a@example.net\r\n\r\n" + b"x" * large)
    assert "Only its beginning was kept." in await look(client, "/replies")
    assert len(await (await client.get("/replies/1/mail.eml")).read()) == kept


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
