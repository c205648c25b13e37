"""The page of what calendar programs can rely on: every statement is there, and every proof exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "conformance.md"
# Those of the calendar requirements that this version keeps.
STATEMENTS = [*range(1, 23), *range(35, 42)]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROWS = ROW.findall(PAGE.read_text(encoding="utf-8"))


@cache
def named_in(path: str) -> frozenset[str]:
    """Return the names of the tests in a file, without running it."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_every_statement_is_there_once_in_order() -> None:
    assert [int(number) for number, _, _ in ROWS] == STATEMENTS


@pytest.mark.parametrize(("number", "words", "proofs"), ROWS, ids=[row[0] for row in ROWS])
def test_each_statement_names_tests_that_exist(number: str, words: str, proofs: str) -> None:
    named = PROOF.findall(proofs)
    assert words.endswith((".", ").")), number
    assert PROOF.sub("", proofs).split() == [], "nothing but tests stands there"
    assert named
    assert len(set(named)) == len(named)
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert name in named_in(path), f"{path}::{name}"


def test_what_waits_for_real_mail_servers_says_so() -> None:
    assert [number for number, words, _ in ROWS if "later." in words] == ["3"]
