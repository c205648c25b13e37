"""What an import makes of one row, given what is stored and what the last import said."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from jicanet.catalog.domain.cells import COLUMNS, Cells
from jicanet.core.imports import grouped, kept_groups


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
_GROUPS = grouped(
    (column for column in COLUMNS if column != "code"),
    (("title_en", "title_en_origin"), ("title_ja", "title_ja_origin"), ("production_year", "year_basis")),
)


def decide_import(
    stored: Cells | None, before: Cells | None, incoming: Cells, *, overwrite: bool = False
) -> Decided:
    """Return what to store for a row.

    `stored` is what the library holds, `before` what it would hold had nobody changed it: what the last
    import of this code said; both None for a new one. Where the two differ a person has changed the
    fact since, and their word stands unless `overwrite`: an import must not undo what somebody put right.
    """
    if stored is None:
        return Decided(outcome=Outcome.CREATED, cells=dict(incoming))
    kept = () if overwrite else kept_groups(stored, before or {}, incoming, _GROUPS)
    ours = {column for group in kept for column in group}
    cells = {column: (stored if column in ours else incoming)[column] for column in COLUMNS}
    same = all(cells[column] == stored[column] for column in COLUMNS)
    outcome = Outcome.UNCHANGED if same else Outcome.UPDATED
    return Decided(outcome=outcome, cells=cells, kept=tuple(group[0] for group in kept))


def columns_of(kept: Iterable[str]) -> frozenset[str]:
    """Return every column that is kept together with these."""
    names = set(kept)
    return frozenset(column for group in _GROUPS if group[0] in names for column in group)
