"""The commands about users, as real processes."""

import shutil
from pathlib import Path

import pytest

from tests.support.forked import ForkedShell
from tests.support.reference import COORDINATOR
from tests.support.shell import Shell


@pytest.fixture
def shell(sqlite_network: Path, tmp_path: Path) -> Shell:
    """A shell over the real network, as `jicanet init` leaves it."""
    shutil.copy(sqlite_network, tmp_path / "jicanet.db")
    return ForkedShell(tmp_path)


def test_user_is_added_changed_shut_out_and_let_in(shell: Shell) -> None:
    added = shell.json(
        "users", "add", "hanoi@example.org", "--name", "Hanoi", "--role", "operator", "--role", "lecturer",
        "--station", "VNM-HAN", "--station", "THA-BKK",
    )  # fmt: skip
    assert added == {
        "email": "hanoi@example.org",
        "name": "Hanoi",
        "language": "en",
        "zone": "Asia/Tokyo",
        "telephone": None,
        "roles": ["lecturer", "operator"],
        "stations": ["THA-BKK", "VNM-HAN"],
        "disabled": False,
        "enabled": True,
    }

    changed = shell.json(
        "users", "change", "Hanoi@example.org", "--role", "centre-coordinator", "--station", "KEN-NBO",
        "--station", "VNM-HAN", "--language", "ja", "--telephone", "+84 1",
    )  # fmt: skip
    after = {
        **added,
        "language": "ja",
        "telephone": "+84 1",
        "roles": ["centre-coordinator"],
        "stations": ["KEN-NBO", "VNM-HAN"],
    }
    assert changed == {**after, "changed": True}
    assert shell.json("users", "change", "hanoi@example.org", "--language", "ja")["changed"] is False

    assert shell.json("users", "disable", "hanoi@example.org")["changed"] is True
    assert "disabled" in shell.run("users", "list").stdout
    assert shell.json("users", "change", "hanoi@example.org", "--enable") == {**after, "changed": True}
    emptied = shell.json(
        "users", "change", "hanoi@example.org", "--no-roles", "--no-stations", "--telephone", ""
    )
    assert (emptied["roles"], emptied["stations"], emptied["telephone"]) == ([], [], None)
    assert [user["email"] for user in shell.json("users", "list")["items"]] == [
        COORDINATOR,
        "hanoi@example.org",
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("change", COORDINATOR, "--role", "curator"), "last_coordinator"),
        (("change", COORDINATOR, "--no-roles"), "last_coordinator"),
        (("disable", COORDINATOR), "last_coordinator"),
        (("change", COORDINATOR, "--station", "NOPE"), "unknown_station"),
        (("change", "nobody@example.org", "--name", "X"), "unknown_user"),
        (("disable", "nobody@example.org"), "unknown_user"),
        (("change", COORDINATOR, "--zone", "GMT+3"), "unknown_zone"),
    ],
)
def test_refused_change_of_a_user_changes_nothing(shell: Shell, words: tuple[str, ...], code: str) -> None:
    before = shell.json("users", "list")

    assert shell.json("users", *words, status=1)["code"] == code
    assert shell.json("users", "list") == before


def test_contrary_options_are_wrong_usage(shell: Shell) -> None:
    for pair in (("--role", "curator", "--no-roles"), ("--station", "KEN-NBO", "--no-stations")):
        assert "do not go with" in shell.run("users", "change", COORDINATOR, *pair, status=2).stderr
    shell.run("users", "change", COORDINATOR, "--role", "king", status=2)
