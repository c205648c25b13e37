"""The answer in a calendar: what is taken from it, and each reason for taking nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jicanet.ical.replies import MOST_WORDS, Reply, Unreadable, folded, parse_reply
from tests.support.inbound import ANSWER, ATTENDEE, DOMAIN, REPLY, TOKEN, UID, calendar, crlf, sample

DTSTAMP = datetime(2026, 12, 3, 9, tzinfo=UTC)
ATTENDEE_LINE = f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ATTENDEE}\n"


def refusal(content: bytes, method: str = "") -> str:
    with pytest.raises(Unreadable) as refused:
        parse_reply(content, method=method)
    return refused.value.code


def test_an_answer_is_taken_whole() -> None:
    assert parse_reply(calendar()) == ANSWER


def test_lines_may_end_and_be_folded_in_any_way() -> None:
    folded_lines = REPLY.replace("PARTSTAT=ACCEPTED", "PART\n STAT=ACC\n\tEPTED")

    assert parse_reply(folded_lines.encode()) == ANSWER
    assert parse_reply(b"\xef\xbb\xbf" + crlf(folded_lines)) == ANSWER


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("ACCEPTED", "accepted"),
        ("tentative", "tentative"),
        ("Declined", "declined"),
        ('"DECLINED"', "declined"),
    ],
)
def test_each_answer(written: str, answer: str) -> None:
    assert parse_reply(calendar("ACCEPTED", written)).answer == answer


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("PARTSTAT=ACCEPTED", "PARTSTAT=NEEDS-ACTION", "not_an_answer"),
        (";PARTSTAT=ACCEPTED", "", "not_an_answer"),
        ("PARTSTAT=ACCEPTED", "PARTSTAT=X-MAYBE", "not_an_answer"),
        ("PARTSTAT=ACCEPTED", "PARTSTAT=ACCEPTED,DECLINED", "not_an_answer"),
        ("PARTSTAT=ACCEPTED", 'PARTSTAT=DELEGATED;DELEGATED-TO="mailto:e@x.invalid"', "delegated"),
        (ATTENDEE_LINE, "", "no_attendee"),
        (ATTENDEE_LINE, ATTENDEE_LINE * 2, "two_attendees"),
        (ATTENDEE_LINE, ATTENDEE_LINE + "ATTENDEE;PARTSTAT=DECLINED:mailto:e@x.invalid\n", "two_attendees"),
        (ATTENDEE_LINE, ATTENDEE_LINE + "ATTENDEE;PARTSTAT=DELEGATED:mailto:e@x.invalid\n", "delegated"),
        ("METHOD:REPLY\n", "", "not_a_reply"),
        ("METHOD:REPLY", "METHOD:REQUEST", "not_a_reply"),
        ("METHOD:REPLY", "METHOD:PUBLISH", "not_a_reply"),
        ("METHOD:REPLY", "METHOD:REPLY\nMETHOD:REQUEST", "not_a_reply"),
        ("METHOD:REPLY", "METHOD:COUNTER", "counter"),
        ("METHOD:REPLY", "METHOD:REFRESH", "refresh"),
        ("BEGIN:VEVENT", "BEGIN:VEVENT\nEND:VEVENT\nBEGIN:VEVENT", "two_events"),
        ("SEQUENCE:2\n", "RECURRENCE-ID:20261216T060000Z\n", "recurrence"),
        ("SEQUENCE:2\n", "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261216\n", "recurrence"),
        (f"UID:{UID}\n", "", "bad_calendar"),
        (f"UID:{UID}\n", "UID: \n", "bad_calendar"),
        (f"UID:{UID}\n", f"UID:{UID}\nUID:another\n", "bad_calendar"),
        (UID, "u" * 256, "bad_calendar"),
        ("SEQUENCE:2", "SEQUENCE:-1", "bad_calendar"),
        ("SEQUENCE:2", "SEQUENCE:2.0", "bad_calendar"),
        ("SEQUENCE:2", "SEQUENCE:2147483648", "bad_calendar"),
        ("SEQUENCE:2", "SEQUENCE:٢", "bad_calendar"),
        ("SEQUENCE:2", f"SEQUENCE:{'9' * 5000}", "bad_calendar"),
        ("SEQUENCE:2", "SEQUENCE:2\nSEQUENCE:3", "bad_calendar"),
        ("END:VEVENT", "END:VTODO", "bad_calendar"),
        ("END:VCALENDAR\n", "", "bad_calendar"),
        ("END:VCALENDAR\n", "END:VCALENDAR\nEND:VCALENDAR\n", "bad_calendar"),
        ("END:VCALENDAR\n", f"END:VCALENDAR\n{REPLY}", "bad_calendar"),
        ("BEGIN:VCALENDAR\n", "BEGIN:VEVENT\n", "bad_calendar"),
        ("PARTSTAT=ACCEPTED", 'CN="never closed;PARTSTAT=ACCEPTED', "bad_calendar"),
    ],
)
def test_what_is_no_answer_is_refused_by_its_reason(old: str, new: str, code: str) -> None:
    assert refusal(calendar(old, new)) == code


@pytest.mark.parametrize("kind", ["VTODO", "VJOURNAL", "VFREEBUSY", "X-EVENT"])
def test_an_answer_about_something_else_is_refused(kind: str) -> None:
    assert refusal(calendar("VEVENT", kind)) == "no_event"


@pytest.mark.parametrize(
    "written",
    [
        "DTSTAMP:20261203T090000",  # local time: whose?
        "DTSTAMP;TZID=Asia/Tokyo:20261203T180000",
        "DTSTAMP;VALUE=DATE:20261203",
        "DTSTAMP:20261303T090000Z",
        "DTSTAMP:20260229T090000Z",
        "DTSTAMP:20261203T240000Z",
        "DTSTAMP:20261203T090061Z",
        "DTSTAMP:00001203T090000Z",
        "DTSTAMP:２０２６１２０３T090000Z",
        "DTSTAMP:20261203T090000Z,20261203T090001Z",
        "DTSTAMP:",
        "DTSTAMP:20261203T090000Z\nDTSTAMP:20261203T090000Z",
        "X-DTSTAMP:20261203T090000Z",
    ],
)
def test_a_stamp_that_is_no_instant_is_refused(written: str) -> None:
    assert refusal(calendar("DTSTAMP:20261203T090000Z", written)) == "bad_dtstamp"


def test_a_leap_second_is_the_second_before_it() -> None:
    found = parse_reply(calendar("20261203T090000Z", "20161231T235960Z"))

    assert found.dtstamp == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_reply_without_organizer_and_sequence_is_an_answer() -> None:
    text = REPLY.replace(f"ORGANIZER:mailto:sessions+{TOKEN}@{DOMAIN}\n", "").replace("SEQUENCE:2\n", "")

    found = parse_reply(crlf(text))

    assert (found.organiser, found.sequence, found.answer) == ("", 0, "accepted")


@pytest.mark.parametrize("method", ["REPLY", "reply", " Reply "])
def test_the_method_may_stand_in_the_mime_type_only(method: str) -> None:
    assert parse_reply(calendar("METHOD:REPLY\n", ""), method=method) == ANSWER


@pytest.mark.parametrize(
    ("inside", "outside", "code"),
    [
        ("METHOD:REPLY\n", "REQUEST", "not_a_reply"),
        ("METHOD:REQUEST\n", "REPLY", "not_a_reply"),
        ("", "REQUEST", "not_a_reply"),
        ("", "COUNTER", "counter"),
        ("", "", "not_a_reply"),
    ],
)
def test_two_methods_that_differ_are_no_reply(inside: str, outside: str, code: str) -> None:
    assert refusal(calendar("METHOD:REPLY\n", inside), method=outside) == code


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=SECONDLY;INTERVAL=0",
        "RRULE:FREQ=NONSENSE;BYSETPOS=1,2,3",
        "RDATE:" + ",".join(["20261216T060000Z"] * 2000),
        "EXRULE:FREQ=SECONDLY\nRRULE:FREQ=YEARLY;UNTIL=99991231T235959Z",
    ],
    ids=["endless", "standing", "nonsense", "dates", "both"],
)
def test_a_rule_is_neither_expanded_nor_in_the_way(rule: str) -> None:
    assert parse_reply(calendar(also=f"{rule}\n")) == ANSWER


def test_a_rule_in_a_time_zone_is_not_expanded() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:endless\nBEGIN:STANDARD\nDTSTART:16010101T000000\nRRULE:FREQ=SECONDLY\n"
        "TZOFFSETFROM:+0600\nTZOFFSETTO:+0600\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT"
    )

    assert parse_reply(calendar("BEGIN:VEVENT", zone)) == ANSWER


def test_broken_lines_that_are_none_of_ours_are_in_nobodys_way() -> None:
    lines = "X-BROKEN;=:\nDTSTART:never\nATTACH;VALUE=BINARY;ENCODING=BASE64:!!!\n;;;\nno colon\n:\n"

    assert parse_reply(calendar(also=lines)) == ANSWER


def test_what_stands_in_an_alarm_is_not_the_events() -> None:
    alarm = (
        "BEGIN:VALARM\nUID:another\nATTENDEE;PARTSTAT=DECLINED:mailto:e@x.invalid\nCOMMENT:late\nEND:VALARM\n"
    )

    assert parse_reply(calendar(also=alarm)) == ANSWER


@pytest.mark.parametrize("form", ["{}", "file://{}", "~/{}"])
def test_a_calendar_that_is_a_path_opens_nothing(tmp_path: Path, form: str) -> None:
    secret = tmp_path / "reply.ics"
    secret.write_bytes(calendar())

    assert refusal(form.format(secret).encode()) == "bad_calendar"


@pytest.mark.parametrize("content", [b"", b"\0", b"\xff\xfe" * 50, b"\n" * 100, b"BEGIN:", b"END:VCALENDAR"])
def test_no_calendar_is_refused(content: bytes) -> None:
    assert refusal(content) == "bad_calendar"


def test_deep_nesting_is_refused() -> None:
    deep = "BEGIN:X-A\n" * 3000 + "END:X-A\n" * 3000

    assert parse_reply(calendar(also=deep)) == ANSWER
    assert refusal(calendar(also="BEGIN:VEVENT\n" * 3000 + "END:VEVENT\n" * 3000)) == "two_events"


def test_comments_are_joined_cleaned_and_cut() -> None:
    words = parse_reply(
        calendar(
            "COMMENT:We are ready.",
            "COMMENT:Yes\\, but\\nlate\\; 東京\nCOMMENT;LANGUAGE=en:end\x00\x0b\x1b[1m",
        )
    )
    long = parse_reply(calendar("We are ready.", "x" * 5000))

    assert words.comment == "Yes, but\nlate; 東京\nend\n[1m"
    assert (len(long.comment), long.comment[-2:]) == (MOST_WORDS, "x…")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (f"mailto:{ATTENDEE}", ATTENDEE),
        ("MAILTO:BGD-DAC@Stations.Invalid", ATTENDEE),
        ("mailto:bgd%2Ddac%40stations.invalid", ATTENDEE),
        ("mailto:a%0D%0ABcc:x@y.invalid", ""),
        ("mailto:a@b.invalid,c@d.invalid", ""),
        ("mailto:a@b@c.invalid", ""),
        ("mailto:", ""),
        ("urn:uuid:5d2f7d3e", ""),
        ("invalid:nomail", ""),
        ("bgd-dac@stations.invalid", ""),
        (f"mailto:{'a' * 250}@b.invalid", ""),
    ],
)
def test_the_attendee_is_one_address_or_none(written: str, address: str) -> None:
    assert parse_reply(calendar(f":mailto:{ATTENDEE}", f":{written}")).attendee == address


def test_an_attendee_that_is_no_mailto_may_carry_its_address() -> None:
    line = f'ATTENDEE;PARTSTAT=ACCEPTED;EMAIL="{ATTENDEE}":urn:uuid:5d2f7d3e\n'

    assert parse_reply(calendar(ATTENDEE_LINE, line)).attendee == ATTENDEE


def test_a_delegation_says_to_whom() -> None:
    line = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:Next@site.invalid":mailto:{ATTENDEE}\n'

    with pytest.raises(Unreadable) as refused:
        parse_reply(calendar(ATTENDEE_LINE, line))

    assert (refused.value.code, refused.value.words) == ("delegated", "next@site.invalid")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (" Room@Site.Invalid ", "room@site.invalid"),
        ("İ@site.invalid", "İ@site.invalid"),  # only ASCII is lowered: no two mailboxes become one
        ("\u212a@site.invalid", "\u212a@site.invalid"),
        ("a b@site.invalid", ""),
        ("a\r\nb@site.invalid", ""),
        ("a\x85b@site.invalid", ""),
        ("a\x00b@site.invalid", ""),
        ("a\x7fb@site.invalid", ""),
        ("\ud800@site.invalid", ""),
        ("site.invalid", ""),
        ("<a@site.invalid>", ""),
    ],
)
def test_addresses_are_folded(given: str, address: str) -> None:
    assert folded(given) == address


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (
            "vobject.ics",
            (
                "declined",
                1,
                0,
                "The room is being painted; we are sorry.\nPlease take Chattogram, ask them first.",
            ),
        ),
        ("ics.ics", ("tentative", 2, 0, "")),
    ],
)
def test_answers_that_other_libraries_wrote(name: str, found: tuple[str, int, int, str]) -> None:
    answer, second, sequence, words = found

    assert parse_reply(sample(name)) == Reply(
        uid=UID,
        sequence=sequence,
        dtstamp=DTSTAMP.replace(second=second),
        answer=answer,
        attendee=ATTENDEE,
        organiser=f"sessions+{TOKEN}@{DOMAIN}",
        comment=words,
    )
