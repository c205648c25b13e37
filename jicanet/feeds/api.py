"""The feeds over HTTP: opened, listed and closed by the API, read by anybody who knows the address."""

import re
from datetime import UTC
from email.utils import format_datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from aiohttp import hdrs, web
from pydantic import BaseModel, Field

from jicanet.core.actor import Action
from jicanet.core.errors import NotFound
from jicanet.core.text import message
from jicanet.feeds import service
from jicanet.feeds.service import FeedBody
from jicanet.feeds.store import Feed
from jicanet.scheduler.domain.times import instant_text
from jicanet.web.answers import json_answer, takes_gzip
from jicanet.web.call import Call
from jicanet.web.keys import CATALOGUES
from jicanet.web.models import Body, Query
from jicanet.web.routes import Route

FEEDS = "/api/v1/feeds"
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
    private: Annotated[
        bool,
        Field(
            description="Adds holds, as tentative, the titles of sessions for participants, and the join link."
        ),
    ] = False


class FeedOut(Body):
    """A feed and its secret address, shown this once."""

    id: int
    url: str


class FeedsQuery(Query):
    """Which part of the list of feeds."""

    limit: int = Field(default=50, ge=1, le=200, description="Most feeds in one answer.")
    after: int = Field(default=0, ge=0, le=2**31 - 1, description="Go on after this id; `next` says it.")


class ListedFeedOut(BaseModel):
    """A feed without its address, which nobody can tell any more."""

    id: int
    kind: Literal["station"]
    value: str
    language: Literal["en", "ja"]
    private: bool
    created_at: str
    created_by: str


class FeedsOut(BaseModel):
    """Feeds by id; `next` is the relative address of the following ones, or null."""

    items: list[ListedFeedOut]
    next: str | None


async def open_feed(call: Call) -> web.StreamResponse:
    """Answer with the new feed's id and secret address."""
    asked = call.body_as(FeedIn)
    opened = await service.open_feed(
        call.services, call.actor, station=asked.value, language=asked.language, private=asked.private
    )
    return json_answer({"id": opened.id, "url": opened.url}, 201, {hdrs.LOCATION: f"{FEEDS}/{opened.id}"})


async def list_feeds(call: Call) -> web.StreamResponse:
    """Answer with a part of the feeds that the asker manages."""
    asked = call.query_as(FeedsQuery)
    found = await service.feeds(call.services, call.actor, after=asked.after, limit=asked.limit)
    following = None
    if found.after is not None:
        kept = asked.model_dump(exclude_defaults=True, exclude={"after"})
        following = f"{FEEDS}?{urlencode({**kept, 'after': found.after})}"
    return json_answer({"items": [_listed(feed) for feed in found.items], "next": following})


def _listed(feed: Feed) -> dict[str, object]:
    return {
        "id": feed.id,
        "kind": feed.kind,
        "value": feed.station,
        "language": feed.language,
        "private": feed.private,
        "created_at": instant_text(feed.created_at),
        "created_by": feed.created_by,
    }


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
        # Whoever knows the address reads it, so no page hears of it and no search engine keeps it.
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
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
        FEEDS,
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
        "GET",
        FEEDS,
        list_feeds,
        permission=Action.MANAGE_FEEDS,
        summary="List calendar feeds",
        description="Those that are open, of the stations whose feeds the asker manages. An address is never "
        "shown again.",
        query=FeedsQuery,
        answers={200: FeedsOut},
        tags=("feeds",),
    ),
    Route(
        "DELETE",
        f"{FEEDS}/{{id}}",
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
        "address is the permission. What is cancelled stays as CANCELLED for 30 days; a private feed has "
        "holds as TENTATIVE.",
        answers={200: "text/calendar", 304: None},
        refusals=("404 unknown_feed",),
        media="calendar",
        tags=("feeds",),
    ),
)
