"""The calendars of every golden mail, as libical's restriction check, ical.js and node-ical take them."""

import re
from collections.abc import Sequence
from functools import cache

import pytest

from tests.support.calendars import values
from tests.support.goldens import GOLDEN
from tests.support.libical import LibicalMissing, complaints
from tests.support.missing import left_out
from tests.support.node import READERS, NodePackagesMissing, read_by

SENT = sorted(path.name for path in GOLDEN.glob("*.ics") if not path.name.endswith(".session.ics"))
PASSED_ON = sorted(path.name for path in GOLDEN.glob("*.session.ics"))


@cache
def contents(names: Sequence[str]) -> list[bytes]:
    return [(GOLDEN / name).read_bytes() for name in names]


def checked(calendars: Sequence[bytes]) -> list[list[str]]:
    try:
        return complaints(calendars)
    except LibicalMissing as missing:
        left_out(str(missing))


def test_libical_finds_nothing_against_any_of_them() -> None:
    names = (*SENT, *PASSED_ON)

    assert dict(zip(names, checked(contents(names)), strict=True)) == {name: [] for name in names}
    methods = {values(content, "METHOD")[0] for content in contents(tuple(SENT))}
    assert methods == {"REQUEST", "CANCEL"}


@pytest.mark.parametrize("gone", ["UID", "DTSTAMP", "DTSTART", "ORGANIZER", "ATTENDEE"])
def test_libical_would_say_what_is_missing(gone: str) -> None:
    whole = (GOLDEN / "dhaka-en.ics").read_bytes()
    broken = re.sub(rb"\r\n" + gone.encode() + rb"[;:][^\r]*(\r\n [^\r]*)*", b"", whole)

    [said] = checked([broken])

    assert any(f"{gone} property" in line for line in said)


@pytest.mark.parametrize("parser", READERS)
def test_other_parsers_read_who_is_asked_and_what_is_over(parser: str) -> None:
    try:
        found = read_by(parser, [content.decode() for content in contents(tuple(SENT))])
    except NodePackagesMissing as missing:
        left_out(str(missing))

    for name, content, seen in zip(SENT, contents(tuple(SENT)), found, strict=True):
        [event] = seen["events"]
        assert seen["method"] == values(content, "METHOD")[0], name
        assert event["uid"] == values(content, "UID")[0], name
        assert str(event["sequence"]) == values(content, "SEQUENCE")[0], name
        assert event["organizer"] == values(content, "ORGANIZER")[0], name
        assert [one["address"] for one in event["attendees"]] == values(content, "ATTENDEE"), name


def test_ical_js_finds_the_buttons_where_an_answer_is_asked() -> None:
    try:
        found = read_by("ical.js", [content.decode() for content in contents(tuple(SENT))])
    except NodePackagesMissing as missing:
        left_out(str(missing))

    for name, seen in zip(SENT, found, strict=True):
        [attendee] = seen["events"][0]["attendees"]
        asks = seen["method"] == "REQUEST"
        assert attendee["asks"] == ("TRUE" if asks else None), name
        assert attendee["kind"] == ("INDIVIDUAL" if name.startswith(("lecturer", "moderator")) else "ROOM"), (
            name
        )
