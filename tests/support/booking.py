"""Stations, requests and facts for bookings: fixtures, not facts about the real network."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from jicanet.core.intervals import Interval
from jicanet.core.zones import Zones
from jicanet.scheduler.domain.booking import BookingFacts, NewSession, clashes, draft
from jicanet.scheduler.domain.conflicts import BridgeLoad, BusySeat, Clash, refusal
from jicanet.scheduler.domain.life import Mailbox, Settled, settle
from jicanet.scheduler.domain.model import (
    BookingRequest,
    Limits,
    Outline,
    ResolvedStart,
    SeatRequest,
    WallStart,
)
from jicanet.scheduler.domain.outline import outline
from jicanet.scheduler.domain.record import StoredSession
from jicanet.scheduler.domain.times import resolve_start
from jicanet.scheduler.domain.words import Status, Visibility
from jicanet.stations.domain.model import Days, Holiday, Network, Station, WorkingWeek

ZONES = Zones()
NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
LIMITS = Limits(
    longest_session_minutes=720,
    setup_minutes=0,
    teardown_minutes=0,
    visibility=Visibility.NETWORK,
    lead_minutes=0,
    horizon_days=400,
    most_people=50,
    hold_hours=72,
    most_stations=100,
)
SATURDAY_SUNDAY = frozenset({5, 6})
NEW = NewSession(
    number=7,
    uid="uid-7",
    year=2026,
    status=Status.CONFIRMED,
    created_by="hana@example.org",
    requester_id=None,
)


def station(code: str, zone: str, **changes: Any) -> Station:
    """Return a station named after the last part of its zone."""
    city = zone.rpartition("/")[2].replace("_", " ")
    made = Station(
        code=code,
        name_en=f"JICA {city}",
        name_ja=f"JICA {city}",
        network=Network.JICA,
        country=code[:2],
        city=city,
        zone=zone,
        region="Test",
        languages=("en",),
        mailbox=f"{code.lower()}@example.org",
        telephone="+81 3 0000 0000",
    )
    return replace(made, **changes)


def days(
    opens: str = "08:30",
    closes: str = "17:00",
    *,
    weekend: frozenset[int] = SATURDAY_SUNDAY,
    holidays: Mapping[date, str] | None = None,
    estimated: bool = False,
    unknown: Iterable[int] = (),
) -> Days:
    """Return the days of a station with the same hours on every working day."""
    hours = (time.fromisoformat(opens), None if closes == "24:00" else time.fromisoformat(closes))
    week = WorkingWeek(
        valid_from=None,
        weekend=weekend,
        hours={day: (hours,) for day in range(7) if day not in weekend},
    )
    return Days(
        country="XX",
        weeks=(week,),
        holidays={
            day: (Holiday(day=day, name=name, estimated=estimated),) for day, name in (holidays or {}).items()
        },
        unknown_years=frozenset(unknown),
    )


TOKYO = station("JPN-TIC", "Asia/Tokyo", languages=("ja", "en"))
HANOI = station("VNM-HAN", "Asia/Ho_Chi_Minh", city="Hanoi")
DHAKA = station("BGD-DAC", "Asia/Dhaka")
LIMA = station("PER-LIM", "America/Lima")


def request(**changes: Any) -> BookingRequest:
    """Return a request for Tokyo and Hanoi, Wed 16 Dec 2026 15:00 Tokyo, 90 minutes."""
    asked = BookingRequest(
        title="Remote Sensing, day 4",
        host="JPN-TIC",
        stations=(SeatRequest(station="VNM-HAN"),),
        start=at("2026-12-16T15:00"),
        minutes=90,
    )
    return replace(asked, **changes)


def at(local: str, zone: str = "Asia/Tokyo", fold: int | None = None) -> WallStart:
    """Return a start as a person says it."""
    return WallStart(local=datetime.fromisoformat(local), zone=zone, fold=fold)


def resolved(start: WallStart) -> ResolvedStart:
    """Return a start with its instant."""
    return resolve_start(start, ZONES.get(start.zone), tz_version=ZONES.version)


def lay_out(asked: BookingRequest, *, limits: Limits = LIMITS, now: datetime = NOW) -> Outline:
    """Return the outline of a request at the tests' instant."""
    return outline(asked, resolved(asked.start), limits=limits, now=now)


def facts(
    stations: Iterable[Station] = (TOKYO, HANOI),
    *,
    calendar: Mapping[str, Days] | None = None,
    busy: tuple[BusySeat, ...] = (),
    ports: int = 96,
    loads: tuple[tuple[Interval, int], ...] = (),
    **changes: Any,
) -> BookingFacts:
    """Return what a booking is judged by: the stations open 08:30-17:00, nothing taken."""
    known = {each.code: each for each in stations}
    made = BookingFacts(
        now=NOW,
        stations=known,
        zones={code: ZONES.get(each.zone) for code, each in known.items()},
        days={code: (calendar or {}).get(code, days()) for code in known},
        busy=busy,
        bridge=BridgeLoad(code="main", name="Main bridge", ports=ports, loads=loads),
        materials={},
        coordinator_id=None,
    )
    return replace(made, **changes)


def span(start: str, end: str) -> Interval:
    """Return the interval of two UTC texts such as 2026-12-16T06:00."""
    first, last = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    return Interval.between(first, last)


def drafted(asked: Outline, known: BookingFacts, *, status: Status = Status.CONFIRMED) -> StoredSession:
    """Return a new session as it would be."""
    return draft(asked, known, new=replace(NEW, status=status))


def clashing(asked: Outline, known: BookingFacts) -> tuple[Clash, ...]:
    """Return what is in the way of a new session."""
    return clashes(drafted(asked, known), None, known, zone=asked.start.zone)


def booked(asked: Outline, known: BookingFacts) -> Settled:
    """Return a session that was booked, or raise the refusal of all that is in its way."""
    if found := clashing(asked, known):
        raise refusal(found)
    return settle(
        None,
        drafted(asked, known),
        mailboxes=mailboxes(known.stations.values()),
        recipients=(),
        now=known.now,
    )


def mailboxes(stations: Iterable[Station]) -> dict[str, Mailbox]:
    """Return who speaks for each station."""
    return {each.code: Mailbox(address=each.mailbox, languages=each.languages) for each in stations}
