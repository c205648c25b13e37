"""Booking, holding and asking for a session: never two in one room, never more ports than there are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor, SessionFacts
from jicanet.core.errors import Forbidden, Invalid
from jicanet.core.text import Translate, message, untranslated
from jicanet.people.domain.emails import fold_address
from jicanet.scheduler import store
from jicanet.scheduler.domain.booking import NewSession, clashes, draft, numbered
from jicanet.scheduler.domain.conflicts import refusal
from jicanet.scheduler.domain.life import settle
from jicanet.scheduler.domain.model import BookingRequest, Limits, Outline
from jicanet.scheduler.domain.outline import outline
from jicanet.scheduler.domain.record import StoredSession
from jicanet.scheduler.domain.times import resolve_start
from jicanet.scheduler.domain.words import Status, Visibility
from jicanet.scheduler.render.answers import check_json
from jicanet.scheduler.service.changing import Act, BookedSession, Use, answer_done, mailboxes, write
from jicanet.scheduler.service.facts import Gathered, Wanted, default_bridge, gather
from jicanet.scheduler.service.once import Once, remember, remembered
from jicanet.scheduler.service.upkeep import lapse
from jicanet.scheduler.service.views import views
from jicanet.services import Services
from jicanet.stations import store as network

# References count by the year in Japan (interfaces.md, Ids).
REFERENCE_ZONE = "Asia/Tokyo"

Tongues = Callable[[str], Translate]

_ACTIONS = {
    Status.CONFIRMED: "session-booked",
    Status.HOLD: "session-held",
    Status.REQUESTED: "session-requested",
}


def untranslated_tongue(_language: str) -> Translate:
    """Return the words as they stand in the program: English."""
    return untranslated


async def book_session(
    services: Services, actor: Actor, request: BookingRequest, *, once: Once | None = None
) -> BookedSession:
    """Book, hold or ask for a session, or give the answer that `once` has already earned.

    Raises Forbidden, Invalid (422, naming the fields: domain/outline.py, domain/booking.py) and
    Conflict `station_busy` or `bridge_full`; then nothing is stored and nothing mailed.
    """
    status = _permit(services, actor, request)
    now = services.clock.now()
    try:
        request = folded(services, replace(request, status=status))
        asked = lay_out(services, request, now)
    except Invalid:
        # What was possible once may be past by now: a twin still gets its answer.
        earlier = await _earlier(services, actor, once)
        if earlier is None:
            raise
        return earlier
    await lapse(services, now)
    uid = services.ids.uid()

    def change(db: Connection) -> BookedSession:
        # First of all the locks, stations before the bridge (architecture.md, Transactions): what is
        # read before them may be past when they are granted.
        stations = network.lock_stations(db, asked.codes)
        bridge = network.lock_bridge(db)
        earlier = _remembered(db, actor, once)
        if earlier is not None:
            return earlier
        wanted = Wanted.by(asked, coordinator_id=_coordinator(actor, status))
        known = gather(db, services, actor, wanted, stations=stations, bridge=bridge, now=now)
        new = new_session(services, actor, status, uid=uid, now=now)
        wished = draft(asked, known.facts, new=new)
        if found := clashes(wished, None, known.facts, zone=asked.start.zone):
            raise refusal(found)
        # Only now: on PostgreSQL a refusal would leave a gap in the references.
        made = numbered(wished, number=store.next_number(db), year=new.year)
        settled = settle(None, made, mailboxes=mailboxes(stations), recipients=(), now=now)
        act = Act(action=_ACTIONS[status], detail={"stations": list(asked.codes)})
        use = Use(db, services, actor, now)
        answer = answer_done(use, write(use, settled, stations, (), act))
        kept = {"ref": answer.ref, "revision": answer.revision, "body": answer.body}
        remember(db, actor, once, kept, now=now)
        return answer

    return await services.database.write(change)


async def check_booking(
    services: Services, actor: Actor, request: BookingRequest, *, tongues: Tongues = untranslated_tongue
) -> dict[str, Any]:
    """Return the judgement of a booking, `{warnings, conflicts, notices}`, and store nothing.

    `tongues` gives the translation to each language in which mails would be written.
    Raises Forbidden and Invalid as `book_session` does; conflicts are listed, not raised.
    """
    status = _permit(services, actor, request)
    now = services.clock.now()
    asked = lay_out(services, folded(services, replace(request, status=status)), now)

    def query(db: Connection) -> dict[str, Any]:
        stations = network.stations_by_code(db, asked.codes)
        wanted = Wanted.by(asked, coordinator_id=_coordinator(actor, status))
        known = gather(db, services, actor, wanted, stations=stations, bridge=default_bridge(db), now=now)
        new = new_session(services, actor, status, uid="", now=now)
        wished = draft(asked, known.facts, new=new)
        return judged(db, services, actor, wished, known, asked=asked, tongues=tongues)

    return await services.database.read(query)


def judged(
    db: Connection,
    services: Services,
    actor: Actor,
    wished: StoredSession,
    known: Gathered,
    *,
    asked: Outline,
    tongues: Tongues,
) -> dict[str, Any]:
    """Return the judgement of a new session. What is only asked for is judged as if it were booked."""
    as_booked = replace(wished, session=replace(wished.session, status=Status.CONFIRMED))
    found = clashes(as_booked, None, known.facts, zone=asked.start.zone)
    settled = settle(
        None, wished, mailboxes=mailboxes(known.facts.stations), recipients=(), now=known.facts.now
    )
    view = views(db, services, actor, [settled.after], stations=known.facts.stations)[0]
    return check_json(view, found, settled.notices, tongues=tongues)


def _permit(services: Services, actor: Actor, request: BookingRequest) -> Status:
    """Return what the session becomes: what was asked for, else the most that the actor may."""
    facts = SessionFacts(
        visibility=(request.visibility or Visibility(services.settings.visibility)).value,
        stations=frozenset({request.host, *(seat.station for seat in request.stations)}),
        host=request.host,
    )
    may_book = services.may(actor, Action.BOOK_SESSION, facts)
    if request.coordinator is not None and not may_book:
        raise Forbidden(
            "not_permitted",
            message("Whoever approves a request coordinates it. Leave the field coordinator out."),
        )
    status = request.status or (Status.CONFIRMED if may_book else Status.REQUESTED)
    if status is Status.REQUESTED and services.may(actor, Action.ASK_SESSION, facts):
        return status
    if status is not Status.REQUESTED and may_book:
        return status
    raise Forbidden(
        "not_permitted",
        message(
            "Booking takes a coordinator of the host, or a token of one with the scope sessions:write. Others ask: status requested."
        ),
    )


def _coordinator(actor: Actor, status: Status) -> int | None:
    """Return whose a session is unless said: who books it. One that is asked for is nobody's yet."""
    return None if status is Status.REQUESTED else actor.user_id


