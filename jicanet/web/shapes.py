"""The values of strips: what an hour means, the scale that rows share, and the shapes they become."""

from dataclasses import dataclass
from enum import StrEnum

from jicanet.core.intervals import Interval
from jicanet.core.text import Translate


class Kind(StrEnum):
    """What an hour means; drawn in this order, later ones over earlier ones."""

    OPEN = "open"
    SHOULDER = "shoulder"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    HOLIDAY_ESTIMATED = "holiday-estimated"
    COLUMN = "column"  # joins a session's blocks across the rows of the world diagram
    BUSY = "busy"
    HOLD = "hold"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one kind, in seconds since 1970, `end` not in it. `label` is a holiday's or session's name."""

    kind: str
    start: int
    end: int
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What all rows of one diagram share: window, language, present instant, direction.

    `grid` names the lines that run down through the rows, empty for none; it differs between two
    diagrams of one page.
    """

    window: Interval
    lang: str
    translate: Translate
    now: int | None = None
    rtl: bool = False
    grid: str = ""

    def share(self, at: int) -> float:
        """Return where an instant lies, 0 at the start of the window and 100 at its end."""
        return 100 * (at - self.window.start) / (self.window.end - self.window.start)

    def x(self, at: int) -> str:
        """Return the horizontal place of an instant as per cent with two decimals; from the right if rtl."""
        share = self.share(at)
        return _percent(100 - share if self.rtl else share)

    def block(self, span: Interval) -> tuple[str, str]:
        """Return the left edge and the width of a span; right-to-left, x' = 100 - x - width."""
        width = self.share(span.end) - self.share(span.start)
        left = self.share(span.start)
        return _percent(100 - left - width if self.rtl else left), _percent(width)


def _percent(value: float) -> str:
    return f"{value:.2f}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A rectangle; `rail` is the y of the line along its top, None for none; `until` its other edge."""

    kind: str
    x: str
    width: str
    y: int
    height: int
    until: str
    rail: float | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Text in a strip; `anchor` is start, middle or end, `shift` pixels from x."""

    kind: str
    x: str
    y: int
    text: str
    anchor: str = "middle"
    shift: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One row ready to be written: shapes in drawing order, and the same in words."""

    height: int
    label: str
    blocks: tuple[Block, ...]
    letters: tuple[Letter, ...] = ()
    midnights: tuple[str, ...] = ()
    now: str | None = None
    grid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A clock on the axis and the UTC clock under it. A `minor` one goes where there is little room."""

    x: str
    text: str
    under: str
    anchor: str = "middle"
    minor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The hours above the rows; `now` is where the flag with `clock` stands."""

    place: str
    ticks: tuple[Tick, ...]
    lines: tuple[str, ...]
    now: str | None
    clock: str
    grid: str
