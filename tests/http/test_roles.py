"""Every role and token on every route and owner over real HTTP, against tables written by hand.

The routes are the program's own list: one that has no line here is red, and so is a line without its route.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from jicanet.app import routes
from jicanet.settings import Mode, Settings
from tests.support.reference import COORDINATOR, Site
from tests.support.role_tables import (
    ACCOUNT,
    ADD,
    ANSWER,
    ANYBODY,
    ASKING,
    CHANGE,
    COORDINATORS,
    FEED_LIST,
    FEEDS,
    LIBRARY,
    LISTS,
    MAKE,
    MAKE_BY_FORM,
    MANAGE,
    SEE,
    STATIONS,
    Table,
)
from tests.support.roles import ASKERS, HOST, MINE, SEAT, USERS, World, browser_of, build_world

# What a policy says hangs on no database; what queries find of sessions, test_visibility.py asks of both.
on_sqlite = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

# Judged after the permission: nothing is changed.
STALE = {"If-Match": '"999999"'}
STALE_FORM = {"revision": "999999"}
WORDS = {**STALE_FORM, "words": "No room."}
SEATS = {
    "mine": ("seat", MINE),
    "beside": ("seat", SEAT),
    "host-beside": ("seat", HOST),
    "mine-as-host": ("host", MINE),
    "beside-my-host": ("host", SEAT),
    "others": ("others", SEAT),
    "network": ("network", SEAT),
}


# Pages of acts judge by the use cases of the API, which are asked about every owner.
ON_PAGES = frozenset({"others", "network", "host", "request", "approved"})


@dataclass(frozen=True)
class Line:
    """What a route is asked with, and who is let in. `path` fills the holes that no session fills."""

    table: Table
    path: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    json: Any = None
    data: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def is_asked_of(self, owner: str) -> bool:
        """Say whether a page of an act is asked about an owner."""
        return self.table is ANSWER or owner in ON_PAGES


REASON = {"reason": "No room."}
LINES: Mapping[str, Line] = {
    "GET /": Line(LISTS),
    "GET /sessions/{ref}": Line(SEE),
    "GET /sessions/{ref}/change": Line(CHANGE),
    "POST /sessions/{ref}/change": Line(CHANGE, data={**STALE_FORM, "do": "save"}),
    "GET /sessions/{ref}/cancel": Line(CHANGE),
    "POST /sessions/{ref}/cancel": Line(CHANGE, data=WORDS),
    "GET /sessions/{ref}/refuse": Line(MANAGE),
    "POST /sessions/{ref}/refuse": Line(MANAGE, data=WORDS),
    "GET /sessions/{ref}/restore": Line(MANAGE),
    "POST /sessions/{ref}/restore": Line(MANAGE, data=STALE_FORM),
    "GET /sessions/{ref}/message": Line(MANAGE),
    "POST /sessions/{ref}/message": Line(MANAGE, data={"words": "Bring the handout."}),
    "POST /sessions/{ref}/confirm": Line(MANAGE, data=STALE_FORM),
    "GET /sessions/{ref}/answer": Line(ANSWER, query="?part={code}"),
    "POST /sessions/{ref}/answer": Line(ANSWER, data={"part": "{code}", "answer": "tentative"}),
    "GET /sessions/{ref}/remove": Line(CHANGE, query=f"?part={SEAT}"),
    "POST /sessions/{ref}/remove": Line(CHANGE, data={**STALE_FORM, "part": SEAT}),
    "GET /sessions/{ref}/add": Line(ADD, query="?part=LKA-CMB"),
    "POST /sessions/{ref}/add": Line(ADD, data={**STALE_FORM, "part": "LKA-CMB"}),
    "GET /answer/{token}": Line(ANYBODY, path={"token": "0" * 32}),
    "POST /answer/{token}": Line(ANYBODY, path={"token": "0" * 32}, data={"answer": "accepted"}),
    "GET /book": Line(ASKING),
    "POST /book": Line(MAKE_BY_FORM),
    "GET /requests": Line(ASKING),
    "GET /replies": Line(COORDINATORS),
    "GET /replies/{id}/mail.eml": Line(COORDINATORS, path={"id": "1"}),
    "POST /replies/{id}/accept": Line(COORDINATORS, path={"id": "1"}, data={}),
    "POST /replies/{id}/dismiss": Line(COORDINATORS, path={"id": "1"}, data={}),
    "POST /api/v1/sessions": Line(MAKE),
    "GET /api/v1/sessions": Line(LISTS),
    "GET /api/v1/sessions/{ref}.ics": Line(SEE),
    "GET /api/v1/sessions/{ref}": Line(SEE),
    "PATCH /api/v1/sessions/{ref}": Line(CHANGE, json={"title": "New"}, headers=STALE),
    "GET /api/v1/sessions/{ref}/materials": Line(SEE),
    "POST /api/v1/sessions/{ref}/materials": Line(MANAGE, json={"material": "NO-SUCH", "kind": "handout"}),
    "DELETE /api/v1/sessions/{ref}/materials/{link_id}": Line(MANAGE, path={"link_id": "999"}),
    "POST /api/v1/sessions/{ref}/confirm": Line(MANAGE, json={}, headers=STALE),
    "POST /api/v1/sessions/{ref}/refuse": Line(MANAGE, json=REASON, headers=STALE),
    "POST /api/v1/sessions/{ref}/cancel": Line(CHANGE, json=REASON, headers=STALE),
    "POST /api/v1/sessions/{ref}/restore": Line(MANAGE, json={}, headers=STALE),
    "POST /api/v1/sessions/{ref}/message": Line(MANAGE, json={"text": "Bring the handout."}),
    "POST /api/v1/sessions/{ref}/seats/{code}/reply": Line(ANSWER, json={"answer": "tentative"}),
    "GET /api/v1/sessions/{ref}/ledger": Line(MANAGE),
    "GET /stations": Line(STATIONS),
    "GET /api/v1/stations": Line(STATIONS),
    "GET /api/v1/stations/{code}": Line(STATIONS, path={"code": MINE}),
    "GET /library": Line(LIBRARY),
    "GET /library/{code}": Line(LIBRARY, path={"code": "JN-M001"}),
    "GET /api/v1/materials": Line(LIBRARY),
    "GET /api/v1/materials/{code}": Line(LIBRARY, path={"code": "JN-M001"}),
    "GET /sign-in": Line(ANYBODY),
    "POST /sign-in": Line(ANYBODY, data={"email": "unknown@example.org"}),
    "GET /sign-in/{token}": Line(ANYBODY, path={"token": "x" * 43}),
    "POST /sign-in/{token}": Line(ANYBODY, path={"token": "x" * 43}, data={"next": "/"}),
    "POST /sign-out": Line(ACCOUNT, data={}),
    "GET /api/v1/users": Line(COORDINATORS),
    "POST /api/v1/users": Line(COORDINATORS, json={"email": COORDINATOR, "name": "Twice"}),
    "GET /api/v1/users/{email}": Line(COORDINATORS, path={"email": "operator@example.org"}),
    "PATCH /api/v1/users/{email}": Line(COORDINATORS, path={"email": "operator@example.org"}, json={}),
    "POST /api/v1/feeds": Line(FEEDS),
    "GET /api/v1/feeds": Line(FEED_LIST),
    "DELETE /api/v1/feeds/{id}": Line(FEEDS),
    "GET /feeds/{token}.ics": Line(ANYBODY, path={"token": "x" * 43}),
    "GET /healthz": Line(ANYBODY),
    "GET /dev/mailbox": Line(COORDINATORS),
    "GET /dev/mailbox/{id}": Line(COORDINATORS, path={"id": "1"}),
    "GET /dev/mailbox/{id}/html": Line(COORDINATORS, path={"id": "1"}),
    "GET /dev/mailbox/{id}/mail.eml": Line(COORDINATORS, path={"id": "1"}),
}
ROUTES = tuple(f"{route.method} {route.path}" for route in routes(Settings(mode=Mode.DEVELOPMENT)))


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert sorted(LINES) == sorted(ROUTES)
    for name, line in LINES.items():
        assert list(line.table) == list(ASKERS), name


def body_of(line: Line, owner: str) -> Any:
    """Return what is sent about an owner: a session in the past, which is refused after the permission."""
    if line.table is MAKE:
        wish, _, whose = owner.partition("-")
        start = {"local": "2020-01-01T10:00", "zone": "Asia/Tokyo"}
        host = MINE if whose == "mine" else HOST
        status = {"ask": "requested", "book": "confirmed", "hold": "hold", "open": None}[wish]
        asked = {"title": "New", "host": host, "stations": [SEAT], "start": start, "minutes": 30}
        return {**asked, **({"status": status} if status else {})}
    if line.table is FEEDS:
        return {"kind": "station", "value": MINE if owner == "mine" else HOST}
    return line.json


def form_of(line: Line, owner: str) -> Mapping[str, str] | None:
    """Return the fields that a page sends about an owner: every site of a new session is open then."""
    if line.table is MAKE_BY_FORM:
        wish, _, whose = owner.partition("-")
        asked = {"title": "New", "kind": "meeting", "visibility": "network", "station": SEAT, "minutes": "30"}
        when = {"date": "2027-01-13", "start": "15:00", "clock": "Asia/Tokyo"}
        return {**asked, **when, "do": wish, "host": MINE if whose == "mine" else HOST}
    if line.table is ANSWER and line.data is not None:
        return {name: value.format(code=SEATS[owner][1]) for name, value in line.data.items()}
    return line.data


def path_of(line: Line, route: str, world: World, asker: str, owner: str) -> str:
    """Return the address of an owner's thing."""
    holes = dict(line.path)
    session, code = SEATS[owner] if line.table is ANSWER else (owner, "")
    if "{ref}" in route:
        holes["ref"] = world.ref(session, asker)
        holes.setdefault("code", code)
    if line.table is FEEDS:
        holes["id"] = str(world.feeds[MINE if owner == "mine" else HOST])
    return (route.partition(" ")[2] + line.query).format(**holes)


