"""What happens to sessions by itself: holds expire, requests lapse, mailboxes are followed, tokens filled in."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from jicanet.core.actor import CONSOLE
from jicanet.core.errors import Conflict, NotFound
from jicanet.mail.tables import outbox
from jicanet.scheduler import store
from jicanet.scheduler.domain.tokens import organiser_token
from jicanet.scheduler.domain.words import Answer, Ending, Status
from jicanet.scheduler.service import (
    answer_by_token,
    answer_moment,
    book_session,
    confirm_session,
    fill_tokens,
    follow_mailboxes,
    lapse,
    session,
)
from jicanet.scheduler.tables import recipient
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.tables import station as stations
from jicanet.storage.store import audit_of
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.invariants import broken
from tests.support.sessions import counts, found_network, room, sites, statements

NOW = datetime(2026, 12, 1, tzinfo=UTC)
STARTS = datetime(2026, 12, 16, 6, 0, tzinfo=UTC)


async def state(services: Services, ref: str) -> tuple[Status, Ending | None]:
    kept = (await session(services, CONSOLE, ref)).session
    return kept.status, kept.ending


async def held(services: Services, number: int = 0, **changes: Any) -> str:
    asked = sites(f"ROOM-{2 * number + 1:03}", host=f"ROOM-{2 * number:03}", status=Status.HOLD, **changes)
    return (await book_session(services, CONSOLE, asked)).ref


async def test_a_hold_expires_at_its_instant_and_not_a_second_before(
    services: Services, clock: FakeClock
) -> None:
    await found_network(services, more=[room(number) for number in range(2)])
    until = NOW + timedelta(hours=5)
    ref = await held(services, hold_until=until)
    before = await counts(services)
    assert await lapse(services, until - timedelta(seconds=1)) == 0
    assert (await state(services, ref), await counts(services)) == ((Status.HOLD, None), before)
    clock.instant = until
    assert await lapse(services, until) == 1
    assert await state(services, ref) == (Status.CANCELLED, Ending.HOLD_EXPIRED)
    kept = (await session(services, CONSOLE, ref)).session
    assert (kept.ended_at, kept.hold_until, kept.revision, kept.counter) == (until, None, 2, 0)
    assert await lapse(services, until) == 0
    line = (await services.database.read(lambda db: audit_of(db, ref)))[-1]
    assert (line.actor, line.action) == ("jicanet", "session-hold-expired")
    after = await counts(services)
    assert (after["outbox"], after["session_snapshot"]) == (0, 2)
    assert await broken(services.database) == []


async def test_a_request_lapses_at_its_start(services: Services, clock: FakeClock) -> None:
    await found_network(services)
    asked = sites("VNM-HAN", status=Status.REQUESTED)
    ref = (await book_session(services, CONSOLE, asked)).ref
    assert await lapse(services, STARTS - timedelta(seconds=1)) == 0
    clock.instant = STARTS
    assert await lapse(services, STARTS) == 1
    assert await state(services, ref) == (Status.CANCELLED, Ending.LAPSED)


async def test_the_others_are_left_alone(services: Services, clock: FakeClock) -> None:
    await found_network(services, more=[room(number) for number in range(4)])
    confirmed = (await book_session(services, CONSOLE, sites("VNM-HAN"))).ref
    first, second = await held(services), await held(services, 1, hold_until=NOW + timedelta(hours=1))
    clock.advance(hours=2)
    assert await lapse(services, clock.now()) == 1
    found = [(await state(services, ref))[0] for ref in (confirmed, first, second)]
    assert found == [Status.CONFIRMED, Status.HOLD, Status.CANCELLED]


async def test_many_that_are_due_at_once_end_once_each(services: Services, clock: FakeClock) -> None:
    await found_network(services, more=[room(number) for number in range(20)])
    refs = [await held(services, number, hold_until=NOW + timedelta(hours=1)) for number in range(10)]
    clock.advance(hours=1)
    now = clock.now()
    outcomes = await asyncio.gather(
        lapse(services, now),
        lapse(services, now),
        lapse(services, now),
        *(confirm_session(services, CONSOLE, ref) for ref in refs),
        return_exceptions=True,
    )
    refused = [each for each in outcomes if isinstance(each, BaseException)]
    assert [type(each) for each in refused] == [Conflict] * 10
    assert {getattr(each, "code", "") for each in refused} == {"wrong_status"}
    assert [await state(services, ref) for ref in refs] == [(Status.CANCELLED, Ending.HOLD_EXPIRED)] * 10
    after = await counts(services)
    assert (after["session_snapshot"], after["audit"], after["outbox"]) == (20, 20, 0)
    assert await broken(services.database) == []


async def test_asking_costs_one_statement_where_nothing_is_due(services: Services) -> None:
    await found_network(services)
    with statements() as seen:
        await lapse(services, NOW)
    assert len(seen) == 1


async def set_mailbox(services: Services, code: str, mailbox: str) -> None:
    change = update(stations).where(stations.c.code == code).values(mailbox=mailbox)
    await services.database.write(lambda db: db.execute(change) and None)


async def kinds(services: Services) -> list[tuple[str, str, int]]:
    query = select(outbox.c.kind, outbox.c.recipient, outbox.c.sequence).order_by(outbox.c.id)
    rows = await services.database.read(lambda db: db.execute(query).all())
    return [(row.kind, row.recipient, row.sequence) for row in rows]


async def test_many_sessions_follow_one_mailbox_once_each_though_two_look(services: Services) -> None:
    await found_network(services, more=[room(number) for number in range(8)])
    for number in range(8):
        start = at(f"2026-12-{16 + number}T15:00")
        await book_session(services, CONSOLE, sites("VNM-HAN", host=f"ROOM-{number:03}", start=start))
    before = len(await kinds(services))
    await set_mailbox(services, "VNM-HAN", "new@example.org")
    moved = await asyncio.gather(*(follow_mailboxes(services) for _ in range(3)))
    assert max(moved) == 8
    owed = (await kinds(services))[before:]
    assert sorted(owed) == sorted(
        [("request", "new@example.org", 1), ("cancel", "vnm-han@example.org", 1)] * 8
    )
    assert await broken(services.database) == []


async def test_looking_for_other_mailboxes_takes_few_statements(services: Services) -> None:
    await found_network(services)
    for day in (16, 17, 18):
        await book_session(services, CONSOLE, sites("VNM-HAN", start=at(f"2026-12-{day}T15:00")))
    with statements() as seen:
        assert await follow_mailboxes(services) == 0
    assert len(seen) == 2


async def test_a_mailbox_that_is_found_or_lost(services: Services) -> None:
    quiet = replace(room(0), mailbox="")
    await found_network(services, more=[quiet])
    ref = (await book_session(services, CONSOLE, sites(quiet.code))).ref
    assert await kinds(services) == [("request", "jpn-tic@example.org", 0)]
    assert await follow_mailboxes(services) == 0
    await set_mailbox(services, quiet.code, "room@example.org")
    assert await follow_mailboxes(services) == 1
    assert (await kinds(services))[1:] == [("request", "room@example.org", 0)]
    await set_mailbox(services, quiet.code, "")
    assert await follow_mailboxes(services) == 1
    assert (await kinds(services))[2:] == [("cancel", "room@example.org", 1)]
    assert await follow_mailboxes(services) == 0
    seat = (await session(services, CONSOLE, ref)).stored.seats[1]
    assert (seat.listed, seat.withdrawn, seat.recipient_id) == (True, False, None)


async def test_stations_are_locked_while_a_mailbox_is_followed(services: Services) -> None:
    """An act and a change of mailbox at once: whoever is second sees the other, and each mail is owed once."""
    await found_network(services)
    for round_ in range(10):
        day = 16 + round_
        ref = (await book_session(services, CONSOLE, sites("VNM-HAN", start=at(f"2026-12-{day}T15:00")))).ref
        await set_mailbox(services, "VNM-HAN", f"box{round_}@example.org")
        uid = (await session(services, CONSOLE, ref)).session.uid
        await asyncio.gather(
            follow_mailboxes(services),
            answer_by_token(services, token(services, uid, "jpn-tic@example.org"), Answer.ACCEPTED, ""),
        )
    assert await broken(services.database) == []


def token(services: Services, uid: str, address: str) -> str:
    key = services.settings.secret_key
    assert key is not None
    return organiser_token(key.get_secret_value().encode(), uid, address)


def _forget(db: Connection) -> None:
    db.execute(update(recipient).values(token_hash=None))


async def test_secret_addresses_that_were_mailed_before_are_filled_in(services: Services) -> None:
    await found_network(services)
    ref = (await book_session(services, CONSOLE, sites("VNM-HAN"))).ref
    uid = (await session(services, CONSOLE, ref)).session.uid
    secret = token(services, uid, "vnm-han@example.org")
    hashes = select(recipient.c.token_hash).order_by(recipient.c.id)
    made = await services.database.read(lambda db: db.execute(hashes).scalars().all())
    await services.database.write(_forget)
    with pytest.raises(NotFound):
        await answer_moment(services, secret)
    assert await fill_tokens(services) == 2
    assert await services.database.read(lambda db: db.execute(hashes).scalars().all()) == made
    assert (await answer_moment(services, secret)).keys == ("VNM-HAN",)
    assert await fill_tokens(services) == 0


async def test_without_a_key_no_secret_address_is_kept(services: Services) -> None:
    bare = replace(services, settings=services.settings.model_copy(update={"secret_key": None}))
    await found_network(bare)
    await book_session(bare, CONSOLE, sites("VNM-HAN"))
    kept = select(func.count(recipient.c.token_hash))
    assert await fill_tokens(bare) == 0
    assert await bare.database.read(lambda db: db.execute(kept).scalar_one()) == 0
    assert await fill_tokens(services) == 2


async def test_a_stations_calendar_knows_of_what_happened_by_itself(
    services: Services, clock: FakeClock
) -> None:
    await found_network(services, more=[room(number) for number in range(2)])
    await held(services, hold_until=NOW + timedelta(hours=1))

    def revisions(db: Connection) -> list[int | None]:
        return [network.feed_revision(db, code) for code in ("ROOM-000", "ROOM-001", "VNM-HAN")]

    assert await services.database.read(revisions) == [1, 1, 0]
    clock.advance(hours=1)
    await lapse(services, clock.now())
    assert await services.database.read(revisions) == [2, 2, 0]
    due = await services.database.read(lambda db: store.due(db, clock.now()))
    assert due == ()
