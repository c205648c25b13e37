"""A session as it is kept: what stands after a booking, and what every later reading gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.model import Booked, JoinDetails, Link, Programme, ResolvedStart, SeatWarning
from jicanet.scheduler.domain.words import Answer, SeatRole, SessionKind, Status, Visibility
from jicanet.stations.domain.model import Station


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """One row of `session`: the wall time is the truth, the instants are derived from it."""

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

    @property
    def occupied(self) -> Interval:
        """Return set-up + session + teardown."""
        return Interval.between(
            self.starts_at - timedelta(minutes=self.setup_minutes),
            self.ends_at + timedelta(minutes=self.teardown_minutes),
        )

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
class SeatRecord:
    """One row of `seat`; `live` says whether it occupies its station."""

    station: str
    recipient_id: int | None
    role: SeatRole
    required: bool
    answer: Answer
    live: bool
    minutes_outside: int
    warnings: tuple[SeatWarning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecord:
    """One row of `session_material`."""

    id: int
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRecord:
    """One row of `recipient`: an address for life, and the stations that hang on it."""

    id: int
    address: str
    language: str
    stations: tuple[str, ...]
    sequence: int
    dtstamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A session with its seats, host first, and its materials, in the order in which they were added."""

    session: SessionRecord
    seats: tuple[SeatRecord, ...]
    links: tuple[LinkRecord, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the stations, host first."""
        return tuple(seat.station for seat in self.seats)


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
    """

    stored: StoredSession
    stations: Mapping[str, Station]
    zones: Mapping[str, Zone]  # by station
    materials: Mapping[str, LinkedMaterial] = field(default_factory=dict)
    coordinator: Contact | None = None
    shows_details: bool = True

    @property
    def session(self) -> SessionRecord:
        """Return the session's own row."""
        return self.stored.session

    def east_to_west(self) -> tuple[SeatRecord, ...]:
        """Return the seats as clocks stand at the start, the most advanced first (ui.md, World strip)."""
        return tuple(sorted(self.stored.seats, key=lambda seat: self._place(seat.station)))

    def host_first(self) -> tuple[SeatRecord, ...]:
        """Return the seats, the host's first, then east to west (ui.md, Seat row)."""
        return tuple(sorted(self.east_to_west(), key=lambda seat: seat.station != self.session.host))

    def _place(self, code: str) -> tuple[float, float, str]:
        return east_first(self.stations[code], self.zones[code], self.session.starts_at)


def east_first(station: Station, zone: Zone, instant: datetime) -> tuple[float, float, str]:
    """Return what sorts stations from east to west: by what their clocks show, then by longitude."""
    offset = zone.local(instant).utcoffset() or timedelta(0)
    return (-offset.total_seconds(), -(station.longitude or 0.0), station.code)


def session_of(
    booked: Booked, *, number: int, uid: str, stamp: int, created_by: str, now: datetime, year: int
) -> SessionRecord:
    """Return the row of a session that is booked now, at its first revision.

    `year` is that of its creation in Japan, `number` the one of its reference and row.
    """
    asked, request = booked.outline, booked.outline.request
    return SessionRecord(
        id=number,
        ref=f"JN-{year}-{number:06}",
        uid=uid,
        title=request.title.strip(),
        purpose=request.purpose,
        kind=request.kind,
        department=request.department,
        coordinator_id=booked.coordinator_id,
        host=request.host,
        status=Status.CONFIRMED,
        visibility=asked.visibility,
        languages=request.languages,
        programme=request.programme,
        wall_start=asked.start.local,
        zone=asked.start.zone.name,
        fold=asked.start.fold,
        tz_version=asked.start.tz_version,
        minutes=asked.minutes,
        setup_minutes=asked.setup_minutes,
        teardown_minutes=asked.teardown_minutes,
        starts_at=asked.start.starts_at,
        ends_at=asked.ends_at,
        join=request.join,
        bridge=booked.bridge,
        ports=asked.ports,
        counter=0,
        dtstamp=booked.dtstamp,
        stamp=stamp,
        revision=1,
        created_at=now,
        created_by=created_by,
        changed_at=booked.dtstamp,
    )


def seats_of(booked: Booked, recipient_ids: Mapping[str, int]) -> tuple[SeatRecord, ...]:
    """Return the seats of a session that is booked now; `recipient_ids` by station."""
    return tuple(
        SeatRecord(
            station=seat.station,
            recipient_id=recipient_ids.get(seat.station),
            role=seat.role,
            required=seat.required,
            answer=Answer.NEEDS_ACTION,
            live=True,
            minutes_outside=seat.minutes_outside,
            warnings=seat.warnings,
        )
        for seat in booked.seats
    )


def recipients_of(booked: Booked, ids: Sequence[int]) -> tuple[RecipientRecord, ...]:
    """Return the recipients of a session that is booked now; `ids` in the order of its notices."""
    return tuple(
        RecipientRecord(
            id=number,
            address=notice.address,
            language=notice.language,
            stations=notice.stations,
            sequence=notice.sequence,
            dtstamp=notice.dtstamp,
        )
        for number, notice in zip(ids, booked.notices, strict=True)
    )
