"""The documents name what the program has: every command, route, error code and step."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.main import get_command

from jicanet.app import routes
from jicanet.cli import app
from jicanet.settings import Mode, Settings
from jicanet.web.problem import GENERAL_CODES

ROOT = Path(__file__).resolve().parents[2]
REFUSALS = {"Invalid", "Conflict", "NotFound", "Forbidden", "SignInNeeded", "TooLarge", "Unavailable",
            "StorageFull", "Refusal", "Malformed", "TooSlow", "MethodRefused", "WrongMedia", "Fault", "Wrong"}  # fmt: skip
CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")


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


def error_codes() -> set[str]:
    """Return the codes that the program's text gives to refusals."""
    found = {code for codes in GENERAL_CODES.values() for code in codes}
    for path in (ROOT / "jicanet").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found |= set(_codes(node))
    return found


def _codes(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    is_field = name == "field" and isinstance(call.func, ast.Attribute)
    given = [call.args[2]] if is_field and len(call.args) > 2 else []
    if name in REFUSALS and call.args:
        given.append(call.args[0])
    given += [word.value for word in call.keywords if word.arg == "code" and name == "FieldError"]
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
            yield value.value


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in commands() if f"`jicanet {name}`" not in text] == []


def test_every_error_code_is_documented() -> None:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    codes = error_codes()
    assert {"station_busy", "bridge_full", "sign_in_needed", "unknown_station"} <= codes
    assert sorted(code for code in codes if f"`{code}`" not in text) == []


def test_every_route_is_documented() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    found = routes(Settings(mode=Mode.DEVELOPMENT))
    missing = [
        f"{route.method} {route.path}" for route in found if route.media == "json" and route.path not in text
    ]
    assert missing == []
