"""What a body may not be: each bad shape gives a problem that names field, value and remedy."""

import asyncio
import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from aiohttp import web
from pydantic import Field, field_validator

from jicanet.core.actor import Action
from jicanet.core.text import message
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.models import Body, Query, Wrong
from jicanet.web.routes import Route
from tests.support.web import Client, plain_services, serving


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Seat(Body):
    code: Annotated[str, Field(min_length=3, max_length=7)]
    role: Literal["sending", "receiving"] = "receiving"
    required: bool = False


class Start(Body):
    local: str
    fold: Literal[0, 1] | None = None


class Thing(Body):
    title: Annotated[str, Field(min_length=1, max_length=20)]
    minutes: Annotated[int, Field(ge=5, le=720)]
    start: Start | None = None
    stations: Annotated[tuple[str | Seat, ...], Field(max_length=3)] = ()
    colour: Colour | None = None
    on: date | None = None
    token: str | None = None
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5

    @field_validator("title")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if "\n" in value:
            raise Wrong("not_one_line", message("The title must be one line: leave out the line breaks."))
        return value


class Search(Query):
    q: str = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    station: tuple[str, ...] = ()
    start: Annotated[date | None, Field(alias="from")] = None


async def keep(call: Call) -> web.StreamResponse:
    return json_answer(call.body_as(Thing), 201)


async def look(call: Call) -> web.StreamResponse:
    return json_answer(call.query_as(Search))


async def echo_key(call: Call) -> web.StreamResponse:
    return json_answer({"key": call.idempotency_key, "hash": call.body_hash})


THINGS = "/api/v1/things"
ROUTES = (
    Route("POST", THINGS, keep, Action.READ_PUBLIC, "Keep", body=Thing, answers={201: Thing}),
    Route("GET", THINGS, look, Action.READ_PUBLIC, "Look", query=Search, answers={200: Search}),
    Route("GET", "/api/v1/things/{code}", look, Action.READ_PUBLIC, "Look", query=Search),
    Route("POST", "/api/v1/keys", echo_key, Action.READ_PUBLIC, "Echo", body=Thing, idempotent=True),
)
JSON = {"Content-Type": "application/json"}


async def post(client: Client, body: bytes, headers: Mapping[str, str] = JSON) -> tuple[int, dict[str, Any]]:
    response = await client.post(THINGS, data=body, headers=headers)
    if response.status >= 400:
        assert response.content_type == "application/problem+json"
    return response.status, await response.json(content_type=None)


async def test_a_good_body_is_taken() -> None:
    body = b'{"title": "T", "minutes": 90, "stations": ["JPN-TIC", {"code": "KEN-NBO", "required": true}]}'

    async with serving(ROUTES) as client:
        status, answer = await post(client, body)

    assert (status, answer["stations"]) == (
        201,
        ["JPN-TIC", {"code": "KEN-NBO", "role": "receiving", "required": True}],
    )


