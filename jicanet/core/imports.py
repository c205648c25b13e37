"""What an import keeps of a row that people have changed, and what it remembers for the next one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Cells = Mapping[str, str]
"""A row, or a part of it, as text by column."""

Group = tuple[str, ...]
"""Columns that mean nothing without each other: kept or replaced together, named by the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What files have said of a row: the last import of any, and the last load of the shipped one.

    A column that is missing was never said; what stands in it is then a person's word.
    """

    imported: Cells = field(default_factory=dict)
    shipped: Cells = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How a file is taken: as a person's own word or as the `shipped` one; `overwrite` keeps nothing.

    A person's file gives way to what a person changed since the last import, the shipped file to
    whatever else anybody said, in a file of their own too: the program loads it again at each start.
    """

    shipped: bool = False
    overwrite: bool = False

    def before(self, said: Said) -> Cells:
        """Return what stands in a row that nobody has changed, as this kind of import sees it."""
        return said.shipped if self.shipped else said.imported

    def remember(self, said: Said, incoming: Cells, kept: Iterable[str]) -> Said:
        """Return what is known of the files after one that said `incoming`, the columns `kept` not taken."""
        if not self.shipped:
            return Said(imported={**said.imported, **incoming}, shipped=said.shipped)
        left = frozenset(kept)
        taken = {column: cell for column, cell in incoming.items() if column not in left}
        return Said(imported={**said.imported, **taken}, shipped={**said.shipped, **incoming})


def kept_groups(stored: Cells, before: Cells, incoming: Cells, groups: Sequence[Group]) -> tuple[Group, ...]:
    """Return the groups that were changed since `before` and in which `incoming` says something else."""
    return tuple(
        group
        for group in groups
        if _cut(stored, group) != _cut(before, group) and _cut(stored, group) != _cut(incoming, group)
    )


def grouped(columns: Iterable[str], groups: Sequence[Group]) -> tuple[Group, ...]:
    """Return the groups, then every column that is in none of them by itself."""
    inside = {column for group in groups for column in group}
    return (*groups, *((column,) for column in columns if column not in inside))


def _cut(cells: Cells, group: Group) -> tuple[str | None, ...]:
    return tuple(cells.get(column) for column in group)
