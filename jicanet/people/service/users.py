"""Users: the first coordinator, adding, listing, shutting out, and acting as one from a command."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from jicanet.core.actor import CONSOLE, Action, Actor, Role
from jicanet.core.errors import Conflict, FieldError, Invalid
from jicanet.core.text import message, one_line
from jicanet.people import store
from jicanet.people.domain.emails import fold_address
from jicanet.people.domain.model import LANGUAGES, NewUser, User, user_actor
from jicanet.services import Services
from jicanet.storage.store import record_audit
from jicanet.web.guard import require

_LONGEST_NAME = 200
_LONGEST_TELEPHONE = 40


def subject_of(user_id: int) -> str:
    """Return the name of a user in the audit trail."""
    return f"user/{user_id}"


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
        user = store.user_by_email(db, address)
        if user is None:
            return _added(db, new, CONSOLE, now)
        if not user.is_enabled:
            raise shut_out(address)
        if Role.COORDINATOR in user.roles:
            return user
        roles = user.roles | {Role.COORDINATOR}
        store.set_roles(db, user.id, roles)
        detail = {"roles": sorted(roles)}
        record_audit(
            db, at=now, actor=CONSOLE, action="user-changed", subject=subject_of(user.id), detail=detail
        )
        return replace(user, roles=roles)

    return await services.database.write(change)


async def add_user(services: Services, actor: Actor, new: NewUser) -> User:
    """Add a user and return it, its address folded and its zone under today's name.

    Raises Forbidden or SignInNeeded; Invalid (`bad_address`, `bad_name`, `unknown_language`,
    `unknown_zone`, `bad_telephone`), naming every field that is wrong; Conflict `user_exists`.
    """
    require(services, actor, Action.MANAGE_USERS)
    checked = _checked(services, new)
    now = services.clock.now()

    def change(db: Connection) -> User:
        if store.user_by_email(db, checked.email) is not None:
            raise Conflict(
                "user_exists",
                message(
                    "There is a user with the address %(email)s already. Nothing was changed.",
                    email=checked.email,
                ),
            )
        return _added(db, checked, actor, now)

    return await services.database.write(change)


async def users(services: Services, actor: Actor, *, limit: int = 200, after: str = "") -> list[User]:
    """Return up to `limit` users by address, those after the address `after`; disabled ones too.

    Raises Forbidden or SignInNeeded.
    """
    require(services, actor, Action.MANAGE_USERS)
    return await services.database.read(lambda db: store.users(db, limit=limit, after=after))


async def disable_user(services: Services, actor: Actor, email: str) -> bool:
    """Shut a user out, at once and everywhere: links, browsers, tokens. Say whether they were enabled.

    Raises Forbidden or SignInNeeded, and Invalid `bad_address` or `unknown_user` at `/email`.
    """
    require(services, actor, Action.MANAGE_USERS)
    address = fold_address(email)
    now = services.clock.now()

    def change(db: Connection) -> bool:
        user = store.user_by_email(db, address)
        if user is None:
            raise unknown_user(address, "/email")
        done = store.disable_user(db, user.id, now=now)
        if done:
            record_audit(
                db, at=now, actor=actor, action="user-disabled", subject=subject_of(user.id), detail={}
            )
        return done

    return await services.database.write(change)


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


def _checked(services: Services, new: NewUser) -> NewUser:
    """Return the same user in the form that is stored; raises Invalid naming every field that is wrong."""
    errors = _plain_errors(new)
    address, zone = new.email, new.zone
    try:
        address = fold_address(new.email)
    except Invalid as refusal:
        errors[:0] = refusal.errors
    try:
        zone = services.zones.canonical(new.zone)
    except Invalid as refusal:
        errors += [replace(error, pointer="/zone") for error in refusal.errors]
    if errors:
        raise Invalid(errors[0].code, errors[0].detail, errors=errors)
    return replace(
        new, email=address, name=new.name.strip(), zone=zone, telephone=(new.telephone or "").strip() or None
    )


def _plain_errors(new: NewUser) -> list[FieldError]:
    errors: list[FieldError] = []
    name, telephone = new.name.strip(), (new.telephone or "").strip()
    if not name or len(name) > _LONGEST_NAME or not one_line(name):
        detail = message("A name is one line of 1 to 200 characters.")
        errors.append(FieldError(pointer="/name", value=new.name, code="bad_name", detail=detail))
    if new.language not in LANGUAGES:
        detail = message("%(language)s is not spoken here. There are: en, ja.", language=new.language[:20])
        errors.append(
            FieldError(pointer="/language", value=new.language, code="unknown_language", detail=detail)
        )
    if len(telephone) > _LONGEST_TELEPHONE or not one_line(telephone):
        detail = message("A telephone number is one line of at most 40 characters.")
        errors.append(
            FieldError(pointer="/telephone", value=new.telephone, code="bad_telephone", detail=detail)
        )
    return errors
