"""Why no answer could be taken from a mail, in sentences for the person who looks at it."""

from jicanet.core.text import Message, message
from jicanet.settings import Settings

NOT_STARTED = "reader_not_started"
READER_FAILED = "reader_failed"
TOO_SLOW = "too_slow"

_UNKNOWN = message("No answer could be taken from this mail.")
_SENTENCES = {
    "auto_submitted": message(
        "A program sent this mail by itself, not a person: it is an absence note, a report or an automatic answer. It changes nothing unless you accept it."
    ),
    "bad_calendar": message("The calendar in this mail is broken, so its answer cannot be read."),
    "bad_dtstamp": message(
        "The answer does not say when it was given (DTSTAMP in UTC), so nobody can tell whether a later one stands."
    ),
    "bad_mail": message("This mail is broken and could not be taken apart."),
    "calendar_too_large": message(
        "The calendar in this mail is larger than %(calendar)s kB; an answer takes one or two."
    ),
    "counter": message("The sender proposes another time. Move the session if it suits everybody."),
    "delegated": message(
        "The sender passed the invitation on to somebody else. Change the session if it suits."
    ),
    "headers_too_large": message("The headers of this mail are larger than %(headers)s kB."),
    "no_attendee": message("The answer does not say whose it is (ATTENDEE)."),
    "no_calendar": message(
        "This mail carries no calendar answer: somebody wrote by hand. Read it and set the answer yourself."
    ),
    "no_event": message("The answer is about a task or something else, not about a session."),
    "not_a_reply": message("The calendar in this mail is no answer to an invitation."),
    "not_an_answer": message("The answer is none of accepted, tentative and declined."),
    "outlook_format": message(
        "The answer is in a form that only Outlook reads (winmail.dat). Set the answer yourself; the sender's mail system can be told to send iCalendar."
    ),
    NOT_STARTED: message("The program that reads mails could not be started, so this one was not read."),
    READER_FAILED: message("The program that reads mails broke off, so this one was not read."),
    "recurrence": message("The answer is for one of several dates, but each session is invited by itself."),
    "refresh": message("The sender asks for the invitation to be sent again."),
    TOO_SLOW: message("Reading this mail took longer than %(seconds)s s, so it was broken off."),
    "too_large": message(
        "This mail is larger than %(message)s kB, so it was not read. Only its first %(kept)s kB were kept."
    ),
    "too_many_parts": message("This mail has more than %(parts)s parts."),
    "too_much_memory": message(
        "Reading this mail took more than %(memory)s MB of memory, so it was broken off."
    ),
    "two_attendees": message("The calendar in this mail answers for several people at once."),
    "two_calendars": message("This mail carries several calendars that differ, so its answer is not clear."),
    "two_events": message("The calendar in this mail answers for several sessions at once."),
}
CODES = frozenset(_SENTENCES)


def sentence(code: str, settings: Settings) -> Message:
    """Return why no answer was taken from a mail; a code of which nothing is known gives a general one."""
    found = _SENTENCES.get(code, _UNKNOWN)
    return Message(
        found.msgid,
        {
            "calendar": settings.inbound_calendar_bytes // 1024,
            "headers": settings.inbound_header_bytes // 1024,
            "kept": settings.inbound_kept_bytes // 1024,
            "memory": settings.inbound_memory_bytes // 1_048_576,
            "message": settings.inbound_message_bytes // 1024,
            "parts": settings.inbound_parts,
            "seconds": f"{settings.inbound_seconds:g}",
        },
    )
