"""Who may call a route, and calls that another site's page asks a browser for."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest
from aiohttp import web

from jicanet.core.actor import STRANGER, Action, Actor, ActorKind, Facts, Grant, Role, Scope
from jicanet.core.errors import SignInNeeded
from jicanet.core.text import message
from jicanet.web.answers import json_answer, redirect
from jicanet.web.app import build_web
from jicanet.web.call import Call
from jicanet.web.models import Body, Form
from jicanet.web.routes import Route
from tests.support.web import known_as, plain_services, serving

COORDINATOR = Actor(kind=ActorKind.USER, name="coordinator", roles=frozenset({Role.COORDINATOR}))
NOBODY_MUCH = Actor(kind=ActorKind.USER, name="guest")
TOKEN = Actor(kind=ActorKind.TOKEN, name="token", scopes=frozenset({Scope.ALL}))


class Nothing(Body):
    pass


class Empty(Form):
    name: str = ""


async def done(call: Call) -> web.StreamResponse:
    return json_answer({"by": call.actor.name})


async def page_done(call: Call) -> web.StreamResponse:
    return redirect(call, "/")


ROUTES = (
    Route("POST", "/api/v1/books", done, Action.BOOK_SESSION, "Book", body=Nothing),
    Route("GET", "/api/v1/books", done, Action.BOOK_SESSION, "Books"),
    Route("DELETE", "/api/v1/books", done, Action.BOOK_SESSION, "Forget"),
    Route("POST", "/books", page_done, Action.READ_PUBLIC, "Book", body=Empty, media="page"),
    Route("POST", "/leave", page_done, Action.READ_PUBLIC, "Leave", media="page"),
)


def test_a_route_without_a_permission_stops_the_start() -> None:
    route = Route("GET", "/api/v1/secret", done, summary="Undeclared")

    with pytest.raises(RuntimeError, match=r"GET /api/v1/secret declares no permission"):
        build_web(plain_services(), [route], known_as(STRANGER))


def test_a_route_declared_twice_stops_the_start() -> None:
    route = Route("GET", "/api/v1/twice", done, Action.READ_PUBLIC)

    with pytest.raises(RuntimeError, match="method GET is already registered"):
        build_web(plain_services(), [route, route], known_as(STRANGER))


@pytest.mark.parametrize(
    ("actor", "status", "code", "challenge"),
    [(STRANGER, 401, "sign_in_needed", "Bearer"), (NOBODY_MUCH, 403, "not_permitted", None)],
    ids=["stranger", "known"],
)
async def test_permission_comes_before_the_body(
    actor: Actor, status: int, code: str, challenge: str | None
) -> None:
    head = b"POST /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9999999\r\n\r\n"

    async with serving(ROUTES, recognise=known_as(actor)) as client:
        reader, writer = await asyncio.open_connection(client.host, client.port)
        writer.write(head)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        writer.close()
        plain = await client.post("/api/v1/books", data=b"not even JSON")
        told = await plain.json(content_type="application/problem+json")

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert (plain.status, plain.headers.get("WWW-Authenticate")) == (status, challenge)
    assert told["code"] == code


WRITE = Grant(roles=frozenset({Role.COORDINATOR}), scopes=frozenset({Scope.SESSIONS_WRITE}))
READ = Grant(scopes=frozenset({Scope.SESSIONS_READ, Scope.SESSIONS_WRITE}))


def token_of(*scopes: Scope) -> Actor:
    return Actor(kind=ActorKind.TOKEN, name="token", scopes=frozenset(scopes))


@pytest.mark.parametrize(
    ("actor", "grant", "told"),
    [
        (
            NOBODY_MUCH,
            WRITE,
            "This takes the role coordinator, which you do not have. Ask somebody who has it.",
        ),
        (
            token_of(Scope.LIBRARY_READ),
            WRITE,
            (
                "This token lacks the scope sessions:write. Make one with it: "
                "jicanet token create --user EMAIL --scope sessions:write"
            ),
        ),
        (
            token_of(Scope.LIBRARY_READ),
            READ,
            (
                "This token lacks the scope sessions:read or sessions:write. Make one with it: "
                "jicanet token create --user EMAIL --scope sessions:read"
            ),
        ),
        (
            token_of(Scope.ALL),
            WRITE,
            (
                "The scope of this token is enough, but its user does not have the role coordinator. "
                "Use the token of somebody who has it."
            ),
        ),
        (
            token_of(Scope.ALL),
            Grant(),
            "No token may do this, whatever its scopes: sign in and do it on a page, or use the command.",
        ),
    ],
    ids=["person", "one_scope", "two_scopes", "scope_without_role", "no_token"],
)
async def test_a_refusal_names_what_would_let_the_asker_in(actor: Actor, grant: Grant, told: str) -> None:
    def nobody(actor: Actor, action: Action, facts: Facts | None = None) -> bool:  # noqa: ARG001 - the policy's form
        return False

    services = replace(plain_services(), may=nobody)
    grants = {Action.BOOK_SESSION: grant}
    async with serving(ROUTES, services=services, recognise=known_as(actor), grants=grants) as client:
        refused = await client.get("/api/v1/books")
        problem = await refused.json(content_type=None)

    assert (refused.status, problem["code"], problem["detail"]) == (403, "not_permitted", told)


@pytest.mark.parametrize("actor", [COORDINATOR, TOKEN], ids=["user", "token"])
async def test_who_may_gets_in(actor: Actor) -> None:
    async with serving(ROUTES, recognise=known_as(actor)) as client:
        response = await client.post("/api/v1/books", json={})

        assert (response.status, await response.json()) == (200, {"by": actor.name})


async def test_a_bad_token_is_401_everywhere() -> None:
    async def refuse(_request: web.Request) -> Actor:
        raise SignInNeeded("bad_token", message("The token is not known or no longer good."))

    async with serving(ROUTES, recognise=refuse) as client:
        statuses = [(await client.get(path)).status for path in ("/api/v1/books", "/nowhere")]

    assert statuses == [401, 401]


async def test_a_token_beyond_ascii_is_401_and_not_repeated() -> None:
    async with serving(ROUTES, recognise=known_as(COORDINATOR)) as client:
        response = await client.get("/api/v1/books", headers={"Authorization": "Bearer geheim-ü"})

        assert (response.status, "geheim" in await response.text()) == (401, False)


FOREIGN: Mapping[str, dict[str, str]] = {
    "cross_site": {"Sec-Fetch-Site": "cross-site"},
    "same_site": {"Sec-Fetch-Site": "same-site"},
    "foreign_origin": {"Origin": "https://evil.example"},
    "null_origin": {"Origin": "null"},
    "believes_metadata_first": {"Sec-Fetch-Site": "cross-site", "Origin": "http://jicanet.test"},
    "no_origin_at_all": {"Origin": "http://[broken"},
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("csrf", [None, "s3cret"], ids=["stranger", "cookie"])
async def test_a_change_from_another_site_is_refused(name: str, csrf: str | None) -> None:
    actor = STRANGER if csrf is None else COORDINATOR
    form = {"name": "x", "csrf": csrf or ""}

    async with serving(ROUTES, recognise=known_as(actor, csrf)) as client:
        response = await client.post("/books", data=form, headers=FOREIGN[name], allow_redirects=False)
        text = await response.text()

    assert (response.status, "403 cross_site" in text) == (403, True)


OWN: Mapping[str, dict[str, str]] = {
    "same_origin": {"Sec-Fetch-Site": "same-origin"},
    "typed_by_the_person": {"Sec-Fetch-Site": "none"},
    "public_address": {"Origin": "http://jicanet.test"},
    "no_browser": {},
}


@pytest.mark.parametrize("name", OWN)
async def test_a_change_from_our_own_page_is_taken(name: str) -> None:
    async with serving(ROUTES, recognise=known_as(COORDINATOR, "s3cret")) as client:
        form = {"name": "x", "csrf": "s3cret"}
        response = await client.post("/books", data=form, headers=OWN[name], allow_redirects=False)

    assert (response.status, response.headers.get("Location")) == (303, "/")


async def test_the_host_that_was_asked_counts_as_our_own() -> None:
    async with serving(ROUTES) as client:
        origin = f"http://{client.host}:{client.port}"
        response = await client.post("/books", data={}, headers={"Origin": origin}, allow_redirects=False)

    assert response.status == 303


@pytest.mark.parametrize("given", ["", "s3cre", "S3CRET", "sécret"])
@pytest.mark.parametrize("path", ["/books", "/leave"])
async def test_a_form_by_cookie_must_repeat_the_secret(given: str, path: str) -> None:
    async with serving(ROUTES, recognise=known_as(COORDINATOR, "s3cret")) as client:
        response = await client.post(path, data={"csrf": given}, allow_redirects=False)
        text = await response.text()

    assert (response.status, "403 csrf_failed" in text, "s3cret" in text) == (403, True, False)


async def test_a_form_without_fields_but_the_secret_is_taken() -> None:
    async with serving(ROUTES, recognise=known_as(COORDINATOR, "s3cret")) as client:
        response = await client.post("/leave", data={"csrf": "s3cret"}, allow_redirects=False)

    assert response.status == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 403), ({"X-CSRF-Token": "wrong"}, 403), ({"X-CSRF-Token": "s3cret"}, 200)],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_json_by_cookie_must_repeat_the_secret_in_a_header(
    method: str, headers: dict[str, str], status: int
) -> None:
    async with serving(ROUTES, recognise=known_as(COORDINATOR, "s3cret")) as client:
        body = b"{}" if method == "POST" else None
        response = await client.request(
            method, "/api/v1/books", data=body, headers={"Content-Type": "application/json", **headers}
        )

    assert response.status == status


async def test_a_bearer_needs_no_secret_and_may_come_from_anywhere() -> None:
    headers = {"Authorization": "Bearer jnt_x", "Origin": "https://script.example"}

    async with serving(ROUTES, recognise=known_as(TOKEN)) as client:
        response = await client.post("/api/v1/books", json={}, headers=headers)

    assert response.status == 200


async def test_a_cookie_is_not_freed_by_an_authorization_header() -> None:
    headers = {"Authorization": "Bearer jnt_x", "Origin": "https://evil.example", "X-CSRF-Token": "s3cret"}

    async with serving(ROUTES, recognise=known_as(COORDINATOR, "s3cret")) as client:
        response = await client.post("/api/v1/books", json={}, headers=headers)
        answer = await response.json(content_type="application/problem+json")

    assert (response.status, answer["code"]) == (403, "cross_site")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_from_another_site_is_free(method: str) -> None:
    async with serving(ROUTES, recognise=known_as(COORDINATOR, "s3cret")) as client:
        response = await client.request(method, "/api/v1/books", headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status == 200


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nX: y", "/a b"]
)
async def test_a_redirect_never_leaves_the_site(path: str) -> None:
    async def leave(call: Call) -> web.StreamResponse:
        with pytest.raises(ValueError, match="a path of this site"):
            redirect(call, path)
        return json_answer({})

    async with serving([Route("GET", "/", leave, Action.READ_PUBLIC)]) as client:
        assert (await client.get("/")).status == 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/stations", "/stations?q=%E6%B0%B4"),
        ("/stations?a=1", "/stations?a=1&q=%E6%B0%B4"),
        ("/", "/?q=%E6%B0%B4"),
    ],
)
async def test_a_redirect_keeps_the_named_parameters(path: str, expected: str) -> None:
    async def go(call: Call) -> web.StreamResponse:
        return redirect(call, path, keep=["q", "absent"])

    async with serving([Route("GET", "/go", go, Action.READ_PUBLIC, media="page")]) as client:
        response = await client.get("/go?q=水&other=1", allow_redirects=False)

    assert (response.status, response.headers["Location"]) == (303, expected)


SECRET = (
    Route(
        "POST", "/answer/{token}", done, Action.READ_PUBLIC, "Answer", body=Empty, media="page", secret=True
    ),
    Route("GET", "/answer/{token}", done, Action.READ_PUBLIC, "Look", media="page", secret=True),
)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "null"}, 200),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
async def test_a_secret_address_takes_its_own_pages_forms_alone(headers: dict[str, str], status: int) -> None:
    async with serving(SECRET, recognise=known_as(COORDINATOR, "s3cret")) as client:
        response = await client.post("/answer/abc", data={"name": "x"}, headers=headers)

    assert response.status == status


async def test_at_a_secret_address_nobody_is_known_and_no_other_page_hears_of_it() -> None:
    async with serving(SECRET, recognise=known_as(COORDINATOR, "s3cret")) as client:
        response = await client.get("/answer/abc", headers={"Cookie": "anything=1"})

        assert await response.json() == {"by": "stranger"}
    assert {
        name: response.headers[name] for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")
    } == {
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
    }
