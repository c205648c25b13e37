"""Use cases of sessions: book, ask about a booking, read, list, and tie materials to them."""

from jicanet.scheduler.service.booking import BookedSession, book_session, check_booking
from jicanet.scheduler.service.day import day_of_world, session_moment
from jicanet.scheduler.service.deliveries import session_with_mail
from jicanet.scheduler.service.links import AddedLink, add_material, materials, remove_material
from jicanet.scheduler.service.once import Once
from jicanet.scheduler.service.reading import SessionList, session, session_picture, sessions

__all__ = [
    "AddedLink",
    "BookedSession",
    "Once",
    "SessionList",
    "add_material",
    "book_session",
    "check_booking",
    "day_of_world",
    "materials",
    "remove_material",
    "session",
    "session_moment",
    "session_picture",
    "session_with_mail",
    "sessions",
]
