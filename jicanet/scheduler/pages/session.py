"""The page of a session: how it stands, who takes part, and what was done."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.scheduler import service
from jicanet.scheduler.domain.day import SessionMoment
from jicanet.scheduler.forms.acts import MomentQuery
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.render import moment as moments
from jicanet.scheduler.render.done import done_box
from jicanet.scheduler.render.history import SHOWN, HistoryLine, history
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.seats import answer_counts, person_rows, seat_rows
from jicanet.scheduler.render.standing import head_ways, standing, takes_part
from jicanet.web.answers import page_answer
from jicanet.web.call import Call
from jicanet.web.keys import SITE
from jicanet.web.routes import Route

CHANGE = "/sessions/{ref}/change"


async def session(call: Call) -> web.StreamResponse:
    """Answer with one session on every site's clock."""
    found = await service.session_moment(call.services, call.actor, call.path["ref"])
    view, reader = found.view, reader_of(call)
    query = call.query_as(MomentQuery)
    shoulder = call.services.settings.shoulder_minutes
    site = call.request.app[SITE]
    lines, shown = _history(found, reader, whole=bool(query.history))
    can_change = site.has(CHANGE)
    return page_answer(
        call,
        "scheduler/session.html",
        view=view,
        session=view.session,
        host=view.stations[view.session.host],
        powers=found.powers,
        box=done_box(found, query.done, call.actor.name, reader) or standing(found, reader),
        ways=head_ways(found, reader, can_change=can_change),
        can_add=found.powers.changes and moments.is_open(view, reader),
        can_change=can_change,
        answers_by_mail=takes_part(found, reader, call.actor.email),
        changes=sum(line.what == "session-changed" for line in found.ledger),
        world=moments.world(found, reader, shoulder=shoulder),
        seats=seat_rows(found, reader),
        counts=answer_counts(view, reader),
        people=person_rows(found, reader),
        without_mailbox=moments.without_mailbox(view, reader),
        materials=moments.shown_materials(view, reader),
        about=moments.about(view, reader),
        lines=shown,
        more_lines=len(lines) if len(lines) > len(shown) else 0,
        more=moments.under_hero(view, reader),
        state=moments.state(view, reader),
        remark=moments.remark(view, reader),
        shoulder=shoulder,
        has_stations=site.has("/stations/{code}"),
        has_library=site.has("/library/{code}"),
    )


def _history(
    found: SessionMoment, reader: Reader, *, whole: bool
) -> tuple[Sequence[HistoryLine], Sequence[HistoryLine]]:
    """Return the ledger and what is shown of it; nothing to those who do not manage the session."""
    if not found.powers.manages:
        return (), ()
    lines = history(found.ledger, found.view, reader, people=_people(found))
    return lines, lines if whole else lines[:SHOWN]


def _people(found: SessionMoment) -> Mapping[str, str]:
    """Return the names of the users that the page knows, by what the audit trail keeps of them."""
    known = (found.view.coordinator, found.requester)
    return {contact.email: contact.name for contact in known if contact is not None}


ROUTES = (
    Route(
        "GET",
        "/sessions/{ref}",
        session,
        permission=Action.SEE_SESSIONS,
        summary="One session",
        query=MomentQuery,
        refusals=("404 unknown_session",),
        media="page",
    ),
)
