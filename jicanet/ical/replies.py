"""One answer out of a calendar that a stranger sent: RFC 5546 3.2.3, METHOD:REPLY for a VEVENT.

The library splits the bytes into content lines and these into name, parameters and value; more is not
asked of it. So no time zone is built, no rule is expanded, and nothing is looked up on the disk
(`Calendar.from_ical` opens a file where a text is a path).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from icalendar.parser import Contentline, Contentlines, unescape_backslash

from jicanet.core.text import one_line
from jicanet.ical import clean

MOST_WORDS = 1000  # of a comment; our choice
_MOST_UID = 255
_MOST_ADDRESS = 254  # RFC 5321 4.5.3.1.3
_MOST_SEQUENCE = 2**31 - 1  # RFC 5545 3.3.8

_ANSWERS = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}
_METHODS = {"COUNTER": "counter", "REFRESH": "refresh"}
_PROPERTIES = frozenset({"ATTENDEE", "COMMENT", "DTSTAMP", "ORGANIZER", "RECURRENCE-ID", "SEQUENCE", "UID"})
_NAME = re.compile(r"[A-Za-z0-9-]+(?=[;:])")
_INSTANT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)([0-5]\d|60)Z", re.ASCII)
_NUMBER = re.compile(r"\d{1,10}", re.ASCII)
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an attendee's calendar program answered.

    `answer` is accepted, tentative or declined; `dtstamp` is UTC, of whole seconds, and may lie ahead.
    `attendee` and `organiser` are folded addresses, empty where none is named (Exchange leaves
    ORGANIZER out). `comment` is text of lines, cut at 1,000 characters. A rule of recurrence is not
    looked at: we send single sessions, and who repeats one in their calendar still answers it.
    """

    uid: str
    sequence: int
    dtstamp: datetime
    answer: str
    attendee: str = ""
    organiser: str = ""
    comment: str = ""


class Unreadable(Exception):
    """No answer can be taken from the calendar; `code` is the stable reason, `words` what it says besides."""

    def __init__(self, code: str, *, words: str = "") -> None:
        """Keep the reason."""
        super().__init__(code)
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class _Property:
    parameters: Mapping[str, Any]
    value: str  # as it stands, nothing unescaped
    text: str


def parse_reply(content: bytes, *, method: str = "") -> Reply:
    """Return the answer in these bytes of a VCALENDAR, in UTF-8; `method` is that of its MIME type.

    METHOD may stand in the MIME type only, and must not differ from it (RFC 6047 2.4). Raises
    Unreadable with one of the codes bad_calendar, not_a_reply, counter, refresh, no_event, two_events,
    recurrence, no_attendee, two_attendees, delegated, not_an_answer, bad_dtstamp.
    """
    methods, events = _parts(_lines(content))
    _demand_reply({found.strip().upper() for found in (method, *methods) if found.strip()})
    if len(events) != 1:
        raise Unreadable("two_events" if events else "no_event")
    found = _properties(events[0])
    if "RECURRENCE-ID" in found:  # what we send has no occurrences
        raise Unreadable("recurrence")
    attendee, answer = _answer(found.get("ATTENDEE", ()))
    organiser = found.get("ORGANIZER", ())
    return Reply(
        uid=_uid(found.get("UID", ())),
        sequence=_sequence(found.get("SEQUENCE", ())),
        dtstamp=_dtstamp(found.get("DTSTAMP", ())),
        answer=answer,
        attendee=_mailbox(attendee),
        organiser=_mailbox(organiser[0]) if len(organiser) == 1 else "",
        comment=_comment(found.get("COMMENT", ())),
    )


def folded(address: str) -> str:
    """Return one mail address in the form in which it is compared, ASCII lowered; "" if it is none."""
    given = address.strip(" ")
    if len(given) > _MOST_ADDRESS or not one_line(given) or not _ADDRESS.fullmatch(given):
        return ""
    try:
        return given.encode().lower().decode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return ""


def _lines(content: bytes) -> Iterator[tuple[str, Contentline]]:
    """Yield each unfolded line with its name in capitals; a line without one belongs to nobody."""
    try:
        lines = Contentlines.from_ical(content)  # type: ignore[no-untyped-call]  # the library's edge
    except ValueError as error:
        raise Unreadable("bad_calendar") from error
    for line in lines:
        if name := _NAME.match(line):
            yield name[0].upper(), line


