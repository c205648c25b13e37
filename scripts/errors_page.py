"""Writes docs/errors.md: every code that a refusal can carry, read off the program's own text."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jicanet.app import routes
from jicanet.core import errors
from jicanet.settings import Mode, Settings
from jicanet.web import refusals
from jicanet.web.models import Wrong
from jicanet.web.problem import GENERAL_CODES, title

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "errors.md"

_CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
_STATUS = {
    name: kind.status
    for module in (errors, refusals)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, errors.Refusal)
}
# A validator's complaint becomes a field of a 422.
_STATUS[Wrong.__name__] = errors.Invalid.status
_STATUS[errors.FieldError.__name__] = errors.Invalid.status
_STATUS["Clash"] = errors.Conflict.status

HEAD = """\
# Error codes

Made from the program by `make docs`; do not edit it here. Every refusal carries a stable `code`; the
sentence beside it is for people, names the value and the remedy, and may change. A code of a field
stands in `errors[].code`; the code of the whole is that of the first field.

| code | status | says |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Said:
    """One place that refuses: its code, the status it comes with, its English sentence if it stands there."""

    code: str
    status: int
    sentence: str


def refused() -> Iterator[Said]:
    """Yield every refusal that routes declare, and those whose code is written out in the program's text."""
    declared = [GENERAL_CODES, *(route.refused() for route in routes(Settings(mode=Mode.DEVELOPMENT)))]
    for by_status in declared:
        for status, codes in by_status.items():
            yield from (Said(code, status, "") for code in codes)
    for path in sorted((ROOT / "jicanet").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from _said_in(tree, {})


def _said_in(tree: ast.AST, names: Mapping[str, str]) -> Iterator[Said]:
    """Yield what a module or function refuses; `names` are the sentences kept in variables around it."""
    known = {**names, **_assigned(tree)}
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _said_in(node, known)
            continue
        if isinstance(node, ast.Call):
            yield from _said(node, known)
        yield from _said_in(node, known)


def _assigned(tree: ast.AST) -> dict[str, str]:
    found = {}
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            sentence = _sentence(node.value)
            if sentence:
                found[node.targets[0].id] = sentence
    return found


def _said(call: ast.Call, names: Mapping[str, str]) -> Iterator[Said]:
    name, is_field = _called(call)
    helps = name in {"_error", "_wrong"}
    if name not in _STATUS and not helps and name not in {"_about_start", "Clash"}:
        return
    # `Invalid.field(pointer, value, code, detail)`, helpers of the same order, else the code comes first.
    place = 2 if is_field or helps else 0
    words = [word.value for word in call.keywords if word.arg in {"code", "detail"}]
    for value in [*call.args[place : place + 1], *words]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and _CODE.fullmatch(value.value):
            yield Said(
                value.value, _STATUS.get(name, errors.Invalid.status), _sentence(call) or _kept(call, names)
            )


def _kept(call: ast.Call, names: Mapping[str, str]) -> str:
    """Return the sentence of a variable that the call is given."""
    given = [*call.args, *(word.value for word in call.keywords)]
    return next((names[word.id] for word in given if isinstance(word, ast.Name) and word.id in names), "")


def _called(call: ast.Call) -> tuple[str, bool]:
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr == "field":
        return getattr(function.value, "id", ""), True
    return getattr(function, "id", ""), False


def _sentence(call: ast.AST) -> str:
    """Return the English of the `message(...)` that stands in the call, empty if it stands elsewhere."""
    for node in ast.walk(call):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "message":
            continue
        if node.args and isinstance(node.args[0], ast.Constant):
            return re.sub(r"%\((\w+)\)s", r"{\1}", str(node.args[0].value)).replace("%%", "%")
    return ""


def page() -> str:
    """Return the page: a row a code, with the statuses and sentences it comes with."""
    statuses: dict[str, set[int]] = defaultdict(set)
    sentences: dict[str, set[str]] = defaultdict(set)
    for said in refused():
        statuses[said.code].add(said.status)
        sentences[said.code] |= {said.sentence} - {""}
    rows = []
    for code in sorted(statuses):
        if not sentences[code]:
            sentences[code] = {f"{title(status)}." for status in statuses[code]}
        told = "<br>".join(sorted(sentences[code])).replace("|", "\\|")
        rows.append(f"| `{code}` | {', '.join(map(str, sorted(statuses[code])))} | {told} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