FIELDS: Mapping[str, tuple[str, str, Any, str, str]] = {
    "missing": ('{"title": "T"}', "/minutes", None, "missing", "minutes is missing."),
    "true_for_a_number": (
        '{"title": "T", "minutes": true}',
        "/minutes",
        True,
        "wrong_type",
        "minutes must be a whole number, not true or false.",
    ),
    "text_for_a_number": (
        '{"title": "T", "minutes": "90"}',
        "/minutes",
        "90",
        "wrong_type",
        "minutes must be a whole number, not text.",
    ),
    "fraction_for_a_whole_number": (
        '{"title": "T", "minutes": 1.5}',
        "/minutes",
        1.5,
        "wrong_type",
        "minutes must be a whole number, not a number.",
    ),
    "nought_minutes": (
        '{"title": "T", "minutes": 0}',
        "/minutes",
        0,
        "too_small",
        "minutes must be at least 5.",
    ),
    "ten_thousand_minutes": (
        '{"title": "T", "minutes": 10000}',
        "/minutes",
        10000,
        "too_large",
        "minutes must be at most 720.",
    ),
    "a_number_beyond_all_bounds": (
        '{"title": "T", "minutes": 1' + "0" * 100 + "}",
        "/minutes",
        hex(10**100)[:79] + "…",
        "too_large",
        "minutes must be at most 720.",
    ),
    "number_for_text": (
        '{"title": 1, "minutes": 90}',
        "/title",
        1,
        "wrong_type",
        "title must be text, not a number.",
    ),
    "null_for_text": (
        '{"title": null, "minutes": 90}',
        "/title",
        None,
        "wrong_type",
        "title must be text, not null.",
    ),
    "empty_title": (
        '{"title": "", "minutes": 90}',
        "/title",
        "",
        "too_short",
        "title is empty. Fill it in.",
    ),
    "long_title": (
        json.dumps({"title": "x" * 10_000, "minutes": 90}),
        "/title",
        "x" * 79 + "…",
        "too_long",
        "title must have at most 20 characters.",
    ),
    "title_with_line_breaks": (
        '{"title": "a\\r\\nb", "minutes": 90}',
        "/title",
        "a\r\nb",
        "not_one_line",
        "The title must be one line: leave out the line breaks.",
    ),
    "near_an_unknown_field": (
        '{"title": "T", "minutes": 90, "colours": "red"}',
        "/colours",
        "red",
        "unknown_field",
        'There is no field "colours". Is colour meant?',
    ),
    "an_unknown_field_inside": (
        '{"title": "T", "minutes": 90, "start": {"local": "x", "zzz": 1}}',
        "/start/zzz",
        1,
        "unknown_field",
        'There is no field "start.zzz": leave it out. There are fold, local.',
    ),
    "an_unknown_field_in_a_branch": (
        '{"title": "T", "minutes": 90, "stations": [{"code": "ABC", "rolle": "x"}]}',
        "/stations/0/rolle",
        "x",
        "unknown_field",
        'There is no field "stations[0].rolle". Is role meant?',
    ),
    "neither_branch": (
        '{"title": "T", "minutes": 90, "stations": [7]}',
        "/stations/0",
        7,
        "wrong_type",
        "stations[0] must be text or an object, not a number.",
    ),
    "wrong_inside_a_branch": (
        '{"title": "T", "minutes": 90, "stations": ["A", {"code": 1}]}',
        "/stations/1/code",
        1,
        "wrong_type",
        "stations[1].code must be text, not a number.",
    ),
    "not_a_choice_inside_a_branch": (
        '{"title": "T", "minutes": 90, "stations": [{"code": "ABC", "role": "boss"}]}',
        "/stations/0/role",
        "boss",
        "not_a_choice",
        "stations[0].role must be one of sending, receiving.",
    ),
    "too_many": (
        '{"title": "T", "minutes": 90, "stations": ["A", "B", "C", "D"]}',
        "/stations",
        '["A", "B", "C", "D"]',
        "too_many",
        "stations must have at most 3 entries.",
    ),
    "not_in_the_enumeration": (
        '{"title": "T", "minutes": 90, "colour": "green"}',
        "/colour",
        "green",
        "not_a_choice",
        "colour must be one of red, blue.",
    ),
    "a_date_that_is_none": (
        '{"title": "T", "minutes": 90, "on": "2026-02-30"}',
        "/on",
        "2026-02-30",
        "wrong_form",
        "on must be a date such as 2026-12-16.",
    ),
    "a_number_for_a_date": (
        '{"title": "T", "minutes": 90, "on": 20261216}',
        "/on",
        20261216,
        "wrong_type",
        "on must be a date such as 2026-12-16, not a number.",
    ),
    "list_for_an_object": (
        '{"title": "T", "minutes": 90, "start": []}',
        "/start",
        "[]",
        "wrong_type",
        "start must be an object, not a list.",
    ),
    "text_for_a_list": (
        '{"title": "T", "minutes": 90, "stations": "JPN-TIC"}',
        "/stations",
        "JPN-TIC",
        "wrong_type",
        "stations must be a list, not text.",
    ),
    "share_of_one": (
        '{"title": "T", "minutes": 90, "share": 1.0}',
        "/share",
        1.0,
        "too_large",
        "share must be less than 1.0.",
    ),
    "list_for_the_whole": ("[]", "", "[]", "wrong_type", "the body must be an object, not a list."),
    "text_for_the_whole": ('"x"', "", "x", "wrong_type", "the body must be an object, not text."),
    "a_secret_is_not_repeated": (
        '{"title": "T", "minutes": 90, "token": 12345678}',
        "/token",
        "(hidden)",
        "wrong_type",
        "token must be text, not a number.",
    ),
    "a_zero_byte": (
        '{"title": "a\\u0000b", "minutes": 90}',
        "/title",
        "a\x00b",
        "unstorable_text",
        "title holds U+0000, which no text can keep. Leave it out.",
    ),
    "half_a_surrogate_pair": (
        '{"title": "a\\ud83d", "minutes": 90}',
        "/title",
        "a?",
        "unstorable_text",
        "title holds U+D83D, which no text can keep. Leave it out.",
    ),
}