def _parts(lines: Iterable[tuple[str, Contentline]]) -> tuple[list[str], list[list[tuple[str, Contentline]]]]:
    """Return the METHODs of the one calendar, and the lines that belong to each VEVENT itself."""
    methods: list[str] = []
    events: list[list[tuple[str, Contentline]]] = []
    calendars, inside = 0, list[str]()
    for name, line in lines:
        if name == "BEGIN":
            inside.append(_split(line).value.strip().upper())
            calendars += len(inside) == 1
            if inside[0] != "VCALENDAR" or calendars > 1:
                raise Unreadable("bad_calendar")
            if inside[-1] == "VEVENT":
                events.append([])
        elif name == "END":
            if not inside or inside.pop() != _split(line).value.strip().upper():
                raise Unreadable("bad_calendar")
        elif len(inside) == 1 and name == "METHOD":
            methods.append(_split(line).value)
        elif len(inside) == 2 and inside[1] == "VEVENT":  # noqa: PLR2004 - the calendar and the event
            events[-1].append((name, line))
    if inside or not calendars:
        raise Unreadable("bad_calendar")
    return methods, events


def _demand_reply(methods: set[str]) -> None:
    if methods != {"REPLY"}:
        raise Unreadable(_METHODS.get(methods.pop(), "not_a_reply") if len(methods) == 1 else "not_a_reply")


def _properties(lines: Iterable[tuple[str, Contentline]]) -> dict[str, list[_Property]]:
    found: dict[str, list[_Property]] = {}
    for name, line in lines:
        if name in _PROPERTIES:  # the rest may be as broken as it likes
            found.setdefault(name, []).append(_split(line))
    return found


def _split(line: Contentline) -> _Property:
    try:
        _, parameters, value = line.raw_parts()
    except ValueError as error:
        raise Unreadable("bad_calendar") from error
    return _Property(parameters, value, unescape_backslash(value))


def _answer(attendees: Sequence[_Property]) -> tuple[_Property, str]:
    """Return the one who answers and the answer."""
    states = [_parameter(one, "PARTSTAT").upper() for one in attendees]
    if "DELEGATED" in states:  # the delegate's own reply names two (RFC 5546 3.2.2.3)
        to = _parameter(attendees[states.index("DELEGATED")], "DELEGATED-TO")
        raise Unreadable("delegated", words=_address_of(to))
    if len(attendees) != 1:
        raise Unreadable("two_attendees" if attendees else "no_attendee")
    if states[0] not in _ANSWERS:
        raise Unreadable("not_an_answer")
    return attendees[0], _ANSWERS[states[0]]


def _parameter(one: _Property, name: str) -> str:
    value = one.parameters.get(name, "")
    return value.strip() if isinstance(value, str) else ""  # several values are none


def _mailbox(one: _Property) -> str:
    """Return the address of a calendar user: of the mailto URI, else of EMAIL (RFC 7986 6.2)."""
    return _address_of(one.value) or folded(_parameter(one, "EMAIL"))


def _address_of(uri: str) -> str:
    scheme, _, address = uri.strip().partition(":")
    return folded(unquote(address)) if scheme.lower() == "mailto" else ""


def _uid(given: Sequence[_Property]) -> str:
    uid = clean.line(given[0].text) if len(given) == 1 else ""
    if not uid or len(uid) > _MOST_UID:
        raise Unreadable("bad_calendar")
    return uid


def _sequence(given: Sequence[_Property]) -> int:
    if not given:
        return 0  # RFC 5545 3.8.7.4
    value = given[0].value.strip()
    if len(given) > 1 or not _NUMBER.fullmatch(value) or int(value) > _MOST_SEQUENCE:
        raise Unreadable("bad_calendar")
    return int(value)


def _dtstamp(given: Sequence[_Property]) -> datetime:
    """Return the instant; it orders the answers, so it is not guessed from a local time."""
    found = _INSTANT.fullmatch(given[0].value.strip()) if len(given) == 1 else None
    if found is None:
        raise Unreadable("bad_dtstamp")
    year, month, day, hour, minute, second = map(int, found.groups())
    try:
        # RFC 5545 3.3.12: the 60th second is a leap second.
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError as error:
        raise Unreadable("bad_dtstamp") from error


def _comment(given: Sequence[_Property]) -> str:
    words = clean.text("\n".join(one.text for one in given)).strip()
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + "…"
