"""Who sees which session, on every surface that shows sessions: a matrix counted out, not asked of the policy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from jicanet.core.actor import CONSOLE, Role, Scope
from jicanet.people import service as people
from jicanet.people.domain.model import NewUser
from jicanet.stations.store import stations_by_code
from tests.support.reference import COORDINATOR, Site

SESSIONS = "/api/v1/sessions"
PUBLIC, NETWORK, PARTICIPANTS = "public", "network", "participants"
STATION, OTHER, HOST = "KEN-NBO", "LKA-CMB", "JPN-TIC"
MATERIAL = "JN-M001"
# By visibility: words of title, purpose, department and way in that stand nowhere else.
SECRETS: Mapping[str, tuple[str, str, str, str]] = {
    PUBLIC: ("Quokka", "Bilby", "Dugong", "https://meet.example.org/kowari"),
    NETWORK: ("Wombat", "Potoroo", "Bettong", "https://meet.example.org/antechinus"),
    PARTICIPANTS: ("Numbat", "Dunnart", "Wallaroo", "https://meet.example.org/ningaui"),
}
NOBODY_SEES = frozenset[str]()
STRANGERS_SEE = frozenset({PUBLIC})
KNOWN_SEE = STRANGERS_SEE | {NETWORK}
ALL_SEE = KNOWN_SEE | {PARTICIPANTS}


# What pages show of what the queries find needs no second database.
ASKING = frozenset({Role.COORDINATOR, Role.CENTRE_COORDINATOR, Role.OPERATOR, Role.LECTURER})
on_sqlite = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: a user's browser or service token, or neither. `refused` is what they get instead."""

    sees: frozenset[str]
    email: str = ""
    role: Role | None = None
    stations: frozenset[str] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    refused: int | None = None
    books: bool = False

    @property
    def asks(self) -> bool:
        """Say whether they may ask for sessions: by their role, and by the scopes of a token."""
        writes = not self.scopes or not self.scopes.isdisjoint({Scope.ALL, Scope.SESSIONS_WRITE})
        return self.role in ASKING and writes


def user(role: Role | None, sees: frozenset[str], *stations: str, **more: Any) -> Asker:
    name = f"{role or 'nobody'}-{'-'.join(stations) or 'without'}".lower()
    return Asker(sees, f"{name}@example.org", role, frozenset(stations), **more)


def token(owner: Asker, sees: frozenset[str], *scopes: Scope, **more: Any) -> Asker:
    return Asker(sees, owner.email, owner.role, owner.stations, frozenset(scopes), **more)


CHIEF = Asker(ALL_SEE, COORDINATOR, Role.COORDINATOR, books=True)
OPERATOR = user(Role.OPERATOR, ALL_SEE, STATION)
AWAY = user(Role.OPERATOR, KNOWN_SEE, OTHER)
ASKERS: Mapping[str, Asker] = {
    "stranger": Asker(STRANGERS_SEE),
    "coordinator": CHIEF,
    "operator_of_a_seat": OPERATOR,
    "operator_of_the_host": user(Role.OPERATOR, ALL_SEE, HOST),
    "operator_of_several": user(Role.OPERATOR, ALL_SEE, OTHER, STATION),
    "operator_elsewhere": AWAY,
    "operator_without_station": user(Role.OPERATOR, KNOWN_SEE),
    "centre_coordinator_of_the_host": user(Role.CENTRE_COORDINATOR, ALL_SEE, HOST, books=True),
    "centre_coordinator_of_a_seat": user(Role.CENTRE_COORDINATOR, ALL_SEE, STATION),
    "centre_coordinator_elsewhere": user(Role.CENTRE_COORDINATOR, KNOWN_SEE, OTHER),
    "lecturer_at_a_seat": user(Role.LECTURER, KNOWN_SEE, STATION),
    "curator": user(Role.CURATOR, KNOWN_SEE),
    "user_without_role": user(None, KNOWN_SEE),
    "token_for_all": token(CHIEF, ALL_SEE, Scope.ALL, books=True),
    "token_to_write": token(CHIEF, ALL_SEE, Scope.SESSIONS_WRITE, books=True),
    "token_to_read": token(CHIEF, ALL_SEE, Scope.SESSIONS_READ),
    "token_for_feeds": token(CHIEF, NOBODY_SEES, Scope.FEEDS_WRITE, refused=403),
    "token_for_stations": token(CHIEF, NOBODY_SEES, Scope.STATIONS_READ, Scope.LIBRARY_READ, refused=403),
    "operators_token": token(OPERATOR, ALL_SEE, Scope.ALL),
    "operators_token_elsewhere": token(AWAY, KNOWN_SEE, Scope.SESSIONS_READ, Scope.SESSIONS_WRITE),
}
ONE = (f"{SESSIONS}/{{ref}}", f"{SESSIONS}/{{ref}}.ics", f"{SESSIONS}/{{ref}}/materials", "/sessions/{ref}",
       "/sessions/{ref}?lang=ja")  # fmt: skip
