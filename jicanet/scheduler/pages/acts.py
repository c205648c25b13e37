"""Acts on a session by forms without script: each has a page that says what follows, where that is much."""

from collections.abc import Awaitable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.core.errors import Conflict, Forbidden, Invalid, Outdated, Refusal
from jicanet.core.text import message
from jicanet.scheduler import service
from jicanet.scheduler.domain.day import SessionMoment
from jicanet.scheduler.domain.life import check_not_over, wrong_status
from jicanet.scheduler.forms.acts import ActForm, MessageForm, WordsForm
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.pages.session import CHANGE
from jicanet.scheduler.render import moment as moments
from jicanet.scheduler.render.acts import ActPage, act_page
from jicanet.scheduler.render.box import Box
from jicanet.scheduler.render.clashes import refused_box
from jicanet.scheduler.render.done import MESSAGE
from jicanet.scheduler.render.standing import head_ways, ways_on
from jicanet.scheduler.service import BookedSession, Once
from jicanet.web.answers import page_answer, redirect
from jicanet.web.call import Call
from jicanet.web.keys import SITE
from jicanet.web.routes import Route

REFUSED = (Conflict, Invalid, Outdated)


async def show(call: Call) -> web.StreamResponse:
    """Answer with the page of an act: what it means, and the form that does it."""
    moment = await session_of(call)
    return _act(call, moment, _name(call), status=HTTPStatus.OK)


async def cancel(call: Call) -> web.StreamResponse:
    """Cancel, release or withdraw, with a reason."""
    form = call.body_as(WordsForm)
    ref = call.path["ref"]
    done = service.cancel_session(call.services, call.actor, ref, form.words, match=form.match)
    return await _done(call, done, typed=form.words)


async def refuse(call: Call) -> web.StreamResponse:
    """Refuse a request in words."""
    form = call.body_as(WordsForm)
    ref = call.path["ref"]
    done = service.refuse_session(call.services, call.actor, ref, form.words, match=form.match)
    return await _done(call, done, typed=form.words)


async def restore(call: Call) -> web.StreamResponse:
    """Bring a cancelled session back."""
    form = call.body_as(ActForm)
    return await _done(
        call, service.restore_session(call.services, call.actor, call.path["ref"], match=form.match)
    )


async def write_to_all(call: Call) -> web.StreamResponse:
    """Write to everybody who takes part; the form's second press is the same message."""
    form, ref = call.body_as(MessageForm), call.path["ref"]
    once = Once(route=f"POST /sessions/{ref[:40]}/message", key=form.once, body_hash=call.body_hash)
    try:
        await service.message_all(
            call.services, call.actor, ref, form.words, once=once if form.once else None
        )
    except REFUSED as refusal:
        return await _refused(call, refusal, typed=form.words)
    return redirect(call, f"/sessions/{ref}?done={MESSAGE}")


async def confirm(call: Call) -> web.StreamResponse:
    """Approve a request or hold, or note why a session needs attention: one press, it has no page of its own."""
    form, ref = call.body_as(ActForm), call.path["ref"]
    try:
        done = await service.confirm_session(call.services, call.actor, ref, match=form.match)
    except REFUSED as refusal:
        return await refused_page(call, refusal)
    return redirect(call, after(done))


def after(done: BookedSession) -> str:
    """Return where an act leads: to the session, which then tells what was done."""
    return f"/sessions/{done.ref}?done={done.revision}"


async def _done(call: Call, act: Awaitable[BookedSession], *, typed: str = "") -> web.StreamResponse:
    try:
        done = await act
    except REFUSED as refusal:
        return await _refused(call, refusal, typed=typed)
    return redirect(call, after(done))


async def _refused(call: Call, refusal: Refusal, *, typed: str) -> web.StreamResponse:
    """Answer with the form as it was, the words kept, and what was wrong: at the field, or in the box."""
    moment = await service.session_moment(call.services, call.actor, call.path["ref"])
    if not _fits(moment, _name(call), call):
        return await refused_page(call, refusal)
    reader = reader_of(call)
    is_field = isinstance(refusal, Invalid)
    return _act(
        call,
        moment,
        _name(call),
        status=refusal.status,
        typed=typed,
        error=call.say(refusal.detail) if is_field else "",
        box=None if is_field else refused_box(refusal, moment.view, reader, link=True),
    )


