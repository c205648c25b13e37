"""The page of stations: the whole network at this moment, by region and from east to west."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from jicanet.core.actor import Action
from jicanet.core.text import message
from jicanet.stations import render, service
from jicanet.stations.domain.days import week_on
from jicanet.stations.domain.listing import StationFilter, by_region, short_names
from jicanet.stations.domain.model import is_doubted
from jicanet.stations.domain.now import StateKind
from jicanet.stations.service import Board, Line
from jicanet.web import words
from jicanet.web.answers import page_answer
from jicanet.web.call import Call
from jicanet.web.models import Query
from jicanet.web.routes import Route

TEMPLATES = Path(__file__).with_name("templates")
SIZE = 200

# Told to the catalogues: these are the regions of the shipped network.
_REGIONS = (
    message("Japan"),
    message("Southeast Asia and the Pacific"),
    message("South Asia"),
    message("East and Central Asia and the Caucasus"),
    message("Middle East and Europe"),
    message("Africa"),
    message("Latin America and the Caribbean"),
)


class StationsQuery(Query):
    """Which stations to show."""

    q: str = Field(default="", max_length=200)
    region: str = Field(default="", max_length=200)
    skip: int = Field(default=0, ge=0, le=1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One station as the page says it. `mark` is how its date differs from the viewer's."""

    code: str
    name: str
    country: str
    inferred: bool
    clock: str
    mark: str
    offset: str
    kind: str
    words: str
    holidays_known: bool
    hours: str
    hours_doubted: bool
    weekend: str
    weekend_doubted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A region with as many of its stations as the page shows, and how many were asked for."""

    region: str
    count: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of the head: of the whole network, whatever was asked for."""

    stations: int
    countries: int
    open: int
    near: int
    closed: int
    off: int
    doubted: int
    listed: int
    seen: int
    inferred: int


async def show_stations(call: Call) -> web.StreamResponse:
    """Return the page."""
    asked = call.query_as(StationsQuery)
    board = await service.board(
        call.services, call.actor, StationFilter(q=asked.q, region=asked.region), call.now
    )
    groups, last = _groups(call, board, asked.skip)
    regions = by_region(board.known, lambda line: line.record.station, _offsets(call, board.known))
    return page_answer(
        call,
        "stations/list.html",
        figures=_figures(board.known),
        groups=groups,
        asked=asked,
        regions=[(region, call.translate(region)) for region, _ in regions],
        shoulder=call.services.settings.shoulder_minutes,
        first=asked.skip + 1,
        last=last,
        total=len(board.asked),
        back=_address(asked, max(0, asked.skip - SIZE)) if asked.skip else "",
        following=_address(asked, last) if last < len(board.asked) else "",
        size=SIZE,
    )


def _offsets(call: Call, lines: Sequence[Line]) -> dict[str, int]:
    none = timedelta(0)
    return {
        line.record.station.code: int((line.zone.local(call.now).utcoffset() or none).total_seconds())
        for line in lines
    }


def _groups(call: Call, board: Board, skip: int) -> tuple[tuple[Group, ...], int]:
    """Return the regions with the rows after `skip`, and the place of the last row shown."""
    names = short_names(line.record.station for line in board.known)
    shown: list[Group] = []
    before = 0
    ordered = by_region(board.asked, lambda line: line.record.station, _offsets(call, board.asked))
    for region, lines in ordered:
        cut = lines[max(0, skip - before) : max(0, skip + SIZE - before)]
        before += len(lines)
        if cut:
            rows = tuple(_row(call, line, names[line.record.station.code]) for line in cut)
            shown.append(Group(region=call.translate(region), count=len(lines), rows=rows))
    return tuple(shown), min(before, skip + SIZE)


def _row(call: Call, line: Line, name: str) -> Row:
    station, local = line.record.station, line.zone.local(call.now)
    week = week_on(line.record.weeks, local.date())
    state = render.state_words(line.state, line.zone, call.now, country=station.country, lang=call.lang)
    return Row(
        code=station.code,
        name=render.listed_name(station, name, call.lang),
        country=words.country(station.country, call.lang),
        inferred=station.basis == "inferred",
        clock=words.clock(local),
        mark=words.day_mark(local, call.local_now, call.lang),
        offset=words.offset(local),
        kind=line.state.kind.value,
        words=call.say(state),
        holidays_known=line.holidays_known,
        hours=render.hours_words(week),
        hours_doubted=is_doubted(station.office_hours_basis),
        weekend=render.weekend_words(week, call.lang),
        weekend_doubted=is_doubted(station.weekend_basis),
    )


def _figures(lines: Sequence[Line]) -> Figures:
    kinds = Counter(line.state.kind for line in lines)
    stations = [line.record.station for line in lines]
    bases = Counter(station.basis for station in stations)
    return Figures(
        stations=len(stations),
        countries=len({station.country for station in stations}),
        open=kinds[StateKind.OPEN],
        near=kinds[StateKind.SHOULDER],
        closed=kinds[StateKind.CLOSED],
        off=sum(line.state.is_day_off for line in lines),
        doubted=sum(
            is_doubted(station.office_hours_basis) or is_doubted(station.weekend_basis)
            for station in stations
        ),
        listed=bases["listed"],
        seen=bases["office exists"],
        inferred=bases["inferred"],
    )


def _address(asked: StationsQuery, skip: int) -> str:
    kept = {**asked.model_dump(exclude_defaults=True, exclude={"skip"}), **({"skip": skip} if skip else {})}
    return "/stations" + (f"?{urlencode(kept)}" if kept else "")


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/stations",
        show_stations,
        permission=Action.SEE_STATIONS,
        summary="The stations of the network at this moment.",
        query=StationsQuery,
        media="page",
        tags=("stations",),
    ),
)
