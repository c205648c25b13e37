"""The picture of a session at one revision, as JSON: all that its mails and calendar entries say.

It is written with the change itself, so that a mail rendered late says what was decided then. Local
times are not in it: they follow from the instants and the sites' zones.
"""

from collections.abc import Sequence
from typing import Any

from jicanet.scheduler.domain.record import LinkRecord, RecipientRecord, SeatRecord, SessionView
from jicanet.scheduler.domain.times import instant_text


def snapshot(view: SessionView, recipients: Sequence[RecipientRecord]) -> dict[str, Any]:
    """Return the picture: every key always there, unknown texts empty, sites host first then east to west."""
    session = view.session
    seats = view.host_first()
    order = {seat.station: place for place, seat in enumerate(seats)}
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
        "sites": [_site(seat, view) for seat in seats],
        "materials": [_material(record, view) for record in view.stored.links],
        "recipients": [
            {
                "id": recipient.id,
                "address": recipient.address,
                "language": recipient.language,
                "parts": sorted(recipient.stations, key=order.__getitem__),
                "sequence": recipient.sequence,
                "dtstamp": instant_text(recipient.dtstamp),
            }
            for recipient in recipients
        ],
        "created_at": instant_text(session.created_at),
        "changed_at": instant_text(session.changed_at),
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


def _site(seat: SeatRecord, view: SessionView) -> dict[str, Any]:
    station = view.stations[seat.station]
    return {
        "code": station.code,
        "name": {"en": station.name_en, "ja": station.name_ja},
        "city": station.city,
        "country": station.country,
        "zone": station.zone,
        "role": seat.role.value,
        "required": seat.required,
        "minutes_outside": seat.minutes_outside,
        "warnings": [warning.json() for warning in seat.warnings],
        "recipient_id": seat.recipient_id,
    }


def _material(record: LinkRecord, view: SessionView) -> dict[str, Any]:
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
