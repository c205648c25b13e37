"""People as values: users, one-time sign-in links, signed-in browsers and service tokens."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jicanet.core.actor import Actor, ActorKind, Role, Scope

LANGUAGES = ("en", "ja")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who can sign in. `email` is folded; `stations` are the codes assigned to the user."""

    id: int
    email: str
    name: str
    language: str
    zone: str
    telephone: str | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    stations: frozenset[str] = field(default_factory=frozenset)
    disabled_at: datetime | None = None

    @property
    def is_enabled(self) -> bool:
        """Say whether the user may sign in and act."""
        return self.disabled_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """What is known of a user who is about to be added."""

    email: str
    name: str
    language: str = "en"
    zone: str = "Asia/Tokyo"
    telephone: str | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    stations: frozenset[str] = field(default_factory=frozenset)


class LinkState(StrEnum):
    """What a sign-in link is good for."""

    READY = "ready"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLink:
    """One mailed or printed way in. `id` is public, its token is not (domain/tokens.py)."""

    id: str
    user_id: int
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def state(self, now: datetime) -> LinkState:
        """Return what the link is good for at `now`; one that was used stays used."""
        if self.used_at is not None:
            return LinkState.USED
        return LinkState.EXPIRED if self.expires_at <= now else LinkState.READY


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """A browser that is signed in until `expires_at`."""

    id: int
    user: User
    csrf: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceToken:
    """A program's way in: what its user may do, narrowed to `scopes`."""

    id: int
    name: str
    user: User
    scopes: frozenset[Scope]
    created_at: datetime
    revoked_at: datetime | None = None


def user_actor(user: User, *, name: str | None = None) -> Actor:
    """Return the actor a signed-in user is; `name` is what the audit trail keeps, else the address."""
    return Actor(
        kind=ActorKind.USER,
        name=name or user.email,
        user_id=user.id,
        email=user.email,
        roles=user.roles,
        stations=user.stations,
    )


def token_actor(token: ServiceToken) -> Actor:
    """Return the actor a program with that token is; the audit trail tells two tokens apart by number."""
    return Actor(
        kind=ActorKind.TOKEN,
        name=f"{token.user.email} (token {token.id})",
        user_id=token.user.id,
        email=token.user.email,
        roles=token.user.roles,
        stations=token.user.stations,
        scopes=token.scopes,
    )
