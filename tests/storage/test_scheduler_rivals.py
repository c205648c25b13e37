"""Rivals at the same instant: one wins, the others are refused in words, nothing is ever taken twice.

The guards are shown to be real: without the bridge's lock PostgreSQL loses ports, and without the
stations' lock the exclusion constraint still keeps the rooms.
"""

import asyncio
import random
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from jicanet.core.actor import CONSOLE, Actor
from jicanet.core.errors import Conflict
from jicanet.core.intervals import Interval, peak
from jicanet.mail.tables import outbox
from jicanet.scheduler.domain.model import BookingRequest
from jicanet.scheduler.service import BookedSession, Once, book_session
from jicanet.scheduler.store import next_number
from jicanet.scheduler.tables import seat, session
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import Bridge, Station
from tests.support.booking import at
from tests.support.meeting import Meeting
from tests.support.sessions import counts, found_network, room, sites, user

ROOMS = [room(number) for number in range(100)]
Outcome = BookedSession | BaseException


def rooms(first: int, count: int, local: str, minutes: int) -> BookingRequest:
    """Return a request for `count` rooms of their own, from ROOM-`first` on."""
    host, *others = (ROOMS[number].code for number in range(first, first + count))
    return sites(*others, host=host, start=at(local), minutes=minutes, title=f"Rooms from {first}")


async def all_at_once(
    services: Services, actor: Actor, requests: Iterable[tuple[BookingRequest, Once | None]]
) -> list[Outcome]:
    booking = (book_session(services, actor, asked, once=once) for asked, once in requests)
    return await asyncio.gather(*booking, return_exceptions=True)


def won(outcomes: Sequence[Outcome]) -> list[BookedSession]:
    return [each for each in outcomes if isinstance(each, BookedSession)]


def lost(outcomes: Sequence[Outcome]) -> list[Conflict]:
    """Return the refusals; anything that is neither a booking nor a clean 409 fails the test."""
    others = [each for each in outcomes if isinstance(each, BaseException)]
    assert all(type(each) is Conflict for each in others), others
    return [each for each in others if isinstance(each, Conflict)]


async def highest_load(services: Services) -> int:
    """Return the most ports that stored sessions use at one instant."""

    def query(db: Connection) -> int:
        rows = db.execute(select(session.c.occupied_from, session.c.occupied_to, session.c.ports)).all()
        loads = [(Interval.between(row.occupied_from, row.occupied_to), row.ports) for row in rows]
        whole = Interval(min(span.start for span, _ in loads), max(span.end for span, _ in loads))
        return peak(loads, whole).load

    return await services.database.read(query)


async def overlaps(services: Services) -> int:
    """Return how many pairs of live seats of one station overlap: the self-join that sees all."""
    other = seat.alias("other")
    query = select(seat.c.id).where(
        seat.c.station == other.c.station,
        seat.c.id < other.c.id,
        seat.c.live,
        other.c.live,
        seat.c.occupied_from < other.c.occupied_to,
        other.c.occupied_from < seat.c.occupied_to,
    )
    return len(await services.database.read(lambda db: db.execute(query).all()))


async def test_s12_forty_rivals_for_the_last_two_ports(services: Services) -> None:
    await found_network(services, ports=12, more=ROOMS)
    hana = await user(services)
    await book_session(services, hana, rooms(90, 10, "2026-12-16T18:00", 120))
    twin = Once(route="POST /api/v1/sessions", key="twin", body_hash="a" * 64)
    shared = (rooms(0, 2, "2026-12-16T18:30", 60), twin)
    rivals = [(rooms(2 * number, 2, "2026-12-16T18:30", 60), None) for number in range(1, 21)]
    mixed = [each for pair in zip([shared] * 20, rivals, strict=True) for each in pair]
    outcomes = await all_at_once(services, hana, mixed)
    assert len({booked.ref for booked in won(outcomes)}) == 1
    twins = outcomes[::2]
    if won(twins):
        assert len(won(twins)) == 20
        assert len({str(booked.body) for booked in won(twins)}) == 1
        assert [booked.repeated for booked in won(twins)].count(False) == 1
    for refused in lost(outcomes):
        assert refused.code == "bridge_full"
        conflict = refused.extra["conflicts"][0]
        assert (conflict["bridge"], conflict["local_start"], conflict["short_by"]) == (
            "main",
            "2026-12-16T18:30:00+09:00",
            2,
        )
    assert await highest_load(services) == 12
    rows = await counts(services)
    assert (rows["session"], rows["outbox"], rows["recipient"]) == (2, 12, 12)
    identities = await services.database.read(
        lambda db: db.execute(select(outbox.c.identity)).scalars().all()
    )
    assert len(set(identities)) == 12


async def test_s12b_ports_are_a_peak_for_rivals_too(services: Services) -> None:
    await found_network(services, ports=12, more=ROOMS)
    await book_session(services, CONSOLE, rooms(80, 6, "2026-12-16T18:00", 60))
    await book_session(services, CONSOLE, rooms(86, 6, "2026-12-16T19:00", 60))
    # The sum of all that touches 18-20 is 12; its peak is 6, so six more find room, and only once.
    outcomes = await all_at_once(
        services, CONSOLE, [(rooms(6 * number, 6, "2026-12-16T18:00", 120), None) for number in range(5)]
    )
    assert len(won(outcomes)) == 1
    assert [refused.code for refused in lost(outcomes)] == ["bridge_full"] * 4
    assert await highest_load(services) == 12
    with pytest.raises(Conflict):
        await book_session(services, CONSOLE, rooms(40, 2, "2026-12-16T19:59", 5))
    assert (await book_session(services, CONSOLE, rooms(40, 2, "2026-12-16T20:00", 5))).ref


