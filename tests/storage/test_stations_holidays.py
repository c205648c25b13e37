"""Holidays in our own table, and what judging a real station's time finds in it."""

from datetime import UTC, date, datetime

import pytest

from jicanet.core.actor import CONSOLE
from jicanet.core.intervals import Interval
from jicanet.services import Services
from jicanet.stations import service, store
from jicanet.stations.domain.days import judge, minutes_outside, spans
from jicanet.stations.domain.model import Holiday, HolidayYear
from jicanet.stations.reference import SOURCE, load_holidays
from tests.support.clock import FakeClock


async def judged(services: Services, code: str, start: str, minutes: int = 60) -> list[dict[str, str | int]]:
    """Return the warnings of a station for an instant told with its offset."""
    at = datetime.fromisoformat(start).astimezone(UTC)
    first = int(at.timestamp())
    stations, days = await services.database.read(
        lambda db: (
            store.stations_by_code(db, [code]),
            store.days_of(db, [code], at.date(), at.date()),
        )
    )
    zone = services.zones.get(stations[code].zone)
    occupied = Interval(first, first + minutes * 60)
    warnings = judge(days[code], zone, occupied)
    off = {"weekend", "holiday", "holiday_estimated"} & {warning.code.value for warning in warnings}
    assert bool(off) == (minutes_outside(days[code], zone, occupied) == 600)
    return [warning.facts() for warning in warnings]


CASES: list[tuple[str, str, list[dict[str, str | int]]]] = [
    ("FJI-SUV", "2026-12-08T10:00+09:00", []),
    ("WSM-APW", "2026-12-08T10:00+09:00", []),
    ("PER-LIM", "2026-12-08T10:00+09:00", [{"code": "outside_hours", "minutes": 240}]),
    ("BOL-LPB", "2026-12-08T10:00+09:00", [{"code": "outside_hours", "minutes": 300}]),
    (
        "PER-LIM",
        "2026-12-08T23:00+09:00",
        [
            {
                "code": "holiday",
                "date": "2026-12-08",
                "name": "Immaculate Conception",
                "local_name": "Inmaculada Concepción",
            }
        ],
    ),
    ("WSM-APW", "2026-12-08T23:00+09:00", [{"code": "outside_hours", "minutes": 330}]),
    ("WSM-APW", "2026-12-11T20:00+09:00", [{"code": "weekend", "date": "2026-12-12"}]),
    ("PER-LIM", "2026-12-14T08:00+09:00", [{"code": "weekend", "date": "2026-12-13"}]),
    ("BOL-LPB", "2027-01-01T09:00+09:00", [{"code": "outside_hours", "minutes": 240}]),
    (
        "JPN-TIC",
        "2027-01-01T09:00+09:00",
        [{"code": "holiday", "date": "2027-01-01", "name": "New Year's Day", "local_name": "元日"}],
    ),
    (
        "BGD-DAC",
        "2026-12-16T15:00+09:00",
        [{"code": "holiday", "date": "2026-12-16", "name": "Victory Day", "local_name": "বিজয় দিবস"}],
    ),
    (
        "MAR-RBA",
        "2027-03-10T10:00+00:00",
        [
            {
                "code": "holiday_estimated",
                "date": "2027-03-10",
                "name": "Eid al-Fitr",
                "local_name": "عيد الفطر",
            }
        ],
    ),
    (
        "LKA-CMB",
        "2027-03-10T10:00+05:30",
        [{"code": "holidays_unknown", "year": 2027, "country": "LK"}],
    ),
    (
        "KEN-NBO",
        "2029-03-07T10:00+03:00",
        [{"code": "holidays_unknown", "year": 2029, "country": "KE"}],
    ),
]


async def test_days_off_are_those_of_the_real_station_s_local_date(network: Services) -> None:
    """S9 (a) to (e), S8's Victory Day, and what is estimated or unknown."""
    found = [(code, start, await judged(network, code, start)) for code, start, _ in CASES]

    assert found == CASES


async def test_a_listed_and_an_estimated_name_of_one_day_are_kept_apart(network: Services) -> None:
    """Morocco, 2027-08-14: the day is a holiday even if the moon is seen later."""
    days = await network.database.read(
        lambda db: store.days_of(db, ["MAR-RBA"], date(2027, 8, 14), date(2027, 8, 14))
    )

    assert days["MAR-RBA"].holidays[date(2027, 8, 14)] == (
        Holiday(day=date(2027, 8, 14), name="Oued Ed-Dahab Day"),
        Holiday(day=date(2027, 8, 14), name="Prophet's Birthday", estimated=True),
    )
    window = Interval.between(datetime(2027, 8, 14, 9, tzinfo=UTC), datetime(2027, 8, 14, 10, tzinfo=UTC))
    (span,) = spans(days["MAR-RBA"], network.zones.get("Africa/Casablanca"), window)
    assert (span.kind.value, span.name) == ("holiday", "Oued Ed-Dahab Day")


async def test_every_country_has_three_years_known_or_said_to_be_unknown(network: Services) -> None:
    years = await network.database.read(lambda db: store.holiday_years(db, 2026))

    assert len(years) == 61 * 3
    assert [f"{year.country} {year.year}" for year in years if not year.known] == ["LK 2027", "LK 2028"]
    assert {year.source for year in years} == {SOURCE}
    assert all(year.holidays for year in years if year.known)
    assert not any("estimated" in holiday.name for year in years for holiday in year.holidays)
    assert sum(holiday.estimated for year in years for holiday in year.holidays) > 300


async def test_holidays_move_on_with_the_year_in_japan(network: Services, clock: FakeClock) -> None:
    clock.instant = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)  # 2027-01-01 00:00 in Tokyo

    report = await service.refresh_holidays(network, CONSOLE)
    again = await service.refresh_holidays(network, CONSOLE)

    assert (report["created"], report["unchanged"]) == (61, 122)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 183)
    assert report["unknown"] == ["LK 2027", "LK 2028", "LK 2029"]


async def test_a_year_that_the_package_tells_otherwise_is_replaced(network: Services) -> None:
    stale = HolidayYear(
        country="PE",
        year=2026,
        known=True,
        source="holidays 0.1",
        holidays=(Holiday(day=date(2026, 2, 28), name="Nothing of the sort"),),
    )
    await network.database.write(lambda db: store.replace_holidays(db, [stale]))

    report = await service.refresh_holidays(network, CONSOLE)

    assert (report["updated"], report["unchanged"]) == (1, 182)
    years = await network.database.read(lambda db: store.holiday_years(db, 2026))
    (peru,) = (year for year in years if (year.country, year.year) == ("PE", 2026))
    assert peru.source == SOURCE
    assert "Nothing of the sort" not in {holiday.name for holiday in peru.holidays}


def test_a_country_that_the_package_does_not_know_is_unknown() -> None:
    (year,) = load_holidays(["XX"], [2026])

    assert (year.known, year.holidays, year.source) == (False, (), SOURCE)


def test_dates_inside_names_are_written_as_dates_everywhere_else() -> None:
    (china,) = load_holidays(["CN"], [2026])

    names = {holiday.name for holiday in china.holidays if "substituted" in holiday.name}
    assert "Day off (substituted from 2026-01-04)" in names


def test_names_do_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "fr_FR.UTF-8")

    (morocco,) = load_holidays(["MA"], [2027])

    assert morocco.holidays[0] == Holiday(
        day=date(2027, 1, 1), name="New Year's Day", local_name="رأس السنة الميلادية"
    )
