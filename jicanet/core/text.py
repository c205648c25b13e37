"""Words: messages that can be translated, folding and the one analyser of the library search."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Translate = Callable[[str], str]


def untranslated(msgid: str) -> str:
    """Return the English text itself: the translation used by the API and the command line."""
    return msgid


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with named holes, English by itself, translated where a person reads it.

    `msgid` is the English sentence and the key of the catalogues. Holes are written `%(name)s`; a
    value may be another Message. A literal per cent sign is written `%%`.
    """

    msgid: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the English sentence."""
        return self.to(untranslated)

    def to(self, translate: Translate) -> str:
        """Return the sentence as `translate` says it, holes filled."""
        filled = {
            name: value.to(translate) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return translate(self.msgid) % filled


def message(msgid: str, **values: object) -> Message:
    """Return a Message. Catalogue extraction looks for calls of this name and of `_`."""
    return Message(msgid, values)


def fold(text: str) -> str:
    """Return text in the form in which it is compared: NFKC, case folded, outer space removed."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


# They turn what stands around them the other way: a subject could read as another one.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> bool:
    """Say whether text holds no control character, so that it cannot start a header or property."""
    return not any(char in _BIDI or unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text)


_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")


def index_terms(text: str) -> str:
    """Return the space-separated terms under which a search index stores `text`.

    Words stay whole; each run of CJK characters becomes its overlapping bigrams and its last
    character, so that every substring of a run can be found (traps.md 9: `unicode61` finds no
    Japanese and `trigram` nothing under three characters).
    """
    terms: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if _IS_CJK.match(run):
            terms += [run[i : i + 2] for i in range(len(run) - 1)] + [run[-1]]
        else:
            terms.append(run)
    return " ".join(terms)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that must stand next to each other; `prefix` lets the last one go on."""

    terms: tuple[str, ...]
    prefix: bool = False


def query_phrases(text: str) -> tuple[Phrase, ...]:
    """Return what a search for `text` asks of the index: every phrase must be found.

    One CJK character becomes a prefix (`水*`), a longer run the phrase of its bigrams, a word
    itself as a prefix, so that "remot" finds "remote". No word at all gives an empty tuple.
    """
    phrases: list[Phrase] = []
    for run in _RUNS.findall(fold(text)):
        if not _IS_CJK.match(run) or len(run) == 1:
            phrases.append(Phrase((run,), prefix=True))
        else:
            phrases.append(Phrase(tuple(run[i : i + 2] for i in range(len(run) - 1))))
    return tuple(phrases)
