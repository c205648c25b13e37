"""S13 over HTTP: a site drops out shortly before, the quorum is lost, the host declines, the whole is cancelled."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from functools import cache
from typing import Any

import icalendar
import pytest

from jicanet.app import renderers
from jicanet.mail.delivery import deliver
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_by_token
from tests.support.desk import COORDINATOR, Desk, Mail, chief, seat_of
from tests.support.feeds import feed
from tests.support.reference import Site

HOST, GONE = "JPN-TIC", "EGY-CAI"
OTHERS = ["KEN-NBO", "LKA-CMB", "THA-BKK"]
LEE = {"role": "interpreter", "name": "Mr Lee", "email": "lee@example.org", "language": "ja"}
RENDERERS = cache(renderers)


@dataclass(frozen=True)
class Hour:
    """When a session starts, and when the site drops out."""

    start: dict[str, Any]
    at: datetime


HOURS = {
    "one_hour_before": Hour(
        {"local": "2026-12-09T16:00", "zone": "Asia/Tokyo"}, datetime(2026, 12, 9, 6, 0, tzinfo=UTC)
    ),
    "a_second_before": Hour(
        {"local": "2026-12-09T16:00", "zone": "Asia/Tokyo"}, datetime(2026, 12, 9, 6, 59, 59, tzinfo=UTC)
    ),
    "at_once": Hour({"local": "2026-12-09T16:00", "zone": "Asia/Tokyo"}, datetime(2026, 12, 1, tzinfo=UTC)),
    "over_new_year": Hour(
        {"local": "2027-01-01T01:30", "zone": "Africa/Cairo"}, datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    ),
    "by_a_clock_that_went_back": Hour(
        {"local": "2027-10-28T23:30", "zone": "Africa/Cairo", "fold": 1},
        datetime(2027, 10, 28, 20, 45, tzinfo=UTC),
    ),
}


# Clocks are the same on either database.
pytestmark = pytest.mark.parametrize(
    ("network_url", "hour"),
    [
        *(("sqlite", name) for name in HOURS),
        ("postgresql", "one_hour_before"),
        ("postgresql", "a_second_before"),
    ],
    indirect=True,
)


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


@pytest.fixture
def hour(request: pytest.FixtureRequest) -> Hour:
    return HOURS[request.param]


async def course(desk: Desk, hour: Hour, **more: Any) -> dict[str, Any]:
    """Book five sites with a quorum of three, an interpreter and a recording; all invitations are delivered."""
    body = await desk.book(
        host=HOST,
        stations=[GONE, *OTHERS],
        start=hour.start,
        quorum=3,
        recording=True,
        interpretation="ja-en",
        people=[LEE],
        **more,
    )
    await sent(desk)
    await desk.mails()
    return body


async def sent(desk: Desk) -> dict[str, list[Any]]:
    """Deliver what is owed; return the letters by recipient, in order."""
    mailer: Any = desk.services.mailer
    mailer.sent.clear()
    while (await deliver(desk.services, RENDERERS(), worker="test")).total:
        pass
    found: dict[str, list[Any]] = {}
    for _, to, content in mailer.sent:
        letter = message_from_bytes(content, policy=policy.default)
        found.setdefault(to.removesuffix("@stations.invalid"), []).append(letter)
    return found


def event_of(letter: Any) -> tuple[str, Any]:
    """Return METHOD and event of a letter's calendar part."""
    part = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    calendar = icalendar.Calendar.from_ical(part.get_content().encode())
    return str(calendar["METHOD"]), calendar.events[0]


async def test_a_site_drops_out_and_only_those_concerned_hear_of_it(desk: Desk, hour: Hour) -> None:
    body = await course(desk, hour)
    ref, starts = body["ref"], datetime.fromisoformat(body["starts_at"])
    gone_feed, host_feed = await feed(desk.site, GONE), await feed(desk.site, HOST)
    assert ([*(await gone_feed.read()).events], await desk.ports_at(starts)) == ([await desk.uid(ref)], 6)
    desk.clock.instant = hour.at
    token = desk.token(await desk.uid(ref), "egy-cai@stations.invalid")
    await answer_by_token(desk.services, token, Answer.DECLINED, "No power")

    after = await desk.get(ref)
    assert (after["status"], after["sequence"], after["reasons"]) == ("confirmed", 1, [])
    assert seat_of(after, GONE) == {
        **seat_of(body, GONE),
        "answer": "declined",
        "withdrawn": True,
        "words": "No power",
        "answered_at": f"{hour.at:%Y-%m-%dT%H:%M:%SZ}",
        "answered_via": "link",
    }
    assert [seat["withdrawn"] for seat in after["seats"]].count(False) == 4
    assert await desk.ports_at(starts) == 5
    rows = await desk.rows()
    await answer_by_token(desk.services, token, Answer.DECLINED, "No power")
    assert await desk.rows() == rows

    letters = await sent(desk)
    assert {to: len(got) for to, got in letters.items()} == {"egy-cai": 1, "jpn-tic": 1, COORDINATOR: 1}
    method, event = event_of(letters["egy-cai"][0])
    assert (method, int(event["SEQUENCE"]), "STATUS" in event) == ("CANCEL", 1, False)
    assert event["ATTENDEE"] == "mailto:egy-cai@stations.invalid"
    for to in ("jpn-tic", COORDINATOR):
        parts = {part.get_content_type() for part in letters[to][0].walk()}
        assert "text/calendar" not in parts
        assert "No power" in letters[to][0].get_body(("plain",)).get_content()
    assert [*(await gone_feed.read()).events] == []
    assert [int(each["SEQUENCE"]) for each in (await host_feed.read()).events.values()] == [1]


