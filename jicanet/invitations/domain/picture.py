"""Reads the stored picture of a session (its snapshot at one revision) as facts.

The picture belongs to the scheduler and grows with it: what it holds besides is left alone, and pictures
stored before a key came are read without it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jicanet.invitations.domain.facts import (
    Changes,
    Contact,
    Gone,
    InvitationFacts,
    JoinFacts,
    Person,
    Recipient,
    ShownMaterial,
    Site,
    SiteWarning,
)


def facts_of(data: Mapping[str, Any]) -> InvitationFacts:
    """Return the facts that a picture holds; KeyError or ValueError if it is not of this shape."""
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
        **_later(data),
    )


def _later(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what came with changes, people and answers; older pictures have none of it."""
    return {
        "people": tuple(map(_person, data.get("people", ()))),
        "former_sites": tuple(map(_site, data.get("former_sites", ()))),
        "former_people": tuple(map(_person, data.get("former_people", ()))),
        "changes": _changes(data.get("changes") or {}),
        "needs_attention": data.get("status") == "needs-attention",
        "cancel_reason": (data.get("cancel") or {}).get("reason") or "",
        "quorum": data.get("quorum"),
        "interpretation": data.get("interpretation") or "",
        "recording": bool(data.get("recording")),
    }


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
        **{name: data[name] for name in ("city", "country", "zone", "role", "required")},
        key=data.get("key") or data["code"],
        names=dict(data["name"]),
        warnings=tuple(map(_warning, data["warnings"])),
        withdrawn=bool(data.get("withdrawn")),
        recipient_id=data.get("recipient_id"),
        is_guest=data.get("kind") == "guest-site",
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


def _person(data: Mapping[str, Any]) -> Person:
    return Person(
        **{name: data[name] for name in ("key", "name", "role")},
        zone=data.get("zone") or "",
        withdrawn=bool(data.get("withdrawn")),
        recipient_id=data.get("recipient_id"),
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


def _changes(data: Mapping[str, Any]) -> Changes:
    pairs = {
        name: (data[name][0], data[name][1])
        for name in ("minutes", "host", "title", "setup_minutes", "teardown_minutes")
        if data.get(name)
    }
    moved = data.get("starts_at")
    return Changes(
        **pairs,
        starts_at=(_instant(moved[0]), _instant(moved[1])) if moved else None,
        join=bool(data.get("join")),
        added=tuple(data.get("added", ())),
        removed=tuple(map(_gone, data.get("removed", ()))),
    )


def _gone(data: Mapping[str, Any]) -> Gone:
    name = data["name"]
    names = dict(name) if isinstance(name, Mapping) else {"en": name}
    return Gone(key=data["key"], names=names, city=data.get("city") or "")
