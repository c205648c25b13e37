"""docs/booking.md says what the code does."""

import re
from pathlib import Path
from typing import get_args

from jicanet.scheduler import api
from jicanet.scheduler.domain.conflicts import ORDER
from jicanet.scheduler.domain.links import MOST_LINKS
from jicanet.scheduler.domain.outline import LEAST_MINUTES, MOST_SETUP, TEXT_LENGTH, TITLE_LENGTH
from jicanet.scheduler.domain.words import LinkKind, SessionKind, Visibility
from jicanet.scheduler.forms import SessionIn, SessionsQuery
from jicanet.scheduler.forms.answers import WarningOut
from jicanet.settings import Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "booking.md").read_text(encoding="utf-8")


def rows(head: str) -> list[list[str]]:
    """Return the cells of the table whose first head is `head`."""
    table = PAGE.split(f"| {head} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def named(text: str) -> list[str]:
    return re.findall(r"`([\w-]+)`", text)


def cell(name: str) -> str:
    return next(row[1] for row in rows("field") if name in named(row[0]))


def test_every_field_of_a_booking_is_described() -> None:
    assert [name for row in rows("field") for name in named(row[0])] == list(SessionIn.model_fields)


def test_bounds_and_words_are_those_of_the_code() -> None:
    assert f"1 to {TITLE_LENGTH} characters" in cell("title")
    assert f"{LEAST_MINUTES} to `longest_session_minutes`" in cell("minutes")
    assert f"0 to {MOST_SETUP}" in cell("setup_minutes")
    assert f"up to {TEXT_LENGTH} characters" in cell("purpose")
    assert named(cell("kind")) == [kind.value for kind in SessionKind]
    assert named(cell("visibility")) == [each.value for each in Visibility]
    assert f"{MOST_LINKS} materials go with one session" in " ".join(PAGE.split())
    kinds = PAGE.split("Kinds: ", 1)[1].split(". Only", 1)[0]
    assert named(kinds) == [kind.value for kind in LinkKind]


def test_every_warning_is_described() -> None:
    codes = get_args(WarningOut.model_fields["code"].annotation)
    assert [named(row[0]) for row in rows("warning")] == [[code] for code in codes]


def test_every_refusal_of_a_booking_is_described() -> None:
    (booking,) = (route for route in api.ROUTES if route.body is SessionIn)
    declared = [code for codes in booking.refused().values() for code in codes]
    described = [name for row in rows("code") for name in named(row[0])]
    assert sorted(described) == sorted(declared)
    assert described[:2] == list(ORDER)


def test_every_parameter_and_refusal_of_the_list_is_named() -> None:
    text = PAGE.split("`GET /api/v1/sessions` takes", 1)[1].split("\n\n", 1)[0]
    (listing,) = (route for route in api.ROUTES if route.query is SessionsQuery)
    parameters = {field.alias or name for name, field in SessionsQuery.model_fields.items()}
    assert parameters | set(listing.refusals) <= set(named(text))


def test_settings_that_the_page_names_exist() -> None:
    for name in ("longest_session_minutes", "setup_minutes", "visibility", "most_stations", "lead_minutes",
                 "horizon_days", "idempotency_days"):  # fmt: skip
        assert f"`{name}`" in PAGE
        assert name in Settings.model_fields
