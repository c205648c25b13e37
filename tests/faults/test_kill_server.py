"""kill -9 of the server while clients book with keys and retry: nothing lost, nothing doubled."""

import asyncio
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text

from jicanet.storage import Database, open_database
from tests.support.reference import COORDINATOR
from tests.support.server import Server

KILLS = int(os.environ.get("TEST_KILLS", "10"))
CLIENTS = 4
SEED = 20261124


@dataclass
class Client:
    """Books one hour after the other for its own stations, each with a key, again until it is answered."""

    number: int
    codes: list[str]
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)

    async def run(self, session: aiohttp.ClientSession, server: Server, stop: asyncio.Event) -> None:
        at = 0
        while not stop.is_set():
            body = {
                "title": f"Client {self.number}, booking {at}",
                "host": self.codes[0],
                "stations": self.codes[1:],
                "start": {
                    "local": f"2027-{1 + at // 500:02}-{1 + at // 20 % 25:02}T{at % 20:02}:00",
                    "zone": "UTC",
                },
                "minutes": 30,
            }
            key = f"client-{self.number}-{at}"
            self.answers[key] = await self._until_answered(session, server, body, key)
            at += 1

    async def _until_answered(
        self, session: aiohttp.ClientSession, server: Server, body: dict[str, Any], key: str
    ) -> dict[str, Any]:
        while True:
            try:
                async with session.post(
                    f"{server.url}/api/v1/sessions", json=body, headers={"Idempotency-Key": key}
                ) as answer:
                    self.statuses[answer.status] += 1
                    document: dict[str, Any] = await answer.json(content_type=None)
                    if answer.status == 201:
                        return document
                    assert answer.status == 503, document
            except (aiohttp.ClientError, ConnectionError):
                pass
            await asyncio.sleep(0.05)


async def test_killed_server_loses_and_doubles_nothing(network_url: str, tmp_path: Path) -> None:
    dice = random.Random(SEED)  # noqa: S311 - moments of a test, not secrets
    # Short leases: a killed worker's rows come back within the test.
    short = {"JICANET_LEASE_SECONDS": "5", "JICANET_SMTP_TIMEOUT_SECONDS": "1"}
    server = Server(database_url=network_url, data=tmp_path, environment=short)
    await server.start()
    created = await server.command("token", "create", "--user", COORDINATOR, "--scope", "all")
    headers = {"Authorization": f"Bearer {created.split()[-1]}"}
    stop = asyncio.Event()
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{server.url}/api/v1/stations?limit=200") as answer:
            codes = [item["code"] for item in (await answer.json())["items"]]
        clients = [Client(at, codes[at * 3 : at * 3 + 3]) for at in range(CLIENTS)]
        running = [asyncio.create_task(client.run(session, server, stop)) for client in clients]
        for _ in range(KILLS):
            await _two_more(clients)
            await asyncio.sleep(dice.random() * 0.3)
            assert await server.end(signal.SIGKILL) == -signal.SIGKILL
            await server.start()
        stop.set()
        await asyncio.gather(*running)
    acknowledged = [answer for client in clients for answer in client.answers.values()]
    assert len(acknowledged) > KILLS
    database = open_database(network_url)
    await database.start()
    try:
        await _settled(database)
        await _nothing_lost(database, acknowledged)
        await _every_mail_as_stored(database, tmp_path / "mail", 3 * len(acknowledged))
    finally:
        await database.close()
        await server.end()
    server.check_log()


async def _two_more(clients: list[Client]) -> None:
    """Wait for two more bookings, so that a kill falls among work however slow the machine is."""
    before = sum(len(client.answers) for client in clients)
    for _ in range(1200):
        if sum(len(client.answers) for client in clients) >= before + 2:
            return
        await asyncio.sleep(0.05)
    raise AssertionError([client.statuses for client in clients])


async def _query(database: Database, sql: str) -> list[Any]:
    return await database.read(lambda db: list(db.execute(text(sql)).all()))


async def _settled(database: Database) -> None:
    """Wait until all is sent; a killed worker's rows come back when its lease ends."""
    for _ in range(600):
        if not await _query(database, "SELECT id FROM outbox WHERE state = 'owed' LIMIT 1"):
            return
        await asyncio.sleep(0.3)
    raise AssertionError(await _query(database, "SELECT state, count(*) FROM outbox GROUP BY state"))


async def _nothing_lost(database: Database, acknowledged: list[dict[str, Any]]) -> None:
    stored = await _query(database, "SELECT ref, title FROM session")
    assert Counter(ref for ref, _ in stored) == Counter(answer["ref"] for answer in acknowledged)
    assert Counter(title for _, title in stored).most_common(1)[0][1] == 1
    seats = await _query(
        database,
        "SELECT a.id FROM seat a JOIN seat b ON a.station = b.station AND a.id < b.id"
        " AND a.occupied_from < b.occupied_to AND b.occupied_from < a.occupied_to",
    )
    assert seats == []


async def _every_mail_as_stored(database: Database, folder: Path, count: int) -> None:
    states = await _query(database, "SELECT state, count(*) FROM outbox GROUP BY state")
    assert [tuple(row) for row in states] == [("sent", count)]
    stored = Counter(bytes(content) for (content,) in await _query(database, "SELECT content FROM mail_body"))
    written = Counter(path.read_bytes() for path in folder.glob("*.eml"))
    assert written == stored
    assert len(stored) == count
