"""Between rows and values: what a session, a seat and a link are in their tables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jicanet.core.text import fold
from jicanet.scheduler.domain.model import JoinDetails, Link, Programme, SeatWarning
from jicanet.scheduler.domain.record import (
    GuestRecord,
    LinkRecord,
    PersonRecord,
    Reason,
    SeatRecord,
    SessionRecord,
    Standing,
)
from jicanet.scheduler.domain.words import (
    Answer,
    Ending,
    LinkKind,
    PersonRole,
    ReasonCode,
    Scheme,
    SeatRole,
    SessionKind,
    Status,
    Via,
    Visibility,
)

_PLAIN = (
    "id", "ref", "uid", "title", "purpose", "department", "coordinator_id", "host", "zone", "fold",
    "tz_version", "minutes", "setup_minutes", "teardown_minutes", "starts_at", "ends_at", "bridge", "ports",
    "counter", "dtstamp", "stamp", "revision", "created_at", "created_by", "changed_at", "hold_until",
    "interpretation", "recording", "quorum", "requester_id", "confirmed_once", "ending_words", "ended_at",
)  # fmt: skip


def session_values(record: SessionRecord) -> dict[str, Any]:
    """Return the row of a session."""
    occupied, programme, join = record.occupied, record.programme, record.join
    return {
        **{name: getattr(record, name) for name in _PLAIN},
        "kind": record.kind.value,
        "status": record.status.value,
        "visibility": record.visibility.value,
        "languages": list(record.languages),
        "programme": None if programme is None else programme_json(programme),
        "wall_start": record.wall_start.isoformat(timespec="minutes"),
        "occupied_from": occupied.starts_at,
        "occupied_to": occupied.ends_at,
        "join": {"url": join.url, "sip": join.sip, "h323": join.h323, "pin": join.pin},
        "reasons": [
            {"code": reason.code.value, "site": reason.site, "acknowledged": reason.acknowledged}
            for reason in record.reasons
        ],
        "ending": None if record.ending is None else record.ending.value,
        "search_text": fold(f"{record.title}\n{record.ref}\n{record.purpose}\n{record.department}"),
    }


def session_of(row: Mapping[Any, Any]) -> SessionRecord:
    """Return the session of a row."""
    return SessionRecord(
        **{name: row[name] for name in _PLAIN},
        kind=SessionKind(row["kind"]),
        status=Status(row["status"]),
        visibility=Visibility(row["visibility"]),
        languages=tuple(row["languages"]),
        programme=None if row["programme"] is None else _programme(row["programme"]),
        wall_start=datetime.fromisoformat(row["wall_start"]),
        join=JoinDetails(**row["join"]),
        reasons=tuple(
            Reason(code=ReasonCode(each["code"]), site=each["site"], acknowledged=each["acknowledged"])
            for each in row["reasons"]
        ),
        ending=None if row["ending"] is None else Ending(row["ending"]),
    )


def programme_json(programme: Programme) -> dict[str, Any]:
    """Return a programme as it is stored and answered."""
    return {
        "scheme": programme.scheme.value,
        "countries": list(programme.countries),
        "agency": programme.agency,
        "stage": programme.stage,
    }


def _programme(data: dict[str, Any]) -> Programme:
    return Programme(
        scheme=Scheme(data["scheme"]),
        countries=tuple(data["countries"]),
        agency=data["agency"],
        stage=data["stage"],
    )


def seat_values(record: SeatRecord, session: SessionRecord) -> dict[str, Any]:
    """Return the row of a seat of `session`."""
    occupied = session.occupied
    return {
        **_standing_values(record, session),
        "station": record.station,
        "role": record.role.value,
        "required": record.required,
        "live": record.live and session.status.occupies,
        "minutes_outside": record.minutes_outside,
        "warnings": [warning.json() for warning in record.warnings],
        "occupied_from": occupied.starts_at,
        "occupied_to": occupied.ends_at,
    }


def guest_values(record: GuestRecord, session: SessionRecord) -> dict[str, Any]:
    """Return the row of a guest site of `session`."""
    return {
        **_standing_values(record, session),
        **{name: getattr(record, name) for name in _GUEST},
        "role": record.role.value,
    }


def person_values(record: PersonRecord, session: SessionRecord) -> dict[str, Any]:
    """Return the row of a person in `session`."""
    return {
        **_standing_values(record, session),
        **{name: getattr(record, name) for name in _PERSON},
        "role": record.role.value,
    }


_GUEST = ("organisation", "city", "zone", "email", "contact", "telephone", "language", "required")
_PERSON = ("name", "email", "zone", "language")
_STANDING = ("recipient_id", "listed", "withdrawn", "answered_at", "words")


def _standing_values(record: Standing, session: SessionRecord) -> dict[str, Any]:
    return {
        **{name: getattr(record, name) for name in _STANDING},
        "session_id": session.id,
        "answer": record.answer.value,
        "answered_via": record.answered_via and record.answered_via.value,
    }


def _standing(row: Mapping[Any, Any]) -> dict[str, Any]:
    via = row["answered_via"]
    return {
        **{name: row[name] for name in _STANDING},
        "answer": Answer(row["answer"]),
        "answered_via": Via(via) if via else None,
    }


def seat_of(row: Mapping[Any, Any]) -> SeatRecord:
    """Return the seat of a row."""
    return SeatRecord(
        **_standing(row),
        station=row["station"],
        role=SeatRole(row["role"]),
        required=row["required"],
        minutes_outside=row["minutes_outside"],
        warnings=tuple(SeatWarning.of(warning) for warning in row["warnings"]),
    )


def guest_of(row: Mapping[Any, Any]) -> GuestRecord:
    """Return the guest site of a row."""
    return GuestRecord(**_standing(row), **{name: row[name] for name in _GUEST}, role=SeatRole(row["role"]))


def person_of(row: Mapping[Any, Any]) -> PersonRecord:
    """Return the person of a row."""
    return PersonRecord(
        **_standing(row), **{name: row[name] for name in _PERSON}, role=PersonRole(row["role"])
    )


def link_values(link: Link, session_id: int) -> dict[str, Any]:
    """Return the row of a link."""
    return {
        "session_id": session_id,
        "material": link.material,
        "kind": link.kind.value,
        "start_minute": link.start_minute,
        "end_minute": link.end_minute,
        "language": link.language,
        "required": link.required,
    }


def link_of(row: Mapping[Any, Any]) -> LinkRecord:
    """Return the link of a row."""
    return LinkRecord(
        id=row["id"],
        link=Link(
            material=row["material"],
            kind=LinkKind(row["kind"]),
            start_minute=row["start_minute"],
            end_minute=row["end_minute"],
            language=row["language"],
            required=row["required"],
        ),
    )
