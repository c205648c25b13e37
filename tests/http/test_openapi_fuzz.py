"""The served document is valid and true: schemathesis asks a real server all that it describes."""

import asyncio
import json
import re
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import icalendar
import pytest
from jsonschema_rs import Draft202012Validator, meta
from schemathesis.specs.openapi.definitions import OPENAPI_31
from sqlalchemy import text

from jicanet.storage import open_database
from tests.support.fuzz import Run, Words, fuzz
from tests.support.invariants import broken
from tests.support.reference import COORDINATOR
from tests.support.server import Server, serving

SESSIONS = "/api/v1/sessions"
STATIONS = ["JPN-TIC", "JPN-HQ", "KEN-NBO", "LKA-CMB", "THA-BKK", "VNM-HAN", "PER-LIM", "SRB-BEG"]
MATERIALS = ["JN-M001", "JN-M002", "JN-M025", "JN-M026"]


@pytest.fixture
async def server(sqlite_network: Path, tmp_path: Path) -> AsyncIterator[Server]:
    """A server process over a copy of the network, which must end with nothing wrong in its log."""
    shutil.copy(sqlite_network, tmp_path / "jicanet.db")
    async with serving(f"sqlite:///{tmp_path / 'jicanet.db'}", tmp_path) as server:
        yield server


def in_days(days: int, clock: str = "10:00") -> str:
    """Return a local time so many days from now: the server lives by the real clock."""
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}T{clock}"


def changes_of_belgrade() -> list[str]:
    """Return local times of the next year that do not exist or happen twice in Europe/Belgrade."""
    zone, noon = ZoneInfo("Europe/Belgrade"), datetime.now(UTC).replace(hour=12)
    days = [noon + timedelta(days=number) for number in range(1, 366)]
    found = [later for day, later in pairwise(days) if _offset(day, zone) != _offset(later, zone)]
    return [f"{day:%Y-%m-%d}T02:30" for day in found]


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()


async def token_of(server: Server) -> str:
    return (await server.command("token", "create", "--user", COORDINATOR, "--scope", "all")).split()[-1]


