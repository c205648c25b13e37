"""Who a request is taken for: credentials that are presented are good or refused, never passed over."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from jicanet.core.actor import CONSOLE, Action, Scope
from jicanet.people import service
from jicanet.people.middleware import recognise
from jicanet.services import Services
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.routes import Route
from tests.support.web import Client, serving

EMAIL = "coordinator@example.org"


async def who(call: Call) -> Any:
    return json_answer({"name": call.actor.name, "kind": call.actor.kind})


ROUTES = (
    Route("GET", "/api/v1/open", who, Action.READ_PUBLIC, "Anybody"),
    Route("GET", "/api/v1/sessions", who, Action.SEE_SESSIONS, "Who may see sessions"),
    Route("POST", "/api/v1/sessions", who, Action.BOOK_SESSION, "Who may book"),
    Route("POST", "/api/v1/users", who, Action.MANAGE_USERS, "Who may manage users"),
)


@pytest.fixture
async def client(services: Services) -> AsyncIterator[Client]:
    await service.first_coordinator(services, EMAIL)
    async with serving(ROUTES, services=services, recognise=partial(recognise, services)) as found:
        yield found


async def token_of(services: Services, *scopes: Scope) -> str:
    return await service.create_token(services, CONSOLE, email=EMAIL, scopes=scopes, name="test")


async def cookie_of(services: Services) -> str:
    link = await service.new_sign_in_link(services, EMAIL)
    outcome = await service.use_link(services, link.rpartition("/")[2])
    assert isinstance(outcome, service.SignedIn)
    return outcome.token


async def test_good_token_is_its_user(client: Client, services: Services) -> None:
    token = await token_of(services, Scope.ALL)

    for scheme in ("Bearer", "bearer", "BEARER"):
        answer = await client.get("/api/v1/open", headers={"Authorization": f"{scheme} {token}"})
        assert await answer.json() == {"name": "coordinator@example.org (token 1)", "kind": "token"}


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer jnt_unknown", "Bearer {token}x", "{token}", "Basic {token}", "Bearer {token} x",
     "Bearer " + "jnt_" + "x" * 4000],
)  # fmt: skip
async def test_bad_credentials_are_refused_even_where_strangers_may_look(
    client: Client, services: Services, header: str
) -> None:
    token = await token_of(services, Scope.ALL)

    answer = await client.get("/api/v1/open", headers={"Authorization": header.format(token=token)})

    problem = await answer.json(content_type=None)
    assert (answer.status, problem["code"]) == (401, "bad_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert token not in await answer.text()


async def test_two_authorizations_are_refused(client: Client, services: Services) -> None:
    token = await token_of(services, Scope.ALL)

    answer = await client.get(
        "/api/v1/open", headers=[("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    )

    assert answer.status == 401


async def test_revoked_token_is_refused(client: Client, services: Services) -> None:
    token = await token_of(services, Scope.ALL)
    await service.revoke_token(services, CONSOLE, 1)

    answer = await client.get("/api/v1/sessions", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status, (await answer.json(content_type=None))["code"]) == (401, "bad_token")


async def test_token_does_what_its_scopes_say(client: Client, services: Services) -> None:
    tokens = {
        "read": await token_of(services, Scope.SESSIONS_READ),
        "write": await token_of(services, Scope.SESSIONS_WRITE),
        "feeds": await token_of(services, Scope.FEEDS_WRITE),
        "all": await token_of(services, Scope.ALL),
    }
    statuses = {}
    for name, token in tokens.items():
        headers = {"Authorization": f"Bearer {token}"}
        statuses[name] = (
            (await client.get("/api/v1/sessions", headers=headers)).status,
            (await client.post("/api/v1/sessions", headers=headers)).status,
            (await client.post("/api/v1/users", headers=headers)).status,
        )

    assert statuses == {
        "read": (200, 403, 403),
        "write": (200, 200, 403),
        "feeds": (403, 403, 403),
        "all": (200, 200, 403),
    }


@pytest.mark.parametrize("cookie", ["", "unknown", "x" * 3000, "jnt_x"])
async def test_bad_cookie_makes_a_stranger(client: Client, cookie: str) -> None:
    answer = await client.get("/api/v1/open", headers={"Cookie": f"jicanet={cookie}"})

    assert await answer.json() == {"name": "stranger", "kind": "stranger"}


async def test_a_token_is_no_cookie_and_a_cookie_no_token(client: Client, services: Services) -> None:
    token, cookie = await token_of(services, Scope.ALL), await cookie_of(services)

    as_cookie = await client.get("/api/v1/open", headers={"Cookie": f"jicanet={token}"})
    as_token = await client.get("/api/v1/open", headers={"Authorization": f"Bearer {cookie}"})

    assert (await as_cookie.json())["name"] == "stranger"
    assert as_token.status == 401


async def test_bad_token_is_not_saved_by_a_good_cookie(client: Client, services: Services) -> None:
    """Else a request that leaves out the forgery check as a bearer's would act by the cookie."""
    headers = {"Authorization": "Bearer jnt_x", "Cookie": f"jicanet={await cookie_of(services)}"}

    assert (await client.get("/api/v1/open", headers=headers)).status == 401
    assert (await client.post("/api/v1/sessions", headers=headers)).status == 401


async def test_cookie_needs_the_forgery_secret_to_change_things(client: Client, services: Services) -> None:
    cookie = await cookie_of(services)
    session = await service.web_session(services, cookie)
    assert session is not None
    headers = {"Cookie": f"jicanet={cookie}"}

    without = await client.post("/api/v1/sessions", headers=headers)
    with_it = await client.post("/api/v1/sessions", headers={**headers, "X-CSRF-Token": session.csrf})

    assert (without.status, with_it.status) == (403, 200)


async def test_disabled_user_is_a_stranger_by_cookie_and_refused_by_token(
    client: Client, services: Services
) -> None:
    token, cookie = await token_of(services, Scope.ALL), await cookie_of(services)
    await service.first_coordinator(services, "other@example.org")
    await service.disable_user(services, CONSOLE, EMAIL)

    by_cookie = await client.get("/api/v1/open", headers={"Cookie": f"jicanet={cookie}"})
    by_token = await client.get("/api/v1/open", headers={"Authorization": f"Bearer {token}"})

    assert ((await by_cookie.json())["name"], by_token.status) == ("stranger", 401)
