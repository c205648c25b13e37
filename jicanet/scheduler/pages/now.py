"""The first page: the day across the world."""

from datetime import date, timedelta

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.core.errors import Invalid
from jicanet.core.text import message
from jicanet.scheduler import service
from jicanet.scheduler.domain.times import FIRST_YEAR, LAST_YEAR
from jicanet.scheduler.forms import DayQuery
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.render.agenda import agenda
from jicanet.scheduler.render.day import diagram
from jicanet.scheduler.render.waits import SHOWN, waits
from jicanet.web.answers import page_answer
from jicanet.web.call import Call
from jicanet.web.keys import SITE
from jicanet.web.routes import Route

_DAY = timedelta(days=1)


async def now(call: Call) -> web.StreamResponse:
    """Answer with a day across the world, today unless said."""
    today = call.local_now.date()
    day = _within(call.query_as(DayQuery).date) or today
    found = await service.day_of_world(call.services, call.actor, day=day, zone=call.zone)
    reader = reader_of(call)
    waiting = waits(found.waits, reader)
    return page_answer(
        call,
        "scheduler/now.html",
        day=day,
        today=today,
        before=day - _DAY,
        after=day + _DAY,
        found=found,
        parts=agenda(found, reader),
        waits=waiting[:SHOWN],
        more_waits=len(waiting) if len(waiting) > SHOWN else 0,
        decides=call.services.may(call.actor, Action.MANAGE_SESSION),
        book=_book(call),
        diagram=diagram(found, reader, shoulder=call.services.settings.shoulder_minutes),
        shoulder=call.services.settings.shoulder_minutes,
    )


def _book(call: Call) -> str:
    """Return what the way to the form of a session says, empty for whom there is none."""
    if not call.request.app[SITE].has("/book") or not call.services.may(call.actor, Action.ASK_SESSION):
        return ""
    books = call.services.may(call.actor, Action.BOOK_SESSION)
    return call.say(message("Book") if books else message("Ask for a session"))


def _within(day: date | None) -> date | None:
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        detail = message(
            "The year %(year)s is not between %(first)s and %(last)s.",
            year=f"{day.year:04}",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
        raise Invalid.field("date", day.isoformat(), "bad_date", detail)
    return day


ROUTES = (
    Route(
        "GET",
        "/",
        now,
        permission=Action.SEE_SESSIONS,
        summary="Now: the day across the world",
        query=DayQuery,
        media="page",
    ),
)
