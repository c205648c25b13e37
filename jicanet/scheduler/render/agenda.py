"""The first page's list: now and next, each session with every site's own time (ui.md, Now)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from jicanet.core.text import message
from jicanet.scheduler.domain.day import DayOfWorld
from jicanet.scheduler.domain.record import SeatRecord, SessionView
from jicanet.scheduler.domain.warnings import OFF
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.render import parts
from jicanet.scheduler.render.parts import part_names, sites_east_to_west, zone_of
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.seats import at_text
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
    """One session of the list. `state` is ended, on-air or its status; `remark` goes with it.

    `losses` are sites that declined, `notes` those outside their hours or days.
    """

    ref: str
    title: str
    start: str
    end: str
    host: Site
    sites: tuple[Site, ...]
    more: str
    state: str
    remark: str
    losses: tuple[str, ...]
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
    names = part_names(view, reader)
    others = [site for site in sites_east_to_west(view) if site.key != session.host and site.live]
    shown = others[:MOST_SITES]
    more = message("and %(count)s more", count=len(others) - len(shown))
    state, remark = _state(view, reader)
    host = next(seat for seat in view.stored.listed if seat.station == session.host)
    return Entry(
        ref=session.ref,
        title=session.title,
        start=words.clock(start),
        end=words.clock(end),
        host=_site(host, view, reader, names),
        sites=tuple(_site(site, view, reader, names) for site in shown),
        more=more.to(reader.translate) if len(others) > len(shown) else "",
        state=state,
        remark=remark,
        losses=() if state == "ended" else _losses(view, reader, names),
        notes=() if state == "ended" else _notes(view, reader, names),
    )


def _site(part: parts.Site, view: SessionView, reader: Reader, names: Mapping[str, str]) -> Site:
    there = zone_of(part, view).local(view.session.starts_at)
    here = reader.zone.local(view.session.starts_at)
    same = there.utcoffset() == here.utcoffset()
    return Site(
        place=names[part.key],
        clock="" if same else words.clock(there),
        mark=words.day_mark(there.date(), here.date(), reader.lang),
    )


def _state(view: SessionView, reader: Reader) -> tuple[str, str]:
    session = view.session
    if session.status is Status.HOLD:
        until = session.hold_until or session.starts_at
        return "hold", message("until %(when)s", when=at_text(until, reader)).to(reader.translate)
    if session.ends_at <= reader.now:
        return "ended", ""
    if session.starts_at > reader.now:
        return session.status.value, ""
    left = -((reader.now - session.ends_at) // timedelta(minutes=1))
    ends = message("ends in %(length)s", length=words.duration(left, reader.lang))
    return "on-air", ends.to(reader.translate)


def _losses(view: SessionView, reader: Reader, names: Mapping[str, str]) -> tuple[str, ...]:
    lost = [site for site in view.stored.sites if site.withdrawn]
    if len(lost) > _MOST_NOTES:
        return (message("%(count)s sites declined", count=len(lost)).to(reader.translate),)
    return tuple(message("%(place)s declined", place=names[site.key]).to(reader.translate) for site in lost)


def _notes(view: SessionView, reader: Reader, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the exceptions: two sites by name, more than that by number."""
    unusual = [seat for seat in view.east_to_west() if seat.live and _exceptions(seat)]
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
