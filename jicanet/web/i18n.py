"""Languages: catalogues read at start into memory, so there is no compile step."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po

from jicanet.core.text import Translate, untranslated

Lang = Literal["en", "ja"]
LANGUAGES: tuple[Lang, ...] = ("en", "ja")
LANGUAGE_NAMES: Mapping[Lang, str] = {"en": "English", "ja": "日本語"}

Counted = Callable[[str, str, int], str]

LOCALE = Path(__file__).resolve().parents[1] / "locale"
_HOLE = re.compile(r"%\((\w+)\)s|%%")


class CatalogueError(ValueError):
    """A catalogue that must not be used: the program does not start. Names file, text and fault."""


def as_language(tag: str | None) -> Lang | None:
    """Return the language of a BCP 47 tag, None if it is not one that we speak."""
    primary = (tag or "").split("-")[0].lower()
    return next((lang for lang in LANGUAGES if lang == primary), None)


def first_spoken(tags: "tuple[str, ...] | list[str]") -> Lang:
    """Return the first of `tags` that we speak, else English (interfaces.md, Mail)."""
    return next((found for found in map(as_language, tags) if found), "en")


@dataclass(frozen=True, slots=True, eq=False)
class Catalogues:
    """The texts of every language but English, whose texts are their own keys.

    `clashes` says where two files translate one text differently: the first one's is used, and a test
    demands that there are none.
    """

    texts: Mapping[str, Mapping[str, str]]
    clashes: tuple[str, ...] = ()

    @classmethod
    def load(cls, folder: Path = LOCALE) -> "Catalogues":
        """Return all `{language}.{slice}.po` of the folder, merged by language; read once in a process.

        Raises CatalogueError for a fuzzy entry and for holes that differ from those of the English text.
        """
        return _read(folder)

    def translate(self, lang: str) -> Translate:
        """Return the function from English text to the text in `lang`, English where none is known."""
        known = self.texts.get(lang)
        if known is None:
            return untranslated
        return lambda msgid: known.get(msgid, msgid)

    def counted(self, lang: str) -> Counted:
        """Return the function from (singular, plural, number) to the text in `lang`."""
        translate = self.translate(lang)
        return lambda one, many, number: translate(one if number == 1 and lang != "ja" else many)


@cache
def _read(folder: Path) -> Catalogues:
    texts: dict[str, dict[str, str]] = {}
    clashes: list[str] = []
    for path in sorted(folder.glob("*.po")):
        known = texts.setdefault(path.name.split(".")[0], {})
        for msgid, text in _entries(path):
            if known.setdefault(msgid, text) != text:
                other = known[msgid]
                clashes.append(f'{path.name}: "{msgid}" is "{text}" here and "{other}" in another file')
    return Catalogues(texts, tuple(clashes))


def _entries(path: Path) -> list[tuple[str, str]]:
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    found: list[tuple[str, str]] = []
    for entry in catalogue:
        if not entry.id:
            continue
        if entry.fuzzy:
            msg = f'{path.name}: "{entry.id}" is fuzzy: read the text and remove the mark'
            raise CatalogueError(msg)
        found += _pairs(path, entry)
    return found


def _pairs(path: Path, entry: Entry) -> list[tuple[str, str]]:
    """Return the texts of an entry by English text; a plural entry stands under its plural."""
    msgid = entry.id if isinstance(entry.id, str) else entry.id[-1]
    text = entry.string if isinstance(entry.string, str) else (entry.string or ("",))[0]
    if not text:
        return []
    if sorted(_HOLE.findall(msgid)) != sorted(_HOLE.findall(text)):
        msg = f'{path.name}: the holes of "{text}" are not those of "{msgid}"'
        raise CatalogueError(msg)
    return [(msgid, text)]
