"""What is kept of a visit to the library: enough to count it, nothing of who it was."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class VisitKind(StrEnum):
    """Which page was opened."""

    LIST = "list"
    SEARCH = "search"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One page opened. `day` is the date in Japan, by which days and fiscal years are counted.

    No address, no User-Agent, no user and no clock time is kept.
    """

    day: date
    what: VisitKind
    material: str | None
    is_robot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCount:
    """How many visits of one sort a day saw."""

    day: date
    what: VisitKind
    material: str | None
    is_robot: bool
    count: int
