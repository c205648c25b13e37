"""What comes in over HTTP as values, and the shapes of what goes out."""

from jicanet.scheduler.forms.answers import (
    ChangedOut,
    CheckOut,
    LedgerOut,
    LinkListOut,
    LinkOut,
    MessageOut,
    SessionListOut,
    SessionOut,
)
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
from jicanet.scheduler.forms.patching import (
    NothingIn,
    ReasonIn,
    ReplyIn,
    SessionPatch,
    TextIn,
    match_of,
    patch_of,
)

__all__ = [
    "BookingQuery",
    "ChangedOut",
    "CheckOut",
    "DayQuery",
    "LedgerOut",
    "LinkIn",
    "LinkListOut",
    "LinkOut",
    "MessageOut",
    "NothingIn",
    "ReasonIn",
    "ReplyIn",
    "SessionIn",
    "SessionListOut",
    "SessionOut",
    "SessionPatch",
    "SessionsQuery",
    "TextIn",
    "booking_request",
    "link_request",
    "match_of",
    "next_address",
    "next_cursor",
    "patch_of",
    "session_filter",
]
