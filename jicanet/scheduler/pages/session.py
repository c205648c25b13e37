"""The page of a session."""

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.scheduler import service
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.render import moment as moments
from jicanet.scheduler.render.mail import mail_lines
from jicanet.web.answers import page_answer
from jicanet.web.call import Call
from jicanet.web.keys import SITE
from jicanet.web.routes import Route


async def session(call: Call) -> web.StreamResponse:
    """Answer with one session on every site's clock."""
    found = await service.session_moment(call.services, call.actor, call.path["ref"])
    view, reader = found.view, reader_of(call)
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


ROUTES = (
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
