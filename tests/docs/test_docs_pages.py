"""What the pages point to is there: links, pictures, make targets, paths."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
TARGET = re.compile(r"\bmake ([a-z]+)\b(?=[ `]|$)", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`|^    (.+)$", re.MULTILINE)
PATH = re.compile(r"(?<![\w/{}.])((?:jicanet|tests|config|docs|scripts)/[\w./-]+\w)(?![\w./<-])")


@pytest.fixture(params=PAGES, ids=NAMES)
def page(request: pytest.FixtureRequest) -> Path:
    page: Path = request.param
    return page


def code(text: str) -> str:
    """Return what a page shows as code."""
    return "\n".join(inline or block for inline, block in CODE.findall(text))


def test_links_and_pictures_lead_to_files(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_make_targets_that_are_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(code(page.read_text(encoding="utf-8")))) <= targets


def test_paths_that_are_named_exist(page: Path) -> None:
    named = PATH.findall(code(page.read_text(encoding="utf-8")))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_decisions_are_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_readme_names_every_target_that_people_use() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"make (serve|test|demo|help)\b", readme)) == {"serve", "test", "demo", "help"}
