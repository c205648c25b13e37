"""The facts of one session as its mails tell them: the stored snapshot of one revision, as values.

A mail that is rendered late still says what was booked, so everything it says is in the snapshot. Only
local times are not: they follow from the instants and the sites' zones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWarning:
    """One thing a site must know; `code` is as on the seat, what does not apply is empty or zero."""

    code: str
    minutes: int = 0
    day: date | None = None
    name: str = ""
    local_name: str = ""
    country: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One seat of the session; `city` is English, `names` by language."""

    code: str
    names: Mapping[str, str]
    city: str
    country: str
    zone: str
    role: str
    required: bool
    warnings: tuple[SiteWarning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMaterial:
    """One material tied to the session; minutes count from the session's start, kind `shown` only."""

    code: str
    titles: Mapping[str, str]
    kind: str
    start_minute: int | None
    end_minute: int | None
    language: str
    required: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to call; empty texts are not known."""

    name: str
    telephone: str
    email: str = ""

    @property
    def is_reachable(self) -> bool:
        """Say whether anything is known to call or to write to."""
        return bool(self.telephone or self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinFacts:
    """How to join; empty texts are not known."""

    url: str
    sip: str
    h323: str
    pin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One address of the session, the language it reads and the stations it speaks for."""

    id: int
    address: str
    language: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFacts:
    """One session at one revision. `sites` are in the order in which they are listed, host first."""

    ref: str
    uid: str
    title: str
    purpose: str
    kind: str
    department: str
    visibility: str
    languages: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    setup_minutes: int
    teardown_minutes: int
    host: str
    coordinator: Contact | None
    host_contact: Contact
    join: JoinFacts
    sites: tuple[Site, ...]
    materials: tuple[ShownMaterial, ...]
    recipients: tuple[Recipient, ...]
    created_at: datetime
    changed_at: datetime

    def recipient(self, recipient_id: int) -> Recipient:
        """Return one recipient; KeyError if the session has no such one."""
        for recipient in self.recipients:
            if recipient.id == recipient_id:
                return recipient
        raise KeyError(recipient_id)

    @property
    def host_site(self) -> Site:
        """Return the host's seat."""
        return next(site for site in self.sites if site.code == self.host)


def facts_of(data: Mapping[str, Any]) -> InvitationFacts:
    """Return the facts that a snapshot holds; KeyError or ValueError if it is not of this shape.

    What it holds besides is left alone: the snapshot belongs to the scheduler and may grow.
    """
    coordinator = data["coordinator"]
    return InvitationFacts(
        **{name: data[name] for name in ("ref", "uid", "title", "purpose", "kind", "department")},
        **{name: data[name] for name in ("visibility", "setup_minutes", "teardown_minutes", "host")},
        languages=tuple(data["languages"]),
        starts_at=_instant(data["starts_at"]),
        ends_at=_instant(data["ends_at"]),
        coordinator=_contact(coordinator) if coordinator else None,
        host_contact=_contact(data["host_contact"]),
        join=JoinFacts(**{name: data["join"][name] for name in ("url", "sip", "h323", "pin")}),
        sites=tuple(map(_site, data["sites"])),
        materials=tuple(map(_material, data["materials"])),
        recipients=tuple(map(_recipient, data["recipients"])),
        created_at=_instant(data["created_at"]),
        changed_at=_instant(data["changed_at"]),
    )


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        msg = f"{text} has no zone"
        raise ValueError(msg)
    return instant


def _contact(data: Mapping[str, Any]) -> Contact:
    return Contact(name=data["name"], telephone=data["telephone"], email=data.get("email", ""))


def _site(data: Mapping[str, Any]) -> Site:
    return Site(
        **{name: data[name] for name in ("code", "city", "country", "zone", "role", "required")},
        names=dict(data["name"]),
        warnings=tuple(map(_warning, data["warnings"])),
    )


def _warning(data: Mapping[str, Any]) -> SiteWarning:
    return SiteWarning(
        code=data["code"],
        minutes=data.get("minutes", 0),
        day=date.fromisoformat(data["date"]) if "date" in data else None,
        name=data.get("name", ""),
        local_name=data.get("local_name", ""),
        country=data.get("country", ""),
        year=data.get("year", 0),
    )


def _material(data: Mapping[str, Any]) -> ShownMaterial:
    return ShownMaterial(
        **{name: data[name] for name in ("code", "kind", "start_minute", "end_minute", "language")},
        titles=dict(data["titles"]),
        required=data["required"],
        url=data["url"],
    )


def _recipient(data: Mapping[str, Any]) -> Recipient:
    return Recipient(
        id=data["id"], address=data["address"], language=data["language"], parts=tuple(data["parts"])
    )
