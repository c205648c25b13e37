"""What every answer carries, and what the log says of it."""

import gzip
import re
from pathlib import Path

import pytest
import structlog
from aiohttp import web
from structlog.testing import capture_logs

from jicanet.core.actor import Action, Actor, ActorKind
from jicanet.core.errors import Conflict, Unavailable
from jicanet.core.text import message
from jicanet.web.answers import json_answer, page_answer, redirect
from jicanet.web.app import STATIC
from jicanet.web.call import Call
from jicanet.web.middlewares import SECURITY_HEADERS
from jicanet.web.routes import Route
from tests.support.web import known_as, plain_services, serving

USER = Actor(kind=ActorKind.USER, name="somebody")


async def page(call: Call) -> web.StreamResponse:
    return page_answer(call, "hello.html")


async def data(_call: Call) -> web.StreamResponse:
    return json_answer({"ok": True})


async def go(call: Call) -> web.StreamResponse:
    return redirect(call, "/")


async def clash(_call: Call) -> web.StreamResponse:
    raise Conflict(
        "station_busy", message("Tokyo is taken at that time."), extra={"conflicts": [{"ref": "JN-1"}]}
    )


async def away(_call: Call) -> web.StreamResponse:
    raise Unavailable("storage_unavailable", message("Not just now."))


async def broken(_call: Call) -> web.StreamResponse:
    msg = "secret words of somebody@example.org"
    raise LookupError(msg)


ROUTES = (
    Route("GET", "/", page, Action.READ_PUBLIC, "Page", media="page"),
    Route("GET", "/broken", broken, Action.READ_PUBLIC, "Broken", media="page"),
    Route("GET", "/go", go, Action.READ_PUBLIC, "Go", media="page"),
    Route("GET", "/sign-in/{token}", page, Action.READ_PUBLIC, "Page", media="page"),
    Route("GET", "/api/v1/data", data, Action.READ_PUBLIC, "Data"),
    Route("GET", "/api/v1/clash", clash, Action.READ_PUBLIC, "Clash", refusals=("409 station_busy",)),
    Route("GET", "/api/v1/undeclared", clash, Action.READ_PUBLIC, "Clash"),
    Route("GET", "/api/v1/away", away, Action.READ_PUBLIC, "Away"),
    Route("GET", "/api/v1/broken", broken, Action.READ_PUBLIC, "Broken"),
)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    text = '{% extends "base.html" %}{% block content %}<h1>Hello</h1>{% endblock %}'
    (tmp_path / "hello.html").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/go", 303),
        ("/nowhere", 404),
        ("/broken", 500),
        ("/?zone=GMT%2B3", 422),
        ("/api/v1/data", 200),
        ("/api/v1/clash", 409),
        ("/api/v1/broken", 500),
        ("/api/v1/away", 503),
        ("/openapi.json", 200),
        ("/static/0/jicanet.css", 404),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_every_answer_carries_the_security_headers(
    path: str, status: int, accept: str, templates: Path
) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        with capture_logs():  # a fault is meant here
            response = await client.get(path, headers={"Accept": accept}, allow_redirects=False)

    assert response.status == status
    assert {name: response.headers.get(name) for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
    assert response.headers["Server"] == "jicanet"
    assert re.fullmatch(r"[0-9a-f-]{36}", response.headers["X-Request-Id"])


def test_the_policy_lets_nothing_in_but_our_own_style() -> None:
    assert SECURITY_HEADERS["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


@pytest.mark.parametrize(("base_url", "expected"), [("http://x", None), ("https://x", "max-age=31536000")])
async def test_https_is_demanded_for_a_year_where_it_is_spoken(base_url: str, expected: str | None) -> None:
    async with serving(ROUTES, services=plain_services(base_url=base_url)) as client:
        response = await client.get("/api/v1/data")

    assert response.headers.get("Strict-Transport-Security") == expected


@pytest.mark.parametrize("path", ["/", "/api/v1/data", "/nowhere"])
async def test_head_is_get_without_a_body(path: str, templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        get, head = await client.get(path), await client.head(path)

        assert (head.status, await head.read()) == (get.status, b"")
        assert head.headers["Content-Length"] == get.headers["Content-Length"]
        assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "gzip"), ("gzip;q=0", None), ("gzip;q=0.5", "gzip"), ("br", None), ("", None)],
)
async def test_pages_come_in_gzip_to_whom_takes_it(
    accepted: str, encoding: str | None, templates: Path
) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        response = await client.get(
            "/", headers={"Accept-Encoding": accepted}, skip_auto_headers=["Accept-Encoding"]
        )
        text = await response.text()

    assert (response.headers.get("Content-Encoding"), "<h1>Hello</h1>" in text) == (encoding, True)


