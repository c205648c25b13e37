"""Dates, clocks and lengths as both languages write them."""

from datetime import UTC, date, datetime, time

import pytest

from jicanet.core.zones import Zones
from jicanet.web import words

WEDNESDAY = date(2026, 12, 16)
ZONES = Zones()


@pytest.mark.parametrize(
    ("lang", "beside", "expected"),
    [
        ("en", None, "Wed 16 Dec"),
        ("en", date(2026, 1, 1), "Wed 16 Dec"),
        ("en", date(2027, 1, 1), "Wed 16 Dec 2026"),
        ("ja", None, "12月16日（水）"),
        ("ja", date(2027, 1, 1), "2026年12月16日（水）"),
    ],
)
def test_day_prints_the_year_only_where_it_differs(lang: str, beside: date | None, expected: str) -> None:
    assert words.day(WEDNESDAY, lang, beside) == expected


@pytest.mark.parametrize(
    ("lang", "year", "expected"),
    [
        ("en", True, "Wednesday 16 December 2026"),
        ("en", False, "Wednesday 16 December"),
        ("ja", True, "2026年12月16日（水）"),
        ("ja", False, "12月16日（水）"),
    ],
)
def test_full_day(lang: str, *, year: bool, expected: str) -> None:
    assert words.full_day(WEDNESDAY, lang, year=year) == expected


@pytest.mark.parametrize(("lang", "expected"), [("en", "Wed 16"), ("ja", "16日（水）")])
def test_short_day(lang: str, expected: str) -> None:
    assert words.short_day(WEDNESDAY, lang) == expected


def test_september_has_three_letters_like_every_month() -> None:
    months = [words.day(date(2026, month, 1), "en").split()[-1] for month in range(1, 13)]

    assert months == ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@pytest.mark.parametrize(
    ("lang", "short", "full"), [("en", "Sun", "Sunday"), ("ja", "日", "日曜日"), ("fr", "Sun", "Sunday")]
)
def test_weekday_of_a_number_and_of_a_date(lang: str, short: str, full: str) -> None:
    assert (words.weekday(6, lang), words.full_weekday(date(2026, 12, 20), lang)) == (short, full)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (time(15), time(16, 30), "15:00–16:30"),
        (time(9, 5), None, "09:05–24:00"),
        (datetime(2026, 12, 16, 23, 0, tzinfo=UTC), datetime(2026, 12, 17, 0, 30, tzinfo=UTC), "23:00–00:30"),
    ],
)
def test_clock_range_has_an_en_dash_and_no_spaces(
    start: datetime | time, end: datetime | time | None, expected: str
) -> None:
    assert words.clock_range(start, end) == expected


@pytest.mark.parametrize(
    ("zone", "instant", "expected"),
    [
        ("Asia/Tokyo", datetime(2026, 12, 9, 6, tzinfo=UTC), "UTC+09:00"),
        ("Asia/Kathmandu", datetime(2026, 12, 9, 6, tzinfo=UTC), "UTC+05:45"),
        ("America/St_Johns", datetime(2026, 12, 9, 6, tzinfo=UTC), "UTC-03:30"),
        # The hour that happens twice in Belgrade on 25 October 2026: the clock is equal, the offset not.
        ("Europe/Belgrade", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "UTC+02:00"),
        ("Europe/Belgrade", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "UTC+01:00"),
    ],
)
def test_offset(zone: str, instant: datetime, expected: str) -> None:
    assert words.offset(ZONES.get(zone).local(instant)) == expected


def test_offset_of_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        words.offset(datetime(2026, 12, 9, 6))  # noqa: DTZ001 - what is refused


def test_moment_shows_both_readings_of_the_doubled_hour_alike() -> None:
    belgrade = ZONES.get("Europe/Belgrade")
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))

    assert words.moment(first, belgrade, "en") == words.moment(second, belgrade, "en") == "Sun 25 Oct 02:30"


def test_moment_after_a_gap_is_what_the_wall_shows() -> None:
    cairo = ZONES.get("Africa/Cairo")

    assert words.moment(datetime(2027, 4, 29, 21, 59, tzinfo=UTC), cairo, "en") == "Thu 29 Apr 23:59"
    assert words.moment(datetime(2027, 4, 29, 22, 0, tzinfo=UTC), cairo, "ja") == "4月30日（金） 01:00"


@pytest.mark.parametrize(
    ("there", "lang", "expected"),
    [
        (date(2026, 12, 16), "en", ""),
        (date(2026, 12, 17), "en", "+1 day"),
        (date(2026, 12, 15), "en", "−1 day"),
        (date(2026, 12, 18), "en", "+2 days"),
        (date(2026, 12, 16), "ja", ""),
        (date(2026, 12, 17), "ja", "翌日"),
        (date(2026, 12, 15), "ja", "前日"),
        (date(2026, 12, 18), "ja", "2日後"),
        (date(2026, 12, 14), "ja", "2日前"),
    ],
)
def test_day_mark(there: date, lang: str, expected: str) -> None:
    assert words.day_mark(there, WEDNESDAY, lang) == expected


def test_day_mark_takes_local_times_and_looks_at_their_dates() -> None:
    start = datetime(2026, 12, 16, 11, 0, tzinfo=UTC)
    apia, tokyo = ZONES.get("Pacific/Apia").local(start), ZONES.get("Asia/Tokyo").local(start)

    assert words.day_mark(apia, tokyo, "en") == "+1 day"


@pytest.mark.parametrize(
    ("minutes", "english", "japanese"),
    [
        (0, "0 min", "0分"),
        (90, "90 min", "90分"),
        (119, "119 min", "119分"),
        (120, "2 h", "2時間"),
        (210, "3 h 30 min", "3時間30分"),
        (720, "12 h", "12時間"),
    ],
)
def test_duration(minutes: int, english: str, japanese: str) -> None:
    assert (words.duration(minutes, "en"), words.duration(minutes, "ja")) == (english, japanese)


@pytest.mark.parametrize(
    ("names", "english", "japanese"),
    [
        ([], "", ""),
        (["Tokyo"], "Tokyo", "Tokyo"),
        (["Tokyo", "Hanoi"], "Tokyo and Hanoi", "Tokyo、Hanoi"),
        (["Tokyo", "Hanoi", "Lima"], "Tokyo, Hanoi and Lima", "Tokyo、Hanoi、Lima"),
    ],
)
def test_listed(names: list[str], english: str, japanese: str) -> None:
    assert (words.listed(names, "en"), words.listed(names, "ja")) == (english, japanese)


@pytest.mark.parametrize(
    ("zone", "english", "japanese"),
    [
        ("Asia/Tokyo", "Tokyo", "東京"),
        ("Asia/Kathmandu", "Kathmandu", "カトマンズ"),
        ("Asia/Ho_Chi_Minh", "Ho Chi Minh", "ホーチミン"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "ブエノスアイレス"),
        ("America/Coyhaique", "Coyhaique", "Coyhaique"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_place_of_a_zone(zone: str, english: str, japanese: str) -> None:
    assert (words.place(zone, "en"), words.place(zone, "ja")) == (english, japanese)


def test_names_of_languages_and_countries() -> None:
    assert (words.language("ja", "en"), words.language("en", "ja"), words.language("x-none", "en")) == (
        "Japanese",
        "英語",
        "x-none",
    )
    assert (words.country("ke", "en"), words.country("KE", "ja"), words.country("??", "en")) == (
        "Kenya",
        "ケニア",
        "??",
    )


def test_number_has_commas() -> None:
    assert words.number(72_000) == "72,000"
