"""The first page's list: now and next, each session with every site's own time (ui.md, Now)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jicanet.core.text import message
from jicanet.scheduler.domain.day import DayOfWorld
from jicanet.scheduler.domain.record import SeatRecord, SessionView
from jicanet.scheduler.domain.warnings import OFF
from jicanet.scheduler.render.places import place_names
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.warnings import brief_text
from jicanet.web import words

MOST_SITES = 8
_MOST_NOTES = 2
_UNUSUAL = OFF | {"outside_hours"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site with its own clock; no clock where it is the viewer's. `mark` tells of another date."""

    place: str
    clock: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One session of the list. `state` is ended, on-air or confirmed; `remark` goes with it."""

    ref: str
    title: str
    start: str
    end: str
    host: Site
    sites: tuple[Site, ...]
    more: str
    state: str
    remark: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The entries that start on one date by the viewer's clock; `heading` is empty for the page's own."""

    heading: str
    entries: tuple[Entry, ...]


def agenda(day: DayOfWorld, reader: Reader) -> tuple[Part, ...]:
    """Return the sessions of a day by date and start."""
    by_date: dict[date, list[Entry]] = {}
    for view in day.sessions:
        starts = reader.zone.local(view.session.starts_at).date()
        by_date.setdefault(starts, []).append(_entry(view, reader))
    first = min(by_date, default=day.day)
    return tuple(
        Part(
            heading="" if when == first == day.day else words.full_day(when, reader.lang, year=False),
            entries=tuple(entries),
        )
        for when, entries in sorted(by_date.items())
    )


def _entry(view: SessionView, reader: Reader) -> Entry:
    session = view.session
    start, end = reader.zone.local(session.starts_at), reader.zone.local(session.ends_at)
    names = place_names(view.stations.values(), reader.lang, reader.translate)
    others = [seat for seat in view.east_to_west() if seat.station != session.host]
    shown = others[:MOST_SITES]
    more = message("and %(count)s more", count=len(others) - len(shown))
    state, remark = _state(session.starts_at, session.ends_at, reader)
    return Entry(
        ref=session.ref,
        title=session.title,
        start=words.clock(start),
        end=words.clock(end),
        host=_site(session.host, view, reader, names),
        sites=tuple(_site(seat.station, view, reader, names) for seat in shown),
        more=more.to(reader.translate) if len(others) > len(shown) else "",
        state=state,
        remark=remark,
        notes=() if state == "ended" else _notes(view, reader, names),
    )


def _site(code: str, view: SessionView, reader: Reader, names: Mapping[str, str]) -> Site:
    there = view.zones[code].local(view.session.starts_at)
    here = reader.zone.local(view.session.starts_at)
    same = there.utcoffset() == here.utcoffset()
    return Site(
        place=names[code],
        clock="" if same else words.clock(there),
        mark=words.day_mark(there.date(), here.date(), reader.lang),
    )


def _state(starts_at: datetime, ends_at: datetime, reader: Reader) -> tuple[str, str]:
    if ends_at <= reader.now:
        return "ended", ""
    if starts_at > reader.now:
        return "confirmed", ""
    left = -((reader.now - ends_at) // timedelta(minutes=1))
    ends = message("ends in %(length)s", length=words.duration(left, reader.lang))
    return "on-air", ends.to(reader.translate)


def _notes(view: SessionView, reader: Reader, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the exceptions: two sites by name, more than that by number."""
    unusual = [seat for seat in view.east_to_west() if _exceptions(seat)]
    if len(unusual) > _MOST_NOTES:
        many = message("%(count)s sites outside their hours or days", count=len(unusual))
        return (many.to(reader.translate),)
    return tuple(
        message(
            "%(place)s: %(what)s",
            place=names[seat.station],
            what=brief_text(warning, reader.lang, reader.translate),
        ).to(reader.translate)
        for seat in unusual
        for warning in seat.warnings
        if warning.code in _UNUSUAL
    )


def _exceptions(seat: SeatRecord) -> bool:
    return any(warning.code in _UNUSUAL for warning in seat.warnings)
