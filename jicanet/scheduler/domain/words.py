"""The closed lists of words of a session (domain.md, Words): kebab-case, stored and shown as they are."""

from enum import StrEnum


class SeatRole(StrEnum):
    """What a station does in a session."""

    SENDING = "sending"
    RECEIVING = "receiving"


class Answer(StrEnum):
    """What a station said to its invitation."""

    NEEDS_ACTION = "needs-action"


class Status(StrEnum):
    """Where a session stands."""

    CONFIRMED = "confirmed"


class SessionKind(StrEnum):
    """What a session is held for."""

    LECTURE = "lecture"
    SEMINAR = "seminar"
    MEETING = "meeting"
    COURSE_DAY = "course-day"
    SCREENING = "screening"
    TEST_CALL = "test-call"


class Visibility(StrEnum):
    """Who may know of a session."""

    PUBLIC = "public"
    NETWORK = "network"
    PARTICIPANTS = "participants"


class LinkKind(StrEnum):
    """What a material is to a session."""

    PRE_VIEWING = "pre-viewing"
    SHOWN = "shown"
    HANDOUT = "handout"
    SLIDES = "slides"
    RECORDING = "recording"
    MINUTES = "minutes"
    FOLLOW_UP = "follow-up"


class Scheme(StrEnum):
    """The technical-cooperation scheme a session serves."""

    EXPERT_DISPATCH = "expert-dispatch"
    KCCP = "kccp"
    TECHNICAL_COOPERATION_PROJECT = "technical-cooperation-project"
    SATREPS = "satreps"
    DEVELOPMENT_PLANNING = "development-planning"
    OTHER = "other"
