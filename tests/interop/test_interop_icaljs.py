"""An invitation, a file and a feed read by ical.js, a parser that is not ours: the same instants and words."""

from datetime import UTC, datetime
from typing import Any

from jicanet.ical.events import Event, Invitee, Join, component, invitation, single
from jicanet.ical.feeds import CalendarHeader, join
from tests.support.missing import left_out
from tests.support.node import NodePackagesMissing, read_by_icaljs

CREATED = datetime(2026, 12, 1, tzinfo=UTC)
EVENT = Event(
    uid="00000000-0000-4000-8000-000000000001",
    sequence=3,
    dtstamp=CREATED,
    starts_at=datetime(2026, 12, 9, 6, tzinfo=UTC),
    ends_at=datetime(2026, 12, 9, 9, 30, tzinfo=UTC),
    summary="防災; a course, with commas \\ and a line that is long enough to be folded more than once: "
    + "水" * 40,
    created_at=CREATED,
    changed_at=CREATED,
    visibility="network",
    description="One line\nand another",
    join=Join(url="https://join.example.org/1?a=1&b=2"),
    attachments=("https://library.example.org/a.mp4", "https://library.example.org/b;c,d.pdf"),
)
READ = {
    "uid": EVENT.uid,
    "sequence": 3,
    "summary": EVENT.summary,
    "starts_at": "2026-12-09T06:00:00.000Z",
    "ends_at": "2026-12-09T09:30:00.000Z",
    "attachments": list(EVENT.attachments),
}


def read(calendar: bytes) -> Any:
    try:
        return read_by_icaljs(calendar)
    except NodePackagesMissing as missing:
        left_out(str(missing))


def test_invitation_reads_the_same() -> None:
    invitee = Invitee(
        address="ken-nbo@stations.invalid",
        name="Nairobi",
        required=True,
        organiser="sessions+token@jicanet.invalid",
        organiser_name="JICA-Net",
    )
    assert read(invitation(EVENT, invitee)) == {"method": "REQUEST", "events": [READ]}


def test_file_of_one_reads_the_same() -> None:
    assert read(single(EVENT)) == {"method": None, "events": [READ]}


def test_feed_reads_the_same() -> None:
    header = CalendarHeader(name="Nairobi", refresh_minutes=60)
    assert read(join([component(EVENT), component(EVENT)], header)) == {
        "method": None,
        "events": [READ, READ],
    }
