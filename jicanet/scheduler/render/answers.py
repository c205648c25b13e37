"""Sessions as JSON (interfaces.md, Session): instants in RFC 3339, durations in minutes, stations by code."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from jicanet.core.text import Translate
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.conflicts import Clash
from jicanet.scheduler.domain.deliveries import Delivery
from jicanet.scheduler.domain.model import Programme, SeatWarning
from jicanet.scheduler.domain.notices import News, Notice
from jicanet.scheduler.domain.record import (
    GuestRecord,
    LinkRecord,
    PersonRecord,
    Reason,
    SeatRecord,
    SessionView,
    StoredSession,
)
from jicanet.scheduler.domain.snapshot import join_json
from jicanet.scheduler.domain.times import instant_text
from jicanet.scheduler.domain.words import PartKind
from jicanet.scheduler.render.subject import NEWS, subject_line
from jicanet.scheduler.render.warnings import warning_text
from jicanet.web import words


def session_json(view: SessionView) -> dict[str, Any]:
    """Return one session: every field that POST takes, and what follows from them.

    To strangers the way in and the coordinator are null.
    """
    session = view.session
    coordinator = view.coordinator.email if view.coordinator and view.shows_details else None
    return {
        "ref": session.ref,
        "status": session.status.value,
        "title": session.title,
        "purpose": session.purpose,
        "kind": session.kind.value,
        "department": session.department,
        "coordinator": coordinator,
        "host": session.host,
        "stations": [_listed(seat) for seat in view.stored.listed],
        "start": {
            "local": session.wall_start.isoformat(timespec="minutes"),
            "zone": session.zone,
            "fold": session.fold,
        },
        "minutes": session.minutes,
        "setup_minutes": session.setup_minutes,
        "teardown_minutes": session.teardown_minutes,
        "starts_at": instant_text(session.starts_at),
        "ends_at": instant_text(session.ends_at),
        "visibility": session.visibility.value,
        "languages": list(session.languages),
        "programme": None if session.programme is None else programme_json(session.programme),
        "join": join_json(view) if view.shows_details else None,
        "hold_until": None if session.hold_until is None else instant_text(session.hold_until),
        "interpretation": session.interpretation,
        "recording": session.recording,
        "quorum": session.quorum,
        "guest_sites": [_guest(guest, view) for guest in view.stored.listed_guests],
        "people": [_person(person, view) for person in view.stored.listed_people if view.shows_details],
        "seats": [_seat(seat, view) for seat in view.stored.listed],
        "parts": [
            _part(part, view)
            for part in view.stored.listed_others
            if view.shows_details or isinstance(part, GuestRecord)
        ],
        "reasons": [_reason(reason) for reason in session.reasons] if view.shows_details else [],
        "ending": None
        if session.ending is None
        else {"code": session.ending.value, "reason": session.ending_words if view.shows_details else ""},
        "materials": [link_json(record, view) for record in view.stored.links],
        "sequence": session.counter,
        "revision": session.revision,
        "created_at": instant_text(session.created_at),
        "changed_at": instant_text(session.changed_at),
    }


def programme_json(programme: Programme) -> dict[str, Any]:
    """Return the activity that a session serves."""
    return {
        "scheme": programme.scheme.value,
        "countries": list(programme.countries),
        "agency": programme.agency,
        "stage": programme.stage,
    }


def link_json(record: LinkRecord, view: SessionView) -> dict[str, Any]:
    """Return one link: as it was asked for, with its id, the material's titles and its address."""
    link, material = record.link, view.materials[record.link.material]
    session, zone = view.session, view.zones[view.session.host]
    moments = {
        name: None if minute is None else instant_text(session.starts_at + timedelta(minutes=minute), zone)
        for name, minute in (("local_start", link.start_minute), ("local_end", link.end_minute))
    }
    return {
        "id": record.id,
        "material": link.material,
        "kind": link.kind.value,
        "start": link.start_minute,
        "end": link.end_minute,
        **moments,
        "language": link.language or None,
        "required": link.required,
        "titles": dict(material.titles),
        "url": material.url,
    }


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """Return what became of the newest mail to one recipient; recipients by part, never by address."""
    return {
        "stations": [part.station for part in delivery.parts if isinstance(part, SeatRecord)],
        "others": [_name(part) for part in delivery.parts if not isinstance(part, SeatRecord)],
        "state": delivery.state.value,
        "words": delivery.words,
    }


def _name(part: SeatRecord | GuestRecord | PersonRecord) -> str:
    if isinstance(part, SeatRecord):
        return part.station
    return part.organisation if isinstance(part, GuestRecord) else part.name


def warning_json(warning: SeatWarning) -> dict[str, Any]:
    """Return a warning: its code and fields, and the sentence in English."""
    return {**warning.json(), "detail": warning_text(warning)}


def _listed(seat: SeatRecord) -> dict[str, Any]:
    return {"code": seat.station, "role": seat.role.value, "required": seat.required}


