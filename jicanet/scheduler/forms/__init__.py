"""What comes in over HTTP as values, and the shapes of what goes out."""

from jicanet.scheduler.forms.answers import CheckOut, LinkListOut, LinkOut, SessionListOut, SessionOut
from jicanet.scheduler.forms.booking import (
    BookingQuery,
    LinkIn,
    SessionIn,
    booking_request,
    link_request,
)
from jicanet.scheduler.forms.listing import (
    DayQuery,
    SessionsQuery,
    next_address,
    next_cursor,
    session_filter,
)

__all__ = [
    "BookingQuery",
    "CheckOut",
    "DayQuery",
    "LinkIn",
    "LinkListOut",
    "LinkOut",
    "SessionIn",
    "SessionListOut",
    "SessionOut",
    "SessionsQuery",
    "booking_request",
    "link_request",
    "next_address",
    "next_cursor",
    "session_filter",
]
