"""Everybody who may ask, and sessions of every owner: what the matrix of roles and routes is asked with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from jicanet.core.actor import CONSOLE, Role, Scope
from jicanet.people import service as people
from jicanet.people.domain.model import NewUser
from jicanet.stations.store import stations_by_code
from tests.support.reference import COORDINATOR, Site

MINE, HOST, SEAT = "KEN-NBO", "JPN-TIC", "THA-BKK"
ANOTHER = "another@example.org"
_FIRST = datetime(2026, 12, 16, 15)  # noqa: DTZ001 - a wall clock's time in Tokyo

# Who has signed in, by name; each has the station MINE, whatever it is worth to the role.
USERS: Mapping[str, tuple[str, Role | None]] = {
    "no-role": ("nobody@example.org", None),
    "coordinator": (COORDINATOR, Role.COORDINATOR),
    "centre": ("centre@example.org", Role.CENTRE_COORDINATOR),
    "operator": ("operator@example.org", Role.OPERATOR),
    "lecturer": ("lecturer@example.org", Role.LECTURER),
    "curator": ("curator@example.org", Role.CURATOR),
}
TOKENS: Mapping[str, tuple[str, Scope]] = {
    "token-all": ("coordinator", Scope.ALL),
    "token-read": ("coordinator", Scope.SESSIONS_READ),
    "token-write": ("coordinator", Scope.SESSIONS_WRITE),
    "token-stations": ("coordinator", Scope.STATIONS_READ),
    "token-library": ("coordinator", Scope.LIBRARY_READ),
    "token-feeds": ("coordinator", Scope.FEEDS_WRITE),
    "centre-write": ("centre", Scope.SESSIONS_WRITE),
    "operator-all": ("operator", Scope.ALL),
    "curator-all": ("curator", Scope.ALL),
}
ASKERS = ("stranger", *USERS, *TOKENS)


def user_of(asker: str) -> str:
    """Return whose rights an asker has, at most; the stranger has those of nobody."""
    return TOKENS[asker][0] if asker in TOKENS else asker


@dataclass
class World:
    """A site with everybody and everything in it: what each sends, and the references by owner."""

    site: Site
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    refs: dict[tuple[str, str], str] = field(default_factory=dict)
    feeds: dict[str, int] = field(default_factory=dict)

    def ref(self, owner: str, asker: str) -> str:
        """Return the session of an owner as it stands to the asker: everybody has a request of their own."""
        user = user_of(asker)
        return self.refs.get((owner, user)) or self.refs[owner, ""]

    async def ask(self, asker: str, method: str, path: str, **given: Any) -> str:
        """Return what became of a request: `401`, `403`, `404` for what is hidden, else `in`."""
        self.site.client.session.cookie_jar.clear()
        headers = {"Accept": "application/json", **self.headers[asker], **given.pop("headers", {})}
        answer = await self.site.client.request(method, path, headers=headers, allow_redirects=False, **given)
        said = await answer.text()
        if answer.status >= 500:
            raise AssertionError((asker, method, path, answer.status, said))
        if answer.status in {401, 403}:
            return str(answer.status)
        hidden = answer.status == 404 and '"code":"unknown_session"' in said.replace(": ", ":")
        return "404" if hidden else "in"


async def build_world(site: Site) -> World:
    """Return the site with users, tokens, sessions and feeds."""
    world = World(site)
    await _add_users(world)
    await _add_sessions(world)
    for code in (MINE, HOST):
        answer = await site.client.post(
            "/api/v1/feeds", json={"kind": "station", "value": code}, headers=site.headers
        )
        world.feeds[code] = (await answer.json())["id"]
    return world


async def _add_users(world: World) -> None:
    services = world.site.services
    for email, role in (*USERS.values(), (ANOTHER, Role.LECTURER)):
        if email == COORDINATOR:
            continue
        roles = frozenset({role} if role else ())
        new = NewUser(email=email, name=email, roles=roles, stations=frozenset({MINE}))
        await people.add_user(services, CONSOLE, new, known_stations=stations_by_code)
    world.headers["stranger"] = {}
    for name, (email, _) in USERS.items():
        world.headers[name] = await browser_of(world.site, email)
    for name, (user, scope) in TOKENS.items():
        token = await people.create_token(services, CONSOLE, email=USERS[user][0], scopes=[scope], name=name)
        world.headers[name] = {"Authorization": f"Bearer {token}"}


async def browser_of(site: Site, email: str) -> dict[str, str]:
    """Return what a signed-in browser sends with a change."""
    link = await people.new_sign_in_link(site.services, email)
    done = await people.use_link(site.services, link.rpartition("/")[2])
    assert isinstance(done, people.SignedIn)
    session = await people.web_session(site.services, done.token)
    assert session is not None
    return {"Cookie": f"jicanet={done.token}", "X-CSRF-Token": session.csrf}


async def _add_sessions(world: World) -> None:
    everybody = [{"role": "lecturer", "name": name, "email": email} for name, (email, _) in USERS.items()]
    plain: tuple[tuple[str, dict[str, Any]], ...] = (
        ("others", {}),
        ("network", {"visibility": "network"}),
        ("public", {"visibility": "public"}),
        ("seat", {"stations": [MINE, SEAT]}),
        ("host", {"host": MINE, "stations": [SEAT]}),
        ("role", {"people": everybody}),
    )
    for owner, more in plain:
        await _add_session(world, owner, "", more)
    wish = {"status": "requested"}
    for user, (email, _) in USERS.items():
        await _add_session(world, "request", user, wish, by=email)
        await _add_session(world, "approved", user, {}, by=email)
    # To strangers, who ask for nothing, these are another's.
    await _add_session(world, "request", "", wish, by=ANOTHER)
    await _add_session(world, "approved", "", {}, by=ANOTHER)
    await _add_session(world, "wish", "", {**wish, "visibility": "public"}, by=ANOTHER)
    await _add_session(world, "hidden-wish", "", wish, by=ANOTHER)
    await _add_session(world, "wish-at-host", "", {**wish, "host": MINE, "stations": [SEAT]}, by=ANOTHER)


async def _add_session(world: World, owner: str, user: str, more: dict[str, Any], *, by: str = "") -> None:
    """Book a session on a free half hour; `by` is written down as who asked for it."""
    start = _FIRST + timedelta(minutes=30 * len(world.refs))
    body = {
        "title": f"{owner} {user}",
        "host": HOST,
        "stations": [SEAT],
        "start": {"local": f"{start:%Y-%m-%dT%H:%M}", "zone": "Asia/Tokyo"},
        "minutes": 30,
        "visibility": "participants",
        **more,
    }
    answer = await world.site.book(body)
    assert answer.status == 201, await answer.text()
    ref = world.refs[owner, user] = (await answer.json())["ref"]
    statement = text(
        'UPDATE session SET requester_id = (SELECT id FROM "user" WHERE email = :email) WHERE ref = :ref'
    )
    await world.site.services.database.write(
        lambda db: db.execute(statement, {"email": by, "ref": ref}) and None
    )
