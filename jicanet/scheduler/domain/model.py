"""The values of a booking: what is asked for, what the facts are, what then stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.words import (
    LinkKind,
    PersonRole,
    Scheme,
    SeatRole,
    SessionKind,
    Status,
    Visibility,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WallStart:
    """A start as a person says it: what the clock of a zone shows. `local` is naive."""

    local: datetime
    zone: str
    fold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedStart:
    """A start whose zone and instant are known, and the release of the zone data they rest on."""

    local: datetime
    zone: Zone
    fold: int
    starts_at: datetime
    tz_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRequest:
    """One station asked for. `required` None means: as the rule says, true for the host alone."""

    station: str
    role: SeatRole | None = None
    required: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRequest:
    """A place outside the network asked for. `email` names it: it is matched by its folded form."""

    organisation: str
    city: str
    zone: str
    email: str
    contact: str = ""
    telephone: str = ""
    language: str = ""
    role: SeatRole | None = None
    required: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRequest:
    """A person asked for. `email` names it: it is matched by its folded form."""

    role: PersonRole
    name: str
    email: str
    zone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest:
    """One material asked for. `start` and `end` are minutes after the start, or a naive local time."""

    material: str
    kind: LinkKind = LinkKind.PRE_VIEWING
    start: int | datetime | None = None
    end: int | datetime | None = None
    language: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The technical-cooperation activity that a session serves."""

    scheme: Scheme
    countries: tuple[str, ...] = ()
    agency: str = ""
    stage: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinDetails:
    """How a station enters the room. Empty texts read "Joining details follow"."""

    url: str = ""
    sip: str = ""
    h323: str = ""
    pin: str = ""

    @property
    def is_known(self) -> bool:
        """Say whether there is any way in."""
        return bool(self.url or self.sip or self.h323)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """A session asked for; None means: as the settings say.

    `status` None means the most that the asker may: confirmed, else requested.
    """

    title: str
    host: str
    start: WallStart
    minutes: int
    stations: tuple[SeatRequest, ...] = ()
    setup_minutes: int | None = None
    teardown_minutes: int | None = None
    purpose: str = ""
    kind: SessionKind = SessionKind.MEETING
    department: str = ""
    coordinator: str | None = None
    programme: Programme | None = None
    visibility: Visibility | None = None
    languages: tuple[str, ...] = ()
    materials: tuple[LinkRequest, ...] = ()
    join: JoinDetails = field(default_factory=JoinDetails)
    status: Status | None = None
    hold_until: datetime | None = None
    interpretation: str = ""
    recording: bool = False
    quorum: int | None = None
    guest_sites: tuple[GuestRequest, ...] = ()
    people: tuple[PersonRequest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The policy numbers that a booking is held to; minutes unless named otherwise."""

    longest_session_minutes: int
    setup_minutes: int
    teardown_minutes: int
    visibility: Visibility
    lead_minutes: int
    horizon_days: int
    most_stations: int
    most_people: int
    hold_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPlan:
    """One seat as it shall be: host first, the others in the order asked for."""

    station: str
    role: SeatRole
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A material tied to a session; minutes count from the session's start, kind `shown` only."""

    material: str
    kind: LinkKind
    start_minute: int | None = None
    end_minute: int | None = None
    language: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A request that makes sense by itself, defaults filled in: what the facts are then read for."""

    request: BookingRequest
    start: ResolvedStart
    minutes: int
    setup_minutes: int
    teardown_minutes: int
    visibility: Visibility
    seats: tuple[SeatPlan, ...]
    links: tuple[Link, ...]
    hold_until: datetime | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the stations, host first."""
        return tuple(seat.station for seat in self.seats)

    @property
    def ends_at(self) -> datetime:
        """Return the first instant after the session."""
        return self.start.starts_at + timedelta(minutes=self.minutes)

    @property
    def occupied(self) -> Interval:
        """Return set-up + session + teardown: what seats and ports are taken for."""
        return Interval.between(
            self.start.starts_at - timedelta(minutes=self.setup_minutes),
            self.ends_at + timedelta(minutes=self.teardown_minutes),
        )

    @property
    def attended(self) -> Interval:
        """Return set-up + session: when somebody must be in the room (domain.md, Searching 2)."""
        return Interval(self.occupied.start, Interval.between(self.start.starts_at, self.ends_at).end)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatWarning:
    """Something a site must know before it accepts; `facts` are the code's own fields, as JSON.

    Codes: outside_hours (minutes), weekend (date), holiday and holiday_estimated (name, date),
    holidays_unknown (country, year), no_mailbox.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """Return the form that is stored and answered: the code, its fields beside it."""
        return {"code": self.code, **self.facts}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "SeatWarning":
        """Return the warning that `json` gave."""
        return cls(code=data["code"], facts={key: value for key, value in data.items() if key != "code"})
