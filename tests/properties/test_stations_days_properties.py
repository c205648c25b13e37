"""Days against a reading of the wall clock minute by minute, written another way."""

import csv
import itertools
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone, Zones
from jicanet.settings.model import CONFIG
from jicanet.stations.domain.days import SpanKind, judge, minutes_outside, openings, spans
from jicanet.stations.domain.model import Days, Holiday, OpenTime, WorkingWeek

ZONES = Zones()
NAMES = (
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Asia/Kabul",
    "Asia/Hebron",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/Santiago",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Europe/Belgrade",
    "Pacific/Apia",
    "Pacific/Chatham",
)
# Around clock changes of the zones above, the date line of Apia, and days without anything.
MOMENTS = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2011-12-30T10:00",
        "2026-09-06T04:00",
        "2026-10-03T15:30",
        "2026-10-29T21:00",
        "2026-11-01T05:00",
        "2026-12-09T06:00",
        "2027-03-13T14:00",
        "2027-03-28T01:00",
        "2027-04-03T15:00",
        "2027-04-29T22:00",
        "2027-10-31T01:00",
    )
)


@st.composite
def hours(draw: st.DrawFn) -> tuple[OpenTime, ...]:
    """Up to two openings of a day, to the minute, the last perhaps until 24:00."""
    edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=0, max_size=4, unique=True)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(
        (time(start // 60, start % 60), None if end == 1440 else time(end // 60, end % 60))
        for start, end in pairs
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Days, Zone, datetime]:
    """A station's days, its zone, and an instant near which something happens."""
    moment = draw(st.sampled_from(MOMENTS)) + timedelta(minutes=draw(st.integers(-2000, 2000)))
    around = st.integers(-3, 3).map(lambda days: moment.date() + timedelta(days=days))
    weeks = [
        WorkingWeek(
            valid_from=valid_from,
            weekend=frozenset(draw(st.sets(st.integers(0, 6), max_size=3))),
            hours=draw(st.dictionaries(st.integers(0, 6), hours(), min_size=4)),
        )
        for valid_from in (None, *sorted(draw(st.sets(around, max_size=1))))
    ]
    holidays: dict[date, tuple[Holiday, ...]] = {}
    for day in draw(st.sets(around, max_size=2)):
        holidays[day] = (Holiday(day=day, name="Feast", estimated=draw(st.booleans())),)
    zone = ZONES.get(draw(st.sampled_from(NAMES)))
    return Days(country="XX", weeks=tuple(weeks), holidays=holidays), zone, moment


def read(days: Days, zone: Zone, minute: datetime) -> str:
    """Say what one minute is by looking at the wall: open, shut, weekend or a kind of holiday."""
    wall = minute.astimezone(zone.info)
    for holiday in days.holidays.get(wall.date(), ()):
        return "holiday-estimated" if holiday.estimated else "holiday"
    week = max(
        (week for week in days.weeks if week.valid_from and week.valid_from <= wall.date()),
        key=lambda week: week.valid_from or date.min,
        default=days.weeks[0],
    )
    if wall.weekday() in week.weekend:
        return "weekend"
    for start, end in week.hours.get(wall.weekday(), ()):
        if start <= wall.time() and (end is None or wall.time() < end):
            return "open"
    return "shut"


def minutes_of(interval: Interval) -> list[datetime]:
    count = (interval.end - interval.start) // 60
    return [interval.starts_at + timedelta(minutes=minute) for minute in range(count)]


def far(days: Days, zone: Zone, occupied: Interval) -> tuple[bool, int]:
    """Return whether a cell is off, and by how many minutes the farthest other cell is away."""
    known: dict[int, str] = {}

    def kinds(cell: int) -> set[str]:
        minutes = [cell * 300 + 60 * minute for minute in range(5)]
        for minute in minutes:
            if minute not in known:
                known[minute] = read(days, zone, datetime.fromtimestamp(minute, UTC))
        return {known[minute] for minute in minutes}

    is_off, farthest = False, 0
    for cell in range(occupied.start // 300, (occupied.end + 299) // 300):
        if kinds(cell) & {"weekend", "holiday", "holiday-estimated"}:
            is_off = True
            continue
        steps = 0
        while steps < 120 and kinds(cell + steps) != {"open"} and kinds(cell - steps) != {"open"}:
            steps += 1
        farthest = max(farthest, steps * 5)
    return is_off, farthest


@settings(max_examples=150, deadline=None)
@given(worlds(), st.integers(1, 3 * 1440))
def test_spans_are_what_the_wall_clock_shows(world: tuple[Days, Zone, datetime], length: int) -> None:
    days, zone, moment = world
    window = Interval.between(moment, moment + timedelta(minutes=length))
    shown = {minute: read(days, zone, minute) for minute in minutes_of(window)}

    found = spans(days, zone, window)

    covered = {
        minute: span.kind.value
        for span in found
        for minute in minutes_of(span.interval)
        if minute.astimezone(zone.info).date() == span.local_date
    }
    assert covered == {minute: kind for minute, kind in shown.items() if kind != "shut"}
    assert [span.interval for span in found] == sorted(span.interval for span in found)
    assert not any(a.interval.overlaps(b.interval) for a, b in itertools.pairwise(found))


@settings(max_examples=150, deadline=None)
@given(worlds(), st.integers(1, 3 * 1440))
def test_openings_are_the_open_minutes(world: tuple[Days, Zone, datetime], length: int) -> None:
    days, zone, moment = world
    window = Interval.between(moment, moment + timedelta(minutes=length))

    found = openings(days, zone, window)

    opened = [minute for part in found for minute in minutes_of(part)]
    assert opened == [minute for minute in minutes_of(window) if read(days, zone, minute) == "open"]
    assert all(a.end < b.start for a, b in itertools.pairwise(found))


@settings(max_examples=150, deadline=None)
@given(worlds(), st.integers(1, 400))
def test_minutes_outside_are_those_of_the_farthest_cell(
    world: tuple[Days, Zone, datetime], length: int
) -> None:
    days, zone, moment = world
    occupied = Interval.between(moment, moment + timedelta(minutes=length))
    is_off, farthest = far(days, zone, occupied)

    found = minutes_outside(days, zone, occupied)
    warned = [warning.minutes for warning in judge(days, zone, occupied) if warning.minutes is not None]

    assert found == (600 if is_off else farthest)
    assert warned == ([farthest] if farthest else [])


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_days_off_last_from_midnight_to_midnight(world: tuple[Days, Zone, datetime]) -> None:
    days, zone, moment = world
    window = Interval.between(moment - timedelta(days=3), moment + timedelta(days=3))

    for span in spans(days, zone, window):
        start, end = zone.day(span.local_date)
        if span.kind is not SpanKind.OPEN:
            whole = Interval.between(start, end).clip(window)
            assert span.interval == whole


def network_zones() -> list[str]:
    with (CONFIG / "network" / "stations.csv").open(encoding="utf-8", newline="") as file:
        return sorted({row["timezone"] for row in csv.DictReader(file)} | set(NAMES))


def test_no_zone_changes_its_clock_twice_within_two_days() -> None:
    """What `_pieces` stands on: reading the offset once a day misses no change."""
    step = timedelta(hours=3)
    for zone in map(ZONES.get, network_zones()):
        at, changes = datetime(2026, 1, 1, tzinfo=UTC), []
        before = zone.local(at).utcoffset()
        while at.year < 2034:
            at += step
            offset = zone.local(at).utcoffset()
            if offset != before:
                changes.append(at)
            before = offset
        assert all(b - a > timedelta(days=2) for a, b in itertools.pairwise(changes)), zone.name
