"""Refusals carry what the answer will say; clock and ids give what they promise."""

from datetime import UTC
from uuid import UUID

import pytest

from jicanet.core.actor import CONSOLE, STRANGER
from jicanet.core.clock import SystemClock
from jicanet.core.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    SignInNeeded,
    StorageFull,
    TooLarge,
    Unavailable,
)
from jicanet.core.ids import SystemIds
from jicanet.core.text import message


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Invalid, 422),
        (Conflict, 409),
        (NotFound, 404),
        (SignInNeeded, 401),
        (Forbidden, 403),
        (TooLarge, 413),
        (Unavailable, 503),
        (StorageFull, 507),
    ],
)
def test_refusal_has_a_status_a_code_and_a_sentence(kind: type[Refusal], status: int) -> None:
    refusal = kind("some_code", message("No: %(why)s.", why="full"), extra={"conflicts": []})
    assert (refusal.status, refusal.code, str(refusal.detail)) == (status, "some_code", "No: full.")
    assert (refusal.errors, refusal.extra) == ((), {"conflicts": []})
    assert str(refusal) == "('some_code', 'No: full.')"


def test_refusal_of_one_field_says_the_same_of_the_field() -> None:
    detail = message("%(minutes)s minutes is too long.", minutes=10_000)
    refusal = Invalid.field("/minutes", 10_000, "too_long", detail)
    assert (refusal.code, refusal.detail) == ("too_long", detail)
    assert refusal.errors == (FieldError(pointer="/minutes", value=10_000, code="too_long", detail=detail),)


def test_refusal_does_not_share_what_it_was_given() -> None:
    extra = {"conflicts": 1}
    refusal = Conflict("station_busy", message("Busy."), extra=extra)
    extra["conflicts"] = 2
    assert refusal.extra == {"conflicts": 1}


def test_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_ids_are_unique_and_of_the_promised_form() -> None:
    ids = SystemIds()
    uids = {ids.uid() for _ in range(100)}
    secrets = {ids.secret() for _ in range(100)}
    assert len(uids) == len(secrets) == 100
    assert {UUID(uid).version for uid in uids} == {4}
    assert {len(secret) for secret in secrets} == {43}


def test_stranger_is_nobody() -> None:
    assert (STRANGER.is_known, CONSOLE.is_known) == (False, True)
