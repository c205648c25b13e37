"""May this stand? The one decision of a booking: an outline and the facts in, what stands or a refusal out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jicanet.core.errors import FieldError
from jicanet.core.text import message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.conflicts import BridgeLoad, BusySeat, Clash, bridge_clash, busy_clash, refusal
from jicanet.scheduler.domain.links import unknown_materials
from jicanet.scheduler.domain.model import Booked, BookedSeat, Outline, SeatPlan
from jicanet.scheduler.domain.notices import Part, never_to_present, next_dtstamp
from jicanet.scheduler.domain.outline import refused
from jicanet.scheduler.domain.warnings import minutes_outside, seat_warnings
from jicanet.stations.domain.model import Days, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFacts:
    """All that a booking is judged by, read under its locks."""

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
class Judgement:
    """What would stand, and all that is in its way."""

    booked: Booked
    clashes: tuple[Clash, ...]


def judge_booking(asked: Outline, facts: BookingFacts) -> Judgement:
    """Return the session as it would stand, with everything that is in its way.

    Raises Invalid for an unknown station, material or coordinator: 422 comes before 409.
    """
    errors = _unknown(asked, facts)
    if errors:
        raise refused(errors)
    dtstamp = next_dtstamp(facts.now)
    booked = Booked(
        outline=asked,
        bridge=facts.bridge.code,
        coordinator_id=facts.coordinator_id,
        seats=tuple(_seat(seat, asked, facts) for seat in asked.seats),
        notices=never_to_present(
            (_part(facts.stations[code]) for code in asked.codes), counter=0, dtstamp=dtstamp
        ),
        dtstamp=dtstamp,
    )
    return Judgement(booked=booked, clashes=_clashes(asked, facts))


def decide_booking(asked: Outline, facts: BookingFacts) -> Booked:
    """Return the session that may stand, with its warnings and notices.

    Raises Invalid as `judge_booking` does, and Conflict `station_busy` or `bridge_full` listing all
    that is in the way.
    """
    judged = judge_booking(asked, facts)
    if judged.clashes:
        raise refusal(judged.clashes)
    return judged.booked


def _seat(seat: SeatPlan, asked: Outline, facts: BookingFacts) -> BookedSeat:
    code = seat.station
    warnings = seat_warnings(facts.stations[code], facts.days[code], facts.zones[code], asked.attended)
    return BookedSeat(
        station=code,
        role=seat.role,
        required=seat.required,
        minutes_outside=minutes_outside(warnings),
        warnings=warnings,
    )


def _part(station: Station) -> Part:
    return Part(station=station.code, mailbox=station.mailbox, languages=station.languages)


def _clashes(asked: Outline, facts: BookingFacts) -> tuple[Clash, ...]:
    place = {code: index for index, code in enumerate(asked.codes)}
    window = asked.occupied
    taken = sorted(
        (seat for seat in facts.busy if seat.station in place and seat.span.overlaps(window)),
        key=lambda seat: (place[seat.station], seat.span),
    )
    clashes = [
        busy_clash(seat, city=facts.stations[seat.station].city, zone=facts.zones[seat.station])
        for seat in taken
    ]
    full = bridge_clash(facts.bridge, window=window, needed=asked.ports, zone=asked.start.zone)
    return (*clashes, full) if full else tuple(clashes)


def _unknown(asked: Outline, facts: BookingFacts) -> list[FieldError]:
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
        detail = message("No user has the address %(email)s.", email=(request.coordinator or "")[:80])
        errors.append(
            FieldError(pointer="/coordinator", value=request.coordinator, code="unknown_user", detail=detail)
        )
    return errors
