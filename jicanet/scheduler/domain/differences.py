"""What an edit made different besides what mails tell of it: the rest of what the ledger says.

`changes` of snapshot.py is what sites are told; these are the fields that only the ledger shows. Of
people and places it keeps names, of the way in nothing: the ledger is no second place for secrets.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from jicanet.scheduler.domain.patching import Patch, request_of
from jicanet.scheduler.domain.record import SeatRecord, SessionRecord, StoredSession
from jicanet.scheduler.domain.times import instant_text

_VALUES: Mapping[str, Callable[[SessionRecord], Any]] = {
    "purpose": lambda session: session.purpose,
    "kind": lambda session: session.kind.value,
    "department": lambda session: session.department,
    "visibility": lambda session: session.visibility.value,
    "languages": lambda session: list(session.languages),
    "interpretation": lambda session: session.interpretation,
    "recording": lambda session: session.recording,
    "quorum": lambda session: session.quorum,
    "hold_until": lambda session: None if session.hold_until is None else instant_text(session.hold_until),
}


def differing(patch: Patch, before: StoredSession, after: StoredSession) -> list[str]:
    """Return the fields of a patch that came out different, by name: what was sent again is no change."""
    was, now = request_of(before), request_of(after)

    def differs(name: str) -> bool:
        if name == "coordinator":
            return before.session.coordinator_id != after.session.coordinator_id
        if name == "hold_until":
            return before.session.hold_until != after.session.hold_until
        return bool(getattr(was, name) != getattr(now, name))

    return sorted(name for name in patch if differs(name))


def untold_changes(before: StoredSession, after: StoredSession) -> dict[str, Any]:
    """Return old and new of the fields that no mail tells of; of lists what was added, removed and changed."""
    found: dict[str, Any] = {
        name: [value(before.session), value(after.session)]
        for name, value in _VALUES.items()
        if value(before.session) != value(after.session)
    }
    lists = {
        "stations": _stations(before, after),
        "guest_sites": _rows(_guests(before), _guests(after), only="changed"),
        "people": _rows(_people(before), _people(after)),
        "materials": _rows(_materials(before), _materials(after)),
    }
    return found | {name: rows for name, rows in lists.items() if rows}


def _stations(before: StoredSession, after: StoredSession) -> list[dict[str, Any]]:
    """Return the stations that stay and do something else; whoever came or went is in the told changes."""
    was = {seat.station: seat for seat in before.listed}
    return [
        {"station": seat.station, "was": _part(was[seat.station]), "now": _part(seat)}
        for seat in after.listed
        if seat.station in was and _part(seat) != _part(was[seat.station])
    ]


def _part(seat: SeatRecord) -> dict[str, Any]:
    return {"role": seat.role.value, "required": seat.required}


Named = dict[Hashable, tuple[str, Hashable]]


def _guests(stored: StoredSession) -> Named:
    return {each.email: (each.organisation, each) for each in request_of(stored).guest_sites}


def _people(stored: StoredSession) -> Named:
    return {each.email: (each.name, each) for each in request_of(stored).people}


def _materials(stored: StoredSession) -> Named:
    return {
        (record.link.material, record.link.kind, record.link.start_minute): (
            record.link.material,
            record.link,
        )
        for record in stored.links
    }


def _rows(was: Named, now: Named, *, only: str = "") -> dict[str, list[str]]:
    told: dict[str, Iterable[str]] = {
        "added": (name for key, (name, _) in now.items() if key not in was),
        "removed": (name for key, (name, _) in was.items() if key not in now),
        "changed": (name for key, (name, row) in now.items() if key in was and was[key][1] != row),
    }
    rows = {how: list(names) for how, names in told.items() if only in {"", how}}
    return {how: names for how, names in rows.items() if names}
