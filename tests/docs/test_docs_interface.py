"""The documents name what the program has: every command, route, error code and step."""

from collections.abc import Iterator
from pathlib import Path

import typer
from typer.main import get_command

from jicanet.app import routes
from jicanet.cli import app
from jicanet.settings import Mode, Settings
from scripts import errors_page

ROOT = Path(__file__).resolve().parents[2]


def commands() -> Iterator[str]:
    """Yield `sessions list` and the like."""
    root = get_command(app)
    context = typer.Context(root)
    for name in root.list_commands(context):  # type: ignore[attr-defined]  # a group, by its type unknown
        command = root.get_command(context, name)  # type: ignore[attr-defined]  # the same
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name
        else:
            yield from (f"{name} {each}" for each in inner)


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in commands() if f"`jicanet {name}`" not in text] == []


def test_page_of_error_codes_is_what_the_program_says() -> None:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert text == errors_page.page()
    codes = {said.code for said in errors_page.refused()}
    assert {"station_busy", "bridge_full", "sign_in_needed", "unknown_station", "start_in_past"} <= codes


def test_every_route_is_documented() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    found = routes(Settings(mode=Mode.DEVELOPMENT))
    missing = [
        f"{route.method} {route.path}" for route in found if route.media == "json" and route.path not in text
    ]
    assert missing == []
