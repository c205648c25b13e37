"""A small network in a real database, people who book in it, and what the tests count afterwards."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, event, func, select
from sqlalchemy.engine import Engine

from jicanet.catalog import store as library
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import Kind, Record, Title, TitleOrigin
from jicanet.core.actor import Actor, ActorKind, Role, Scope
from jicanet.mail.tables import outbox
from jicanet.people import store as people
from jicanet.people.domain.model import NewUser, user_actor
from jicanet.scheduler.domain.model import BookingRequest, SeatRequest
from jicanet.scheduler.tables import recipient, seat, session, session_material, session_snapshot
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import Bridge, Holiday, HolidayYear, Station, StationRecord
from jicanet.storage.tables import audit, idempotency
from tests.support.booking import DHAKA, HANOI, LIMA, TOKYO, days, request, station

NAIROBI = station("KEN-NBO", "Africa/Nairobi", mailbox="ken-nbo@stations.invalid", contact_name="Ms Wanjiru")
STATIONS = (TOKYO, HANOI, DHAKA, LIMA, NAIROBI)


def room(number: int, zone: str = "Asia/Tokyo") -> Station:
    """Return one of any number of alike stations."""
    return station(f"ROOM-{number:03}", zone, city=f"Room {number}")


async def found_network(
    services: Services, *, ports: int = 96, more: Iterable[Station] = (), holidays: bool = True
) -> None:
    """Store the stations, open 08:30-17:00 from Monday to Friday, one bridge and the holidays of 2026-28."""
    stations = (*STATIONS, *more)

    def change(db: Connection) -> None:
        records = [StationRecord(station=each, weeks=days().weeks) for each in stations]
        network.add_stations(db, records)
        bridge = Bridge(code="main", name="Main bridge", ports=ports, is_default=True)
        network.put_bridges(db, [bridge], [])
        if holidays:
            countries = sorted({each.country for each in stations})
            network.replace_holidays(
                db, [_year(country, year) for country in countries for year in (2026, 2027, 2028)]
            )

    await services.database.write(change)


def _year(country: str, year: int) -> HolidayYear:
    victory = Holiday(day=date(2026, 12, 16), name="Victory Day")
    return HolidayYear(
        country=country,
        year=year,
        known=True,
        source="test",
        holidays=(victory,) if (country, year) == ("BG", 2026) else (),
    )


async def user(
    services: Services,
    email: str = "hana@example.org",
    *,
    roles: Iterable[Role] = (Role.COORDINATOR,),
    stations: Iterable[str] = (),
) -> Actor:
    """Store a user and return the actor that they are when signed in."""
    new = NewUser(
        email=email,
        name=email.partition("@")[0].title(),
        telephone="+81 3 5555 0000",
        roles=frozenset(roles),
        stations=frozenset(stations),
    )
    now = services.clock.now()
    return user_actor(await services.database.write(lambda db: people.add_user(db, new, now=now)))


def token_of(actor: Actor, *scopes: Scope) -> Actor:
    """Return a program's actor with the rights of `actor`, narrowed to scopes."""
    return replace(actor, kind=ActorKind.TOKEN, name=f"{actor.email} (token 1)", scopes=frozenset(scopes))


def sites(*codes: str, host: str = "JPN-TIC", **changes: Any) -> BookingRequest:
    """Return a request for these stations."""
    return request(host=host, stations=tuple(SeatRequest(station=code) for code in codes), **changes)


async def counts(services: Services) -> dict[str, int]:
    """Return how many rows there are of everything that a booking writes."""
    tables = (session, seat, recipient, session_material, session_snapshot, outbox, audit, idempotency)

    def query(db: Connection) -> dict[str, int]:
        return {
            table.name: db.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }

    return await services.database.read(query)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the text of every statement that runs inside."""
    seen: list[str] = []

    def note(_db: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def shelve(services: Services) -> None:
    """Store two materials: one with its own address, one without."""

    def material(code: str, url: str | None, **titles: str) -> Record:
        return Record(
            code=code,
            titles={lang: Title(text=title, origin=TitleOrigin.ORIGINAL) for lang, title in titles.items()},
            year=2009,
            year_basis="",
            languages=("en",),
            field=ThematicField.EDUCATION,
            countries=(),
            minutes=30,
            kind=Kind.VIDEO,
            producer="",
            url=url,
            source="test",
            notes="",
        )

    records = [
        material("JN-M001", "https://library.example/1", en="Hiroshima", ja="ヒロシマ"),
        material("JN-M002", None, en="Remote Sensing"),
    ]
    now = services.clock.now()
    await services.database.write(lambda db: library.save_materials(db, records, now=now))
