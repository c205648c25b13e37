"""Signing in and out over real HTTP: the pages, the cookie, what is refused and what is never told."""

import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from structlog.testing import capture_logs

import jicanet.people
from jicanet.core.actor import CONSOLE, Action
from jicanet.mail.store import listed
from jicanet.people import service
from jicanet.people.domain.model import NewUser
from jicanet.people.middleware import recognise
from jicanet.people.pages import ROUTES
from jicanet.services import Services
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.routes import Route
from tests.support.clock import FakeClock
from tests.support.web import Client, serving

EMAIL = "coordinator@example.org"
TEMPLATES = Path(jicanet.people.__file__).with_name("templates")


async def who(call: Call) -> Any:
    """Answer with who the asker is taken for, and how the page would be shown."""
    return json_answer({"name": call.actor.name, "lang": call.lang, "zone": call.zone.name})


WHO = Route("GET", "/who", who, Action.READ_PUBLIC, "Who asks", media="page")


@pytest.fixture
async def client(services: Services) -> AsyncIterator[Client]:
    await service.add_user(services, CONSOLE, NewUser(email=EMAIL, name="C", zone="Africa/Nairobi"))
    async with serving(
        (*ROUTES, WHO), services=services, recognise=partial(recognise, services), templates=[TEMPLATES]
    ) as found:
        yield found


async def get(client: Client, path: str, **headers: str) -> tuple[ClientResponse, str]:
    answer = await client.get(path, headers=headers, allow_redirects=False)
    return answer, await answer.text()


async def post(
    client: Client, path: str, data: dict[str, str] | None = None, **headers: str
) -> tuple[ClientResponse, str]:
    answer = await client.post(path, data=data or {}, headers=headers, allow_redirects=False)
    return answer, await answer.text()


async def new_link(services: Services) -> str:
    """Return the path of a new link."""
    return (await service.new_sign_in_link(services, EMAIL)).removeprefix("http://jicanet.test")


async def name_of(client: Client) -> str:
    answer = await client.get("/who")
    return str((await answer.json())["name"])


def words_of(page: str) -> str:
    """Return what a page says within its main part, without its frame and tags."""
    main = page.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


async def test_whole_way_from_the_form_into_the_site_and_out(client: Client, services: Services) -> None:
    answer, page = await get(client, "/sign-in?next=/sessions/JN-2026-000001")
    assert answer.status == 200
    assert 'value="/sessions/JN-2026-000001"' in page
    asked, _ = await post(client, "/sign-in", {"email": EMAIL, "next": "/sessions/JN-2026-000001"})
    assert asked.status == 200
    (mail,) = await services.database.read(lambda db: listed(db, limit=10))
    assert mail.recipient == EMAIL

    path = await new_link(services)
    answer, page = await get(client, path)
    assert (answer.status, "Sign in as c•••@example.org" in page) == (200, True)
    assert await name_of(client) == "stranger"
    entered, _ = await post(client, path, {"next": "/sessions/JN-2026-000001"})
    assert (entered.status, entered.headers["Location"]) == (303, "/sessions/JN-2026-000001")
    shown = await (await client.get("/who")).json()
    assert shown == {"name": EMAIL, "lang": "en", "zone": "Africa/Nairobi"}

    answer, page = await get(client, "/sign-in")
    (csrf,) = set(re.findall(r'name="csrf" value="([^"]+)"', page))
    left, _ = await post(client, "/sign-out", {"csrf": csrf})
    assert (left.status, left.headers["Location"]) == (303, "/")
    assert await name_of(client) == "stranger"


async def test_cookie_is_for_this_site_only_and_not_for_scripts(client: Client, services: Services) -> None:
    answer, _ = await post(client, await new_link(services))

    (cookie,) = answer.headers.getall("Set-Cookie")
    name, _, rest = cookie.partition("=")
    assert (name, re.sub("^[A-Za-z0-9_-]+", "", rest)) == (
        "jicanet",
        "; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax",
    )
    left, _ = await post(client, "/sign-out", {"csrf": await csrf_of(client)})
    assert [one for one in left.headers.getall("Set-Cookie") if "Max-Age=0" in one and "Path=/" in one]


async def csrf_of(client: Client) -> str:
    _, page = await get(client, "/sign-in")
    return str(re.findall(r'name="csrf" value="([^"]+)"', page)[0])


async def test_by_https_the_cookie_is_bound_to_the_host(services: Services) -> None:
    settings = services.settings.model_copy(update={"base_url": "https://jicanet.test"})
    secure = replace(services, settings=settings)
    await service.first_coordinator(secure, EMAIL)
    async with serving(
        (*ROUTES, WHO), services=secure, recognise=partial(recognise, secure), templates=[TEMPLATES]
    ) as client:
        link = await service.new_sign_in_link(secure, EMAIL)
        answer, _ = await post(client, link.removeprefix("https://jicanet.test"))

        (cookie,) = answer.headers.getall("Set-Cookie")
        assert cookie.startswith("__Host-jicanet=")
        assert cookie.endswith("; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax; Secure")
        value = cookie.partition("=")[2].partition(";")[0]
        assert (await (await client.get("/who", headers={"Cookie": f"__Host-jicanet={value}"})).json())[
            "name"
        ] == EMAIL
        assert (await (await client.get("/who", headers={"Cookie": f"jicanet={value}"})).json())[
            "name"
        ] == "stranger"


