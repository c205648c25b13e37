"""What a seat's site must know before it accepts, and what the hour costs it."""

from collections.abc import Sequence
from dataclasses import replace

from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.model import SeatWarning
from jicanet.scheduler.domain.record import SeatRecord
from jicanet.stations.domain.days import FARTHEST, judge
from jicanet.stations.domain.model import Days, Station

_MAILBOX = "no_mailbox"
OFF = frozenset({"weekend", "holiday", "holiday_estimated"})


def seat_warnings(station: Station, days: Days, zone: Zone, attended: Interval) -> tuple[SeatWarning, ...]:
    """Return the warnings of one seat for set-up + session, in its own local days.

    A placeholder at stations.invalid warns too: it is not a mailbox anybody reads (interfaces.md).
    """
    warnings = [SeatWarning.of(warning.facts()) for warning in judge(days, zone, attended)]
    if not station.has_mailbox:
        warnings.append(SeatWarning(code=_MAILBOX))
    return tuple(warnings)


def with_mailbox(seat: SeatRecord, station: Station) -> SeatRecord:
    """Return a seat that warns of a missing mailbox as its station is now."""
    others = tuple(warning for warning in seat.warnings if warning.code != _MAILBOX)
    missing = () if station.has_mailbox else (SeatWarning(code=_MAILBOX),)
    return replace(seat, warnings=(*others, *missing))


def minutes_outside(warnings: Sequence[SeatWarning]) -> int:
    """Return the minutes outside hours that these warnings mean, 0 to 600 (domain.md, Searching 2).

    The same figure as `stations.domain.days.minutes_outside` of that time, without judging it twice:
    a day off counts for the most there is.
    """
    if any(warning.code in OFF for warning in warnings):
        return FARTHEST
    return max(
        (int(warning.facts["minutes"]) for warning in warnings if warning.code == "outside_hours"),
        default=0,
    )
