"""Acts on one part of a session: answer for it, take it off the list."""

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
from jicanet.scheduler.forms.acts import PartForm, PartQuery, SeatForm, without
from jicanet.scheduler.pages.acts import REFUSED, after, form_page, not_permitted, refused_page
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.render import moment as moments
from jicanet.scheduler.render.acts import remove_page, told_lines
from jicanet.scheduler.render.answer import accept_words, unusual_of
from jicanet.scheduler.render.answering import answered_for
from jicanet.scheduler.render.clashes import refused_box
from jicanet.scheduler.render.parts import Part, handle_of, part_names, part_of, zone_of
from jicanet.scheduler.service import ANY, BookedSession, Match
from jicanet.web.answers import page_answer, redirect
from jicanet.web.call import Call
from jicanet.web.keys import CATALOGUES
from jicanet.web.routes import Route


async def show_answer(call: Call) -> web.StreamResponse:
    """Answer with the page on which somebody answers for a station, a guest site or a person."""
    moment = await service.session_moment(call.services, call.actor, call.path["ref"])
    return _answer_page(call, moment, _answered(call, moment, call.query_as(PartQuery).part))


async def answer(call: Call) -> web.StreamResponse:
    """Store an answer for a part, or ask it again."""
    form, ref = call.body_as(SeatForm), call.path["ref"]
    moment = await service.session_moment(call.services, call.actor, ref)
    key = _answered_key(call, moment, form.part)
    try:
        done = await service.answer_seat(
            call.services, call.actor, ref, key, answer=form.answer, words=form.words, via=Via.PAGE
        )
    except REFUSED as refusal:
        moment = await service.session_moment(call.services, call.actor, ref)
        now = part_of(form.part, moment.view)
        if form.answer is Answer.NEEDS_ACTION or now is None:
            return await refused_page(call, refusal)
        return _answer_page(call, moment, now, chosen=form.answer.value, typed=form.words, refusal=refusal)
    return redirect(call, after(done))


def _answered(call: Call, moment: SessionMoment, handle: str) -> Part:
    """Return the part that is answered for; raises NotFound `unknown_seat` and Forbidden.

    An address leads to nothing: a part goes by its station's code or by its number.
    """
    part = part_of(handle, moment.view)
    if part is None:
        raise _unknown(moment, handle)
    if moment.powers.may_answer(part):
        return part
    if isinstance(part, SeatRecord):
        detail = message(
            "%(code)s answers by its own people, by its coordinators or by the link in its mail.",
            code=part.station,
        )
    else:
        who = part_names(moment.view, reader_of(call))[part.key]
        detail = message("%(who)s answers by the link in the mail, or by the coordinators.", who=who)
    raise Forbidden("not_permitted", detail)


def _answered_key(call: Call, moment: SessionMoment, handle: str) -> str:
    """Return the key of the part that is answered for; what was removed meanwhile is the service's to refuse."""
    view = moment.view
    gone = next((part for part in view.stored.every_part if handle_of(part, view) == handle), None)
    if gone is not None and not gone.listed and (isinstance(gone, SeatRecord) or moment.powers.manages):
        return gone.key
    return _answered(call, moment, handle).key


def _unknown(moment: SessionMoment, handle: str) -> NotFound:
    detail = message("%(code)s has no seat in %(ref)s.", code=handle[:20], ref=moment.view.session.ref)
    return NotFound("unknown_seat", detail)


def _answer_page(
    call: Call,
    moment: SessionMoment,
    part: Part,
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
    unusual = unusual_of([part], view, replace(reader, zone=zone_of(part, view)))
    return page_answer(
        call,
        "scheduler/seat.html",
        status=HTTPStatus.OK if refusal is None else refusal.status,
        session=view.session,
        state=moments.state(view, reader),
        who=answered_for(part, view, reader),
        unusual=unusual,
        accept=call.say(accept_words(unusual)),
        chosen=chosen,
        typed=typed,
        box=None if refusal is None else refused_box(refusal, view, reader, link=True),
        may_ask=moment.powers.manages and part.withdrawn,
        may_remove=moment.powers.may_remove(part) and part.key != view.session.host,
    )


async def show_remove(call: Call) -> web.StreamResponse:
    """Answer with what taking a part off the list means."""
    moment = await changing(call)
    handle = call.query_as(PartQuery).part
    return await _remove_page(call, moment, handle)


async def remove(call: Call) -> web.StreamResponse:
    """Take a part off the list; what is off it already stays so."""
    form = call.body_as(PartForm)
    moment = await changing(call)
    part = part_of(form.part, moment.view)
    if part is None:
        return redirect(call, f"/sessions/{moment.view.session.ref}")
    try:
        done = await change(call, form, moment, without(moment.view.stored, part))
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
            call.services, call.actor, view.session.ref, patch, match=ANY, tongues=tongues(call)
        )
    except Invalid as impossible:
        return await refused_page(call, impossible)
    page = remove_page(part_names(view, reader)[part.key], told=len(judged["notices"]), reader=reader)
    return form_page(
        call,
        moment,
        page,
        status=HTTPStatus.OK if refusal is None else refusal.status,
        box=None if refusal is None else refused_box(refusal, view, reader, link=True),
        fields=[("part", handle), ("revision", str(view.session.revision))],
        told=told_lines(judged["notices"], view, reader),
    )


async def changing(call: Call) -> SessionMoment:
    """Return the session whose list changes; raises Forbidden, and Conflict once that is too late."""
    moment = await service.session_moment(call.services, call.actor, call.path["ref"])
    session = moment.view.session
    if not moment.powers.changes:
        raise not_permitted(session.ref)
    if session.status is Status.CANCELLED:
        raise wrong_status(session)
    check_not_over(moment.view.stored, call.now)
    return moment


async def change(call: Call, form: PartForm, moment: SessionMoment, patch: Patch) -> BookedSession:
    """Change the list as it was read: a rival's change of it in between is refused, never undone."""
    session = moment.view.session
    match = Match(frozenset({session.revision})) if form.revision is None else form.match
    return await service.change_session(call.services, call.actor, session.ref, patch, match=match)


def tongues(call: Call) -> Callable[[str], Translate]:
    """Return the translation of each language: a mail's subject is in that of who gets it."""
    return call.request.app[CATALOGUES].translate


ROUTES = (
    Route(
        "GET",
        "/sessions/{ref}/answer",
        show_answer,
        permission=Action.ANSWER_SEAT,
        summary="Answer for a station, a guest site or a person",
        query=PartQuery,
        media="page",
    ),
    Route(
        "POST",
        "/sessions/{ref}/answer",
        answer,
        permission=Action.ANSWER_SEAT,
        summary="Answer for a station, a guest site or a person",
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
)
