"""Weekends and hours as the files write them: `Sat|Sun`, `08:30-12:00|13:00-17:00`, `18:00-24:00`."""

import re
from collections.abc import Iterable
from datetime import time

from jicanet.core.sheets import Row
from jicanet.core.text import message
from jicanet.stations.domain.model import OpenTime, WorkingWeek

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


def read_weekend(row: Row, column: str = "weekend") -> frozenset[int] | None:
    """Return the weekdays of a cell, None for an empty or refused one."""
    cell = row.text(column)
    if not cell or not row.is_good(column):
        return None
    days = cell.split("|")
    if len(set(days)) == len(days) < len(WEEKDAYS) and set(days) <= set(WEEKDAYS):
        return frozenset(WEEKDAYS.index(day) for day in days)
    reason = message(
        "A weekend names days of %(days)s, each once and not all, several apart by |, such as Sat|Sun.",
        days=", ".join(WEEKDAYS),
    )
    row.refuse(column, "bad_weekend", reason)
    return None


def read_hours(row: Row, column: str = "office_hours") -> tuple[OpenTime, ...]:
    """Return the opening hours of a working day; refused if empty, turned round or overlapping."""
    cell = row.text(column, required=True)
    if not row.is_good(column):
        return ()
    hours: list[OpenTime] = []
    before = 0
    for part in cell.split("|"):
        matched = _SPAN.fullmatch(part.strip())
        figures = [int(figure) for figure in matched.groups()] if matched else [0, 0, 0, 0]
        start, end = figures[0] * 60 + figures[1], figures[2] * 60 + figures[3]
        if not before <= start < end <= 24 * 60:
            reason = message(
                "Hours run from an earlier to a later clock of one day, such as 08:30-17:00, several in order "
                "apart by |; a day ends at 24:00 and hours never cross midnight.",
            )
            row.refuse(column, "bad_hours", reason)
            return ()
        hours.append((_clock(start), None if end == 24 * 60 else _clock(end)))
        before = end + 1
    return tuple(hours)


def weekend_text(weekend: Iterable[int]) -> str:
    """Return the cell that `read_weekend` reads."""
    return "|".join(WEEKDAYS[day] for day in sorted(weekend))


def hours_text(weeks: tuple[WorkingWeek, ...]) -> str:
    """Return the cell that `read_hours` reads.

    The file knows one week of equal days; ValueError for what it cannot say.
    """
    kinds = {hours for week in weeks for hours in week.hours.values()}
    if len(weeks) != 1 or len(kinds) != 1:
        msg = "the hours differ by day or date, and a file says one for all"
        raise ValueError(msg)
    spans = (
        f"{start:%H:%M}-24:00" if end is None else f"{start:%H:%M}-{end:%H:%M}" for start, end in kinds.pop()
    )
    return "|".join(spans)


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