async def test_rivals_for_one_room_give_it_to_one(services: Services) -> None:
    await found_network(services, more=ROOMS)
    starts = [f"2026-12-16T15:{minute:02}" for minute in range(0, 60, 5)] * 2
    requests = [
        (sites(ROOMS[number].code, start=at(start), minutes=60), None) for number, start in enumerate(starts)
    ]
    outcomes = await all_at_once(services, CONSOLE, requests)
    assert len(won(outcomes)) == 1
    winner = won(outcomes)[0].ref
    for refused in lost(outcomes):
        assert (refused.code, refused.extra["conflicts"][0]["ref"]) == ("station_busy", winner)
    assert await overlaps(services) == 0


async def test_rivals_that_share_rooms_in_any_order_do_not_deadlock(services: Services) -> None:
    await found_network(services, more=ROOMS)
    chosen = random.Random(7)  # noqa: S311 - equal runs, no secret
    requests = []
    for _ in range(60):
        host, *others = chosen.sample([each.code for each in ROOMS[:9]], 3)
        requests.append((sites(*others, host=host), None))
    outcomes = await all_at_once(services, CONSOLE, requests)
    assert len(won(outcomes)) + len(lost(outcomes)) == 60
    assert await overlaps(services) == 0
    # Nobody who could have stood was refused: no three rooms are left free that a loser asked for.
    taken = {site["code"] for booked in won(outcomes) for site in booked.body["stations"]}
    for asked, outcome in zip(requests, outcomes, strict=True):
        if isinstance(outcome, Conflict):
            assert taken & {asked[0].host, *(one.station for one in asked[0].stations)}


def unlocked_bridge(db: Connection) -> Bridge:
    return network.bridges(db)[0]


def unlocked_stations(db: Connection, codes: Iterable[str]) -> dict[str, Station]:
    return network.stations_by_code(db, codes)


def judge_two_before_either_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold who was judged and may book until a second one was: as unlucky as rivals can be."""
    meeting = Meeting()

    def number(db: Connection) -> int:
        meeting.wait(db)
        return next_number(db)

    monkeypatch.setattr("jicanet.scheduler.service.booking.store.next_number", number)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_without_the_bridges_lock_ports_are_lost(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await found_network(services, ports=12, more=ROOMS)
    await book_session(services, CONSOLE, rooms(90, 10, "2026-12-16T18:00", 120))
    monkeypatch.setattr("jicanet.scheduler.service.booking.network.lock_bridge", unlocked_bridge)
    judge_two_before_either_writes(monkeypatch)
    requests = [(rooms(2 * number, 2, "2026-12-16T18:30", 60), None) for number in range(20)]
    outcomes = await all_at_once(services, CONSOLE, requests)
    assert len(won(outcomes)) > 1
    assert await highest_load(services) > 12


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_without_any_lock_the_constraint_alone_keeps_the_rooms(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await found_network(services, more=ROOMS)
    monkeypatch.setattr("jicanet.scheduler.service.booking.network.lock_bridge", unlocked_bridge)
    monkeypatch.setattr("jicanet.scheduler.service.booking.network.lock_stations", unlocked_stations)
    judge_two_before_either_writes(monkeypatch)
    requests = [(sites(ROOMS[number].code), None) for number in range(6)]
    outcomes = await all_at_once(services, CONSOLE, requests)
    # Each loser broke the constraint at COMMIT, ran again, saw the winner and was refused in words.
    assert len(won(outcomes)) == 1
    assert {refused.code for refused in lost(outcomes)} == {"station_busy"}
    assert await overlaps(services) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_without_locks_and_constraint_rooms_are_taken_twice(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await found_network(services, more=ROOMS)
    drop = text("ALTER TABLE seat DROP CONSTRAINT ex_seat_station_occupied")
    await services.database.write(lambda db: db.execute(drop) and None)
    monkeypatch.setattr("jicanet.scheduler.service.booking.network.lock_bridge", unlocked_bridge)
    monkeypatch.setattr("jicanet.scheduler.service.booking.network.lock_stations", unlocked_stations)
    judge_two_before_either_writes(monkeypatch)
    outcomes = await all_at_once(services, CONSOLE, [(sites(ROOMS[n].code), None) for n in range(6)])
    assert len(won(outcomes)) > 1
    assert await overlaps(services) > 0


def _copy(db: Connection, **changes: Any) -> None:
    """Store a second session like the first, its seat in Hanoi changed."""
    row = dict(db.execute(select(session).where(session.c.id == 1)).mappings().one())
    db.execute(insert(session).values({**row, "id": 2, "ref": "JN-2026-000002", "uid": "second"}))
    taken = dict(db.execute(select(seat).where(seat.c.station == "VNM-HAN")).mappings().one())
    db.execute(insert(seat).values({**taken, "id": 99, "session_id": 2, **changes}))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_constraint_refuses_overlap_and_lets_touching_and_withdrawn_seats_be(
    services: Services,
) -> None:
    await found_network(services)
    await book_session(services, CONSOLE, sites("VNM-HAN"))
    first = await services.database.read(
        lambda db: db.execute(select(seat).where(seat.c.station == "VNM-HAN")).mappings().one()
    )
    with pytest.raises(IntegrityError, match="ex_seat_station_occupied"):
        await services.database.write(_copy)
    after = {"occupied_from": first["occupied_to"], "occupied_to": first["occupied_to"].replace(hour=9)}
    await services.database.write(lambda db: _copy(db, **after))

    def shift(db: Connection) -> None:
        # Deferred: within one change two seats may pass over each other.
        db.execute(update(seat).where(seat.c.id == 99).values(live=False))
        db.execute(update(seat).where(seat.c.id == 99).values(occupied_from=first["occupied_from"]))

    await services.database.write(shift)
