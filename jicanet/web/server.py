"""Listening on a port, with our own answer also to what cannot be read as HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import hdrs, web

from jicanet.core.text import message
from jicanet.web.middlewares import SECURITY_HEADERS
from jicanet.web.problem import as_document
from jicanet.web.refusals import Fault, Malformed

log = structlog.get_logger("jicanet.web")

_SHUTDOWN_SECONDS = 5
_HEADERS = {**SECURITY_HEADERS, hdrs.SERVER: "jicanet"}
_UNREADABLE = Malformed(
    "unreadable_request",
    message("The request cannot be read as HTTP: its first line or a header is too long or broken."),
)
_FAULT = Fault("internal_fault", message("The fault is ours and has been noted."))


class Connection(web.RequestHandler):
    """One client's connection. No middleware sees a request that aiohttp's parser gave up on."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp's words repeat the line and its secrets
    ) -> web.StreamResponse:
        """Return a problem document and close the connection; ConnectionError if an answer has begun."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun: no other can follow")
        is_theirs = status < HTTPStatus.INTERNAL_SERVER_ERROR
        if is_theirs:
            log.info("unreadable request", error=type(exc).__name__)
        else:
            log.error("fault", method=request.method, route="none", exc_info=exc)
        answer = as_document(_UNREADABLE if is_theirs else _FAULT, _HEADERS)
        answer.force_close()
        return answer


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve the application while the context is open; give the port, a free one for 0.

    At the end new connections are refused, and requests on their way have five seconds. OSError if the
    address is taken.
    """
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        loop = asyncio.get_running_loop()
        # `server` is there from set-up on, and the middlewares write the access log.
        options: Any = {"manager": runner.server, "loop": loop, "access_log": None}
        door = await loop.create_server(lambda: Connection(**options), host, port)
        try:
            yield door.sockets[0].getsockname()[1]
        finally:
            door.close()
    finally:
        await runner.cleanup()
