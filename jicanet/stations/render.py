"""Stations in words: names in a reader's language, and the texts a search looks in."""

from jicanet.stations.domain.model import Station
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


def search_words(station: Station) -> tuple[str, ...]:
    """Return the names of the country and the city in every language that we speak."""
    countries = [words.country(station.country, lang) for lang in LANGUAGES]
    return (*countries, *(city_name(station, lang) for lang in LANGUAGES))
