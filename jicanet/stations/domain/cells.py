"""Rows of the network as text by column, to see what differs, and two rows made one, column by column."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from jicanet.core.imports import grouped
from jicanet.stations.domain.model import (
    Bridge,
    Country,
    OpenTime,
    Station,
    StationRecord,
    WorkingWeek,
    plain_week,
)

# A station's columns of the file, each with the attribute it fills; the two of the week fill none.
_ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        **{
            name: name
            for name in Station.__dataclass_fields__
            if name not in {"code", "zone", "revision", "feed_revision"}
        },
        "timezone": "zone",
    }
)
STATION_GROUPS = grouped(
    (*_ATTRIBUTES, "weekend", "office_hours"),
    (
        ("country", "timezone"),
        ("weekend", "weekend_basis"),
        ("office_hours", "office_hours_basis"),
        ("latitude", "longitude"),
        ("basis", "source"),
    ),
)
COUNTRY_GROUPS = grouped((), (("weekend", "basis", "source"),))
BRIDGE_GROUPS = grouped(("name", "ports", "is_default", "basis"), ())


def station_cells(record: StationRecord) -> dict[str, str]:
    """Return a station with its weeks as text by column; equal for records that say the same."""
    facts = {column: getattr(record.station, name) for column, name in _ATTRIBUTES.items()}
    return {**{column: _text(fact) for column, fact in facts.items()}, **_week_cells(record.weeks)}


def country_cells(country: Country) -> dict[str, str]:
    """Return a country as text by column."""
    return {"weekend": _days(country.weekend), "basis": country.basis, "source": country.source}


def bridge_cells(bridge: Bridge) -> dict[str, str]:
    """Return a bridge as text by column."""
    return {
        "name": bridge.name,
        "ports": str(bridge.ports),
        "is_default": "yes" if bridge.is_default else "no",
        "basis": bridge.basis,
    }


def merge_station(stored: StationRecord, given: StationRecord, kept: Collection[str]) -> StationRecord:
    """Return what is given, with the columns `kept` as they are stored."""
    ours = {name: getattr(stored.station, name) for column, name in _ATTRIBUTES.items() if column in kept}
    return StationRecord(
        station=replace(given.station, **ours), weeks=_merge_weeks(stored.weeks, given.weeks, kept)
    )


def merge_country(stored: Country, given: Country, kept: Collection[str]) -> Country:
    """Return what is given, or what is stored if it is kept: a country is one fact with its origin."""
    return stored if kept else given


def merge_bridge(stored: Bridge, given: Bridge, kept: Collection[str]) -> Bridge:
    """Return what is given, with the columns `kept` as they are stored."""
    return replace(given, **{column: getattr(stored, column) for column in kept})


Weeks = tuple[WorkingWeek, ...]


def _merge_weeks(stored: Weeks, given: Weeks, kept: Collection[str]) -> Weeks:
    if not {"weekend", "office_hours"} & set(kept):
        return given
    ours, theirs = _plain(stored), _plain(given)
    # Weeks that differ by day or date have no weekend or hours apart from each other.
    if {"weekend", "office_hours"} <= set(kept) or ours is None or theirs is None:
        return stored
    weekend, _ = ours if "weekend" in kept else theirs
    _, hours = ours if "office_hours" in kept else theirs
    return (plain_week(weekend, hours),)


def _week_cells(weeks: Weeks) -> dict[str, str]:
    plain = _plain(weeks)
    if plain is not None:
        return {"weekend": _days(plain[0]), "office_hours": _hours(plain[1])}
    told = "; ".join(
        f"{week.valid_from or ''} {_days(week.weekend)} "
        + " ".join(f"{day}:{_hours(hours)}" for day, hours in sorted(week.hours.items()))
        for week in weeks
    )
    return {"weekend": told, "office_hours": told}


def _plain(weeks: Weeks) -> tuple[frozenset[int], tuple[OpenTime, ...]] | None:
    """Return the weekend and the hours of every working day; None if a file could not say the weeks."""
    if len(weeks) != 1 or len(set(weeks[0].hours.values())) != 1:
        return None
    (hours,) = set(weeks[0].hours.values())
    found = weeks[0].weekend, hours
    return found if weeks[0] == plain_week(*found) else None


def _days(days: frozenset[int]) -> str:
    return "|".join(str(day) for day in sorted(days))


def _hours(hours: tuple[OpenTime, ...]) -> str:
    return "|".join(
        f"{start:%H:%M}-24:00" if end is None else f"{start:%H:%M}-{end:%H:%M}" for start, end in hours
    )


def _text(fact: object) -> str:
    if fact is None:
        return ""
    return "|".join(fact) if isinstance(fact, tuple) else str(fact)
