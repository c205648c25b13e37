"""Booking a session: never two in one room, never more ports than there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor, SessionFacts
from jicanet.core.errors import Forbidden, Invalid
from jicanet.core.text import Translate, message, untranslated
from jicanet.mail import store as outbox
from jicanet.mail.model import Owed
from jicanet.people.domain.emails import fold_address
from jicanet.scheduler import store
from jicanet.scheduler.domain.booking import decide_booking, judge_booking
from jicanet.scheduler.domain.model import Booked, BookingRequest, Limits, Outline
from jicanet.scheduler.domain.outline import outline
from jicanet.scheduler.domain.record import (
    LinkRecord,
    RecipientRecord,
    SessionRecord,
    SessionView,
    StoredSession,
    recipients_of,
    seats_of,
    session_of,
)
from jicanet.scheduler.domain.snapshot import snapshot
from jicanet.scheduler.domain.times import resolve_start
from jicanet.scheduler.domain.words import Visibility
from jicanet.scheduler.render.answers import check_json, session_json
from jicanet.scheduler.service.facts import Gathered, default_bridge, gather
from jicanet.scheduler.service.once import Once, remember, remembered
from jicanet.scheduler.service.views import contact, linked
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.storage import store as storage

# References count by the year in Japan (interfaces.md, Ids).
REFERENCE_ZONE = "Asia/Tokyo"

Tongues = Callable[[str], Translate]


def _untranslated(_language: str) -> Translate:
    return untranslated


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedSession:
    """What a booking is answered with. `repeated` says that an earlier twin of the request made it."""

    ref: str
    revision: int
    body: Mapping[str, Any]
    repeated: bool = False


async def book_session(
    services: Services, actor: Actor, request: BookingRequest, *, once: Once | None = None
) -> BookedSession:
    """Book a session and owe its invitations, or give the answer that `once` has already earned.

    Raises Forbidden, Invalid (422, naming the fields: domain/outline.py, domain/booking.py) and
    Conflict `station_busy` or `bridge_full`; then nothing is stored and nothing mailed.
    """
    _permit(services, actor, request)
    now = services.clock.now()
    try:
        request = _folded(request)
        asked = _lay_out(services, request, now)
    except Invalid:
        # What was possible once may be past by now: a twin still gets its answer.
        earlier = await _earlier(services, actor, once)
        if earlier is None:
            raise
        return earlier
    uid = services.ids.uid()

    def change(db: Connection) -> BookedSession:
        # First of all the locks, stations before the bridge (architecture.md, Transactions): what is
        # read before them may be past when they are granted.
        stations = network.lock_stations(db, asked.codes)
        bridge = network.lock_bridge(db)
        earlier = _remembered(db, actor, once)
        if earlier is not None:
            return earlier
        known = gather(db, services, actor, asked, stations=stations, bridge=bridge, now=now)
        booked = decide_booking(asked, known.facts)
        return _record(db, services, actor, booked, known, uid=uid, once=once)

    return await services.database.write(change)


async def check_booking(
    services: Services, actor: Actor, request: BookingRequest, *, tongues: Tongues = _untranslated
) -> dict[str, Any]:
    """Return the judgement of a booking, `{warnings, conflicts, notices}`, and store nothing.

    `tongues` gives the translation to each language in which mails would be written.
    Raises Forbidden and Invalid as `book_session` does; conflicts are listed, not raised.
    """
    _permit(services, actor, request)
    now = services.clock.now()
    asked = _lay_out(services, _folded(request), now)

    def query(db: Connection) -> dict[str, Any]:
        stations = network.stations_by_code(db, asked.codes)
        bridge = default_bridge(db)
        known = gather(db, services, actor, asked, stations=stations, bridge=bridge, now=now)
        judged = judge_booking(asked, known.facts)
        record = _session(services, actor, judged.booked, number=0, uid="", stamp=0, now=now)
        view = _view(services, judged.booked, known, record, recipients=(), link_ids=())
        return check_json(judged.booked, judged.clashes, view, session=record, tongues=tongues)

    return await services.database.read(query)


def _permit(services: Services, actor: Actor, request: BookingRequest) -> None:
    facts = SessionFacts(
        visibility=(request.visibility or Visibility(services.settings.visibility)).value,
        stations=frozenset({request.host, *(seat.station for seat in request.stations)}),
        host=request.host,
    )
    if not services.may(actor, Action.BOOK_SESSION, facts):
        raise Forbidden(
            "not_permitted",
            message("Booking takes a coordinator, or a token of one with the scope sessions:write."),
        )


def _folded(request: BookingRequest) -> BookingRequest:
    if request.coordinator is None:
        return request
    return replace(request, coordinator=fold_address(request.coordinator, pointer="/coordinator"))


def _lay_out(services: Services, request: BookingRequest, now: datetime) -> Outline:
    zone = services.zones.get(request.start.zone)
    start = resolve_start(request.start, zone, tz_version=services.zones.version)
    return outline(request, start, limits=_limits(services), now=now)


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
    )


def _remembered(db: Connection, actor: Actor, once: Once | None) -> BookedSession | None:
    answer = remembered(db, actor, once)
    return None if answer is None else BookedSession(**answer, repeated=True)


async def _earlier(services: Services, actor: Actor, once: Once | None) -> BookedSession | None:
    if once is None:
        return None
    return await services.database.read(lambda db: _remembered(db, actor, once))


def _session(
    services: Services, actor: Actor, booked: Booked, *, number: int, uid: str, stamp: int, now: datetime
) -> SessionRecord:
    return session_of(
        booked,
        number=number,
        uid=uid,
        stamp=stamp,
        created_by=actor.name,
        now=now,
        year=services.zones.get(REFERENCE_ZONE).local(now).year,
    )


def _view(
    services: Services,
    booked: Booked,
    known: Gathered,
    record: SessionRecord,
    *,
    recipients: tuple[RecipientRecord, ...],
    link_ids: tuple[int, ...],
) -> SessionView:
    by_station = {code: each.id for each in recipients for code in each.stations}
    return SessionView(
        stored=StoredSession(
            session=record,
            seats=seats_of(booked, by_station),
            links=tuple(
                LinkRecord(id=number, link=link)
                for number, link in zip(link_ids, booked.outline.links, strict=bool(link_ids))
            ),
        ),
        stations=known.facts.stations,
        zones=known.facts.zones,
        materials={code: linked(services, material) for code, material in known.materials.items()},
        coordinator=contact(known.coordinator),
    )


def _record(
    db: Connection,
    services: Services,
    actor: Actor,
    booked: Booked,
    known: Gathered,
    *,
    uid: str,
    once: Once | None,
) -> BookedSession:
    """Write what was decided, all in this scope: session, seats, mails owed, audit, the answer to a key."""
    now = known.facts.now
    stamp = network.raise_bridge_revision(db, booked.bridge)
    number = store.next_number(db)
    record = _session(services, actor, booked, number=number, uid=uid, stamp=stamp, now=now)
    store.add_session(db, record)
    recipients = recipients_of(booked, store.add_recipients(db, number, booked.notices))
    link_ids = store.add_links(db, number, booked.outline.links)
    view = _view(services, booked, known, record, recipients=recipients, link_ids=link_ids)
    store.add_seats(db, record, view.stored.seats)
    store.add_snapshot(db, number, record.revision, snapshot(view, recipients))
    outbox.owe(db, [_owed(record, recipient) for recipient in recipients], now=now)
    network.raise_feed_revisions(db, booked.outline.codes)
    detail = {"stations": list(booked.outline.codes), "notices": len(recipients)}
    storage.record_audit(db, at=now, actor=actor, action="session-booked", subject=record.ref, detail=detail)
    answer = BookedSession(ref=record.ref, revision=record.revision, body=session_json(view))
    kept = {"ref": answer.ref, "revision": answer.revision, "body": answer.body}
    remember(db, actor, once, kept, now=now)
    return answer


def _owed(record: SessionRecord, recipient: RecipientRecord) -> Owed:
    return Owed(
        identity=f"request/{recipient.id}/{record.revision}",
        kind="request",
        recipient=recipient.address,
        uid=record.uid,
        recipient_key=str(recipient.id),
        sequence=recipient.sequence,
        dtstamp=recipient.dtstamp,
        payload={"session_id": record.id, "revision": record.revision, "recipient_id": recipient.id},
    )
