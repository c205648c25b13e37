"""What a station is doing at an instant: open, near its hours, closed, or off for the day."""

from dataclasses import dataclass
from enum import StrEnum

from jicanet.core.intervals import Interval, merge
from jicanet.core.zones import Zone
from jicanet.stations.domain.days import DAY, SpanKind, spans
from jicanet.stations.domain.model import Days


class StateKind(StrEnum):
    """How a station stands to its hours at one instant."""

    OPEN = "open"
    SHOULDER = "shoulder"
    CLOSED = "closed"
    WEEKEND = "weekend"
    HOLIDAY_ESTIMATED = "holiday-estimated"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state with the seconds at which it began or will end, None for more than two days away.

    `open_until` belongs to open, `closed_since` and `opens_at` to shoulder and closed, `name` to the
    holidays.
    """

    kind: StateKind
    open_until: int | None = None
    closed_since: int | None = None
    opens_at: int | None = None
    name: str = ""
    local_name: str = ""

    @property
    def is_day_off(self) -> bool:
        """Say whether the whole local day is off."""
        return self.kind in {StateKind.WEEKEND, StateKind.HOLIDAY, StateKind.HOLIDAY_ESTIMATED}


def state_at(days: Days, zone: Zone, at: int, *, shoulder_minutes: int) -> State:
    """Return what a station is at an instant (seconds since 1970); shoulder is near an opening."""
    window = Interval(at - 2 * DAY, at + 2 * DAY)
    around = spans(days, zone, window)
    for span in around:
        if span.kind is not SpanKind.OPEN and span.interval.start <= at < span.interval.end:
            return State(kind=StateKind(span.kind.value), name=span.name, local_name=span.local_name)
    hours = merge(span.interval for span in around if span.kind is SpanKind.OPEN)
    for hour in hours:
        if hour.start <= at < hour.end:
            return State(kind=StateKind.OPEN, open_until=hour.end if hour.end < window.end else None)
    since = max((hour.end for hour in hours if hour.end <= at), default=None)
    opens = min((hour.start for hour in hours if hour.start > at), default=None)
    near = shoulder_minutes * 60
    is_near = (since is not None and at - since < near) or (opens is not None and opens - at <= near)
    kind = StateKind.SHOULDER if is_near else StateKind.CLOSED
    return State(kind=kind, closed_since=since, opens_at=opens)
