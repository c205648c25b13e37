"""What people type into a form: dates, clocks, lengths, names of languages and countries.

Read in both languages whichever the page has; what could mean two things is refused with both.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import cache

from babel import Locale

from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import Message, fold, message
from jicanet.core.zones import Zone, Zones
from jicanet.scheduler.domain.times import FIRST_YEAR, LAST_YEAR
from jicanet.web import words
from jicanet.web.i18n import LANGUAGES

_LONGEST = 60  # characters of what is repeated in a sentence
_MOST_NAMES = 50
_YEAR_FIRST = re.compile(r"([0-9]{4})\s?[-/.年]\s?([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,2})日?")
_MONTH_DAY = re.compile(r"([0-9]{1,2})月([0-9]{1,2})日")
_DAY_NAMED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)? ([a-z]+)\.?,?(?: ([0-9]{4}))?")
_NAMED_DAY = re.compile(r"([a-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,?(?: ([0-9]{4}))?")
_SLASHED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})(?:[/.-]([0-9]{4}))?")
_WEEKDAY = re.compile(
    r"\(([月火水木金土日])\)|([月火水木金土日])曜日?|\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\.?,?"
)
_WEEKDAYS = ("mon月", "tue火", "wed水", "thu木", "fri金", "sat土", "sun日")
_FULL_WEEKDAYS = (
    message("Monday"),
    message("Tuesday"),
    message("Wednesday"),
    message("Thursday"),
    message("Friday"),
    message("Saturday"),
    message("Sunday"),
)
_CLOCK = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})|([0-9]{2})([0-9]{2})|([0-9]{1,2})時(?:([0-9]{1,2})分)?")
_HALF_DAY = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?([ap])\.?m\.?")
_NUMBER = re.compile(r"([0-9]{1,6}) ?(?:min|mins|minutes|分)?\.?")
_HALF = 12
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_SEPARATORS = re.compile(r"[,;、/]| and |と")


def plain(text: str) -> str:
    """Return text as it is read: full-width signs made narrow, spaces run together."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def read_date(text: str, *, pointer: str, today: date) -> date:
    """Return the date that was typed; without a year the next one from `today` on.

    Raises Invalid at `pointer`: `date_missing`, `bad_date`, and `ambiguous_date` with both as choices.
    """
    if not text.strip():
        raise Invalid.field(pointer, text, "date_missing", message("Say on which date."))
    given = plain(text).casefold()
    found = sorted(set(_dates(given, today)))
    shown = text.strip()[:_LONGEST]
    if len(found) == 1:
        _check_weekday(given, found[0], pointer=pointer, text=text)
        return found[0]
    if not found:
        detail = message(
            '"%(text)s" is not read as a date. Write it as 16 Dec 2026, 2026-12-16 or 2026年12月16日.',
            text=shown,
        )
        raise Invalid.field(pointer, text, "bad_date", detail)
    detail = message('"%(text)s" can be two dates. Which one?', text=shown)
    choices = tuple({"date": day.isoformat()} for day in found)
    error = FieldError(pointer=pointer, value=text, code="ambiguous_date", detail=detail, choices=choices)
    raise Invalid("ambiguous_date", detail, errors=[error])


def _check_weekday(given: str, found: date, *, pointer: str, text: str) -> None:
    """Raise Invalid `wrong_weekday` where a weekday was typed and the date has another."""
    match = _WEEKDAY.search(given)
    named = "".join(filter(None, match.groups())) if match else ""
    if named and named not in _WEEKDAYS[found.weekday()]:
        detail = message(
            "%(date)s is a %(weekday)s. Write the date that you mean.",
            date=found.isoformat(),
            weekday=_FULL_WEEKDAYS[found.weekday()],
        )
        raise Invalid.field(pointer, text, "wrong_weekday", detail)


def _dates(text: str, today: date) -> Iterator[date]:
    """Yield every date that a text can mean."""
    text = " ".join(_WEEKDAY.sub(" ", text).split()).strip(" ,")
    if match := _YEAR_FIRST.fullmatch(text):
        yield from _date(match[1], match[2], match[3], today)
    elif match := _MONTH_DAY.fullmatch(text):
        yield from _date(None, match[1], match[2], today)
    elif (match := _DAY_NAMED.fullmatch(text)) and match[2] in _months():
        yield from _date(match[3], _months()[match[2]], match[1], today)
    elif (match := _NAMED_DAY.fullmatch(text)) and match[1] in _months():
        yield from _date(match[3], _months()[match[1]], match[2], today)
    elif match := _SLASHED.fullmatch(text):
        yield from _date(match[3], match[2], match[1], today)
        yield from _date(match[3], match[1], match[2], today)


def _date(year: str | None, month: str | int, day: str | int, today: date) -> Iterator[date]:
    """Yield the date if there is one; without a year the next from today on, a leap day's within 8 years."""
    years = [int(year)] if year else range(today.year, today.year + 9)
    for each in years:
        try:
            found = date(each, int(month), int(day))
        except ValueError:
            continue
        if year is None and found < today:
            continue
        if FIRST_YEAR <= found.year <= LAST_YEAR or year:
            yield found
        return


@cache
def _months() -> Mapping[str, int]:
    english = Locale("en").months["format"]
    return {
        name.casefold(): number
        for width in ("wide", "abbreviated")
        for number, name in english[width].items()
    } | {"sept": 9}


