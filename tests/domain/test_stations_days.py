"""A station's days: openings by the wall clock, days off by the local date, minutes outside."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import pytest

from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone, Zones
from jicanet.stations.domain.days import (
    DaySpan,
    DayWarning,
    SpanKind,
    WarningCode,
    day_off,
    hours_of,
    judge,
    local_dates,
    minutes_outside,
    openings,
    spans,
)
from jicanet.stations.domain.model import Days, Holiday, OpenTime, WorkingWeek

ZONES = Zones()
SAT_SUN = frozenset({5, 6})
FRI_SAT = frozenset({4, 5})
HOURS: Mapping[str, tuple[str, str]] = {
    "Asia/Tokyo": ("09:30", "17:45"),
    "Asia/Kathmandu": ("09:00", "17:00"),
    "Asia/Kabul": ("08:00", "16:00"),
    "Asia/Yangon": ("09:30", "16:30"),
    "Asia/Colombo": ("08:30", "16:15"),
}


def zone(name: str) -> Zone:
    return ZONES.get(name)


def clock(text: str) -> time | None:
    return None if text == "24:00" else time.fromisoformat(text)


def week(
    *hours: tuple[str, str],
    weekend: frozenset[int] = SAT_SUN,
    valid_from: date | None = None,
) -> WorkingWeek:
    opened: tuple[OpenTime, ...] = tuple((time.fromisoformat(start), clock(end)) for start, end in hours)
    return WorkingWeek(
        valid_from=valid_from,
        weekend=weekend,
        hours={day: opened for day in range(7) if day not in weekend},
    )


def days(
    *weeks: WorkingWeek, holidays: tuple[Holiday, ...] = (), unknown: frozenset[int] = frozenset()
) -> Days:
    by_day: dict[date, tuple[Holiday, ...]] = {}
    for holiday in holidays:
        by_day[holiday.day] = (*by_day.get(holiday.day, ()), holiday)
    return Days(country="XX", weeks=weeks, holidays=by_day, unknown_years=unknown)


def span(start: str, end: str) -> Interval:
    return Interval.between(
        datetime.fromisoformat(start).astimezone(UTC), datetime.fromisoformat(end).astimezone(UTC)
    )


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("Asia/Tokyo", span("2026-12-09T00:30Z", "2026-12-09T08:45Z")),
        ("Asia/Kathmandu", span("2026-12-09T03:15Z", "2026-12-09T11:15Z")),
        ("Asia/Kabul", span("2026-12-09T03:30Z", "2026-12-09T11:30Z")),
        ("Asia/Yangon", span("2026-12-09T03:00Z", "2026-12-09T10:00Z")),
        ("Asia/Colombo", span("2026-12-09T03:00Z", "2026-12-09T10:45Z")),
    ],
)
def test_openings_stand_at_quarter_and_half_hours(name: str, opened: Interval) -> None:
    """S7."""
    window = span("2026-12-08T18:00Z", "2026-12-09T18:00Z")

    found = openings(days(week(HOURS[name])), zone(name), window)

    assert opened in found


def test_set_up_counts_as_inside_only_from_the_common_opening() -> None:
    """S7: 15 minutes of set-up and 90 of session fit from 03:45Z (set-up 03:30Z) to 07:15Z."""
    starts = []
    for minute in range(0, 24 * 60, 5):
        start = datetime(2026, 12, 9, minute // 60, minute % 60, tzinfo=UTC)
        first = int(start.timestamp()) - 15 * 60
        occupied = Interval(first, first + 105 * 60)
        if not any(minutes_outside(days(week(HOURS[name])), zone(name), occupied) for name in HOURS):
            starts.append(f"{start:%H:%M}")

    assert (starts[0], starts[-1], len(starts)) == ("03:45", "07:15", 43)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-12-09T08:00+09:00", "2026-12-09T09:00+09:00", 90),
        ("2026-12-09T23:00+09:00", "2026-12-10T00:00+09:00", 375),
        ("2026-12-09T09:30+09:00", "2026-12-09T17:45+09:00", 0),
        ("2026-12-09T09:29+09:00", "2026-12-09T10:00+09:00", 5),
        ("2026-12-09T17:00+09:00", "2026-12-09T17:46+09:00", 5),
        ("2026-12-10T01:30+09:00", "2026-12-10T01:35+09:00", 470),
        ("2026-12-12T10:00+09:00", "2026-12-12T11:00+09:00", 600),
        ("2026-12-11T23:55+09:00", "2026-12-12T00:05+09:00", 600),
        ("2026-12-11T23:50+09:00", "2026-12-12T00:00+09:00", 375),
    ],
    ids=[
        "an_hour_and_a_half_early",
        "until_midnight",
        "the_whole_opening",
        "a_minute_early_is_a_cell",
        "a_minute_late_is_a_cell",
        "to_the_nearer_opening",
        "saturday",
        "into_saturday",
        "touching_saturday",
    ],
)
def test_minutes_outside_are_counted_to_the_nearest_opening(start: str, end: str, minutes: int) -> None:
    """S9: Tokyo with 09:30-17:45."""
    tokyo = days(week(("09:30", "17:45")))

    assert minutes_outside(tokyo, zone("Asia/Tokyo"), span(start, end)) == minutes


def test_minutes_outside_after_a_close_at_seventeen() -> None:
    lima = days(week(("08:30", "17:00")))
    late = span("2026-12-09T18:00-05:00", "2026-12-09T19:00-05:00")

    assert minutes_outside(lima, zone("America/Lima"), late) == 120


def test_minutes_outside_never_pass_six_hundred() -> None:
    monday_only = WorkingWeek(valid_from=None, weekend=frozenset(), hours={0: ((time(9), time(10)),)})
    wednesday = span("2026-12-09T09:00+09:00", "2026-12-09T10:00+09:00")

    assert minutes_outside(days(monday_only), zone("Asia/Tokyo"), wednesday) == 600


def test_a_break_counts_from_both_sides() -> None:
    with_break = days(week(("09:00", "12:00"), ("13:00", "17:00")))
    lunch = span("2026-12-09T12:00+09:00", "2026-12-09T13:00+09:00")

    assert minutes_outside(with_break, zone("Asia/Tokyo"), lunch) == 30


def test_openings_count_inward_by_whole_cells() -> None:
    odd = days(week(("08:32", "16:58")))
    cells = [span(f"2026-12-09T{clock}+09:00", "2026-12-09T12:00+09:00") for clock in ("08:32", "08:35")]

    assert [minutes_outside(odd, zone("Asia/Tokyo"), cell) for cell in cells] == [5, 0]


def test_hours_until_midnight_join_those_of_the_next_day() -> None:
    whole = days(week(("18:00", "24:00"), weekend=frozenset()), week(("00:00", "24:00")))
    night = days(
        WorkingWeek(
            valid_from=None,
            weekend=frozenset(),
            hours={2: ((time(18), None),), 3: ((time(0), time(2)),)},
        )
    )

    found = openings(night, zone("Asia/Tokyo"), span("2026-12-09T00:00+09:00", "2026-12-11T00:00+09:00"))

    assert found == (span("2026-12-09T18:00+09:00", "2026-12-10T02:00+09:00"),)
    assert hours_of(whole, date(2026, 12, 9)) == ((time(18), None),)


@pytest.mark.parametrize(
    ("name", "day", "hours", "opened"),
    [
        ("America/Santiago", "2026-09-06", 23, 5),
        ("Africa/Cairo", "2026-10-29", 25, 6),
        ("Africa/Cairo", "2027-04-30", 23, 5),
        ("Europe/Belgrade", "2027-03-28", 23, 5),
        ("Europe/Belgrade", "2027-10-31", 25, 7),
        ("Australia/Lord_Howe", "2026-10-04", 23.5, 5.5),
        ("Australia/Lord_Howe", "2027-04-04", 24.5, 6.5),
        ("Pacific/Chatham", "2026-09-27", 23, 5),
        ("America/Havana", "2026-12-09", 24, 6),
    ],
)
def test_local_days_have_the_hours_that_the_clock_gives_them(
    name: str, day: str, hours: float, opened: float
) -> None:
    """S5: open 00:00-06:00 on days on which the clock changes."""
    local = zone(name)
    start, end = local.day(date.fromisoformat(day))
    early = days(week(("00:00", "06:00"), weekend=frozenset()))

    found = openings(early, local, Interval.between(start, end))

    assert (end - start).total_seconds() / 3600 == hours
    assert sum(part.end - part.start for part in found) / 3600 == opened


def test_an_hour_that_happens_twice_is_read_twice() -> None:
    """Belgrade, 2027-10-31: 02:30 and 02:45 come at 00:30Z and again at 01:30Z."""
    quarter = days(week(("02:30", "02:45"), weekend=frozenset()))

    found = openings(quarter, zone("Europe/Belgrade"), span("2027-10-31T00:00Z", "2027-10-31T04:00Z"))

    assert found == (
        span("2027-10-31T00:30Z", "2027-10-31T00:45Z"),
        span("2027-10-31T01:30Z", "2027-10-31T01:45Z"),
    )


def test_a_date_that_a_zone_skipped_has_no_span() -> None:
    """Apia had no 2011-12-30."""
    open_all_day = days(week(("00:00", "24:00"), weekend=frozenset()))
    window = span("2011-12-29T10:00Z", "2011-12-31T10:00Z")

    found = spans(open_all_day, zone("Pacific/Apia"), window)

    assert [span.local_date for span in found] == [date(2011, 12, 29), date(2011, 12, 31)]


@pytest.mark.parametrize(
    ("start", "minutes", "station", "local", "warning"),
    [
        ("2026-12-08T10:00+09:00", 60, "Pacific/Apia", "Tue 8 14:00", None),
        ("2026-12-08T10:00+09:00", 60, "Pacific/Pago_Pago", "Mon 7 14:00", None),
        ("2026-12-08T10:00+09:00", 60, "America/Lima", "Mon 7 20:00", "outside_hours"),
        ("2026-12-08T23:00+09:00", 60, "America/Lima", "Tue 8 09:00", "holiday"),
        ("2026-12-11T20:00+09:00", 60, "Pacific/Apia", "Sat 12 00:00", "weekend"),
        ("2026-12-14T08:00+09:00", 60, "America/Lima", "Sun 13 18:00", "weekend"),
        ("2026-12-14T08:00+09:00", 60, "Pacific/Honolulu", "Sun 13 13:00", "weekend"),
        ("2027-01-01T09:00+09:00", 60, "America/La_Paz", "Thu 31 20:00", "outside_hours"),
    ],
)
def test_days_off_belong_to_the_local_date(
    start: str, minutes: int, station: str, local: str, warning: str | None
) -> None:
    """S9, with the one holiday it names."""
    immaculate = Holiday(day=date(2026, 12, 8), name="Immaculate Conception")
    known = days(week(("08:30", "17:00")), holidays=(immaculate,) if "Lima" in station else ())
    at = datetime.fromisoformat(start).astimezone(UTC)
    first = int(at.timestamp())

    found = judge(known, zone(station), Interval(first, first + minutes * 60))

    shown = zone(station).local(at)
    assert f"{shown:%a} {shown.day} {shown:%H:%M}" == local
    assert [item.code.value for item in found] == ([warning] if warning else [])


def test_a_holiday_beats_a_weekend_and_a_listed_one_an_estimated_one() -> None:
    saturday, monday, tuesday = date(2026, 12, 12), date(2026, 12, 14), date(2026, 12, 15)
    known = days(
        week(("09:00", "17:00")),
        holidays=(
            Holiday(day=saturday, name="Guess", estimated=True),
            Holiday(day=monday, name="Guess", estimated=True),
            Holiday(day=monday, name="Sure", local_name="確か"),
        ),
    )

    found = [day_off(known, day) for day in (saturday, monday, tuesday)]

    assert [off and (off.kind, off.name, off.local_name) for off in found] == [
        (SpanKind.HOLIDAY_ESTIMATED, "Guess", ""),
        (SpanKind.HOLIDAY, "Sure", "確か"),
        None,
    ]


def test_warnings_name_each_day_off_and_the_hours_of_the_rest() -> None:
    """Thursday 23:00 to Friday 01:00 in Dhaka, Friday being off: both things are said."""
    dhaka = days(week(("09:00", "17:00"), weekend=FRI_SAT), unknown=frozenset({2026, 2030}))

    found = judge(dhaka, zone("Asia/Dhaka"), span("2026-12-10T23:00+06:00", "2026-12-11T01:00+06:00"))

    assert found == (
        DayWarning(code=WarningCode.WEEKEND, day=date(2026, 12, 11)),
        DayWarning(code=WarningCode.OUTSIDE_HOURS, minutes=420),
        DayWarning(code=WarningCode.HOLIDAYS_UNKNOWN, country="XX", year=2026),
    )
    assert [item.facts() for item in found] == [
        {"code": "weekend", "date": "2026-12-11"},
        {"code": "outside_hours", "minutes": 420},
        {"code": "holidays_unknown", "year": 2026, "country": "XX"},
    ]


def test_a_working_week_holds_from_its_date_and_the_first_reaches_back() -> None:
    """S8: a station's weekend that changes from a date."""
    known = days(
        week(("09:00", "17:00"), weekend=SAT_SUN, valid_from=date(2026, 1, 1)),
        week(("10:00", "16:00"), weekend=FRI_SAT, valid_from=date(2026, 12, 11)),
    )
    fridays = (date(2020, 1, 3), date(2026, 12, 4), date(2026, 12, 11))

    assert [bool(day_off(known, friday)) for friday in fridays] == [False, False, True]
    assert hours_of(known, date(2026, 12, 14)) == ((time(10), time(16)),)