def folded(services: Services, request: BookingRequest) -> BookingRequest:
    """Return a request whose addresses and zones are in the form in which they are stored.

    Raises Invalid `bad_address` and `unknown_zone` naming the field.
    """
    coordinator = request.coordinator
    return replace(
        request,
        coordinator=None if coordinator is None else fold_address(coordinator, pointer="/coordinator"),
        guest_sites=tuple(
            replace(
                guest,
                email=fold_address(guest.email, pointer=f"/guest_sites/{index}/email"),
                zone=_zone(services, guest.zone, f"/guest_sites/{index}/zone"),
            )
            for index, guest in enumerate(request.guest_sites)
        ),
        people=tuple(
            replace(
                person,
                email=fold_address(person.email, pointer=f"/people/{index}/email"),
                zone=_zone(services, person.zone, f"/people/{index}/zone") if person.zone else "",
            )
            for index, person in enumerate(request.people)
        ),
    )


def _zone(services: Services, name: str, pointer: str) -> str:
    try:
        return services.zones.get(name).name
    except Invalid as wrong:
        raise Invalid.field(pointer, name, wrong.code, wrong.detail) from wrong


def lay_out(services: Services, request: BookingRequest, now: datetime, *, is_moved: bool = True) -> Outline:
    """Return a request with its start resolved and the settings' defaults; raises Invalid."""
    zone = services.zones.get(request.start.zone)
    start = resolve_start(request.start, zone, tz_version=services.zones.version)
    return outline(request, start, limits=_limits(services), now=now, is_moved=is_moved)


def _limits(services: Services) -> Limits:
    settings = services.settings
    return Limits(
        longest_session_minutes=settings.longest_session_minutes,
        setup_minutes=settings.setup_minutes,
        teardown_minutes=settings.teardown_minutes,
        visibility=Visibility(settings.visibility),
        lead_minutes=settings.lead_minutes,
        horizon_days=settings.horizon_days,
        most_stations=settings.most_stations,
        most_people=settings.most_people,
        hold_hours=settings.hold_hours,
    )


def _remembered(db: Connection, actor: Actor, once: Once | None) -> BookedSession | None:
    answer = remembered(db, actor, once)
    return None if answer is None else BookedSession(**answer, repeated=True)


async def _earlier(services: Services, actor: Actor, once: Once | None) -> BookedSession | None:
    if once is None:
        return None
    return await services.database.read(lambda db: _remembered(db, actor, once))


def new_session(services: Services, actor: Actor, status: Status, *, uid: str, now: datetime) -> NewSession:
    """Return what a session is made with that nobody asks for; its number comes last (`numbered`)."""
    return NewSession(
        number=0,
        uid=uid,
        year=services.zones.get(REFERENCE_ZONE).local(now).year,
        status=status,
        created_by=actor.name,
        requester_id=actor.user_id if status is Status.REQUESTED else None,
    )
