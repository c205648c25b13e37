"""One session as one VEVENT: the invitation and its end (RFC 5546), and the event of feeds and files.

Everything is UTC (calendars.md, decision 1). Nothing reads the clock: DTSTAMP, CREATED and
LAST-MODIFIED are stored facts, so equal facts give equal bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import icalendar
from icalendar import Parameters, vCalAddress, vUri

from jicanet.core.text import Translate, message
from jicanet.ical import clean
from jicanet.ical.values import Text

PRODUCT = "-//jicanet//jicanet//EN"

_CLASSES = {"public": "PUBLIC", "network": "PRIVATE", "participants": "CONFIDENTIAL"}
_SIP = re.compile(r"[A-Za-z0-9._+*#-]{1,64}@[A-Za-z0-9.:\[\]-]{1,255}")
JOINING_FOLLOWS = message("Joining details follow")


class EventStatus(StrEnum):
    """RFC 5545 3.8.1.11: holds are tentative, in private feeds alone; tombstones of feeds are cancelled."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """How a site joins; each is text and empty where there is none."""

    url: str = ""
    sip: str = ""
    h323: str = ""
    pin: str = ""

    @property
    def is_known(self) -> bool:
        """Say whether there is an address to join at; a PIN alone is none."""
        return bool(self.url or self.sip or self.h323)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The facts of one VEVENT. Instants are aware and of whole seconds.

    `description` is the text after the join link, which becomes its first line. `location` is a line
    (see `place`), omitted if empty. `page` is the session's own page, used as URL where there is no
    join link. `attachments` are addresses of materials. `visibility` is public, network or
    participants. Empty texts give no property.
    """

    uid: str
    sequence: int
    dtstamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    created_at: datetime
    changed_at: datetime
    visibility: str
    description: str = ""
    join: Join = field(default_factory=Join)
    location: str = ""
    page: str = ""
    attachments: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    status: EventStatus = EventStatus.CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """The one recipient of an invitation, and the address that its answer goes to.

    `is_room` is true of whoever speaks for a site. `answer` is a PARTSTAT (RFC 5545 3.2.12).
    """

    address: str
    name: str
    required: bool
    organiser: str
    organiser_name: str
    answer: str = "NEEDS-ACTION"
    is_room: bool = True


def place(join: Join, translate: Translate) -> str:
    """Return LOCATION's line: where to join, or that joining details follow."""
    if join.url:
        return join.url
    if join.sip:
        return f"SIP {join.sip}"
    if join.h323:
        return f"H.323 {join.h323}"
    return JOINING_FOLLOWS.to(translate)


def invitation(event: Event, invitee: Invitee) -> bytes:
    """Return a whole VCALENDAR of METHOD:REQUEST with exactly one ATTENDEE (RFC 5546 3.2.2)."""
    part = _event(event)
    # Without RSVP Apple's programs show no buttons.
    _add_people(part, invitee, {"PARTSTAT": invitee.answer, "RSVP": "TRUE"})
    return _message("REQUEST", part)


def cancellation(event: Event, invitee: Invitee, *, whole: bool) -> bytes:
    """Return a whole VCALENDAR of METHOD:CANCEL that names its one recipient (RFC 5546 3.2.5).

    `whole` says that the session itself is cancelled. Else the recipient alone is taken out of it, and
    STATUS must not stand there. Joining details, materials and the status of the event are left out.
    """
    part = _core(event)
    if whole:
        part.add("status", EventStatus.CANCELLED.value)
    part.add("transp", "TRANSPARENT")  # a program that keeps the entry shows nobody as busy
    if address := clean.web_address(event.page):
        part.add("url", vUri(address))
    if description := clean.text(event.description).strip("\n"):
        part.add("description", Text(description))
    _add_people(part, invitee, {})
    return _message("CANCEL", part)


