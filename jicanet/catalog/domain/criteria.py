"""What a reader asks the library for, and what could be asked instead where that finds nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import LONGEST_TERM, Kind
from jicanet.core.text import Phrase, fold, query_phrases

LONGEST_WORDS = 200  # characters of a search; our choice
_MOST_PARTS = 6
# One script after another: a Japanese reader writes no spaces between words.
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff"
_SCRIPTS = re.compile(rf"[{_HAN}]+|[\u30a0-\u30ff]+|[\u3040-\u309f]+|[^\W_{_HAN}\u3040-\u30ff]+")
_LONG_HAN = re.compile(rf"[{_HAN}]{{3,}}")
_PARTICLE = re.compile(r"[\u3040-\u309f]{1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Everything asked must hold. `language` finds its regional forms too (RFC 4647 3.3.1).

    `max_minutes` finds only materials whose length is known.
    """

    words: str = ""
    language: str | None = None
    field: ThematicField | None = None
    country: str | None = None
    year: int | None = None
    kind: Kind | None = None
    max_minutes: int | None = None

    def __post_init__(self) -> None:
        """Refuse words that would keep a database busy; whoever reads them from people refuses in words."""
        if len(self.words) > LONGEST_WORDS:
            msg = f"a search has at most {LONGEST_WORDS} characters, not {len(self.words)}"
            raise ValueError(msg)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Return what the index is asked for; empty if there is no word in `words`."""
        return tuple(
            Phrase(tuple(term[:LONGEST_TERM] for term in phrase.terms), prefix=phrase.prefix)
            for phrase in query_phrases(self.words)
        )

    @property
    def has_words(self) -> bool:
        """Say whether something was typed, be it a word or not."""
        return bool(self.words.strip())

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the names of what narrows the search besides its words."""
        return tuple(each.name for each in fields(self) if each.name != "words" and getattr(self, each.name))

    def without(self, *names: str) -> "Criteria":
        """Return the same question without the named parts."""
        cleared: dict[str, Any] = {name: "" if name == "words" else None for name in names}
        return replace(self, **cleared)


def parts_of(words: str) -> tuple[str, ...]:
    """Return the parts of a search that may be tried alone: its words, or the pieces of a single one.

    Words stand apart by spaces; a Japanese one falls into runs of one script, and a long run of
    kanji into pairs, so that 母子健康手帳 gives 母子, 健康 and 手帳; particles are left out. At most
    six, none twice, and nothing if there is only one.
    """
    pieces = fold(words).split()
    if len(pieces) == 1:
        pieces = [run for run in _SCRIPTS.findall(pieces[0]) if not _PARTICLE.fullmatch(run)]
    if len(pieces) == 1 and _LONG_HAN.fullmatch(pieces[0]):
        han = pieces[0]
        pieces = [han[at : at + 2] for at in range(0, len(han) - 1, 2)]
    known = [piece for piece in dict.fromkeys(pieces) if query_phrases(piece)]
    return tuple(known[:_MOST_PARTS]) if len(known) > 1 else ()


def instead_of(criteria: Criteria) -> tuple[Criteria, ...]:
    """Return questions near to one that found nothing, none twice and none that asks for everything.

    The words without the filters, each part of the words alone, all but one filter, the filters alone.
    """
    narrowed = criteria.filters
    found = [Criteria(words=criteria.words)] if criteria.has_words and narrowed else []
    found += [Criteria(words=part) for part in parts_of(criteria.words)]
    found += [criteria.without(name) for name in narrowed] if len(narrowed) > 1 else []
    found += [criteria.without("words")] if criteria.has_words and narrowed else []
    return tuple(each for each in dict.fromkeys(found) if each not in {criteria, Criteria()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How many materials each further choice would leave, the choice of its own kind apart.

    Values are slugs, tags, codes, years or minutes as stored; None counts "not known". `held` is the
    whole library, `matched` what all criteria leave.
    """

    held: int
    matched: int
    field: Mapping[str | None, int]
    language: Mapping[str | None, int]
    country: Mapping[str | None, int]
    kind: Mapping[str | None, int]
    year: Mapping[str | None, int]
    minutes: Mapping[str | None, int]
