"""Holidays as the `holidays` package knows them, with what it only estimates marked as such."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from importlib.metadata import version

import holidays

from jicanet.stations.domain.model import Holiday, HolidayYear

SOURCE = f"holidays {version('holidays')}"

_AMERICAN_DATE = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})\b")
_ENGLISH = "en_US"


def load_holidays(countries: Iterable[str], years: Iterable[int]) -> tuple[HolidayYear, ...]:
    """Return the public holidays of each country and year, by country and year.

    A year for which the package has no rows is unknown, not free of holidays: it has none for Sri
    Lanka in 2027 and 2028.
    """
    wanted = sorted(set(years))
    return tuple(year for country in sorted(set(countries)) for year in _years(country, wanted))


def _years(country: str, years: Sequence[int]) -> Iterator[HolidayYear]:
    english = _calendar(country, years, _ENGLISH)
    local = _calendar(country, years, None)
    found: dict[int, list[Holiday]] = {year: [] for year in years}
    for day in sorted(english):
        found[day.year] += [_holiday(day, name, english, local) for name in english.get_list(day)]
    for year, its in found.items():
        yield HolidayYear(country=country, year=year, known=bool(its), source=SOURCE, holidays=tuple(its))


def _calendar(country: str, years: Sequence[int], language: str | None) -> holidays.HolidayBase:
    """Return a country's years in a language, or in its own; without a day for a country without data.

    The language is always said: without one the package asks the environment. Countries whose names
    it does not translate are named in English.
    """
    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:
        return holidays.HolidayBase()
    if language not in known.supported_languages:
        language = known.default_language
    return holidays.country_holidays(country, years=years, expand=False, language=language)


def _holiday(day: date, name: str, english: holidays.HolidayBase, local: holidays.HolidayBase) -> Holiday:
    said, estimated = _without_mark(name, english)
    # Names of one date are sorted in each language by itself: only single ones belong together.
    names = local.get_list(day)
    own = _without_mark(names[0], local)[0] if len(names) == 1 else ""
    said, own = (_AMERICAN_DATE.sub(r"\3-\1-\2", text) for text in (said, own))
    return Holiday(day=day, name=said, local_name="" if own == said else own, estimated=estimated)


def _without_mark(name: str, calendar: holidays.HolidayBase) -> tuple[str, bool]:
    """Return a name without the package's mark `(estimated)` or `(observed, estimated)`, and whether it had it."""
    label = calendar.tr(getattr(calendar, "estimated_label", ""))
    word = re.escape(label.replace("%s", "").strip(" ()（）"))
    if not word:
        return name, False
    plain = re.sub(rf"\s*[(（]{word}[)）]|[,、，]?\s+{word}(?=[)）])", "", name)
    return plain, plain != name
