"""JSON endpoints of stations: the network as a list, and one station."""

from typing import Literal
from urllib.parse import urlencode

from aiohttp import hdrs, web
from pydantic import BaseModel, ConfigDict, Field

from jicanet.core.actor import Action
from jicanet.stations import service
from jicanet.stations.domain.listing import StationFilter
from jicanet.stations.domain.model import OpenTime, Station, StationRecord, WorkingWeek
from jicanet.web import words
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.models import Query
from jicanet.web.routes import Route

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class StationsQuery(Query):
    """Which stations to list."""

    q: str = Field(
        default="",
        max_length=200,
        description="Words in code, name, city, country or region; all must be found.",
    )
    country: str = Field(default="", max_length=2, description="ISO 3166 code of the country, such as VN.")
    region: str = Field(default="", max_length=200, description="Region, in English as stations name it.")
    limit: int = Field(default=50, ge=1, le=service.MOST_LISTED, description="Most stations in one answer.")
    after: str = Field(default="", max_length=40, description="Go on after this code; `next` says it.")


class NamesOut(BaseModel):
    """A name in English and Japanese; null where it is not known."""

    en: str
    ja: str | None


class HoursOut(BaseModel):
    """An opening by the station's clock; `24:00` is the end of the day."""

    model_config = ConfigDict(serialize_by_alias=True)

    start: str = Field(serialization_alias="from")
    end: str = Field(serialization_alias="to")


class WeekOut(BaseModel):
    """A working week; `valid_from` null reaches back in time."""

    valid_from: str | None
    weekend: list[Weekday]
    hours: dict[Weekday, list[HoursOut]]


class SpecialHoursOut(BaseModel):
    """Hours of one period, first and last day included."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: str = Field(serialization_alias="from")
    last: str = Field(serialization_alias="to")
    hours: dict[Weekday, list[HoursOut]]


class StationOut(BaseModel):
    """A station. Null is a fact that is not known, or not told to strangers."""

    code: str
    name: NamesOut
    country: str
    country_name: NamesOut
    city: str
    zone: str
    region: str
    network: Literal["jica", "gdln", "partner", "guest"]
    office_type: str | None
    office: str | None
    languages: list[str]
    working_weeks: list[WeekOut]
    special_hours: list[SpecialHoursOut]
    latitude: float | None
    longitude: float | None
    contact_name: str | None = Field(description="Told to signed-in people only.")
    mailbox: str | None = Field(
        description="Told to signed-in people only; at stations.invalid while the real one is not known."
    )
    telephone: str | None = Field(description="Told to signed-in people only.")
    line_kbit: int | None
    seats: int | None
    sip: str | None = Field(description="Told to signed-in people only.")
    h323: str | None = Field(description="Told to signed-in people only.")
    verified: dict[str, str] = Field(
        description="How far facts are known: where the `station` itself, its `weekend`, `hours` and `mailbox` come from."
    )
    source: str | None
    notes: str | None
    revision: int


class StationsOut(BaseModel):
    """Stations by code; `next` is the relative address of the following ones, or null."""

    items: list[StationOut]
    next: str | None


async def list_stations(call: Call) -> web.StreamResponse:
    """Return the stations that fit, by code."""
    asked = call.query_as(StationsQuery)
    found = await service.list_stations(
        call.services,
        call.actor,
        StationFilter(q=asked.q, country=asked.country, region=asked.region),
        limit=asked.limit,
        after=asked.after,
    )
    following = None
    if found.next_after is not None:
        kept = asked.model_dump(exclude_defaults=True, exclude={"after"})
        following = f"/api/v1/stations?{urlencode({**kept, 'after': found.next_after})}"
    return json_answer(StationsOut(items=[station_out(record) for record in found.items], next=following))


async def show_station(call: Call) -> web.StreamResponse:
    """Return one station with its revision as ETag."""
    record = await service.show_station(call.services, call.actor, call.path["code"])
    return json_answer(station_out(record), headers={hdrs.ETAG: f'"{record.station.revision}"'})


def station_out(record: StationRecord) -> StationOut:
    """Return a station as the API and the command line say it."""
    station = record.station
    return StationOut(
        code=station.code,
        name=NamesOut(en=station.name_en, ja=station.name_ja or None),
        country=station.country,
        country_name=NamesOut(
            en=words.country(station.country, "en"), ja=words.country(station.country, "ja")
        ),
        city=station.city,
        zone=station.zone,
        region=station.region,
        network=station.network.value,
        office_type=station.office_type or None,
        office=station.office or None,
        languages=list(station.languages),
        working_weeks=[_week(week) for week in record.weeks],
        special_hours=[],
        latitude=station.latitude,
        longitude=station.longitude,
        contact_name=station.contact_name or None,
        mailbox=station.mailbox or None,
        telephone=station.telephone or None,
        line_kbit=station.line_kbit,
        seats=station.seats,
        sip=station.sip or None,
        h323=station.h323 or None,
        verified=_verified(station),
        source=station.source or None,
        notes=station.notes or None,
        revision=station.revision,
    )


def _week(week: WorkingWeek) -> WeekOut:
    return WeekOut(
        valid_from=None if week.valid_from is None else week.valid_from.isoformat(),
        weekend=[WEEKDAYS[day] for day in sorted(week.weekend)],
        hours={
            WEEKDAYS[day]: [_hours(opened) for opened in hours] for day, hours in sorted(week.hours.items())
        },
    )


def _hours(opened: OpenTime) -> HoursOut:
    start, end = opened
    return HoursOut(start=words.clock(start), end=words.clock(end))


def _verified(station: Station) -> dict[str, str]:
    known = {
        "station": station.basis,
        "weekend": station.weekend_basis,
        "hours": station.office_hours_basis,
        # Empty is not told; a placeholder must not be taken for an address that somebody reads.
        "mailbox": "placeholder" if station.mailbox and not station.has_mailbox else "",
    }
    return {name: basis for name, basis in known.items() if basis}


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/api/v1/stations",
        list_stations,
        permission=Action.SEE_STATIONS,
        summary="List the stations of the network.",
        query=StationsQuery,
        answers={200: StationsOut},
        tags=("stations",),
    ),
    Route(
        "GET",
        "/api/v1/stations/{code}",
        show_station,
        permission=Action.SEE_STATIONS,
        summary="Show one station.",
        description="The ETag is its revision.",
        answers={200: StationOut},
        refusals=("404 unknown_station",),
        tags=("stations",),
    ),
)
