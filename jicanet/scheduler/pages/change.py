"""Changing a session by the form that booked it: what was changed is sent, for the revision it was opened at."""

from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.core.errors import Outdated, Refusal
from jicanet.core.text import message
from jicanet.scheduler import service
from jicanet.scheduler.domain.patching import Patch, patched, request_of
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.forms.asking import Wish, wish_of
from jicanet.scheduler.forms.filled import filled
from jicanet.scheduler.forms.merging import differing, merged, patch_between
from jicanet.scheduler.forms.sheet import Sheet, SheetIn, decoded, encoded, sheet_of
from jicanet.scheduler.pages.book import refused, stop
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.pages.sheet import Draft, Hidden, Say, drafted, page, today_in
from jicanet.scheduler.render.outdated import differing_lines
from jicanet.scheduler.render.places import place_names
from jicanet.scheduler.service import Match
from jicanet.scheduler.service.sheet import judge, session_to_change
from jicanet.web.answers import redirect
from jicanet.web.call import Call
from jicanet.web.routes import Route

PATH = "/sessions/{ref}/change"
SAVE = "save"
MATERIALS = "materials"
_NOTHING = message("Nothing was changed and no mail was sent. Everything you typed is kept.")


async def show(call: Call) -> web.StreamResponse:
    """Return the form filled with the session as it is."""
    view = await session_to_change(call.services, call.actor, call.path["ref"])
    sheet = sheet_of_view(call, view)
    # What has begun stays as it is; recordings and minutes are tied to it afterwards.
    only = MATERIALS if view.session.starts_at <= call.now else ""
    return page(call, await _draft(call, SheetIn(only=only), sheet, view, sheet))


async def act(call: Call) -> web.StreamResponse:
    """Save what was changed and go to the session; else return the form as it stands."""
    body = call.body_as(SheetIn)
    view = await session_to_change(call.services, call.actor, call.path["ref"])
    was = decoded(body.was) or sheet_of_view(call, view)
    typed = _typed(body, was)
    if body.revision != str(view.session.revision) and _others(call, was, sheet_of_view(call, view)):
        # An answer raises the revision too, but says nothing that stands in the form.
        return await _merged(call, body, was, view)
    draft = await _draft(call, body, typed, view, was)
    if body.do != SAVE:
        return page(call, draft)
    asks = view.session.status.invites and not body.only
    stopped = stop(call, draft, body, nothing=_NOTHING, asks=asks)
    return page(call, draft, stopped) if stopped else await _save(call, body, draft, view, was)


async def _save(call: Call, body: SheetIn, draft: Draft, view: SessionView, was: Sheet) -> web.StreamResponse:
    patch = _patch(call, draft, was)
    if not patch:
        return redirect(call, f"/sessions/{view.session.ref}")
    match = Match(frozenset({view.session.revision}))
    try:
        done = await service.change_session(call.services, call.actor, view.session.ref, patch, match=match)
    except Outdated:
        now = await session_to_change(call.services, call.actor, view.session.ref)
        return await _merged(call, body, was, now)
    except Refusal as refusal:
        draft = await _judged(call, draft, view, was)
        return page(call, draft, refused(call, draft, refusal, nothing=_NOTHING))
    return redirect(call, f"/sessions/{done.ref}?done={done.revision}")


def _typed(body: SheetIn, was: Sheet) -> Sheet:
    """Return what stands in the form; where it shows the materials only, the rest is as it was."""
    sheet = sheet_of(body)
    return replace(was, materials=sheet.materials) if body.only == MATERIALS else sheet


def sheet_of_view(call: Call, view: SessionView) -> Sheet:
    """Return the form that is the session; people and guest sites only for who may know their addresses."""
    coordinator = view.coordinator.email if view.coordinator else ""
    sheet = filled(request_of(view.stored), call.lang, coordinator=coordinator)
    return sheet if view.shows_addresses else replace(sheet, people=(), guests=())


async def _draft(call: Call, body: SheetIn, sheet: Sheet, view: SessionView, was: Sheet) -> Draft:
    hidden = Hidden(revision=str(view.session.revision), was=encoded(was), only=body.only)
    return await _judged(call, await drafted(call, body, sheet, hidden=hidden), view, was)


async def _judged(call: Call, draft: Draft, view: SessionView, was: Sheet) -> Draft:
    draft = replace(draft, view=view)
    patch = _patch(call, draft, was)
    if patch is None:
        return draft
    request = patched(view.stored, patch)
    found = await judge(call.services, call.actor, request, before=view.stored, unread=draft.wish.errors)
    return replace(draft, judged=found)


def _patch(call: Call, draft: Draft, was: Sheet) -> Patch | None:
    """Return what was changed since the form was opened, None while it does not ask for enough."""
    before, wanted = _wish(call, was).request, draft.wish.request
    return None if before is None or wanted is None else patch_between(before, wanted)


def _wish(call: Call, sheet: Sheet) -> Wish:
    return wish_of(sheet, call.services.zones, today=lambda zone: today_in(call, zone))


async def _merged(call: Call, body: SheetIn, was: Sheet, view: SessionView) -> web.StreamResponse:
    """Return the form of the present revision with what was typed, and what others changed meanwhile.

    Whose change is there already (the second of two clicks) goes on to the session.
    """
    now, typed, reader = sheet_of_view(call, view), _typed(body, was), reader_of(call)
    both = merged(was, typed, now)
    if body.do == SAVE and _wish(call, both).request == _wish(call, now).request:
        return redirect(call, f"/sessions/{view.session.ref}")
    draft = await _draft(call, body, both, view, now)
    lines = differing_lines(
        _others(call, was, now),
        was,
        now,
        reader,
        yours=differing(was, typed),
        names=place_names(draft.desk.stations.values(), reader.lang, reader.translate),
    )
    heading = message("%(ref)s has been changed since you opened this page", ref=view.session.ref)
    say = Say(
        status=HTTPStatus.PRECONDITION_FAILED,
        heading=call.say(heading),
        lead=call.say(_NOTHING),
        differing=lines,
        code="412 outdated",
        tries=True,
    )
    return page(call, draft, say)


def _others(call: Call, was: Sheet, now: Sheet) -> tuple[str, ...]:
    """Return the fields that others changed. The form of then is told in the language of now first."""
    request = _wish(call, was).request
    then = was if request is None else filled(request, call.lang, coordinator=was.coordinator)
    return differing(then, now)


ROUTES = (
    Route(
        "GET",
        PATH,
        show,
        permission=Action.ASK_SESSION,
        summary="The form that changes a session",
        refusals=("404 unknown_session", "409 wrong_status"),
        media="page",
    ),
    Route(
        "POST",
        PATH,
        act,
        permission=Action.ASK_SESSION,
        summary="Change a session by the form, or have the change judged",
        body=SheetIn,
        refusals=("404 unknown_session", "409 wrong_status"),
        media="page",
    ),
)
