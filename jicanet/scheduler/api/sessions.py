"""Sessions over JSON: book, ask, read, list, and tie materials to them."""

import re

from aiohttp import hdrs, web

from jicanet.core.actor import Action
from jicanet.core.errors import NotFound
from jicanet.core.text import message
from jicanet.scheduler import service
from jicanet.scheduler.api.codes import LINKS, REFUSED, TIMES
from jicanet.scheduler.forms import (
    BookingQuery,
    ChangedOut,
    CheckOut,
    LinkIn,
    LinkListOut,
    LinkOut,
    SessionIn,
    SessionListOut,
    SessionOut,
    SessionPatch,
    SessionsQuery,
    booking_request,
    link_request,
    match_of,
    next_address,
    patch_of,
    session_filter,
)
from jicanet.scheduler.render.answers import delivery_json, session_json
from jicanet.scheduler.render.calendar import session_calendar
from jicanet.scheduler.service import BookedSession, Once
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.keys import CATALOGUES
from jicanet.web.routes import Route
from jicanet.web.viewer import language_of

SESSIONS = "/api/v1/sessions"


async def book(call: Call) -> web.StreamResponse:
    """Answer with the booked session, or with the judgement of one that is only asked about."""
    request = booking_request(call.body_as(SessionIn))
    # A key that is none is refused by a check too: it judges what would be sent.
    once = once_of(call, f"POST {SESSIONS}")
    if call.query_as(BookingQuery).check:
        tongues = call.request.app[CATALOGUES].translate
        judged = await service.check_booking(call.services, call.actor, request, tongues=tongues)
        return json_answer(judged)
    done = await service.book_session(call.services, call.actor, request, once=once)
    headers: dict[str, str] = {hdrs.LOCATION: f"{SESSIONS}/{done.ref}", hdrs.ETAG: f'"{done.revision}"'}
    return json_answer(done.body, 201, headers)


async def listed(call: Call) -> web.StreamResponse:
    """Answer with a part of the list of sessions."""
    query = call.query_as(SessionsQuery)
    wanted = session_filter(query, call.services.zones)
    found = await service.sessions(call.services, call.actor, wanted)
    items = [session_json(view) for view in found.items]
    return json_answer({"items": items, "next": next_address(SESSIONS, query, found.after)})


async def one(call: Call) -> web.StreamResponse:
    """Answer with one session, and to those who may book with what became of its mails."""
    view, mails = await service.session_with_mail(call.services, call.actor, call.path["ref"])
    body = session_json(view)
    if mails is not None:
        body["deliveries"] = [delivery_json(each) for each in mails]
    return json_answer(body, headers={hdrs.ETAG: f'"{view.session.revision}"'})


async def calendar(call: Call) -> web.StreamResponse:
    """Answer with one session as a calendar file."""
    view, picture = await service.session_picture(call.services, call.actor, call.path["ref"])
    # A file that people open: in their language, unlike the JSON.
    lang = language_of(call.request)
    content = session_calendar(
        view,
        picture,
        zones=call.services.zones,
        public_url=call.services.settings.public_url,
        lang=lang,
        translate=call.request.app[CATALOGUES].translate(lang),
    )
    return web.Response(
        body=content,
        headers={
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="{view.session.ref}.ics"',
            hdrs.CACHE_CONTROL: "no-store",
        },
        content_type="text/calendar",
        charset="utf-8",
    )


async def materials(call: Call) -> web.StreamResponse:
    """Answer with the materials of a session."""
    found = await service.materials(call.services, call.actor, call.path["ref"])
    return json_answer({"items": found, "next": None})


async def add_material(call: Call) -> web.StreamResponse:
    """Answer with the new link."""
    ref = call.path["ref"]
    done = await service.add_material(
        call.services,
        call.actor,
        ref,
        link_request(call.body_as(LinkIn)),
        once=once_of(call, f"POST {SESSIONS}/{ref[:40]}/materials"),
    )
    location = f"{SESSIONS}/{ref}/materials/{done.body['id']}"
    return json_answer(done.body, 201, {hdrs.LOCATION: location, hdrs.ETAG: f'"{done.revision}"'})


async def remove_material(call: Call) -> web.StreamResponse:
    """Answer with nothing: the link is gone."""
    given = call.path["link_id"]
    if not re.fullmatch("[0-9]{1,9}", given):
        detail = message(
            "%(ref)s has no material with the number %(id)s.", ref=call.path["ref"][:40], id=given[:20]
        )
        raise NotFound("unknown_link", detail)
    await service.remove_material(call.services, call.actor, call.path["ref"], int(given))
    return web.Response(status=204)


