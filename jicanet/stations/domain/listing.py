"""Which stations are asked for, what they are called among others, and in which order they stand."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from jicanet.core.text import fold
from jicanet.stations.domain.model import Station

Listed = TypeVar("Listed")

REGIONS = (
    "Japan",
    "Southeast Asia and the Pacific",
    "South Asia",
    "East and Central Asia and the Caucasus",
    "Middle East and Europe",
    "Africa",
    "Latin America and the Caribbean",
)
"""The regions of the shipped network in the order of the lists; others follow by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFilter:
    """What is asked for; empty means everything. `country` is a code, `region` a region's English name."""

    q: str = ""
    country: str = ""
    region: str = ""

    def takes(self, station: Station, words: Iterable[str] = ()) -> bool:
        """Say whether a station is meant; `words` are more texts in which `q` may stand (country names)."""
        if self.country and station.country != self.country.upper():
            return False
        if self.region and fold(station.region) != fold(self.region):
            return False
        named = (station.code, station.name_en, station.name_ja, station.city, station.region, *words)
        asked = fold(self.q).split()
        text = fold("\n".join(named))
        return all(word in text for word in asked)


def short_names(stations: Iterable[Station]) -> dict[str, str]:
    """Return the name of each by code: its city, or its own name where two of them share the city."""
    known = tuple(stations)
    shared = Counter((station.country, station.city) for station in known)
    return {
        station.code: station.city if shared[station.country, station.city] == 1 else station.name_en
        for station in known
    }


def by_region(
    listed: Iterable[Listed], station: Callable[[Listed], Station], offsets: Mapping[str, int]
) -> tuple[tuple[str, tuple[Listed, ...]], ...]:
    """Return (region, its stations) in the order of the lists, in each from east to west.

    East is the clock that is ahead: by `offsets` (code to seconds from UTC), then by longitude. So
    Apia, whose longitude is west, stands before Suva.
    """
    groups: dict[str, list[Listed]] = {}
    for item in listed:
        groups.setdefault(station(item).region, []).append(item)

    def place(region: str) -> tuple[int, str]:
        return (REGIONS.index(region) if region in REGIONS else len(REGIONS), region)

    def east(item: Listed) -> tuple[float, float, str]:
        one = station(item)
        west = 0.0 if one.longitude is None else -one.longitude
        return (-offsets[one.code], west, one.code)

    return tuple((region, tuple(sorted(groups[region], key=east))) for region in sorted(groups, key=place))
