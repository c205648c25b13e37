"""A calendar that clients subscribe to: a head, and kept event chunks joined under it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import icalendar
from icalendar import vDuration, vUri

from jicanet.ical import clean
from jicanet.ical.events import PRODUCT
from jicanet.ical.values import Text

_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarHeader:
    """What a feed says of itself. `refresh_minutes` is how often a client should look again.

    `color` is a CSS3 name (RFC 7986 5.9). `source` is the address of the feed, omitted if empty.
    `changed_at` comes from stored revisions, never from the clock; None for a feed that never held
    anything.
    """

    name: str
    refresh_minutes: int
    color: str = ""
    source: str = ""
    changed_at: datetime | None = None


def join(chunks: Iterable[bytes], header: CalendarHeader) -> bytes:
    """Return the calendar of these VEVENTs (bytes of `component`) in the order given; no METHOD."""
    head = _head(header)
    return b"".join((head[: -len(_END)], *chunks, _END))


def _head(header: CalendarHeader) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    name = clean.line(header.name)
    every = timedelta(minutes=header.refresh_minutes)
    # RFC 7986 and, for the clients that came before it, the X- names.
    calendar.add("name", Text(name))
    calendar.add("x-wr-calname", Text(name))
    calendar.add("refresh-interval", vDuration(every), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(every))
    if color := clean.line(header.color):
        calendar.add("color", Text(color))
    if address := clean.web_address(header.source):
        calendar.add("source", vUri(address), parameters={"VALUE": "URI"})
    if header.changed_at is not None:
        calendar.add("last-modified", header.changed_at.astimezone(UTC).replace(microsecond=0))
    return bytes(calendar.to_ical(sorted=True))