def single(event: Event) -> bytes:
    """Return a VCALENDAR that may be forwarded: no METHOD, ORGANIZER or ATTENDEE, so no client answers."""
    calendar = _calendar()
    calendar.add_component(_event(event))
    return _bytes(calendar)


def component(event: Event) -> bytes:
    """Return the lone VEVENT as a feed keeps and joins it, without ORGANIZER or ATTENDEE."""
    return _bytes(_event(event))


def _calendar() -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _message(method: str, part: icalendar.Event) -> bytes:
    calendar = _calendar()
    calendar.add("method", method)
    calendar.add_component(part)
    return _bytes(calendar)


def _bytes(part: icalendar.Component) -> bytes:
    return bytes(part.to_ical(sorted=True))


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        msg = f"{instant.isoformat()} has no zone"
        raise ValueError(msg)
    return instant.astimezone(UTC).replace(microsecond=0)


def _core(event: Event) -> icalendar.Event:
    """Return what every VEVENT of ours has, whatever it is sent as."""
    if event.ends_at <= event.starts_at:
        msg = f"an event must end after it starts, not {event.starts_at} to {event.ends_at}"
        raise ValueError(msg)
    part = icalendar.Event()
    part.add("uid", Text(clean.line(event.uid)))
    part.add("sequence", event.sequence)
    for name, instant in (
        ("dtstamp", event.dtstamp),
        ("dtstart", event.starts_at),
        ("dtend", event.ends_at),
        ("created", event.created_at),
        ("last-modified", event.changed_at),
    ):
        part.add(name, _utc(instant))
    part.add("summary", Text(clean.line(event.summary)))
    part.add("class", _CLASSES[event.visibility])
    return part


def _event(event: Event) -> icalendar.Event:
    part = _core(event)
    is_cancelled = event.status is EventStatus.CANCELLED
    part.add("status", event.status.value)
    part.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    _add_joining(part, event)
    _add_rest(part, event)
    return part


def _add_joining(part: icalendar.Event, event: Event) -> None:
    """Put the join link where each client looks for it: they all drop something (traps.md 19)."""
    url = clean.web_address(event.join.url)
    if url:
        _add_conference(part, url)
    if _SIP.fullmatch(event.join.sip):
        _add_conference(part, clean.uri(f"sip:{event.join.sip}"))
    if address := url or clean.web_address(event.page):
        part.add("url", vUri(address))
    if event.location:
        part.add("location", Text(clean.line(event.location)))
    description = "\n".join(words for words in (url, clean.text(event.description).strip("\n")) if words)
    if description:
        part.add("description", Text(description))


def _add_conference(part: icalendar.Event, address: str) -> None:
    # traps.md 3: the library's own Conference type writes the features as one quoted value.
    parameters = Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"]})
    part.add("conference", vUri(address), parameters=parameters)


def _add_rest(part: icalendar.Event, event: Event) -> None:
    for given in event.attachments:
        if address := clean.web_address(given):
            part.add("attach", vUri(address))
    categories = [words for given in event.categories if (words := clean.line(given))]
    if categories:
        part.add("categories", categories)


def _add_people(part: icalendar.Event, invitee: Invitee, asked: Mapping[str, str]) -> None:
    """Add ORGANIZER and the one ATTENDEE (calendars.md, decision 4), whose parameters `asked` completes."""
    organiser = vCalAddress(clean.mail_address(invitee.organiser))
    organiser.params["CN"] = clean.parameter(invitee.organiser_name)
    part.add("organizer", organiser)
    attendee = vCalAddress(clean.mail_address(invitee.address))
    attendee.params["CUTYPE"] = "ROOM" if invitee.is_room else "INDIVIDUAL"
    attendee.params["ROLE"] = "REQ-PARTICIPANT" if invitee.required else "OPT-PARTICIPANT"
    attendee.params["CN"] = clean.parameter(invitee.name)
    attendee.params.update(asked)
    part.add("attendee", attendee)
