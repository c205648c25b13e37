"""What a change makes of a user, and what the audit trail keeps of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jicanet.core.actor import Role
from jicanet.people.domain.model import User


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What is to be changed of a user; None stays as it is, an empty telephone number goes."""

    name: str | None = None
    language: str | None = None
    zone: str | None = None
    telephone: str | None = None
    roles: frozenset[Role] | None = None
    stations: frozenset[str] | None = None
    disabled: bool | None = None

    @property
    def may_end_a_coordinator(self) -> bool:
        """Say whether somebody may stop being a coordinator by this."""
        return self.disabled is True or (self.roles is not None and Role.COORDINATOR not in self.roles)


def changed(user: User, change: UserChange, *, now: datetime) -> User:
    """Return the user after a change. Who is disabled already stays so since then."""
    after = replace(
        user,
        name=user.name if change.name is None else change.name,
        language=user.language if change.language is None else change.language,
        zone=user.zone if change.zone is None else change.zone,
        telephone=user.telephone if change.telephone is None else change.telephone or None,
        roles=user.roles if change.roles is None else change.roles,
        stations=user.stations if change.stations is None else change.stations,
    )
    if change.disabled is None or change.disabled is not user.is_enabled:
        return after
    return replace(after, disabled_at=now if change.disabled else None)


def is_coordinator(user: User) -> bool:
    """Say whether the user is a coordinator who can sign in."""
    return user.is_enabled and Role.COORDINATOR in user.roles


def differences(before: User, after: User) -> dict[str, Any]:
    """Return what the audit trail keeps of a change, empty where nothing was changed but whether one is in.

    Which fields, and of those that grant something the old and the new value. Names and numbers are not
    kept: the trail cannot be erased, and a person's data can.
    """
    fields = [
        name
        for name in ("name", "language", "zone", "telephone", "roles", "stations")
        if getattr(before, name) != getattr(after, name)
    ]
    if not fields:
        return {}
    granting: dict[str, Any] = {
        name: [sorted(getattr(before, name)), sorted(getattr(after, name))]
        for name in ("roles", "stations")
        if name in fields
    }
    return {"fields": fields, **granting}
