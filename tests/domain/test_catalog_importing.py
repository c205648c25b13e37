"""What an import makes of a row, given what a person has changed since the last one."""

import pytest

from jicanet.catalog.domain.cells import COLUMNS
from jicanet.catalog.domain.importing import Decided, Outcome, decide_import

FILE = dict.fromkeys(COLUMNS, "") | {"code": "A1", "title_en": "Old", "title_en_origin": "original"}


def changed(**cells: str) -> dict[str, str]:
    return {**FILE, **cells}


def test_new_row_is_created() -> None:
    assert decide_import(None, None, FILE) == Decided(outcome=Outcome.CREATED, cells=FILE)


def test_equal_row_is_unchanged() -> None:
    assert decide_import(FILE, FILE, FILE) == Decided(outcome=Outcome.UNCHANGED, cells=FILE)


def test_changed_row_is_updated() -> None:
    new = changed(producer="JICA", title_en="New")
    assert decide_import(FILE, FILE, new) == Decided(outcome=Outcome.UPDATED, cells=new)


def test_edited_cell_is_kept_and_named_while_others_are_updated() -> None:
    stored = changed(producer="JICA Tokyo")
    done = decide_import(stored, FILE, changed(producer="JICA", notes="more"))
    assert done == Decided(
        outcome=Outcome.UPDATED, cells=changed(producer="JICA Tokyo", notes="more"), kept=("producer",)
    )


def test_kept_cell_alone_leaves_the_row_unchanged() -> None:
    stored = changed(producer="JICA Tokyo")
    assert decide_import(stored, FILE, FILE) == Decided(
        outcome=Outcome.UNCHANGED, cells=stored, kept=("producer",)
    )


def test_overwrite_takes_the_file_s_word() -> None:
    stored = changed(producer="JICA Tokyo")
    assert decide_import(stored, FILE, FILE, overwrite=True) == Decided(outcome=Outcome.UPDATED, cells=FILE)


def test_file_that_now_says_the_same_keeps_nothing_apart() -> None:
    stored = changed(producer="JICA Tokyo")
    assert decide_import(stored, FILE, stored) == Decided(outcome=Outcome.UNCHANGED, cells=stored)


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"),
    [
        ({"title_ja": "水", "title_ja_origin": "translation"}, {"title_ja": "海"}, "title_ja"),
        ({"production_year": "2018", "year_basis": "disc"}, {"production_year": "2019"}, "production_year"),
    ],
)
def test_cells_that_belong_together_are_kept_together(
    ours: dict[str, str], theirs: dict[str, str], kept: str
) -> None:
    stored, file = changed(**ours), changed(**theirs)
    assert decide_import(stored, FILE, file) == Decided(outcome=Outcome.UNCHANGED, cells=stored, kept=(kept,))


def test_row_that_no_import_brought_is_a_person_s() -> None:
    stored = changed(title_en="Ours")
    assert decide_import(stored, None, FILE).kept == ("title_en",)
