"""The one box of a page: a fact in one sentence, what follows from it, and the ways out (ui.md, Box)."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["refusal", "exception", "warning", "fact", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way out: a link to `href`, or a button that sends `fields` to `act`.

    `is_danger`: it undoes something; `is_plain`: it is not the one that is most likely meant.
    """

    text: str
    href: str = ""
    act: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    is_danger: bool = False
    is_plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """What a page must interrupt for."""

    kind: Kind
    title: str
    lines: tuple[str, ...] = ()
    ways: tuple[Way, ...] = field(default_factory=tuple)
