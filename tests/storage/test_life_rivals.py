"""Rivals in the life of sessions: approvals, swaps, declines and 1,800 mixed acts at once, on both databases."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, text, update

from jicanet.core.actor import CONSOLE
from jicanet.core.errors import Conflict, Outdated
from jicanet.scheduler.domain.model import GuestRequest, PersonRequest, SeatRequest
from jicanet.scheduler.domain.words import Answer, PersonRole, Status
from jicanet.scheduler.service import (
    ANY,
    BookedSession,
    Match,
    answer_seat,
    book_session,
    cancel_session,
    change_session,
    confirm_session,
    follow_mailboxes,
    restore_session,
    session,
)
from jicanet.services import Services
from jicanet.stations.tables import station as stations
from jicanet.storage import open_database
from tests.support.booking import at
from tests.support.invariants import broken
from tests.support.meeting import Meeting
from tests.support.sessions import found_network, room, sites

ROOMS = [room(number) for number in range(12)]
CODES = [each.code for each in ROOMS]
Outcome = BookedSession | BaseException


async def at_once(acts: Iterable[Awaitable[BookedSession]]) -> list[Outcome]:
    return await asyncio.gather(*acts, return_exceptions=True)


def codes(outcomes: Sequence[Outcome]) -> list[str]:
    """Return "" of what was done and the code of each refusal; anything else fails the test."""
    for each in outcomes:
        if isinstance(each, BaseException) and not isinstance(each, Conflict):
            raise each
    return sorted(each.code if isinstance(each, Conflict) else "" for each in outcomes)


def day(number: int) -> str:
    return f"2027-01-{number + 1:02}"


async def test_of_two_approvals_of_the_last_slot_one_wins(services: Services) -> None:
    await found_network(services, ports=2, more=ROOMS)
    for number in range(20):
        shared = number % 2
        requests = [
            # One room for both, or the last two ports.
            sites(CODES[2 if shared else 2 + each], host=CODES[each], start=at(f"{day(number)}T15:00"),
                  status=Status.REQUESTED)
            for each in (0, 1)
        ]  # fmt: skip
        refs = [(await book_session(services, CONSOLE, each)).ref for each in requests]
        outcomes = await at_once(confirm_session(services, CONSOLE, ref) for ref in refs)
        assert codes(outcomes) == ["", "station_busy" if shared else "bridge_full"], number
        statuses = sorted([(await session(services, CONSOLE, ref)).session.status for ref in refs])
        assert statuses == ["confirmed", "requested"]
    assert await broken(services.database) == []


async def test_two_edits_that_swap_slots_leave_both_where_they_were_or_both_swapped(
    services: Services,
) -> None:
    await found_network(services, more=ROOMS)
    for number in range(20):
        starts = [at(f"{day(number)}T15:00"), at(f"{day(number)}T16:30")]
        refs = [
            (await book_session(services, CONSOLE, sites(*CODES[1:4], host=CODES[0], start=each))).ref
            for each in starts
        ]
        outcomes = await at_once(
            change_session(services, CONSOLE, ref, {"start": start}, match=ANY)
            for ref, start in zip(refs, reversed(starts), strict=True)
        )
        found = codes(outcomes)
        assert len({*found}) == 1, found
        now = [(await session(services, CONSOLE, ref)).session.wall_start for ref in refs]
        expected = [each.local for each in starts]
        assert now == (expected if found[0] else expected[::-1])
    assert await broken(services.database) == []


async def test_of_two_edits_of_one_revision_one_wins(services: Services) -> None:
    await found_network(services, more=ROOMS)
    ref = (await book_session(services, CONSOLE, sites(CODES[1], host=CODES[0]))).ref
    for number in range(1, 21):
        match = Match(frozenset({number}))
        outcomes = await at_once(
            change_session(services, CONSOLE, ref, {"title": f"{name} {number}"}, match=match)
            for name in "AB"
        )
        outdated = [each for each in outcomes if isinstance(each, Outdated)]
        done = [each for each in outcomes if isinstance(each, BookedSession)]
        assert (len(outdated), [each.revision for each in done]) == (1, [number + 1])
        # Whoever was too late is shown what the other has made of it.
        assert outdated[0].extra["current"] == done[0].body
        assert outdated[0].extra["etag"] == f'"{number + 1}"'
    assert await broken(services.database) == []


async def test_two_edits_that_swap_rooms_in_any_order_do_not_deadlock(services: Services) -> None:
    await found_network(services, more=ROOMS)
    start = at(f"{day(0)}T15:00")
    mine, yours = [
        (
            await book_session(
                services, CONSOLE, sites(*CODES[first + 1 : first + 4], host=CODES[first], start=start)
            )
        ).ref
        for first in (0, 6)
    ]
    for number in range(20):
        rooms = [CODES[1:4], CODES[7:10]]
        dice = random.Random(number)  # noqa: S311 - equal runs, no secret
        for each in rooms:
            dice.shuffle(each)
        outcomes = await at_once(
            change_session(
                services,
                CONSOLE,
                ref,
                {"stations": tuple(SeatRequest(station=code) for code in wanted)},
                match=ANY,
            )
            for ref, wanted in ((mine, rooms[1]), (yours, rooms[0]))
        )
        assert codes(outcomes) == ["station_busy"] * 2
    assert await broken(services.database) == []


@pytest.mark.parametrize("answers", [(Answer.DECLINED, Answer.DECLINED), (Answer.DECLINED, Answer.ACCEPTED)])
async def test_two_answers_at_once_never_miss_a_lost_quorum(
    services: Services, answers: tuple[Answer, Answer]
) -> None:
    await found_network(services, more=ROOMS)
    for number in range(25):
        asked = sites(*CODES[1:3], host=CODES[0], start=at(f"{day(number)}T15:00"), quorum=2)
        ref = (await book_session(services, CONSOLE, asked)).ref
        if answers[1] is Answer.ACCEPTED:
            # One leaves while the other comes back: the quorum holds in the end, whoever was first.
            await answer_seat(services, CONSOLE, ref, CODES[2], answer=Answer.DECLINED)
        outcomes = await at_once(
            answer_seat(services, CONSOLE, ref, code, answer=answer)
            for code, answer in zip(CODES[1:3], answers, strict=True)
        )
        assert codes(outcomes) == ["", ""]
        kept = (await session(services, CONSOLE, ref)).session
        lost = answers[1] is Answer.DECLINED
        assert [reason.code for reason in kept.reasons] == (["quorum_lost"] if lost else []), number
        assert kept.status == ("needs-attention" if lost else "confirmed")
    assert await broken(services.database) == []


GUESTS = [f"guest{number}@example.org" for number in range(3)]
REFUSALS = frozenset({"station_busy", "bridge_full", "wrong_status", "seat_removed"})


class Worker:
    """One of those who act at once on the same few sessions and rooms."""

    def __init__(self, services: Services, refs: list[str], number: int, days: tuple[int, ...]) -> None:
        self.services, self.refs, self.days = services, refs, days
        self.dice = random.Random(20261124 + number)  # noqa: S311 - moments of a test, not secrets

    def acts(self) -> list[Any]:
        return [
            self.book, self.book, self.book, self.move, self.move, self.confirm, self.decline, self.decline,
            self.accept, self.accept, self.cancel, self.restore, self.swap, self.exchange, self.people,
            self.mailbox,
        ]  # fmt: skip

    @property
    def ref(self) -> str:
        return self.dice.choice(self.refs)

    @property
    def start(self) -> Any:
        quarter = self.dice.randrange(4 * 10)
        return at(f"2027-01-{self.dice.choice(self.days)}T{8 + quarter // 4:02}:{quarter % 4 * 15:02}")

    async def book(self) -> BookedSession:
        host, *others = self.dice.sample(CODES, 3)
        status = self.dice.choice((Status.CONFIRMED, Status.CONFIRMED, Status.HOLD, Status.REQUESTED))
        guest = GuestRequest(
            organisation="School", city="Hue", zone="Asia/Ho_Chi_Minh", email=self.dice.choice(GUESTS)
        )
        done = await book_session(
            self.services,
            CONSOLE,
            sites(*others, host=host, start=self.start, minutes=self.dice.choice((15, 30, 60)), status=status,
                  quorum=self.dice.choice((None, 2)), guest_sites=(guest,) if self.dice.random() < 0.3 else ()),
        )  # fmt: skip
        self.refs.append(done.ref)
        return done

    async def move(self) -> BookedSession:
        return await change_session(self.services, CONSOLE, self.ref, {"start": self.start}, match=ANY)

    async def exchange(self) -> BookedSession:
        wanted = tuple(SeatRequest(station=code) for code in self.dice.sample(CODES, 2))
        return await change_session(self.services, CONSOLE, self.ref, {"stations": wanted}, match=ANY)

    async def people(self) -> BookedSession:
        """Change who takes part besides: addresses that are guests', each other's and a room's as well."""
        addresses = self.dice.sample([*GUESTS, ROOMS[0].mailbox, "sato@example.org"], 2)
        people = tuple(
            PersonRequest(role=self.dice.choice(list(PersonRole)), name="Somebody", email=each)
            for each in addresses
        )
        return await change_session(self.services, CONSOLE, self.ref, {"people": people}, match=ANY)

    async def mailbox(self) -> int:
        """Give a room another mailbox, perhaps another room's, and tell whom that concerns."""
        code, other = self.dice.sample(CODES, 2)
        mailbox = self.dice.choice(
            (f"{other.lower()}@example.org", f"{code.lower()}@example.org", "new@example.org")
        )
        change = update(stations).where(stations.c.code == code).values(mailbox=mailbox)
        await self.services.database.write(lambda db: db.execute(change) and None)
        return await follow_mailboxes(self.services)

    async def swap(self) -> BookedSession:
        """Give each of two sessions the time of the other, both at once."""
        refs = self.ref, self.ref
        starts = [
            (each.wall_start, each.zone)
            for each in [(await session(self.services, CONSOLE, ref)).session for ref in refs]
        ]
        outcomes = await at_once(
            change_session(
                self.services,
                CONSOLE,
                ref,
                {"start": at(local.isoformat(timespec="minutes"), zone)},
                match=ANY,
            )
            for ref, (local, zone) in zip(refs, reversed(starts), strict=True)
        )
        for each in outcomes:
            if isinstance(each, BaseException):
                raise each
        assert isinstance(outcomes[0], BookedSession)
        return outcomes[0]

    async def confirm(self) -> BookedSession:
        return await confirm_session(self.services, CONSOLE, self.ref)

    async def cancel(self) -> BookedSession:
        return await cancel_session(self.services, CONSOLE, self.ref, "No need")

    async def restore(self) -> BookedSession:
        return await restore_session(self.services, CONSOLE, self.ref)

    async def decline(self) -> BookedSession:
        return await self.answer(Answer.DECLINED)

    async def accept(self) -> BookedSession:
        return await self.answer(Answer.ACCEPTED)

    async def answer(self, answer: Answer) -> BookedSession:
        ref = self.ref
        stored = (await session(self.services, CONSOLE, ref)).stored
        code = self.dice.choice(stored.every_code)
        return await answer_seat(self.services, CONSOLE, ref, code, answer=answer)

    async def work(self, times: int, tally: Counter[tuple[str, str]]) -> None:
        for _ in range(times):
            act = self.dice.choice(self.acts())
            try:
                await act()
            except Conflict as refused:
                tally[act.__name__, refused.code] += 1
            else:
                tally[act.__name__, ""] += 1


