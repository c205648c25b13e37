"""Dates, clocks, lengths and lists in words, in each language (ui.md 4, 7). No request is needed: mails use them too."""

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.lists import format_list

from jicanet.core.zones import Zone, offset_text

_HOURS_FROM = 120  # minutes from which a length is told in hours
_HOUR = 60


@cache
def _locale(lang: str) -> Locale:
    # British lists have no comma before "and"; months and weekdays are told by our own patterns.
    return Locale.parse("ja" if lang == "ja" else "en")


def weekday(day: date | int, lang: str) -> str:
    """Return the short weekday of a date, or of a number from 0 for Monday: `Wed`, `水`."""
    number = day if isinstance(day, int) else day.weekday()
    return str(_locale(lang).days["format"]["abbreviated"][number])


def full_weekday(day: date | int, lang: str) -> str:
    """Return the weekday in full: `Wednesday`, `水曜日`."""
    number = day if isinstance(day, int) else day.weekday()
    return str(_locale(lang).days["format"]["wide"][number])


def day(when: date, lang: str, beside: date | None = None) -> str:
    """Return `Wed 16 Dec` or `12月16日（水）`, with the year if it differs from that of `beside`."""
    with_year = beside is not None and beside.year != when.year
    if lang == "ja":
        year = f"{when.year}年" if with_year else ""
        return f"{year}{when.month}月{when.day}日（{weekday(when, lang)}）"
    month = _locale(lang).months["format"]["abbreviated"][when.month]
    return f"{weekday(when, lang)} {when.day} {month}" + (f" {when.year}" if with_year else "")


def short_day(when: date, lang: str) -> str:
    """Return the least that names a day near by: `Wed 9`, `9日（水）`."""
    return f"{when.day}日（{weekday(when, lang)}）" if lang == "ja" else f"{weekday(when, lang)} {when.day}"


def full_day(when: date, lang: str, *, year: bool = True) -> str:
    """Return `Wednesday 16 December 2026` or `2026年12月16日（水）`, without the year if `year` is false."""
    if lang == "ja":
        return (f"{when.year}年" if year else "") + day(when, lang)
    month = _locale(lang).months["format"]["wide"][when.month]
    return f"{full_weekday(when, lang)} {when.day} {month}" + (f" {when.year}" if year else "")


def clock(when: datetime | time | None) -> str:
    """Return the 24-hour clock, `09:05`; None is the end of a day, `24:00`."""
    return "24:00" if when is None else f"{when:%H:%M}"


def clock_range(start: datetime | time, end: datetime | time | None) -> str:
    """Return `15:00–16:30`: an en dash and no spaces."""
    return f"{clock(start)}–{clock(end)}"


def offset(local: datetime) -> str:
    """Return the offset of an aware local time as `UTC+05:45`; ValueError for a naive one."""
    found = local.utcoffset()
    if found is None:
        msg = f"{local.isoformat()} has no zone"
        raise ValueError(msg)
    return offset_text(found)


def day_mark(there: date, here: date, lang: str) -> str:
    """Return how a date differs from the organiser's: empty, `+1 day`, `−1 day`, `翌日`, `前日`, `+2 days`."""
    days = (_plain(there) - _plain(here)).days
    if days == 0:
        return ""
    if lang == "ja":
        return {1: "翌日", -1: "前日"}.get(days, f"{abs(days)}日{'後' if days > 0 else '前'}")
    return f"{'+' if days > 0 else '−'}{abs(days)} {'day' if abs(days) == 1 else 'days'}"


def _plain(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when


def duration(minutes: int, lang: str) -> str:
    """Return a length: `90 min`, `3 h 30 min`, `3 h`; `90分`, `3時間30分`."""
    hours, rest = divmod(minutes, _HOUR)
    if lang == "ja":
        if minutes < _HOURS_FROM:
            return f"{minutes}分"
        return f"{hours}時間" + (f"{rest}分" if rest else "")
    if minutes < _HOURS_FROM:
        return f"{minutes} min"
    return f"{hours} h" + (f" {rest} min" if rest else "")


def listed(words: Iterable[str], lang: str) -> str:
    """Return words as one list: `Tokyo, Hanoi and Kathmandu`, `東京、ハノイ、カトマンズ`."""
    return str(format_list([*words], locale="ja" if lang == "ja" else "en_GB"))


def moment(instant: datetime, zone: Zone, lang: str, beside: date | None = None) -> str:
    """Return day and clock of an instant on a zone's clock: `Wed 16 Dec 15:00`."""
    local = zone.local(instant)
    return f"{day(local, lang, beside)} {clock(local)}"


@cache
def place(zone_name: str, lang: str) -> str:
    """Return the place a zone is named for: `Tokyo`, `東京`; `UTC` stays."""
    if "/" not in zone_name:
        return zone_name
    if lang != "en":
        cities = _locale(lang).time_zones
        for name in (zone_name, *_old_names().get(zone_name, ())):
            found = cities.get(name, {}).get("city")
            if found:
                return str(found)
    return zone_name.rpartition("/")[2].replace("_", " ")


@cache
def _old_names() -> dict[str, tuple[str, ...]]:
    """Return names that CLDR still keeps its words under: it says Asia/Calcutta for Asia/Kolkata."""
    old: dict[str, tuple[str, ...]] = {}
    for name, new in sorted(get_global("zone_aliases").items()):
        old[new] = (*old.get(new, ()), name)
    return old


@cache
def language(tag: str, lang: str) -> str:
    """Return the name of a language: `Japanese`, `日本語`; the tag itself if it is not known."""
    return str(_locale(lang).languages.get(tag.replace("-", "_"), tag))


@cache
def country(code: str, lang: str) -> str:
    """Return the name of an ISO 3166 country: `Viet Nam` as CLDR has it; the code itself if unknown."""
    return str(_locale(lang).territories.get(code.upper(), code))


def number(value: int) -> str:
    """Return a whole number with commas, `7,200`: Latin digits everywhere."""
    return f"{value:,}"
