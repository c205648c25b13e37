"""What the buttons of the form do to it: rows come and go, offered values are taken. Nothing is judged here."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from jicanet.catalog.domain.model import Material
from jicanet.core.errors import FieldError
from jicanet.core.text import fold, message
from jicanet.scheduler.domain.words import LinkKind
from jicanet.scheduler.forms.asking import fold_text
from jicanet.scheduler.forms.filled import clock_text, day_text
from jicanet.scheduler.forms.sheet import GuestRow, MaterialRow, PersonRow, Sheet, StationRow
from jicanet.stations.domain.listing import StationFilter
from jicanet.stations.domain.model import Station

MOST_OFFERED = 8
_LONGEST = 100  # characters that are looked for
_CODE = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)+")
_LISTS = {"station": "stations", "material": "materials", "person": "people", "guest": "guests"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """Where stations and materials are found: all stations with their names, what fits the typed words."""

    stations: Mapping[str, Station]
    names: Callable[[Station], Iterable[str]]
    materials: Mapping[str, Material]
    found: Sequence[Material]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The form after a button, what could not be added, the words that stay to be mended, and what came."""

    sheet: Sheet
    errors: tuple[FieldError, ...] = ()
    add_station: str = ""
    add_material: str = ""
    added: str = ""


def pressed(
    sheet: Sheet, do: str, *, add_station: str, add_material: str, shelves: Shelves, lang: str
) -> Pressed:
    """Return the form after the button `do`. What stands in a field for adding is added by any button."""
    verb, _, what = do.partition(":")
    errors: list[FieldError] = []
    sheet, unknown = _known(sheet, shelves.stations)
    add_station, add_material = (add_station or unknown)[:_LONGEST], add_material[:_LONGEST]
    added, before = "", sheet
    if verb == "station" and what in shelves.stations:
        sheet, add_station = _with_station(sheet, what), ""
    elif add_station:
        sheet, wrong = _find_station(sheet, add_station, shelves)
        errors += wrong
        add_station = add_station if wrong else ""
    if verb == "material" and what in shelves.materials:
        sheet, add_material = _with_material(sheet, what), ""
    elif add_material:
        sheet, wrong = _find_material(sheet, add_material, shelves)
        errors += wrong
        add_material = add_material if wrong else ""
    if sheet != before:
        added = "station" if sheet.stations != before.stations else "material"
    return Pressed(
        sheet=_edited(sheet, verb, what, lang),
        errors=tuple(errors),
        add_station=add_station,
        add_material=add_material,
        added=added,
    )


def _known(sheet: Sheet, stations: Mapping[str, Station]) -> tuple[Sheet, str]:
    """Return the form with rows of stations that exist, the host among them, and the first code of none."""
    rows = tuple(row for row in sheet.stations if row.code in stations)
    unknown = next((row.code for row in sheet.stations if row.code not in stations), "")
    listed = [row.code for row in rows]
    host = sheet.host if sheet.host in stations else next(iter(listed), "")
    if host and host not in listed:
        rows = (StationRow(code=host, required=True), *rows)
    return replace(sheet, stations=rows, host=host), unknown


def _edited(sheet: Sheet, verb: str, what: str, lang: str) -> Sheet:
    if verb in {"add-person", "add-guest"}:
        is_person = verb == "add-person"
        people = (*sheet.people, PersonRow()) if is_person else sheet.people
        return replace(
            sheet, people=people, guests=sheet.guests if is_person else (*sheet.guests, GuestRow())
        )
    if verb == "drop-station":
        return _without_station(sheet, what)
    if verb.startswith("drop-"):
        return _without_row(sheet, _LISTS.get(verb.removeprefix("drop-"), ""), what)
    if verb == "date":
        return _on_date(sheet, what, lang)
    if verb == "start":
        return _at_start(sheet, what, lang)
    return sheet


def _with_station(sheet: Sheet, code: str) -> Sheet:
    """Return the form with a station more; the first one is the host, which alone is required unasked."""
    if any(row.code == code for row in sheet.stations):
        return sheet
    is_host = not sheet.host
    row = StationRow(code=code, required=is_host)
    return replace(sheet, stations=(*sheet.stations, row), host=code if is_host else sheet.host)


