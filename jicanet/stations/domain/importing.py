"""What an import makes of the files, given what is stored."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from jicanet.stations.domain.model import Bridge, Country, HolidayYear, StationRecord

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeRow:
    """A bridge as a file says it; `ports` None leaves them as they are, or as the setting says."""

    code: str
    name: str
    ports: int | None
    is_default: bool
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes(Generic[Value]):
    """What is new, what says something else than before, and how many say the same."""

    added: tuple[Value, ...]
    changed: tuple[Value, ...]
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """Say whether nothing has to be stored."""
        return not self.added and not self.changed

    def counts(self) -> dict[str, int]:
        """Return the figures of an import report."""
        return {"created": len(self.added), "updated": len(self.changed), "unchanged": self.unchanged}


def compare_stations(
    stored: Iterable[StationRecord], given: Iterable[StationRecord]
) -> Changes[StationRecord]:
    """Return what has to be stored of `given`. Stations that it does not name stay as they are."""
    return _compare(stored, given, lambda record: record.station.code, _without_revisions)


def compare_countries(stored: Iterable[Country], given: Iterable[Country]) -> Changes[Country]:
    """Return what has to be stored of the countries of a file."""
    return _compare(stored, given, lambda country: country.code, lambda country: country)


def compare_bridges(stored: Iterable[Bridge], given: Iterable[BridgeRow], *, ports: int) -> Changes[Bridge]:
    """Return what has to be stored of the bridges of a file; `ports` is for new ones that say none."""
    known = {bridge.code: bridge for bridge in stored}
    meant = [
        Bridge(
            code=row.code,
            name=row.name,
            ports=row.ports or (known[row.code].ports if row.code in known else ports),
            is_default=row.is_default,
            basis=row.basis,
        )
        for row in given
    ]
    return _compare(known.values(), meant, lambda each: each.code, lambda each: replace(each, revision=0))


def compare_holidays(stored: Iterable[HolidayYear], given: Iterable[HolidayYear]) -> Changes[HolidayYear]:
    """Return what has to be stored of the holidays of countries and years."""
    return _compare(stored, given, lambda year: (year.country, year.year), lambda year: year)


def _without_revisions(record: StationRecord) -> StationRecord:
    return replace(record, station=replace(record.station, revision=0, feed_revision=0))


def _compare(
    stored: Iterable[Value],
    given: Iterable[Value],
    key: Callable[[Value], object],
    facts: Callable[[Value], Value],
) -> Changes[Value]:
    known: Mapping[object, Value] = {key(value): facts(value) for value in stored}
    added, changed, unchanged = [], [], 0
    for value in given:
        if key(value) not in known:
            added.append(value)
        elif known[key(value)] != facts(value):
            changed.append(value)
        else:
            unchanged += 1
    return Changes(added=tuple(added), changed=tuple(changed), unchanged=unchanged)