MANY = (
    SESSIONS,
    f"{SESSIONS}?from=2026-12-16&to=2026-12-17",
    f"{SESSIONS}?station={STATION}&status=confirmed&limit=200",
    "/?date=2026-12-16",
    "/?date=2026-12-16&lang=ja",
    "/?date=2026-12-15&zone=America/Lima",
)
# Where no session may show at all.
NONE = ("/?date=2026-12-20", f"/library/{MATERIAL}", "/stations", f"/api/v1/stations/{STATION}")


def body(visibility: str, hour: int) -> dict[str, Any]:
    title, purpose, department, url = SECRETS[visibility]
    return {
        "title": f"{title} day",
        "host": HOST,
        "stations": [STATION],
        "start": {"local": f"2026-12-16T{hour}:00", "zone": "Asia/Tokyo"},
        "minutes": 60,
        "purpose": purpose,
        "department": department,
        "visibility": visibility,
        "materials": [MATERIAL],
        "join": {"url": url},
    }


@pytest.fixture
async def refs(site: Site) -> dict[str, str]:
    """The references of three sessions of one afternoon, by visibility."""
    found = {}
    for hour, visibility in enumerate(SECRETS, start=15):
        answer = await site.book(body(visibility, hour))
        assert answer.status == 201, await answer.text()
        found[visibility] = (await answer.json())["ref"]
    return found


async def headers_of(site: Site, asker: Asker) -> dict[str, str]:
    """Return what the asker sends, their user made if it is not there."""
    if not asker.email:
        return {}
    services = site.services
    if asker.email not in {user.email for user in await people.users(services, CONSOLE)}:
        roles = frozenset({asker.role}) if asker.role else frozenset[Role]()
        new = NewUser(email=asker.email, name="Somebody", roles=roles, stations=asker.stations)
        await people.add_user(services, CONSOLE, new, known_stations=stations_by_code)
    if asker.scopes:
        secret = await people.create_token(
            services, CONSOLE, email=asker.email, scopes=[*asker.scopes], name="matrix"
        )
        return {"Authorization": f"Bearer {secret}"}
    link = await people.new_sign_in_link(services, asker.email)
    done = await people.use_link(services, link.rpartition("/")[2])
    assert isinstance(done, people.SignedIn)
    browser = await people.web_session(services, done.token)
    assert browser is not None
    return {"Cookie": f"jicanet={done.token}", "X-CSRF-Token": browser.csrf}


