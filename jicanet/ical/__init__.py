"""Calendar components in UTC, built by the icalendar library: events, calendars and joined feeds."""

from jicanet.ical.events import (
    Event,
    EventStatus,
    Invitee,
    Join,
    cancellation,
    component,
    invitation,
    place,
    single,
)
from jicanet.ical.feeds import CalendarHeader, join

__all__ = [
    "CalendarHeader",
    "Event",
    "EventStatus",
    "Invitee",
    "Join",
    "cancellation",
    "component",
    "invitation",
    "join",
    "place",
    "single",
]
