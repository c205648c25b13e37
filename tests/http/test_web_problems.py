"""Refusals as documents and as pages, aiohttp's own among them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jinja2
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from jicanet.core.actor import Action
from jicanet.core.errors import Conflict, FieldError, Invalid, NotFound, StorageFull, Unavailable
from jicanet.core.text import message
from jicanet.web import problem
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.models import Body
from jicanet.web.problem import document, shown
from jicanet.web.routes import Route
from tests.support.web import serving


class Nothing(Body):
    pass


async def clash(_call: Call) -> web.StreamResponse:
    reason = message("%(place)s is taken at that time.", place="Tokyo")
    conflicts = [
        {
            "code": "station_busy",
            "station": "JPN-TIC",
            "text": reason,
            "at": datetime(2026, 12, 15, 6, tzinfo=UTC),
        }
    ]
    raise Conflict("station_busy", reason, extra={"conflicts": conflicts, "status": "cannot be overridden"})


async def choose(_call: Call) -> web.StreamResponse:
    choices = ({"local": "2026-10-25T02:30", "fold": 0},)
    detail = message("It happens twice.")
    error = FieldError(
        pointer="/start/local",
        value="2026-10-25T02:30",
        code="time_is_ambiguous",
        detail=detail,
        choices=choices,
    )
    raise Invalid("time_is_ambiguous", detail, errors=[error], extra={"choices": list(choices)})


async def missing(call: Call) -> web.StreamResponse:
    raise NotFound("unknown_session", message("There is no session %(ref)s.", ref=call.path["ref"]))


async def away(_call: Call) -> web.StreamResponse:
    raise Unavailable("storage_unavailable", message("Not just now."))


async def full(_call: Call) -> web.StreamResponse:
    raise StorageFull("storage_full", message("The disk is full."))


async def done(_call: Call) -> web.StreamResponse:
    return json_answer({})


ROUTES = (
    Route(
        "POST",
        "/api/v1/clash",
        clash,
        Action.READ_PUBLIC,
        "Clash",
        body=Nothing,
        refusals=("409 station_busy",),
    ),
    Route("GET", "/api/v1/choose", choose, Action.READ_PUBLIC, "Choose", refusals=("time_is_ambiguous",)),
    Route("GET", "/api/v1/away", away, Action.READ_PUBLIC, "Away"),
    Route("GET", "/api/v1/full", full, Action.READ_PUBLIC, "Full"),
    Route("DELETE", "/api/v1/full", done, Action.READ_PUBLIC, "Full"),
    Route("GET", "/sessions/{ref}", missing, Action.READ_PUBLIC, "Session", media="page"),
    Route("GET", "/sessions", choose, Action.SEE_SESSIONS, "Sessions", media="page"),
    Route("POST", "/sessions", clash, Action.READ_PUBLIC, "Book", media="page"),
    Route("GET", "/sign-in", done, Action.READ_PUBLIC, "Sign in", media="page"),
    Route(
        "GET",
        "/feeds/{ref}.ics",
        missing,
        Action.READ_PUBLIC,
        "Feed",
        refusals=("404 unknown_session",),
        media="calendar",
    ),
)


async def test_a_conflict_lists_what_is_in_the_way() -> None:
    async with serving(ROUTES) as client:
        response = await client.post("/api/v1/clash", json={})
        answer = await response.json(content_type="application/problem+json")

    assert (response.status, response.headers["Cache-Control"]) == (409, "no-store")
    assert answer == {
        "type": "urn:jicanet:problem:station_busy",
        "title": "Something else is in the way",
        "status": 409,
        "code": "station_busy",
        "detail": "Tokyo is taken at that time.",
        "conflicts": [
            {
                "code": "station_busy",
                "station": "JPN-TIC",
                "text": "Tokyo is taken at that time.",
                "at": "2026-12-15T06:00:00Z",
            }
        ],
    }


async def test_choices_stand_at_the_field_and_at_the_top() -> None:
    async with serving(ROUTES) as client:
        answer = await (await client.get("/api/v1/choose")).json(content_type=None)

    choices = [{"local": "2026-10-25T02:30", "fold": 0}]
    assert (answer["choices"], answer["errors"][0]["choices"]) == (choices, choices)


@pytest.mark.parametrize(
    ("path", "status", "retry"), [("/api/v1/away", 503, "5"), ("/api/v1/full", 507, None)]
)
async def test_not_now_says_when_to_try_again(path: str, status: int, retry: str | None) -> None:
    async with serving(ROUTES) as client:
        response = await client.get(path)

    assert (response.status, response.headers.get("Retry-After")) == (status, retry)


@pytest.mark.parametrize(
    ("asked", "status", "code", "detail", "allow"),
    [
        (
            "GET /api/v1/nowhere",
            404,
            "no_such_address",
            "This address leads nowhere. Look whether a part of it is missing or mistyped.",
            None,
        ),
        ("PUT /api/v1/full", 405, "wrong_method", "This address takes DELETE, GET, HEAD.", "DELETE,GET,HEAD"),
        ("PATCH /api/v1/away", 405, "wrong_method", "This address takes GET, HEAD.", "GET,HEAD"),
    ],
)
async def test_aiohttps_own_refusals_are_problems_in_our_words(
    asked: str, status: int, code: str, detail: str, allow: str | None
) -> None:
    async with serving(ROUTES) as client:
        response = await client.request(*asked.split(), headers={"Accept": "text/html"})
        answer = await response.json(content_type="application/problem+json")

    assert (response.status, answer["code"], answer["detail"]) == (status, code, detail)
    assert response.headers.get("Allow") == allow


PAGE, JSON, PROBLEM = "text/html", "application/json", "application/problem+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ASKED: Mapping[str, tuple[str, str | None, str]] = {
    "browser_at_a_page": ("/sessions/JN-1", BROWSER, PAGE),
    "anything_at_a_page": ("/sessions/JN-1", "*/*", PAGE),
    "nothing_said_at_a_page": ("/sessions/JN-1", None, PAGE),
    "only_json_at_a_page": ("/sessions/JN-1", JSON, PROBLEM),
    "browser_at_the_api": ("/api/v1/choose", BROWSER, PROBLEM),
    "browser_nowhere": ("/nowhere", BROWSER, PAGE),
    "program_nowhere": ("/nowhere", "*/*", PROBLEM),
    "browser_nowhere_in_the_api": ("/api/nowhere", BROWSER, PROBLEM),
    "calendar_program": ("/feeds/x.ics", "text/calendar", PROBLEM),
    "browser_at_a_feed": ("/feeds/x.ics", BROWSER, PAGE),
}


@pytest.mark.parametrize("name", ASKED)
async def test_who_asks_decides_between_page_and_document(name: str) -> None:
    path, accept, kind = ASKED[name]
    headers = {} if accept is None else {"Accept": accept}

    async with serving(ROUTES) as client:
        response = await client.get(path, headers=headers, skip_auto_headers=["Accept"])

    assert response.content_type == kind


async def test_an_error_page_speaks_the_viewers_language() -> None:
    async with serving(ROUTES) as client:
        response = await client.get("/nowhere", headers={"Accept": BROWSER, "Accept-Language": "ja"})
        text = await response.text()

    assert (response.status, response.headers["Content-Language"]) == (404, "ja")
    assert "<h1>ここには何もありません</h1>" in text
    assert "このアドレスには何もありません。抜けや打ち間違いがないか確かめてください。" in text
    assert "404 no_such_address" in text


async def test_an_error_page_escapes_what_it_repeats() -> None:
    async with serving(ROUTES) as client:
        text = await (await client.get("/sessions/%3Cscript%3E", headers={"Accept": BROWSER})).text()

    assert "There is no session &lt;script&gt;." in text


async def test_an_error_page_after_a_change_says_what_was_kept() -> None:
    async with serving(ROUTES) as client:
        changed = await (await client.post("/sessions", headers={"Accept": BROWSER})).text()
        looked = await (await client.get("/sessions/x", headers={"Accept": BROWSER})).text()

    words = "Nothing was stored and no mail was sent."
    assert (words in changed, words in looked) == (True, False)


async def test_a_page_for_known_people_leads_to_the_sign_in_and_back() -> None:
    async with serving(ROUTES) as client:
        response = await client.get("/sessions", headers={"Accept": BROWSER})
        text = await response.text()

    assert response.status == 401
    assert 'href="/sign-in?next=%2Fsessions"' in text


async def test_an_error_page_has_a_clock_though_the_zone_is_none() -> None:
    async with serving(ROUTES) as client:
        response = await client.get("/sessions/x?zone=GMT%2B3", headers={"Accept": BROWSER})
        text = await response.text()

    assert response.status == 422
    assert "There is no zone &#34;GMT+3&#34;. Choose one of the list under &#34;change zone&#34;." in text
    assert ">09:00</time> <b>Tokyo</b>" in text


async def test_a_broken_error_page_becomes_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> web.Response:
        raise jinja2.TemplateNotFound("error.html")

    monkeypatch.setattr(problem, "page_answer", fail)

    async with serving(ROUTES) as client:
        with capture_logs() as lines:
            response = await client.get("/sessions/x", headers={"Accept": BROWSER})

    assert (response.status, response.content_type) == (404, PROBLEM)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert lines[0]["event"] == "error page failed"


@pytest.mark.parametrize(
    ("pointer", "value", "expected"),
    [
        ("/a", "x" * 80, "x" * 80),
        ("/a", "x" * 81, "x" * 79 + "…"),
        ("/a", {"b": [1, "水"]}, '{"b": [1, "水"]}'),
        ("/a", 2**63 - 1, 2**63 - 1),
        ("/a", 2**63, "0x8000000000000000"),
        ("/a", [float("inf"), {1: 2}], '[Infinity, {"1": 2}]'),
        ("/a", "\ud800", "?"),
        ("/a", None, None),
        ("/join/pin", 1234, "(hidden)"),
        ("token", "jnt_x", "(hidden)"),
        ("/A/Password", "x", "(hidden)"),
    ],
)
def test_a_value_is_shown_short_and_never_secret(pointer: str, value: object, expected: object) -> None:
    assert shown(pointer, value) == expected


def test_a_number_of_thousands_of_digits_is_shown_short() -> None:
    assert shown("/a", -(10**5000)) == "-" + hex(10**5000)[:78] + "…"
    assert shown("/a", [10**5000]) == "list"


def test_a_document_is_in_english_unless_asked() -> None:
    refusal = NotFound(
        "unknown_session",
        message("This address leads nowhere. Look whether a part of it is missing or mistyped."),
    )

    assert document(refusal)["title"] == "There is nothing here"
    assert document(refusal, lambda text: text.upper())["title"] == "THERE IS NOTHING HERE"
