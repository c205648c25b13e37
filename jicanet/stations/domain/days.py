"""A station's days: when it is open, which days are off, and how far a session lies outside.

Domain.md, Time 5 and 6: a minute is open if the wall clock then shows an open time of its local date.
So a window is cut into pieces of constant offset and each piece is read as a wall clock: nothing here
adds minutes to a midnight, and days of 23, 24 or 25 hours and skipped dates need no case of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from jicanet.core.intervals import Interval, merge
from jicanet.core.zones import Zone
from jicanet.stations.domain.model import Days, Holiday, OpenTime, WorkingWeek

DAY = 86_400
CELL = 300
FARTHEST = 600
"""Minutes outside never count for more; a weekend or a holiday counts for as much (our choice)."""

_EPOCH = date(1970, 1, 1).toordinal()


class SpanKind(StrEnum):
    """What a stretch of a station's time is."""

    OPEN = "open"
    WEEKEND = "weekend"
    HOLIDAY_ESTIMATED = "holiday-estimated"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpan:
    """A stretch of one local date: opening hours, or the whole of a day off with the holiday's name."""

    kind: SpanKind
    interval: Interval
    local_date: date
    name: str = ""
    local_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """Why a date is off: a holiday beats a weekend, a listed one beats an estimated one."""

    kind: SpanKind
    name: str = ""
    local_name: str = ""


class WarningCode(StrEnum):
    """What a coordinator and a station are told about a seat; accepted all the same."""

    OUTSIDE_HOURS = "outside_hours"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    HOLIDAY_ESTIMATED = "holiday_estimated"
    HOLIDAYS_UNKNOWN = "holidays_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWarning:
    """One thing to know about a session at one station.

    `minutes` belongs to outside_hours, `day` (the station's local date) to weekend and the holidays,
    `name` to the holidays, `country` and `year` to holidays_unknown.
    """

    code: WarningCode
    minutes: int | None = None
    day: date | None = None
    name: str = ""
    local_name: str = ""
    country: str = ""
    year: int | None = None

    def facts(self) -> dict[str, str | int]:
        """Return the code with what belongs to it, as it stands in JSON."""
        facts: dict[str, str | int] = {"code": self.code.value}
        if self.minutes is not None:
            facts["minutes"] = self.minutes
        if self.day is not None:
            facts["date"] = self.day.isoformat()
        if self.year is not None:
            facts["year"] = self.year
        for key in ("name", "local_name", "country"):
            if getattr(self, key):
                facts[key] = getattr(self, key)
        return facts


def spans(days: Days, zone: Zone, window: Interval) -> tuple[DaySpan, ...]:
    """Return the open hours and the days off within `window`, cut to it, in order of time."""
    found: list[DaySpan] = []
    for piece, offset in _pieces(zone, window):
        first, last = (piece.start + offset) // DAY, (piece.end + offset - 1) // DAY
        for number in range(first, last + 1):
            midnight = number * DAY - offset
            local_date = date.fromordinal(_EPOCH + number)
            for kind, start, end, off in _day(days, local_date):
                inside = Interval(midnight + start, midnight + end).clip(piece)
                if inside is not None:
                    found.append(
                        DaySpan(
                            kind=kind,
                            interval=inside,
                            local_date=local_date,
                            name=off.name if off else "",
                            local_name=off.local_name if off else "",
                        )
                    )
    return _joined(found)


def openings(days: Days, zone: Zone, window: Interval) -> tuple[Interval, ...]:
    """Return the open hours within `window`, cut to it, merged where they touch."""
    return merge(span.interval for span in spans(days, zone, window) if span.kind is SpanKind.OPEN)


