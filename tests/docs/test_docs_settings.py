"""The pages about settings are what the code says, and every number of policy owns up to being ours."""

import re
import tomllib

import pytest

from jicanet.settings import Settings
from scripts import settings_pages
from scripts.settings_pages import ROOT

ENTRIES = list(settings_pages.entries())
# Numbers that follow from how a machine is set up: nobody's policy.
ADDRESSES = {"port", "smtp_port"}


def test_pages_are_as_written_by_make_docs() -> None:
    assert settings_pages.CONFIG.read_text(encoding="utf-8") == settings_pages.config_text()
    assert settings_pages.PAGE.read_text(encoding="utf-8") == settings_pages.page_text()


def test_pages_show_every_setting() -> None:
    page = settings_pages.PAGE.read_text(encoding="utf-8")
    shown = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert shown == list(Settings.model_fields)


def test_chapters_begin_with_settings() -> None:
    assert set(settings_pages.CHAPTERS) <= set(Settings.model_fields)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_setting_says_what_it_is(entry: settings_pages.Entry) -> None:
    assert entry.help.endswith(".")
    is_number = isinstance(entry.default, int | float) and not isinstance(entry.default, bool)
    if is_number and entry.name not in ADDRESSES:
        assert entry.help.endswith("; our choice.")
        assert entry.range


def test_config_with_all_its_lines_taken_in_gives_the_defaults() -> None:
    lines = settings_pages.CONFIG.read_text(encoding="utf-8").splitlines()
    given = [
        line[1:] for line in lines if line[:1] == "#" and line[1:2] not in {" ", ""} and "not set" not in line
    ]
    values = tomllib.loads("\n".join(given))
    assert values.keys() == {entry.name for entry in ENTRIES if entry.default is not None}
    assert Settings.model_validate(values) == Settings.model_validate({})


def test_config_sets_nothing_by_itself() -> None:
    assert tomllib.loads(settings_pages.CONFIG.read_text(encoding="utf-8")) == {}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_read_by_the_program(name: str) -> None:
    sources = (ROOT / "jicanet").rglob("*.py")
    assert any(re.search(rf"\.{name}\b", source.read_text(encoding="utf-8")) for source in sources)
