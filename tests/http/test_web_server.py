"""What is no readable HTTP gets an answer of ours too, and ends its connection."""

import asyncio
import json

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from jicanet.core.actor import STRANGER, Action
from jicanet.web.answers import json_answer
from jicanet.web.app import build_web
from jicanet.web.call import Call
from jicanet.web.middlewares import SECURITY_HEADERS
from jicanet.web.routes import Route
from jicanet.web.server import listening
from tests.support.web import known_as, plain_services

SECRET = "jnf-secret-address"


async def data(_call: Call) -> web.StreamResponse:
    return json_answer({"ok": True})


ROUTES = (Route("GET", "/api/v1/data", data, Action.READ_PUBLIC, "Data"),)


async def exchanged(port: int, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the answer to raw bytes, after which the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    received = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize(
    "sent",
    [
        f"GET /feeds/{SECRET}.ics?{'x' * 9000} HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        f"GET /api/v1/data HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {SECRET}{'x' * 9000}\r\n\r\n".encode(),
        f"GET /api/v1/data HTTP/1.1\r\nHost: a\r\n{SECRET}\r\n\r\n".encode(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 no HTTP \r\n\r\n",
    ],
    ids=["long_line", "long_header", "broken_header", "no_http"],
)
async def test_what_is_no_readable_request_is_refused_as_a_problem(sent: bytes) -> None:
    app = build_web(plain_services(), ROUTES, known_as(STRANGER))
    with capture_logs() as lines:
        async with listening(app, "127.0.0.1", 0) as port:
            status, headers, body = await exchanged(port, sent)

    problem = json.loads(body)
    assert (status, headers["Content-Type"]) == (400, "application/problem+json")
    assert (problem["status"], problem["code"]) == (400, "unreadable_request")
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
    assert SECRET not in body.decode()
    assert [line["event"] for line in lines] == ["unreadable request"]
    assert SECRET not in str(lines)


async def test_a_readable_request_goes_on_as_before() -> None:
    app = build_web(plain_services(), ROUTES, known_as(STRANGER))
    async with listening(app, "127.0.0.1", 0) as port:
        status, headers, body = await exchanged(
            port, b"GET /api/v1/data HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )

    assert (status, headers["Server"], body) == (200, "jicanet", b'{"ok":true}')
