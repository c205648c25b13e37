"""The viewer's language and clock on every page."""

import io
import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from aiohttp import web

from jicanet.core.actor import STRANGER, Action, Actor, ActorKind, Role
from jicanet.web.answers import json_answer, page_answer
from jicanet.web.call import Call
from jicanet.web.keys import USER_LANGUAGE, USER_ZONE
from jicanet.web.models import Form, Query
from jicanet.web.routes import Route
from jicanet.web.viewer import accepted_language
from tests.support.web import known_as, plain_services, serving

COORDINATOR = Actor(kind=ActorKind.USER, name="Coordinator, Tokyo", roles=frozenset({Role.COORDINATOR}))


class Search(Query):
    q: str = ""
    limit: int = 50


class Word(Form):
    word: str


async def hello(call: Call) -> web.StreamResponse:
    q = call.query.q if isinstance(call.query, Search) else ""
    return page_answer(call, "hello.html", q=q, zone_name=call.zone.name)


async def data(call: Call) -> web.StreamResponse:
    return json_answer({"lang": call.lang, "zone": call.zone.name})


ROUTES = (
    Route("GET", "/", hello, Action.READ_PUBLIC, "First", query=Search, media="page"),
    Route("GET", "/stations", hello, Action.READ_PUBLIC, "Stations", query=Search, media="page"),
    Route("GET", "/stations/{code}", hello, Action.READ_PUBLIC, "Station", media="page"),
    Route("GET", "/dev/mailbox", hello, Action.SEE_MAILBOX, "Mailbox", media="page"),
    Route("GET", "/sign-in", hello, Action.READ_PUBLIC, "Sign in", media="page"),
    Route("POST", "/sign-in", hello, Action.READ_PUBLIC, "Sign in", body=Word, media="page"),
    Route("POST", "/only-post", hello, Action.READ_PUBLIC, "Act", media="page"),
    Route("POST", "/sign-out", hello, Action.READ_PUBLIC, "Sign out", media="page"),
    Route("GET", "/api/v1/data", data, Action.READ_PUBLIC, "Data"),
)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    text = '{% extends "base.html" %}{% block content %}<p>zone={{ zone_name }} q={{ q }}</p>{% endblock %}'
    (tmp_path / "hello.html").write_text(text, encoding="utf-8")
    return tmp_path


async def language(templates: Path, path: str, headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    async with serving(ROUTES, templates=[templates]) as client:
        client.session.cookie_jar.update_cookies(SimpleCookie(dict(cookies)))
        response = await client.get(path, headers=headers)
        found = re.search(r'<html lang="(\w+)"', await response.text())
    assert found
    assert response.headers["Content-Language"] == found.group(1)
    return found.group(1)


@pytest.mark.parametrize(
    ("path", "accept", "cookie", "expected"),
    [
        ("/", "", "", "en"),
        ("/", "ja", "", "ja"),
        ("/", "ja", "en", "en"),
        ("/?lang=ja", "en", "en", "ja"),
        ("/?lang=ja-JP", "en", "", "ja"),
        ("/?lang=fr", "ja", "", "ja"),
        ("/?lang=", "ja", "", "ja"),
        ("/", "ja", "xx", "ja"),
        ("/nowhere?lang=ja", "en", "", "ja"),
    ],
)
async def test_language_is_asked_then_kept_then_accepted(
    path: str, accept: str, cookie: str, expected: str, templates: Path
) -> None:
    headers = {"Accept": "text/html", "Accept-Language": accept}

    assert await language(templates, path, headers, {"jicanet_lang": cookie} if cookie else {}) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("fr,ja;q=0.3,en;q=0.2", "ja"),
        ("en;q=0.2,ja;q=0.3", "ja"),
        ("en,ja", "en"),
        ("ja,en", "ja"),
        ("ja;q=0,en;q=0.1", "en"),
        ("ja;q=x", "en"),
        ("ja;level=1", "ja"),
        ("*", "en"),
        (",;q=,,", "en"),
    ],
)
def test_accept_language_by_weight(header: str, expected: str) -> None:
    assert accepted_language(header) == expected


@pytest.mark.parametrize(
    ("path", "cookie", "expected"),
    [
        ("/", "", "Asia/Tokyo"),
        ("/", "Africa/Nairobi", "Africa/Nairobi"),
        ("/?zone=Asia/Colombo", "Africa/Nairobi", "Asia/Colombo"),
        ("/?zone=Asia/Calcutta", "", "Asia/Kolkata"),
        ("/", "GMT+3", "Asia/Tokyo"),
        ("/?zone=", "Africa/Nairobi", "Africa/Nairobi"),
    ],
)
async def test_zone_is_asked_then_kept_then_tokyo(
    path: str, cookie: str, expected: str, templates: Path
) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        headers = {"Cookie": f"jicanet_zone={cookie}"} if cookie else {}
        text = await (await client.get(path, headers=headers)).text()

    assert f"zone={expected} " in text
    assert ("No zone is chosen yet" in text) == (cookie in {"", "GMT+3"} and "?zone=A" not in path)


