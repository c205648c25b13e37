"""Secrets, scopes, link states and the place to go to after signing in."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jicanet.core.actor import Scope
from jicanet.core.errors import Invalid
from jicanet.people.domain.model import LinkState, SignInLink
from jicanet.people.domain.paths import safe_next
from jicanet.people.domain.tokens import ask_mark, hashed, link_token, parse_scopes, token_name

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
LINK = SignInLink(
    id="00000000-0000-4000-8000-000000000001",
    user_id=1,
    created_at=NOON,
    expires_at=NOON + timedelta(minutes=15),
)


def test_link_token_depends_on_key_link_and_purpose() -> None:
    tokens = {
        link_token(b"key", "1"),
        link_token(b"key", "2"),
        link_token(b"other", "1"),
        ask_mark(b"key", "1"),
    }

    assert len(tokens) == 4
    assert {len(token) for token in tokens} == {43}
    assert link_token(b"key", "1") == link_token(b"key", "1")


def test_hash_is_plain_sha256_and_takes_any_text() -> None:
    assert hashed("jnt_x") == hashlib.sha256(b"jnt_x").hexdigest()
    assert len(hashed("\ud800")) == 64


@pytest.mark.parametrize(
    ("seconds", "used", "state"),
    [
        (0, False, LinkState.READY),
        (899, False, LinkState.READY),
        (900, False, LinkState.EXPIRED),
        (899, True, LinkState.USED),
        (900, True, LinkState.USED),
    ],
)
def test_link_is_good_until_used_or_expired(*, seconds: int, used: bool, state: LinkState) -> None:
    link = replace(LINK, used_at=NOON if used else None)

    assert link.state(NOON + timedelta(seconds=seconds)) is state


def test_scopes_are_parsed() -> None:
    assert parse_scopes(["sessions:read", "feeds:write", "feeds:write"]) == {
        Scope.SESSIONS_READ,
        Scope.FEEDS_WRITE,
    }


def test_unknown_scopes_are_named_with_those_that_exist() -> None:
    with pytest.raises(Invalid) as refusal:
        parse_scopes(["all", "admin", "sessions:delete"])

    assert refusal.value.code == "unknown_scope"
    assert [(error.pointer, error.value) for error in refusal.value.errors] == [
        ("/scopes/1", "admin"),
        ("/scopes/2", "sessions:delete"),
    ]
    assert str(refusal.value.detail) == (
        "admin is not a scope. There are: all, sessions:read, sessions:write, stations:read, library:read, "
        "feeds:write."
    )


def test_no_scope_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        parse_scopes([])

    assert refusal.value.code == "no_scope"


@pytest.mark.parametrize("name", ["", "   ", "a\r\nb", "x" * 81])
def test_bad_token_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        token_name(name)

    assert [(error.pointer, error.code) for error in refusal.value.errors] == [("/name", "bad_name")]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?day=2026-12-09",
        "/sessions/JN-2026-000123",
        "/stations",
        "/library?q=%E6%B0%B4&lang=ja",
        "/library/",
        "/signing",
        "/dev/mailbox",
    ],
)
def test_path_on_this_site_is_kept(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        "",
        "stations",
        "https://evil.example",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/ /evil.example",
        " //evil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/%2e%2e//evil.example",
        "/%2F/evil.example",
        "/%5cevil.example",
        "/stations//evil.example",
        "/stations#//evil.example",
        "/@evil.example",
        "/stations?next=\\evil",
        "/stations\r\nSet-Cookie: a=b",
        "/stations\x00",
        "/拠点",
        "/sign-in",
        "/sign-in/abc",
        "/sign-in?next=/",
        "/sign-out",
        "/" + "x" * 500,
    ],
)
def test_anything_else_leads_home(hostile: str | None) -> None:
    assert safe_next(hostile) == "/"
