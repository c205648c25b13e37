"""JSON endpoints of users: list, add, read one, change."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

from aiohttp import hdrs, web
from pydantic import BaseModel, Field, field_validator

from jicanet.core.actor import Action, Role
from jicanet.core.text import message
from jicanet.people import service
from jicanet.people.domain.emails import LONGEST
from jicanet.people.domain.model import NewUser, User
from jicanet.people.domain.users import UserChange
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.models import Body, Query, Wrong
from jicanet.web.routes import Route

USERS = "/api/v1/users"
_MOST_LISTED = 200
_LANGUAGE, _ZONE = "en", "Asia/Tokyo"

Language = Literal["en", "ja"]
Zone = Annotated[str, Field(min_length=1, max_length=60, description="IANA zone of the user's clock.")]
Telephone = Annotated[str, Field(max_length=40)]
Roles = Annotated[
    tuple[Role, ...], Field(max_length=20, description="What the user is to the network; several add up.")
]
Stations = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=20)], ...],
    Field(max_length=200, description="Codes of the stations assigned to the user."),
]


class UsersQuery(Query):
    """Which part of the list of users."""

    limit: int = Field(default=50, ge=1, le=_MOST_LISTED, description="Most users in one answer.")
    after: str = Field(
        default="", max_length=LONGEST, description="Go on after this address; `next` says it."
    )


class UserIn(Body):
    """Somebody who is to sign in, by a link sent to the address."""

    email: Annotated[str, Field(min_length=1, max_length=400, examples=["hana@example.org"])]
    name: Annotated[str, Field(min_length=1, max_length=200, description="What mails and pages show.")]
    language: Language = "en"
    zone: Zone = _ZONE
    telephone: Telephone | None = None
    roles: Roles = ()
    stations: Stations = ()


class UserPatch(Body):
    """What is to be changed of a user (RFC 7396): what is left out stays, null goes back to the default."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="Null is refused: a user has a name."
    )
    language: Language | None = Field(default=None, description="Null is `en`.")
    zone: Zone | None = Field(default=None, description="Null is `Asia/Tokyo`.")
    telephone: Telephone | None = Field(default=None, description="Null is none.")
    roles: Roles | None = Field(default=None, description="Replaces the roles; null is none.")
    stations: Stations | None = Field(default=None, description="Replaces the stations; null is none.")
    disabled: bool | None = Field(
        default=None,
        description="True shuts the user out at once and ends links, browsers and tokens for good; false or "
        "null lets somebody in again.",
    )

    @field_validator("name", mode="before")
    @classmethod
    def _has_a_name(cls, given: object) -> object:
        if given is None:
            raise Wrong("bad_name", message("A name is one line of 1 to 200 characters."))
        return given


class UserOut(BaseModel):
    """A user. Who is disabled cannot sign in."""

    email: str
    name: str
    language: Language
    zone: str
    telephone: str | None
    roles: list[Role]
    stations: list[str]
    disabled: bool


class UsersOut(BaseModel):
    """Users by address; `next` is the relative address of the following ones, or null."""

    items: list[UserOut]
    next: str | None


def user_out(user: User) -> UserOut:
    """Return a user as the API and the command line say it."""
    return UserOut(
        email=user.email,
        name=user.name,
        language="ja" if user.language == "ja" else "en",
        zone=user.zone,
        telephone=user.telephone,
        roles=sorted(user.roles),
        stations=sorted(user.stations),
        disabled=not user.is_enabled,
    )


async def list_users(call: Call) -> web.StreamResponse:
    """Answer with a part of the users, by address, disabled ones too."""
    asked = call.query_as(UsersQuery)
    found = await service.users(call.services, call.actor, limit=asked.limit + 1, after=asked.after)
    items, following = found[: asked.limit], None
    if len(found) > asked.limit:
        kept = asked.model_dump(exclude_defaults=True, exclude={"after"})
        following = f"{USERS}?{urlencode({**kept, 'after': items[-1].email})}"
    return json_answer(UsersOut(items=[user_out(user) for user in items], next=following))


async def show_user(call: Call) -> web.StreamResponse:
    """Answer with one user."""
    return json_answer(user_out(await service.user(call.services, call.actor, call.path["email"])))


async def add_user(known_stations: service.KnownStations, call: Call) -> web.StreamResponse:
    """Answer with the new user."""
    asked = call.body_as(UserIn)
    new = NewUser(
        email=asked.email,
        name=asked.name,
        language=asked.language,
        zone=asked.zone,
        telephone=asked.telephone,
        roles=frozenset(asked.roles),
        stations=frozenset(asked.stations),
    )
    user = await service.add_user(call.services, call.actor, new, known_stations=known_stations)
    return json_answer(user_out(user), 201, {hdrs.LOCATION: f"{USERS}/{quote(user.email, safe='@')}"})


async def change_user(known_stations: service.KnownStations, call: Call) -> web.StreamResponse:
    """Answer with the user as it is after the change."""
    change = user_change(call.body_as(UserPatch))
    done = await service.change_user(
        call.services, call.actor, call.path["email"], change, known_stations=known_stations
    )
    return json_answer(user_out(done.user))


def user_change(patch: UserPatch) -> UserChange:
    """Return what a patch asks for: null, unlike a field that is left out, sets the default."""
    given = patch.model_fields_set
    return UserChange(
        name=patch.name,
        language=(patch.language or _LANGUAGE) if "language" in given else None,
        zone=(patch.zone or _ZONE) if "zone" in given else None,
        telephone=(patch.telephone or "") if "telephone" in given else None,
        roles=frozenset(patch.roles or ()) if "roles" in given else None,
        stations=frozenset(patch.stations or ()) if "stations" in given else None,
        disabled=bool(patch.disabled) if "disabled" in given else None,
    )


_WRONG = ("bad_name", "bad_telephone", "unknown_zone", "unknown_station")


def routes(known_stations: service.KnownStations) -> tuple[Route, ...]:
    """Return the routes of users; `known_stations` tells which codes are stations', for people know none."""
    declare: Callable[..., Route] = partial(Route, permission=Action.MANAGE_USERS, tags=("users",))
    return (
        declare(
            "GET",
            USERS,
            list_users,
            summary="List the users.",
            query=UsersQuery,
            answers={200: UsersOut},
        ),
        declare(
            "POST",
            USERS,
            partial(add_user, known_stations),
            summary="Add a user.",
            description="Who then signs in by a link that is asked for at `/sign-in`; no mail is sent by this.",
            body=UserIn,
            answers={201: UserOut},
            refusals=("409 user_exists", "bad_address", *_WRONG),
        ),
        declare(
            "GET",
            f"{USERS}/{{email}}",
            show_user,
            summary="Show one user.",
            answers={200: UserOut},
            refusals=("404 unknown_user",),
        ),
        declare(
            "PATCH",
            f"{USERS}/{{email}}",
            partial(change_user, known_stations),
            summary="Change a user, shut one out or let one in again.",
            description="JSON Merge Patch (RFC 7396), sent as `application/json`.",
            body=UserPatch,
            answers={200: UserOut},
            refusals=("404 unknown_user", "409 last_coordinator", *_WRONG),
        ),
    )