async def test_same_words_whether_the_address_is_known_or_over_its_limit(
    client: Client, services: Services
) -> None:
    await service.add_user(services, CONSOLE, NewUser(email="abled@example.org", name="A"))
    await service.disable_user(services, CONSOLE, "abled@example.org")
    answers = []
    for address in (EMAIL, "nobody00000@example.org", "abled@example.org", *([EMAIL] * 6)):
        answer, page = await post(client, "/sign-in", {"email": address})
        headers = {name for name in answer.headers if name not in {"X-Request-Id", "Date"}}
        answers.append((answer.status, sorted(headers), page.replace(address, "ADDRESS")))

    assert len({repr(one) for one in answers}) == 1
    assert "If ADDRESS belongs to somebody here, a link is on its way." in words_of(answers[0][2])
    assert len(await services.database.read(lambda db: listed(db, limit=100))) == 5


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "An address has a name, an @ and a domain, like name@example.org."),
        ("nobody", "An address has a name, an @ and a domain, like name@example.org."),
        ("a@example.org\r\nBcc: b@example.org", "An address is one line without control characters."),
        ("a b@example.org", "An address has no spaces inside."),
    ],
    ids=["nothing", "no_at", "line_break", "space"],
)
async def test_what_is_no_address_stays_in_the_field_with_the_reason(
    client: Client, services: Services, address: str, sentence: str
) -> None:
    answer, page = await post(client, "/sign-in", {"email": address, "next": "/stations"})

    assert answer.status == 422
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert f'value="{address.replace(chr(13), "").splitlines()[0] if address else ""}' in page.replace(
        "\r", ""
    )
    assert 'value="/stations"' in page
    assert await services.database.read(lambda db: listed(db, limit=10)) == []


async def test_typed_text_is_shown_as_text(client: Client) -> None:
    _, page = await post(client, "/sign-in", {"email": '"><script>alert(1)</script>@example.org'})

    assert "<script" not in page
    assert "&#34;&gt;&lt;script&gt;" in page


async def test_looking_changes_nothing_and_lets_nobody_in(client: Client, services: Services) -> None:
    path = await new_link(services)

    for method in ("GET", "HEAD", "GET"):
        answer = await client.request(method, path)
        assert (answer.status, "Set-Cookie" in answer.headers) == (200, False)
    assert await name_of(client) == "stranger"
    assert (await post(client, path))[0].status == 303


async def test_link_used_twice_says_so_and_how_to_go_on(client: Client, services: Services) -> None:
    path = await new_link(services)
    await post(client, path)
    client.session.cookie_jar.clear()

    for answer, page in (await post(client, path, {"next": "/stations"}), await get(client, path)):
        assert (answer.status, "Set-Cookie" in answer.headers) == (410, False)
        assert words_of(page) == (
            "This link has been used A sign-in link works once, and this one has let somebody in. "
            "Nobody was signed in just now. Ask for a new link; it is there within a minute or two. "
            "If you did not use this one yourself, tell a coordinator. Ask for a new link"
        )
        assert path.rpartition("/")[2] not in page
    assert await name_of(client) == "stranger"


async def test_pressing_the_button_twice_shows_that_you_are_in(client: Client, services: Services) -> None:
    path = await new_link(services)
    await post(client, path)
    csrf = await csrf_of(client)

    answer, page = await post(client, path, {"next": "/stations", "csrf": csrf})

    assert answer.status == 410
    assert "You are signed in as coordinator@example.org. Go on" in words_of(page)
    assert '<a href="/stations">' in page
    assert await name_of(client) == EMAIL


async def test_link_that_is_too_old_says_so(client: Client, services: Services, clock: FakeClock) -> None:
    path = await new_link(services)
    clock.advance(minutes=15)

    for answer, page in (await get(client, path), await post(client, path)):
        assert (answer.status, "Set-Cookie" in answer.headers) == (410, False)
        assert "This link is too old A sign-in link works for 15 minutes, and these are over." in words_of(
            page
        )
        assert path.rpartition("/")[2] not in page