@pytest.mark.parametrize("zone", ["GMT+3", "EST", "Tokyo", "../etc/passwd", "x" * 5000])
async def test_what_is_no_place_is_refused_and_not_kept(zone: str, templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        response = await client.get("/", params={"zone": zone}, headers={"Accept": "application/json"})
        answer = await response.json(content_type="application/problem+json")

    assert (response.status, answer["code"], answer["errors"][0]["pointer"]) == (422, "unknown_zone", "zone")
    assert response.headers.getall("Set-Cookie", []) == []


@pytest.mark.parametrize(("base_url", "secure"), [("http://x", False), ("https://x", True)])
async def test_a_choice_is_kept_in_a_cookie(base_url: str, *, secure: bool, templates: Path) -> None:
    async with serving(ROUTES, templates=[templates], services=plain_services(base_url=base_url)) as client:
        response = await client.get("/?lang=ja&zone=Asia/Calcutta")

    assert {name: morsel.value for name, morsel in response.cookies.items()} == {
        "jicanet_lang": "ja",
        "jicanet_zone": "Asia/Kolkata",
    }
    for morsel in response.cookies.values():
        assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", "/")
        assert (morsel["max-age"], bool(morsel["secure"])) == (str(365 * 86400), secure)


async def test_the_choice_of_a_user_counts_where_no_cookie_says_otherwise(templates: Path) -> None:
    async def recognise(request: web.Request) -> Actor:
        request[USER_LANGUAGE], request[USER_ZONE] = "ja", "Africa/Nairobi"
        return STRANGER

    async with serving(ROUTES, templates=[templates], recognise=recognise) as client:
        own = await (await client.get("/", headers={"Accept-Language": "en"})).text()
        kept = await (
            await client.get("/", headers={"Cookie": "jicanet_lang=en; jicanet_zone=Asia/Tokyo"})
        ).text()

    assert ('<html lang="ja"' in own, "zone=Africa/Nairobi " in own) == (True, True)
    assert ('<html lang="en"' in kept, "zone=Asia/Tokyo " in kept) == (True, True)


async def test_the_api_has_no_language_and_no_cookies(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        response = await client.get(
            "/api/v1/data?lang=ja&zone=Asia/Colombo", headers={"Accept-Language": "ja"}
        )

        assert await response.json() == {"lang": "en", "zone": "Asia/Colombo"}
        assert response.headers.getall("Set-Cookie", []) == []


async def test_the_clock_line_shows_clock_place_date_and_offset(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        english = await (await client.get("/?zone=Asia/Kathmandu")).text()
        japanese = await (await client.get("/?zone=Asia/Kathmandu&lang=ja")).text()

    assert '<time class="here" datetime="2026-12-01T00:00:00Z">05:45</time> <b>Kathmandu</b>' in english
    assert 'Tue 1 Dec <bdi dir="ltr" class="dim">UTC+05:45</bdi>' in english
    assert "<b>カトマンズ</b>" in japanese
    assert '12月1日（火） <bdi dir="ltr" class="dim">UTC+05:45</bdi>' in japanese


async def test_the_links_of_the_frame_return_here_with_the_query(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        text = await (
            await client.get("/stations?q=%E6%B0%B4&limit=7&zone=Asia/Colombo&lang=en&token=s3cret")
        ).text()

    assert 'href="?lang=ja&amp;q=%E6%B0%B4&amp;limit=7" lang="ja"' in text
    assert (
        '<form method="get">\n<input type="hidden" name="q" value="水">\n<input type="hidden" name="limit" value="7">'
        in text
    )
    assert "s3cret" not in text
    assert "<option selected>Asia/Colombo" in text


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", "/"), ("/stations", "/stations"), ("/stations/JPN-TIC", "/stations"), ("/sign-in", None)],
)
async def test_the_current_page_is_marked(path: str, current: str | None, templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        text = await (await client.get(path)).text()

    assert re.findall(r'<a href="([^"]*)" aria-current="page">', text) == ([current] if current else [])


async def test_navigation_names_only_what_exists(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        text = await (await client.get("/")).text()

    assert ('href="/stations"' in text, 'href="/library"' in text) == (True, False)
    assert ("Mailbox" in text, 'href="/sign-in"' in text, "/sign-out" in text) == (False, True, False)


async def test_who_is_signed_in_is_named_and_may_leave(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates], recognise=known_as(COORDINATOR, "s3cret")) as client:
        text = await (await client.get("/")).text()

    assert "<span>Coordinator, Tokyo</span>" in text
    assert '<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="s3cret">' in text
    assert ('href="/dev/mailbox"' in text, 'href="/sign-in"' in text) == (True, False)


async def test_pages_pass_over_what_mail_programs_add(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        response = await client.get("/stations?utm_source=mail&q=tokyo&limit=&q=hanoi")

        assert (response.status, "q=hanoi</p>" in await response.text()) == (200, True)


async def test_after_a_post_the_frame_leads_where_get_is_answered(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        form = await (await client.post("/sign-in", data={"word": " x "})).text()
        only_post = await (await client.post("/only-post", data={})).text()

    assert 'href="?lang=ja"' in form
    assert ('href="/?lang=ja"' in only_post, '<form method="get" action="/">' in only_post) == (True, True)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"word=x&other=1", 422, "invalid_form"),
        (b"", 422, "invalid_form"),
        (b"word=a&word=b", 422, "invalid_form"),
        (b"word=%00", 422, "invalid_form"),
        (b"word=%ff", 400, "not_a_form"),
        (b"\xff", 400, "not_a_form"),
        (b"a&" * 2001, 400, "not_a_form"),
        (b"word=" + b"x" * 2_000_000, 413, "body_too_large"),
    ],
)
async def test_a_bad_form_is_a_page_that_says_why(
    body: bytes, status: int, code: str, templates: Path
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}

    async with serving(ROUTES, templates=[templates]) as client:
        response = await client.post("/sign-in", data=io.BytesIO(body), headers=headers)

        assert (response.status, f"{status} {code}" in await response.text()) == (status, True)
