"""May this stand? The one decision of create, edit, approval, restoring and coming back: what is in the way.

`draft` says what a session would be, `clashes` what is in its way; whatever occupies asks both, under
the locks of its stations and bridge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jicanet.core.errors import FieldError
from jicanet.core.text import fold, message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.conflicts import BridgeLoad, BusySeat, Clash, bridge_clash, busy_clash
from jicanet.scheduler.domain.links import unknown_materials
from jicanet.scheduler.domain.model import GuestRequest, Outline, PersonRequest, SeatPlan, SeatWarning
from jicanet.scheduler.domain.outline import refused
from jicanet.scheduler.domain.record import (
    UNANSWERED,
    GuestRecord,
    LinkRecord,
    PersonRecord,
    SeatRecord,
    SessionRecord,
    StoredSession,
)
from jicanet.scheduler.domain.warnings import minutes_outside, seat_warnings
from jicanet.scheduler.domain.words import SeatRole, Status
from jicanet.stations.domain.model import Days, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFacts:
    """All that a booking is judged by, read under its locks. `busy` and `bridge` leave the session itself out."""

    now: datetime
    stations: Mapping[str, Station]
    zones: Mapping[str, Zone]  # by station
    days: Mapping[str, Days]  # by station
    busy: tuple[BusySeat, ...]
    bridge: BridgeLoad
    materials: Mapping[str, Any]
    coordinator_id: int | None
    coordinator_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """What a session is made with that nobody asks for; `year` is that of its creation in Japan."""

    number: int
    uid: str
    year: int
    status: Status
    created_by: str
    requester_id: int | None


def draft(
    asked: Outline, facts: BookingFacts, *, new: NewSession | None = None, before: StoredSession | None = None
) -> StoredSession:
    """Return the session as it would be: a new one, or `before` edited, its answers kept.

    Raises Invalid for an unknown station, material or coordinator: 422 comes before 409.
    """
    errors = unknown(asked, facts)
    if errors:
        raise refused(errors)
    if before is not None:
        session = _edited(before.session, asked, facts)
    elif new is not None:
        session = _new(asked, facts, new)
    else:
        raise ValueError("a draft is of something new or of something that is there")
    return StoredSession(
        session=session,
        seats=_seats(asked, facts, before),
        links=_links(asked, before),
        guests=_guests(asked, before),
        people=_people(asked, before),
    )


def numbered(wished: StoredSession, *, number: int, year: int) -> StoredSession:
    """Return a new session under its own number: the last step, taken only where it may stand."""
    session = replace(wished.session, id=number, ref=_reference(number, year))
    return replace(wished, session=session)


def _reference(number: int, year: int) -> str:
    return f"JN-{year}-{number:06}"


def clashes(
    wanted: StoredSession, before: StoredSession | None, facts: BookingFacts, *, zone: Zone
) -> tuple[Clash, ...]:
    """Return all that is in the way of a session that occupies, busy rooms first; () for one that does not.

    What stands already is not judged again: an edit that takes no room, minute or port more cannot
    clash, whatever happened to the bridge meanwhile. `zone` is the organiser's.
    """
    if not wanted.session.status.occupies or not takes_more(wanted, before):
        return ()
    live = [seat.station for seat in wanted.listed if seat.live]
    place = {code: index for index, code in enumerate(live)}
    window = wanted.session.occupied
    taken = sorted(
        (seat for seat in facts.busy if seat.station in place and seat.span.overlaps(window)),
        key=lambda seat: (place[seat.station], seat.span),
    )
    found = [
        busy_clash(seat, city=facts.stations[seat.station].city, zone=facts.zones[seat.station])
        for seat in taken
    ]
    full = bridge_clash(facts.bridge, window=window, needed=wanted.ports, zone=zone)
    return (*found, full) if full else tuple(found)


def takes_more(wanted: StoredSession, before: StoredSession | None) -> bool:
    """Say whether a session takes a room, a minute or a port that it had not before."""
    if before is None or not before.session.status.occupies:
        return True
    now, then = wanted.session.occupied, before.session.occupied
    had = {seat.station for seat in before.listed if seat.live}
    return (
        now.start < then.start
        or now.end > then.end
        or wanted.ports > before.ports
        or any(seat.live and seat.station not in had for seat in wanted.listed)
    )


def _new(asked: Outline, facts: BookingFacts, new: NewSession) -> SessionRecord:
    request = asked.request
    return SessionRecord(
        id=new.number,
        ref=_reference(new.number, new.year),
        uid=new.uid,
        status=new.status,
        created_by=new.created_by,
        created_at=facts.now,
        requester_id=new.requester_id,
        bridge=facts.bridge.code,
        ports=0,
        counter=0,
        dtstamp=facts.now,
        stamp=0,
        revision=0,
        changed_at=facts.now,
        hold_until=asked.hold_until,
        **_asked(asked, facts),
        title=request.title.strip(),
    )


def _edited(before: SessionRecord, asked: Outline, facts: BookingFacts) -> SessionRecord:
    hold_until = before.hold_until
    if hold_until is not None:
        wanted = asked.hold_until if asked.request.hold_until is not None else hold_until
        hold_until = min(wanted or hold_until, asked.start.starts_at)
    session = replace(
        before, hold_until=hold_until, title=asked.request.title.strip(), **_asked(asked, facts)
    )
    if asked.request.coordinator is None:
        # Nobody was named: whoever booked or approved it stays.
        session = replace(session, coordinator_id=before.coordinator_id)
    return session


def _asked(asked: Outline, facts: BookingFacts) -> dict[str, Any]:
    request = asked.request
    return {
        "purpose": request.purpose,
        "kind": request.kind,
        "department": request.department,
        "coordinator_id": facts.coordinator_id,
        "host": request.host,
        "visibility": asked.visibility,
        "languages": request.languages,
        "programme": request.programme,
        "wall_start": asked.start.local,
        "zone": asked.start.zone.name,
        "fold": asked.start.fold,
        "tz_version": asked.start.tz_version,
        "minutes": asked.minutes,
        "setup_minutes": asked.setup_minutes,
        "teardown_minutes": asked.teardown_minutes,
        "starts_at": asked.start.starts_at,
        "ends_at": asked.ends_at,
        "join": request.join,
        "interpretation": request.interpretation,
        "recording": request.recording,
        "quorum": request.quorum,
    }


def _seats(asked: Outline, facts: BookingFacts, before: StoredSession | None) -> tuple[SeatRecord, ...]:
    known = {seat.station: seat for seat in before.seats} if before else {}
    wanted = {plan.station: plan for plan in asked.seats}
    judged = {code: _warnings(code, asked, facts) for code in wanted}
    new_host = before is None or before.session.host != asked.request.host
    kept = [
        _kept_seat(seat, wanted, judged, comes_back=new_host and seat.station == asked.request.host)
        for seat in known.values()
    ]
    added = [
        SeatRecord(
            station=code,
            role=plan.role,
            required=plan.required,
            minutes_outside=minutes_outside(judged[code]),
            warnings=judged[code],
        )
        for code, plan in wanted.items()
        if code not in known
    ]
    return (*kept, *added)


def _kept_seat(
    seat: SeatRecord,
    wanted: Mapping[str, SeatPlan],
    judged: Mapping[str, tuple[SeatWarning, ...]],
    *,
    comes_back: bool,
) -> SeatRecord:
    plan = wanted.get(seat.station)
    if plan is None:
        return replace(seat, listed=False)
    warnings = judged[seat.station]
    seat = replace(
        seat,
        role=plan.role,
        required=plan.required,
        warnings=warnings,
        minutes_outside=minutes_outside(warnings),
    )
    if not seat.listed or (comes_back and seat.withdrawn):
        return replace(seat, listed=True, withdrawn=False, **UNANSWERED)
    return seat


def _warnings(code: str, asked: Outline, facts: BookingFacts) -> tuple[SeatWarning, ...]:
    return seat_warnings(facts.stations[code], facts.days[code], facts.zones[code], asked.attended)


def _guests(asked: Outline, before: StoredSession | None) -> tuple[GuestRecord, ...]:
    known = {guest.email: guest for guest in before.guests} if before else {}
    wanted = {fold(guest.email): guest for guest in asked.request.guest_sites}
    kept = [
        _listed_again(guest, **_guest(wanted[email], guest))
        if email in wanted
        else replace(guest, listed=False)
        for email, guest in known.items()
    ]
    added = [
        GuestRecord(email=email, **_guest(guest, None))
        for email, guest in wanted.items()
        if email not in known
    ]
    return (*kept, *added)


def _guest(asked: GuestRequest, known: GuestRecord | None) -> dict[str, Any]:
    role, required = (known.role, known.required) if known and known.listed else (SeatRole.RECEIVING, False)
    return {
        "organisation": asked.organisation.strip(),
        "city": asked.city.strip(),
        "zone": asked.zone,
        "contact": asked.contact,
        "telephone": asked.telephone,
        "language": asked.language,
        "role": role if asked.role is None else asked.role,
        "required": required if asked.required is None else asked.required,
    }


def _people(asked: Outline, before: StoredSession | None) -> tuple[PersonRecord, ...]:
    known = {person.email: person for person in before.people} if before else {}
    wanted = {fold(person.email): person for person in asked.request.people}
    kept = [
        _listed_again(person, **_person(wanted[email], asked))
        if email in wanted
        else replace(person, listed=False)
        for email, person in known.items()
    ]
    added = [
        PersonRecord(email=email, **_person(person, asked))
        for email, person in wanted.items()
        if email not in known
    ]
    return (*kept, *added)


def _person(given: PersonRequest, asked: Outline) -> dict[str, Any]:
    return {
        "role": given.role,
        "name": given.name.strip(),
        "zone": given.zone or asked.start.zone.name,
        "language": given.language,
    }


def _listed_again(part: Any, **values: Any) -> Any:
    """Return a guest site or person with these values; one that was removed begins anew."""
    if part.listed:
        return replace(part, **values)
    return replace(part, **values, **UNANSWERED, listed=True, withdrawn=False)


def _links(asked: Outline, before: StoredSession | None) -> tuple[LinkRecord, ...]:
    """Return the links, those that say the same under their old number; a new one has the number 0."""
    known = {_says(record.link): record for record in before.links} if before else {}
    return tuple(
        replace(known[_says(link)], link=link) if _says(link) in known else LinkRecord(id=0, link=link)
        for link in asked.links
    )


def _says(link: Any) -> tuple[Any, ...]:
    return (link.material, link.kind, link.start_minute)


def unknown(asked: Outline, facts: BookingFacts) -> list[FieldError]:
    """Return an error for each station, material and coordinator that is not known."""
    request = asked.request
    named = [("/host", request.host)]
    named += [(f"/stations/{index}", seat.station) for index, seat in enumerate(request.stations)]
    errors = [
        FieldError(
            pointer=pointer,
            value=code,
            code="unknown_station",
            detail=message("There is no station %(code)s in the network.", code=code[:40]),
        )
        for pointer, code in named
        if code not in facts.stations
    ]
    errors += unknown_materials(
        ((f"/materials/{index}", link.material) for index, link in enumerate(request.materials)),
        facts.materials,
    )
    if not facts.coordinator_known:
        detail = message(
            "No coordinator of the host has the address %(email)s.", email=(request.coordinator or "")[:80]
        )
        errors.append(
            FieldError(pointer="/coordinator", value=request.coordinator, code="unknown_user", detail=detail)
        )
    return errors
