"""Every sentence for people has its Japanese: nothing is added without it, and nothing is left behind."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from jicanet.web.i18n import LOCALE, CatalogueError, Catalogues

PACKAGE = Path(__file__).resolve().parents[2] / "jicanet"
PARTS = sorted(
    path.name
    for path in PACKAGE.iterdir()
    if path.suffix == ".py" or (path.is_dir() and any(path.rglob("*.py")))
)


@cache
def texts() -> Mapping[str, tuple[str, ...]]:
    """Return each English text with the places it stands in; a plural stands for its pair."""
    found: dict[str, tuple[str, ...]] = {}
    rows = extract_from_dir(
        str(PACKAGE),
        method_map=[("**.py", "python"), ("**/templates/**", "jinja2")],
        options_map={"**/templates/**": {"newstyle_gettext": "true", "silent": "false"}},
        keywords={"_": None, "gettext": None, "message": None, "ngettext": (1, 2)},
        comment_tags=(),
    )
    for file, line, text, *_ in rows:
        key = text if isinstance(text, str) else str(text[-1])
        found[key] = (*found.get(key, ()), f"{file}:{line}")
    return found


def shipped_names() -> set[str]:
    """Return every cell of the shipped tables: names of cities and countries are translated too."""
    found: set[str] = set()
    for path in sorted((PACKAGE.parent / "config").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found.update(cell for row in csv.reader(file) for cell in row)
    return found


@pytest.fixture(scope="module")
def japanese() -> Mapping[str, str]:
    return Catalogues.load().texts["ja"]


@pytest.mark.parametrize("part", PARTS)
def test_every_text_of_a_part_is_translated(part: str, japanese: Mapping[str, str]) -> None:
    missing = {
        text: place
        for text, places in texts().items()
        for place in places
        if place.split("/")[0].split(":")[0] == part and text not in japanese
    }

    assert missing == {}


@pytest.mark.parametrize("path", sorted(LOCALE.glob("ja.*.po")), ids=lambda path: path.name)
def test_no_translation_is_left_without_its_text(path: Path) -> None:
    with path.open("rb") as file:
        entries = [entry.id for entry in read_po(file) if entry.id]
    known = {*texts(), *shipped_names()}

    left = [entry for entry in entries if (entry if isinstance(entry, str) else entry[-1]) not in known]

    assert left == []


def write(folder: Path, name: str, msgid: str, msgstr: str, flag: str = "") -> None:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / name).write_text(f'{head}{flag}msgid "{msgid}"\nmsgstr "{msgstr}"\n', encoding="utf-8")


def test_two_files_may_say_the_same(tmp_path: Path) -> None:
    write(tmp_path, "ja.one.po", "Open", "開所")
    write(tmp_path, "ja.two.po", "Open", "開所")

    assert Catalogues.load(tmp_path).texts == {"ja": {"Open": "開所"}}


def test_no_two_files_translate_one_text_differently() -> None:
    assert Catalogues.load().clashes == ()


def test_two_files_that_differ_are_told(tmp_path: Path) -> None:
    write(tmp_path, "ja.one.po", "Open", "開所")
    write(tmp_path, "ja.two.po", "Open", "開く")

    found = Catalogues.load(tmp_path)

    assert found.clashes == ('ja.two.po: "Open" is "開く" here and "開所" in another file',)
    assert found.texts == {"ja": {"Open": "開所"}}


def test_a_lost_hole_stops_the_start(tmp_path: Path) -> None:
    write(tmp_path, "ja.one.po", "%(count)s more", "ほかにもあります")

    with pytest.raises(CatalogueError, match="the holes of"):
        Catalogues.load(tmp_path)


def test_a_fuzzy_entry_stops_the_start(tmp_path: Path) -> None:
    write(tmp_path, "ja.one.po", "Open", "開所", flag="#, fuzzy\n")

    with pytest.raises(CatalogueError, match="fuzzy"):
        Catalogues.load(tmp_path)


def test_an_untranslated_text_falls_back_to_english(tmp_path: Path) -> None:
    write(tmp_path, "ja.one.po", "Open", "開所")
    translate = Catalogues.load(tmp_path).translate("ja")

    assert (translate("Open"), translate("Closed")) == ("開所", "Closed")


def test_counted_texts_take_the_plural_in_japanese() -> None:
    catalogues = Catalogues.load()
    pair = ("%(num)s thing must be mended.", "%(num)s things must be mended.")

    assert catalogues.counted("ja")(*pair, 1) == "直すところが%(num)s件あります。"
    assert catalogues.counted("en")(*pair, 1) == pair[0]
    assert catalogues.counted("en")(*pair, 2) == pair[1]
