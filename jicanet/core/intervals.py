"""Half-open spans of time as integers: seconds of UTC since 1970. Touching is not overlapping."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The seconds `start <= t < end`. Never empty: `end > start`, else ValueError."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse what holds no second."""
        if self.end <= self.start:
            msg = f"an interval must end after it starts, not [{self.start}, {self.end})"
            raise ValueError(msg)

    @classmethod
    def between(cls, start: datetime, end: datetime) -> "Interval":
        """Return the interval of two aware instants of whole seconds."""
        return cls(seconds(start), seconds(end))

    @property
    def starts_at(self) -> datetime:
        """Return the first instant, aware UTC."""
        return datetime.fromtimestamp(self.start, UTC)

    @property
    def ends_at(self) -> datetime:
        """Return the first instant no longer inside, aware UTC."""
        return datetime.fromtimestamp(self.end, UTC)

    def overlaps(self, other: "Interval") -> bool:
        """Say whether some second is in both."""
        return self.start < other.end and other.start < self.end

    def clip(self, window: "Interval") -> "Interval | None":
        """Return what of this lies in `window`, None if nothing."""
        start, end = max(self.start, window.start), min(self.end, window.end)
        return Interval(start, end) if start < end else None


def seconds(instant: datetime) -> int:
    """Return the whole seconds since 1970 of an aware instant; ValueError for a naive one."""
    if instant.tzinfo is None:
        msg = f"{instant.isoformat()} has no zone"
        raise ValueError(msg)
    return int(instant.timestamp())


def merge(spans: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the same seconds as sorted spans that neither overlap nor touch."""
    merged: list[Interval] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def subtract(spans: Iterable[Interval], taken: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the seconds of `spans` that are in none of `taken`, sorted and merged."""
    left: list[Interval] = []
    cuts = merge(taken)
    for span in merge(spans):
        at = span.start
        for cut in cuts:
            if cut.end <= at or cut.start >= span.end:
                continue
            if cut.start > at:
                left.append(Interval(at, cut.start))
            at = max(at, cut.end)
        if at < span.end:
            left.append(Interval(at, span.end))
    return tuple(left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The highest load within a window, and the first span in which it is reached."""

    load: int
    span: Interval


def peak(loads: Iterable[tuple[Interval, int]], window: Interval) -> Peak:
    """Return the highest sum of loads at one instant of `window` by a sweep over their edges.

    Load over an interval is its peak, not the sum of all that touch it (domain.md, Invariants):
    6 in 09-10 and 6 in 10-11 make 6 over 09-11.
    """
    changes: dict[int, int] = {window.start: 0, window.end: 0}
    for span, load in loads:
        inside = span.clip(window)
        if inside is not None:
            changes[inside.start] = changes.get(inside.start, 0) + load
            changes[inside.end] = changes.get(inside.end, 0) - load
    edges = sorted(changes)
    best = Peak(load=-1, span=window)
    load = 0
    for at, until in pairwise(edges):
        load += changes[at]
        if load > best.load:
            best = Peak(load=load, span=Interval(at, until))
    return best
