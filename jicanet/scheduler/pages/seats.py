"""Acts on one part of a session: answer for a station, take a part off the list, add a station."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.core.errors import Forbidden, Invalid, NotFound, Refusal
from jicanet.core.text import Translate, message
from jicanet.scheduler import service
from jicanet.scheduler.domain.day import SessionMoment
from jicanet.scheduler.domain.life import check_not_over, wrong_status
from jicanet.scheduler.domain.patching import Patch
from jicanet.scheduler.domain.record import SeatRecord
from jicanet.scheduler.domain.words import Answer, Status, Via
from jicanet.scheduler.forms.acts import PartForm, PartQuery, SeatForm, with_station, without
from jicanet.scheduler.pages.acts import REFUSED, after, form_page, not_permitted, refused_page
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.render import moment as moments
from jicanet.scheduler.render.acts import add_page, remove_page
from jicanet.scheduler.render.answer import accept_words, unusual_of
from jicanet.scheduler.render.clashes import refused_box
from jicanet.scheduler.render.parts import part_names, part_of, zone_of
from jicanet.scheduler.render.places import own_name, place_names
from jicanet.scheduler.service import ANY, BookedSession, Match
from jicanet.stations import service as stations
from jicanet.stations.domain.listing import StationFilter
from jicanet.web import words
from jicanet.web.answers import page_answer, redirect
from jicanet.web.call import Call
from jicanet.web.keys import CATALOGUES
from jicanet.web.routes import Route

_ALL = 200


async def show_answer(call: Call) -> web.StreamResponse:
    """Answer with the page on which somebody answers for a station."""
    moment = await service.session_moment(call.services, call.actor, call.path["ref"])
    return _answer_page(call, moment, _seat(moment, call.query_as(PartQuery).part))


async def answer(call: Call) -> web.StreamResponse:
    """Store an answer for a station, or ask it again."""
    form, ref = call.body_as(SeatForm), call.path["ref"]
    try:
        done = await service.answer_seat(
            call.services, call.actor, ref, form.part, answer=form.answer, words=form.words, via=Via.PAGE
        )
    except REFUSED as refusal:
        moment = await service.session_moment(call.services, call.actor, ref)
        seat = part_of(form.part, moment.view)
        if form.answer is Answer.NEEDS_ACTION or not isinstance(seat, SeatRecord):
            return await refused_page(call, refusal)
        return _answer_page(call, moment, seat, chosen=form.answer.value, typed=form.words, refusal=refusal)
    return redirect(call, after(done))


def _seat(moment: SessionMoment, handle: str) -> SeatRecord:
    """Return the seat that is answered for; raises NotFound `unknown_seat` and Forbidden."""
    seat = part_of(handle, moment.view)
    if not isinstance(seat, SeatRecord):
        raise _unknown(moment, handle)
    if seat.station not in moment.powers.answers:
        detail = message(
            "%(code)s answers by its own people, by its coordinators or by the link in its mail.",
            code=seat.station,
        )
        raise Forbidden("not_permitted", detail)
    return seat


def _unknown(moment: SessionMoment, handle: str) -> NotFound:
    detail = message("%(code)s has no seat in %(ref)s.", code=handle[:20], ref=moment.view.session.ref)
    return NotFound("unknown_seat", detail)


def _answer_page(
    call: Call,
    moment: SessionMoment,
    seat: SeatRecord,
    *,
    chosen: str = "",
    typed: str = "",
    refusal: Refusal | None = None,
) -> web.StreamResponse:
    view, reader = moment.view, reader_of(call)
    if refusal is None:
        if not view.session.status.occupies:
            raise wrong_status(view.session)
        check_not_over(view.stored, call.now)
    there = replace(reader, zone=zone_of(seat, view))
    unusual = unusual_of([seat], view, there)
    station = view.stations[seat.station]
    return page_answer(
        call,
        "scheduler/seat.html",
        status=HTTPStatus.OK if refusal is None else refusal.status,
        session=view.session,
        state=moments.state(view, reader),
        seat=seat,
        name=part_names(view, reader)[seat.key],
        own=own_name(station, call.lang),
        here=there.zone,
        city=call.translate(station.city),
        offset=words.offset(there.zone.local(view.session.starts_at)),
        unusual=unusual,
        accept=call.say(accept_words(unusual)),
        chosen=chosen,
        given="" if seat.answer is Answer.NEEDS_ACTION else seat.answer.value,
        typed=typed,
        box=None if refusal is None else refused_box(refusal, view, reader, link=True),
        may_ask=moment.powers.manages and seat.withdrawn,
        may_remove=moment.powers.changes and seat.station != view.session.host,
    )


async def show_remove(call: Call) -> web.StreamResponse:
    """Answer with what taking a part off the list means."""
    moment = await _changing(call)
    handle = call.query_as(PartQuery).part
    return await _remove_page(call, moment, handle)


async def remove(call: Call) -> web.StreamResponse:
    """Take a part off the list; what is off it already stays so."""
    form = call.body_as(PartForm)
    moment = await _changing(call)
    part = part_of(form.part, moment.view)
    if part is None:
        return redirect(call, f"/sessions/{moment.view.session.ref}")
    try:
        done = await _change(call, form, moment, without(moment.view.stored, part))
    except REFUSED as refusal:
        moment = await service.session_moment(call.services, call.actor, call.path["ref"])
        return await _remove_page(call, moment, form.part, refusal=refusal)
    return redirect(call, after(done))


async def _remove_page(
    call: Call, moment: SessionMoment, handle: str, *, refusal: Refusal | None = None
) -> web.StreamResponse:
    view, reader = moment.view, reader_of(call)
    part = part_of(handle, view)
    if part is None or part.key == view.session.host:
        raise _unknown(moment, handle)
    patch = without(view.stored, part)
    try:
        judged = await service.check_change(
            call.services, call.actor, view.session.ref, patch, match=ANY, tongues=_tongues(call)
        )
    except Invalid as impossible:
        return await refused_page(call, impossible)
    names = part_names(view, reader)
    page = remove_page(names[part.key], told=len(judged["notices"]), reader=reader)
    return form_page(
        call,
        moment,
        page,
        status=HTTPStatus.OK if refusal is None else refusal.status,
        box=None if refusal is None else refused_box(refusal, view, reader, link=True),
        fields=[("part", handle), ("revision", str(view.session.revision))],
        told=[
            (words.listed((names.get(key, key) for key in notice["recipient"]), call.lang), notice["subject"])
            for notice in judged["notices"]
        ],
    )


async def show_add(call: Call) -> web.StreamResponse:
    """Answer with the stations that can be added."""
    return await _add_page(call, await _changing(call))


async def add(call: Call) -> web.StreamResponse:
    """Add a station; one that is in it already stays as it is."""
    form = call.body_as(PartForm)
    moment = await _changing(call)
    view = moment.view
    if not form.part:
        missing = Invalid.field("/part", "", "unknown_station", message("Choose a station first."))
        return await _add_page(call, moment, refusal=missing)
    if form.part in view.stored.codes:
        return redirect(call, f"/sessions/{view.session.ref}")
    try:
        done = await _change(call, form, moment, with_station(view.stored, form.part))
    except REFUSED as refusal:
        moment = await service.session_moment(call.services, call.actor, view.session.ref)
        return await _add_page(call, moment, chosen=form.part, refusal=refusal)
    return redirect(call, after(done))


async def _add_page(
    call: Call, moment: SessionMoment, *, chosen: str = "", refusal: Refusal | None = None
) -> web.StreamResponse:
    view, reader = moment.view, reader_of(call)
    everyone = await stations.list_stations(call.services, call.actor, StationFilter(), limit=_ALL)
    names = place_names((record.station for record in everyone.items), call.lang, call.translate)
    offered = sorted(
        ((code, f"{name} ({code})") for code, name in names.items() if code not in view.stored.codes),
        key=lambda each: each[1],
    )
    is_field = isinstance(refusal, Invalid)
    return form_page(
        call,
        moment,
        add_page(view.session.status, reader),
        status=HTTPStatus.OK if refusal is None else refusal.status,
        box=None
        if refusal is None or is_field
        else refused_box(refusal, view, reader, names=names, link=True),
        error=call.say(refusal.detail) if refusal is not None and is_field else "",
        fields=[("revision", str(view.session.revision))],
        choices=offered,
        chosen=chosen,
    )


async def _changing(call: Call) -> SessionMoment:
    """Return the session whose list changes; raises Forbidden, and Conflict once that is too late."""
    moment = await service.session_moment(call.services, call.actor, call.path["ref"])
    session = moment.view.session
    if not moment.powers.changes:
        raise not_permitted(session.ref)
    if session.status is Status.CANCELLED:
        raise wrong_status(session)
    check_not_over(moment.view.stored, call.now)
    return moment


async def _change(call: Call, form: PartForm, moment: SessionMoment, patch: Patch) -> BookedSession:
    """Change the list as it was read: a rival's change of it in between is refused, never undone."""
    session = moment.view.session
    match = Match(frozenset({session.revision})) if form.revision is None else form.match
    return await service.change_session(call.services, call.actor, session.ref, patch, match=match)