@pytest.mark.parametrize(
    ("database_url", "workers", "times", "days"),
    [("postgresql", 30, 60, (12, 13)), ("sqlite", 10, 30, (12,))],
    indirect=["database_url"],
    ids=["1800_on_postgresql", "300_on_sqlite"],
)
async def test_mixed_acts_end_in_order_without_a_deadlock(
    services: Services, database_url: str, workers: int, times: int, days: tuple[int, ...]
) -> None:
    await found_network(services, ports=7, more=ROOMS)
    start = at(f"{day(11)}T08:00")
    refs = [(await book_session(services, CONSOLE, sites(CODES[1], host=CODES[0], start=start))).ref]
    tally: Counter[tuple[str, str]] = Counter()
    await asyncio.gather(
        *(Worker(services, refs, number, days).work(times, tally) for number in range(workers))
    )
    assert tally.total() == workers * times
    assert {code for _, code in tally} <= REFUSALS | {""}, tally
    done = {name for name, code in tally if not code}
    refused = {code for _, code in tally if code}
    if tally.total() > 1000:
        # Every kind of act was done, and every kind of refusal was met.
        assert done == {act.__name__ for act in Worker(services, refs, 0, days).acts()}
        assert refused == REFUSALS
    else:
        # Few acts meet the rare kinds only by chance.
        assert done >= {"book", "move", "decline", "cancel"}
        assert refused >= {"station_busy", "wrong_status"}
    await follow_mailboxes(services)
    assert await broken(services.database) == []
    if services.database.dialect == "postgresql":
        assert await deadlocks(services, database_url) == 0


async def deadlocks(services: Services, database_url: str) -> int:
    """Return how many deadlocks the server has counted: it tells once its connections have ended."""
    await services.database.close()
    database = open_database(database_url)
    await database.start()
    query = text("SELECT deadlocks, numbackends FROM pg_stat_database WHERE datname = current_database()")
    try:
        for _ in range(200):
            row = await database.read(lambda db: db.execute(query).one())
            if row.numbackends == 1:
                break
            await asyncio.sleep(0.05)
        return int(row.deadlocks)
    finally:
        await database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_deadlock_would_be_counted(services: Services, database_url: str) -> None:
    await found_network(services, more=ROOMS)
    lock = text("SELECT code FROM station WHERE code = :code FOR UPDATE")
    meeting = Meeting()

    def crossing(codes_: Sequence[str]) -> Any:
        def change(db: Connection) -> None:
            for code in codes_:
                db.execute(lock, {"code": code})
                meeting.wait(db)

        return change

    await asyncio.gather(*(services.database.write(crossing(each)) for each in (CODES[:2], CODES[1::-1])))
    assert await deadlocks(services, database_url) == 1
