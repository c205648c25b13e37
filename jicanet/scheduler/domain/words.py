"""The closed lists of words of a session (domain.md, Words): kebab-case, stored and shown as they are."""

from enum import StrEnum


class SeatRole(StrEnum):
    """What a station does in a session."""

    SENDING = "sending"
    RECEIVING = "receiving"


class PersonRole(StrEnum):
    """What a person does in a session."""

    MODERATOR = "moderator"
    LECTURER = "lecturer"
    INTERPRETER = "interpreter"
    LOCAL_FACILITATOR = "local-facilitator"
    OPERATOR = "operator"


class PartKind(StrEnum):
    """Who takes part: a station, a place outside the network for this one session, a person."""

    STATION = "station"
    GUEST = "guest-site"
    PERSON = "person"


class Answer(StrEnum):
    """What a part said to its invitation."""

    NEEDS_ACTION = "needs-action"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Via(StrEnum):
    """How an answer came."""

    API = "api"
    PAGE = "page"
    LINK = "link"
    MAIL = "mail"


class Status(StrEnum):
    """Where a session stands."""

    REQUESTED = "requested"
    HOLD = "hold"
    CONFIRMED = "confirmed"
    NEEDS_ATTENTION = "needs-attention"
    CANCELLED = "cancelled"

    @property
    def occupies(self) -> bool:
        """Say whether a session of this status takes rooms and ports."""
        return self in _OCCUPYING

    @property
    def invites(self) -> bool:
        """Say whether those who take part in a session of this status are told of it."""
        return self in _INVITING


_OCCUPYING = frozenset({Status.HOLD, Status.CONFIRMED, Status.NEEDS_ATTENTION})
_INVITING = frozenset({Status.CONFIRMED, Status.NEEDS_ATTENTION})


class Ending(StrEnum):
    """Why a session is cancelled."""

    CANCELLED = "cancelled"
    REFUSED = "refused"
    HOLD_EXPIRED = "hold-expired"
    LAPSED = "lapsed"


class ReasonCode(StrEnum):
    """What may need a coordinator's attention."""

    HOST_DECLINED = "host_declined"
    REQUIRED_SEAT_LOST = "required_seat_lost"
    QUORUM_LOST = "quorum_lost"


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
