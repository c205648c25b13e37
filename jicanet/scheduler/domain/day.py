"""What the pages look at: a day across the world, and a moment of one session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.deliveries import Delivery
from jicanet.scheduler.domain.record import SessionView
from jicanet.stations.domain.model import Days, Station


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMoment:
    """One session with the hours of its sites around it.

    `deliveries` is None to those who may not know what became of its mails.
    """

    view: SessionView
    days: Mapping[str, Days]
    deliveries: tuple[Delivery, ...] | None = None