def coordinator(server: Server, token: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(server.url, headers={"Authorization": f"Bearer {token}"})


async def seed(http: aiohttp.ClientSession) -> tuple[list[str], list[str], str]:
    """Book a session of each visibility and open feeds; return refs, the feeds' ids, and the last one's token."""
    refs = []
    for number, visibility in enumerate(("public", "network", "participants")):
        body = {
            "title": f"Shown to {visibility}",
            "host": STATIONS[0],
            "stations": STATIONS[1:4],
            "start": {"local": in_days(5 + number), "zone": "Asia/Tokyo"},
            "minutes": 90,
            "visibility": visibility,
            "materials": MATERIALS[:2],
        }
        async with http.post(SESSIONS, json=body) as answer:
            assert answer.status == 201, await answer.text()
            refs.append((await answer.json())["ref"])
    for number in range(8):
        body = {"host": STATIONS[0], "stations": [], "status": "requested", "minutes": 30}
        start = {"local": in_days(12 + number), "zone": "Asia/Tokyo"}
        async with http.post(
            SESSIONS, json={**body, "title": f"Asked for {number}", "start": start}
        ) as answer:
            refs.append((await answer.json())["ref"])
    ids, url = [], ""
    for _ in range(9):
        async with http.post("/api/v1/feeds", json={"kind": "station", "value": STATIONS[0]}) as answer:
            opened = await answer.json()
            ids.append(str(opened["id"]))
            url = opened["url"]
    # The last stays open, that there is one to read.
    return refs, ids[:-1], url.rpartition("/")[2].removesuffix(".ics")


def vocabulary(refs: list[str], feeds: list[str], feed: str) -> list[Words]:
    """Return what means something to this server."""
    codes = ("body.host", "body.value", "body.stations[*]", "body.stations[*].code", "query.station")
    return [
        Words(STATIONS, codes),
        Words(STATIONS, ["path.code"], "/api/v1/stations/{code}"),
        Words(MATERIALS, ["body.material", "body.materials[*]", "body.materials[*].material"]),
        Words(MATERIALS, ["path.code"], "/api/v1/materials/{code}"),
        Words([in_days(day) for day in range(10, 90, 4)] + changes_of_belgrade(), ["body.start.local"]),
        Words(["Asia/Tokyo", "UTC", "America/Lima", "Europe/Belgrade"], ["body.start.zone", "query.zone"]),
        Words([in_days(2)[:10], f"{in_days(4)}:00Z", f"{in_days(30)}:00+09:00"], ["query.from"]),
        Words([in_days(31)[:10], f"{in_days(60)}:00-05:00"], ["query.to"]),
        Words(["shown", "day", "水", "gis"], ["query.q"]),
        Words(["en", "ja", "pt-BR"], ["query.lang", "body.languages[*]", "body.language"]),
        Words(["KE", "LK", "RS"], ["query.country", "body.programme.countries[*]"]),
        Words(["0.0", f"{datetime.now(UTC).timestamp():.0f}.2"], ["query.after"], SESSIONS),
        Words([STATIONS[0]], ["query.after"], "/api/v1/stations"),
        Words([MATERIALS[0]], ["query.after"], "/api/v1/materials"),
        Words([COORDINATOR], ["body.coordinator"]),
        Words(["https://meet.example.org/1"], ["body.join.url"]),
        Words(refs, ["path.ref"]),
        # What is approved, cancelled and restored meanwhile is no request any more.
        Words(refs[3:], ["path.ref"], f"{SESSIONS}/{{ref}}/refuse"),
        Words(STATIONS[:1], ["path.code"], f"{SESSIONS}/{{ref}}/seats/{{code}}/reply"),
        Words(["*", "*", '"1"'], ["header.If-Match"]),
        Words([str(number) for number in range(1, 12)], ["path.link_id"]),
        Words(feeds, ["path.id"], "/api/v1/feeds/{id}"),
        Words([feed], ["path.token"], share=0.6),
    ]


def undocumented(run: Run, document: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the error codes that were answered and that the document does not name for operation and status."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, operation, exchange in run.of(document):
        if exchange.status >= 400:
            described = operation["responses"].get(str(exchange.status), {}).get("description", "")
            if f"`{exchange.code}`" not in described:
                found[f"{name} {exchange.status}"].add(exchange.code)
    return dict(found)


def unanswered(run: Run, document: Mapping[str, Any], *, under: str = "/") -> dict[str, set[str]]:
    """Return the successes that the document promises and no request of the run has had."""
    had: dict[str, set[str]] = defaultdict(set)
    for name, _, exchange in run.of(document):
        had[name].add(str(exchange.status))
    promised = {
        f"{method.upper()} {path}": {status for status in operation["responses"] if status[0] == "2"}
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if path.startswith(under)
    }
    return {name: left for name, statuses in promised.items() if (left := statuses - had[name])}


def takes_bearer(document: Mapping[str, Any], name: str) -> bool:
    method, _, path = name.partition(" ")
    security: list[dict[str, Any]] = document["paths"][path][method.lower()]["security"]
    return not security or {"bearer": []} in security


async def test_fuzzer_finds_nothing_that_the_document_does_not_say(server: Server, tmp_path: Path) -> None:
    token = await token_of(server)
    async with coordinator(server, token) as http:
        words = vocabulary(*await seed(http))
        async with http.get("/openapi.json") as answer:
            document = await answer.json()

        options = ("--max-examples", "30", "--exclude-path-regex", "^/dev/")
        run = await fuzz(server.url, tmp_path, *options, credentials={"bearer": token}, words=words)

        assert run.status == 0, run.output
        assert undocumented(run, document) == {}
        # Else nothing was asked that could have gone wrong.
        left = unanswered(run, document)
        assert {name: statuses for name, statuses in left.items() if takes_bearer(document, name)} == {}
        await _everything_booked_is_shown(http)
    await _every_mail_was_sent(server)


async def _everything_booked_is_shown(http: aiohttp.ClientSession) -> None:
    path, count = f"{SESSIONS}?limit=200", 0
    while path:
        async with http.get(path) as answer:
            part = await answer.json()
        for session in part["items"]:
            count += 1
            async with http.get(f"{SESSIONS}/{session['ref']}.ics") as answer:
                event = icalendar.Calendar.from_ical(await answer.read()).events[0]
                assert event.start == datetime.fromisoformat(session["starts_at"])
                assert str(event["SUMMARY"]) == session["title"]
            for lang in ("en", "ja"):
                async with http.get(f"/sessions/{session['ref']}?lang={lang}") as answer:
                    assert answer.status == 200, (session["ref"], lang)
        path = part["next"]
    assert count > 5


async def _every_mail_was_sent(server: Server) -> None:
    database = open_database(server.database_url)
    await database.start()
    try:
        states: dict[str, int] = {}
        for _ in range(300):
            states = await database.read(
                lambda db: dict(db.execute(text("SELECT state, count(*) FROM outbox GROUP BY state")).all())
            )
            if "owed" not in states:
                break
            await asyncio.sleep(0.2)
        assert set(states) == {"sent"}
        # Whatever was asked, the rooms, ports, states and mails agree.
        assert await broken(database) == []
    finally:
        await database.close()


async def test_fuzzer_finds_nothing_in_what_is_for_who_is_signed_in(server: Server, tmp_path: Path) -> None:
    async with coordinator(server, await token_of(server)) as http:
        await seed(http)
        async with http.get("/openapi.json") as answer:
            document = await answer.json()
    await _every_mail_was_sent(server)
    cookie, csrf = await signed_in(server)
    # Not the coordinator's own address: who shuts themselves out can ask nothing more.
    users = [f"{name}@example.org" for name in ("ann", "ben", "eve")]
    await add_users(server, users, cookie, csrf)

    words = [
        Words([str(number) for number in range(1, 9)], ["path.id"]),
        Words(users, ["path.email"]),
        Words([f"user{number}@example.org" for number in range(30)], ["body.email"]),
        Words(["Asia/Tokyo", "UTC"], ["body.zone"]),
        Words(STATIONS, ["body.stations[*]"]),
    ]
    paths = "^(/dev/|/api/v1/users)"
    options = ("--max-examples", "20", "--include-path-regex", paths, "--header", f"X-CSRF-Token: {csrf}")
    run = await fuzz(server.url, tmp_path, *options, credentials={"cookie": cookie}, words=words)

    assert run.status == 0, run.output
    assert undocumented(run, document) == {}
    for under in ("/dev/", "/api/v1/users"):
        assert unanswered(run, document, under=under) == {}


async def add_users(server: Server, emails: list[str], cookie: str, csrf: str) -> None:
    headers = {"Cookie": f"jicanet={cookie}", "X-CSRF-Token": csrf}
    async with aiohttp.ClientSession(server.url, headers=headers) as http:
        for email in emails:
            async with http.post("/api/v1/users", json={"email": email, "name": "Somebody"}) as answer:
                assert answer.status == 201, await answer.text()


async def signed_in(server: Server) -> tuple[str, str]:
    """Return the cookie that the link opens which the server printed when it started, and its CSRF secret."""
    link = re.search(r"http://\S+/sign-in/\S+", server.log())
    assert link is not None
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        async with http.post(link[0], data={"next": "/"}, allow_redirects=False) as answer:
            assert answer.status == 303
            cookie = answer.cookies["jicanet"].value
        async with http.get(f"{server.url}/", headers={"Cookie": f"jicanet={cookie}"}) as answer:
            csrf = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
    assert csrf is not None
    return cookie, csrf[1]


@pytest.fixture
async def document(server: Server) -> Any:
    async with aiohttp.ClientSession(server.url) as http, http.get("/openapi.json") as answer:
        return json.loads(await answer.read())


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema of a document, those inside of others too."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "schema":
                yield value
            if name == "schemas":
                yield from value.values()
            yield from schemas(value)
    elif isinstance(part, list):
        for value in part:
            yield from schemas(value)


async def test_served_document_is_valid_openapi_and_all_its_schemas_are(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    assert [str(error) for error in Draft202012Validator(OPENAPI_31).iter_errors(document)] == []
    found = [*schemas(document)]
    assert len(found) > 50
    assert [schema for schema in found if not meta.is_valid(schema)] == []


async def test_examples_in_the_document_fit_their_own_schema(document: Any) -> None:
    examined = 0
    for name, schema in document["components"]["schemas"].items():
        for field, part in schema.get("properties", {}).items():
            resolved = {**part, "components": document["components"]}
            for example in part.get("examples", ()):
                examined += 1
                assert Draft202012Validator(resolved).is_valid(example), (name, field, example)
    assert examined > 5
