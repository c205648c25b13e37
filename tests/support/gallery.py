"""Every component on one page, for tests and for the eye. Never a route of the program.

`python -m tests.support.gallery PORT` serves it as `/` at the moment of the design pictures.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from aiohttp import web

from jicanet.core.actor import STRANGER, Action
from jicanet.core.intervals import Interval, seconds
from jicanet.core.zones import Zone, Zones
from jicanet.web import strips, words
from jicanet.web.answers import page_answer
from jicanet.web.app import build_web
from jicanet.web.call import Call
from jicanet.web.routes import Route
from jicanet.web.strips import Kind, Scale, Span
from tests.support.clock import FakeClock
from tests.support.web import known_as, plain_services

FOLDER = Path(__file__).with_name("gallery_templates")
MOMENT = datetime(2026, 12, 9, 5, 20, tzinfo=UTC)
_DAY = date(2026, 12, 9)
_PLACES = (
    ("Asia/Tokyo", (9, 30), (17, 45), frozenset({5, 6})),
    ("Asia/Yangon", (8, 30), (17, 0), frozenset({5, 6})),
    ("Asia/Kathmandu", (9, 0), (17, 0), frozenset({5})),
    ("Asia/Colombo", (8, 30), (17, 0), frozenset({5, 6})),
    ("Asia/Kabul", (8, 0), (17, 0), frozenset({3, 4})),
    ("America/Lima", (9, 0), (17, 0), frozenset({5, 6})),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a diagram."""

    strip: strips.Strip
    place: str
    time: str
    note: str = ""
    mark: str = ""
    warning: str = ""
    gone: bool = False


def spans_of(
    zone: Zone, opens: tuple[int, int], closes: tuple[int, int], weekend: frozenset[int]
) -> list[Span]:
    """Return three days around the moment: weekends as days, hours on the others."""
    found: list[Span] = []
    for day in (_DAY + timedelta(days=n) for n in (-1, 0, 1)):
        if day.weekday() in weekend:
            start, end = zone.day(day)
            found.append(Span(Kind.WEEKEND, seconds(start), seconds(end)))
        else:
            start, end = zone.at(day, time(*opens)), zone.at(day, time(*closes))
            found.append(Span(Kind.OPEN, seconds(start), seconds(end)))
    return found


def _day_rows(call: Call, scale: Scale, zones: Zones) -> list[Row]:
    rows: list[Row] = []
    for place, (name, opens, closes, weekend) in enumerate(_PLACES):
        zone = zones.get(name)
        if name == "America/Lima":
            start, end = zone.day(date(2026, 12, 8))
            spans: Sequence[Span] = [
                Span(Kind.HOLIDAY, seconds(start), seconds(end), "Inmaculada Concepción")
            ]
        else:
            spans = strips.with_shoulders(spans_of(zone, opens, closes, weekend), 120)
        first = seconds(MOMENT) + 2400
        busy = [
            Span(Kind.BUSY, first, first + 5400, "JN-2026-000412"),
            Span(Kind.COLUMN, first, first + 5400),
        ]
        busy.append(Span(Kind.BUSY, first + 5400, first + 9000, "JN-2026-000413"))
        busy.append(Span(Kind.HOLD, first + 9000, first + 12600, "JN-2026-000414"))
        spans = [*spans, *(busy if place < 3 else busy[1:2])]
        drawn = strips.strip(scale, spans, zone=zone, place=words.place(name, call.lang), height=24)
        clock = words.clock(zone.local(MOMENT))
        rows.append(
            Row(
                strip=drawn,
                place=words.place(name, call.lang),
                time=clock,
                note="and 3 at UTC+7" * (place == 1),
            )
        )
    return rows


def _session_rows(call: Call, scale: Scale, zones: Zones, session: Interval) -> list[Row]:
    rows: list[Row] = []
    tokyo = zones.get("Asia/Tokyo")
    for name, opens, closes, weekend in _PLACES:
        zone = zones.get(name)
        spans = strips.with_shoulders(spans_of(zone, opens, closes, weekend), 120)
        spans = (*spans, Span(Kind.SESSION, session.start, session.end))
        start, end = zone.local(session.starts_at), zone.local(session.ends_at)
        drawn = strips.strip(
            scale,
            spans,
            zone=zone,
            place=words.place(name, call.lang),
            height=36,
            clocks=True,
            midnights=True,
        )
        rows.append(
            Row(
                strip=drawn,
                place=words.place(name, call.lang),
                time=words.clock_range(start, end),
                note=words.offset(start),
                mark=words.day_mark(start, tokyo.local(session.starts_at), call.lang),
                warning="8 h before opening" if name == "America/Lima" else "",
                gone=name == "Asia/Kabul",
            )
        )
    return rows


async def gallery(call: Call) -> web.StreamResponse:
    """Return the page of all components."""
    zones = call.services.zones
    tokyo = zones.get("Asia/Tokyo")
    start = datetime(2026, 12, 9, 6, 0, tzinfo=UTC)
    session = Interval.between(start, start + timedelta(minutes=90))
    morning = seconds(tokyo.at(_DAY, time(6)))
    day = Scale(
        window=Interval(morning, morning + 30 * 3600),
        lang=call.lang,
        translate=call.translate,
        now=seconds(MOMENT),
        grid="grid-day",
    )
    around = Scale(
        window=strips.window_around(session, tokyo),
        lang=call.lang,
        translate=call.translate,
        now=seconds(MOMENT),
    )
    late = datetime(2026, 12, 9, 11, 0, tzinfo=UTC)
    return page_answer(
        call,
        "gallery.html",
        long_text=call.translate("Times are 24-hour. Zone data %(version)s.") % {"version": zones.version},
        start=start,
        end=start + timedelta(minutes=90),
        late=late,
        late_end=late + timedelta(minutes=60),
        tokyo=tokyo,
        lima=zones.get("America/Lima"),
        apia=zones.get("Pacific/Apia"),
        day_axis=strips.axis(day, tokyo),
        day_rows=_day_rows(call, day, zones),
        session_axis=strips.axis(around, tokyo),
        session_rows=_session_rows(call, around, zones, session),
    )


ROUTES = (
    Route("GET", "/", gallery, Action.READ_PUBLIC, "Components", media="page"),
    Route("GET", "/stations", gallery, Action.READ_PUBLIC, "Components", media="page"),
    Route("GET", "/library", gallery, Action.READ_PUBLIC, "Components", media="page"),
    Route("GET", "/sign-in", gallery, Action.READ_PUBLIC, "Components", media="page"),
)


def application() -> web.Application:
    """Return the application that serves the gallery."""
    services = plain_services(clock=FakeClock(MOMENT))
    return build_web(services, ROUTES, known_as(STRANGER), [FOLDER])


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]))
