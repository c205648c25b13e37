"""What a change of a session made different, old and new, in the reader's words: lines of the ledger."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jicanet.core.text import Message, message
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.domain.words import SeatRole, SessionKind, Visibility
from jicanet.scheduler.render.moment import KINDS
from jicanet.scheduler.render.outdated import LABELS
from jicanet.scheduler.render.parts import part_names, role_of
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.sheet import VISIBILITIES
from jicanet.web import words

_LONGEST = 60
_MOST_NAMED = 8
# The field of the change that each line belongs to.
FIELD_OF: Mapping[str, str] = {"starts_at": "start", "zone": "start"}
_ROWS: Mapping[str, Message] = {
    "added": message("%(names)s added"),
    "removed": message("%(names)s removed"),
    "changed": message("%(names)s changed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One line: `field` is the field of the change that it tells of."""

    field: str
    text: str


def differences(changes: Mapping[str, Any], view: SessionView, reader: Reader) -> tuple[Difference, ...]:
    """Return the lines of a change, from what the audit trail keeps of it.

    Of what has no values there (joining details) there is none.
    """
    names = part_names(view, reader)
    found = [*_values(changes, names, reader), *_places(changes, names, reader)]
    found += _parts(changes.get("stations", ()), view, names, reader)
    for field in ("guest_sites", "people", "materials"):
        if text := _rows(changes.get(field, {}), reader):
            found.append(_line(field, _LABELS[field], text, reader))
    return tuple(found)


_LABELS: Mapping[str, Message] = {
    "title": LABELS["title"],
    "starts_at": LABELS["start"],
    "zone": message("Zone of the start"),
    "minutes": message("Length"),
    "setup_minutes": message("Set-up time"),
    "teardown_minutes": message("Clearing up"),
    "host": LABELS["host"],
    "hold_until": message("End of the hold"),
    "kind": LABELS["kind"],
    "visibility": LABELS["visibility"],
    "quorum": LABELS["quorum"],
    "languages": LABELS["languages"],
    "interpretation": LABELS["interpretation"],
    "recording": LABELS["recording"],
    "coordinator": LABELS["coordinator"],
    "department": LABELS["department"],
    "purpose": LABELS["purpose"],
    "guest_sites": LABELS["guests"],
    "people": LABELS["people"],
    "materials": LABELS["materials"],
}


def _line(key: str, label: Message, text: str, reader: Reader) -> Difference:
    line = message("%(field)s: %(change)s", field=label, change=text)
    return Difference(field=FIELD_OF.get(key, key), text=line.to(reader.translate))


def _values(changes: Mapping[str, Any], names: Mapping[str, str], reader: Reader) -> Iterator[Difference]:
    for key, label in _LABELS.items():
        pair = changes.get(key)
        if isinstance(pair, Sequence):
            old, new = (_said(key, value, names, reader) for value in pair)
            yield _line(key, label, f"{old} → {new}", reader)


def _said(key: str, value: Any, names: Mapping[str, str], reader: Reader) -> str:
    """Return one value in words; what is not given is said to be so."""
    if value is None or value in ("", []):
        return message("nothing").to(reader.translate)
    return _short(_WORDS[key](value, names, reader)) if key in _WORDS else _short(str(value))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"


def _moment(value: str, _names: Mapping[str, str], reader: Reader) -> str:
    instant = datetime.fromisoformat(value)
    return words.moment(instant, reader.zone, reader.lang, beside=reader.zone.local(reader.now))


def _length(value: int, _names: Mapping[str, str], reader: Reader) -> str:
    return words.duration(value, reader.lang)


_WORDS: Mapping[str, Callable[[Any, Mapping[str, str], Reader], str]] = {
    "starts_at": _moment,
    "hold_until": _moment,
    "zone": lambda value, _, reader: words.place(value, reader.lang),
    "minutes": _length,
    "setup_minutes": _length,
    "teardown_minutes": _length,
    "host": lambda value, names, _: names.get(value, value),
    "kind": lambda value, _, reader: KINDS[SessionKind(value)].to(reader.translate),
    "visibility": lambda value, _, reader: VISIBILITIES[Visibility(value)].to(reader.translate),
    "languages": lambda value, _, reader: words.listed(
        (words.language(tag, reader.lang) for tag in value), reader.lang
    ),
    "recording": lambda value, _, reader: (message("yes") if value else message("no")).to(reader.translate),
}


def _places(changes: Mapping[str, Any], names: Mapping[str, str], reader: Reader) -> Iterator[Difference]:
    """Return who came and who went, stations and guest sites apart: each is a field of its own."""
    added: Sequence[str] = changes.get("added", ())
    removed = {each["key"]: each["name"] for each in changes.get("removed", ())}
    for field, label in (("stations", LABELS["stations"]), ("guest_sites", LABELS["guests"])):
        rows = {
            how: [_name(key, names, removed, reader) for key in keys if _field_of(key) == field]
            for how, keys in (("added", added), ("removed", removed))
        }
        if text := _rows(rows, reader):
            yield _line(field, label, text, reader)


def _field_of(key: str) -> str:
    return "guest_sites" if key.startswith("guest/") else "stations"


def _name(key: str, names: Mapping[str, str], removed: Mapping[str, Any], reader: Reader) -> str:
    if key in names:
        return names[key]
    # Never the key: a guest site's is an address.
    name: str = removed.get(key, {}).get(reader.lang, "")
    return name


def _parts(
    changed: Sequence[Mapping[str, Any]], view: SessionView, names: Mapping[str, str], reader: Reader
) -> Iterator[Difference]:
    seats = {seat.station: seat for seat in view.stored.seats}
    for each in changed:
        seat = seats[each["station"]]
        was, now = (
            role_of(
                replace(seat, role=SeatRole(each[when]["role"]), required=each[when]["required"]), view
            ).to(reader.translate)
            for when in ("was", "now")
        )
        yield _line("stations", Message(names[seat.key]), f"{was} → {now}", reader)


def _rows(rows: Mapping[str, Sequence[str]], reader: Reader) -> str:
    told = (
        Message(sentence.msgid, {"names": _listed(rows[how], reader)}).to(reader.translate)
        for how, sentence in _ROWS.items()
        if rows.get(how)
    )
    return ("、" if reader.lang == "ja" else ", ").join(told)


def _listed(names: Sequence[str], reader: Reader) -> str:
    if len(names) <= _MOST_NAMED:
        return words.listed(names, reader.lang)
    more = message("and %(count)s more", count=len(names) - _MOST_NAMED).to(reader.translate)
    between = "、" if reader.lang == "ja" else ", "
    return f"{between.join(names[:_MOST_NAMED])} {more}"