async def ask(site: Site, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    # Not the client's cookie jar: each asker sends their own.
    site.client.session.cookie_jar.clear()
    async with site.client.get(path, headers={**headers, "Accept": "text/html"}) as answer:
        # Folded lines of calendars are one line to whoever reads them.
        return answer.status, (await answer.text()).replace("\r\n ", "")


def told(text: str, part: int) -> set[str]:
    """Return the visibilities of the sessions whose title (0), purpose (1), department (2) or way in (3) is told."""
    return {visibility for visibility, words in SECRETS.items() if words[part] in text}


@on_sqlite
async def test_nobody_is_told_of_a_session_beyond_what_they_may_see(site: Site, refs: dict[str, str]) -> None:
    for name, asker in ASKERS.items():
        headers = await headers_of(site, asker)
        for path in (*MANY, *NONE):
            status, text = await ask(site, path, headers)
            about = (name, path, status)
            expected = frozenset[str]() if path in NONE else asker.sees
            # A token for stations may see those, and no page of sessions.
            is_of_sessions = path.startswith((SESSIONS, "/?"))
            assert status == (asker.refused if asker.refused and is_of_sessions else 200) or path in NONE, (
                about
            )
            assert told(text, 0) == expected, about
            assert all(told(text, part) <= expected for part in (1, 2)), about
            assert {each for each, ref in refs.items() if ref in text} <= expected, about
            assert told(text, 3) <= (expected if asker.email else set()), about


@on_sqlite
async def test_one_session_is_told_whole_or_not_at_all(site: Site, refs: dict[str, str]) -> None:
    for name, asker in ASKERS.items():
        headers = await headers_of(site, asker)
        for visibility, path in ((v, path.format(ref=ref)) for v, ref in refs.items() for path in ONE):
            status, text = await ask(site, path, headers)
            about, sees = (name, path, status), visibility in asker.sees
            assert status == (asker.refused or (200 if sees else 404)), about
            if "materials" not in path:
                assert told(text, 0) == ({visibility} if sees else set()), about
                # The way in is for those who are known.
                assert told(text, 3) == ({visibility} if sees and asker.email else set()), about
            if not sees:
                assert not any(told(text, part) for part in range(4)), about
                assert MATERIAL not in text, about


@on_sqlite
@pytest.mark.parametrize("name", ["stranger", "operator_elsewhere", "operators_token_elsewhere"])
async def test_a_hidden_session_is_answered_as_one_that_does_not_exist(
    site: Site, refs: dict[str, str], name: str
) -> None:
    asker = ASKERS[name]
    headers, unknown = await headers_of(site, asker), "JN-2026-999999"
    for path in ONE:
        hidden = await ask(site, path.format(ref=refs[PARTICIPANTS]), headers)
        none = await ask(site, path.format(ref=unknown), headers)
        assert _alike(hidden, refs[PARTICIPANTS]) == _alike(none, unknown)
        assert hidden[0] == 404


def _alike(answer: tuple[int, str], ref: str) -> tuple[int, str]:
    """Return an answer without the reference that was asked for and the request's own id."""
    return answer[0], re.sub(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", answer[1].replace(ref, "REF")
    )


@on_sqlite
async def test_only_who_may_book_is_told_what_became_of_the_mails(site: Site, refs: dict[str, str]) -> None:
    for name, asker in ASKERS.items():
        headers = await headers_of(site, asker)
        for visibility in asker.sees:
            answer = await site.client.get(f"{SESSIONS}/{refs[visibility]}", headers=headers)
            assert ("deliveries" in await answer.json()) is asker.books, (name, visibility)


async def test_searching_finds_no_word_of_a_hidden_session(site: Site, refs: dict[str, str]) -> None:
    for name, asker in ASKERS.items():
        headers = await headers_of(site, asker)
        for visibility, words in SECRETS.items():
            for asked in (*(word.lower() for word in words[:3]), refs[visibility]):
                answer = await site.client.get(f"{SESSIONS}?q={asked}", headers=headers)
                found = [item["ref"] for item in (await answer.json(content_type=None)).get("items", ())]
                assert found == ([refs[visibility]] if visibility in asker.sees else []), (name, asked)


@on_sqlite
async def test_a_rival_learns_what_is_in_the_way_only_if_they_may_see_it(
    site: Site, refs: dict[str, str]
) -> None:
    for name, asker in ASKERS.items():
        headers = await headers_of(site, asker)
        for hour, visibility in enumerate(SECRETS, start=15):
            for query in ("", "?check=1"):
                site.client.session.cookie_jar.clear()
                rival = {**body(visibility, hour), "title": "Rival", "purpose": "", "department": ""}
                answer = await site.client.post(SESSIONS + query, json=rival, headers=headers)
                text, about = await answer.text(), (name, visibility, query, answer.status)
                # What is only asked for is in nobody's way; its check says what an approval would meet.
                learns = asker.books or (asker.asks and bool(query) and visibility in asker.sees)
                assert answer.status == expected_of(asker, is_check=bool(query)), about
                assert told(text, 0) == ({visibility} if learns else set()), about
                assert (refs[visibility] in text) is learns, about


def expected_of(asker: Asker, *, is_check: bool) -> int:
    """Return the status with which a rival of what is booked is answered."""
    if not asker.email:
        return 401
    if not asker.asks:
        return 403
    if is_check:
        return 200
    return 409 if asker.books else 201


@on_sqlite
@pytest.mark.parametrize("header", ["Bearer jnt_unknown", "Basic abc", "Bearer"])
async def test_a_credential_that_is_none_sees_not_even_public_sessions(
    site: Site, refs: dict[str, str], header: str
) -> None:
    for path in (*MANY, *(path.format(ref=refs[PUBLIC]) for path in ONE)):
        status, text = await ask(site, path, {"Authorization": header})
        assert (status, told(text, 0)) == (401, set()), path


@on_sqlite
async def test_a_cookie_that_is_good_for_nothing_makes_a_stranger(site: Site, refs: dict[str, str]) -> None:
    for path in MANY:
        status, text = await ask(site, path, {"Cookie": "jicanet=jns_unknown"})
        assert (status, told(text, 0)) == (200, {PUBLIC}), path
    assert (await ask(site, f"/sessions/{refs[NETWORK]}", {"Cookie": "jicanet=jns_unknown"}))[0] == 404
