"""Acts on a session over JSON: approve, refuse, cancel, restore, write to all, answer, and its ledger."""

from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from jicanet.core.actor import Action
from jicanet.scheduler import service
from jicanet.scheduler.api.sessions import SESSIONS, once_of, session_answer
from jicanet.scheduler.forms import (
    LedgerOut,
    MessageOut,
    NothingIn,
    ReasonIn,
    ReplyIn,
    SessionOut,
    TextIn,
    match_of,
)
from jicanet.scheduler.render.ledger import ledger_json
from jicanet.scheduler.service import BookedSession, Match
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.routes import Route


async def confirm(call: Call) -> web.StreamResponse:
    """Answer with the session, approved or acknowledged."""
    return session_answer(
        await service.confirm_session(call.services, call.actor, call.path["ref"], match=_match(call))
    )


async def restore(call: Call) -> web.StreamResponse:
    """Answer with the session, brought back."""
    return session_answer(
        await service.restore_session(call.services, call.actor, call.path["ref"], match=_match(call))
    )


async def refuse(call: Call) -> web.StreamResponse:
    """Answer with the request, refused."""
    return await _with_reason(call, service.refuse_session)


async def cancel(call: Call) -> web.StreamResponse:
    """Answer with the session, cancelled."""
    return await _with_reason(call, service.cancel_session)


async def _with_reason(call: Call, act: Callable[..., Awaitable[BookedSession]]) -> web.StreamResponse:
    reason = call.body_as(ReasonIn).reason
    return session_answer(await act(call.services, call.actor, call.path["ref"], reason, match=_match(call)))


async def message(call: Call) -> web.StreamResponse:
    """Answer with how many the message goes to."""
    ref = call.path["ref"]
    done = await service.message_all(
        call.services,
        call.actor,
        ref,
        call.body_as(TextIn).text,
        once=once_of(call, f"POST {SESSIONS}/{ref[:40]}/message"),
    )
    return json_answer(done)


async def reply(call: Call) -> web.StreamResponse:
    """Answer with the session, the station's answer in it."""
    given = call.body_as(ReplyIn)
    return session_answer(
        await service.answer_seat(
            call.services,
            call.actor,
            call.path["ref"],
            call.path["code"],
            answer=given.answer,
            words=given.comment or "",
        )
    )


async def ledger(call: Call) -> web.StreamResponse:
    """Answer with every notice and answer, newest first."""
    view, lines = await service.ledger(call.services, call.actor, call.path["ref"])
    return json_answer({"items": [ledger_json(line, view) for line in lines], "next": None})


def _match(call: Call) -> Match:
    return match_of(call.request.headers.get(hdrs.IF_MATCH), is_needed=False)


_STANDING = ("404 unknown_session", "412 outdated", "409 wrong_status", "409 already_started")
_RETURNING = (*_STANDING, "409 station_busy", "409 bridge_full")
_WORDS = ("text_empty", "text_too_long", "text_has_control_characters")

ROUTES = (
    Route(
        "POST",
        f"{SESSIONS}/{{ref}}/confirm",
        confirm,
        permission=Action.MANAGE_SESSION,
        summary="Approve a request or hold, or acknowledge why a session needs attention",
        description="If-Match is heeded where it is sent. A session that is confirmed stays as it is.",
        body=NothingIn,
        answers={200: SessionOut},
        refusals=_RETURNING,
        if_match="heeded",
        tags=("sessions",),
    ),
    Route(
        "POST",
        f"{SESSIONS}/{{ref}}/refuse",
        refuse,
        permission=Action.MANAGE_SESSION,
        summary="Refuse a request in words",
        description="Whoever asked gets the words by mail.",
        body=ReasonIn,
        answers={200: SessionOut},
        refusals=(*_STANDING, *_WORDS),
        if_match="heeded",
        tags=("sessions",),
    ),
    Route(
        "POST",
        f"{SESSIONS}/{{ref}}/cancel",
        cancel,
        permission=Action.ASK_SESSION,
        summary="Cancel a session, release a hold or withdraw a request",
        description="Everybody who takes part is told, with the reason. Cancelling again changes nothing.",
        body=ReasonIn,
        answers={200: SessionOut},
        refusals=(*_STANDING, *_WORDS),
        if_match="heeded",
        tags=("sessions",),
    ),
    Route(
        "POST",
        f"{SESSIONS}/{{ref}}/restore",
        restore,
        permission=Action.MANAGE_SESSION,
        summary="Bring a cancelled session back",
        description="Confirmed if it ever was and may stand, else as a request. Everybody is asked again.",
        body=NothingIn,
        answers={200: SessionOut},
        refusals=_RETURNING,
        if_match="heeded",
        tags=("sessions",),
    ),
    Route(
        "POST",
        f"{SESSIONS}/{{ref}}/message",
        message,
        permission=Action.MANAGE_SESSION,
        summary="Write to everybody who takes part",
        body=TextIn,
        answers={200: MessageOut},
        refusals=("404 unknown_session", "409 wrong_status", "409 nobody_present", *_WORDS),
        tags=("sessions",),
        idempotent=True,
    ),
    Route(
        "POST",
        f"{SESSIONS}/{{ref}}/seats/{{code}}/reply",
        reply,
        permission=Action.ANSWER_SEAT,
        summary="Answer for a station, a guest site or a person",
        description="`code` is a station's; who manages the session may also give the address of a guest site "
        "or a person, and where both have one address `guest/ADDRESS` or `person/ADDRESS`, with the slash "
        "as %2F. A decline withdraws the seat and tells host and coordinator; accepting brings it back if "
        "that may stand; needs-action, by a coordinator, asks again. A repeat changes nothing.",
        body=ReplyIn,
        answers={200: SessionOut},
        refusals=(
            *_RETURNING,
            "404 unknown_seat",
            "409 seat_removed",
            "text_too_long",
            "text_has_control_characters",
        ),
        tags=("sessions",),
    ),
    Route(
        "GET",
        f"{SESSIONS}/{{ref}}/ledger",
        ledger,
        permission=Action.MANAGE_SESSION,
        summary="Show every notice and answer of a session",
        answers={200: LedgerOut},
        refusals=("404 unknown_session",),
        tags=("sessions",),
    ),
)
