"""Weekends and holidays in SQL, and what judging a station's time needs of them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from jicanet.stations import tables
from jicanet.stations.domain.model import Country, Days, Holiday, HolidayYear
from jicanet.stations.store.stations import weeks_of

# A neighbouring day off moves the nearest opening, and a local date differs from the UTC one.
_AROUND = timedelta(days=2)


def days_of(db: Connection, codes: Iterable[str], first: date, last: date) -> dict[str, Days]:
    """Return what judging the stations' time from `first` to `last` needs. Three statements.

    The dates may be local or UTC ones: two days more on either side are read. A year of which nobody
    knows the country's holidays, or that was never loaded, is in `unknown_years`.
    """
    weeks = weeks_of(db, sorted(set(codes)))
    countries = {country for country, _ in weeks.values()}
    first, last = first - _AROUND, last + _AROUND
    holidays = _holidays(db, countries, first, last)
    known = _known_years(db, countries)
    years = set(range(first.year, last.year + 1))
    return {
        code: Days(
            country=country,
            weeks=its_weeks,
            holidays=holidays.get(country, {}),
            unknown_years=frozenset(years - known.get(country, set())),
        )
        for code, (country, its_weeks) in weeks.items()
    }


def _holidays(
    db: Connection, countries: Iterable[str], first: date, last: date
) -> dict[str, dict[date, tuple[Holiday, ...]]]:
    table = tables.holiday
    rows = db.execute(
        select(table)
        .where(table.c.country.in_(sorted(countries)), table.c.day.between(first, last))
        .order_by(table.c.country, table.c.day, table.c.name_en)
    )
    found: dict[str, dict[date, tuple[Holiday, ...]]] = {}
    for row in rows:
        days = found.setdefault(row.country, {})
        days[row.day] = (*days.get(row.day, ()), _holiday(row))
    return found


def _known_years(db: Connection, countries: Iterable[str]) -> dict[str, set[int]]:
    table = tables.holiday_year
    rows = db.execute(
        select(table.c.country, table.c.year).where(
            table.c.country.in_(sorted(countries)), table.c.state == "known"
        )
    )
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row.country, set()).add(row.year)
    return found


def holiday_years(db: Connection, first: int) -> tuple[HolidayYear, ...]:
    """Return what is stored of every country's holidays from the year `first` on. Two statements."""
    table = tables.holiday
    rows = db.execute(
        select(table).where(table.c.day >= date(first, 1, 1)).order_by(table.c.day, table.c.name_en)
    )
    holidays: dict[tuple[str, int], tuple[Holiday, ...]] = {}
    for row in rows:
        key = (row.country, row.day.year)
        holidays[key] = (*holidays.get(key, ()), _holiday(row))
    years = tables.holiday_year
    found = db.execute(select(years).where(years.c.year >= first).order_by(years.c.country, years.c.year))
    return tuple(
        HolidayYear(
            country=row.country,
            year=row.year,
            known=row.state == "known",
            source=row.source,
            holidays=holidays.get((row.country, row.year), ()),
        )
        for row in found
    )


def replace_holidays(db: Connection, years: Sequence[HolidayYear]) -> None:
    """Put these countries' years in the place of what was stored of them."""
    days, states = tables.holiday, tables.holiday_year
    for year in years:
        first, last = date(year.year, 1, 1), date(year.year, 12, 31)
        db.execute(delete(days).where(days.c.country == year.country, days.c.day.between(first, last)))
        db.execute(delete(states).where(states.c.country == year.country, states.c.year == year.year))
    rows = [
        {
            "country": year.country,
            "day": holiday.day,
            "name_en": holiday.name,
            "name_local": holiday.local_name,
            "status": "estimated" if holiday.estimated else "listed",
            "source": year.source,
        }
        for year in years
        for holiday in year.holidays
    ]
    if rows:
        db.execute(insert(days), rows)
    if years:
        db.execute(
            insert(states),
            [
                {
                    "country": year.country,
                    "year": year.year,
                    "state": "known" if year.known else "unknown",
                    "source": year.source,
                }
                for year in years
            ],
        )


def countries(db: Connection) -> tuple[Country, ...]:
    """Return the countries whose weekend is known, by code."""
    rows = db.execute(select(tables.country).order_by(tables.country.c.code))
    return tuple(
        Country(code=row.code, weekend=frozenset(row.weekend), basis=row.basis, source=row.source)
        for row in rows
    )


def put_countries(db: Connection, changed: Sequence[Country]) -> None:
    """Store countries, in the place of what was known of them."""
    table = tables.country
    if changed:
        db.execute(delete(table).where(table.c.code.in_([country.code for country in changed])))
        db.execute(
            insert(table),
            [
                {
                    "code": country.code,
                    "weekend": sorted(country.weekend),
                    "basis": country.basis,
                    "source": country.source,
                }
                for country in changed
            ],
        )


def _holiday(row: Row[Any]) -> Holiday:
    return Holiday(
        day=row.day, name=row.name_en, local_name=row.name_local, estimated=row.status == "estimated"
    )
