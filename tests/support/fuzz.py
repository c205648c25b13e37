"""schemathesis, run by its command: what it is told, and what it asked and was answered."""

import asyncio
import base64
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
SEED = 20261124
# Not that valid data is accepted: that a station is taken or a day past stands in no schema.
CHECKS = ("--checks", "all", "--exclude-checks", "positive_data_acceptance")


@dataclass(frozen=True)
class Words:
    """Values that mean something, by the places where they stand: `body.stations[*]`, `path.ref`.

    They are taken for `share` of what is generated there, and what schemathesis invents for the rest.
    """

    values: Sequence[str]
    places: Sequence[str]
    path: str = ""  # of the one operation that means these, empty for all
    share: float = 0.85


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    method: str
    path: str
    status: int
    body: str

    @property
    def code(self) -> str:
        """Return the code of a problem document."""
        return str(json.loads(self.body)["code"])


@dataclass(frozen=True)
class Run:
    """What one run said, and all that it exchanged."""

    status: int
    output: str
    exchanges: Sequence[Exchange]

    def of(self, document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Exchange]]:
        """Yield the exchanges with operations of the document: `GET /path`, what it says of it, exchange."""
        patterns = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in document["paths"]}
        # Literal text before a parameter: `{ref}.ics` fits `{ref}` too.
        paths = sorted(patterns, key=lambda path: len(re.sub(r"\{\w+\}", "", path)), reverse=True)
        for exchange in self.exchanges:
            found = next((path for path in paths if patterns[path].fullmatch(exchange.path)), None)
            operation = document["paths"].get(found, {}).get(exchange.method.lower())
            if operation is not None:
                yield f"{exchange.method} {found}", operation, exchange


def _config(credentials: Mapping[str, str], words: Sequence[Words]) -> str:
    """Return the settings as TOML, in which JSON's lists and strings are written alike."""
    lines = []
    for scheme, secret in credentials.items():
        field = {"bearer": "bearer", "cookie": "api_key"}[scheme]
        lines += [f"[auth.openapi.{scheme}]", f"{field} = {json.dumps(secret)}"]
    for number, each in enumerate(words):
        lines += [f"[dictionaries.words-{number}]", f"values = {json.dumps([*each.values])}"]
    everywhere = [(number, each) for number, each in enumerate(words) if not each.path]
    lines.append("[parameters]")
    for number, each in everywhere:
        lines += [f"{json.dumps(place)} = {_binding(number, each)}" for place in each.places]
    for number, each in enumerate(words):
        if each.path:
            bound = ", ".join(f"{json.dumps(place)} = {_binding(number, each)}" for place in each.places)
            lines += [
                "[[operations]]",
                f"include-path = {json.dumps(each.path)}",
                f"parameters = {{ {bound} }}",
            ]
    return "\n".join(lines) + "\n"


def _binding(number: int, words: Words) -> str:
    return f'{{ dictionary = "words-{number}", probability = {words.share} }}'


async def fuzz(
    url: str, folder: Path, *options: str, credentials: Mapping[str, str], words: Sequence[Words] = ()
) -> Run:
    """Run schemathesis over the document that a server serves, with a fixed seed, and return what came of it.

    `credentials` are secrets by the document's security schemes: `bearer`, `cookie`.
    """
    config, report = folder / "schemathesis.toml", folder / "exchanged.har"
    config.write_text(_config(credentials, words), "utf-8")
    process = await asyncio.create_subprocess_exec(
        SCHEMATHESIS, "--config-file", config, "run", f"{url}/openapi.json",
        *CHECKS, "--seed", str(SEED), "--generation-database", "none", "--continue-on-failure",
        # How long a request or an example takes is the machine's affair.
        "--request-timeout", "60", "--suppress-health-check", "all",
        "--report-har-path", report, "--output-sanitize", "false", "--warnings", "off", "--no-color",
        *options,
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode is not None
    said = output.decode()
    assert report.exists(), said
    entries = json.loads(report.read_text("utf-8"))["log"]["entries"]
    return Run(process.returncode, said, [_exchange(entry) for entry in entries])


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    content = entry["response"]["content"]
    text = content.get("text", "")
    if content.get("encoding") == "base64":
        text = base64.b64decode(text).decode("utf-8", "replace")
    return Exchange(
        method=entry["request"]["method"],
        path=urlsplit(entry["request"]["url"]).path,
        status=entry["response"]["status"],
        body=text,
    )
