"""What the library writes it reads back, whatever people have typed into it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jicanet.catalog.domain.cells import cells_of, record_of
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import Kind, Record, Title, TitleOrigin
from jicanet.catalog.reference import read_materials, vocabulary, write_materials
from jicanet.core.zones import Zones


@pytest.fixture(scope="module")
def zones() -> Zones:
    return Zones()


def is_kept(text: str) -> bool:
    return text == text.strip() and not any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text)


words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("'=+-@,\";|＝"), max_size=40
).filter(is_kept)
titles = st.dictionaries(
    st.sampled_from(["en", "ja"]),
    st.builds(Title, text=words.filter(bool), origin=st.sampled_from(TitleOrigin)),
    min_size=1,
)
years = st.none() | st.integers(1950, 2100)
records = st.builds(
    lambda year, basis, **facts: Record(year=year, year_basis=basis if year else "", **facts),
    year=years,
    basis=words,
    code=st.from_regex(r"[A-Z0-9][A-Z0-9-]{1,31}", fullmatch=True),
    titles=titles,
    languages=st.lists(st.sampled_from(["en", "ja", "pt-BR", "zh-Hant"]), unique=True).map(tuple),
    field=st.sampled_from(ThematicField),
    countries=st.lists(st.sampled_from(["VN", "KH", "JP"]), unique=True).map(tuple),
    minutes=st.none() | st.integers(1, 6000),
    kind=st.sampled_from(Kind),
    producer=words,
    url=st.none() | st.just("https://example.org/a"),
    source=words.filter(bool),
    notes=words,
)


@given(record=records)
def test_row_says_the_record(record: Record) -> None:
    assert record_of(cells_of(record)) == record


@given(many=st.lists(records, unique_by=lambda each: each.code, max_size=5))
def test_export_is_read_back_equal(zones: Zones, many: list[Record]) -> None:
    reading = read_materials([("a.csv", write_materials(many).encode())], vocabulary(zones))
    assert reading.refused == ()
    assert reading.records == tuple(sorted(many, key=lambda each: each.code))


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(zones: Zones, content: bytes) -> None:
    reading = read_materials([("a.csv", content)], vocabulary(zones))
    assert reading.records == ()
    assert reading.refused != ()
