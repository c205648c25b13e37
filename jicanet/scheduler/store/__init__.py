"""SQL of sessions: plain functions of a Connection, domain values in and out; they never commit."""

from jicanet.scheduler.store.events import EventView, station_events
from jicanet.scheduler.store.facts import SeatTaken, bridge_loads, taken_seats
from jicanet.scheduler.store.reading import (
    Addressee,
    Seen,
    addressee,
    due,
    future_refs,
    lock_session,
    recipients,
    session_by_ref,
    sessions,
    snapshot,
    without_token,
)
from jicanet.scheduler.store.writing import (
    add_session,
    add_snapshot,
    next_number,
    save_links,
    save_parts,
    save_recipient,
    save_recipients,
    save_session,
    save_token_hash,
)

__all__ = [
    "Addressee",
    "EventView",
    "SeatTaken",
    "Seen",
    "add_session",
    "add_snapshot",
    "addressee",
    "bridge_loads",
    "due",
    "future_refs",
    "lock_session",
    "next_number",
    "recipients",
    "save_links",
    "save_parts",
    "save_recipient",
    "save_recipients",
    "save_session",
    "save_token_hash",
    "session_by_ref",
    "sessions",
    "snapshot",
    "station_events",
    "taken_seats",
    "without_token",
]
