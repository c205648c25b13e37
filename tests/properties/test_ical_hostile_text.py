"""No text that a person can type adds a property, a parameter, a component or a line (calendars.md, 18)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
from hypothesis import given, settings
from hypothesis import strategies as st

from jicanet.ical import (
    CalendarHeader,
    Event,
    Invitee,
    Join,
    cancellation,
    component,
    invitation,
    join,
    place,
    single,
)
from tests.support.calendars import lines, unescaped

STARTS = datetime(2026, 12, 16, 6, 0, tzinfo=UTC)
ALLOWED = {
    "ATTACH": set(),
    "ATTENDEE": {"CN", "CUTYPE", "PARTSTAT", "ROLE", "RSVP"},
    "CONFERENCE": {"FEATURE", "VALUE"},
    "ORGANIZER": {"CN"},
    "REFRESH-INTERVAL": {"VALUE"},
    "SOURCE": {"VALUE"},
}
COUNTS = {"BEGIN": 2, "END": 2, "UID": 1, "SUMMARY": 1, "DTSTART": 1, "SEQUENCE": 1}

pieces = st.sampled_from(
    [
        *"a:;,=?#%\"'^\\<>@&\r\n\t\x00\x07\x0b\x0c\x1c\x1d\x1e\x7f\x85\u2028\u2029 ü東\ud800\U0001f600\u202e",
        "\r\n",
        "\\n",
        "\\N",
        "\r\nATTENDEE:mailto:x@y",
        "\nEND:VEVENT\nBEGIN:VEVENT",
        ";RSVP=TRUE",
        '":mailto:x@y',
        "https://example.org/",
        "javascript:",
        "mailto:",
        "?cc=x@y",
        "東" * 30,
    ]
)
hostile = st.lists(pieces, max_size=20).map("".join)
joins = st.builds(Join, url=hostile, sip=hostile, h323=hostile, pin=hostile)
events = st.builds(
    Event,
    uid=hostile,
    sequence=st.just(0),
    dtstamp=st.just(STARTS),
    starts_at=st.just(STARTS),
    ends_at=st.just(STARTS + timedelta(minutes=90)),
    created_at=st.just(STARTS),
    changed_at=st.just(STARTS),
    visibility=st.just("public"),
    summary=hostile,
    description=hostile,
    join=joins,
    location=hostile,
    page=hostile,
    attachments=st.lists(hostile, max_size=3).map(tuple),
    categories=st.lists(hostile, max_size=3).map(tuple),
)
invitees = st.builds(
    Invitee,
    address=hostile,
    name=hostile,
    required=st.booleans(),
    is_room=st.booleans(),
    organiser=st.just("sessions@example.org"),
    organiser_name=hostile,
)


def check(content: bytes, **counts: int) -> None:
    found = lines(content)
    text = content.decode()
    assert text.splitlines() == text[:-2].split("\r\n")  # nothing else that a client takes for a line end
    for name, count in {**COUNTS, **counts}.items():
        assert sum(line.name == name for line in found) == count, name
    for line in found:
        allowed = ALLOWED.get(line.name, set())
        assert {parameter.partition("=")[0] for parameter in line.parameters} <= allowed, line
        assert all(sign.isprintable() or sign in "\u202e\xad" for sign in line.value), line
    [event] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert event.decoded("DTSTART") == STARTS


@settings(deadline=None)
@given(event=events, invitee=invitees, made=st.sampled_from(["REQUEST", "CANCEL whole", "CANCEL alone"]))
def test_what_is_mailed_holds_one_event_and_one_attendee(event: Event, invitee: Invitee, made: str) -> None:
    if made == "REQUEST":
        content = invitation(event, invitee)
    else:
        content = cancellation(event, invitee, whole=made == "CANCEL whole")

    check(content, ATTENDEE=1, ORGANIZER=1, METHOD=1, STATUS=0 if made == "CANCEL alone" else 1)
    for line in lines(content):
        if line.name == "ATTENDEE":
            assert line.value.startswith("mailto:")
            assert "?" not in line.value


@settings(deadline=None)
@given(event=events)
def test_a_file_and_a_feed_hold_one_event_and_no_attendee(event: Event) -> None:
    none = {"ATTENDEE": 0, "ORGANIZER": 0, "METHOD": 0}
    check(single(event), **none)
    check(
        join([component(event)], CalendarHeader(name=event.summary, refresh_minutes=60, source=event.page)),
        **none,
    )


@settings(deadline=None)
@given(event=events)
def test_links_lead_to_the_web_or_to_a_dial_string(event: Event) -> None:
    for line in lines(single(event)):
        if line.name in {"URL", "ATTACH"}:
            assert line.value.startswith(("http://", "https://"))
        if line.name == "CONFERENCE":
            assert line.value.startswith(("http://", "https://", "sip:"))


@settings(deadline=None)
@given(event=events)
def test_what_is_typed_is_read_again_but_for_control_characters(event: Event) -> None:
    found: dict[str, Any] = {line.name: line.value for line in lines(single(event))}

    kept = "".join(sign for sign in event.summary if sign.isprintable() or sign == "\u202e")
    assert unescaped(found["SUMMARY"]).replace(" ", "") == kept.replace(" ", "")


@settings(deadline=None)
@given(details=joins)
def test_the_place_never_raises(details: Join) -> None:
    assert place(details, str)
