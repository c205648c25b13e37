"""Users: the first coordinator, adding, listing, and acting as one from a command."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from jicanet.core.actor import CONSOLE, Action, Actor, Role
from jicanet.core.errors import Conflict, FieldError, Invalid
from jicanet.core.text import message
from jicanet.people import store
from jicanet.people.domain.emails import fold_address
from jicanet.people.domain.model import NewUser, User, user_actor
from jicanet.people.service.changing import no_such_user, record_change, subject_of, user_address
from jicanet.people.service.fields import (
    KnownStations,
    no_stations,
    refuse,
    unknown_stations,
    wrong_fields,
)
from jicanet.services import Services
from jicanet.storage.store import record_audit
from jicanet.web.guard import require


def unknown_user(email: str, pointer: str) -> Invalid:
    """Return the refusal of an address that belongs to no user who may act."""
    return Invalid.field(
        pointer,
        email,
        "unknown_user",
        message(
            "Nobody who may sign in has the address %(email)s. Add the user first, or check the spelling.",
            email=email,
        ),
    )


def shut_out(address: str) -> Conflict:
    """Return the refusal of somebody who was disabled."""
    return Conflict(
        "user_disabled",
        message("%(email)s was shut out and cannot sign in. Use another address.", email=address),
    )


async def first_coordinator(services: Services, email: str) -> User:
    """Return the user with that address, made if missing and a coordinator afterwards; idempotent.

    For the program's own start: it asks no permission. Raises Invalid `bad_address`, and Conflict
    `user_disabled` for somebody who was shut out.
    """
    address = fold_address(email)
    now = services.clock.now()
    new = NewUser(email=address, name=address.partition("@")[0], roles=frozenset({Role.COORDINATOR}))

    def change(db: Connection) -> User:
        before = store.lock_user(db, address)
        if before is None:
            return _added(db, new, CONSOLE, now)
        if not before.is_enabled:
            raise shut_out(address)
        after = replace(before, roles=before.roles | {Role.COORDINATOR})
        store.change_user(db, after)
        record_change(db, CONSOLE, before, after, now=now)
        return after

    return await services.database.write(change)


async def add_user(
    services: Services, actor: Actor, new: NewUser, *, known_stations: KnownStations = no_stations
) -> User:
    """Add a user and return it, its address folded and its zone under today's name.

    Raises Forbidden or SignInNeeded; Invalid (`bad_address`, `bad_name`, `unknown_language`,
    `unknown_zone`, `bad_telephone`, `unknown_station`), naming every field that is wrong; Conflict
    `user_exists`.
    """
    require(services, actor, Action.MANAGE_USERS)
    errors = _wrong(services, new)
    now = services.clock.now()

    def change(db: Connection) -> User:
        refuse([*errors, *unknown_stations(db, known_stations, new.stations)])
        stored = _stored_form(services, new)
        if store.user_by_email(db, stored.email) is not None:
            raise Conflict(
                "user_exists",
                message(
                    "There is a user with the address %(email)s already. Nothing was changed.",
                    email=stored.email,
                ),
            )
        return _added(db, stored, actor, now)

    return await services.database.write(change)


async def users(services: Services, actor: Actor, *, limit: int = 200, after: str = "") -> list[User]:
    """Return up to `limit` users by address, those after the address `after`; disabled ones too.

    Raises Forbidden or SignInNeeded.
    """
    require(services, actor, Action.MANAGE_USERS)
    return await services.database.read(lambda db: store.users(db, limit=limit, after=after))


async def user(services: Services, actor: Actor, email: str) -> User:
    """Return one user, disabled or not. Raises Forbidden or SignInNeeded, and NotFound `unknown_user`."""
    require(services, actor, Action.MANAGE_USERS)
    address = user_address(email)
    found = await services.database.read(lambda db: store.user_by_email(db, address))
    if found is None:
        raise no_such_user(address)
    return found


async def act_as(services: Services, email: str) -> Actor:
    """Return the actor of a command that acts for a user; the audit trail says that it was a command.

    Raises Invalid `bad_address` or `unknown_user` at `/as`; a disabled user is unknown.
    """
    address = fold_address(email, pointer="/as")
    user = await services.database.read(lambda db: store.user_by_email(db, address))
    if user is None or not user.is_enabled:
        raise unknown_user(address, "/as")
    return user_actor(user, name=f"{user.email} (console)")


def _added(db: Connection, new: NewUser, actor: Actor, now: datetime) -> User:
    user = store.add_user(db, new, now=now)
    detail = {"email": user.email, "roles": sorted(user.roles), "stations": sorted(user.stations)}
    record_audit(db, at=now, actor=actor, action="user-created", subject=subject_of(user.id), detail=detail)
    return user


def _wrong(services: Services, new: NewUser) -> list[FieldError]:
    errors = wrong_fields(
        services, name=new.name, language=new.language, telephone=new.telephone, zone=new.zone
    )
    try:
        fold_address(new.email)
    except Invalid as refusal:
        return [*refusal.errors, *errors]
    return errors


def _stored_form(services: Services, new: NewUser) -> NewUser:
    return replace(
        new,
        email=fold_address(new.email),
        name=new.name.strip(),
        zone=services.zones.canonical(new.zone),
        telephone=(new.telephone or "").strip() or None,
    )