async def outcome(world: World, route: str, asker: str, owner: str) -> str:
    """Return what became of one request; whoever signed out by it signs in again."""
    line, method = LINES[route], route.partition(" ")[0]
    given: dict[str, Any] = {"headers": dict(line.headers)}
    if method not in {"GET", "DELETE"}:
        body, form = body_of(line, owner), form_of(line, owner)
        if body is not None:
            given["json"] = body
        if form is not None:
            given["data"] = {**form, "csrf": world.headers[asker].get("X-CSRF-Token", "")}
    found = await world.ask(asker, method, path_of(line, route, world, asker, owner), **given)
    if route == "POST /sign-out" and asker in USERS:
        world.headers[asker] = await browser_of(world.site, USERS[asker][0])
    return found


@pytest.fixture
async def world(site: Site) -> World:
    return await build_world(site)


@on_sqlite
async def test_each_asker_gets_on_each_route_what_the_tables_say(world: World) -> None:
    wrong = []
    for route, asker in product(ROUTES, ASKERS):
        line = LINES[route]
        for owner, expected in line.table[asker].items():
            if "/sessions/{ref}/" in route and "/api/" not in route and not line.is_asked_of(owner):
                continue
            found = await outcome(world, route, asker, owner)
            if found != expected:
                wrong.append((route, asker, owner, f"{found} instead of {expected}"))

    assert wrong == []


