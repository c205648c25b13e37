"""docs/library.md says what the code does."""

import re
from pathlib import Path

from jicanet.catalog.domain.cells import COLUMNS
from jicanet.catalog.domain.criteria import LONGEST_WORDS
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import PUBLISHED, Kind
from jicanet.catalog.domain.visits import VisitKind
from jicanet.catalog.tables import library_visit

PAGE = Path(__file__).resolve().parents[2] / "docs" / "library.md"


def rows(head: str) -> list[list[str]]:
    """Return the cells of the table whose first head is `head`."""
    text = PAGE.read_text(encoding="utf-8")
    table = text.split(f"| {head} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def test_every_column_of_the_file_is_described() -> None:
    named = [name for row in rows("column") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(COLUMNS)


def test_every_field_stands_with_its_names() -> None:
    assert rows("field") == [[f"`{each}`", each.label("en"), each.label("ja")] for each in ThematicField]


def test_every_kind_is_named() -> None:
    (said,) = (row[1] for row in rows("column") if row[0] == "`kind`")
    assert re.findall(r"`([\w-]+)`", said) == [kind.value for kind in Kind]


def test_figures_are_those_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"the {PUBLISHED.count} that JICA-Net counts as published by {PUBLISHED.by_year}" in text
    assert f"`q` has more than {LONGEST_WORDS} characters" in text


def test_what_is_kept_of_a_visit_is_what_the_page_says() -> None:
    text = PAGE.read_text(encoding="utf-8").split("## What is counted as a visit")[1]
    assert {f"`{kind.value}`" for kind in VisitKind} <= set(re.findall(r"`\w+`", text))
    assert {column.name for column in library_visit.c} == {"id", "day", "what", "material", "is_robot"}
