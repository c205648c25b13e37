"""What a reader asks, and what could be asked instead."""

import pytest

from jicanet.catalog.domain.criteria import LONGEST_WORDS, Criteria, instead_of, parts_of
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.forms import criteria_of
from jicanet.core.errors import Invalid
from jicanet.core.text import Phrase


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("", ()),
        ("kaizen", ()),
        ("kaizen Bishkek", ("kaizen", "bishkek")),
        ("母子健康手帳", ("母子", "健康", "手帳")),
        ("母子手帳の導入", ("母子手帳", "導入")),
        ("ヒロシマ復興", ("ヒロシマ", "復興")),
        ("GIS入門", ("gis", "入門")),
        ("水", ()),
        ("water !? water", ()),
        ("a b c d e f g h", ("a", "b", "c", "d", "e", "f")),
    ],
)
def test_parts_are_what_can_be_tried_alone(words: str, parts: tuple[str, ...]) -> None:
    assert parts_of(words) == parts


def test_questions_instead_of_one_that_found_nothing() -> None:
    asked = Criteria(words="kaizen Bishkek", field=ThematicField.HEALTH, language="ja")
    assert instead_of(asked) == (
        Criteria(words="kaizen Bishkek"),
        Criteria(words="kaizen"),
        Criteria(words="bishkek"),
        Criteria(words="kaizen Bishkek", field=ThematicField.HEALTH),
        Criteria(words="kaizen Bishkek", language="ja"),
        Criteria(field=ThematicField.HEALTH, language="ja"),
    )


def test_nothing_is_asked_twice_and_never_for_everything() -> None:
    assert instead_of(Criteria(words="kaizen")) == ()
    assert instead_of(Criteria(field=ThematicField.HEALTH)) == ()
    assert instead_of(Criteria(words="kaizen", language="ja")) == (
        Criteria(words="kaizen"),
        Criteria(language="ja"),
    )


def test_long_words_are_cut_alike_on_both_sides() -> None:
    assert Criteria(words="x" * 200).phrases == (Phrase(("x" * 100,), prefix=True),)


def test_more_words_than_a_search_takes_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 200 characters, not 201"):
        Criteria(words="x" * (LONGEST_WORDS + 1))


def test_commands_ask_as_the_interface_does() -> None:
    given = {"q": "  water ", "lang": "PT-br", "country": "kh", "year": "2003"}
    assert criteria_of(given) == Criteria(words="water", language="pt-BR", country="KH", year=2003)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"q": "!"}, ("q", "no_word")),
        ({"q": "x" * 10_000}, ("q", "too_long")),
        ({"lang": "e"}, ("lang", "bad_language")),
    ],
)
def test_what_says_nothing_is_refused_by_name(given: dict[str, str], fault: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        criteria_of(given)
    assert [(each.pointer, each.code) for each in refused.value.errors] == [fault]