def _act(
    call: Call,
    moment: SessionMoment,
    name: str,
    *,
    status: int,
    typed: str = "",
    error: str = "",
    box: Box | None = None,
) -> web.StreamResponse:
    page = act_page(name, moment, reader_of(call), by=call.actor.email or "")
    fields = [("revision", str(moment.view.session.revision))]
    if name == "message":
        fields = [("once", call.services.ids.secret()[:24])]
    return form_page(call, moment, page, status=status, typed=typed, error=error, box=box, fields=fields)


def form_page(
    call: Call, moment: SessionMoment, page: ActPage, *, status: int = HTTPStatus.OK, **context: Any
) -> web.StreamResponse:
    """Answer with a page that asks before it acts."""
    reader = reader_of(call)
    known: dict[str, Any] = {
        "typed": "",
        "error": "",
        "box": None,
        "fields": (),
        "told": (),
        **context,
    }
    return page_answer(
        call,
        "scheduler/act.html",
        status=status,
        act=page,
        session=moment.view.session,
        state=moments.state(moment.view, reader),
        more=moments.under_hero(moment.view, reader),
        **known,
    )


async def session_of(call: Call) -> SessionMoment:
    """Return the session of an act's page; raises Forbidden, and Conflict where the act does not fit it now."""
    moment = await service.session_moment(call.services, call.actor, call.path["ref"])
    if not _fits(moment, _name(call), call):
        session, powers = moment.view.session, moment.powers
        # To withdraw is all that whoever asked may do of these.
        if not (powers.manages or (powers.changes and _name(call) == "cancel")):
            raise not_permitted(session.ref)
        check_not_over(moment.view.stored, call.now)
        raise wrong_status(session)
    return moment


def not_permitted(ref: str) -> Forbidden:
    """Return the refusal of who neither manages a session nor asked for it."""
    detail = message(
        "%(ref)s is changed by its coordinators, or by whoever asked for it until it is approved.", ref=ref
    )
    return Forbidden("not_permitted", detail)


def _name(call: Call) -> str:
    return call.request.path.rpartition("/")[2]


def _fits(moment: SessionMoment, name: str, call: Call) -> bool:
    ways = head_ways(moment, reader_of(call), can_change=False)
    return any(way.href == f"/sessions/{moment.view.session.ref}/{name}" for way in ways)


async def refused_page(call: Call, refusal: Refusal) -> web.StreamResponse:
    """Answer with what is in the way of an act that has no form to come back to."""
    moment = await service.session_moment(call.services, call.actor, call.path["ref"])
    reader = reader_of(call)
    box = refused_box(refusal, moment.view, reader, link=True)
    heading = box.title.rstrip(".。")
    if isinstance(refusal, Outdated):
        again = message("Look at it as it is now, and press again if it is still right.")
        box = replace(box, title=call.say(again), lines=())
    elif box.lines:
        box = replace(box, title=box.lines[0], lines=box.lines[1:])
    ways = ways_on(moment, refusal, reader, can_change=call.request.app[SITE].has(CHANGE))
    box = replace(box, ways=(*box.ways, *ways))
    return page_answer(
        call,
        "scheduler/refused.html",
        status=refusal.status,
        session=moment.view.session,
        heading=heading,
        box=box,
        code=refusal.code,
    )


def _pair(name: str, handler: Any, body: Any, permission: Action, summary: str) -> tuple[Route, Route]:
    path = f"/sessions/{{ref}}/{name}"
    return (
        Route("GET", path, show, permission=permission, summary=summary, media="page"),
        Route("POST", path, handler, permission=permission, summary=summary, body=body, media="page"),
    )


ROUTES = (
    *_pair("cancel", cancel, WordsForm, Action.ASK_SESSION, "Cancel, release or withdraw a session"),
    *_pair("refuse", refuse, WordsForm, Action.MANAGE_SESSION, "Refuse a request in words"),
    *_pair("restore", restore, ActForm, Action.MANAGE_SESSION, "Bring a cancelled session back"),
    *_pair("message", write_to_all, MessageForm, Action.MANAGE_SESSION, "Write to everybody"),
    Route(
        "POST",
        "/sessions/{ref}/confirm",
        confirm,
        permission=Action.MANAGE_SESSION,
        summary="Approve a request or hold, or note why a session needs attention",
        body=ActForm,
        media="page",
    ),
)