def _seat(seat: SeatRecord, view: SessionView) -> dict[str, Any]:
    session, zone = view.session, view.zones[seat.station]
    return {
        "station": seat.station,
        "role": seat.role.value,
        "required": seat.required,
        "answer": seat.answer.value,
        "withdrawn": not seat.live,
        "local_start": instant_text(session.starts_at, zone),
        "local_end": instant_text(session.ends_at, zone),
        "zone": zone.name,
        "minutes_outside": seat.minutes_outside,
        "warnings": [warning_json(warning) for warning in seat.warnings],
        "words": view.words_of(seat),
        "answered_at": None if seat.answered_at is None else instant_text(seat.answered_at),
        "answered_via": None if seat.answered_via is None else seat.answered_via.value,
    }


def _guest(guest: GuestRecord, view: SessionView) -> dict[str, Any]:
    return {
        "organisation": guest.organisation,
        "city": guest.city,
        "zone": guest.zone,
        "email": guest.email if view.shows_addresses else None,
        "contact": guest.contact if view.shows_details else "",
        "telephone": guest.telephone if view.shows_addresses else "",
        "language": guest.language or None,
        "role": guest.role.value,
        "required": guest.required,
    }


def _person(person: PersonRecord, view: SessionView) -> dict[str, Any]:
    return {
        "role": person.role.value,
        "name": person.name,
        "email": person.email if view.shows_addresses else None,
        "zone": person.zone,
        "language": person.language or None,
    }


def _part(part: GuestRecord | PersonRecord, view: SessionView) -> dict[str, Any]:
    session, zone = view.session, view.zones[part.zone]
    is_guest = isinstance(part, GuestRecord)
    return {
        "kind": (PartKind.GUEST if is_guest else PartKind.PERSON).value,
        "name": part.organisation if isinstance(part, GuestRecord) else part.name,
        "email": part.email if view.shows_addresses else None,
        "answer": part.answer.value,
        "withdrawn": part.withdrawn,
        "local_start": instant_text(session.starts_at, zone),
        "local_end": instant_text(session.ends_at, zone),
        "zone": zone.name,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code.value, "site": reason.site or None, "acknowledged": reason.acknowledged}


def check_json(
    view: SessionView,
    clashes: Iterable[Clash],
    notices: Iterable[Notice],
    *,
    tongues: Callable[[str], Translate],
    before: StoredSession | None = None,
) -> dict[str, Any]:
    """Return the judgement of what is only asked about; recipients by their parts, never by address.

    `tongues` gives each recipient's language its translation: subjects are in the words of the mail.
    `before` is a session that stands: whoever is taken out knows it by its time and title of then.
    """
    return {
        "warnings": [
            {"station": seat.station, **warning_json(warning)}
            for seat in view.stored.listed
            for warning in seat.warnings
        ],
        "conflicts": [clash.json() for clash in clashes],
        "notices": notices_json(view, notices, tongues=tongues, before=before),
    }


def notices_json(
    view: SessionView,
    notices: Iterable[Notice],
    *,
    tongues: Callable[[str], Translate],
    before: StoredSession | None = None,
) -> list[dict[str, Any]]:
    """Return the mails that a change would send, each with its subject, as `check_json` has them."""
    known = view if before is None else replace(view, stored=before)
    return [
        {
            "recipient": [part_name(key, view) for key in notice.parts],
            "method": notice.method,
            "sequence": notice.sequence,
            "subject": subject_of(
                notice, known if notice.news is News.REMOVED else view, tongues(notice.language)
            ),
        }
        for notice in notices
    ]


def part_name(key: str, view: SessionView) -> str:
    """Return what names a part without its address: station code, organisation or person."""
    for guest in view.stored.guests:
        if guest.key == key:
            return guest.organisation
    for person in view.stored.people:
        if person.key == key:
            return person.name
    return key


def part_zone(key: str, view: SessionView) -> Zone:
    """Return whose clock a part reads."""
    for part in view.stored.every_other:
        if part.key == key:
            return view.zones[part.zone]
    return view.zones[key]


def subject_of(notice: Notice, view: SessionView, translate: Translate) -> str:
    """Return the subject as the mail will have it; a session that is not booked yet has no reference."""
    session = view.session
    return subject_line(
        starts=part_zone(notice.parts[0], view).local(session.starts_at),
        place=_place(notice.parts[0], view, translate, notice.language),
        title=session.title,
        ref=session.ref if session.id else "",
        news=NEWS.get(notice.news),
        lang=notice.language,
        translate=translate,
    )


def _place(key: str, view: SessionView, translate: Translate, lang: str) -> str:
    if key in view.stations:
        return translate(view.stations[key].city)
    for guest in view.stored.guests:
        if guest.key == key:
            return translate(guest.city)
    return words.place(part_zone(key, view).name, lang)
