"""What the pages look at: a day across the world, a moment of one session, and what waits for a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.ledger import LedgerLine
from jicanet.scheduler.domain.record import Contact, GuestRecord, PersonRecord, SeatRecord, SessionView
from jicanet.stations.domain.model import Days, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """What one asker may do with one session.

    `changes`: manages it, or asked for it and it is still asked for; `answers` are the listed stations
    that they may answer for.
    """

    manages: bool = False
    changes: bool = False
    answers: frozenset[str] = frozenset()

    def may_answer(self, part: SeatRecord | GuestRecord | PersonRecord) -> bool:
        """Say whether they may answer for a part: for guest sites and people only who manages the session."""
        return part.station in self.answers if isinstance(part, SeatRecord) else self.manages

    def may_remove(self, part: SeatRecord | GuestRecord | PersonRecord) -> bool:
        """Say whether they may take a part that is not the host off the list; guests and people as above."""
        return self.changes if isinstance(part, SeatRecord) else self.manages


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """When a recipient was last told of another time, and which time they knew before."""

    at: datetime
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What waits for the viewer: sessions that they manage, by start, and mails that a person must judge.

    `requesters` are the names of those who asked, by number.
    """

    sessions: tuple[SessionView, ...] = ()
    requesters: Mapping[int, str] = field(default_factory=dict)
    mails: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfWorld:
    """A day by the viewer's clock, until noon of the next one, as far as the viewer may see it.

    `stations` are those with a session in it, or all of them if there is none; `count` is how many
    there are in the network. `is_cut` says that there are more sessions than are shown.
    """

    day: date
    window: Interval
    sessions: tuple[SessionView, ...]
    is_cut: bool
    stations: tuple[Station, ...]
    zones: Mapping[str, Zone]
    days: Mapping[str, Days]
    count: int
    waits: Waits = field(default_factory=Waits)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMoment:
    """One session with the hours of its listed stations around it, and what the viewer may do with it.

    `ledger`, newest first, has its mails only for those who manage it; others get the changes alone.
    """

    view: SessionView
    days: Mapping[str, Days]
    powers: Powers = field(default_factory=Powers)
    requester: Contact | None = None
    ledger: tuple[LedgerLine, ...] = ()
