"""What a site is called among others, and the hours of its days as spans of a strip."""

from collections.abc import Iterable

from jicanet.core.intervals import Interval
from jicanet.core.text import Translate
from jicanet.core.zones import Zone
from jicanet.stations.domain.days import spans
from jicanet.stations.domain.model import Days, Station
from jicanet.web.strips import Span, with_shoulders

_HOUR = 3600


def place_names(stations: Iterable[Station], lang: str, translate: Translate) -> dict[str, str]:
    """Return the name of each station by code: its city, its own name where two share the city."""
    known = list(stations)
    cities = [station.city for station in known]
    return {
        station.code: own_name(station, lang) if cities.count(station.city) > 1 else translate(station.city)
        for station in known
    }


def own_name(station: Station, lang: str) -> str:
    """Return a station's own name in a language, in English where it has none."""
    return station.name_ja if lang == "ja" and station.name_ja else station.name_en


def hours(days: Days, zone: Zone, window: Interval, *, shoulder: int) -> tuple[Span, ...]:
    """Return the open hours, days off and shoulders of `shoulder` minutes that a window shows."""
    # Beyond the edges too: an opening just outside has its shoulder inside.
    around = Interval(window.start - shoulder * 60 - _HOUR, window.end + shoulder * 60 + _HOUR)
    found = [
        Span(span.kind.value, span.interval.start, span.interval.end, span.name)
        for span in spans(days, zone, around)
    ]
    return with_shoulders(found, shoulder)


def kinds_of(rows: Iterable[Iterable[Span]], window: Interval) -> frozenset[str]:
    """Return which kinds of span a window shows: what the key explains."""
    return frozenset(
        str(span.kind) for row in rows for span in row if span.start < window.end and span.end > window.start
    )
