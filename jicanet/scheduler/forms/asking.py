"""From the form to the request that the interface would get; nothing is judged here."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import Message, message
from jicanet.core.zones import Zones
from jicanet.ical import clean
from jicanet.people.domain.emails import fold_address
from jicanet.scheduler.domain.model import (
    BookingRequest,
    GuestRequest,
    JoinDetails,
    LinkRequest,
    PersonRequest,
    Programme,
    SeatRequest,
    WallStart,
)
from jicanet.scheduler.domain.words import (
    LinkKind,
    PersonRole,
    Scheme,
    SeatRole,
    SessionKind,
    Visibility,
)
from jicanet.scheduler.forms.sheet import ON, GuestRow, MaterialRow, PersonRow, Sheet, StationRow
from jicanet.scheduler.forms.typed import (
    clock_of,
    plain,
    read_clock,
    read_countries,
    read_date,
    read_languages,
    read_number,
    read_zone,
)

Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)

_AFTER = re.compile(r"\+? ?([0-9]{1,4})")
_MISSING = message("Say how many minutes it lasts.")
# Nobody wants to hear of these before they press the button that needs them.
_UNFILLED = frozenset(
    {"text_empty", "bad_address", "host_missing", "date_missing", "start_missing", "number_missing"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a form asks for. `request` is None without a host, a moment and a length.

    `errors` point into the request; `people` and `guests` say in which row of the form each entry of
    the request's lists stands: empty rows are left out.
    """

    request: BookingRequest | None
    errors: tuple[FieldError, ...]
    people: tuple[int, ...] = ()
    guests: tuple[int, ...] = ()


def is_unfilled(error: FieldError) -> bool:
    """Say whether an error is only that nothing stands in a field yet."""
    return error.code in _UNFILLED and not error.value


