"""Sentences with holes, folding, and the analyser of the library search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jicanet.core.text import Message, Phrase, fold, index_terms, message, one_line, query_phrases

JAPANESE = {"%(station)s is taken.": "%(station)sは予約済みです。", "Tokyo": "東京"}


def japanese(msgid: str) -> str:
    return JAPANESE.get(msgid, msgid)


def test_message_is_english_by_itself() -> None:
    assert str(message("%(station)s is taken.", station="Tokyo")) == "Tokyo is taken."


def test_message_translates_its_holes_too() -> None:
    sentence = message("%(station)s is taken.", station=message("Tokyo"))
    assert sentence.to(japanese) == "東京は予約済みです。"
    assert str(sentence) == "Tokyo is taken."


def test_message_takes_values_as_they_are() -> None:
    assert (
        str(message('No zone "%(zone)s": 100 %%.', zone="%(zone)s %d %%"))
        == 'No zone "%(zone)s %d %%": 100 %.'
    )


def test_message_with_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        str(message("%(station)s is taken."))


def test_messages_are_equal_by_what_they_say() -> None:
    assert message("Tokyo", a=1) == Message("Tokyo", {"a": 1})


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Ｔｏｋｙｏ ", "tokyo"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﾋﾛｼﾏ", "ヒロシマ"),
        ("が", "が"),
    ],
    ids=["wide", "case", "sharp_s", "half_width", "combined"],
)
def test_fold_makes_spellings_equal(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("char", ["\r", "\n", "\t", "\0", "\x7f", "\x85", "\u2028", "\u2029"], ids=repr)
def test_control_characters_are_not_one_line(char: str) -> None:
    assert one_line(f"Lecture{char}BCC: x@example.org") is False


@pytest.mark.parametrize("text", ["", "Lecture 1: soil", "母子手帳 👶🏽", "العربية", "a\u00a0b"])
def test_words_are_one_line(text: str) -> None:
    assert one_line(text) is True


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("ヒロシマ", "ヒロ ロシ シマ マ"),
        ("防災", "防災 災"),
        ("水", "水"),
        ("Remote Sensing (2nd)", "remote sensing 2nd"),
        ("JICAの水道", "jica の水 水道 道"),
        ("キャッサバ・フェルメ", "キャ ャッ ッサ サバ バ・ ・フ フェ ェル ルメ メ"),
        ("snake_case", "snake case"),
        ("--- !", ""),
    ],
    ids=["kana", "two", "one", "words", "mixed", "middle_dot", "underscore", "nothing"],
)
def test_index_terms(text: str, terms: str) -> None:
    assert index_terms(text) == terms


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("水", (Phrase(("水",), prefix=True),)),
        ("防災", (Phrase(("防災",)),)),
        ("母子手帳", (Phrase(("母子", "子手", "手帳")),)),
        ("Remot", (Phrase(("remot",), prefix=True),)),
        ("ｗａｔｅｒ 水道", (Phrase(("water",), prefix=True), Phrase(("水道",)))),
        (' "* ', ()),
    ],
    ids=["one", "two", "four", "word", "mixed", "nothing"],
)
def test_query_phrases(text: str, phrases: tuple[Phrase, ...]) -> None:
    assert query_phrases(text) == phrases


def finds(query: str, document: str) -> bool:
    """Search as an index of terms with positions does."""
    terms = index_terms(document).split()

    def stands_at(phrase: Phrase, at: int) -> bool:
        there = terms[at : at + len(phrase.terms)]
        if phrase.prefix:
            return len(there) == 1 and there[0].startswith(phrase.terms[0])
        return there == list(phrase.terms)

    return all(any(stands_at(phrase, at) for at in range(len(terms))) for phrase in query_phrases(query))


runs = st.lists(st.text(alphabet="水道防災手", min_size=1, max_size=5), min_size=1, max_size=4)


@given(runs, st.text(alphabet="水道防災手", min_size=1, max_size=4))
def test_japanese_is_found_exactly_where_it_stands(document: list[str], query: str) -> None:
    assert finds(query, " ".join(document)) is any(query in run for run in document)


@given(st.text(max_size=60))
def test_every_text_finds_itself(text: str) -> None:
    assert finds(text, f"前 {text} after")