def _tongues(call: Call) -> Callable[[str], Translate]:
    return call.request.app[CATALOGUES].translate


ROUTES = (
    Route(
        "GET",
        "/sessions/{ref}/answer",
        show_answer,
        permission=Action.ANSWER_SEAT,
        summary="Answer for a station",
        query=PartQuery,
        media="page",
    ),
    Route(
        "POST",
        "/sessions/{ref}/answer",
        answer,
        permission=Action.ANSWER_SEAT,
        summary="Answer for a station",
        body=SeatForm,
        media="page",
    ),
    Route(
        "GET",
        "/sessions/{ref}/remove",
        show_remove,
        permission=Action.ASK_SESSION,
        summary="Take a part off the list",
        query=PartQuery,
        media="page",
    ),
    Route(
        "POST",
        "/sessions/{ref}/remove",
        remove,
        permission=Action.ASK_SESSION,
        summary="Take a part off the list",
        body=PartForm,
        media="page",
    ),
    Route(
        "GET",
        "/sessions/{ref}/add",
        show_add,
        permission=Action.ASK_SESSION,
        summary="Add a station",
        media="page",
    ),
    Route(
        "POST",
        "/sessions/{ref}/add",
        add,
        permission=Action.ASK_SESSION,
        summary="Add a station",
        body=PartForm,
        media="page",
    ),
)
