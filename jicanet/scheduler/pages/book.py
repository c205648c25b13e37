"""Booking, asking for and changing a session on a page: one form, and every button of it judges anew."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.core.errors import Conflict, Refusal
from jicanet.core.text import Message, message
from jicanet.scheduler import service
from jicanet.scheduler.domain.words import SessionKind, Status
from jicanet.scheduler.forms.filled import clock_text, day_text
from jicanet.scheduler.forms.sheet import BookQuery, MaterialRow, Sheet, SheetIn, StationRow, sheet_of
from jicanet.scheduler.forms.typed import read_moment
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.pages.sheet import Draft, Hidden, Say, drafted, page
from jicanet.scheduler.render.box import Box
from jicanet.scheduler.render.obstacles import obstacle_box, obstacle_heading
from jicanet.scheduler.render.ticket import first_to_know
from jicanet.scheduler.service import Once
from jicanet.scheduler.service.sheet import Judged, judge
from jicanet.web.answers import redirect
from jicanet.web.call import Call, good_key
from jicanet.web.routes import Route

PATH = "/book"
_STATUSES: Mapping[str, Status] = {
    "book": Status.CONFIRMED,
    "hold": Status.HOLD,
    "ask": Status.REQUESTED,
}
KEPT = message("Everything you typed is kept.")
_NOTHING = message("Nothing was booked and no mail was sent. Everything you typed is kept.")


async def show(call: Call) -> web.StreamResponse:
    """Return the form, filled in with what the address says."""
    query = call.query_as(BookQuery)
    body = SheetIn(do="check", once=call.services.ids.secret())
    return page(
        call,
        await judged(call, await drafted(call, body, _begun(call, query), hidden=Hidden(once=body.once))),
    )


def _begun(call: Call, query: BookQuery) -> Sheet:
    """Return the empty form with what is known: the stations of a link, or the viewer's own."""
    own = sorted(call.actor.stations)
    codes = list(dict.fromkeys(code.upper() for code in query.station if code)) or own[:1]
    host = query.host.upper() or next(iter(codes), "")
    if host and host not in codes:
        codes.insert(0, host)
    local = read_moment(query.start, call.zone)
    settings = call.services.settings
    return Sheet(
        title=query.title,
        kind=SessionKind.MEETING.value,
        visibility=settings.visibility,
        clock=call.zone.name,
        date=day_text(local.date(), call.lang) if local else "",
        start=clock_text(local.time()) if local else "",
        minutes=query.minutes or "90",
        setup=str(settings.setup_minutes),
        teardown=str(settings.teardown_minutes),
        host=host,
        stations=tuple(StationRow(code=code, required=code == host) for code in codes),
        materials=tuple(MaterialRow(code=code.upper(), kind="pre-viewing") for code in query.material),
    )


async def judged(call: Call, draft: Draft) -> Draft:
    """Return the form with the judgement of what it asks for, if it asks for enough."""
    if draft.wish.request is None:
        return draft
    found = await judge(call.services, call.actor, draft.wish.request, unread=draft.wish.errors)
    return replace(draft, judged=found)


async def act(call: Call) -> web.StreamResponse:
    """Book, hold or ask and go to the session; else return the form as it stands."""
    body = call.body_as(SheetIn)
    hidden = Hidden(once=body.once or call.services.ids.secret())
    draft = await judged(call, await drafted(call, body, sheet_of(body), hidden=hidden))
    status = _STATUSES.get(body.do)
    if status is None:
        return page(call, draft)
    stopped = stop(call, draft, body, nothing=_NOTHING, asks=status is Status.CONFIRMED)
    if stopped or draft.wish.request is None:
        return page(call, draft, stopped)
    once = (
        Once(route=f"POST {PATH}", key=good_key(body.once), body_hash=call.body_hash) if body.once else None
    )
    request = replace(draft.wish.request, status=status)
    try:
        done = await service.book_session(call.services, call.actor, request, once=once)
    except Refusal as refusal:
        return await _refused(call, draft, refusal, do=body.do)
    return redirect(call, f"/sessions/{done.ref}?done={done.revision}")


def stop(call: Call, draft: Draft, body: SheetIn, *, nothing: Message, asks: bool) -> Say | None:
    """Return what to say where the button cannot act yet: errors, or a ticket that nobody has seen.

    `nothing` says that nothing was done; `asks`: the act asks sites to consent to their hours.
    """
    if draft.errors:
        return Say(
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            lead=call.say(nothing),
            code=f"422 {draft.errors[0].code}",
            tries=True,
        )
    if draft.pressed.added:
        added = message("What you typed for adding has been added. Look at it and press the button again.")
        return look(call, added, again=body.do)
    view = draft.judged.view
    if asks and view is not None and (warned := first_to_know(view, body.seen)):
        return look(call, warned, again=body.do, is_unseen=True)
    return None


def look(call: Call, text: Message, *, again: str, is_unseen: bool = False) -> Say:
    """Return what to say where nothing is wrong and the button `again` must be pressed once more."""
    box = Box(kind="warning", title=call.say(text), lines=(call.say(KEPT),))
    return Say(box=box, tries=True, again=again, is_unseen=is_unseen)


async def _refused(call: Call, draft: Draft, refusal: Refusal, *, do: str) -> web.StreamResponse:
    """Return the form with the refusal of what it asked for, judged anew: somebody was faster."""
    if refusal.code == "idempotency_key_reused":
        draft = replace(draft, hidden=Hidden(once=call.services.ids.secret()))
        before = message("This page has booked a session before. Press the button again to make another one.")
        return page(call, draft, look(call, before, again=do))
    draft = await judged(call, replace(draft, judged=Judged()))
    return page(call, draft, refused(call, draft, refusal, nothing=_NOTHING))


def refused(call: Call, draft: Draft, refusal: Refusal, *, nothing: Message) -> Say:
    """Return what a page says of a refusal: the exact clash, else its own words at the top."""
    found, request = draft.judged, draft.wish.request
    code = f"{refusal.status} {refusal.code}"
    if isinstance(refusal, Conflict) and found.clashes and found.view is not None and request is not None:
        reader = reader_of(call)
        zone = call.services.zones.get(request.start.zone)
        return Say(
            status=refusal.status,
            heading=obstacle_heading(found.clashes, found.view, reader),
            lead=call.say(nothing),
            box=obstacle_box(found.clashes, found.view, reader, zone=zone),
            code=code,
            tries=True,
        )
    box = Box(kind="refusal", title=call.say(refusal.detail), lines=(call.say(nothing),))
    return Say(status=refusal.status, box=None if draft.errors else box, code=code, tries=True)


ROUTES = (
    Route(
        "GET",
        PATH,
        show,
        permission=Action.ASK_SESSION,
        summary="The form that books a session or asks for one",
        query=BookQuery,
        media="page",
    ),
    Route(
        "POST",
        PATH,
        act,
        permission=Action.ASK_SESSION,
        summary="Book a session, hold its time or ask for one by the form, or have it judged",
        body=SheetIn,
        media="page",
    ),
)