def test_spans_are_cut_to_the_window_and_say_their_date() -> None:
    known = days(
        week(("09:00", "17:00")), holidays=(Holiday(day=date(2026, 12, 11), name="Feast", estimated=True),)
    )
    window = span("2026-12-10T16:00+09:00", "2026-12-12T12:00+09:00")

    assert spans(known, zone("Asia/Tokyo"), window) == (
        DaySpan(
            kind=SpanKind.OPEN,
            interval=span("2026-12-10T16:00+09:00", "2026-12-10T17:00+09:00"),
            local_date=date(2026, 12, 10),
        ),
        DaySpan(
            kind=SpanKind.HOLIDAY_ESTIMATED,
            interval=span("2026-12-11T00:00+09:00", "2026-12-12T00:00+09:00"),
            local_date=date(2026, 12, 11),
            name="Feast",
        ),
        DaySpan(
            kind=SpanKind.WEEKEND,
            interval=span("2026-12-12T00:00+09:00", "2026-12-12T12:00+09:00"),
            local_date=date(2026, 12, 12),
        ),
    )


def test_local_dates_are_those_touched() -> None:
    until_midnight = span("2026-12-10T14:00Z", "2026-12-10T15:00Z")
    past_midnight = span("2026-12-10T14:00Z", "2026-12-10T15:01Z")

    assert local_dates(zone("Asia/Tokyo"), until_midnight) == (date(2026, 12, 10),)
    assert local_dates(zone("Asia/Tokyo"), past_midnight) == (date(2026, 12, 10), date(2026, 12, 11))
