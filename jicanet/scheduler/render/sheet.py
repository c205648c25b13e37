"""The form in words: what its lists offer, and its rows beside what the hour is to each station."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jicanet.catalog.domain.model import Material
from jicanet.core.text import Message, message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.words import PersonRole, SeatRole, Visibility
from jicanet.scheduler.render.moment import KINDS, LINKS, SCHEMES
from jicanet.scheduler.render.parts import PERSON_ROLES
from jicanet.scheduler.render.places import own_name, place_names
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.ticket import Hour, Ticket
from jicanet.stations.domain.model import Station
from jicanet.web import words

Option = tuple[str, str]

VISIBILITIES: Mapping[Visibility, Message] = {
    Visibility.NETWORK: message("The network"),
    Visibility.PUBLIC: message("Everybody"),
    Visibility.PARTICIPANTS: message("Those who take part"),
}
_STAGES = (
    message("1 Identification and formulation"),
    message("2 Official request"),
    message("3 Approval, plans and ex-ante evaluation"),
    message("4 Agreement"),
    message("5 Implementation and monitoring"),
    message("6 Completion, follow-up and ex-post evaluation"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the lists of the form offer: (value, words)."""

    kinds: tuple[Option, ...]
    visibilities: tuple[Option, ...]
    clocks: tuple[Option, ...]
    uses: tuple[Option, ...]
    languages: tuple[Option, ...]
    person_roles: tuple[Option, ...]
    seat_roles: tuple[Option, ...]
    schemes: tuple[Option, ...]
    stages: tuple[Option, ...]
    stations: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationLine:
    """One station's row. `roles` are what it may do; `hour` is None before there is a time."""

    code: str
    place: str
    is_host: bool
    role: str
    roles: tuple[Option, ...]
    required: bool
    hour: Hour | None


def options(
    reader: Reader,
    stations: Mapping[str, Station],
    *,
    zones: Iterable[Zone],
    at: datetime,
) -> Options:
    """Return what the lists offer. `zones` are the clocks to start on, `at` an instant for their offsets."""
    say = reader.translate

    def worded(known: Mapping[Visibility, Message] | Mapping[PersonRole, Message]) -> tuple[Option, ...]:
        return tuple((key.value, text.to(say)) for key, text in known.items())

    none = ("", message("not said").to(say))
    tags = {tag for station in stations.values() for tag in station.languages} | {"en", "ja"}
    languages = sorted((words.language(tag, reader.lang), tag) for tag in tags)
    return Options(
        kinds=tuple((kind.value, text.to(say)) for kind, text in KINDS.items()),
        visibilities=worded(VISIBILITIES),
        clocks=tuple(_clock(zone, at, reader) for zone in dict.fromkeys(zones)),
        uses=tuple((kind.value, text.to(say)) for kind, text in LINKS.items()),
        languages=(none, *((tag, name) for name, tag in languages)),
        person_roles=worded(PERSON_ROLES),
        seat_roles=(
            (SeatRole.RECEIVING.value, message("Receives").to(say)),
            (SeatRole.SENDING.value, message("Sends").to(say)),
        ),
        schemes=(none, *((scheme.value, text.to(say)) for scheme, text in SCHEMES.items())),
        stages=(none, *((str(number), text.to(say)) for number, text in enumerate(_STAGES, 1))),
        stations=_listed(stations, reader),
    )


def _clock(zone: Zone, at: datetime, reader: Reader) -> Option:
    place = words.place(zone.name, reader.lang)
    return zone.name, place if place == "UTC" else f"{place}, {zone.offset(at)}"


def _listed(stations: Mapping[str, Station], reader: Reader) -> tuple[Option, ...]:
    """Return every station by code: its city and its own name, by which a browser finds it while one types."""
    return tuple(
        (station.code, f"{reader.translate(station.city)}, {own_name(station, reader.lang)}")
        for station in stations.values()
    )


def station_lines(
    rows: Iterable[tuple[str, SeatRole, bool]],
    *,
    host: str,
    stations: Mapping[str, Station],
    ticket: Ticket | None,
    reader: Reader,
) -> tuple[StationLine, ...]:
    """Return the rows of the stations in the order of the form. Rows are code, role and being required."""
    given = [row for row in rows if row[0] in stations]
    names = place_names((stations[code] for code, _, _ in given), reader.lang, reader.translate)
    return tuple(
        StationLine(
            code=code,
            place=names[code],
            is_host=code == host,
            role="" if role is _usual(is_host=code == host) else role.value,
            roles=_roles(reader, is_host=code == host),
            required=required,
            hour=ticket.hour(code) if ticket else None,
        )
        for code, role, required in given
    )


def _usual(*, is_host: bool) -> SeatRole:
    return SeatRole.SENDING if is_host else SeatRole.RECEIVING


def _roles(reader: Reader, *, is_host: bool) -> tuple[Option, ...]:
    """Return what a station may do. What the rule says is sent as nothing, so that it follows the host."""
    sends, receives = message("Sends"), message("Receives")
    told = (
        (("", message("Sends (host)")), (SeatRole.RECEIVING.value, receives))
        if is_host
        else (("", receives), (SeatRole.SENDING.value, sends))
    )
    return tuple((value, text.to(reader.translate)) for value, text in told)


def offered_names(
    stations: Mapping[str, Station], reader: Reader, materials: Iterable[Material]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return what stands on the buttons that offer stations and materials, by code."""
    return (
        {code: own_name(station, reader.lang) for code, station in stations.items()},
        {material.code: material.title_for(reader.lang)[1].text for material in materials},
    )
