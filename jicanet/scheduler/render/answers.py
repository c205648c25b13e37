"""Sessions as JSON (interfaces.md, Session): instants in RFC 3339, durations in minutes, stations by code."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from jicanet.core.text import Translate, message
from jicanet.scheduler.domain.conflicts import Clash
from jicanet.scheduler.domain.deliveries import Delivery
from jicanet.scheduler.domain.model import Booked, Notice, Programme, SeatWarning
from jicanet.scheduler.domain.record import LinkRecord, SeatRecord, SessionRecord, SessionView
from jicanet.scheduler.domain.snapshot import join_json
from jicanet.scheduler.domain.times import instant_text
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
        "stations": [_listed(seat) for seat in view.stored.seats],
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
        "seats": [_seat(seat, view) for seat in view.stored.seats],
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
    """Return what became of the newest mail to one recipient; recipients by station, never by address."""
    return {
        "stations": list(delivery.stations),
        "state": delivery.state.value,
        "words": delivery.words,
    }


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
    }


def check_json(
    booked: Booked,
    clashes: Iterable[Clash],
    view: SessionView,
    *,
    session: SessionRecord,
    tongues: Callable[[str], Translate],
) -> dict[str, Any]:
    """Return the judgement of a booking that is only asked about; recipients by station, never by address.

    `tongues` gives each recipient's language its translation: subjects are in the words of the mail.
    """
    return {
        "warnings": [
            {"station": seat.station, **warning_json(warning)}
            for seat in booked.seats
            for warning in seat.warnings
        ],
        "conflicts": [clash.json() for clash in clashes],
        "notices": [
            {
                "recipient": list(notice.stations),
                "method": notice.method,
                "sequence": notice.sequence,
                "subject": _subject(session, notice, view, tongues(notice.language)),
            }
            for notice in booked.notices
        ],
    }


def _subject(session: SessionRecord, notice: Notice, view: SessionView, translate: Translate) -> str:
    """Return the subject as the mail will have it, but for the reference, which only a booking gets."""
    station = view.stations[notice.stations[0]]
    local = view.zones[station.code].local(session.starts_at)
    day = words.day(local.date(), "en")
    if notice.language == "ja":
        day = f"{local.month}/{local.day}（{words.weekday(local.date(), 'ja')}）"
    line = message(
        "%(day)s %(clock)s %(place)s: %(title)s",
        day=day,
        clock=words.clock(local),
        place=translate(station.city),
        title=session.title,
    )
    return line.to(translate)
