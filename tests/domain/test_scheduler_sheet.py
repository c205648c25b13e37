"""The form as a value: sent and read again, mended while it is half right, merged with what others changed."""

from dataclasses import fields, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jicanet.core.errors import FieldError
from jicanet.core.text import message
from jicanet.scheduler.domain.mending import UNTITLED, Mending
from jicanet.scheduler.domain.model import JoinDetails, LinkRequest, PersonRequest, SeatRequest
from jicanet.scheduler.domain.words import PersonRole
from jicanet.scheduler.forms.asking import wish_of
from jicanet.scheduler.forms.filled import country_text, filled, language_text
from jicanet.scheduler.forms.merging import differing, merged, patch_between
from jicanet.scheduler.forms.sheet import (
    TEXTS,
    GuestRow,
    MaterialRow,
    PersonRow,
    Sheet,
    StationRow,
    decoded,
    encoded,
)
from tests.support.booking import NOW, ZONES, request

# What a form sends: no control characters but line breaks, outer spaces go.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
codes = st.from_regex(r"[A-Z]{3}-[A-Z]{3}", fullmatch=True)


def rows(kind: type[Any], **fixed: Any) -> Any:
    """Return lists of rows of one kind with any texts in them."""
    named = {each.name: st.booleans() if each.name == "required" else texts for each in fields(kind)}
    return st.lists(st.builds(kind, **{**named, **fixed}), max_size=4).map(tuple)


stations = st.lists(st.builds(StationRow, code=codes, role=texts), max_size=4, unique_by=lambda row: row.code)
sheets = st.builds(
    Sheet,
    **dict.fromkeys(TEXTS, texts),
    stations=stations.map(tuple),
    materials=rows(MaterialRow, code=codes),
    people=rows(PersonRow),
    guests=rows(GuestRow),
)


@given(sheets)
def test_a_form_that_is_sent_is_read_as_it_was(sheet: Sheet) -> None:
    assert decoded(encoded(sheet)) == sheet


def test_what_is_no_form_is_none() -> None:
    assert decoded("title=a&title=b") is None
    assert decoded("%00=1") is None
    assert decoded("unknown=1") is None


def wrong(pointer: str) -> FieldError:
    return FieldError(pointer=pointer, value="", code="wrong", detail=message("Wrong."))


def test_mending_leaves_out_what_is_wrong_and_keeps_the_places() -> None:
    people = tuple(PersonRequest(role=PersonRole.LECTURER, name=name, email=name) for name in "abcd")
    asked = request(
        people=people, quorum=9, join=JoinDetails(pin="1"), materials=(LinkRequest(material="M"),)
    )
    first = Mending(request=asked).without(
        [wrong("/people/1/email"), wrong("/quorum"), wrong("/materials/0")]
    )
    assert first is not None
    assert [person.name for person in first.request.people] == ["a", "c", "d"]
    assert (first.request.quorum, first.request.materials, first.request.join.pin) == (None, (), "1")
    assert first.placed(wrong("/people/1/email")) == wrong("/people/2/email")
    assert first.placed(wrong("/stations/0")) == wrong("/stations/0")
    second = first.without(
        [wrong("/people/1/email"), wrong("/title"), wrong("/join/url"), wrong("/start/local")]
    )
    assert second is not None
    assert [person.name for person in second.request.people] == ["a", "d"]
    assert second.placed(wrong("/people/1/name")) == wrong("/people/3/name")
    assert (second.request.title, second.request.join, second.request.start) == (
        UNTITLED,
        JoinDetails(),
        asked.start,
    )


def test_mending_gives_up_without_host_length_or_sites() -> None:
    for pointer in ("/host", "/minutes", "/stations"):
        assert Mending(request=request()).without([wrong(pointer)]) is None
    assert Mending(request=request()).without_rows([wrong("/host")]) == Mending(request=request())


@given(sheets, sheets)
def test_who_changed_nothing_gets_what_stands_now(was: Sheet, now: Sheet) -> None:
    now = replace(now, people=(), guests=(), materials=())
    assert merged(was, was, now) == now


@given(sheets, sheets)
def test_what_was_typed_stands_where_others_changed_nothing(was: Sheet, typed: Sheet) -> None:
    both = merged(was, typed, was)
    assert {name: getattr(both, name) for name in TEXTS} == {name: getattr(typed, name) for name in TEXTS}
    assert {row.code for row in both.stations} == {row.code for row in typed.stations}


def test_lists_are_merged_row_by_row() -> None:
    was = Sheet(stations=tuple(StationRow(code=code) for code in ("A", "B", "C")))
    typed = replace(
        was, stations=(StationRow(code="A", role="sending"), StationRow(code="C"), StationRow(code="D"))
    )
    now = replace(
        was, stations=(StationRow(code="A"), StationRow(code="B"), StationRow(code="E")), title="Theirs"
    )
    both = merged(was, typed, now)
    # B was removed here, C there; D came here, E there.
    assert [(row.code, row.role) for row in both.stations] == [("A", "sending"), ("E", ""), ("D", "")]
    assert both.title == "Theirs"
    assert differing(was, now) == ("title", "stations")


def test_a_request_is_the_form_that_asks_for_it() -> None:
    asked = request(
        languages=("en", "pt-BR", "zh-Hans"),
        stations=(
            SeatRequest(station="JPN-TIC", required=True),
            SeatRequest(station="VNM-HAN", required=False),
        ),
    )
    for lang in ("en", "ja"):
        sheet = filled(asked, lang)
        again = wish_of(sheet, ZONES, today=lambda _: NOW.date())
        assert again.errors == ()
        assert again.request is not None
        # The form says roles where the request leaves them to the rule; a start needs no choice of two times.
        assert set(patch_between(asked, again.request)) == {"stations"}


def test_names_that_are_not_read_back_stand_as_codes() -> None:
    assert language_text(("en", "zh-Hans", "pt-BR"), "en") == "English, zh-Hans, pt-BR"
    assert country_text(("VN", "TT", "CI"), "ja").split(", ")[0] == "ベトナム"
