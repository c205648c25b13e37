"""What people type: dates, clocks, languages, countries and zones, in both languages."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from jicanet.core.errors import Invalid
from jicanet.scheduler.forms.typed import (
    clock_of,
    read_clock,
    read_countries,
    read_date,
    read_languages,
    read_moment,
    read_number,
    read_zone,
)
from tests.support.booking import ZONES, at

TODAY = date(2026, 12, 9)
DAY = date(2026, 12, 16)


def refused(read: Callable[..., Any], *values: Any, **named: Any) -> tuple[str, list[Any]]:
    """Return the code and the choices of a refusal at /here."""
    with pytest.raises(Invalid) as refusal:
        read(*values, pointer="/here", **named)
    (error,) = refusal.value.errors
    assert error.pointer == "/here"
    assert error.value == values[0]
    return error.code, [choice["date"] for choice in error.choices]


@pytest.mark.parametrize(
    "text",
    [
        "16 Dec 2026", "16 december 2026", "Dec 16, 2026", "December 16 2026", "Wed 16 Dec 2026", "Wednesday 16 Dec",
        "16th Dec", "2026-12-16", "2026/12/16", "2026.12.16", "2026年12月16日", "2026年12月16日（水）", "12月16日",
        "水曜日 12月16日", "12/16", "16/12", "16/12/2026", "16.12.2026", "１２／１６", " 16  Dec ",
    ],
)  # fmt: skip
def test_a_date_is_read_as_people_write_it(text: str) -> None:
    assert read_date(text, pointer="/here", today=TODAY) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9 Dec", date(2026, 12, 9)), ("8 Dec", date(2027, 12, 8)), ("5 May", date(2027, 5, 5)), ("5/5", date(2027, 5, 5)),
        ("29 Feb", date(2028, 2, 29)), ("8 Dec 2026", date(2026, 12, 8)),
    ],
)  # fmt: skip
def test_a_date_without_a_year_is_the_next_one(text: str, day: date) -> None:
    assert read_date(text, pointer="/here", today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "choices"),
    [("5/6", ["2027-05-06", "2027-06-05"]), ("6/5/2027", ["2027-05-06", "2027-06-05"]), ("12/9", ["2026-12-09", "2027-09-12"])],
)  # fmt: skip
def test_a_date_that_could_be_two_is_refused_with_both(text: str, choices: list[str]) -> None:
    assert refused(read_date, text, today=TODAY) == ("ambiguous_date", choices)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_missing"), (" ", "date_missing"), ("31 Nov", "bad_date"), ("29 Feb 2027", "bad_date"), ("soon", "bad_date"),
        ("16 Dez 2026", "bad_date"), ("16 Dec 26", "bad_date"), ("2026-13-01", "bad_date"), ("16", "bad_date"),
        ("Thu 16 Dec 2026", "wrong_weekday"), ("12月16日（木）", "wrong_weekday"), ("1" * 5000, "bad_date"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str, code: str) -> None:
    assert refused(read_date, text, today=TODAY) == (code, [])


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("15:00", time(15)), ("9:05", time(9, 5)), ("1505", time(15, 5)), ("15.30", time(15, 30)), ("3 pm", time(15)),
        ("12 am", time(0)), ("12:30 p.m.", time(12, 30)), ("15時", time(15)), ("9時5分", time(9, 5)), ("１５：００", time(15)),
    ],
)  # fmt: skip
def test_a_clock_is_read_as_people_write_it(text: str, clock: time) -> None:
    assert read_clock(text, pointer="/here") == clock


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "start_missing"),
        ("24:00", "bad_clock"),
        ("9", "bad_clock"),
        ("13 pm", "bad_clock"),
        ("15:60", "bad_clock"),
    ],
)
def test_what_is_no_clock_is_refused(text: str, code: str) -> None:
    assert refused(read_clock, text) == (code, [])
    assert clock_of(text) is None


def test_numbers_languages_countries_and_zones_are_read_by_name_or_code() -> None:
    assert [read_number(text, pointer="/here") for text in ("90", "90 min", "９０分", "")] == [
        90,
        90,
        90,
        None,
    ]
    assert read_languages("English, 日本語、pt-BR and french", pointer="/here") == ("en", "ja", "pt-BR", "fr")
    assert read_languages("en, en", pointer="/here") == ("en",)
    assert read_countries("Vietnam; ケニア, TT", pointer="/here") == ("VN", "KE", "TT")
    assert [
        read_zone(text, ZONES, pointer="/here")
        for text in ("Asia/Tokyo", "asia/calcutta".title(), "vientiane", "ダッカ")
    ] == ["Asia/Tokyo", "Asia/Kolkata", "Asia/Vientiane", "Asia/Dhaka"]


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (read_number, "1.5", "bad_number"),
        (read_number, "-5", "bad_number"),
        (read_number, "9" * 7, "bad_number"),
        (read_languages, "Klingonish", "bad_language"),
        (read_languages, ",".join(["en"] * 51), "too_many_named"),
        (read_countries, "Atlantis", "unknown_country"),
        (read_countries, "EU", "unknown_country"),
    ],
)
def test_other_words_that_mean_nothing_are_refused(read: Any, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(text, pointer="/here")
    assert [(error.pointer, error.code) for error in refusal.value.errors] == [("/here", code)]


def test_zones_that_are_none_or_several_are_refused() -> None:
    assert refused(read_zone, "Osaka", ZONES)[0] == "unknown_zone"
    assert refused(read_zone, "GMT+3", ZONES)[0] == "unknown_zone"


def test_a_moment_is_a_local_time_or_an_instant() -> None:
    tokyo = ZONES.get("Asia/Tokyo")
    for text in ("2026-12-16T15:00", "2026-12-16T06:00:00Z", "2026-12-16T09:00 03:00"):
        assert read_moment(text, tokyo) == at("2026-12-16T15:00").local
    assert read_moment("soon", tokyo) is None