def read_clock(text: str, *, pointer: str) -> time:
    """Return the clock time that was typed; raises Invalid at `pointer`: `start_missing`, `bad_clock`."""
    if not text.strip():
        raise Invalid.field(pointer, text, "start_missing", message("Say at what time."))
    found = clock_of(text)
    if found is None:
        detail = message('"%(text)s" is not read as a time. Write it as 15:00.', text=text.strip()[:_LONGEST])
        raise Invalid.field(pointer, text, "bad_clock", detail)
    return found


def clock_of(text: str) -> time | None:
    """Return the clock time that a text is, None if it is none."""
    given = plain(text).casefold()
    if match := _HALF_DAY.fullmatch(given):
        hour, minute = int(match[1]), int(match[2] or 0)
        if not 1 <= hour <= _HALF:
            return None
        return _time(hour % _HALF + (_HALF if match[3] == "p" else 0), minute)
    if match := _CLOCK.fullmatch(given):
        hours, minutes = match[1] or match[3] or match[5], match[2] or match[4] or match[6] or "0"
        return _time(int(hours), int(minutes))
    return None


def _time(hour: int, minute: int) -> time | None:
    try:
        return time(hour, minute)
    except ValueError:
        return None


def read_number(text: str, *, pointer: str, missing: Message | None = None) -> int | None:
    """Return the whole number that was typed, None for none.

    Raises Invalid at `pointer`: `number_missing` where `missing` says what is, and `bad_number`.
    """
    given = plain(text).casefold()
    if not given:
        if missing is not None:
            raise Invalid.field(pointer, text, "number_missing", missing)
        return None
    match = _NUMBER.fullmatch(given)
    if match is None:
        detail = message('"%(text)s" is not a whole number.', text=text.strip()[:_LONGEST])
        raise Invalid.field(pointer, text, "bad_number", detail)
    return int(match[1])


def read_languages(text: str, *, pointer: str) -> tuple[str, ...]:
    """Return the tags of the languages that were typed, by name or tag; raises Invalid `bad_language`."""
    found: list[str] = []
    for name in _names(text, pointer):
        tag = _tags().get(fold(name)) or (name if _TAG.fullmatch(name) and _is_known(name) else None)
        if tag is None:
            detail = message(
                'There is no language "%(name)s". Write its name, or a tag such as en or pt-BR.',
                name=name[:_LONGEST],
            )
            raise Invalid.field(pointer, text, "bad_language", detail)
        found.append(tag)
    return tuple(dict.fromkeys(found))


def read_countries(text: str, *, pointer: str) -> tuple[str, ...]:
    """Return the codes of the countries that were typed, by name or code; raises Invalid `unknown_country`."""
    found: list[str] = []
    for name in _names(text, pointer):
        code = _countries().get(fold(name))
        if code is None:
            detail = message(
                'There is no country "%(name)s". Write its name, or its two letters such as VN.',
                name=name[:_LONGEST],
            )
            raise Invalid.field(pointer, text, "unknown_country", detail)
        found.append(code)
    return tuple(dict.fromkeys(found))


def _names(text: str, pointer: str) -> list[str]:
    found = [part for part in (plain(part) for part in _SEPARATORS.split(text)) if part]
    if len(found) > _MOST_NAMES:
        detail = message("At most %(most)s can be named.", most=_MOST_NAMES)
        raise Invalid.field(pointer, text[:_LONGEST], "too_many_named", detail)
    return found


def _is_known(tag: str) -> bool:
    return tag.partition("-")[0].lower() in Locale("en").languages


@cache
def _tags() -> Mapping[str, str]:
    """Return the tag of each language by its folded name in the languages that we speak."""
    return {
        fold(name): tag
        for lang in LANGUAGES
        for tag, name in Locale(lang).languages.items()
        if "_" not in tag
    }


@cache
def _countries() -> Mapping[str, str]:
    named: dict[str, str] = {}
    for lang in LANGUAGES:
        for code, name in Locale(lang).territories.items():
            if re.fullmatch("[A-Z]{2}", code) and code not in {"ZZ", "EU", "UN"}:
                named[fold(name)] = named[fold(code)] = code
    return named


@cache
def _zones_by_place(zones: Zones) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for name in zones.names():
        for place in (
            name.rpartition("/")[2].replace("_", " "),
            *(words.place(name, lang) for lang in LANGUAGES),
        ):
            found.setdefault(fold(place), set()).add(name)
    return {place: tuple(sorted(names)) for place, names in found.items()}


def read_zone(text: str, zones: Zones, *, pointer: str) -> str:
    """Return the zone that was typed, by its name or the place it is named for.

    Raises Invalid at `pointer`: `unknown_zone`.
    """
    given = plain(text)
    try:
        return zones.get(given.replace(" ", "_")).name
    except Invalid:
        found = _zones_by_place(zones).get(fold(given), ())
    if len(found) == 1:
        return found[0]
    detail = message(
        'There is no zone "%(zone)s". Name a place as the tz database does, such as Asia/Tokyo or Africa/Nairobi.',
        zone=given[:_LONGEST],
    )
    raise Invalid.field(pointer, text, "unknown_zone", detail)


def read_moment(text: str, zone: Zone) -> datetime | None:
    """Return what a clock shows: of a local time as it is, of an instant in the zone; None for neither."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return (found if found.tzinfo is None else zone.local(found)).replace(tzinfo=None)
