"""Writes config/jicanet.toml and docs/settings.md from jicanet/settings: `make docs`.

Both show every setting, in the order of the model; a test compares them with what is written here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jicanet.settings import Settings

Shape = Mapping[str, Any]  # a piece of JSON Schema

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "config" / "jicanet.toml"
PAGE = ROOT / "docs" / "settings.md"

# Each chapter of the two pages, with the setting that it begins with.
CHAPTERS = {
    "mode": "The program",
    "smtp_host": "Mail server and addresses",
    "bridge_ports": "Booking",
    "sign_in_minutes": "People and requests",
    "mail_retry_first_seconds": "Worker and outgoing mail",
    "inbound_seconds": "Incoming mail",
    "feed_refresh_minutes": "Feeds and limits",
}

CONFIG_HEAD = """\
# The settings of jicanet. Made from jicanet/settings by `make docs`; docs/settings.md says the same.
#
# Every setting stands here with its default, commented out: take the # away and change the value.
# An environment variable named JICANET_ and the setting in capitals goes before this file.
# "Our choice" marks what nobody told us: a number of policy that an operator may change.
"""

PAGE_HEAD = """\
# Settings

Made from `jicanet/settings` by `make docs`; do not edit it here. A setting is looked for in the
environment (`JICANET_` and its name in capitals), then in `config/jicanet.toml`, else it has its
default. `HOST` and `PORT` are honoured without prefix too. The program refuses to start with a value
that is out of range, and names it.

"Our choice" marks a number of policy: nobody outside told us, and it may be changed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One setting as the pages show it."""

    name: str
    default: Any
    range: str
    help: str


def entries() -> Iterator[Entry]:
    """Yield every setting in the order of the model."""
    schema = Settings.model_json_schema()
    for name, facts in schema["properties"].items():
        shape = _shape(facts, schema.get("$defs", {}))
        yield Entry(name=name, default=facts.get("default"), range=_range(shape), help=facts["description"])


def _shape(facts: Shape, definitions: Mapping[str, Shape]) -> Shape:
    """Return the part of a field's schema that bounds its value."""
    for option in facts.get("anyOf", [facts]):
        if option.get("type") == "null":
            continue
        shape: Shape = definitions[option["$ref"].rsplit("/", 1)[-1]] if "$ref" in option else option
        return shape
    return facts


def _range(shape: Shape) -> str:
    if "enum" in shape:
        return ", ".join(shape["enum"])
    if shape.get("type") == "boolean":
        return "true, false"
    least, above, most = shape.get("minimum"), shape.get("exclusiveMinimum"), shape.get("maximum")
    if most is None:
        return ""
    return (
        f"above {_figure(above)}, to {_figure(most)}"
        if least is None
        else f"{_figure(least)} to {_figure(most)}"
    )


def _figure(number: float | None) -> str:
    return f"{number:,g}" if isinstance(number, float) and number % 1 else f"{int(number or 0):,}"


def config_text() -> str:
    """Return what config/jicanet.toml holds."""
    lines = [CONFIG_HEAD]
    for entry in entries():
        if entry.name in CHAPTERS:
            lines.append(f"\n# ---- {CHAPTERS[entry.name]}\n")
        lines.append(f"# {entry.help}" + (f" ({entry.range})" if entry.range else ""))
        value = "  # not set" if entry.default is None else f" {json.dumps(entry.default)}"
        lines.append(f"#{entry.name} ={value}\n")
    return "\n".join(lines)


def page_text() -> str:
    """Return what docs/settings.md holds."""
    lines = [PAGE_HEAD]
    for entry in entries():
        if entry.name in CHAPTERS:
            lines.append(f"\n## {CHAPTERS[entry.name]}\n")
            lines.append("| setting | default | range | meaning |\n|---|---|---|---|")
        default = "not set" if entry.default is None else f"`{json.dumps(entry.default)}`"
        lines.append(f"| `{entry.name}` | {default} | {entry.range} | {entry.help} |")
    return "\n".join(lines).replace("|---|\n\n", "|---|\n") + "\n"


if __name__ == "__main__":
    CONFIG.write_text(config_text(), encoding="utf-8")
    PAGE.write_text(page_text(), encoding="utf-8")
