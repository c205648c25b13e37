"""What may be asked for of a session, as a plain part of the model and as a field of a request."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from jicanet.scheduler.domain.model import BookingRequest, SeatRequest, WallStart
from jicanet.scheduler.domain.words import PersonRole, SeatRole, Status
from tests.support.booking import at
from tests.support.life import guest, person, seats
from tests.support.life_compare import CELL, FIRST
from tests.support.plain_life import GUEST, PERSON, STATION, PlainPart, PlainSession


def start(cell: int) -> WallStart:
    """Return the start of a cell."""
    return at((FIRST + cell * CELL).isoformat())


def email_of(key: str) -> str:
    """Return the address that names a guest site or person."""
    return key.partition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A session that shall be; its stations are those of `parts`, its host the first."""

    state: str
    cell: int
    cells: int
    parts: tuple[PlainPart, ...]
    quorum: int | None

    def plain(self, *, ends_at: int) -> PlainSession:
        return PlainSession(
            state=self.state,
            host=self.parts[0].key,
            cell=self.cell,
            cells=self.cells,
            quorum=self.quorum,
            ends_at=ends_at,
            parts={part.key: replace(part) for part in self.parts},
        )

    def request(self) -> BookingRequest:
        return BookingRequest(
            title="Title",
            host=self.parts[0].key,
            stations=tuple(
                SeatRequest(station=part.key, required=part.required)
                for part in self.parts[1:]
                if part.kind == STATION
            ),
            start=start(self.cell),
            minutes=30 * self.cells,
            status=Status.CONFIRMED if self.state == "open" else Status(self.state),
            quorum=self.quorum,
            guest_sites=tuple(guest(email_of(part.key)) for part in self.parts if part.kind == GUEST),
            people=tuple(person(email_of(part.key)) for part in self.parts if part.kind == PERSON),
        )


def listing(kind: str, parts: Iterable[PlainPart], *, described: str = "") -> dict[str, Any]:
    """Return the field of a patch that lists these parts; only people are described each time."""
    if kind == PERSON:
        return {"people": tuple(person(email_of(part.key), PersonRole(part.role)) for part in parts)}
    if kind == GUEST:
        sites = [
            guest(email_of(part.key), required=part.required if part.key == described else None)
            for part in parts
        ]
        return {"guest_sites": tuple(sites)}
    seats_ = [
        SeatRequest(station=part.key, role=SeatRole(part.role), required=part.required)
        if part.key == described
        else seats(part.key)[0]
        for part in parts
    ]
    return {"stations": tuple(seats_)}