class _Reading:
    """The readings of one sheet: what cannot be read is noted, and another value stands for it."""

    def __init__(self, zones: Zones) -> None:
        self.zones = zones
        self.errors: list[FieldError] = []

    def take(self, read: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return read()
        except Invalid as wrong:
            self.errors += wrong.errors
            return otherwise

    def choice(self, kind: type[Word], text: str, pointer: str, otherwise: Word) -> Word:
        return self.take(lambda: _choice(kind, text, pointer) if text else otherwise, otherwise)


def wish_of(sheet: Sheet, zones: Zones, *, today: Callable[[str], date]) -> Wish:
    """Return what a sheet asks for. `today` is the date by the clock of a zone."""
    reading = _Reading(zones)
    if not sheet.title:
        reading.errors.append(_missing("/title", "text_empty", message("A session needs a title.")))
    start = _start(sheet, reading, today)
    minutes = reading.take(lambda: read_number(sheet.minutes, pointer="/minutes", missing=_MISSING), None)
    if not sheet.host:
        detail = message("Name the station that is the host.")
        reading.errors.append(_missing("/host", "host_missing", detail))
    people = tuple(number for number, row in enumerate(sheet.people) if not row.is_empty)
    guests = tuple(number for number, row in enumerate(sheet.guests) if not row.is_empty)
    rest = _rest(sheet, reading, people, guests)
    request = None
    if start is not None and minutes is not None and sheet.host:
        links = _links(sheet, reading, start)
        request = BookingRequest(start=start, minutes=minutes, materials=links, **rest)
    return Wish(request=request, errors=tuple(reading.errors), people=people, guests=guests)


def _missing(pointer: str, code: str, detail: Message) -> FieldError:
    return FieldError(pointer=pointer, value="", code=code, detail=detail)


def _choice(kind: type[Word], text: str, pointer: str) -> Word:
    try:
        return kind(text)
    except ValueError as exc:
        detail = message("%(field)s must be one of %(choices)s.", field=pointer[1:], choices=", ".join(kind))
        raise Invalid.field(pointer, text, "not_a_choice", detail) from exc


def _start(sheet: Sheet, reading: _Reading, today: Callable[[str], date]) -> WallStart | None:
    zone = reading.take(lambda: read_zone(sheet.clock, reading.zones, pointer="/clock"), "")
    if not zone:
        return None
    day = reading.take(lambda: read_date(sheet.date, pointer="/date", today=today(zone)), None)
    clock = reading.take(lambda: read_clock(sheet.start, pointer="/start"), None)
    if day is None or clock is None:
        return None
    local = datetime.combine(day, clock)
    return WallStart(local=local, zone=zone, fold=_fold(sheet.fold, local, zone))


def fold_text(local: datetime, zone: str, fold: int) -> str:
    """Return the choice of one of two times with the time that it belongs to."""
    return f"{local.isoformat(timespec='minutes')} {zone} {fold}"


def _fold(text: str, local: datetime, zone: str) -> int | None:
    """Return the choice if it was made for this very time: a new date asks anew."""
    return next((fold for fold in (0, 1) if text == fold_text(local, zone, fold)), None)


def _rest(
    sheet: Sheet, reading: _Reading, people: tuple[int, ...], guests: tuple[int, ...]
) -> dict[str, Any]:
    take, no_tags = reading.take, tuple[str, ...]()
    return {
        "title": sheet.title,
        "host": sheet.host,
        "stations": tuple(_seat(row, sheet.host, reading, at) for at, row in enumerate(sheet.stations)),
        "setup_minutes": take(lambda: read_number(sheet.setup, pointer="/setup_minutes"), None),
        "teardown_minutes": take(lambda: read_number(sheet.teardown, pointer="/teardown_minutes"), None),
        "purpose": sheet.purpose.replace("\r\n", "\n"),
        "kind": reading.choice(SessionKind, sheet.kind, "/kind", SessionKind.MEETING),
        "department": sheet.department,
        "coordinator": take(lambda: _address(sheet.coordinator, "/coordinator"), "") or None,
        "programme": take(lambda: _programme(sheet), None),
        "visibility": take(
            lambda: _choice(Visibility, sheet.visibility, "/visibility") if sheet.visibility else None, None
        ),
        "languages": take(lambda: read_languages(sheet.languages, pointer="/languages"), no_tags),
        "join": take(lambda: _join(sheet), JoinDetails()),
        "interpretation": sheet.interpretation,
        "recording": sheet.recording == ON,
        "quorum": take(lambda: read_number(sheet.quorum, pointer="/quorum"), None),
        "people": tuple(_person(sheet.people[row], reading, at) for at, row in enumerate(people)),
        "guest_sites": tuple(_guest(sheet.guests[row], reading, at) for at, row in enumerate(guests)),
    }


def role_of(row: StationRow, host: str) -> SeatRole:
    """Return what a station does: as its row says, else as the rule does."""
    if row.role in set(SeatRole):
        return SeatRole(row.role)
    return SeatRole.SENDING if row.code == host else SeatRole.RECEIVING


def _seat(row: StationRow, host: str, reading: _Reading, at: int) -> SeatRequest:
    if row.role:
        reading.choice(SeatRole, row.role, f"/stations/{at}/role", SeatRole.RECEIVING)
    return SeatRequest(station=row.code, role=role_of(row, host), required=row.required)


def _person(row: PersonRow, reading: _Reading, at: int) -> PersonRequest:
    pointer = f"/people/{at}"
    zone = row.zone and reading.take(
        lambda: read_zone(row.zone, reading.zones, pointer=f"{pointer}/zone"), ""
    )
    return PersonRequest(
        role=reading.choice(PersonRole, row.role, f"{pointer}/role", PersonRole.LECTURER),
        name=row.name,
        email=reading.take(lambda: fold_address(row.email, pointer=f"{pointer}/email"), row.email),
        zone=zone,
        language=reading.take(lambda: _language(row.language, f"{pointer}/language"), ""),
    )


def _guest(row: GuestRow, reading: _Reading, at: int) -> GuestRequest:
    pointer = f"/guest_sites/{at}"
    zone = reading.take(lambda: read_zone(row.zone or row.city, reading.zones, pointer=f"{pointer}/zone"), "")
    return GuestRequest(
        organisation=row.organisation,
        city=row.city,
        zone=zone,
        email=reading.take(lambda: fold_address(row.email, pointer=f"{pointer}/email"), row.email),
        contact=row.contact,
        telephone=row.telephone,
        language=reading.take(lambda: _language(row.language, f"{pointer}/language"), ""),
        role=reading.choice(SeatRole, row.role, f"{pointer}/role", SeatRole.RECEIVING),
        required=row.required,
    )


def _address(text: str, pointer: str) -> str:
    return fold_address(text, pointer=pointer) if text else ""


def _language(text: str, pointer: str) -> str:
    return next(iter(read_languages(text, pointer=pointer)), "")


def _programme(sheet: Sheet) -> Programme | None:
    countries = read_countries(sheet.countries, pointer="/programme/countries")
    if not sheet.scheme:
        if countries or sheet.agency or sheet.stage:
            detail = message("Choose the scheme that countries, agency and stage belong to.")
            raise Invalid.field("/programme/scheme", "", "scheme_missing", detail)
        return None
    stage = read_number(sheet.stage, pointer="/programme/stage")
    if stage is not None and not 1 <= stage <= 6:  # noqa: PLR2004 - the stages of the project cycle
        detail = message("The project cycle has the stages 1 to 6.")
        raise Invalid.field("/programme/stage", sheet.stage, "stage_out_of_range", detail)
    return Programme(
        scheme=_choice(Scheme, sheet.scheme, "/programme/scheme"),
        countries=countries,
        agency=sheet.agency,
        stage=stage,
    )


def _join(sheet: Sheet) -> JoinDetails:
    if sheet.join_url and clean.web_address(sheet.join_url) != sheet.join_url:
        detail = message("The address must start with https:// or http:// and hold no spaces.")
        raise Invalid.field("/join/url", sheet.join_url, "bad_web_address", detail)
    return JoinDetails(url=sheet.join_url, sip=sheet.join_sip, h323=sheet.join_h323, pin=sheet.join_pin)


def _links(sheet: Sheet, reading: _Reading, start: WallStart) -> tuple[LinkRequest, ...]:
    return tuple(_link(row, reading, start, at) for at, row in enumerate(sheet.materials))


def _link(row: MaterialRow, reading: _Reading, start: WallStart, at: int) -> LinkRequest:
    pointer = f"/materials/{at}"
    return LinkRequest(
        material=row.code,
        kind=reading.choice(LinkKind, row.kind, f"{pointer}/kind", LinkKind.PRE_VIEWING),
        start=reading.take(lambda: _moment(row.start, start, f"{pointer}/start"), None),
        end=reading.take(lambda: _moment(row.end, start, f"{pointer}/end"), None),
        language=reading.take(lambda: _language(row.language, f"{pointer}/language"), ""),
        required=row.required,
    )


def _moment(text: str, start: WallStart, pointer: str) -> int | datetime | None:
    """Return minutes after the start, or the local time at which a clock first shows what was typed."""
    if not text:
        return None
    clock = clock_of(text)
    if clock is not None:
        day = start.local.date() + timedelta(days=clock < start.local.time())
        return datetime.combine(day, clock)
    if match := _AFTER.fullmatch(plain(text)):
        return int(match[1])
    detail = message(
        '"%(text)s" is neither a clock time such as 15:05 nor minutes after the start such as +5.',
        text=text[:60],
    )
    raise Invalid.field(pointer, text, "bad_moment", detail)
