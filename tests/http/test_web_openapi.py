"""The served description: valid OpenAPI 3.1, and true to the routes."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from aiohttp import web
from jsonschema_rs import Draft202012Validator
from pydantic import BaseModel, Field
from schemathesis.specs.openapi.definitions import OPENAPI_31

from jicanet.core.actor import Action
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.models import Body, Query
from jicanet.web.openapi import document
from jicanet.web.routes import Route
from tests.support.web import serving


class Part(Body):
    code: str


class Booking(Body):
    title: str = Field(description="What it is about.", max_length=200)
    parts: tuple[str | Part, ...] = ()


class Booked(BaseModel):
    ref: str
    starts_at: datetime


class Listing(Query):
    start: str | None = Field(default=None, alias="from", description="First day.")
    status: Literal["confirmed"] | None = None
    limit: int = Field(default=50, ge=1, le=200)


async def done(_call: Call) -> web.StreamResponse:
    return json_answer({})


ROUTES = (
    Route(
        "POST",
        "/api/v1/sessions",
        done,
        Action.BOOK_SESSION,
        "Book a session",
        description="All or nothing.",
        body=Booking,
        answers={201: Booked},
        refusals=("409 station_busy", "409 bridge_full", "unknown_station", "time_does_not_exist"),
        tags=("sessions",),
        idempotent=True,
    ),
    Route(
        "GET", "/api/v1/sessions", done, Action.SEE_STATIONS, "Sessions", query=Listing, answers={200: Booked}
    ),
    Route(
        "GET", "/api/v1/sessions/{ref}", done, Action.SEE_SESSIONS, "One", refusals=("404 unknown_session",)
    ),
    Route("DELETE", "/api/v1/feeds/{id:[0-9]+}", done, Action.MANAGE_FEEDS, "Revoke", answers={204: None}),
    Route(
        "GET",
        "/feeds/{token}.ics",
        done,
        Action.READ_PUBLIC,
        "A calendar",
        answers={200: "text/calendar", 304: None},
        refusals=("404 unknown_feed",),
        media="calendar",
    ),
    Route("GET", "/", done, Action.READ_PUBLIC, "A page", media="page"),
)


def described() -> dict[str, Any]:
    return document(ROUTES, "1.2.3", is_open=lambda action: action is not Action.BOOK_SESSION)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield str(value)
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_the_document_is_valid_openapi() -> None:
    found = described()

    assert [str(error) for error in Draft202012Validator(OPENAPI_31).iter_errors(found)] == []
    assert (found["openapi"], found["info"]["version"]) == ("3.1.0", "1.2.3")


def test_every_reference_is_there() -> None:
    found = described()

    names = {ref.removeprefix("#/components/schemas/") for ref in references(found)}
    assert (
        names
        == {"Booking", "Part", "Booked", "Problem", "ProblemField"}
        == set(found["components"]["schemas"])
    )


def test_pages_are_left_out_and_every_other_route_is_in() -> None:
    assert {path: sorted(methods) for path, methods in described()["paths"].items()} == {
        "/api/v1/sessions": ["get", "post"],
        "/api/v1/sessions/{ref}": ["get"],
        "/api/v1/feeds/{id}": ["delete"],
        "/feeds/{token}.ics": ["get"],
    }


def test_refusals_stand_under_their_status() -> None:
    responses = described()["paths"]["/api/v1/sessions"]["post"]["responses"]

    assert {
        status: answer["description"] for status, answer in responses.items() if status in {"409", "422"}
    } == {
        "409": "Something else is in the way: `station_busy`, `bridge_full`",
        "422": "This cannot be taken as it stands: `invalid_body`, `bad_idempotency_key`, `idempotency_key_reused`, `unknown_station`, `time_does_not_exist`",
    }
    assert responses["409"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }


def test_each_route_documents_what_can_happen_to_it() -> None:
    statuses = {
        f"{method} {path}": sorted(operation["responses"])
        for path, operations in described()["paths"].items()
        for method, operation in operations.items()
    }

    assert statuses == {
        "post /api/v1/sessions": [
            "201", "400", "401", "403", "409", "413", "415", "422", "500", "503", "507",
        ],
        "get /api/v1/sessions": ["200", "400", "401", "403", "422", "500", "503"],
        "get /api/v1/sessions/{ref}": ["200", "400", "401", "403", "404", "500", "503"],
        "delete /api/v1/feeds/{id}": ["204", "400", "401", "403", "404", "500", "503", "507"],
        "get /feeds/{token}.ics": ["200", "304", "400", "401", "404", "500", "503"],
    }  # fmt: skip


def test_what_no_token_may_do_is_for_signed_in_browsers() -> None:
    found = document(ROUTES, "1", takes_tokens=lambda action: action is not Action.MANAGE_FEEDS)

    assert found["paths"]["/api/v1/feeds/{id}"]["delete"]["security"] == [{"cookie": []}]
    assert found["paths"]["/api/v1/sessions"]["post"]["security"] == [{"bearer": []}, {"cookie": []}]


def test_security_says_who_may_ask() -> None:
    paths = described()["paths"]

    assert paths["/api/v1/sessions"]["post"]["security"] == [{"bearer": []}, {"cookie": []}]
    assert paths["/api/v1/sessions"]["get"]["security"] == [{"bearer": []}, {"cookie": []}, {}]
    assert paths["/feeds/{token}.ics"]["get"]["security"] == []


def test_parameters_are_told_with_their_bounds() -> None:
    paths = described()["paths"]

    assert paths["/api/v1/sessions"]["get"]["parameters"] == [
        {
            "name": "from",
            "in": "query",
            "required": False,
            "description": "First day.",
            "schema": {"type": "string", "title": "From"},
        },
        {
            "name": "status",
            "in": "query",
            "required": False,
            "schema": {"const": "confirmed", "type": "string", "title": "Status"},
        },
        {
            "name": "limit",
            "in": "query",
            "required": False,
            "schema": {"default": 50, "maximum": 200, "minimum": 1, "title": "Limit", "type": "integer"},
        },
    ]
    assert paths["/api/v1/feeds/{id}"]["delete"]["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    assert [part["name"] for part in paths["/api/v1/sessions"]["post"]["parameters"]] == ["Idempotency-Key"]


def test_the_body_refuses_unknown_fields_in_words_of_the_schema() -> None:
    schema = described()["components"]["schemas"]["Booking"]

    assert (schema["additionalProperties"], schema["required"]) == (False, ["title"])


async def test_the_same_document_is_served() -> None:
    async with serving(ROUTES) as client:
        response = await client.get("/openapi.json", headers={"Authorization": ""})
        served = await response.json()

    # The policy of the test: strangers may see stations and nothing of sessions.
    expected = document(
        ROUTES, "0", is_open=lambda action: action in {Action.READ_PUBLIC, Action.SEE_STATIONS}
    )
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")
    assert served == json.loads(json.dumps(expected))
