"""A session's whole life as it stands in calendars: every mail of every step, by programs that are not ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import icalendar
import pytest

from jicanet.app import renderers
from jicanet.mail.delivery import deliver
from tests.support.calendars import lines, values
from tests.support.feeds import BODY, act, change, feed, later, reply
from tests.support.libical import LibicalMissing, complaints
from tests.support.missing import left_out
from tests.support.node import READERS, NodePackagesMissing, read_by
from tests.support.reference import Site

# What calendars say is made from the same rows whatever database keeps them.
pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

TOKYO, NAIROBI, HANOI, LIMA = (
    f"{code}@stations.invalid" for code in ("jpn-tic", "ken-nbo", "vnm-han", "per-lim")
)
SATO, MINISTRY = "sato@example.org", "it@moh.example"
WHOLE = {
    **BODY,
    "people": [{"role": "lecturer", "name": "Dr Sato", "email": SATO, "zone": "Asia/Tokyo"}],
    "guest_sites": [
        {"organisation": "Ministry", "city": "Nairobi", "zone": "Africa/Nairobi", "email": MINISTRY}
    ],
}
EVERYBODY = {TOKYO, NAIROBI, HANOI, SATO, MINISTRY}


@dataclass(frozen=True)
class Sent:
    """One mail: to whom, from whom, in which step, and when the session then was."""

    step: str
    to: str
    sender: str
    mail: EmailMessage
    calendar: bytes
    starts_at: datetime
    minutes: int


@dataclass(frozen=True)
class Life:
    """All mails of a life in the order in which they left, and the session's UID."""

    sent: Sequence[Sent]
    uid: str

    def to(self, address: str) -> list[Sent]:
        return [each for each in self.sent if each.to == address]


class Teller:
    """Does one step after the other and collects the mails of each."""

    def __init__(self, site: Site) -> None:
        self.site, self.sent, self._seen = site, list[Sent](), 0

    async def step(self, name: str, session: Mapping[str, Any]) -> None:
        report = await deliver(self.site.services, renderers(), worker="tests")
        assert (report.failed, report.later) == (0, 0)
        mailer: Any = self.site.services.mailer
        new, self._seen = mailer.sent[self._seen :], len(mailer.sent)
        for sender, to, content in new:
            mail = message_from_bytes(content, policy=default)
            parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
            if not parts:  # a plain mail: somebody declined
                continue
            [part] = parts
            calendar = part.get_payload(decode=True)
            assert isinstance(calendar, bytes)
            starts_at = datetime.fromisoformat(session["starts_at"])
            self.sent.append(Sent(name, to, sender, mail, calendar, starts_at, session["minutes"]))
        later(self.site)


async def lived(site: Site) -> Life:
    """Return the mails of a session that is booked, moved, renamed, declined, regained, cancelled and restored."""
    booked = await site.book(WHOLE)
    session = await booked.json()
    assert booked.status == 201, session
    ref, teller = session["ref"], Teller(site)
    await teller.step("booked", session)
    moved = await change(site, ref, start={"local": "2026-12-10T16:00", "zone": "Asia/Tokyo"}, minutes=90)
    await teller.step("moved", moved)
    await reply(site, ref, "VNM-HAN", "accepted")
    await teller.step("accepted", moved)
    await teller.step("renamed", await change(site, ref, title="Kaizen; 改善, round \\3"))
    await teller.step("swapped", await change(site, ref, stations=["JPN-TIC", "VNM-HAN", "PER-LIM"]))
    await reply(site, ref, "PER-LIM", "declined")
    await teller.step("declined", moved)
    await teller.step("regained", await change(site, ref, stations=["JPN-TIC", "VNM-HAN", "KEN-NBO"]))
    await teller.step("cancelled", await act(site, ref, "cancel", reason="The lecturer is ill"))
    await teller.step("restored", await act(site, ref, "restore"))
    [uid] = (await (await feed(site)).read()).events
    return Life(teller.sent, uid)


def read(parser: str, calendars: Sequence[bytes]) -> list[dict[str, Any]]:
    try:
        return read_by(parser, [each.decode() for each in calendars])
    except NodePackagesMissing as missing:
        left_out(str(missing))


