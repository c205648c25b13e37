"""One booking in the feed, the file of one and the mail, as parsers that are not ours read them: the same event."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jicanet.app import renderers
from jicanet.mail.delivery import deliver
from tests.support.missing import left_out
from tests.support.node import READERS, NodePackagesMissing, read_by
from tests.support.reference import Site

# What calendars say is made from the same rows whatever database keeps them.
pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

HOST, MINUTES = "JPN-TIC", 40
MATERIALS = ["JN-M001", "JN-M025"]
# Station, its zone, wall time there; fold where the clock shows it twice.
BOOKED: list[tuple[str, str, str, int | None]] = [
    ("NPL-KTM", "Asia/Kathmandu", "2026-12-15T10:00", None),
    ("MMR-RGN", "Asia/Yangon", "2026-12-16T09:30", None),
    ("IRN-THR", "Asia/Tehran", "2026-12-19T08:15", None),
    ("WSM-APW", "Pacific/Apia", "2027-01-05T08:00", None),
    ("PER-LIM", "America/Lima", "2027-01-05T20:00", None),
    ("MAR-RBA", "Africa/Casablanca", "2027-02-07T10:00", None),
    ("MAR-RBA", "Africa/Casablanca", "2027-03-14T10:00", None),
    ("PSE-RML", "Asia/Hebron", "2027-03-27T10:00", None),
    ("EGY-CAI", "Africa/Cairo", "2027-04-30T01:00", None),
    ("FSM-PNI", "Pacific/Pohnpei", "2027-05-05T10:00", None),
    ("SRB-BEG", "Europe/Belgrade", "2027-10-31T02:30", 0),
    ("SRB-BEG", "Europe/Belgrade", "2027-10-31T02:30", 1),
]
TITLE = "衛星画像, GIS; day \\4 " + "長い題名" * 20


def instant(zone: str, local: str, fold: int | None) -> datetime:
    """Return the instant of a wall time as Python's own zones have it."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold or 0).astimezone(UTC)


async def book_all(site: Site) -> list[dict[str, Any]]:
    sessions = []
    for number, (station, zone, local, fold) in enumerate(BOOKED):
        body = {
            "title": f"{TITLE} ({number})",
            "host": HOST,
            "stations": [station],
            "start": {"local": local, "zone": zone, **({} if fold is None else {"fold": fold})},
            "minutes": MINUTES,
            "materials": MATERIALS,
            "join": {"url": "https://meet.example.org/1?a=b"},
            "visibility": "public",
        }
        answer = await site.book(body)
        assert answer.status == 201, await answer.text()
        sessions.append(await answer.json())
    return sessions


async def feed_of(site: Site, station: str) -> str:
    opened = await site.client.post(
        "/api/v1/feeds", json={"kind": "station", "value": station}, headers=site.headers
    )
    url = (await opened.json())["url"].removeprefix("http://jicanet.test")
    return await (await site.client.get(url)).text()


async def file_of(site: Site, session: Mapping[str, Any], **headers: str) -> str:
    answer = await site.client.get(f"/api/v1/sessions/{session['ref']}.ics", headers=headers)
    assert answer.status == 200
    return await answer.text()


async def mails_of(site: Site) -> list[str]:
    """Deliver what the outbox owes and return the calendar part of each mail, the same in both its places."""
    report = await deliver(site.services, renderers(), worker="tests")
    assert report.total == report.sent == 2 * len(BOOKED)
    mailer: Any = site.services.mailer
    calendars = []
    for _, _, content in mailer.sent:
        mail = message_from_bytes(content, policy=policy.default)
        [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        [file] = [part for part in mail.walk() if part.get_content_type() == "application/ics"]
        assert part.get_payload(decode=True) == file.get_payload(decode=True)
        calendars.append(str(part.get_content()))
    return calendars


def read(parser: str, texts: list[str]) -> list[dict[str, Any]]:
    try:
        return read_by(parser, texts)
    except NodePackagesMissing as missing:
        left_out(str(missing))


def facts(event: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what must be the same wherever an event stands."""
    times = (datetime.fromisoformat(event[name]) for name in ("starts", "ends"))
    return (event["uid"], *times, event["summary"], event["sequence"], tuple(event["attached"]))


def by_start(events: list[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted(map(facts, events), key=lambda known: known[1])


@pytest.mark.parametrize("parser", READERS)
async def test_feed_file_and_mail_are_one_event_to_other_parsers(site: Site, parser: str) -> None:
    sessions = await book_all(site)
    feed, files = await feed_of(site, HOST), [await file_of(site, session) for session in sessions]

    [seen_feed, *seen] = read(parser, [feed, *files, *await mails_of(site)])
    seen_files, seen_mails = seen[: len(files)], seen[len(files) :]

    expected = [
        (
            *(start, start + timedelta(minutes=MINUTES)),
            f"{TITLE} ({number})",
            0,
            tuple(f"http://jicanet.test/library/{code}" for code in MATERIALS),
        )
        for number, start in enumerate(instant(zone, local, fold) for _, zone, local, fold in BOOKED)
    ]
    in_files = [facts(file["events"][0]) for file in seen_files]
    assert [known[1:] for known in in_files] == expected
    assert len({known[0] for known in in_files}) == len(BOOKED)
    assert by_start(seen_feed["events"]) == sorted(in_files, key=lambda known: known[1])
    for event in (event for mail in seen_mails for event in mail["events"]):
        uid, starts_at, ends_at, summary, sequence, attached = facts(event)
        [file] = [known for known in in_files if known[0] == uid]
        # The subject of a mail is a person's first sight: its own day and clock may stand before the title.
        assert (starts_at, ends_at, sequence, attached) == (file[1], file[2], file[4], file[5])
        assert summary == file[3]


@pytest.mark.parametrize("parser", READERS)
async def test_only_the_mail_asks_for_an_answer(site: Site, parser: str) -> None:
    sessions = await book_all(site)
    feed, files = await feed_of(site, HOST), [await file_of(site, session) for session in sessions]
    mails = await mails_of(site)

    seen = read(parser, [feed, *files, *mails])

    open_to_all, letters = seen[: 1 + len(files)], seen[1 + len(files) :]
    assert {calendar["method"] for calendar in open_to_all} == {None}
    for event in (event for calendar in open_to_all for event in calendar["events"]):
        assert (event["organizer"], event["attendees"]) == (None, [])
    assert {calendar["method"] for calendar in letters} == {"REQUEST"}
    for letter in letters:
        [event] = letter["events"]
        assert event["organizer"].startswith("mailto:sessions+")
        assert len(event["attendees"]) == 1


async def test_a_stations_feed_has_its_own_sessions_alone(site: Site) -> None:
    sessions = await book_all(site)

    [seen] = read("ical.js", [await feed_of(site, "SRB-BEG")])

    starts = [datetime.fromisoformat(event["starts"]) for event in seen["events"]]
    assert sorted(starts) == [
        datetime.fromisoformat(session["starts_at"])
        for session in sessions
        if "SRB-BEG" in {seat["station"] for seat in session["seats"]}
    ]
    assert len(starts) == 2
