"""The worker apart from the server, twice: everything is delivered, each mail once."""

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from tests.support.forked import start
from tests.support.reference import COORDINATOR
from tests.support.server import Server

BOOKINGS = 12


@pytest.mark.parametrize("network_url", ["sqlite", "postgresql"], indirect=True)
async def test_two_workers_apart_deliver_everything_once(network_url: str, tmp_path: Path) -> None:
    server = Server(database_url=network_url, data=tmp_path, environment={"JICANET_WORKER": "false"})
    await server.start()
    token = (await server.command("token", "create", "--user", COORDINATOR, "--scope", "all")).split()[-1]
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        for hour in range(BOOKINGS):
            body = {
                "title": f"Booking {hour}",
                "host": "JPN-TIC",
                "stations": ["KEN-NBO", "THA-BKK"],
                "start": {"local": f"2027-03-10T{hour:02}:00", "zone": "UTC"},
                "minutes": 30,
            }
            async with session.post(f"{server.url}/api/v1/sessions", json=body) as answer:
                assert answer.status == 201
        assert list((tmp_path / "mail").glob("*.eml")) == []
        logs = [tmp_path / f"worker-{number}.log" for number in range(2)]
        chatty = {**server.variables, "JICANET_LOG_LEVEL": "info"}
        workers = [start(["worker"], chatty, out=log, err=log) for log in logs]
        for _ in range(600):
            if len(list((tmp_path / "mail").glob("*.eml"))) == 3 * BOOKINGS:
                break
            await asyncio.sleep(0.1)
        async with session.get(f"{server.url}/healthz") as answer:
            health = await answer.json()
        handled: Counter[str] = Counter()
        for worker, log in zip(workers, logs, strict=True):
            worker.terminate()
            await asyncio.to_thread(worker.join)
            assert worker.exitcode == 0, log.read_text()
            handled.update(line for line in log.read_text().splitlines() if "mail handled" in line)
    await server.end()
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 3 * BOOKINGS
    assert sum('"outcome": "sent"' in line for line in handled.elements()) == 3 * BOOKINGS
    assert (health["database"], health["worker"]) == ("ok", "ok")
