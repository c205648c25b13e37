"""The first page's diagram: stations of the day in rows, sessions as columns through them (ui.md, 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from jicanet.core.intervals import Interval, seconds
from jicanet.core.text import message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.day import DayOfWorld
from jicanet.scheduler.domain.record import SessionView, east_first
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.render.places import hours, kinds_of, place_names
from jicanet.scheduler.render.reader import Reader
from jicanet.stations.domain.model import Station
from jicanet.web import words
from jicanet.web.strips import Axis, Kind, Scale, Span, Strip, axis, strip

MORNING = time(6)
ROW_HEIGHT = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Stations whose clocks and hours are the same that day, with what their clock shows."""

    place: str
    note: str
    clock: str
    strip: Strip


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """The rows on one axis, and the kinds of hour that the key explains."""

    axis: Axis
    rows: tuple[Row, ...]
    kinds: tuple[str, ...]


def diagram(day: DayOfWorld, reader: Reader, *, shoulder: int) -> Diagram:
    """Return the day as rows from east to west. `shoulder` is in minutes.

    On another day than today the clock of a row gives way to its offset: no clock stands still.
    """
    window = _window(day, reader)
    scale = Scale(
        window=window,
        lang=reader.lang,
        translate=reader.translate,
        now=seconds(reader.now) if _is_today(day, reader) else None,
    )
    groups = _groups(day, window, shoulder)
    spans = _with_sessions(groups, day.sessions)
    names = place_names(day.stations, reader.lang, reader.translate)
    rows = tuple(
        _row(group, row_spans, day, reader, scale=scale, names=names)
        for group, row_spans in zip(groups, spans, strict=True)
    )
    shown = kinds_of(spans, window)
    order = ("open", "shoulder", "night", "weekend", "holiday", "holiday-estimated", "busy", "hold")
    return Diagram(
        axis=axis(scale, reader.zone),
        rows=rows,
        kinds=tuple(kind for kind in order if kind in shown or kind == "night"),
    )


def _is_today(day: DayOfWorld, reader: Reader) -> bool:
    return reader.zone.local(reader.now).date() == day.day


def _window(day: DayOfWorld, reader: Reader) -> Interval:
    """Return from six in the morning until noon of the next day, from midnight if anything is earlier."""
    morning = seconds(reader.zone.at(day.day, MORNING))
    early = [view.session.starts_at for view in day.sessions]
    early += [reader.now] if _is_today(day, reader) else []
    if any(seconds(instant) < morning for instant in early):
        return day.window
    return Interval(morning, day.window.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    stations: tuple[Station, ...]
    zone: Zone
    hours: tuple[Span, ...]


def _groups(day: DayOfWorld, window: Interval, shoulder: int) -> list[_Group]:
    """Return stations of equal offset and calendar together, the most advanced clock first."""
    found: dict[object, list[Station]] = {}
    spans: dict[object, tuple[Span, ...]] = {}
    begins = window.starts_at
    ordered = sorted(day.stations, key=lambda each: east_first(each, day.zones[each.code], begins))
    for station in ordered:
        zone = day.zones[station.code]
        shown = hours(day.days[station.code], zone, window, shoulder=shoulder)
        key = (zone.local(begins).utcoffset(), shown)
        found.setdefault(key, []).append(station)
        spans[key] = shown
    return [
        _Group(stations=tuple(stations), zone=day.zones[stations[0].code], hours=spans[key])
        for key, stations in found.items()
    ]


def _with_sessions(groups: Sequence[_Group], sessions: Sequence[SessionView]) -> list[list[Span]]:
    """Return each row's spans: its hours, its sessions in ink, and the columns that join their rows."""
    rows = [list(group.hours) for group in groups]
    place = {station.code: index for index, group in enumerate(groups) for station in group.stations}
    for view in sessions:
        session = view.session
        start, end = seconds(session.starts_at), seconds(session.ends_at)
        kind = Kind.HOLD if session.status is Status.HOLD else Kind.BUSY
        taken = sorted({place[seat.station] for seat in view.stored.seats if seat.live})
        if not taken:
            continue
        for index in range(taken[0], taken[-1] + 1):
            rows[index].append(Span(Kind.COLUMN.value, start, end))
        for index in taken:
            rows[index].append(Span(kind.value, start, end, f"{session.ref} {session.title}"))
    return rows


def _row(
    group: _Group,
    spans: Sequence[Span],
    day: DayOfWorld,
    reader: Reader,
    *,
    scale: Scale,
    names: dict[str, str],
) -> Row:
    place, note = _named(group, reader, names)
    local = group.zone.local(reader.now if _is_today(day, reader) else day.window.starts_at)
    return Row(
        place=place,
        note=note,
        clock=words.clock(local) if _is_today(day, reader) else words.offset(local).removeprefix("UTC"),
        strip=strip(scale, spans, zone=group.zone, place=place, height=ROW_HEIGHT),
    )


def _named(group: _Group, reader: Reader, names: dict[str, str]) -> tuple[str, str]:
    """Return what a row is called: its city, its country if all of it is one, else the first and how many."""
    stations, more = group.stations, len(group.stations) - 1
    if not more:
        return names[stations[0].code], ""
    countries = {station.country for station in stations}
    if len(countries) == 1:
        together = message("%(count)s stations", count=len(stations))
        return words.country(stations[0].country, reader.lang), together.to(reader.translate)
    others = message("and %(count)s more", count=more)
    return names[stations[0].code], others.to(reader.translate)