@pytest.mark.parametrize(("actor", "expected"), [(None, "no-cache"), (USER, "private, no-store")])
async def test_who_is_signed_in_leaves_nothing_in_caches(
    actor: Actor | None, expected: str, templates: Path
) -> None:
    recognise = known_as(actor, "s") if actor else None

    async with serving(ROUTES, templates=[templates], recognise=recognise) as client:
        response = await client.get("/", headers={"Accept-Language": "ja"})

    assert response.headers["Cache-Control"] == expected
    assert response.headers["Content-Language"] == "ja"
    assert response.headers["Vary"] == "Accept-Encoding, Accept-Language, Cookie"


async def test_the_style_sheet_is_named_by_its_content_and_kept_for_ever(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        text = await (await client.get("/")).text()
        found = re.search(r'href="(/static/[0-9a-f]{16}/jicanet\.css)"', text)
        assert found
        response = await client.get(found.group(1))
        body = await response.read()

    assert body == (STATIC / "jicanet.css").read_bytes()
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (response.content_type, response.headers["Content-Encoding"]) == ("text/css", "gzip")


def test_the_style_sheet_is_under_twelve_kilobytes_compressed() -> None:
    assert len(gzip.compress((STATIC / "jicanet.css").read_bytes(), 6)) < 12_000


async def test_the_log_tells_route_status_and_time_only(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates], recognise=known_as(USER, "s")) as client:
        with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
            response = await client.get(
                "/sign-in/jns_secret?next=somebody@example.org", headers={"User-Agent": "agent"}
            )
            await client.get("/nowhere/somebody@example.org")

    assert [{name: value for name, value in line.items() if name != "ms"} for line in lines] == [
        {
            "event": "request",
            "log_level": "info",
            "method": "GET",
            "route": "/sign-in/{token}",
            "status": 200,
            "request_id": response.headers["X-Request-Id"],
        },
        {
            "event": "request",
            "log_level": "info",
            "method": "GET",
            "route": "none",
            "status": 404,
            "request_id": "00000000-0000-4000-8000-000000000002",
        },
    ]
    assert all(isinstance(line["ms"], float) for line in lines)


async def test_a_fault_is_logged_once_and_told_without_detail(templates: Path) -> None:
    async with serving(ROUTES, templates=[templates]) as client:
        with capture_logs() as lines:
            response = await client.get("/api/v1/broken")
            answer = await response.json(content_type="application/problem+json")
            page_text = await (await client.get("/broken", headers={"Accept": "text/html"})).text()

    name = response.headers["X-Request-Id"]
    assert [(line["event"], line["log_level"]) for line in lines[:2]] == [
        ("fault", "error"),
        ("request", "info"),
    ]
    assert answer == {
        "type": "urn:jicanet:problem:internal_fault",
        "title": "A fault of ours",
        "status": 500,
        "code": "internal_fault",
        "detail": f"The fault is ours and has been noted as {name}.",
    }
    assert "secret words" not in page_text
    assert "500 internal_fault" in page_text


async def test_a_code_that_the_route_does_not_declare_is_logged() -> None:
    async with serving(ROUTES) as client:
        with capture_logs() as lines:
            await client.get("/api/v1/clash")
            await client.get("/api/v1/undeclared")

    assert [line["code"] for line in lines if line["event"] == "undeclared refusal"] == ["station_busy"]
    assert [line["route"] for line in lines if line["event"] == "undeclared refusal"] == [
        "/api/v1/undeclared"
    ]