async def change(call: Call) -> web.StreamResponse:
    """Answer with the changed session, or with the judgement of a change that is only asked about."""
    ref, patch = call.path["ref"], patch_of(call.body_as(SessionPatch))
    match = match_of(call.request.headers.get(hdrs.IF_MATCH), is_needed=True)
    if call.query_as(BookingQuery).check:
        tongues = call.request.app[CATALOGUES].translate
        judged = await service.check_change(
            call.services, call.actor, ref, patch, match=match, tongues=tongues
        )
        return json_answer(judged)
    return session_answer(await service.change_session(call.services, call.actor, ref, patch, match=match))


def session_answer(done: BookedSession) -> web.StreamResponse:
    """Return the answer of a changed session, with its ETag."""
    return json_answer(done.body, headers={hdrs.ETAG: f'"{done.revision}"'})


def once_of(call: Call, route: str) -> Once | None:
    """Return the wish that an Idempotency-Key is, None without one."""
    key = call.idempotency_key
    return None if key is None else Once(route=route, key=key, body_hash=call.body_hash)


ROUTES = (
    Route(
        "POST",
        SESSIONS,
        book,
        permission=Action.ASK_SESSION,
        summary="Book a session, hold its time, or ask for one",
        description="All stations are booked and invited, or none: a 409 lists everything in the way. Outside "
        "hours, weekends and holidays are accepted with warnings on the seats. status hold keeps rooms and "
        "ports until hold_until and mails nobody; requested occupies nothing and waits for a coordinator. "
        "With ?check=1 nothing is stored and the answer is 200 with warnings, conflicts and notices.",
        body=SessionIn,
        query=BookingQuery,
        answers={200: CheckOut, 201: SessionOut},
        refusals=REFUSED,
        tags=("sessions",),
        idempotent=True,
    ),
    Route(
        "GET",
        SESSIONS,
        listed,
        permission=Action.SEE_SESSIONS,
        summary="List sessions",
        description="By start, as far as the asker may see them. Whatever overlaps the range counts.",
        query=SessionsQuery,
        answers={200: SessionListOut},
        refusals=("unknown_station", "unknown_zone", "bad_range", "empty_range", "bad_cursor"),
        tags=("sessions",),
    ),
    Route(
        "GET",
        f"{SESSIONS}/{{ref}}.ics",
        calendar,
        permission=Action.SEE_SESSIONS,
        summary="A session as a calendar file",
        description="In UTC, without METHOD, ORGANIZER and ATTENDEE: it may be passed on. Its text is in the "
        "language of ?lang=, else of Accept-Language: English or Japanese.",
        answers={200: "text/calendar"},
        refusals=("404 unknown_session",),
        media="calendar",
        tags=("sessions",),
    ),
    Route(
        "GET",
        f"{SESSIONS}/{{ref}}",
        one,
        permission=Action.SEE_SESSIONS,
        summary="Show a session",
        description="One that the asker may not see is answered like one that does not exist.",
        answers={200: SessionOut},
        refusals=("404 unknown_session",),
        tags=("sessions",),
    ),
    Route(
        "PATCH",
        f"{SESSIONS}/{{ref}}",
        change,
        permission=Action.ASK_SESSION,
        summary="Change a session",
        description="A JSON Merge Patch (RFC 7396) sent as application/json with If-Match. What cannot stand "
        "leaves the session as it was. Who is concerned is told. With ?check=1 nothing is stored and the "
        "answer is 200 with warnings, conflicts and notices. After its start only materials change.",
        body=SessionPatch,
        query=BookingQuery,
        answers={200: ChangedOut},
        refusals=(
            "404 unknown_session",
            "412 outdated",
            "428 if_match_missing",
            "409 wrong_status",
            "409 already_started",
            *REFUSED,
            "read_only_field",
            "field_needed",
        ),
        if_match="needed",
        tags=("sessions",),
    ),
    Route(
        "GET",
        f"{SESSIONS}/{{ref}}/materials",
        materials,
        permission=Action.SEE_SESSIONS,
        summary="List a session's materials",
        answers={200: LinkListOut},
        refusals=("404 unknown_session",),
        tags=("sessions",),
    ),
    Route(
        "POST",
        f"{SESSIONS}/{{ref}}/materials",
        add_material,
        permission=Action.MANAGE_SESSION,
        summary="Tie a material to a session",
        description="Calendars show it; nobody is mailed and SEQUENCE stays.",
        body=LinkIn,
        answers={201: LinkOut},
        refusals=("404 unknown_session", "409 wrong_status", *LINKS, *TIMES),
        tags=("sessions",),
        idempotent=True,
    ),
    Route(
        "DELETE",
        f"{SESSIONS}/{{ref}}/materials/{{link_id}}",
        remove_material,
        permission=Action.MANAGE_SESSION,
        summary="Untie a material",
        answers={204: None},
        refusals=("404 unknown_session", "404 unknown_link", "409 wrong_status"),
        tags=("sessions",),
    ),
)
