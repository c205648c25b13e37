"""Every sentence for people has its Japanese: nothing is added without it, and nothing is left behind."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from jicanet.web.i18n import LOCALE, CatalogueError, Catalogues

PACKAGE = Path(__file__).resolve().parents[2] / "jicanet"
SLICES = sorted(path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.rglob("*.py")))


def texts_of(part: Path) -> Mapping[str, str]:
    """Return each English text of a slice with the file it stands in; a plural stands for its pair."""
    found: dict[str, str] = {}
    rows = extract_from_dir(
        str(part),
        method_map=[("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")],
        options_map={"**.html": {"newstyle_gettext": "true", "silent": "false"}},
        keywords={"_": None, "gettext": None, "message": None, "ngettext": (1, 2)},
        comment_tags=(),
    )
    for file, line, text, *_ in rows:
        found.setdefault(text if isinstance(text, str) else str(text[-1]), f"{part.name}/{file}:{line}")
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


@pytest.mark.parametrize("part", SLICES)
def test_every_text_of_a_slice_is_translated(part: str, japanese: Mapping[str, str]) -> None:
    missing = {text: where for text, where in texts_of(PACKAGE / part).items() if text not in japanese}

    assert missing == {}


def test_single_modules_beside_the_slices_are_translated(japanese: Mapping[str, str]) -> None:
    singles = {path.stem for path in PACKAGE.glob("*.py")}
    everything = texts_of(PACKAGE)
    missing = {
        text: where
        for text, where in everything.items()
        if where.split("/")[-1].split(".py")[0] in singles and text not in japanese
    }

    assert missing == {}


@pytest.mark.parametrize("path", sorted(LOCALE.glob("ja.*.po")), ids=lambda path: path.name)
def test_no_translation_is_left_without_its_text(path: Path) -> None:
    with path.open("rb") as file:
        entries = [entry.id for entry in read_po(file) if entry.id]
    known = {*texts_of(PACKAGE), *shipped_names()}

    left = [entry for entry in entries if (entry if isinstance(entry, str) else entry[-1]) not in known]

    assert left == []


def write(folder: Path, name: str, msgid: str, msgstr: str, flag: str = "") -> None:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / name).write_text(f'{head}{flag}msgid "{msgid}"\nmsgstr "{msgstr}"\n', encoding="utf-8")


def test_two_files_may_say_the_same(tmp_path: Path) -> None:
    write(tmp_path, "ja.one.po", "Open", "開所")
    write(tmp_path, "ja.two.po", "Open", "開所")

    assert Catalogues.load(tmp_path).texts == {"ja": {"Open": "開所"}}


def test_two_files_that_differ_stop_the_start(tmp_path: Path) -> None:
    write(tmp_path, "ja.one.po", "Open", "開所")
    write(tmp_path, "ja.two.po", "Open", "開く")

    with pytest.raises(
        CatalogueError, match=r'ja\.two\.po: "Open" is "開く" here and "開所" in another file'
    ):
        Catalogues.load(tmp_path)


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
