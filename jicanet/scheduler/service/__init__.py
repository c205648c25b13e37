"""Use cases of sessions: their whole life, their answers, their mails, and reading them."""

from jicanet.scheduler.service.answers import AnswerView, answer_by_token, answer_moment, answer_seat
from jicanet.scheduler.service.booking import book_session, check_booking
from jicanet.scheduler.service.changing import BookedSession
from jicanet.scheduler.service.day import day_of_world, session_moment
from jicanet.scheduler.service.deliveries import session_with_mail
from jicanet.scheduler.service.editing import ANY, Match, change_session, check_change
from jicanet.scheduler.service.ledger import ledger
from jicanet.scheduler.service.links import AddedLink, add_material, materials, remove_material
from jicanet.scheduler.service.living import (
    cancel_session,
    confirm_session,
    message_all,
    refuse_session,
    restore_session,
)
from jicanet.scheduler.service.once import Once
from jicanet.scheduler.service.reading import SessionList, session, session_picture, sessions
from jicanet.scheduler.service.replies import (
    Ingested,
    Letter,
    Letters,
    accept_reply,
    dismiss_reply,
    ingest,
    letter,
    original,
    replies,
)
from jicanet.scheduler.service.upkeep import fill_tokens, follow_mailboxes, lapse
from jicanet.scheduler.service.waiting import ENDED_FOR, requests

__all__ = [
    "ANY",
    "ENDED_FOR",
    "AddedLink",
    "AnswerView",
    "BookedSession",
    "Ingested",
    "Letter",
    "Letters",
    "Match",
    "Once",
    "SessionList",
    "accept_reply",
    "add_material",
    "answer_by_token",
    "answer_moment",
    "answer_seat",
    "book_session",
    "cancel_session",
    "change_session",
    "check_booking",
    "check_change",
    "confirm_session",
    "day_of_world",
    "dismiss_reply",
    "fill_tokens",
    "follow_mailboxes",
    "ingest",
    "lapse",
    "ledger",
    "letter",
    "materials",
    "message_all",
    "original",
    "refuse_session",
    "remove_material",
    "replies",
    "requests",
    "restore_session",
    "session",
    "session_moment",
    "session_picture",
    "session_with_mail",
    "sessions",
]
