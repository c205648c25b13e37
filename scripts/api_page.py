"""Turns the OpenAPI document on standard input into docs/api.md: `make openapi`."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"

# Said once at the head and not again at each operation.
EVERYWHERE = {"500", "503", "507"}

HEAD = """\
# The JSON API

Made from the program by `make openapi`; do not edit it here. The running service gives the same as
OpenAPI 3.1 at `/openapi.json`, and refuses what is not in it: unknown fields, a number given as text,
`true` for a number. Error codes are explained in [errors.md](errors.md).

Send a service token as `Authorization: Bearer jnt_...` (`jicanet token create --user EMAIL --scope all`).
Instants are RFC 3339 with offset, durations are minutes, stations and materials go by their codes,
languages are BCP 47. Every refusal is `application/problem+json` with a stable `code`, a sentence in
`detail` that names the value and the remedy, and where they apply `errors`, `conflicts` and `choices`.
Any request may be answered 500 or 503, and one that changes something 507 when the disk is full: then
nothing was stored and the same request may be sent again.
"""


def page(document: Schema) -> str:
    """Return the page: a list of all operations, each of them, and the shapes that they share."""
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    lines = [HEAD, "| method and path | what it does |", "|---|---|"]
    lines += [f"| [`{m} {p}`](#{_anchor(f'{m} {p}')}) | {o['summary']} |" for m, p, o in operations]
    for method, path, operation in operations:
        lines += ["", f"## {method} {path}", "", *_operation(operation)]
    lines += ["", "# Shapes"]
    for name, schema in document["components"]["schemas"].items():
        lines += ["", f"## {name}", "", *_shape(schema)]
    return "\n".join(lines) + "\n"


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9_ -]", "", title.lower()).replace(" ", "-")


def _operation(operation: Schema) -> Iterator[str]:
    yield " ".join(
        filter(None, [f"{operation['summary']}.".replace("..", "."), operation.get("description")])
    )
    security = operation.get("security", [])
    if not security:
        yield from ("", "Open to anybody.")
    elif {} in security:
        yield from ("", "Open to anybody; signed-in people may see more.")
    parameters = operation.get("parameters", [])
    if parameters:
        yield from ("", "| parameter | in | type | meaning |", "|---|---|---|---|")
        for known in parameters:
            needed = ", required" if known["required"] and known["in"] != "path" else ""
            yield (
                f"| `{known['name']}` | {known['in']}{needed} | {_type(known['schema'])} | "
                f"{_cell(known.get('description', ''))} |"
            )
    if "requestBody" in operation:
        yield from ("", f"Body: {_content(operation['requestBody'])}")
    yield ""
    for status, answer in operation["responses"].items():
        is_refusal = status[0] in "45"
        if status not in EVERYWHERE:
            content = f": {_content(answer)}" if "content" in answer and not is_refusal else ""
            yield f"- **{status}** {answer['description']}{content}"


def _content(part: Schema) -> str:
    return ", ".join(
        f"`{media}`" + (f" {_type(given['schema'])}" if given.get("schema", {}) != {"type": "string"} else "")
        for media, given in part["content"].items()
    )


def _shape(schema: Schema) -> Iterator[str]:
    if schema.get("description"):
        yield from (schema["description"], "")
    if "enum" in schema:
        yield f"One of {_type(schema)}."
        return
    required = schema.get("required", [])
    yield from ("| field | type | meaning |", "|---|---|---|")
    for name, part in schema.get("properties", {}).items():
        meaning = [part.get("description", "")]
        if name in required:
            meaning.append("Required.")
        elif part.get("default") is not None:
            meaning.append(f"Default `{json.dumps(part['default'], ensure_ascii=False)}`.")
        yield f"| `{name}` | {_type(part)} | {_cell(' '.join(filter(None, meaning)))} |"


def _type(schema: Schema) -> str:
    """Return a schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(name)})"
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(_type(option) for option in schema.get("anyOf", schema.get("oneOf", [])))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}{_bounds(schema, 'minItems', 'maxItems')}"
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {_type(schema['additionalProperties'])}"
    words = schema.get("format") or schema.get("type") or "anything"
    return f"{words}{_bounds(schema, 'minimum', 'maximum')}{_bounds(schema, 'minLength', 'maxLength')}"


def _bounds(schema: Schema, least: str, most: str) -> str:
    if least in schema and most in schema:
        return f" ({schema[least]} to {schema[most]})"
    if most in schema:
        return f" (at most {schema[most]})"
    return f" (at least {schema[least]})" if least in schema else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(json.load(sys.stdin)), encoding="utf-8")
