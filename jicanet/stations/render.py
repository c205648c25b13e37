"""Stations in words: names, hours and states in a reader's language."""

from datetime import UTC, datetime, timedelta

from jicanet.core.text import Message, message
from jicanet.core.zones import Zone
from jicanet.stations.domain.model import Station, WorkingWeek
from jicanet.stations.domain.now import State, StateKind
from jicanet.web import words
from jicanet.web.i18n import LANGUAGES


def city_name(station: Station, lang: str) -> str:
    """Return the city as the language has it; in Latin letters where only those are known.

    CLDR names the cities that zones are called after, so Tokyo is 東京 and Hanoi stays Hanoi.
    """
    if words.place(station.zone, "en") == station.city:
        return words.place(station.zone, lang)
    return station.city


def full_name(station: Station, lang: str) -> str:
    """Return the station's own name in the language, in English where only that is known."""
    return station.name_ja if lang == "ja" and station.name_ja else station.name_en


def listed_name(station: Station, short: str, lang: str) -> str:
    """Return the name of a station in a list, `short` being its English one there.

    In Japanese a city that only Latin letters are known for gives way to the station's own name.
    """
    if short != station.city:
        return full_name(station, lang)
    city = city_name(station, lang)
    return full_name(station, lang) if lang == "ja" and city.isascii() else city


def search_words(station: Station) -> tuple[str, ...]:
    """Return the names of the country and the city in every language that we speak."""
    countries = [words.country(station.country, lang) for lang in LANGUAGES]
    return (*countries, *(city_name(station, lang) for lang in LANGUAGES))


def holiday_name(name: str, local_name: str, *, country: str, lang: str) -> str:
    """Return a holiday's name: Japan's own in Japanese, all others in English."""
    return local_name if lang == "ja" and country == "JP" and local_name else name


def hours_words(week: WorkingWeek) -> str:
    """Return the hours of a working day, `08:30–17:00`; those of several kinds of days one after another."""
    kinds = dict.fromkeys(hours for day, hours in sorted(week.hours.items()) if day not in week.weekend)
    return ", ".join(words.clock_range(start, end) for hours in kinds for start, end in hours)


def weekend_words(week: WorkingWeek, lang: str) -> str:
    """Return the weekend's days, `Sat Sun` or `土・日`."""
    return ("・" if lang == "ja" else " ").join(words.weekday(day, lang) for day in sorted(week.weekend))


def state_words(state: State, zone: Zone, now: datetime, *, country: str, lang: str) -> Message:
    """Return what a station is doing, in its own clock: `Open until 17:00`, `Opens Mon 08:30`."""
    if state.kind is StateKind.WEEKEND:
        return message("Weekend")
    if state.kind in {StateKind.HOLIDAY, StateKind.HOLIDAY_ESTIMATED}:
        name = holiday_name(state.name, state.local_name, country=country, lang=lang)
        if state.kind is StateKind.HOLIDAY:
            return message("Holiday: %(name)s", name=name)
        return message("Holiday, date estimated: %(name)s", name=name)
    if state.kind is StateKind.OPEN:
        if state.open_until is None:
            return message("Open day and night")
        return message("Open until %(clock)s", clock=_end(state.open_until, zone))
    return _closed(state, zone, now, lang)


def _closed(state: State, zone: Zone, now: datetime, lang: str) -> Message:
    today = zone.local(now).date()
    if state.closed_since is not None:
        # An hour that ended at midnight ended yesterday.
        closed = zone.local(_instant(state.closed_since) - timedelta(seconds=1))
        if closed.date() == today:
            return message("Closed since %(clock)s", clock=_end(state.closed_since, zone))
    if state.opens_at is None:
        return message("Closed")
    opens = zone.local(_instant(state.opens_at))
    if opens.date() == today:
        return message("Opens %(clock)s", clock=words.clock(opens))
    return message(
        "Opens %(weekday)s %(clock)s", weekday=words.weekday(opens.date(), lang), clock=words.clock(opens)
    )


def _end(at: int, zone: Zone) -> str:
    local = zone.local(_instant(at))
    return words.clock(None if (local.hour, local.minute) == (0, 0) else local)


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