@pytest.mark.parametrize("name", FIELDS)
async def test_a_wrong_field_is_named_with_value_and_remedy(name: str) -> None:
    body, pointer, value, code, detail = FIELDS[name]

    async with serving(ROUTES) as client:
        status, answer = await post(client, body.encode())

    assert (status, answer) == (
        422,
        {
            "type": "urn:jicanet:problem:invalid_body",
            "title": "This cannot be taken as it stands",
            "status": 422,
            "code": "invalid_body",
            "detail": detail,
            "errors": [{"pointer": pointer, "value": value, "code": code, "detail": detail}],
        },
    )


async def test_several_wrong_fields_are_told_at_once() -> None:
    async with serving(ROUTES) as client:
        _, two = await post(client, b'{"title": 1, "minutes": 0}')
        _, three = await post(client, b'{"title": 1, "minutes": 0, "start": 2}')

    assert [error["pointer"] for error in three["errors"]] == ["/title", "/minutes", "/start"]
    assert two["detail"] == "title must be text, not a number. There is one more."
    assert three["detail"] == "title must be text, not a number. There are 2 more."


async def test_sixty_thousand_unknown_fields_give_twenty_complaints() -> None:
    body = json.dumps({"title": "T", "minutes": 90, **{f"x{n}": n for n in range(60_000)}}).encode()

    async with serving(ROUTES) as client:
        _, answer = await post(client, body)

    assert len(answer["errors"]) == 20


