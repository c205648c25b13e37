"""SQL of sessions: plain functions of a Connection, domain values in and out; they never commit."""

from jicanet.scheduler.store.events import EventView, station_events
from jicanet.scheduler.store.facts import SeatTaken, bridge_loads, taken_seats
from jicanet.scheduler.store.reading import (
    Seen,
    lock_session,
    recipients,
    session_by_ref,
    sessions,
    snapshot,
)
from jicanet.scheduler.store.writing import (
    add_link,
    add_links,
    add_recipients,
    add_seats,
    add_session,
    add_snapshot,
    next_number,
    remove_link,
    touch_session,
)

__all__ = [
    "EventView",
    "SeatTaken",
    "Seen",
    "add_link",
    "add_links",
    "add_recipients",
    "add_seats",
    "add_session",
    "add_snapshot",
    "bridge_loads",
    "lock_session",
    "next_number",
    "recipients",
    "remove_link",
    "session_by_ref",
    "sessions",
    "snapshot",
    "station_events",
    "taken_seats",
    "touch_session",
]
