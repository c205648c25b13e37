"""One session as one VEVENT: the invitation (RFC 5546 REQUEST), and the event of feeds and files.

Everything is UTC (calendars.md, decision 1). Nothing reads the clock: DTSTAMP, CREATED and
LAST-MODIFIED are stored facts, so equal facts give equal bytes.
"""

import re
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
    """RFC 5545 3.8.1.11, as far as sessions use it."""

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
    """The one recipient of an invitation, and the address that its answer goes to."""

    address: str
    name: str
    required: bool
    organiser: str
    organiser_name: str
    answer: str = "NEEDS-ACTION"


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
    calendar = _calendar()
    calendar.add("method", "REQUEST")
    calendar.add_component(_event(event, invitee))
    return _bytes(calendar)


def single(event: Event) -> bytes:
    """Return a VCALENDAR that may be forwarded: no METHOD, ORGANIZER or ATTENDEE, so no client answers."""
    calendar = _calendar()
    calendar.add_component(_event(event, None))
    return _bytes(calendar)


def component(event: Event) -> bytes:
    """Return the lone VEVENT as a feed keeps and joins it, without ORGANIZER or ATTENDEE."""
    return _bytes(_event(event, None))


def _calendar() -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _bytes(part: icalendar.Component) -> bytes:
    return bytes(part.to_ical(sorted=True))


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        msg = f"{instant.isoformat()} has no zone"
        raise ValueError(msg)
    return instant.astimezone(UTC).replace(microsecond=0)


def _event(event: Event, invitee: Invitee | None) -> icalendar.Event:
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
    part.add("status", event.status.value)
    part.add("class", _CLASSES[event.visibility])
    part.add("transp", "OPAQUE")
    _add_joining(part, event)
    _add_rest(part, event)
    if invitee is not None:
        _add_people(part, invitee)
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


def _add_people(part: icalendar.Event, invitee: Invitee) -> None:
    organiser = vCalAddress(clean.mail_address(invitee.organiser))
    organiser.params["CN"] = clean.parameter(invitee.organiser_name)
    part.add("organizer", organiser)
    attendee = vCalAddress(clean.mail_address(invitee.address))
    attendee.params["CUTYPE"] = "ROOM"
    attendee.params["ROLE"] = "REQ-PARTICIPANT" if invitee.required else "OPT-PARTICIPANT"
    attendee.params["PARTSTAT"] = invitee.answer
    attendee.params["CN"] = clean.parameter(invitee.name)
    part.add("attendee", attendee)
