"""The feeds over HTTP: opened and closed by the API, read by anybody who knows the address."""

import re
from datetime import UTC
from email.utils import format_datetime
from typing import Annotated, Literal

from aiohttp import hdrs, web
from pydantic import Field

from jicanet.core.actor import Action
from jicanet.core.errors import NotFound
from jicanet.core.text import message
from jicanet.feeds import service
from jicanet.feeds.service import FeedBody
from jicanet.web.answers import json_answer, takes_gzip
from jicanet.web.call import Call
from jicanet.web.keys import CATALOGUES
from jicanet.web.models import Body
from jicanet.web.routes import Route

BODIES: web.AppKey[service.FeedBodies] = web.AppKey("feed_bodies", service.FeedBodies)
_WEAK = re.compile(r"^W/")


class FeedIn(Body):
    """A feed that is asked for: of one station, in one language."""

    kind: Literal["station"]
    value: Annotated[
        str, Field(min_length=1, max_length=20, description="Station code.", examples=["KEN-NBO"])
    ]
    language: Annotated[
        Literal["en", "ja"] | None,
        Field(description="Language of the texts; default is the first of the station's that we speak."),
    ] = None


class FeedOut(Body):
    """A feed and its secret address, shown this once."""

    id: int
    url: str


async def open_feed(call: Call) -> web.StreamResponse:
    """Answer with the new feed's id and secret address."""
    asked = call.body_as(FeedIn)
    opened = await service.open_feed(call.services, call.actor, station=asked.value, language=asked.language)
    return json_answer(
        {"id": opened.id, "url": opened.url}, 201, {hdrs.LOCATION: f"/api/v1/feeds/{opened.id}"}
    )


async def close_feed(call: Call) -> web.StreamResponse:
    """Revoke the feed's address."""
    given = call.path["id"]
    if not re.fullmatch(r"[0-9]{1,15}", given):
        raise NotFound("unknown_feed", message("There is no feed %(id)s.", id=given[:20]))
    await service.close_feed(call.services, call.actor, int(given))
    return web.Response(status=204)


async def read_feed(call: Call) -> web.StreamResponse:
    """Answer with the calendar, or 304 when the client has these very bytes."""
    app = call.request.app
    body = await service.feed_body(call.services, app[BODIES], call.path["token"], catalogues=app[CATALOGUES])
    is_gzip = takes_gzip(call.request)
    etag = f'"{body.compressed_etag if is_gzip else body.etag}"'
    headers = {
        hdrs.ETAG: etag,
        hdrs.LAST_MODIFIED: format_datetime(body.changed_at.astimezone(UTC), usegmt=True),
        hdrs.CACHE_CONTROL: "private, no-cache",
        hdrs.VARY: "Accept-Encoding",
    }
    if _is_known(call.request, body):
        return web.Response(status=304, headers=headers)
    if is_gzip:
        headers[hdrs.CONTENT_ENCODING] = "gzip"
    return web.Response(
        body=body.compressed if is_gzip else body.content,
        headers=headers,
        content_type="text/calendar",
        charset="utf-8",
    )


def _is_known(request: web.Request, body: FeedBody) -> bool:
    """Say whether the client's copy is current: its ETag of either encoding (RFC 9110 13.1.2)."""
    given = request.headers.get(hdrs.IF_NONE_MATCH)
    if given is not None:
        tags = {_WEAK.sub("", tag.strip()).strip('"') for tag in given.split(",")}
        return "*" in tags or bool(tags & {body.etag, body.compressed_etag})
    return False


ROUTES = (
    Route(
        "POST",
        "/api/v1/feeds",
        open_feed,
        permission=Action.MANAGE_FEEDS,
        summary="Open a calendar feed",
        description="Answers with a secret address that calendar programs subscribe to. It is shown this once.",
        body=FeedIn,
        answers={201: FeedOut},
        refusals=("unknown_station",),
        tags=("feeds",),
    ),
    Route(
        "DELETE",
        "/api/v1/feeds/{id}",
        close_feed,
        permission=Action.MANAGE_FEEDS,
        summary="Revoke a calendar feed",
        description="Its address answers 404 from now on, as an unknown one does.",
        answers={204: None},
        refusals=("404 unknown_feed",),
        tags=("feeds",),
    ),
    Route(
        "GET",
        "/feeds/{token}.ics",
        read_feed,
        permission=Action.READ_PUBLIC,
        summary="A station's calendar",
        description="Strong ETag by encoding, HEAD, gzip; 304 to whom sends the ETag as If-None-Match. The "
        "address is the permission.",
        answers={200: "text/calendar", 304: None},
        refusals=("404 unknown_feed",),
        media="calendar",
        tags=("feeds",),
    ),
)
