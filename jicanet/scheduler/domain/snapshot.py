"""The picture of a session at one revision, as JSON: all that its mails and calendar entries say.

It is written with the change itself, so that a mail rendered late says what was decided then. Local
times are not in it: they follow from the instants and the sites' zones.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from jicanet.scheduler.domain.notices import CANCEL, Notice
from jicanet.scheduler.domain.record import (
    GuestRecord,
    LinkRecord,
    PersonRecord,
    RecipientRecord,
    SeatRecord,
    SessionView,
    StoredSession,
)
from jicanet.scheduler.domain.times import instant_text
from jicanet.scheduler.domain.words import PartKind


def snapshot(
    view: SessionView,
    recipients: Sequence[RecipientRecord],
    *,
    before: StoredSession | None = None,
    notices: Sequence[Notice] = (),
) -> dict[str, Any]:
    """Return the picture: every key always there, unknown texts empty, sites host first then east to west.

    `before` is the session until this change, `notices` the mails that the change owes: whoever is told
    of leaving is in `former_sites` and `former_people`.
    """
    session = view.session
    former = {key for notice in notices if notice.method == CANCEL for key in notice.parts}
    return {
        "ref": session.ref,
        "uid": session.uid,
        "revision": session.revision,
        "status": session.status.value,
        "sequence": session.counter,
        "title": session.title,
        "purpose": session.purpose,
        "kind": session.kind.value,
        "department": session.department,
        "visibility": session.visibility.value,
        "languages": list(session.languages),
        "interpretation": session.interpretation,
        "recording": session.recording,
        "quorum": session.quorum,
        "zone": session.zone,
        "starts_at": instant_text(session.starts_at),
        "ends_at": instant_text(session.ends_at),
        "minutes": session.minutes,
        "setup_minutes": session.setup_minutes,
        "teardown_minutes": session.teardown_minutes,
        "host": session.host,
        "coordinator": _coordinator(view),
        "host_contact": _host_contact(view),
        "join": join_json(view),
        "sites": [
            *(_site(seat, view) for seat in view.host_first()),
            *(_guest(guest) for guest in view.stored.listed_guests),
        ],
        "people": [_person(person) for person in view.stored.listed_people],
        **_former(view, former),
        "materials": [_material(record, view) for record in view.stored.links],
        "recipients": [_recipient(recipient) for recipient in recipients],
        "changes": changes(before, view) if before else {},
        "cancel": None
        if session.ending is None
        else {"code": session.ending.value, "reason": session.ending_words},
        "created_at": instant_text(session.created_at),
        "changed_at": instant_text(session.changed_at),
    }


def changes(before: StoredSession, view: SessionView) -> dict[str, Any]:
    """Return what a change made different, old and new: what a mail says first."""
    old, new = before.session, view.session
    found: dict[str, Any] = {
        name: [getattr(old, name), getattr(new, name)]
        for name in ("minutes", "zone", "host", "title", "setup_minutes", "teardown_minutes")
        if getattr(old, name) != getattr(new, name)
    }
    if old.starts_at != new.starts_at:
        found["starts_at"] = [instant_text(old.starts_at), instant_text(new.starts_at)]
    if old.join != new.join:
        found["join"] = True
    was, now = {site.key for site in before.sites}, {site.key for site in view.stored.sites}
    if added := [site.key for site in view.stored.sites if site.key not in was]:
        found["added"] = added
    if removed := [_named(site, view) for site in before.sites if site.key not in now]:
        found["removed"] = removed
    return found


def _named(site: SeatRecord | GuestRecord, view: SessionView) -> dict[str, Any]:
    if isinstance(site, GuestRecord):
        name = {"en": site.organisation, "ja": site.organisation}
        return {"key": site.key, "name": name, "city": site.city}
    station = view.stations[site.station]
    return {
        "key": site.key,
        "name": {"en": station.name_en, "ja": station.name_ja},
        "city": station.city,
    }


def join_json(view: SessionView) -> dict[str, str]:
    """Return the way in as four texts."""
    join = view.session.join
    return {"url": join.url, "sip": join.sip, "h323": join.h323, "pin": join.pin}


def _coordinator(view: SessionView) -> dict[str, str] | None:
    who = view.coordinator
    return {"name": who.name, "email": who.email, "telephone": who.telephone} if who else None


def _host_contact(view: SessionView) -> dict[str, str]:
    host = view.stations[view.session.host]
    return {"name": host.contact_name, "telephone": host.telephone}


def _former(view: SessionView, told: Collection[str]) -> dict[str, Any]:
    stored = view.stored
    seats = [_site(seat, view) for seat in stored.seats if not seat.listed and seat.key in told]
    guests = [_guest(guest) for guest in stored.guests if not guest.listed and guest.key in told]
    people = [_person(person) for person in stored.people if not person.listed and person.key in told]
    return {"former_sites": [*seats, *guests], "former_people": people}


def _standing(part: SeatRecord | GuestRecord | PersonRecord) -> dict[str, Any]:
    return {
        "key": part.key,
        "answer": part.answer.value,
        "withdrawn": part.withdrawn,
        "recipient_id": part.recipient_id,
    }


def _site(seat: SeatRecord, view: SessionView) -> dict[str, Any]:
    station = view.stations[seat.station]
    return {
        **_standing(seat),
        "kind": PartKind.STATION.value,
        "code": station.code,
        "name": {"en": station.name_en, "ja": station.name_ja},
        "city": station.city,
        "country": station.country,
        "zone": station.zone,
        "role": seat.role.value,
        "required": seat.required,
        "minutes_outside": seat.minutes_outside,
        "warnings": [warning.json() for warning in seat.warnings],
    }


def _guest(guest: GuestRecord) -> dict[str, Any]:
    return {
        **_standing(guest),
        "kind": PartKind.GUEST.value,
        "code": guest.key,
        "name": {"en": guest.organisation, "ja": guest.organisation},
        "city": guest.city,
        "country": "",
        "zone": guest.zone,
        "role": guest.role.value,
        "required": guest.required,
        "minutes_outside": 0,
        "warnings": [],
    }


def _person(person: PersonRecord) -> dict[str, Any]:
    return {
        **_standing(person),
        "name": person.name,
        "role": person.role.value,
        "zone": person.zone,
        "language": person.language,
    }


def _recipient(recipient: RecipientRecord) -> dict[str, Any]:
    return {
        "id": recipient.id,
        "address": recipient.address,
        "language": recipient.language,
        "parts": list(recipient.parts),
        "sequence": recipient.sequence,
        "dtstamp": instant_text(recipient.dtstamp),
    }


def _material(record: LinkRecord, view: SessionView) -> Mapping[str, Any]:
    link, material = record.link, view.materials[record.link.material]
    return {
        "code": link.material,
        "titles": dict(material.titles),
        "kind": link.kind.value,
        "start_minute": link.start_minute,
        "end_minute": link.end_minute,
        "language": link.language,
        "required": link.required,
        "url": material.url,
    }
