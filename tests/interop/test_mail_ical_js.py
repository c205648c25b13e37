"""Our mails read by parsers that are not ours: they find the instants that were booked."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from jicanet.core.zones import Zone
from tests.support.invitations import site, snapshot
from tests.support.letters import composed, letter_to, zones
from tests.support.missing import left_out
from tests.support.node import READERS, NodePackagesMissing, read_by

HERE = Path(__file__).parent
MINUTES = 210


def read(texts: Sequence[str], parser: str = "ical.js") -> list[dict[str, Any]]:
    """Return what a parser finds in each calendar."""
    try:
        return read_by(parser, texts)
    except NodePackagesMissing as missing:
        left_out(str(missing))


def calendar_of(content: bytes) -> str:
    """Return the text/calendar part of a mail as Python's own email package gives it."""
    mail = message_from_bytes(content, policy=default)
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert part["Content-Type"].params["method"] == "REQUEST"
    [file] = [part for part in mail.walk() if part.get_content_type() == "application/ics"]
    assert file.get_content() == part.get_payload(decode=True)
    return str(part.get_content())


def around_changes(zone: Zone, first: int = 2020, last: int = 2030) -> Iterable[datetime]:
    """Yield one plain instant, and one in the day of each change of a zone's offset."""
    day = datetime(first, 1, 1, 3, tzinfo=UTC)
    yield day
    while day.year <= last:
        tomorrow = day + timedelta(days=1)
        if zone.local(day).utcoffset() != zone.local(tomorrow).utcoffset():
            yield tomorrow - timedelta(minutes=195)
        day = tomorrow


def booking(code: str, zone: str, starts_at: datetime) -> dict[str, Any]:
    ends_at = starts_at + timedelta(minutes=MINUTES)
    return snapshot(
        site("JPN-TIC"),
        site(code, zone=zone, country="XX"),
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
    )


@pytest.fixture(scope="module")
def network() -> dict[str, str]:
    """The zones of the shipped network, by the code of one station in each."""
    lines = (HERE.parents[1] / "config" / "network" / "stations.csv").read_text("utf-8").splitlines()
    names = lines[0].split(",")
    rows = [dict(zip(names, line.split(","), strict=False)) for line in lines[1:]]
    return {row["timezone"]: row["code"] for row in rows}


@pytest.mark.parametrize("parser", READERS)
def test_every_zone_keeps_the_booked_instant(network: dict[str, str], parser: str) -> None:
    booked = [
        (code, zone, starts_at)
        for zone, code in sorted(network.items())
        for starts_at in around_changes(zones().get(zone))
    ]
    mails = [composed(letter_to(code, booking(code, zone, starts_at))) for code, zone, starts_at in booked]

    found = read([calendar_of(mail) for mail in mails], parser)

    assert len(network) > 50
    assert len(booked) > 150
    for (code, zone, starts_at), seen in zip(booked, found, strict=True):
        [event] = seen["events"]
        ends_at = starts_at + timedelta(minutes=MINUTES)
        assert datetime.fromisoformat(event["starts"]) == starts_at, (code, zone)
        assert datetime.fromisoformat(event["ends"]) == ends_at, (code, zone)


def test_it_reads_the_invitation_as_we_meant_it() -> None:
    mail = composed(letter_to("JPN-TIC", snapshot(title='衛星画像; day 5, \\NAS "x" ' + "長い題名" * 30)))

    [seen] = read([calendar_of(mail)])
    [event] = seen["events"]

    assert seen["method"] == "REQUEST"
    assert event["summary"] == '衛星画像; day 5, \\NAS "x" ' + "長い題名" * 30
    assert event["uid"] == "00000000-0000-4000-8000-000000000001"
    assert event["sequence"] == 0
    assert event["stamp"] == "2026-12-01T00:00:00.000Z"
    assert event["organizer"] == "mailto:sessions+0123456789abcdef0123456789abcdef@jicanet.invalid"
    assert event["attendees"] == [
        {
            "address": "mailto:jpn-tic@stations.invalid",
            "name": "JICA東京",
            "kind": "ROOM",
            "role": "REQ-PARTICIPANT",
            "answer": "NEEDS-ACTION",
            "asks": "TRUE",
        }
    ]
    assert event["location"] == "https://meet.jicanet.invalid/000437"
    assert event["description"].split("\n")[0] == "https://meet.jicanet.invalid/000437"
    assert [one["address"] for one in event["conferences"]] == [
        "https://meet.jicanet.invalid/000437",
        "sip:000437@bridge.jicanet.invalid",
    ]
    assert event["attached"] == ["http://jicanet.test/library/JN-M010"]
