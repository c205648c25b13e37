"""The JSON of a change (RFC 7396, JSON Merge Patch) and of the other acts on a session."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from jicanet.core.errors import ConditionMissing
from jicanet.core.text import message
from jicanet.scheduler.domain.model import LinkRequest, WallStart
from jicanet.scheduler.domain.outline import LEAST_MINUTES, TEXT_LENGTH, TITLE_LENGTH
from jicanet.scheduler.domain.patching import Patch
from jicanet.scheduler.domain.words import Answer, Scheme, SessionKind, Visibility
from jicanet.scheduler.forms.booking import (
    MOST_MINUTES,
    Around,
    Code,
    Country,
    GuestIn,
    Instant,
    JoinIn,
    Language,
    Line,
    LinkIn,
    PersonIn,
    SeatIn,
    StartIn,
    guest_request,
    instant_of,
    link_request,
    person_request,
    seat_request,
)
from jicanet.scheduler.service import ANY, Match
from jicanet.web.models import Body, Wrong


def _needed(given: Any) -> Any:
    if given is None:
        raise Wrong(
            "field_needed",
            message("There is no default to go back to. Send a value or leave the field out."),
        )
    return given


def _read_only(_given: Any) -> Any:
    raise Wrong(
        "read_only_field",
        message("This field follows from others and cannot be sent. Leave it out."),
    )


Needed = AfterValidator(_needed)
ReadOnly = Annotated[Any, BeforeValidator(_read_only), Field(json_schema_extra={"readOnly": True})]


class ProgrammePatch(Body):
    """Members of the programme to change; those that are absent stay."""

    scheme: Annotated[Scheme | None, Needed] = None
    countries: Annotated[list[Country] | None, Field(max_length=50)] = None
    agency: Line | None = None
    stage: Annotated[int | None, Field(ge=1, le=6)] = None


class SessionPatch(Body):
    """A change: fields that are absent stay, null goes back to the default, lists are replaced whole."""

    title: Annotated[
        str | None, Needed, Field(json_schema_extra={"minLength": 1, "maxLength": TITLE_LENGTH})
    ] = None
    host: Annotated[Code | None, Needed] = None
    stations: Annotated[
        list[Code | SeatIn] | None,
        Field(
            description="Replaces the list; null leaves the host alone. A bare code keeps role and required. Answers are never in it."
        ),
    ] = None
    start: Annotated[StartIn | None, Needed, Field(description="Replaced whole.")] = None
    minutes: Annotated[
        int | None, Needed, Field(json_schema_extra={"minimum": LEAST_MINUTES, "maximum": MOST_MINUTES})
    ] = None
    setup_minutes: Around | None = None
    teardown_minutes: Around | None = None
    purpose: Annotated[str | None, Field(json_schema_extra={"maxLength": TEXT_LENGTH})] = None
    kind: SessionKind | None = None
    department: Line | None = None
    coordinator: str | None = None
    programme: Annotated[ProgrammePatch | None, Field(description="Merged member by member.")] = None
    visibility: Visibility | None = None
    languages: Annotated[list[Language] | None, Field(max_length=20)] = None
    materials: list[str | LinkIn] | None = None
    join: Annotated[JoinIn | None, Field(description="Merged member by member.")] = None
    hold_until: Instant | None = None
    interpretation: Line | None = None
    recording: bool | None = None
    quorum: Annotated[int | None, Field(ge=1, le=10_000)] = None
    guest_sites: Annotated[list[GuestIn] | None, Field(description="Matched by address.")] = None
    people: Annotated[list[PersonIn] | None, Field(description="Matched by address.")] = None

    # What GET shows and nobody sends: the status has addresses of its own, the rest follows.
    ref: ReadOnly = None
    status: ReadOnly = None
    starts_at: ReadOnly = None
    ends_at: ReadOnly = None
    seats: ReadOnly = None
    parts: ReadOnly = None
    reasons: ReadOnly = None
    ending: ReadOnly = None
    sequence: ReadOnly = None
    revision: ReadOnly = None
    created_at: ReadOnly = None
    changed_at: ReadOnly = None
    deliveries: ReadOnly = None


class ReasonIn(Body):
    """Why, in words that the others read."""

    reason: Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": TEXT_LENGTH})]


class TextIn(Body):
    """What everybody in the session is told."""

    text: Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": TEXT_LENGTH})]


class ReplyIn(Body):
    """An answer for a station, with words that the coordinator reads."""

    answer: Answer
    comment: Annotated[str | None, Field(json_schema_extra={"maxLength": TEXT_LENGTH})] = None


class NothingIn(Body):
    """An empty object."""


def _members(given: Body, **read: Callable[[Any], Any]) -> Mapping[str, Any]:
    """Return the members that were sent, by name; None asks for the default."""
    sent = {name: getattr(given, name) for name in given.model_fields_set}
    return {
        name: read[name](value) if name in read and value is not None else value
        for name, value in sent.items()
    }


_READ: Mapping[str, Callable[[Any], Any]] = {
    "stations": lambda given: tuple(map(seat_request, given)),
    "start": lambda given: WallStart(
        local=datetime.fromisoformat(given.local), zone=given.zone, fold=given.fold
    ),
    "purpose": lambda given: given.replace("\r\n", "\n"),
    "programme": lambda given: _members(given, countries=tuple),
    "languages": tuple,
    "materials": lambda given: tuple(
        LinkRequest(material=each) if isinstance(each, str) else link_request(each) for each in given
    ),
    "join": _members,
    "hold_until": instant_of,
    "guest_sites": lambda given: tuple(map(guest_request, given)),
    "people": lambda given: tuple(map(person_request, given)),
}


def patch_of(body: SessionPatch) -> Patch:
    """Return the fields that were sent, as the domain takes them; None asks for the default."""
    found: dict[str, Any] = {}
    for name in body.model_fields_set:
        given = getattr(body, name)
        read = _READ.get(name)
        found[name] = given if given is None or read is None else read(given)
    return found


def match_of(header: str | None, *, is_needed: bool) -> Match:
    """Return the revisions that an If-Match header names (RFC 9110 13.1.1); a weak tag names none.

    Raises ConditionMissing where it is needed and absent.
    """
    if header is None:
        if not is_needed:
            return ANY
        raise ConditionMissing(
            "if_match_missing",
            message(
                "Send If-Match with the ETag of the session that you have read, or * to change it whatever it is."
            ),
        )
    if header.strip() == "*":
        return ANY
    tags = [tag.strip() for tag in header.split(",")]
    known = [tag[1:-1] for tag in tags if tag.startswith('"') and tag.endswith('"')]
    return Match(frozenset(int(tag) for tag in known if tag.isascii() and tag.isdigit() and len(tag) < 10))  # noqa: PLR2004 - nine digits