def local_dates(zone: Zone, interval: Interval) -> tuple[date, ...]:
    """Return the local dates that the interval touches, in order, each once."""
    numbers: set[int] = set()
    for piece, offset in _pieces(zone, interval):
        numbers.update(range((piece.start + offset) // DAY, (piece.end + offset - 1) // DAY + 1))
    return tuple(date.fromordinal(_EPOCH + number) for number in sorted(numbers))


def day_off(days: Days, local_date: date) -> DayOff | None:
    """Return why a station does not work on a date, None if it does (or has merely no hours)."""
    holidays = days.holidays.get(local_date, ())
    listed = tuple(holiday for holiday in holidays if not holiday.estimated)
    if listed:
        return _holiday(SpanKind.HOLIDAY, listed)
    if holidays:
        return _holiday(SpanKind.HOLIDAY_ESTIMATED, holidays)
    if local_date.weekday() in week_of(days, local_date).weekend:
        return DayOff(kind=SpanKind.WEEKEND)
    return None


def week_of(days: Days, local_date: date) -> WorkingWeek:
    """Return the working week in force on a date; the first one reaches back in time."""
    return week_on(days.weeks, local_date)


def week_on(weeks: tuple[WorkingWeek, ...], local_date: date) -> WorkingWeek:
    """Return that of `weeks`, earliest first, which is in force on a date."""
    current = weeks[0]
    for week in weeks[1:]:
        if week.valid_from is not None and week.valid_from <= local_date:
            current = week
    return current


def hours_of(days: Days, local_date: date) -> tuple[OpenTime, ...]:
    """Return the hours of a date by the station's clock, none on a day off."""
    if day_off(days, local_date) is not None:
        return ()
    return week_of(days, local_date).hours.get(local_date.weekday(), ())


def minutes_outside(days: Days, zone: Zone, occupied: Interval) -> int:
    """Return how many minutes set-up + session lie outside the hours, 0 to 600 (domain.md, Searching 1-2).

    The greatest elapsed distance of any 5-minute UTC cell from its nearest opening; 600 as soon as a
    cell is on a weekend or holiday. `occupied` runs from the beginning of set-up to the end of the
    session: teardown does not count.
    """
    off, farthest = _distance(days, zone, occupied)
    return FARTHEST if off else farthest


def judge(days: Days, zone: Zone, occupied: Interval) -> tuple[DayWarning, ...]:
    """Return what to warn of when a station is asked for `occupied`, set-up to end of the session.

    Days off by local date first, then minutes outside the hours of the working days concerned, then
    the years for which nobody knows the holidays.
    """
    dates = local_dates(zone, occupied)
    warnings = [_warn_of(off, local_date) for local_date in dates if (off := day_off(days, local_date))]
    _, farthest = _distance(days, zone, occupied)
    if farthest:
        warnings.append(DayWarning(code=WarningCode.OUTSIDE_HOURS, minutes=farthest))
    warnings += [
        DayWarning(code=WarningCode.HOLIDAYS_UNKNOWN, country=days.country, year=year)
        for year in sorted({local_date.year for local_date in dates} & days.unknown_years)
    ]
    return tuple(warnings)


def _warn_of(off: DayOff, local_date: date) -> DayWarning:
    code = {
        SpanKind.WEEKEND: WarningCode.WEEKEND,
        SpanKind.HOLIDAY: WarningCode.HOLIDAY,
        SpanKind.HOLIDAY_ESTIMATED: WarningCode.HOLIDAY_ESTIMATED,
    }[off.kind]
    return DayWarning(code=code, day=local_date, name=off.name, local_name=off.local_name)


def _distance(days: Days, zone: Zone, occupied: Interval) -> tuple[bool, int]:
    """Return whether a cell is on a day off, and the greatest distance of the others in minutes."""
    first, last = occupied.start // CELL * CELL, -(-occupied.end // CELL) * CELL
    reach = FARTHEST * 60
    around = spans(days, zone, Interval(first - reach - CELL, last + reach + CELL))
    off = [span.interval for span in around if span.kind is not SpanKind.OPEN]
    hours = _inward(merge(span.interval for span in around if span.kind is SpanKind.OPEN))
    is_off, farthest = False, 0
    for start in range(first, last, CELL):
        cell = Interval(start, start + CELL)
        if any(cell.overlaps(day) for day in off):
            is_off = True
        else:
            farthest = max(farthest, _from_nearest(cell, hours))
    return is_off, farthest // 60


def _inward(hours: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Return the openings as whole cells: what is open for a part of a cell only is not counted."""
    edges = ((-(-hour.start // CELL) * CELL, hour.end // CELL * CELL) for hour in hours)
    return tuple(Interval(start, end) for start, end in edges if start < end)


def _from_nearest(cell: Interval, hours: tuple[Interval, ...]) -> int:
    """Return the seconds by which a cell begins before, or ends after, the nearest opening."""
    nearest = FARTHEST * 60
    for hour in hours:
        nearest = min(nearest, max(hour.start - cell.start, cell.end - hour.end, 0))
    return nearest


def _holiday(kind: SpanKind, holidays: tuple[Holiday, ...]) -> DayOff:
    return DayOff(
        kind=kind,
        name="; ".join(holiday.name for holiday in holidays),
        local_name="; ".join(holiday.local_name for holiday in holidays if holiday.local_name),
    )


def _day(days: Days, local_date: date) -> Iterator[tuple[SpanKind, int, int, DayOff | None]]:
    """Yield kind, start and end in seconds of the wall clock, and the reason of a day off."""
    off = day_off(days, local_date)
    if off is not None:
        yield off.kind, 0, DAY, off
        return
    for start, end in week_of(days, local_date).hours.get(local_date.weekday(), ()):
        yield SpanKind.OPEN, _clock(start), DAY if end is None else _clock(end), None


def _clock(wall: time) -> int:
    return wall.hour * 3600 + wall.minute * 60 + wall.second


def _joined(found: list[DaySpan]) -> tuple[DaySpan, ...]:
    """Put together stretches of one kind and date that touch, such as those a clock change cut."""
    joined: list[DaySpan] = []
    for span in found:
        last = joined[-1] if joined else None
        if (
            last is not None
            and (last.local_date, last.kind) == (span.local_date, span.kind)
            and last.interval.end == span.interval.start
        ):
            whole = Interval(last.interval.start, span.interval.end)
            joined[-1] = replace(last, interval=whole)
        else:
            joined.append(span)
    return tuple(joined)


def _offset(zone: Zone, at: int) -> int:
    offset = zone.local(datetime.fromtimestamp(at, UTC)).utcoffset() or timedelta(0)
    return int(offset.total_seconds())


def _pieces(zone: Zone, window: Interval) -> Iterator[tuple[Interval, int]]:
    """Yield the stretches of `window` with one offset each, in seconds.

    The offset is read every day; where it differs, the second of the change is found by halving. No
    zone changes its clock twice within a day (proved for all station zones by a property test).
    """
    start = at = window.start
    offset = _offset(zone, at)
    while at < window.end:
        ahead = min(at + DAY, window.end)
        if _offset(zone, ahead) == offset:
            at = ahead
            continue
        low, high = at, ahead
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(zone, middle) == offset:
                low = middle
            else:
                high = middle
        yield Interval(start, high), offset
        start = at = high
        offset = _offset(zone, at)
    if start < window.end:
        yield Interval(start, window.end), offset
