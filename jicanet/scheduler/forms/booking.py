"""The JSON of a booking, and the request that it is.

Types and forms are checked here, what they mean in the domain: so the command line is held to the
same rules. The bounds of numbers and texts stand in the schema and are spoken by the domain.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from jicanet.core.text import message
from jicanet.ical import clean
from jicanet.scheduler.domain.guests import LINE_LENGTH
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
from jicanet.scheduler.domain.outline import (
    LEAST_MINUTES,
    MOST_SETUP,
    TEXT_LENGTH,
    TITLE_LENGTH,
)
from jicanet.scheduler.domain.times import FIRST_YEAR, LAST_YEAR
from jicanet.scheduler.domain.words import (
    LinkKind,
    PersonRole,
    Scheme,
    SeatRole,
    SessionKind,
    Status,
    Visibility,
)
from jicanet.web import words
from jicanet.web.models import Body, Query, Wrong

_LOCAL = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?$"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
MOST_MINUTES = 1440


def _local(text: str) -> str:
    try:
        if re.fullmatch(_LOCAL, text):
            datetime.fromisoformat(text)
            return text
    except ValueError:
        pass  # such as 31 November: told below
    raise Wrong(
        "bad_local_time",
        message("A local time is written 2026-12-16T15:00, without offset and in whole minutes."),
    )


def _language(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        raise Wrong("bad_language", message("A language is a tag such as en, ja or pt-BR."))
    return tag


def _country(code: str) -> str:
    if not re.fullmatch("[A-Z]{2}", code) or words.country(code, "en") in {code, "Unknown Region"}:
        raise Wrong("unknown_country", message("A country is two capital letters of ISO 3166, such as VN."))
    return code


def _instant(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if moment.tzinfo is not None and FIRST_YEAR <= moment.year <= LAST_YEAR:
            return text
    except ValueError:
        pass  # told below
    raise Wrong(
        "bad_instant",
        message("An instant is written with its offset, such as 2026-12-16T06:00:00Z."),
    )


def _address(text: str) -> str:
    if text and clean.web_address(text) != text:
        detail = message("The address must start with https:// or http:// and hold no spaces.")
        raise Wrong("bad_web_address", detail)
    return text


Local = Annotated[
    str,
    AfterValidator(_local),
    Field(
        description="What the clock on the wall shows.",
        examples=["2026-12-16T15:00"],
        json_schema_extra={"pattern": _LOCAL},
    ),
]
Language = Annotated[str, AfterValidator(_language), Field(description="BCP 47 tag.", examples=["en"])]
Country = Annotated[str, AfterValidator(_country), Field(description="ISO 3166.", examples=["VN"])]
Code = Annotated[str, Field(description="Station code.", examples=["VNM-HAN"])]
Line = Annotated[str, Field(json_schema_extra={"maxLength": LINE_LENGTH})]
Instant = Annotated[str, AfterValidator(_instant), Field(max_length=40, examples=["2026-12-16T06:00:00Z"])]
Email = Annotated[str, Field(max_length=300, examples=["name@example.org"])]
Around = Annotated[int, Field(json_schema_extra={"minimum": 0, "maximum": MOST_SETUP})]


class StartIn(Body):
    """When a session starts: what the clock of a zone shows."""

    local: Local
    zone: Annotated[str, Field(description="Name of the tz database.", examples=["Asia/Tokyo"])]
    # No Literal: `false` equals 0 and would be one of the choices.
    fold: Annotated[int | None, Field(ge=0, le=1, description="Which one, of a time that happens twice.")] = (
        None
    )


class SeatIn(Body):
    """A station with its part. Unless said: receiving (the host sends), not required (the host is)."""

    code: Code
    role: SeatRole | None = None
    required: bool | None = None


class LinkIn(Body):
    """A material with its part in the session."""

    material: Annotated[str, Field(description="Code of the library.", examples=["JN-M001"])]
    kind: LinkKind
    start: Annotated[
        int | Local | None,
        Field(description="Kind shown: minutes after the start, or the local time in the session's zone."),
    ] = None
    end: Annotated[int | Local | None, Field(description="The same, for when it ends.")] = None
    language: Language | None = None
    required: bool | None = None


class ProgrammeIn(Body):
    """The technical-cooperation activity that a session serves."""

    scheme: Scheme
    countries: Annotated[list[Country] | None, Field(max_length=50)] = None
    agency: Line | None = None
    stage: Annotated[int | None, Field(ge=1, le=6, description="Stage of the project cycle.")] = None


class JoinIn(Body):
    """How stations enter the room. Shown to signed-in people and in invitations only."""

    url: Annotated[Line, AfterValidator(_address)] | None = None
    sip: Line | None = None
    h323: Line | None = None
    pin: Line | None = None


class GuestIn(Body):
    """A place outside the network. Its address names it: one address, one guest site."""

    organisation: Line
    city: Line
    zone: Annotated[str, Field(max_length=64, examples=["Asia/Tokyo"])]
    email: Email
    contact: Line | None = None
    telephone: Line | None = None
    language: Language | None = None
    role: SeatRole | None = None
    required: bool | None = None


class PersonIn(Body):
    """A person with a part of their own. Their address names them: one address, one person."""

    role: PersonRole
    name: Line
    email: Email
    zone: Annotated[str | None, Field(max_length=64, description="Unless said, the session's own.")] = None
    language: Language | None = None


class SessionIn(Body):
    """A session asked for."""

    title: Annotated[
        str,
        Field(description="One line.", json_schema_extra={"minLength": 1, "maxLength": TITLE_LENGTH}),
    ]
    host: Code
    stations: list[Code | SeatIn]
    start: StartIn
    minutes: Annotated[
        int, Field(json_schema_extra={"minimum": LEAST_MINUTES, "maximum": MOST_MINUTES}, examples=[90])
    ]
    setup_minutes: Around | None = None
    teardown_minutes: Around | None = None
    status: Annotated[
        Literal["confirmed", "hold", "requested"] | None,
        Field(description="What a booking becomes; unless said, the most that the asker may."),
    ] = None
    hold_until: Annotated[
        Instant | None, Field(description="When a hold ends; unless said, after 72 hours or at the start.")
    ] = None
    purpose: Annotated[
        str | None,
        Field(description="May have several lines.", json_schema_extra={"maxLength": TEXT_LENGTH}),
    ] = None
    kind: SessionKind | None = None
    department: Line | None = None
    coordinator: Annotated[
        str | None, Field(description="Address of a user; unless said, whoever books.")
    ] = None
    programme: ProgrammeIn | None = None
    visibility: Visibility | None = None
    languages: Annotated[list[Language] | None, Field(max_length=20)] = None
    materials: Annotated[list[str | LinkIn] | None, Field(description="A bare code means pre-viewing.")] = (
        None
    )
    join: JoinIn | None = None
    interpretation: Annotated[Line | None, Field(description="What is interpreted, such as ja-en.")] = None
    recording: Annotated[bool | None, Field(description="Recorded: takes one port more.")] = None
    quorum: Annotated[
        int | None, Field(ge=1, le=10_000, description="Least number of sites, the host among them.")
    ] = None
    guest_sites: list[GuestIn] | None = None
    people: list[PersonIn] | None = None


class BookingQuery(Query):
    """How a booking is meant."""

    check: Annotated[bool, Field(description="1: judge it the same, store nothing, mail nobody.")] = False


def booking_request(body: SessionIn) -> BookingRequest:
    """Return the request that a body is."""
    return BookingRequest(
        title=body.title,
        host=body.host,
        stations=tuple(seat_request(each) for each in body.stations),
        start=WallStart(
            local=datetime.fromisoformat(body.start.local), zone=body.start.zone, fold=body.start.fold
        ),
        minutes=body.minutes,
        setup_minutes=body.setup_minutes,
        teardown_minutes=body.teardown_minutes,
        purpose=(body.purpose or "").replace("\r\n", "\n"),
        kind=body.kind or SessionKind.MEETING,
        department=body.department or "",
        coordinator=body.coordinator,
        programme=programme_of(body.programme),
        visibility=body.visibility,
        languages=tuple(body.languages or ()),
        materials=tuple(
            LinkRequest(material=each) if isinstance(each, str) else link_request(each)
            for each in body.materials or ()
        ),
        join=join_of(body.join),
        status=None if body.status is None else Status(body.status),
        hold_until=instant_of(body.hold_until),
        interpretation=body.interpretation or "",
        recording=body.recording or False,
        quorum=body.quorum,
        guest_sites=tuple(map(guest_request, body.guest_sites or ())),
        people=tuple(map(person_request, body.people or ())),
    )


def instant_of(text: str | None) -> datetime | None:
    """Return an instant in UTC, None for none."""
    return None if text is None else datetime.fromisoformat(text.replace(" ", "+")).astimezone(UTC)


def guest_request(body: GuestIn) -> GuestRequest:
    """Return the guest site that a body asks for."""
    return GuestRequest(
        organisation=body.organisation,
        city=body.city,
        zone=body.zone,
        email=body.email,
        contact=body.contact or "",
        telephone=body.telephone or "",
        language=body.language or "",
        role=body.role,
        required=body.required,
    )


def person_request(body: PersonIn) -> PersonRequest:
    """Return the person that a body asks for."""
    return PersonRequest(
        role=body.role,
        name=body.name,
        email=body.email,
        zone=body.zone or "",
        language=body.language or "",
    )


def link_request(body: LinkIn) -> LinkRequest:
    """Return the link that a body asks for."""
    return LinkRequest(
        material=body.material,
        kind=body.kind,
        start=_moment(body.start),
        end=_moment(body.end),
        language=body.language or "",
        required=body.required or False,
    )


def _moment(given: int | str | None) -> int | datetime | None:
    return datetime.fromisoformat(given) if isinstance(given, str) else given


def seat_request(given: str | SeatIn) -> SeatRequest:
    """Return the seat that a code or a body asks for."""
    if isinstance(given, str):
        return SeatRequest(station=given)
    return SeatRequest(station=given.code, role=given.role, required=given.required)


def programme_of(given: ProgrammeIn | None) -> Programme | None:
    """Return the programme that a body names."""
    if given is None:
        return None
    return Programme(
        scheme=given.scheme,
        countries=tuple(given.countries or ()),
        agency=given.agency or "",
        stage=given.stage,
    )


def join_of(given: JoinIn | None) -> JoinDetails:
    """Return the way in that a body gives; empty texts where it gives none."""
    if given is None:
        return JoinDetails()
    return JoinDetails(url=given.url or "", sip=given.sip or "", h323=given.h323 or "", pin=given.pin or "")
