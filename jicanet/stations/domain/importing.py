"""What an import makes of the files, given what is stored."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Generic, TypeVar

from jicanet.core.imports import Group, Import, Said, kept_groups
from jicanet.stations.domain.cells import (
    BRIDGE_GROUPS,
    COUNTRY_GROUPS,
    STATION_GROUPS,
    bridge_cells,
    country_cells,
    merge_bridge,
    merge_country,
    merge_station,
    station_cells,
)
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
    """What is new, what says something else than before, and how many say the same.

    `kept` names, as `CODE.column`, what a person changed and the file says otherwise; `said` is what
    has to be remembered of the file.
    """

    added: tuple[Value, ...]
    changed: tuple[Value, ...]
    unchanged: int
    kept: tuple[str, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing has to be stored."""
        return not (self.added or self.changed or self.said)

    def counts(self) -> dict[str, int]:
        """Return the figures of an import report."""
        return {"created": len(self.added), "updated": len(self.changed), "unchanged": self.unchanged}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row(Generic[Value]):
    """How a row is told from others and cut into columns, and how two of them are made one."""

    code: Callable[[Value], str]
    cells: Callable[[Value], dict[str, str]]
    groups: Sequence[Group]
    merge: Callable[[Value, Value, Collection[str]], Value]


_STATION: _Row[StationRecord] = _Row(
    code=lambda record: record.station.code, cells=station_cells, groups=STATION_GROUPS, merge=merge_station
)
_COUNTRY: _Row[Country] = _Row(
    code=lambda country: country.code, cells=country_cells, groups=COUNTRY_GROUPS, merge=merge_country
)
_BRIDGE: _Row[Bridge] = _Row(
    code=lambda bridge: bridge.code, cells=bridge_cells, groups=BRIDGE_GROUPS, merge=merge_bridge
)


def compare_stations(
    stored: Iterable[StationRecord], given: Iterable[StationRecord], said: Mapping[str, Said], how: Import
) -> Changes[StationRecord]:
    """Return what has to be stored of `given`. Stations that it does not name stay as they are."""
    return _compare(_STATION, stored, given, said, how)


def compare_countries(
    stored: Iterable[Country], given: Iterable[Country], said: Mapping[str, Said], how: Import
) -> Changes[Country]:
    """Return what has to be stored of the countries of a file."""
    return _compare(_COUNTRY, stored, given, said, how)


def compare_bridges(
    stored: Iterable[Bridge], given: Iterable[BridgeRow], said: Mapping[str, Said], how: Import, *, ports: int
) -> Changes[Bridge]:
    """Return what has to be stored of the bridges of a file; `ports` is for new ones that say none."""
    known = {bridge.code: bridge for bridge in stored}
    rows = tuple(given)
    chosen = _chosen_default(known.values(), said) if how.shipped and not how.overwrite else None
    silent = {row.code: {"ports"} for row in rows if row.ports is None and row.code in known}
    kept: list[str] = []
    meant: list[Bridge] = []
    for row in rows:
        # A default takes over from the other one: the shipped file may not take it from a person's.
        gives_way = row.is_default and chosen not in {None, row.code}
        if gives_way:
            silent.setdefault(row.code, set()).add("is_default")
            kept.append(f"{row.code}.is_default")
        meant.append(
            Bridge(
                code=row.code,
                name=row.name,
                ports=row.ports or (known[row.code].ports if row.code in known else ports),
                is_default=row.is_default and not gives_way,
                basis=row.basis,
            )
        )
    done = _compare(_BRIDGE, known.values(), meant, said, how, silent=silent)
    displaced = _displaced(done, known.values(), said)
    return replace(done, kept=tuple(sorted({*done.kept, *kept})), said={**displaced, **done.said})


def _chosen_default(stored: Iterable[Bridge], said: Mapping[str, Said]) -> str | None:
    """Return the default bridge if a person made it that: the shipped file did not say so."""
    for bridge in stored:
        if bridge.is_default and said.get(bridge.code, Said()).shipped.get("is_default") != "yes":
            return bridge.code
    return None


def _displaced(done: Changes[Bridge], stored: Iterable[Bridge], said: Mapping[str, Said]) -> dict[str, Said]:
    """Return what to remember of a bridge that is no longer the default: an import did that, no person."""
    touched = {bridge.code for bridge in (*done.added, *done.changed)}
    if not any(bridge.is_default for bridge in (*done.added, *done.changed)):
        return {}
    others = {bridge.code: said.get(bridge.code, Said()) for bridge in stored if bridge.is_default}
    return {
        code: replace(each, imported={**each.imported, "is_default": "no"})
        for code, each in others.items()
        if code not in touched
    }


def compare_holidays(stored: Iterable[HolidayYear], given: Iterable[HolidayYear]) -> Changes[HolidayYear]:
    """Return what has to be stored of the holidays of countries and years."""
    known = {(year.country, year.year): year for year in stored}
    added, changed, unchanged = [], [], 0
    for year in given:
        before = known.get((year.country, year.year))
        if before is None:
            added.append(year)
        elif before != year:
            changed.append(year)
        else:
            unchanged += 1
    return Changes(added=tuple(added), changed=tuple(changed), unchanged=unchanged)


def _compare(
    row: _Row[Value],
    stored: Iterable[Value],
    given: Iterable[Value],
    said: Mapping[str, Said],
    how: Import,
    *,
    silent: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Changes[Value]:
    """Compare by code; of the columns `silent` by code the file says nothing, so none is remembered."""
    known = {row.code(value): value for value in stored}
    added, changed, unchanged = [], [], 0
    kept: list[str] = []
    noted: dict[str, Said] = {}
    for value in given:
        code, incoming = row.code(value), row.cells(value)
        before, heard = known.get(code), said.get(code, Said())
        ours: tuple[str, ...] = ()
        if before is None:
            added.append(value)
        else:
            cells = row.cells(before)
            groups = () if how.overwrite else kept_groups(cells, how.before(heard), incoming, row.groups)
            ours = tuple(column for group in groups for column in group)
            kept += [f"{code}.{group[0]}" for group in groups]
            merged = row.merge(before, value, ours)
            if row.cells(merged) == cells:
                unchanged += 1
            else:
                changed.append(merged)
        told = {column: cell for column, cell in incoming.items() if column not in silent.get(code, ())}
        new = how.remember(heard, told, ours)
        if new != heard:
            noted[code] = new
    return Changes(
        added=tuple(added), changed=tuple(changed), unchanged=unchanged, kept=tuple(sorted(kept)), said=noted
    )
