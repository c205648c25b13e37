"""Users over HTTP: add, list, read, change; and what is refused."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import aiohttp
import pytest

from jicanet.core.actor import CONSOLE, Role, Scope
from jicanet.people import service as people
from jicanet.people.domain.model import NewUser
from tests.support.reference import COORDINATOR, Site

USERS = "/api/v1/users"
HANA: dict[str, Any] = {
    "email": "Hana@Example.org",
    "name": "Hana",
    "language": "ja",
    "zone": "Asia/Calcutta",
    "telephone": "+81 3 0000 0000",
    "roles": ["operator", "centre-coordinator"],
    "stations": ["KEN-NBO", "JPN-TIC"],
}
STORED: dict[str, Any] = {
    **HANA,
    "email": "hana@example.org",
    "zone": "Asia/Kolkata",
    "roles": ["centre-coordinator", "operator"],
    "stations": ["JPN-TIC", "KEN-NBO"],
    "disabled": False,
}


@dataclass(frozen=True)
class Browser:
    """A signed-in browser: what a coordinator manages users with."""

    site: Site
    headers: dict[str, str]

    async def ask(self, method: str, path: str, **given: Any) -> tuple[aiohttp.ClientResponse, Any]:
        answer = await self.site.client.request(method, path, headers=self.headers, **given)
        return answer, await answer.json(content_type=None)


async def signed_in(site: Site, email: str) -> Browser:
    link = await people.new_sign_in_link(site.services, email)
    done = await people.use_link(site.services, link.rpartition("/")[2])
    assert isinstance(done, people.SignedIn)
    session = await people.web_session(site.services, done.token)
    assert session is not None
    return Browser(site, {"Cookie": f"jicanet={done.token}", "X-CSRF-Token": session.csrf})


@pytest.fixture
async def browser(site: Site) -> Browser:
    return await signed_in(site, COORDINATOR)


async def test_user_is_added_read_and_listed(browser: Browser) -> None:
    added, body = await browser.ask("POST", USERS, json=HANA)

    assert (added.status, added.headers["Location"], body) == (201, f"{USERS}/hana@example.org", STORED)
    assert (await browser.ask("GET", added.headers["Location"]))[1] == STORED
    _, listed = await browser.ask("GET", USERS)
    assert [user["email"] for user in listed["items"]] == [COORDINATOR, "hana@example.org"]
    assert listed["items"][1] == STORED
    assert listed["next"] is None


async def test_user_needs_an_address_and_a_name_only(browser: Browser) -> None:
    _, body = await browser.ask("POST", USERS, json={"email": "a/b+c@example.org", "name": "A"})

    assert body == {
        "email": "a/b+c@example.org",
        "name": "A",
        "language": "en",
        "zone": "Asia/Tokyo",
        "telephone": None,
        "roles": [],
        "stations": [],
        "disabled": False,
    }
    path = f"{USERS}/a%2Fb+c@example.org"
    assert (await browser.ask("GET", path))[1] == body
    again, refused = await browser.ask("POST", USERS, json={"email": "A/b+C@example.org", "name": "B"})
    assert (again.status, refused["code"]) == (409, "user_exists")


async def test_list_goes_on_where_it_ended(browser: Browser) -> None:
    for name in ("a+x", "b", "d"):
        await browser.ask("POST", USERS, json={"email": f"{name}@example.org", "name": name})

    path, seen = f"{USERS}?limit=1", []
    while path:
        _, page = await browser.ask("GET", path)
        seen += [user["email"] for user in page["items"]]
        path = page["next"]

    assert seen == ["a+x@example.org", "b@example.org", COORDINATOR, "d@example.org"]
    for query, status in (("limit=0", 422), ("limit=201", 422), ("limit=200", 200), ("q=x", 422)):
        assert (await browser.ask("GET", f"{USERS}?{query}"))[0].status == status, query


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        ({}, {}),
        ({"name": "Hana S."}, {"name": "Hana S."}),
        ({"roles": ["lecturer"], "stations": []}, {"roles": ["lecturer"], "stations": []}),
        ({"stations": ["THA-BKK"]}, {"stations": ["THA-BKK"]}),
        ({"disabled": True}, {"disabled": True}),
        (
            {"language": None, "zone": None, "telephone": None, "roles": None, "stations": None},
            {"language": "en", "zone": "Asia/Tokyo", "telephone": None, "roles": [], "stations": []},
        ),
    ],
    ids=["nothing", "name", "roles", "stations", "disabled", "nulls"],
)
async def test_patch_changes_what_it_names(
    browser: Browser, patch: dict[str, Any], after: dict[str, Any]
) -> None:
    await browser.ask("POST", USERS, json=HANA)

    answer, body = await browser.ask("PATCH", f"{USERS}/HANA@example.org", json=patch)

    assert (answer.status, body) == (200, {**STORED, **after})
    assert (await browser.ask("GET", f"{USERS}/hana@example.org"))[1] == body


async def test_disabled_user_is_let_in_again(browser: Browser) -> None:
    await browser.ask("POST", USERS, json=HANA)
    hana = await signed_in(browser.site, "hana@example.org")
    path = f"{USERS}/hana@example.org"

    await browser.ask("PATCH", path, json={"disabled": True})
    shut_out, _ = await hana.ask("POST", "/api/v1/sessions", json={})
    _, again = await browser.ask("PATCH", path, json={"disabled": None})

    assert (shut_out.status, again) == (401, STORED)
    assert (await hana.ask("POST", "/api/v1/sessions", json={}))[0].status == 401


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"stations": ["JPN-TIC", "NOPE"]}, "/stations", "unknown_station"),
    ({"stations": ["jpn-tic"]}, "/stations", "unknown_station"),
    ({"stations": [""]}, "/stations/0", "too_short"),
    ({"stations": ["X" * 21]}, "/stations/0", "too_long"),
    ({"stations": ["JPN-TIC"] * 201}, "/stations", "too_many"),
    ({"stations": "JPN-TIC"}, "/stations", "wrong_type"),
    ({"roles": ["operator", "king"]}, "/roles/1", "not_a_choice"),
    ({"roles": ["Coordinator"]}, "/roles/0", "not_a_choice"),
    ({"roles": {}}, "/roles", "wrong_type"),
    ({"language": "fr"}, "/language", "not_a_choice"),
    ({"zone": "GMT+3"}, "/zone", "unknown_zone"),
    ({"name": ""}, "/name", "too_short"),
    ({"name": " "}, "/name", "bad_name"),
    ({"name": "a\r\nBcc: x@example.org"}, "/name", "bad_name"),
    ({"name": None}, "/name", "bad_name"),
    ({"telephone": "1\n2"}, "/telephone", "bad_telephone"),
    ({"user_id": 1}, "/user_id", "unknown_field"),
    ({"scopes": ["all"]}, "/scopes", "unknown_field"),
)


async def test_wrong_field_is_named_in_both_and_nothing_is_stored(browser: Browser) -> None:
    for change, pointer, code in WRONG:
        answer, refused = await browser.ask("POST", USERS, json={**HANA, **change})
        expected = "wrong_type" if change == {"name": None} else code
        assert answer.status == 422
        assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [(pointer, expected)]
    _, listed = await browser.ask("GET", USERS)
    assert [user["email"] for user in listed["items"]] == [COORDINATOR]

    await browser.ask("POST", USERS, json=HANA)
    for change, pointer, code in WRONG:
        answer, refused = await browser.ask("PATCH", f"{USERS}/hana@example.org", json=change)
        assert answer.status == 422
        assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [(pointer, code)]
    assert (await browser.ask("GET", f"{USERS}/hana@example.org"))[1] == STORED


async def test_address_and_number_are_read_only(browser: Browser) -> None:
    await browser.ask("POST", USERS, json=HANA)

    for patch in ({"email": "new@example.org"}, {"enabled": False}, {"id": 1}, {"disabled": "yes"}):
        answer, _ = await browser.ask("PATCH", f"{USERS}/hana@example.org", json=patch)
        assert answer.status == 422, patch


async def test_unknown_user_is_404(browser: Browser) -> None:
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("GET", {}),
        ("PATCH", {"json": {"name": "X"}}),
        ("PATCH", {"json": {"roles": []}}),
    )
    for path, (method, given) in product(
        ("nobody@example.org", "nobody", "%0D%0A", "x" * 300, "a@b@c"), asked
    ):
        answer, problem = await browser.ask(method, f"{USERS}/{path}", **given)
        assert (answer.status, problem["code"]) == (404, "unknown_user"), (method, path)


async def test_last_coordinator_stays(browser: Browser) -> None:
    path = f"{USERS}/{COORDINATOR}"
    _, before = await browser.ask("GET", path)

    for patch in ({"disabled": True}, {"roles": ["curator"]}, {"roles": None}, {"roles": [], "name": "X"}):
        answer, problem = await browser.ask("PATCH", path, json=patch)
        assert (answer.status, problem["code"]) == (409, "last_coordinator"), patch

    assert (await browser.ask("GET", path))[1] == before


@pytest.mark.parametrize("role", [None, *(role for role in Role if role is not Role.COORDINATOR)])
async def test_users_are_nobodys_business_but_a_coordinators(site: Site, role: Role | None) -> None:
    new = NewUser(email="somebody@example.org", name="S", roles=frozenset({role} if role else ()))
    await people.add_user(site.services, CONSOLE, new)
    browser = await signed_in(site, "somebody@example.org")
    token = await people.create_token(
        site.services, CONSOLE, email=COORDINATOR, scopes=[Scope.ALL], name="leaked"
    )
    askers: tuple[tuple[dict[str, str], int], ...] = (
        ({}, 401),
        ({"Authorization": f"Bearer {token}"}, 403),
        (browser.headers, 403),
    )
    asked: tuple[tuple[str, str, Any], ...] = (
        ("GET", USERS, None),
        ("GET", f"{USERS}/{COORDINATOR}", None),
        ("GET", f"{USERS}/nobody@example.org", None),
        ("POST", USERS, HANA),
        ("PATCH", f"{USERS}/somebody@example.org", {"roles": ["coordinator"]}),
    )

    for headers, status in askers:
        for method, path, body in asked:
            answer = await site.client.request(method, path, json=body, headers=headers)
            assert answer.status == status, (method, path, headers)
            assert COORDINATOR not in await answer.text()

    assert [user.roles for user in await people.users(site.services, CONSOLE)] == [
        frozenset({Role.COORDINATOR}),
        new.roles,
    ]
