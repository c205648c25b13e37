"""S12 (c) and (d) over HTTP: approvals, swaps and answers at once, two server processes where they may be two."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from jicanet.storage import Database, open_database
from tests.support.invariants import broken
from tests.support.reference import COORDINATOR
from tests.support.server import Server, serving

SESSIONS = "/api/v1/sessions"
ROUNDS = 8
SITES = ["JPN-TIC", "KEN-NBO", "LKA-CMB", "THA-BKK", "VNM-HAN", "PER-LIM"]


@dataclass(frozen=True)
class Rivals:
    """Server processes over one database, asked in turn by one coordinator."""

    servers: list[Server]
    http: aiohttp.ClientSession
    database: Database

    async def ask(
        self, number: int, method: str, path: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        server = self.servers[number % len(self.servers)]
        headers = {"If-Match": "*"} if method == "PATCH" else {}
        async with self.http.request(method, f"{server.url}{path}", json=body, headers=headers) as answer:
            document: dict[str, Any] = await answer.json(content_type=None)
            assert answer.status < 500, (document, server.log())
            return answer.status, document

    async def book(self, day: int, clock: str, host: str, *others: str, **more: Any) -> str:
        body = {
            "title": f"Day {day}",
            "host": host,
            "stations": [*others],
            "start": start(day, clock),
            "minutes": 60,
            **more,
        }
        status, document = await self.ask(0, "POST", SESSIONS, body)
        assert status == 201, document
        return str(document["ref"])

    async def get(self, ref: str) -> dict[str, Any]:
        async with self.http.get(f"{self.servers[0].url}{SESSIONS}/{ref}") as answer:
            document: dict[str, Any] = await answer.json()
            return document

    async def at_once(self, *acts: tuple[str, str, dict[str, Any]]) -> list[tuple[int, str]]:
        """Do these acts at the same time; return the status of each with the code of its refusal."""
        answers = await asyncio.gather(*(self.ask(number, *act) for number, act in enumerate(acts)))
        return sorted((status, document.get("code", "")) for status, document in answers)


def start(day: int, clock: str) -> dict[str, str]:
    return {"local": f"2027-03-{day + 1:02}T{clock}", "zone": "Asia/Tokyo"}


@pytest.fixture
async def rivals(network_url: str, tmp_path: Path) -> AsyncIterator[Rivals]:
    count = 2 if network_url.startswith("postgresql") else 1
    database = open_database(network_url)
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving(network_url, tmp_path)) for _ in range(count)]
        token = (
            await servers[0].command("token", "create", "--user", COORDINATOR, "--scope", "all")
        ).split()[-1]
        headers = {"Authorization": f"Bearer {token}"}
        http = await stack.enter_async_context(aiohttp.ClientSession(headers=headers))
        await database.start()
        stack.push_async_callback(database.close)
        yield Rivals(servers, http, database)


# One test for three, because the processes take longer to start than to race.
async def test_s12_and_two_declines_with_rivals_at_the_same_instant(rivals: Rivals) -> None:
    await two_edits_that_swap_slots_both_fail_or_both_succeed(rivals, range(ROUNDS))
    await two_declines_never_miss_a_lost_quorum(rivals, range(ROUNDS, 2 * ROUNDS))
    assert await broken(rivals.database) == []
    await of_two_approvals_of_the_last_slot_one_wins(rivals, range(2 * ROUNDS, 3 * ROUNDS))


async def of_two_approvals_of_the_last_slot_one_wins(rivals: Rivals, days: range) -> None:
    set_ports = text("UPDATE bridge SET ports = 2")
    await rivals.database.write(lambda db: db.execute(set_ports) and None)
    for day in days:
        shares_a_room = day % 2
        refs = [
            await rivals.book(day, "15:00", host, "KEN-NBO" if shares_a_room else other, status="requested")
            for host, other in (("JPN-TIC", "LKA-CMB"), ("THA-BKK", "VNM-HAN"))
        ]
        outcome = await rivals.at_once(*(("POST", f"{SESSIONS}/{ref}/confirm", {}) for ref in refs))
        assert outcome == [(200, ""), (409, "station_busy" if shares_a_room else "bridge_full")]
        assert sorted([(await rivals.get(ref))["status"] for ref in refs]) == ["confirmed", "requested"]


async def two_edits_that_swap_slots_both_fail_or_both_succeed(rivals: Rivals, days: range) -> None:
    for day in days:
        clocks = ["15:00", "16:00"]
        refs = [await rivals.book(day, clock, *SITES[:3]) for clock in clocks]
        outcome = await rivals.at_once(
            *(
                ("PATCH", f"{SESSIONS}/{ref}", {"start": start(day, clock)})
                for ref, clock in zip(refs, reversed(clocks), strict=True)
            )
        )
        assert outcome in ([(200, "")] * 2, [(409, "station_busy")] * 2)
        now = [(await rivals.get(ref))["start"]["local"][-5:] for ref in refs]
        assert now == (clocks if outcome[0][0] == 409 else clocks[::-1])


async def two_declines_never_miss_a_lost_quorum(rivals: Rivals, days: range) -> None:
    for day in days:
        ref = await rivals.book(day, "15:00", *SITES[:3], quorum=2)
        declined = {"answer": "declined"}
        replies = [("POST", f"{SESSIONS}/{ref}/seats/{code}/reply", declined) for code in SITES[1:3]]
        assert await rivals.at_once(*replies) == [(200, "")] * 2
        session = await rivals.get(ref)
        assert (session["status"], [reason["code"] for reason in session["reasons"]]) == (
            "needs-attention",
            ["quorum_lost"],
        )


async def test_mixed_acts_over_the_interface_end_in_order(rivals: Rivals) -> None:
    refs = [await rivals.book(day, "15:00", *SITES[:3]) for day in range(3)]
    tally: Counter[tuple[int, str]] = Counter()

    async def work(number: int) -> None:
        dice = random.Random(number)  # noqa: S311 - moments of a test, not secrets
        for _ in range(15):
            ref, seat = dice.choice(refs), dice.choice(SITES[:3])
            clock = dice.choice(("15:00", "15:30", "16:00"))
            path = f"{SESSIONS}/{ref}"
            act = dice.choice(
                (
                    ("PATCH", path, {"start": start(dice.randrange(3), clock)}),
                    ("PATCH", path, {"stations": dice.sample(SITES, 2), "title": f"By {number}"}),
                    ("POST", f"{path}/seats/{seat}/reply", {"answer": dice.choice(("declined", "accepted"))}),
                    ("POST", f"{path}/cancel", {"reason": "No need"}),
                    ("POST", f"{path}/restore", {}),
                    ("POST", f"{path}/confirm", {}),
                    ("POST", f"{path}/message", {"text": "Hello"}),
                )
            )
            status, document = await rivals.ask(number, *act)
            tally[status, document.get("code", "")] += 1

    await asyncio.gather(*(work(number) for number in range(12)))
    refusals = {"wrong_status", "station_busy", "seat_removed", "nobody_present"}
    assert {*tally} <= {(200, ""), *((409, code) for code in refusals)}, tally
    assert tally[200, ""] > 30
    assert await broken(rivals.database) == []