def _without_station(sheet: Sheet, code: str) -> Sheet:
    rows = tuple(row for row in sheet.stations if row.code != code)
    host = sheet.host if sheet.host != code else next((row.code for row in rows), "")
    return replace(sheet, stations=rows, host=host)


def _with_material(sheet: Sheet, code: str) -> Sheet:
    row = MaterialRow(code=code, kind=LinkKind.PRE_VIEWING.value)
    return sheet if row in sheet.materials else replace(sheet, materials=(*sheet.materials, row))


def _without_row(sheet: Sheet, name: str, what: str) -> Sheet:
    if not name or not (what.isascii() and what.isdigit()):
        return sheet
    rows: Sequence[Any] = getattr(sheet, name)
    left: dict[str, Any] = {name: tuple(row for at, row in enumerate(rows) if at != int(what))}
    return replace(sheet, **left)


def _on_date(sheet: Sheet, what: str, lang: str) -> Sheet:
    try:
        return replace(sheet, date=day_text(date.fromisoformat(what), lang))
    except ValueError:
        return sheet


def _at_start(sheet: Sheet, what: str, lang: str) -> Sheet:
    """Take an offered time, `2027-04-30T01:00 0`: the clock, and which one of two."""
    given, _, which = what.partition(" ")
    try:
        local = datetime.fromisoformat(given)
    except ValueError:
        return sheet
    choice = fold_text(local, sheet.clock, int(which)) if which in {"0", "1"} else ""
    return replace(sheet, date=day_text(local.date(), lang), start=clock_text(local.time()), fold=choice)


def _find_station(sheet: Sheet, text: str, shelves: Shelves) -> tuple[Sheet, tuple[FieldError, ...]]:
    found = stations_named(text, shelves.stations, shelves.names)
    listed = {row.code for row in sheet.stations}
    found = tuple(station for station in found if station.code not in listed) or found[:1]
    if len(found) == 1:
        return _with_station(sheet, found[0].code), ()
    shown = text[:60]
    if not found:
        detail = message(
            'No station is called "%(text)s". Write a city, a code such as VNM-HAN, or part of a name.',
            text=shown,
        )
        return sheet, (_wrong("/add_station", text, "no_such_station", detail),)
    detail = message('"%(text)s" can be %(count)s stations. Which one?', text=shown, count=len(found))
    if len(found) > MOST_OFFERED:
        detail = message(
            '"%(text)s" can be %(count)s stations, of which these are some. Write more of the name.',
            text=shown,
            count=len(found),
        )
    choices = [{"station": station.code} for station in found[:MOST_OFFERED]]
    return sheet, (_wrong("/add_station", text, "ambiguous_station", detail, choices),)


def stations_named(
    text: str, stations: Mapping[str, Station], names: Callable[[Station], Iterable[str]]
) -> tuple[Station, ...]:
    """Return the stations that a text means: by code, else by a whole name, else by parts of names."""
    coded = [code for code in _CODE.findall(text.upper()) if code in stations]
    if len(coded) == 1:
        return (stations[coded[0]],)
    asked = fold(text)
    whole = [station for station in stations.values() if asked in {fold(name) for name in names(station)}]
    if whole:
        return tuple(whole)
    part = StationFilter(q=text)
    return tuple(station for station in stations.values() if part.takes(station, names(station)))


def _find_material(sheet: Sheet, text: str, shelves: Shelves) -> tuple[Sheet, tuple[FieldError, ...]]:
    exact = shelves.materials.get(text.upper())
    found: Collection[Material] = [exact] if exact else shelves.found
    if len(found) == 1:
        return _with_material(sheet, next(iter(found)).code), ()
    shown = text[:60]
    if not found:
        detail = message('The library has nothing under "%(text)s".', text=shown)
        return sheet, (_wrong("/add_material", text, "no_such_material", detail),)
    detail = message('Several materials fit "%(text)s". Which one?', text=shown)
    if len(found) > MOST_OFFERED:
        detail = message(
            'Many materials fit "%(text)s", these are some. Write more of the title.', text=shown
        )
    choices = [{"material": material.code} for material in found][:MOST_OFFERED]
    return sheet, (_wrong("/add_material", text, "ambiguous_material", detail, choices),)


def _wrong(
    pointer: str, value: str, code: str, detail: Any, choices: Sequence[Mapping[str, Any]] = ()
) -> FieldError:
    return FieldError(pointer=pointer, value=value, code=code, detail=detail, choices=tuple(choices))