@on_sqlite
async def test_a_session_that_is_not_shown_is_refused_as_one_that_is_not_there(world: World) -> None:
    hidden, missing = world.refs["others", ""], "JN-2026-999999"
    for route in (each for each in ROUTES if "{ref}" in each):
        line, (method, _, path) = LINES[route], route.partition(" ")
        told = []
        for ref in (hidden, missing):
            given: dict[str, Any] = {} if method in {"GET", "DELETE"} else {"json": line.json}
            if line.data is not None:
                form = {name: value.format(code=SEAT) for name, value in line.data.items()}
                given = {"data": {**form, "csrf": world.headers["operator"]["X-CSRF-Token"]}}
            holes = {"code": SEAT, "link_id": "1", **line.path, "ref": ref}
            address = (path + line.query).format(**holes)
            answer = await world.site.client.request(
                method,
                address,
                headers={"Accept": "application/json", **world.headers["operator"], **line.headers},
                **given,
            )
            told.append((answer.status, (await answer.text()).replace(ref, "")))
        assert told[0] == told[1], route


@on_sqlite
@pytest.mark.parametrize("asker", ["centre", "centre-write"])
async def test_a_centre_gives_its_session_to_no_other_centre(world: World, asker: str) -> None:
    path = f"/api/v1/sessions/{world.refs['host', '']}"
    given = {"headers": {"If-Match": "*"}, "json": {"host": HOST, "title": "Moved"}}

    for query in ("?check=1", ""):
        assert await world.ask(asker, "PATCH", path + query, **given) == "403"

    session = await (await world.site.get(path)).json()
    assert (session["host"], session["title"]) == (MINE, "host")
    kept = {"headers": {"If-Match": "*"}, "json": {"title": "Renamed"}}
    assert await world.ask(asker, "PATCH", path, **kept) == "in"
    assert (await (await world.site.get(path)).json())["title"] == "Renamed"


@on_sqlite
@pytest.mark.parametrize("asker", ["operator", "lecturer", "centre", "operator-all"])
async def test_whoever_asked_changes_and_withdraws_it_until_it_is_approved(world: World, asker: str) -> None:
    path = f"/api/v1/sessions/{world.ref('request', asker)}"
    asked = {"headers": {"If-Match": "*"}, "json": {"title": "Better", "host": SEAT}}

    assert await world.ask(asker, "PATCH", path, **asked) == "in"
    session = await (await world.site.get(path)).json()
    assert (session["title"], session["host"], session["status"]) == ("Better", SEAT, "requested")
    assert await world.ask(asker, "POST", f"{path}/cancel", json=REASON) == "in"
    assert (await (await world.site.get(path)).json())["status"] == "cancelled"
    for act in ("cancel", "confirm", "restore"):
        assert (
            await world.ask(asker, "POST", f"{path}/{act}", json=REASON if act == "cancel" else {}) == "403"
        )
