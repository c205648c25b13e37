"""The queue: requests and holds that wait for somebody who may decide, and one's own requests."""

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.scheduler import service
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.pages.session import CHANGE
from jicanet.scheduler.render.queue import queue_rows
from jicanet.web.answers import page_answer
from jicanet.web.call import Call
from jicanet.web.keys import SITE
from jicanet.web.routes import Route


async def queue(call: Call) -> web.StreamResponse:
    """Answer with what waits for a decision, by start, and how one's own requests ended."""
    found = await service.requests(call.services, call.actor)
    site, reader = call.request.app[SITE], reader_of(call)
    can_change = site.has(CHANGE)
    rows = queue_rows(found.waiting, reader, can_change=can_change)
    return page_answer(
        call,
        "scheduler/requests.html",
        asked=[row for row in rows if row.status == Status.REQUESTED],
        held=[row for row in rows if row.status == Status.HOLD],
        ended=queue_rows(found.ended, reader, can_change=can_change),
        days=service.ENDED_FOR.days,
        decides=call.services.may(call.actor, Action.MANAGE_SESSION),
        can_ask=site.has("/book"),
    )


ROUTES = (
    Route(
        "GET",
        "/requests",
        queue,
        permission=Action.ASK_SESSION,
        summary="Requests and holds that wait",
        media="page",
    ),
)
