"""Events and feeds: what every client needs, and equal bytes for equal facts."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from jicanet.core.text import untranslated
from jicanet.ical import (
    CalendarHeader,
    Event,
    EventStatus,
    Invitee,
    Join,
    cancellation,
    component,
    invitation,
    join,
    place,
    single,
)
from tests.support.calendars import Line, lines, names, unescaped, values

STARTS = datetime(2026, 12, 16, 6, 0, tzinfo=UTC)
URL = "https://meet.jicanet.invalid/000437?pwd=a,b;c"
EVENT = Event(
    uid="00000000-0000-4000-8000-000000000001",
    sequence=2,
    dtstamp=datetime(2026, 12, 1, 0, 0, 7, tzinfo=UTC),
    starts_at=STARTS,
    ends_at=STARTS + timedelta(minutes=90),
    summary="Remote Sensing and GIS, day 5; 遠隔探査",
    created_at=datetime(2026, 11, 30, tzinfo=UTC),
    changed_at=datetime(2026, 12, 1, tzinfo=UTC),
    visibility="network",
    description="PIN 5528\nRoom 3, left; door\\2\nFiles on \\\\NAS\\New",
    join=Join(url=URL, sip="000437@bridge.jicanet.invalid", pin="5528"),
    location=URL,
    page="http://jicanet.test/sessions/JN-2026-000437",
    attachments=("http://jicanet.test/library/JN-M001", "https://example.org/教材.pdf"),
    categories=("Course day", "a,b"),
)
INVITEE = Invitee(
    address="bgd-dac@stations.invalid",
    name="JICA Bangladesh Office",
    required=True,
    organiser="sessions+00112233445566778899aabbccddeeff@jicanet.invalid",
    organiser_name="JICA-Net",
)

# RFC 5546 3.2.2, the table of REQUEST: how often each property may stand.
ONE, MAYBE, MANY, NEVER = (1, 1), (0, 1), (0, 10**6), (0, 0)
REQUEST = {
    "DTSTAMP": ONE,
    "DTSTART": ONE,
    "ORGANIZER": ONE,
    "SUMMARY": ONE,
    "UID": ONE,
    "SEQUENCE": ONE,  # the table allows its absence at 0; some clients then never take an update
    "ATTENDEE": ONE,  # and here only the recipient (calendars.md, decision 4)
    "DTEND": ONE,  # we send no DURATION
    "DURATION": NEVER,
    "REQUEST-STATUS": NEVER,
    "RECURRENCE-ID": NEVER,
    "STATUS": ONE,
    "CLASS": MAYBE,
    "CREATED": MAYBE,
    "DESCRIPTION": MAYBE,
    "LAST-MODIFIED": MAYBE,
    "LOCATION": MAYBE,
    "TRANSP": MAYBE,
    "URL": MAYBE,
    "ATTACH": MANY,
    "CATEGORIES": MANY,
    "CONFERENCE": MANY,  # RFC 7986 5.11
}
# RFC 5546 3.2.5, the table of CANCEL, narrowed to what we send.
CANCEL = {
    "ATTENDEE": ONE,  # whom it takes out: the recipient, here alone
    "DTSTAMP": ONE,
    "ORGANIZER": ONE,
    "SEQUENCE": ONE,
    "UID": ONE,
    "DTSTART": ONE,
    "DTEND": ONE,
    "DURATION": NEVER,
    "REQUEST-STATUS": NEVER,
    "RECURRENCE-ID": NEVER,
    "SUMMARY": ONE,
    "CLASS": MAYBE,
    "CREATED": MAYBE,
    "DESCRIPTION": MAYBE,
    "LAST-MODIFIED": MAYBE,
    "STATUS": MAYBE,
    "TRANSP": MAYBE,
    "URL": MAYBE,
}
LEAST = replace(EVENT, join=Join(), description="", attachments=(), categories=(), page="", location="")


def check_table(content: bytes, method: str, table: dict[str, tuple[int, int]]) -> None:
    """Compare one message with the table of its method: each property as often as it may stand, no other."""
    assert names(content)[:1] == ["BEGIN:VCALENDAR"]
    assert Counter(names(content))["BEGIN:VEVENT"] == 1
    for name, value in (("METHOD", method), ("VERSION", "2.0"), ("PRODID", "-//jicanet//jicanet//EN")):
        assert values(content, name) == [value]
    found = Counter(line.name for line in lines(content))
    assert set(found) - {"BEGIN", "END", "METHOD", "VERSION", "PRODID", "CALSCALE"} <= set(table)
    for name, (least, most) in table.items():
        assert least <= found[name] <= most, name


@pytest.mark.parametrize(
    "event", [EVENT, LEAST, replace(EVENT, sequence=0, join=Join(sip="x@y"))], ids=["full", "least", "sip"]
)
def test_a_request_is_what_rfc_5546_demands(event: Event) -> None:
    check_table(invitation(event, INVITEE), "REQUEST", REQUEST)


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "alone"])
@pytest.mark.parametrize("event", [EVENT, LEAST], ids=["full", "least"])
def test_a_cancel_is_what_rfc_5546_demands(event: Event, whole: bool) -> None:
    content = cancellation(event, INVITEE, whole=whole)

    check_table(content, "CANCEL", CANCEL)
    # "MUST be set to CANCELLED to cancel the entire event. If uninviting specific Attendees, MUST NOT be included."
    assert values(content, "STATUS") == (["CANCELLED"] if whole else [])


def test_a_cancel_names_its_one_recipient_and_asks_for_nothing() -> None:
    content = cancellation(EVENT, INVITEE, whole=False)
    first = {line.name: line for line in lines(content)}

    assert first["ATTENDEE"] == Line(
        "ATTENDEE",
        ('CN="JICA Bangladesh Office"', "CUTYPE=ROOM", "ROLE=REQ-PARTICIPANT"),
        "mailto:bgd-dac@stations.invalid",
    )
    assert first["ORGANIZER"].value == f"mailto:{INVITEE.organiser}"
    assert first["UID"].value == EVENT.uid
    assert (first["SEQUENCE"].value, first["DTSTAMP"].value) == ("2", "20261201T000007Z")
    assert unescaped(first["DESCRIPTION"].value) == EVENT.description  # without the way in
    assert first["URL"].value == EVENT.page
    assert first["TRANSP"].value == "TRANSPARENT"


def test_every_property_says_what_was_booked() -> None:
    content = invitation(EVENT, INVITEE)
    first = {line.name: line for line in reversed(lines(content))}

    assert first["UID"].value == EVENT.uid
    assert first["SEQUENCE"].value == "2"
    assert [first[name].value for name in ("DTSTART", "DTEND", "DTSTAMP", "CREATED", "LAST-MODIFIED")] == [
        "20261216T060000Z",
        "20261216T073000Z",
        "20261201T000007Z",
        "20261130T000000Z",
        "20261201T000000Z",
    ]
    assert unescaped(first["SUMMARY"].value) == EVENT.summary
    assert unescaped(first["DESCRIPTION"].value) == f"{URL}\n{EVENT.description}"
    assert unescaped(first["LOCATION"].value) == URL
    assert first["URL"] == Line("URL", (), URL)
    assert [line for line in lines(content) if line.name == "CONFERENCE"] == [
        Line("CONFERENCE", ("FEATURE=AUDIO,VIDEO", "VALUE=URI"), URL),
        Line("CONFERENCE", ("FEATURE=AUDIO,VIDEO", "VALUE=URI"), "sip:000437@bridge.jicanet.invalid"),
    ]
    assert values(content, "ATTACH") == [
        "http://jicanet.test/library/JN-M001",
        "https://example.org/%E6%95%99%E6%9D%90.pdf",
    ]
    assert first["CATEGORIES"].value == r"Course day,a\,b"
    assert first["STATUS"].value == "CONFIRMED"
    assert first["CLASS"].value == "PRIVATE"
    assert first["ORGANIZER"] == Line("ORGANIZER", ("CN=JICA-Net",), f"mailto:{INVITEE.organiser}")
    assert first["ATTENDEE"] == Line(
        "ATTENDEE",
        (
            'CN="JICA Bangladesh Office"',
            "CUTYPE=ROOM",
            "PARTSTAT=NEEDS-ACTION",
            "ROLE=REQ-PARTICIPANT",
            "RSVP=TRUE",
        ),
        "mailto:bgd-dac@stations.invalid",
    )


@pytest.mark.parametrize("answer", ["NEEDS-ACTION", "ACCEPTED", "TENTATIVE"])
@pytest.mark.parametrize(("is_room", "kind"), [(True, "ROOM"), (False, "INDIVIDUAL")])
def test_rooms_and_people_are_asked_with_the_answer_that_is_kept(
    answer: str, is_room: bool, kind: str
) -> None:
    content = invitation(EVENT, replace(INVITEE, answer=answer, is_room=is_room))

    [attendee] = [line for line in lines(content) if line.name == "ATTENDEE"]
    assert {f"CUTYPE={kind}", f"PARTSTAT={answer}", "RSVP=TRUE"} <= set(attendee.parameters)


def test_an_optional_site_is_an_optional_participant() -> None:
    [attendee] = [
        line for line in lines(invitation(EVENT, replace(INVITEE, required=False))) if line.name == "ATTENDEE"
    ]
    assert "ROLE=OPT-PARTICIPANT" in attendee.parameters


@pytest.mark.parametrize(
    ("visibility", "value"), [("public", "PUBLIC"), ("network", "PRIVATE"), ("participants", "CONFIDENTIAL")]
)
def test_class_follows_visibility(visibility: str, value: str) -> None:
    assert values(single(replace(EVENT, visibility=visibility)), "CLASS") == [value]


def test_without_a_join_link_the_page_is_the_url_and_nothing_is_a_conference() -> None:
    content = single(replace(EVENT, join=Join(pin="1"), location=place(Join(pin="1"), untranslated)))

    assert values(content, "URL") == [EVENT.page]
    assert values(content, "CONFERENCE") == []
    assert values(content, "LOCATION") == ["Joining details follow"]
    assert unescaped(values(content, "DESCRIPTION")[0]) == EVENT.description


@pytest.mark.parametrize(
    ("details", "where"),
    [
        (Join(url="https://x/1", sip="a@b", h323="1.2.3.4##5"), "https://x/1"),
        (Join(sip="a@b", h323="1.2.3.4##5"), "SIP a@b"),
        (Join(h323="1.2.3.4##5", pin="5"), "H.323 1.2.3.4##5"),
        (Join(pin="5"), "Joining details follow"),
    ],
)
def test_the_place_is_where_to_join(details: Join, where: str) -> None:
    assert place(details, untranslated) == where


@pytest.mark.parametrize(
    "content", [single(EVENT), join([component(EVENT)], CalendarHeader(name="x", refresh_minutes=60))]
)
def test_what_may_be_forwarded_asks_nobody_to_answer(content: bytes) -> None:
    assert not {"METHOD", "ORGANIZER", "ATTENDEE"} & set(names(content))
    assert values(content, "UID") == [EVENT.uid]


def test_equal_facts_give_equal_bytes_wherever_the_clock_stands() -> None:
    tokyo = timezone(timedelta(hours=9))
    same = replace(
        EVENT,
        starts_at=EVENT.starts_at.astimezone(tokyo),
        ends_at=EVENT.ends_at.astimezone(tokyo),
        dtstamp=EVENT.dtstamp.astimezone(tokyo),
    )
    assert invitation(EVENT, INVITEE) == invitation(same, INVITEE)
    assert component(EVENT) == component(same)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"starts_at": datetime(2026, 12, 16, 6)}, "no zone"),  # noqa: DTZ001 - that is the fault
        ({"ends_at": STARTS}, "must end after"),
    ],
)
def test_a_time_that_is_none_is_refused(changes: dict[str, datetime], why: str) -> None:
    with pytest.raises((ValueError, TypeError), match=f"{why}|compare"):
        single(replace(EVENT, **changes))  # type: ignore[arg-type]  # the names are of instants


@pytest.mark.parametrize(
    ("status", "transparency"),
    [
        (EventStatus.CONFIRMED, "OPAQUE"),
        (EventStatus.TENTATIVE, "OPAQUE"),  # a hold occupies its room
        (EventStatus.CANCELLED, "TRANSPARENT"),
    ],
)
def test_an_event_says_how_far_it_stands(status: EventStatus, transparency: str) -> None:
    content = component(replace(EVENT, status=status))

    assert values(content, "STATUS") == [status.value]
    assert values(content, "TRANSP") == [transparency]


def test_a_feed_names_itself_for_old_and_new_clients() -> None:
    header = CalendarHeader(
        name="JICA東京; rooms",
        refresh_minutes=90,
        color="gold",
        source="https://jicanet.test/feeds/x.ics",
        changed_at=STARTS,
    )
    content = join([component(EVENT), component(replace(EVENT, uid="2"))], header)

    assert names(content).count("BEGIN:VEVENT") == names(content).count("END:VEVENT") == 2
    assert values(content, "UID") == [EVENT.uid, "2"]
    head = {line.name: line for line in lines(content)[: names(content).index("BEGIN:VEVENT")]}
    assert unescaped(head["NAME"].value) == unescaped(head["X-WR-CALNAME"].value) == header.name
    assert head["REFRESH-INTERVAL"] == Line("REFRESH-INTERVAL", ("VALUE=DURATION",), "PT1H30M")
    assert head["X-PUBLISHED-TTL"].value == "PT1H30M"
    assert head["COLOR"].value == "gold"
    assert head["SOURCE"] == Line("SOURCE", ("VALUE=URI",), header.source)
    assert head["LAST-MODIFIED"].value == "20261216T060000Z"
    assert names(content)[-1] == "END:VCALENDAR"


def test_an_empty_feed_is_a_calendar() -> None:
    content = join([], CalendarHeader(name="x", refresh_minutes=60))

    assert names(content)[0] == "BEGIN:VCALENDAR"
    assert names(content)[-1] == "END:VCALENDAR"
    assert "LAST-MODIFIED" not in names(content)