async def test_each_step_is_told_to_those_whom_it_concerns_by_its_method(site: Site) -> None:
    life = await lived(site)

    told: dict[str, dict[str, str]] = {}
    for each in life.sent:
        told.setdefault(each.step, {})[each.to] = values(each.calendar, "METHOD")[0]
    sites = {TOKYO, HANOI, MINISTRY}
    assert told == {
        "booked": dict.fromkeys(EVERYBODY, "REQUEST"),
        "moved": dict.fromkeys(EVERYBODY, "REQUEST"),
        "renamed": dict.fromkeys(EVERYBODY - {SATO}, "REQUEST"),  # people hear of time and place
        "swapped": {**dict.fromkeys({*sites, LIMA}, "REQUEST"), NAIROBI: "CANCEL"},
        "declined": {LIMA: "CANCEL"},
        "regained": dict.fromkeys({*sites, NAIROBI}, "REQUEST"),
        "cancelled": dict.fromkeys(EVERYBODY, "CANCEL"),
        "restored": dict.fromkeys(EVERYBODY, "REQUEST"),
    }


async def test_every_mail_of_every_step_carries_one_calendar_of_its_method(site: Site) -> None:
    for each in (await lived(site)).sent:
        [part] = [part for part in each.mail.walk() if part.get_content_type() == "text/calendar"]
        assert part["Content-Type"].params["method"] == values(each.calendar, "METHOD")[0]
        assert part["Content-Type"].params["charset"] == "utf-8"
        assert part["Content-Disposition"] is None
        lines(each.calendar)  # CRLF, at most 75 octets, no fold inside a character


async def test_libical_accepts_every_mail_of_every_step(site: Site) -> None:
    life = await lived(site)
    try:
        found = complaints([each.calendar for each in life.sent])
    except LibicalMissing as missing:
        left_out(str(missing))
    assert {(each.step, each.to): said for each, said in zip(life.sent, found, strict=True) if said} == {}


@pytest.mark.parametrize("parser", READERS)
async def test_one_uid_and_a_rising_order_for_life(site: Site, parser: str) -> None:
    life = await lived(site)
    found = read(parser, [each.calendar for each in life.sent])
    seen: dict[str, list[tuple[int, str]]] = {}
    for each, calendar in zip(life.sent, found, strict=True):
        [event] = calendar["events"]
        assert event["uid"] == life.uid
        assert event["organizer"] == f"mailto:{each.sender}"
        assert [one["address"] for one in event["attendees"]] == [f"mailto:{each.to}"]
        starts, ends = (datetime.fromisoformat(event[name]) for name in ("starts", "ends"))
        assert (starts, ends) == (each.starts_at, each.starts_at + timedelta(minutes=each.minutes))
        stamp = values(each.calendar, "DTSTAMP")[0]
        assert stamp.endswith("00Z"), "whole seconds, and here whole minutes"
        seen.setdefault(each.to, []).append((event["sequence"], stamp))
    for address, order in seen.items():
        assert [sequence for sequence, _ in order] == sorted(sequence for sequence, _ in order), address
        assert [stamp for _, stamp in order] == sorted({stamp for _, stamp in order}), address
        assert len({each.sender for each in life.to(address)}) == 1
    assert len({each.sender for each in life.sent}) == len(seen)


async def test_sequence_rises_with_time_place_and_end_and_with_nothing_else(site: Site) -> None:
    life = await lived(site)
    steps = {each.step: int(values(each.calendar, "SEQUENCE")[0]) for each in life.to(HANOI)}
    assert steps == {
        "booked": 0,
        "moved": 1,
        "renamed": 1,
        "swapped": 1,
        "regained": 1,
        "cancelled": 5,
        "restored": 6,
    }
    assert [(each.step, values(each.calendar, "SEQUENCE")) for each in life.to(LIMA)] == [
        ("swapped", ["2"]),
        ("declined", ["3"]),
    ]


async def test_only_the_end_of_the_whole_says_cancelled(site: Site) -> None:
    life = await lived(site)
    for each in life.sent:
        status = values(each.calendar, "STATUS")
        if each.step == "cancelled":
            assert status == ["CANCELLED"]
        elif values(each.calendar, "METHOD") == ["CANCEL"]:
            assert status == []
        else:
            assert status == ["CONFIRMED"]


async def test_an_answer_that_is_kept_stands_in_the_next_invitation(site: Site) -> None:
    life = await lived(site)

    def partstat(each: Sent) -> str:
        [attendee] = icalendar.Calendar.from_ical(each.calendar).events[0].attendees
        return str(attendee.params.get("PARTSTAT", ""))

    assert [(each.step, partstat(each)) for each in life.to(HANOI)] == [
        ("booked", "NEEDS-ACTION"),
        ("moved", "NEEDS-ACTION"),
        ("renamed", "ACCEPTED"),
        ("swapped", "ACCEPTED"),
        ("regained", "ACCEPTED"),
        ("cancelled", ""),
        ("restored", "NEEDS-ACTION"),
    ]
