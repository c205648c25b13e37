"""A session as it is kept: what stands after a booking, and what every later reading gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.model import JoinDetails, Link, Programme, ResolvedStart, SeatWarning
from jicanet.scheduler.domain.words import (
    Answer,
    Ending,
    PersonRole,
    ReasonCode,
    SeatRole,
    SessionKind,
    Status,
    Via,
    Visibility,
)
from jicanet.stations.domain.model import Station


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a session needs attention, and whether a coordinator knows of it; `site` is "" for the quorum."""

    code: ReasonCode
    site: str = ""
    acknowledged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """One row of `session`: the wall time is the truth, the instants are derived from it.

    `counter` is C of domain.md; `confirmed_once` says that the session was public knowledge at some
    time; `reasons` are those that hold now.
    """

    id: int
    ref: str
    uid: str
    title: str
    purpose: str
    kind: SessionKind
    department: str
    coordinator_id: int | None
    host: str
    status: Status
    visibility: Visibility
    languages: tuple[str, ...]
    programme: Programme | None
    wall_start: datetime
    zone: str
    fold: int
    tz_version: str
    minutes: int
    setup_minutes: int
    teardown_minutes: int
    starts_at: datetime
    ends_at: datetime
    join: JoinDetails
    bridge: str
    ports: int
    counter: int
    dtstamp: datetime
    stamp: int
    revision: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    hold_until: datetime | None = None
    interpretation: str = ""
    recording: bool = False
    quorum: int | None = None
    requester_id: int | None = None
    confirmed_once: bool = False
    reasons: tuple[Reason, ...] = ()
    ending: Ending | None = None
    ending_words: str = ""
    ended_at: datetime | None = None

    @property
    def occupied(self) -> Interval:
        """Return set-up + session + teardown."""
        return Interval.between(
            self.starts_at - timedelta(minutes=self.setup_minutes),
            self.ends_at + timedelta(minutes=self.teardown_minutes),
        )

    @property
    def attended(self) -> Interval:
        """Return set-up + session: when somebody must be in the room."""
        return Interval(self.occupied.start, Interval.between(self.starts_at, self.ends_at).end)

    def start(self, zone: Zone) -> ResolvedStart:
        """Return the start as it was resolved, with the zone of that name."""
        return ResolvedStart(
            local=self.wall_start,
            zone=zone,
            fold=self.fold,
            starts_at=self.starts_at,
            tz_version=self.tz_version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one part of a session stands: a station's seat, a guest site or a person.

    `listed` ends when a coordinator removes the part, `withdrawn` begins when it declines; the row
    stays for life. `words` are its own.
    """

    recipient_id: int | None = None
    answer: Answer = Answer.NEEDS_ACTION
    listed: bool = True
    withdrawn: bool = False
    answered_at: datetime | None = None
    answered_via: Via | None = None
    words: str = ""

    @property
    def live(self) -> bool:
        """Say whether it takes part."""
        return self.listed and not self.withdrawn


# What a part says before it is asked, and when it is asked anew.
UNANSWERED: Mapping[str, Any] = MappingProxyType(
    {"answer": Answer.NEEDS_ACTION, "answered_at": None, "answered_via": None, "words": ""}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRecord(Standing):
    """One row of `seat`: a station."""

    station: str
    role: SeatRole
    required: bool
    minutes_outside: int
    warnings: tuple[SeatWarning, ...]

    @property
    def key(self) -> str:
        """Return what names the part within its session."""
        return self.station


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRecord(Standing):
    """One row of `guest_site`: a place outside the network. `email` is folded and names it."""

    organisation: str
    city: str
    zone: str
    email: str
    contact: str
    telephone: str
    language: str
    role: SeatRole
    required: bool

    @property
    def key(self) -> str:
        """Return what names the part within its session."""
        return f"guest/{self.email}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord(Standing):
    """One row of `session_person`. `email` is folded and names the person."""

    role: PersonRole
    name: str
    email: str
    zone: str
    language: str

    @property
    def key(self) -> str:
        """Return what names the part within its session."""
        return f"person/{self.email}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecord:
    """One row of `session_material`."""

    id: int
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRecord:
    """One row of `recipient`: an address for life, the last mail to it and its last counted answer.

    `floor` is the SEQUENCE of the REQUEST that last reset or renewed its answer; `answer_stamp` and
    `answer` are what a later mailed REPLY is measured by (domain.md). `parts` are the keys of what
    hangs on it, removed ones included.
    """

    id: int
    address: str
    language: str
    parts: tuple[str, ...]
    method: str
    sequence: int
    dtstamp: datetime
    floor: int = 0
    answer_stamp: datetime | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A session with everything that ever was a part of it and its materials, as they were added."""

    session: SessionRecord
    seats: tuple[SeatRecord, ...]
    links: tuple[LinkRecord, ...] = ()
    guests: tuple[GuestRecord, ...] = ()
    people: tuple[PersonRecord, ...] = ()

    @property
    def listed(self) -> tuple[SeatRecord, ...]:
        """Return the seats that are listed, host first, those that declined included."""
        seats = (seat for seat in self.seats if seat.listed)
        return tuple(sorted(seats, key=lambda seat: seat.station != self.session.host))

    @property
    def listed_guests(self) -> tuple[GuestRecord, ...]:
        """Return the guest sites that are listed."""
        return tuple(guest for guest in self.guests if guest.listed)

    @property
    def listed_people(self) -> tuple[PersonRecord, ...]:
        """Return the people that are listed."""
        return tuple(person for person in self.people if person.listed)

    @property
    def sites(self) -> tuple[SeatRecord | GuestRecord, ...]:
        """Return the places that are listed, host first."""
        return (*self.listed, *self.listed_guests)

    @property
    def parts(self) -> tuple[SeatRecord | GuestRecord | PersonRecord, ...]:
        """Return everything that is listed."""
        return (*self.sites, *self.listed_people)

    @property
    def listed_others(self) -> tuple[GuestRecord | PersonRecord, ...]:
        """Return the guest sites and people that are listed."""
        return (*self.listed_guests, *self.listed_people)

    @property
    def every_other(self) -> tuple[GuestRecord | PersonRecord, ...]:
        """Return the guest sites and people that ever took part."""
        return (*self.guests, *self.people)

    @property
    def every_part(self) -> tuple[SeatRecord | GuestRecord | PersonRecord, ...]:
        """Return everything that ever took part."""
        return (*self.seats, *self.guests, *self.people)

    def with_parts(self, change: Callable[[Any], Any]) -> "StoredSession":
        """Return the session with what `change` makes of everything that ever took part."""
        return replace(
            self,
            seats=tuple(map(change, self.seats)),
            guests=tuple(map(change, self.guests)),
            people=tuple(map(change, self.people)),
        )

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the stations that are listed, host first."""
        return tuple(seat.station for seat in self.listed)

    @property
    def every_code(self) -> tuple[str, ...]:
        """Return every station that ever had a seat: what a change locks."""
        return tuple(seat.station for seat in self.seats)

    @property
    def live_sites(self) -> int:
        """Return how many places take part, host and guests included: what the quorum counts."""
        return sum(site.live for site in self.sites)

    @property
    def ports(self) -> int:
        """Return the ports taken: one for each place that takes part, one more if it is recorded."""
        return self.live_sites + self.session.recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to call. Empty texts are not known."""

    name: str = ""
    email: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedMaterial:
    """What is shown of a material beside a session: titles by language, its absolute address."""

    code: str
    titles: Mapping[str, str]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session with what it takes to show it to one asker.

    `shows_details` False (strangers): no way in, nobody to call, and no warning about mailboxes.
    `shows_addresses` is for those who may change the session: nobody else learns another's address.
    `shows_words` are the parts whose words are shown, None for all: they are written to the coordinator.
    """

    stored: StoredSession
    stations: Mapping[str, Station]
    zones: Mapping[str, Zone]  # by station, those of guests and people by their own name
    materials: Mapping[str, LinkedMaterial] = field(default_factory=dict)
    coordinator: Contact | None = None
    shows_details: bool = True
    shows_addresses: bool = False
    shows_words: frozenset[str] | None = None

    def words_of(self, part: SeatRecord | GuestRecord | PersonRecord) -> str:
        """Return what stood beside a part's answer, "" where that is not for the viewer."""
        is_shown = self.shows_words is None or part.key in self.shows_words
        return part.words if self.shows_details and is_shown else ""

    @property
    def session(self) -> SessionRecord:
        """Return the session's own row."""
        return self.stored.session

    def east_to_west(self) -> tuple[SeatRecord, ...]:
        """Return the seats as clocks stand at the start, the most advanced first (ui.md, World strip)."""
        return tuple(sorted(self.stored.listed, key=lambda seat: self._place(seat.station)))

    def host_first(self) -> tuple[SeatRecord, ...]:
        """Return the seats, the host's first, then east to west (ui.md, Seat row)."""
        return tuple(sorted(self.east_to_west(), key=lambda seat: seat.station != self.session.host))

    def parts(self) -> tuple[SeatRecord | GuestRecord | PersonRecord, ...]:
        """Return everything that is listed: the host's seat, the others east to west, guests, people."""
        return (*self.host_first(), *self.stored.listed_guests, *self.stored.listed_people)

    def _place(self, code: str) -> tuple[float, float, str]:
        return east_first(self.stations[code], self.zones[code], self.session.starts_at)


def east_first(station: Station, zone: Zone, instant: datetime) -> tuple[float, float, str]:
    """Return what sorts stations from east to west: by what their clocks show, then by longitude."""
    offset = zone.local(instant).utcoffset() or timedelta(0)
    return (-offset.total_seconds(), -(station.longitude or 0.0), station.code)
