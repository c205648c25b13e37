"""Who acts, and what can be done: the words of the one policy function."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a user is to the network (reliability.md, People and permissions)."""

    COORDINATOR = "coordinator"
    CENTRE_COORDINATOR = "centre-coordinator"
    OPERATOR = "operator"
    LECTURER = "lecturer"
    CURATOR = "curator"


class ActorKind(StrEnum):
    """How the asker is known."""

    STRANGER = "stranger"
    USER = "user"
    TOKEN = "token"  # noqa: S105 - a kind, not a secret
    CONSOLE = "console"


class Action(StrEnum):
    """Everything that a route or a use case asks permission for."""

    READ_PUBLIC = "read-public"  # health, sign-in, static files, secret addresses: anybody
    SEE_STATIONS = "see-stations"
    SEE_LIBRARY = "see-library"
    SEE_SESSIONS = "see-sessions"  # the list and single ones, each by its visibility
    ASK_SESSION = "ask-session"  # ask for one: it occupies nothing until somebody approves it
    BOOK_SESSION = "book-session"  # make one that occupies rooms and ports: confirmed or on hold
    MANAGE_SESSION = "manage-session"  # change, confirm, refuse, cancel, restore, message, ledger, materials
    CHANGE_REQUEST = "change-request"  # change or withdraw what one asked for, while it is asked for
    ANSWER_SEAT = "answer-seat"  # answer for a station
    TAKE_REPLIES = "take-replies"  # the mails that no answer could be taken from
    MANAGE_FEEDS = "manage-feeds"
    MANAGE_USERS = "manage-users"  # users, tokens
    IMPORT_REFERENCE = "import-reference"  # stations and library from files
    SEE_MAILBOX = "see-mailbox"  # /dev/mailbox, development only
    USE_ACCOUNT = "use-account"  # sign out: anybody signed in


class Scope(StrEnum):
    """What a service token may do."""

    ALL = "all"
    SESSIONS_READ = "sessions:read"
    SESSIONS_WRITE = "sessions:write"
    STATIONS_READ = "stations:read"
    LIBRARY_READ = "library:read"
    FEEDS_WRITE = "feeds:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The asker of one request or command. `name` is what the audit trail keeps."""

    kind: ActorKind
    name: str
    user_id: int | None = None
    email: str | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    stations: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[Scope] = field(default_factory=frozenset)

    @property
    def is_known(self) -> bool:
        """Say whether the asker is somebody."""
        return self.kind is not ActorKind.STRANGER


STRANGER = Actor(kind=ActorKind.STRANGER, name="stranger")
CONSOLE = Actor(kind=ActorKind.CONSOLE, name="console")
# Of somebody with every role, of every scope: what it may not do, no token may.
ANY_TOKEN = Actor(kind=ActorKind.TOKEN, name="any token", roles=frozenset(Role), scopes=frozenset(Scope))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What the policy needs to know of a session: nothing that a store must be asked twice for.

    `stations` are those listed in it; `is_confirmed` says whether it ever was; `people` are the folded
    addresses of its persons and guest sites; `answering` is the station that an answer is for.
    """

    visibility: str
    stations: frozenset[str]
    host: str
    is_confirmed: bool = True
    status: str = "confirmed"
    requester_id: int | None = None
    people: frozenset[str] = frozenset()
    answering: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFacts:
    """What the policy needs to know of something that belongs to one station, such as a feed."""

    station: str


Facts = SessionFacts | StationFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What lets somebody do an action: one of these roles, and of a token one of these scopes too.

    Without roles whoever is signed in may; without scopes no token may.
    """

    roles: frozenset[Role] = field(default_factory=frozenset)
    scopes: frozenset[Scope] = field(default_factory=frozenset)


class Policy(Protocol):
    """The one function that grants or denies; `people` fills it."""

    def __call__(self, actor: Actor, action: Action, facts: Facts | None = None) -> bool:
        """Say whether `actor` may do `action`, on that session or station where one is given."""
        ...