UNREADABLE: Mapping[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "body_missing", "There is no body. Send a JSON object."),
    "spaces": (b"  \n", "body_missing", "There is no body. Send a JSON object."),
    "not_json": (
        b'{"title": "T",\n "minutes": }',
        "not_json",
        "The body is not JSON: see line 2, column 13.",
    ),
    "single_quotes": (b"{'title': 1}", "not_json", "The body is not JSON: see line 1, column 2."),
    "a_byte_order_mark": (
        b"\xef\xbb\xbf{}",
        "not_json",
        "The body is not JSON: see line 1, column 1.",
    ),
    "not_utf8": (b'{"title": "\xff"}', "not_utf8", "The body is not UTF-8: see byte 11."),
    "doubled": (
        b'{"title": "a", "minutes": 90, "title": "b"}',
        "doubled_field",
        "title stands twice in the body. Send it once.",
    ),
    "doubled_inside": (
        b'{"title": "a", "minutes": 90, "start": {"local": "x", "local": "y"}}',
        "doubled_field",
        "start.local stands twice in the body. Send it once.",
    ),
    "nan": (
        b'{"title": "T", "minutes": 90, "share": NaN}',
        "not_a_number",
        "share is NaN, which is no number in JSON.",
    ),
    "infinity": (
        b'{"title": "T", "minutes": -Infinity}',
        "not_a_number",
        "minutes is -Infinity, which is no number in JSON.",
    ),
    "overflow": (
        b'{"title": "T", "minutes": 90, "share": 1e999}',
        "not_a_number",
        "share is 1e999, which is no number in JSON.",
    ),
    "deep_lists": (
        b"[" * 100_000 + b"]" * 100_000,
        "nested_too_deeply",
        "The body is nested more than 32 levels deep.",
    ),
    "deep_objects": (
        b'{"a":' * 33 + b"1" + b"}" * 33,
        "nested_too_deeply",
        "The body is nested more than 32 levels deep.",
    ),
    "five_thousand_digits": (
        b'{"minutes": ' + b"9" * 5000 + b"}",
        "number_too_long",
        "The body holds a number of thousands of digits.",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_unreadable_body_says_why(name: str) -> None:
    body, code, detail = UNREADABLE[name]

    async with serving(ROUTES) as client:
        status, answer = await post(client, body)

    assert (status, answer["code"], answer["detail"]) == (400, code, detail)
    assert answer["title"] == "The request cannot be read"


async def test_brackets_within_text_are_no_nesting() -> None:
    title = json.dumps("[{" * 9 + '\\"')

    async with serving(ROUTES) as client:
        status, _ = await post(client, b'{"title": %s, "minutes": 90}' % title.encode())

    assert status == 201


@pytest.mark.parametrize(
    ("content_type", "told"),
    [
        ("text/plain", "text/plain"),
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
        ("application/json; charset=shift_jis", "application/json; charset=shift_jis"),
        ("", "-"),
    ],
)
async def test_another_kind_of_body_is_415(content_type: str, told: str) -> None:
    async with serving(ROUTES) as client:
        status, answer = await post(client, b"{}", {"Content-Type": content_type})

    assert (status, answer["code"], answer["detail"]) == (
        415,
        "wrong_content_type",
        f'The body is "{told}". Send application/json in UTF-8 and say so in Content-Type.',
    )


async def test_a_broken_encoding_is_told() -> None:
    async with serving(ROUTES) as client:
        status, answer = await post(client, b"no gzip", {**JSON, "Content-Encoding": "gzip"})

    assert (status, answer["code"]) == (400, "broken_body")


async def test_a_compressed_bomb_is_cut_off() -> None:
    async with serving(ROUTES) as client:
        bomb = gzip.compress(b'"' + b"x" * 20_000_000 + b'"')
        status, answer = await post(client, bomb, {**JSON, "Content-Encoding": "gzip"})

    assert (status, answer["code"]) == (413, "body_too_large")


async def raw_exchange(client: Client, request: bytes) -> bytes:
    """Return the head of the answer to bytes that never become a whole request."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(request)
    await writer.drain()
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    writer.close()
    return answer


async def test_ten_megabytes_are_refused_before_they_come() -> None:
    head = b"POST /api/v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n"

    async with serving(ROUTES) as client:
        answer = await raw_exchange(client, head)

    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_of_unknown_length_is_read_to_the_limit_only() -> None:
    services = plain_services(body_limit_bytes=2048)
    head = b"POST /api/v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

    async with serving(ROUTES, services=services) as client:
        # The last chunk never comes: whoever waited for the end would wait for ever.
        answer = await raw_exchange(client, head + b"bb8\r\n" + b" " * 3000 + b"\r\n")

    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_the_limit_itself_is_taken() -> None:
    body = b'{"title": "T", "minutes": 90}'

    async with serving(ROUTES, services=plain_services(body_limit_bytes=1024)) as client:
        taken, _ = await post(client, body.ljust(1024))
        refused, answer = await post(client, body.ljust(1025))

    assert (taken, refused, answer["detail"]) == (
        201,
        413,
        "A body may have 1,024 bytes. Send less at a time.",
    )


@pytest.mark.parametrize(
    ("query", "name", "value", "code", "detail"),
    [
        ("limit=0", "limit", "0", "too_small", "limit must be at least 1."),
        ("limit=x", "limit", "x", "wrong_form", "limit must be a whole number."),
        ("limit=1&limit=2", "limit", "2", "doubled_field", "limit is given twice. Give it once."),
        ("from=tomorrow", "from", "tomorrow", "wrong_form", "from must be a date such as 2026-12-16."),
        ("qq=x", "qq", "x", "unknown_field", 'There is no field "qq". Is q meant?'),
        (
            "q=a%00b",
            "q",
            "a\x00b",
            "unstorable_text",
            "q holds U+0000, which no text can keep. Leave it out.",
        ),
    ],
)
async def test_a_wrong_parameter_is_named(query: str, name: str, value: str, code: str, detail: str) -> None:
    async with serving(ROUTES) as client:
        response = await client.get(f"{THINGS}?{query}")
        answer = await response.json(content_type="application/problem+json")

    assert (response.status, answer["code"]) == (422, "invalid_query")
    assert answer["errors"] == [{"pointer": name, "value": value, "code": code, "detail": detail}]


async def test_query_strings_are_read_as_what_is_wanted() -> None:
    async with serving(ROUTES) as client:
        response = await client.get(f"{THINGS}?limit=7&station=A&station=B&from=2026-12-16&q=%E6%B0%B4")

        assert await response.json() == {"q": "水", "limit": 7, "station": ["A", "B"], "from": "2026-12-16"}


async def test_a_zero_byte_in_the_path_is_not_found() -> None:
    async with serving(ROUTES) as client:
        response = await client.get(f"{THINGS}/a%00b")

        assert (response.status, (await response.json(content_type=None))["code"]) == (404, "no_such_address")


@pytest.mark.parametrize("key", ["a b", "x" * 201, "é"])
async def test_a_bad_idempotency_key_is_refused(key: str) -> None:
    async with serving(ROUTES) as client:
        response = await client.post(
            "/api/v1/keys", json={"title": "T", "minutes": 90}, headers={"Idempotency-Key": key}
        )
        answer = await response.json(content_type="application/problem+json")

    assert (response.status, answer["code"], answer["errors"][0]["pointer"]) == (
        422,
        "bad_idempotency_key",
        "Idempotency-Key",
    )


async def test_the_key_and_the_hash_of_the_bytes_reach_the_handler() -> None:
    async with serving(ROUTES) as client:
        body = b'{"title": "T", "minutes": 90}'
        response = await client.post("/api/v1/keys", data=body, headers={**JSON, "Idempotency-Key": "k-1"})

        assert await response.json() == {
            "key": "k-1",
            "hash": hashlib.sha256(body).hexdigest(),
        }
