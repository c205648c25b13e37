"""The first page, and the page of a session."""

from datetime import date, timedelta

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.core.errors import Invalid
from jicanet.core.text import message
from jicanet.scheduler import service
from jicanet.scheduler.domain.times import FIRST_YEAR, LAST_YEAR
from jicanet.scheduler.forms import DayQuery
from jicanet.scheduler.render import moment as moments
from jicanet.scheduler.render.agenda import agenda
from jicanet.scheduler.render.day import diagram
from jicanet.scheduler.render.mail import mail_lines
from jicanet.scheduler.render.reader import Reader
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
    reader = _reader(call)
    return page_answer(
        call,
        "scheduler/now.html",
        day=day,
        today=today,
        before=day - _DAY,
        after=day + _DAY,
        found=found,
        parts=agenda(found, reader),
        diagram=diagram(found, reader, shoulder=call.services.settings.shoulder_minutes),
        shoulder=call.services.settings.shoulder_minutes,
    )


async def session(call: Call) -> web.StreamResponse:
    """Answer with one session on every site's clock."""
    found = await service.session_moment(call.services, call.actor, call.path["ref"])
    view, reader = found.view, _reader(call)
    shoulder = call.services.settings.shoulder_minutes
    site = call.request.app[SITE]
    return page_answer(
        call,
        "scheduler/session.html",
        view=view,
        session=view.session,
        host=view.stations[view.session.host],
        world=moments.world(found, reader, shoulder=shoulder),
        seats=moments.seat_rows(view, reader),
        without_mailbox=moments.without_mailbox(view, reader),
        materials=moments.shown_materials(view, reader),
        about=moments.about(view, reader),
        mails=mail_lines(found.deliveries or (), view, reader),
        more=moments.under_hero(view, reader),
        state=moments.state(view, reader),
        remark=moments.remark(view, reader),
        shoulder=shoulder,
        has_stations=site.has("/stations/{code}"),
        has_library=site.has("/library/{code}"),
    )


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


def _reader(call: Call) -> Reader:
    return Reader(lang=call.lang, translate=call.translate, zone=call.zone, now=call.now)


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
    Route(
        "GET",
        "/sessions/{ref}",
        session,
        permission=Action.SEE_SESSIONS,
        summary="One session",
        refusals=("404 unknown_session",),
        media="page",
    ),
)
