"""The shapes of what is answered (interfaces.md, Session); render/answers.py fills them."""

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from jicanet.mail.model import MailState
from jicanet.scheduler.domain.words import (
    Answer,
    Ending,
    LinkKind,
    PersonRole,
    ReasonCode,
    Scheme,
    SeatRole,
    SessionKind,
    Status,
    Via,
    Visibility,
)
from jicanet.web.models import Body


class ListedOut(Body):
    """A station as POST takes it."""

    code: str
    role: SeatRole
    required: bool


class StartOut(Body):
    """The wall time that was chosen, with the canonical name of its zone."""

    local: str
    zone: str
    fold: Literal[0, 1]


class ProgrammeOut(Body):
    """The technical-cooperation activity."""

    scheme: Scheme
    countries: list[str]
    agency: str
    stage: int | None


class JoinOut(Body):
    """The way into the room; empty texts: joining details follow."""

    url: str
    sip: str
    h323: str
    pin: str


class WarningOut(Body):
    """What a site must know; which fields stand beside the code depends on it."""

    code: Literal[
        "outside_hours", "weekend", "holiday", "holiday_estimated", "holidays_unknown", "no_mailbox"
    ]
    detail: str
    minutes: int | None = None
    date: str | None = None
    name: str | None = None
    local_name: str | None = None
    country: str | None = None
    year: int | None = None


class SeatOut(Body):
    """One station's part, in its own local time."""

    station: str
    role: SeatRole
    required: bool
    answer: Answer
    withdrawn: bool
    local_start: str
    local_end: str
    zone: str
    minutes_outside: int
    warnings: list[WarningOut]
    words: str
    answered_at: str | None
    answered_via: Via | None


class GuestOut(Body):
    """A guest site as POST takes it; its address and telephone only for those who may change the session."""

    organisation: str
    city: str
    zone: str
    email: str | None
    contact: str
    telephone: str
    language: str | None
    role: SeatRole
    required: bool


class PersonOut(Body):
    """A person as POST takes it; the address only for those who may change the session."""

    role: PersonRole
    name: str
    email: str | None
    zone: str
    language: str | None


class PartOut(Body):
    """What a guest site or a person has answered, in its own local time."""

    kind: Literal["guest-site", "person"]
    name: str
    email: str | None
    answer: Answer
    withdrawn: bool
    local_start: str
    local_end: str
    zone: str


class ReasonOut(Body):
    """Why a session needs attention; `site` is a station code or the part that withdrew."""

    code: ReasonCode
    site: str | None
    acknowledged: bool


class EndingOut(Body):
    """How and why a session was cancelled."""

    code: Ending
    reason: str


class LinkOut(Body):
    """A material of a session; start and end are minutes after the session's start."""

    id: int
    material: str
    kind: LinkKind
    start: int | None
    end: int | None
    local_start: str | None
    local_end: str | None
    language: str | None
    required: bool
    titles: dict[str, str]
    url: str


class DeliveryOut(Body):
    """The newest mail to one recipient: the stations it speaks for, and the mail server's last words."""

    stations: list[str]
    others: list[str]
    state: MailState
    words: str


class SessionOut(Body):
    """A session: every field that POST takes, and what follows from them.

    `deliveries` is there for one session and for those who manage it.
    """

    ref: str
    status: Status
    title: str
    purpose: str
    kind: SessionKind
    department: str
    coordinator: str | None
    host: str
    stations: list[ListedOut]
    start: StartOut
    minutes: int
    setup_minutes: int
    teardown_minutes: int
    starts_at: str
    ends_at: str
    visibility: Visibility
    languages: list[str]
    programme: ProgrammeOut | None
    join: JoinOut | None
    hold_until: str | None
    interpretation: str
    recording: bool
    quorum: int | None
    guest_sites: list[GuestOut]
    people: list[PersonOut]
    seats: list[SeatOut]
    parts: list[PartOut]
    reasons: list[ReasonOut]
    ending: EndingOut | None
    materials: list[LinkOut]
    sequence: int
    revision: int
    created_at: str
    changed_at: str
    deliveries: list[DeliveryOut] | None = None


class SessionListOut(Body):
    """A part of the list; `next` is the relative address of the following one."""

    items: list[SessionOut]
    next: str | None


class LinkListOut(Body):
    """The materials of a session."""

    items: list[LinkOut]
    next: None = None


class StationWarningOut(WarningOut):
    """A warning with its station."""

    station: str


class ConflictOut(Body):
    """What is in the way, in the local time of the zone it belongs to."""

    code: Literal["station_busy", "bridge_full"]
    station: str | None = None
    bridge: str | None = None
    local_start: str
    local_end: str
    zone: str
    detail: str
    ref: str | None = None
    title: str | None = None
    short_by: int | None = None
    taken: int | None = None
    needed: int | None = None
    ports: int | None = None


class NoticeOut(Body):
    """A mail that would be owed: whose mailbox it goes to, and its subject in their language."""

    recipient: list[str]
    method: str
    sequence: int
    subject: str


class MessageOut(Body):
    """How many a message goes to."""

    recipients: int


class LedgerLineOut(Body):
    """One line of the ledger: what was done, by whom or to whom, and what became of it."""

    at: str
    kind: Literal["change", "answer", "mail", "reply"]
    what: str
    who: str
    sequence: int | None
    result: str
    words: str
    parts: list[str]
    changes: Annotated[dict[str, Any] | None, Field(description="Of a change: old and new by field.")]


class LedgerOut(Body):
    """Every notice and answer of a session, newest first."""

    items: list[LedgerLineOut]
    next: None = None


class CheckOut(Body):
    """What a booking would come to."""

    warnings: list[StationWarningOut]
    conflicts: list[ConflictOut]
    notices: list[NoticeOut]


class ChangedOut(RootModel[SessionOut | CheckOut]):
    """The changed session, or with ?check=1 what the change would come to."""
