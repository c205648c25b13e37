"""Changing users: names, roles, stations, shutting out and letting in again."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor
from jicanet.core.errors import Conflict, Invalid, NotFound
from jicanet.core.text import message
from jicanet.people import store
from jicanet.people.domain.emails import fold_address
from jicanet.people.domain.model import User
from jicanet.people.domain.users import UserChange, changed, differences, is_coordinator
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedUser:
    """A user after a change, and whether anything was changed at all."""

    user: User
    is_changed: bool


def subject_of(user_id: int) -> str:
    """Return the name of a user in the audit trail."""
    return f"user/{user_id}"


def user_address(email: str) -> str:
    """Return the folded address; raises NotFound `unknown_user` for what can be nobody's."""
    try:
        return fold_address(email)
    except Invalid as exc:
        raise no_such_user(email) from exc


def no_such_user(email: str) -> NotFound:
    """Return the refusal of an address that no user has, disabled ones among them."""
    return NotFound(
        "unknown_user", message("There is no user with the address %(email)s.", email=email[:254])
    )


async def change_user(
    services: Services,
    actor: Actor,
    email: str,
    change: UserChange,
    *,
    known_stations: KnownStations = no_stations,
) -> ChangedUser:
    """Change a user and return it as it is now. Who is shut out loses every way in for good.

    Somebody let in again needs a new link and new tokens. Raises Forbidden or SignInNeeded; NotFound
    `unknown_user`; Invalid (`bad_name`, `unknown_language`, `unknown_zone`, `bad_telephone`,
    `unknown_station`), naming every field that is wrong; Conflict `last_coordinator`.
    """
    require(services, actor, Action.MANAGE_USERS)
    address = user_address(email)
    errors = wrong_fields(
        services, name=change.name, language=change.language, telephone=change.telephone, zone=change.zone
    )
    now = services.clock.now()

    def write(db: Connection) -> ChangedUser:
        refuse([*errors, *unknown_stations(db, known_stations, change.stations or frozenset())])
        before = _locked(db, address, change)
        after = changed(before, _stored_form(services, change), now=now)
        store.change_user(db, after)
        if after.is_enabled is not before.is_enabled:
            # At both ends: what was made meanwhile, or before this was done here, does not come to life again.
            store.end_access(db, after.id, now=now)
        record_change(db, actor, before, after, now=now)
        return ChangedUser(user=after, is_changed=after != before)

    return await services.database.write(write)


async def disable_user(services: Services, actor: Actor, email: str) -> bool:
    """Shut a user out, at once and everywhere: links, browsers, tokens. Say whether they were enabled.

    Raises Forbidden or SignInNeeded, NotFound `unknown_user`, Conflict `last_coordinator`.
    """
    return (await change_user(services, actor, email, UserChange(disabled=True))).is_changed


def record_change(db: Connection, actor: Actor, before: User, after: User, *, now: datetime) -> None:
    """Write down what was changed of a user: nothing where nothing was."""
    detail = differences(before, after)
    subject = subject_of(after.id)
    if detail:
        record_audit(db, at=now, actor=actor, action="user-changed", subject=subject, detail=detail)
    if before.is_enabled and not after.is_enabled:
        record_audit(db, at=now, actor=actor, action="user-disabled", subject=subject, detail={})
    if after.is_enabled and not before.is_enabled:
        record_audit(db, at=now, actor=actor, action="user-enabled", subject=subject, detail={})


def _locked(db: Connection, address: str, change: UserChange) -> User:
    """Return the user, locked; with every coordinator where the change may leave none of them."""
    if not change.may_end_a_coordinator:
        found = store.lock_user(db, address)
        if found is None:
            raise no_such_user(address)
        return found
    users = store.lock_coordinators_and(db, address)
    found = next((user for user in users if user.email == address), None)
    if found is None:
        raise no_such_user(address)
    if is_coordinator(found) and not any(is_coordinator(user) for user in users if user.id != found.id):
        raise Conflict(
            "last_coordinator",
            message(
                "%(email)s is the only coordinator who can sign in. Give somebody else the role first.",
                email=address,
            ),
        )
    return found


def _stored_form(services: Services, change: UserChange) -> UserChange:
    return replace(
        change,
        name=None if change.name is None else change.name.strip(),
        telephone=None if change.telephone is None else change.telephone.strip(),
        zone=None if change.zone is None else services.zones.canonical(change.zone),
    )
