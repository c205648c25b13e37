"""The JSON of a booking, and the request that it is.

Types and forms are checked here, what they mean in the domain: so the command line is held to the
same rules. The bounds of numbers and texts stand in the schema and are spoken by the domain.
"""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from jicanet.core.text import message
from jicanet.ical import clean
from jicanet.scheduler.domain.model import (
    BookingRequest,
    JoinDetails,
    LinkRequest,
    Programme,
    SeatRequest,
    WallStart,
)
from jicanet.scheduler.domain.outline import (
    LEAST_MINUTES,
    LINE_LENGTH,
    MOST_SETUP,
    TEXT_LENGTH,
    TITLE_LENGTH,
)
from jicanet.scheduler.domain.words import LinkKind, Scheme, SeatRole, SessionKind, Visibility
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
    status: Annotated[Literal["confirmed"] | None, Field(description="What a booking becomes.")] = None
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


class BookingQuery(Query):
    """How a booking is meant."""

    check: Annotated[bool, Field(description="1: judge it the same, store nothing, mail nobody.")] = False


def booking_request(body: SessionIn) -> BookingRequest:
    """Return the request that a body is."""
    return BookingRequest(
        title=body.title,
        host=body.host,
        stations=tuple(_seat(each) for each in body.stations),
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
        programme=_programme(body.programme),
        visibility=body.visibility,
        languages=tuple(body.languages or ()),
        materials=tuple(
            LinkRequest(material=each) if isinstance(each, str) else link_request(each)
            for each in body.materials or ()
        ),
        join=_join(body.join),
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


def _seat(given: str | SeatIn) -> SeatRequest:
    if isinstance(given, str):
        return SeatRequest(station=given)
    return SeatRequest(station=given.code, role=given.role, required=given.required)


def _programme(given: ProgrammeIn | None) -> Programme | None:
    if given is None:
        return None
    return Programme(
        scheme=given.scheme,
        countries=tuple(given.countries or ()),
        agency=given.agency or "",
        stage=given.stage,
    )


def _join(given: JoinIn | None) -> JoinDetails:
    if given is None:
        return JoinDetails()
    return JoinDetails(url=given.url or "", sip=given.sip or "", h323=given.h323 or "", pin=given.pin or "")
