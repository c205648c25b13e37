"""What others changed while a form was open: each field with what it was and what it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from jicanet.core.text import Message, message
from jicanet.scheduler.domain.words import Scheme, SessionKind, Visibility
from jicanet.scheduler.render.moment import KINDS, SCHEMES
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.sheet import VISIBILITIES
from jicanet.web import words

LABELS: Mapping[str, Message] = {
    "title": message("Title"),
    "kind": message("Kind"),
    "languages": message("Languages"),
    "visibility": message("Who may see it"),
    "date": message("Date"),
    "start": message("Start"),
    "clock": message("on the clock of"),
    "minutes": message("Minutes"),
    "setup": message("Set-up"),
    "teardown": message("Clearing up, minutes"),
    "host": message("Host"),
    "stations": message("Stations"),
    "materials": message("Materials"),
    "people": message("People"),
    "guests": message("Guest sites"),
    "quorum": message("Least number of sites"),
    "recording": message("Record the session"),
    "interpretation": message("Interpretation"),
    "join_url": message("Web address of the room"),
    "join_sip": Message("SIP"),
    "join_h323": Message("H.323"),
    "join_pin": Message("PIN"),
    "coordinator": message("Coordinator"),
    "department": message("Department"),
    "purpose": message("Purpose"),
    "scheme": message("Programme"),
    "countries": message("Countries"),
    "agency": message("Partner agency"),
    "stage": message("Stage of the project cycle"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One field that others changed; `is_yours` says that the viewer changed it too, and theirs stands in the form."""

    label: str
    text: str
    is_yours: bool


def differing_lines(
    fields: Sequence[str],
    was: Any,
    now: Any,
    reader: Reader,
    *,
    yours: Sequence[str],
    names: Mapping[str, str],
) -> tuple[Differing, ...]:
    """Return what others changed. `was` and `now` are the forms of both revisions, `names` those of stations."""
    return tuple(
        Differing(
            label=LABELS[field].to(reader.translate),
            text=_text(
                getattr(was, field), getattr(now, field), reader, partial(_value, field, reader, names)
            ),
            is_yours=field in yours,
        )
        for field in fields
        if field in LABELS
    )


def _value(field: str, reader: Reader, names: Mapping[str, str], value: Any) -> str:
    """Return a value of the form in words: a choice by its own, a row by the name it goes by."""
    if field in _WORDS and value:
        return _WORDS[field](value).to(reader.translate)
    if field == "clock":
        return words.place(value, reader.lang)
    if field == "host":
        return names.get(value, value)
    if field == "stations":
        return names.get(value.code, value.code)
    if field in {"people", "guests"}:
        return str(value.name if field == "people" else value.organisation)
    return str(value.code if field == "materials" else value)


_WORDS: Mapping[str, Callable[[str], Message]] = {
    "kind": lambda value: KINDS[SessionKind(value)],
    "scheme": lambda value: SCHEMES[Scheme(value)],
    "visibility": lambda value: VISIBILITIES[Visibility(value)],
    "recording": lambda _: message("yes"),
}


def _text(was: Any, now: Any, reader: Reader, named: Callable[[Any], str]) -> str:
    if isinstance(now, tuple):
        return _rows(was, now, reader, named)
    before, after = named(was), named(now)
    if not before:
        return message("now %(value)s", value=after).to(reader.translate)
    if not after:
        return message("%(value)s is gone", value=before).to(reader.translate)
    return f"{before} → {after}"


def _rows(was: tuple[Any, ...], now: tuple[Any, ...], reader: Reader, named: Callable[[Any], str]) -> str:
    """Return which rows came, which went and which are others now."""
    old, new = {row.key: row for row in was}, {row.key: row for row in now}
    told = (
        (message("%(names)s added"), [row for key, row in new.items() if key not in old]),
        (message("%(names)s removed"), [row for key, row in old.items() if key not in new]),
        (message("%(names)s changed"), [row for key, row in new.items() if key in old and old[key] != row]),
    )
    return ", ".join(
        Message(sentence.msgid, {"names": words.listed(map(named, rows), reader.lang)}).to(reader.translate)
        for sentence, rows in told
        if rows
    )
