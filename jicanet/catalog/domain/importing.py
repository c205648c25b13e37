"""What an import makes of one row, given what is stored and what the last import said."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from jicanet.catalog.domain.cells import COLUMNS, Cells


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The cells to store and the columns that a person's word was kept in."""

    outcome: Outcome
    cells: Cells
    kept: tuple[str, ...] = ()


# Cells that mean nothing without each other are kept or replaced together.
_GROUPS: tuple[tuple[str, ...], ...] = (
    ("title_en", "title_en_origin"),
    ("title_ja", "title_ja_origin"),
    ("production_year", "year_basis"),
)
_GROUPED = {column for group in _GROUPS for column in group}
_ALL = (*_GROUPS, *((column,) for column in COLUMNS if column not in _GROUPED and column != "code"))


def decide_import(
    stored: Cells | None, imported: Cells | None, incoming: Cells, *, overwrite: bool = False
) -> Decided:
    """Return what to store for a row.

    `stored` is what the library holds, `imported` what the last import of this code said; both None
    for a new one. Where the two differ a person has changed the fact since, and their word stands
    unless `overwrite`: an import must not undo what somebody put right.
    """
    if stored is None:
        return Decided(outcome=Outcome.CREATED, cells=dict(incoming))
    cells: dict[str, str] = {"code": incoming["code"]}
    kept: list[str] = []
    for group in _ALL:
        ours, theirs = _cut(stored, group), _cut(incoming, group)
        edited = imported is None or ours != _cut(imported, group)
        if edited and ours != theirs and not overwrite:
            cells |= ours
            kept.append(group[0])
        else:
            cells |= theirs
    same = all(cells[column] == stored[column] for column in COLUMNS)
    outcome = Outcome.UNCHANGED if same else Outcome.UPDATED
    return Decided(outcome=outcome, cells={column: cells[column] for column in COLUMNS}, kept=tuple(kept))


def _cut(cells: Mapping[str, str], group: tuple[str, ...]) -> dict[str, str]:
    return {column: cells[column] for column in group}
