"""Adding a station to a session: chosen first, then looked at with its hours, clashes and mails, then added."""

from dataclasses import dataclass, replace
from http import HTTPStatus

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.core.errors import Refusal
from jicanet.core.text import message
from jicanet.scheduler import service
from jicanet.scheduler.domain import conflicts
from jicanet.scheduler.domain.day import SessionMoment
from jicanet.scheduler.domain.patching import patched
from jicanet.scheduler.forms.acts import AddForm, PartQuery, with_station
from jicanet.scheduler.pages.acts import REFUSED, after, refused_page
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.pages.seats import change, changing, tongues
from jicanet.scheduler.pages.sheet import ticket_of
from jicanet.scheduler.render import moment as moments
from jicanet.scheduler.render.acts import add_page, told_lines
from jicanet.scheduler.render.answers import notices_json
from jicanet.scheduler.render.box import Box
from jicanet.scheduler.render.clashes import refused_box
from jicanet.scheduler.render.obstacles import obstacle_lines
from jicanet.scheduler.render.parts import part_names
from jicanet.scheduler.render.places import place_names
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.ticket import first_to_know
from jicanet.scheduler.service.sheet import Judged, judge
from jicanet.stations import service as stations
from jicanet.stations.domain.listing import StationFilter
from jicanet.web.answers import page_answer, redirect
from jicanet.web.call import Call
from jicanet.web.routes import Route

_ALL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A station as it was chosen, "" for none, with the session as it would be, None before that is judged."""

    code: str = ""
    judged: Judged | None = None
    error: str = ""
    box: Box | None = None
    status: int = HTTPStatus.OK


async def show_add(call: Call) -> web.StreamResponse:
    """Answer with the stations to choose from and, once one is chosen, with what adding it comes to."""
    moment = await changing(call)
    code = call.query_as(PartQuery).part.strip().upper()
    if code in moment.view.stored.codes:
        return redirect(call, f"/sessions/{moment.view.session.ref}")
    return await _page(call, moment, await _looked(call, moment, code) if code else _Choice())


async def add(call: Call) -> web.StreamResponse:
    """Add a station whose hour was looked at; one that is in it already stays as it is."""
    form = call.body_as(AddForm)
    moment = await changing(call)
    view = moment.view
    if form.part in view.stored.codes:
        return redirect(call, f"/sessions/{view.session.ref}")
    if form.revision in {None, view.session.revision}:
        choice = await _looked(call, moment, form.part)
        if choice.error:
            return await _page(call, moment, choice)
        if box := _unseen(call, moment, choice.judged, form.seen):
            return await _page(call, moment, replace(choice, box=box))
    try:
        done = await change(call, form, moment, with_station(view.stored, form.part))
    except REFUSED as refusal:
        return await _refused(call, form.part, refusal)
    return redirect(call, after(done))


async def _looked(call: Call, moment: SessionMoment, code: str) -> _Choice:
    """Return a choice with its judgement, or with what is wrong with it; nothing is stored."""
    if not code:
        first = call.say(message("Choose a station first."))
        return _Choice(error=first, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    before = moment.view.stored
    request = patched(before, with_station(before, code))
    judged = await judge(call.services, call.actor, request, before=before)
    if judged.errors or judged.view is None:
        said = " ".join(call.say(error.detail) for error in judged.errors)
        return _Choice(code=code, error=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _Choice(code=code, judged=judged)


def _unseen(call: Call, moment: SessionMoment, judged: Judged | None, agreed: str) -> Box | None:
    """Return what to say where sites are asked to open for hours that nobody has looked at yet."""
    if judged is None or judged.view is None or not moment.view.session.status.invites:
        return None
    first = None if judged.clashes else first_to_know(judged.view, agreed)
    return Box(kind="warning", title=call.say(first)) if first else None


async def _refused(call: Call, code: str, refusal: Refusal) -> web.StreamResponse:
    """Answer with what was in the way; the choice is kept, and judged anew by the session as it is now."""
    moment = await service.session_moment(call.services, call.actor, call.path["ref"])
    view, reader = moment.view, reader_of(call)
    if not moments.is_open(view, reader):
        return await refused_page(call, refusal)
    if code in view.stored.codes:
        return redirect(call, f"/sessions/{view.session.ref}")
    choice = await _looked(call, moment, code)
    if not choice.error:
        known = choice.judged.view if choice.judged and choice.judged.view else view
        box = refused_box(refusal, view, reader, names=part_names(known, reader), link=True)
        choice = replace(choice, box=box, status=refusal.status)
    return await _page(call, moment, choice)


async def _page(call: Call, moment: SessionMoment, choice: _Choice) -> web.StreamResponse:
    view, reader, judged = moment.view, reader_of(call), choice.judged
    everyone = await stations.list_stations(call.services, call.actor, StationFilter(), limit=_ALL)
    names = place_names((record.station for record in everyone.items), call.lang, call.translate)
    offered = ((code, f"{name} ({code})") for code, name in names.items() if code not in view.stored.codes)
    drawn = ticket_of(call, judged, clock=view.session.zone) if judged else None
    is_taken = bool(judged and judged.clashes) and view.session.status.occupies
    box = choice.box or (_taken(judged, reader) if judged and is_taken else None)
    lines = obstacle_lines(judged.clashes, judged.view, reader) if judged and judged.view else ()
    return page_answer(
        call,
        "scheduler/add.html",
        status=choice.status,
        act=add_page(view.session.status, reader, told=drawn.mails if drawn else 0),
        session=view.session,
        state=moments.state(view, reader),
        more=moments.under_hero(view, reader),
        choices=sorted(offered, key=lambda each: each[1]),
        chosen=choice.code,
        error=choice.error,
        box=box,
        ticket=drawn,
        added=drawn.hour(choice.code) if drawn else None,
        in_the_way=() if box and box.kind == "refusal" else lines,
        can_be=not is_taken,
        told=_told(call, moment, judged) if judged else (),
    )


def _taken(judged: Judged, reader: Reader) -> Box | None:
    """Return the box of what is in the way, as the refusal that adding would meet says it."""
    if judged.view is None:
        return None
    return refused_box(conflicts.refusal(judged.clashes), judged.view, reader, link=True)


def _told(call: Call, moment: SessionMoment, judged: Judged) -> tuple[tuple[str, str], ...]:
    if judged.view is None:
        return ()
    found = notices_json(judged.view, judged.notices, tongues=tongues(call), before=moment.view.stored)
    return told_lines(found, judged.view, reader_of(call))


ROUTES = (
    Route(
        "GET",
        "/sessions/{ref}/add",
        show_add,
        permission=Action.ASK_SESSION,
        summary="Choose a station and see what adding it comes to",
        query=PartQuery,
        media="page",
    ),
    Route(
        "POST",
        "/sessions/{ref}/add",
        add,
        permission=Action.ASK_SESSION,
        summary="Add a station",
        body=AddForm,
        media="page",
    ),
)
