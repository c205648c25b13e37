"""A change as a request: what stands, with the fields that were sent in its place (interfaces.md, PATCH)."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from typing import Any

from jicanet.core.errors import Invalid
from jicanet.core.text import message
from jicanet.scheduler.domain.model import (
    BookingRequest,
    GuestRequest,
    LinkRequest,
    PersonRequest,
    Programme,
    SeatRequest,
    WallStart,
)
from jicanet.scheduler.domain.record import GuestRecord, PersonRecord, SeatRecord, StoredSession

# What a patch may name: fields of BookingRequest. A value of None asks for the default.
Patch = Mapping[str, Any]


def request_of(stored: StoredSession) -> BookingRequest:
    """Return the request that a session is: sent again, it would change nothing."""
    session = stored.session
    return BookingRequest(
        title=session.title,
        host=session.host,
        stations=tuple(_seat(seat) for seat in stored.listed),
        start=WallStart(local=session.wall_start, zone=session.zone, fold=session.fold),
        minutes=session.minutes,
        setup_minutes=session.setup_minutes,
        teardown_minutes=session.teardown_minutes,
        purpose=session.purpose,
        kind=session.kind,
        department=session.department,
        programme=session.programme,
        visibility=session.visibility,
        languages=session.languages,
        materials=tuple(
            LinkRequest(
                material=record.link.material,
                kind=record.link.kind,
                start=record.link.start_minute,
                end=record.link.end_minute,
                language=record.link.language,
                required=record.link.required,
            )
            for record in stored.links
        ),
        join=session.join,
        status=session.status,
        interpretation=session.interpretation,
        recording=session.recording,
        quorum=session.quorum,
        guest_sites=tuple(_guest(guest) for guest in stored.listed_guests),
        people=tuple(_person(person) for person in stored.listed_people),
    )


def patched(stored: StoredSession, patch: Patch) -> BookingRequest:
    """Return what a session shall be: its own request with the fields of `patch` in place of its own.

    A station named by its code alone keeps role and being required, and so does the host that is not
    named; a new host that is not described gets a host's defaults, and one that declined and is
    replaced becomes optional (domain.md).
    """
    request = request_of(stored)
    given = {name: _value(request, name, value) for name, value in patch.items()}
    wanted = replace(request, **given)
    is_new_host = wanted.host != request.host
    known = {seat.station: seat for seat in stored.listed}
    described = {seat.station for seat in patch.get("stations") or () if _is_described(seat)}

    def seat(asked: SeatRequest) -> SeatRequest:
        before = known.get(asked.station)
        if asked.station in described or before is None:
            return asked
        if is_new_host and asked.station == wanted.host:
            return SeatRequest(station=asked.station)
        if is_new_host and asked.station == request.host and before.withdrawn:
            return replace(_seat(before), required=False)
        return replace(
            asked,
            role=before.role if asked.role is None else asked.role,
            required=before.required if asked.required is None else asked.required,
        )

    stations = wanted.stations
    if not is_new_host and wanted.host not in {asked.station for asked in stations}:
        # Last, so that errors name the places that were sent.
        stations = (*stations, SeatRequest(station=wanted.host))
    return replace(wanted, stations=tuple(map(seat, stations)))


def _is_described(seat: SeatRequest) -> bool:
    return seat.role is not None or seat.required is not None


def _value(request: BookingRequest, name: str, value: Any) -> Any:
    """Return what a field becomes: an object that is given by its members is merged (RFC 7396 2)."""
    if value is None:
        return _default(name)
    if not isinstance(value, Mapping):
        return value
    known = getattr(request, name)
    if known is None:
        if value.get("scheme") is None:
            detail = message("A programme needs its scheme.")
            raise Invalid.field("/programme/scheme", None, "field_needed", detail)
        known = Programme(scheme=value["scheme"])
    empty = {each.name: each.default for each in fields(known)}
    members = {member: empty[member] if part is None else part for member, part in value.items()}
    return replace(known, **members)


def _default(name: str) -> Any:
    field = next(each for each in fields(BookingRequest) if each.name == name)
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    msg = f"{name} has no default"
    raise ValueError(msg)


def _seat(seat: SeatRecord) -> SeatRequest:
    return SeatRequest(station=seat.station, role=seat.role, required=seat.required)


def _guest(guest: GuestRecord) -> GuestRequest:
    return GuestRequest(
        organisation=guest.organisation,
        city=guest.city,
        zone=guest.zone,
        email=guest.email,
        contact=guest.contact,
        telephone=guest.telephone,
        language=guest.language,
        role=guest.role,
        required=guest.required,
    )


def _person(person: PersonRecord) -> PersonRequest:
    return PersonRequest(
        role=person.role, name=person.name, email=person.email, zone=person.zone, language=person.language
    )