async def test_the_coordinator_removes_the_site_and_the_others_hear_of_it_then(
    desk: Desk, hour: Hour
) -> None:
    ref = (await course(desk, hour))["ref"]
    desk.clock.instant = hour.at
    await desk.reply(ref, GONE, "declined")
    [cancelled] = [event_of(letter)[1] for letter in (await sent(desk))["egy-cai"]]
    await desk.mails()
    removed = await desk.changed(ref, stations=OTHERS)
    assert [each["code"] for each in removed["stations"]] == [HOST, *OTHERS]
    assert removed["sequence"] == 1
    kept = [
        Mail("request", to, 0, "changed", "NEEDS-ACTION")
        for to in ("jpn-tic", "ken-nbo", "lka-cmb", "tha-bkk")
    ]
    assert await desk.mails() == kept
    letters = await sent(desk)
    assert [*letters] == [mail.to for mail in kept]
    for [letter] in letters.values():
        method, event = event_of(letter)
        assert (method, int(event["SEQUENCE"])) == ("REQUEST", 0)
        # The same SEQUENCE, a later DTSTAMP: clients take it for the newer one.
        assert event["DTSTAMP"].dt > cancelled["DTSTAMP"].dt >= hour.at


async def test_a_site_comes_back_in_time(desk: Desk, hour: Hour) -> None:
    ref = (await course(desk, hour))["ref"]
    desk.clock.instant = hour.at
    token = desk.token(await desk.uid(ref), "egy-cai@stations.invalid")
    for answer in (Answer.DECLINED, Answer.ACCEPTED, Answer.DECLINED, Answer.TENTATIVE):
        await answer_by_token(desk.services, token, answer, "")
    own = [mail for mail in await desk.mails() if mail.to == "egy-cai"]
    assert own == [
        Mail("cancel", "egy-cai", 1, "declined"),
        Mail("request", "egy-cai", 2, "", "ACCEPTED"),
        Mail("cancel", "egy-cai", 3, "declined"),
        Mail("request", "egy-cai", 4, "", "TENTATIVE"),
    ]
    events = [event_of(letter) for letter in (await sent(desk))["egy-cai"]]
    assert [(method, int(event["SEQUENCE"])) for method, event in events] == [
        ("CANCEL", 1),
        ("REQUEST", 2),
        ("CANCEL", 3),
        ("REQUEST", 4),
    ]
    stamps = [event["DTSTAMP"].dt for _, event in events]
    assert stamps == sorted({*stamps})
    assert seat_of(await desk.get(ref), GONE)["answer"] == "tentative"


async def test_the_host_declines_and_the_coordinator_cancels(desk: Desk, hour: Hour) -> None:
    body = await course(desk, hour)
    ref, uid = body["ref"], await desk.uid(body["ref"])
    feeds = [await feed(desk.site, code) for code in (HOST, GONE, OTHERS[0])]
    desk.clock.instant = hour.at
    await desk.reply(ref, GONE, "declined")
    token = desk.token(uid, "jpn-tic@stations.invalid")
    await answer_by_token(desk.services, token, Answer.DECLINED, "The room is flooded")
    asked = await desk.get(ref)
    assert (asked["status"], asked["sequence"]) == ("needs-attention", 2)
    assert asked["reasons"] == [{"code": "host_declined", "site": HOST, "acknowledged": False}]
    mails = await desk.mails()
    assert mails[-2:] == [Mail("cancel", "jpn-tic", 2, "declined"), Mail("declined", COORDINATOR)]
    # Nothing is automatic: it occupies as before, and the others are not told.
    assert await desk.ports_at(datetime.fromisoformat(body["starts_at"])) == 4
    await sent(desk)

    gone = await desk.done(ref, "cancel", reason="No host")
    assert (gone["status"], gone["reasons"], gone["sequence"]) == ("cancelled", [], 3)
    told = [
        Mail("cancel", to, 3, "cancelled", "whole") for to in ("ken-nbo", "lka-cmb", "tha-bkk", LEE["email"])
    ]
    assert await desk.mails() == told
    assert await desk.ports_at(datetime.fromisoformat(body["starts_at"])) == 0
    for to, [letter] in (await sent(desk)).items():
        method, event = event_of(letter)
        assert (method, event["STATUS"], int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 3), to
    shown = [(await each.read()).events for each in feeds]
    # Those who declined have lost it from their calendar; who was in it sees that it is cancelled.
    assert [*map(len, shown)] == [0, 0, 1]
    assert (str(shown[2][uid]["STATUS"]), int(shown[2][uid]["SEQUENCE"])) == ("CANCELLED", 3)
    desk.clock.advance(days=29, hours=23)
    assert uid in (await feeds[2].read()).events


async def test_a_lost_quorum_is_the_coordinators_affair(desk: Desk, hour: Hour) -> None:
    body = await course(desk, hour)
    ref = body["ref"]
    desk.clock.instant = hour.at
    for number, code in enumerate((GONE, OTHERS[0], OTHERS[1]), start=1):
        await desk.reply(ref, code, "declined")
        session = await desk.get(ref)
        lost = number > 2
        assert session["status"] == ("needs-attention" if lost else "confirmed"), code
        assert [reason["code"] for reason in session["reasons"]] == (["quorum_lost"] if lost else [])
    mails = await desk.mails()
    assert [mail.to for mail in mails if mail.kind == "cancel"] == ["egy-cai", "ken-nbo", "lka-cmb"]
    assert {mail.to for mail in mails if mail.kind == "declined"} == {"jpn-tic"}
    if hour is HOURS["a_second_before"]:
        return
    # One comes back and the reason ends by itself.
    back = (await desk.reply(ref, OTHERS[0], "accepted")).body
    assert (back["status"], back["reasons"]) == ("confirmed", [])