@pytest.mark.parametrize(
    "token", ["unknown-token-0123456789", "x" * 43, "%00", "%F0%9F%98%80", "a%2Fb", "%3Cb%3E"]
)
async def test_unknown_link_is_not_echoed(client: Client, token: str) -> None:
    for answer, page in (await get(client, f"/sign-in/{token}"), await post(client, f"/sign-in/{token}")):
        assert (answer.status, "Set-Cookie" in answer.headers) == (404, False)
        assert token not in page
        assert "<b>" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/..//evil.example",
        "/\t/evil.example",
        "x",
    ],
)
async def test_nobody_is_sent_to_another_site(client: Client, services: Services, hostile: str) -> None:
    path = await new_link(services)

    for answer in (
        await client.get("/sign-in", params={"next": hostile}),
        await client.get(path, params={"next": hostile}),
        await client.post("/sign-in", data={"email": "nobody@example.org", "next": hostile}),
    ):
        main = (await answer.text()).partition("<main")[2]
        assert re.findall(r'name="next" value="([^"]*)"|sign-in[?]next=([^"]*)', main) in ([("/", "")], [])
    entered, _ = await post(client, path, {"next": hostile})
    assert (entered.status, entered.headers["Location"]) == (303, "/")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.test"},
    ],
)
async def test_another_site_signs_nobody_in_or_out(
    client: Client, services: Services, headers: dict[str, str]
) -> None:
    """A page elsewhere could else let its visitor in as somebody who watches."""
    path = await new_link(services)

    for where, data in ((path, {}), ("/sign-in", {"email": EMAIL})):
        answer, _ = await post(client, where, data, **headers)
        assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
    assert await services.database.read(lambda db: listed(db, limit=10)) == []

    await post(client, path)
    answer, _ = await post(client, "/sign-out", {"csrf": await csrf_of(client)}, **headers)
    assert answer.status == 403
    assert await name_of(client) == EMAIL


async def test_signing_out_needs_the_pages_own_secret(client: Client, services: Services) -> None:
    await post(client, await new_link(services))

    for data in ({}, {"csrf": "wrong"}):
        assert (await post(client, "/sign-out", data))[0].status == 403
    assert (await get(client, "/sign-out"))[0].status == 405
    assert await name_of(client) == EMAIL


async def test_stranger_has_nothing_to_sign_out_of(client: Client) -> None:
    answer, _ = await post(client, "/sign-out")

    assert answer.status == 401


async def test_new_sign_in_gets_a_new_cookie_and_ends_the_old_one(client: Client, services: Services) -> None:
    first, _ = await post(client, await new_link(services))
    old = first.cookies["jicanet"].value

    second, _ = await post(client, await new_link(services), {"csrf": await csrf_of(client)})

    assert second.cookies["jicanet"].value != old
    assert await service.web_session(services, old) is None
    client.session.cookie_jar.clear()
    answer = await client.get("/who", headers={"Cookie": f"jicanet={old}"})
    assert (await answer.json())["name"] == "stranger"


async def test_cookie_planted_before_is_not_taken_over(client: Client, services: Services) -> None:
    answer, _ = await post(client, await new_link(services), Cookie="jicanet=planted")

    assert answer.cookies["jicanet"].value != "planted"
    assert await service.web_session(services, "planted") is None


async def test_pages_speak_japanese(client: Client, services: Services, clock: FakeClock) -> None:
    path = await new_link(services)
    japanese = {"Accept-Language": "ja"}

    texts = [
        words_of((await get(client, "/sign-in", **japanese))[1]),
        words_of((await post(client, "/sign-in", {"email": "nobody@example.org"}, **japanese))[1]),
        words_of((await post(client, "/sign-in", {"email": "nobody"}, **japanese))[1]),
        words_of((await get(client, path, **japanese))[1]),
    ]
    clock.advance(minutes=15)
    texts.append(words_of((await get(client, path, **japanese))[1]))

    assert [text.split()[0] for text in texts] == [
        "ログイン",
        "メールを確かめてください",
        "ログイン",
        "c•••@example.orgとしてログイン",
        "このリンクは期限が切れています",
    ]
    assert "メールアドレスは、name@example.orgのように名前、@、ドメインから成ります。" in texts[2]


async def test_pages_are_kept_by_nobody_and_run_no_script(client: Client, services: Services) -> None:
    path = await new_link(services)

    for answer, page in (
        await get(client, "/sign-in"),
        await post(client, "/sign-in", {"email": EMAIL}),
        await get(client, path),
        await get(client, "/sign-in/unknown"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "<script" not in page
        assert "style=" not in page


async def test_no_secret_and_no_address_is_logged(
    client: Client, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = await new_link(services)
    with capture_logs() as logs:
        await get(client, path)
        entered, _ = await post(client, path)
        await post(client, path, {"csrf": await csrf_of(client)})
        await post(client, "/sign-in", {"email": EMAIL, "csrf": await csrf_of(client)})

    # aiohttp's own access log, which the program turns off, is the server's and not the pages'.
    records = [one.getMessage() for one in caplog.records if one.name != "aiohttp.access"]
    written = repr(logs) + repr(records)
    for secret in (path.rpartition("/")[2], entered.cookies["jicanet"].value, EMAIL):
        assert secret not in written
    assert {one["route"] for one in logs if one["event"] == "request"} == {"/sign-in", "/sign-in/{token}"}
    assert [one["outcome"] for one in logs if one["event"] == "sign-in link asked for"] == ["owed"]
