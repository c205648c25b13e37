"""S12 over HTTP: rivals for the last ports, two server processes where the database takes several."""

import asyncio
import email
import email.policy
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from jicanet.storage import open_database
from tests.support.reference import COORDINATOR
from tests.support.server import Server, serving

DAY = "2027-03-10"
PORTS = 12


async def set_ports(url: str, ports: int) -> None:
    database = open_database(url)
    await database.start()
    await database.write(lambda db: db.execute(text("UPDATE bridge SET ports = :ports"), {"ports": ports}))
    await database.close()


async def rows(url: str, query: str) -> list[Any]:
    database = open_database(url)
    await database.start()
    found = await database.read(lambda db: list(db.execute(text(query)).all()))
    await database.close()
    return found


@pytest.fixture
async def servers(network_url: str, tmp_path: Path) -> AsyncIterator[list[Server]]:
    """One server on SQLite, two processes on PostgreSQL, over a bridge of 12 ports."""
    await set_ports(network_url, PORTS)
    count = 2 if network_url.startswith("postgresql") else 1
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(serving(network_url, tmp_path)) for _ in range(count)]


async def token_of(server: Server) -> str:
    return (await server.command("token", "create", "--user", COORDINATOR, "--scope", "all")).split()[-1]


def asked(host: str, others: list[str], local: str, minutes: int = 60) -> dict[str, Any]:
    return {
        "title": f"Rivals of {host}",
        "host": host,
        "stations": others,
        "start": {"local": f"{DAY}T{local}", "zone": "UTC"},
        "minutes": minutes,
    }


async def stations(session: aiohttp.ClientSession, server: Server) -> list[str]:
    async with session.get(f"{server.url}/api/v1/stations?limit=200") as answer:
        return [item["code"] for item in (await answer.json())["items"]]


async def post(
    session: aiohttp.ClientSession, server: Server, body: dict[str, Any], key: str | None = None
) -> tuple[int, dict[str, Any]]:
    headers = {"Idempotency-Key": key} if key else {}
    async with session.post(f"{server.url}/api/v1/sessions", json=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_rivals_for_the_last_ports_leave_one_booking(
    servers: list[Server], network_url: str, tmp_path: Path
) -> None:
    headers = {"Authorization": f"Bearer {await token_of(servers[0])}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        codes = await stations(session, servers[0])
        status, _ = await post(session, servers[0], asked(codes[0], codes[1:10], "09:00", 120))
        assert status == 201
        pairs = [codes[at : at + 2] for at in range(10, 52, 2)]
        assert len(pairs) == 21
        twins = [asked(pairs[0][0], [pairs[0][1]], "09:30")] * 20
        others = [asked(pair[0], [pair[1]], "09:30") for pair in pairs[1:]]
        requests = [(body, "twin") for body in twins] + [(body, None) for body in others]
        answers = await asyncio.gather(
            *(post(session, servers[at % len(servers)], body, key) for at, (body, key) in enumerate(requests))
        )
        won = {answer["ref"] for status, answer in answers if status == 201}
        assert len(won) == 1
        lost = [answer for status, answer in answers if status != 201]
        assert Counter(status for status, _ in answers if status != 201) == {409: len(lost)}
        assert {answer["code"] for answer in lost} == {"bridge_full"}
        assert all(answer["conflicts"][0]["short_by"] == 2 for answer in lost)
        twin_answers = [answer for status, answer in answers[:20] if status == 201]
        if twin_answers:
            assert len(twin_answers) == 20
            assert all(answer == twin_answers[0] for answer in twin_answers)
            assert len(lost) == 20
        else:
            assert len(lost) == 39
    assert len(await rows(network_url, "SELECT id FROM session")) == 2
    await _each_invited_once(network_url, tmp_path / "mail", mails=12)


async def _each_invited_once(url: str, folder: Path, *, mails: int) -> None:
    for _ in range(200):
        states = await rows(url, "SELECT state FROM outbox")
        if all(state == "sent" for (state,) in states):
            break
        await asyncio.sleep(0.1)
    assert Counter(state for (state,) in states) == {"sent": mails}
    addressed = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["To"]
        for path in folder.glob("*.eml")
    ]
    assert Counter(addressed).most_common(1)[0][1] == 1
    assert len(addressed) == mails


async def test_capacity_is_a_peak_not_a_sum(servers: list[Server]) -> None:
    server = servers[0]
    headers = {"Authorization": f"Bearer {await token_of(server)}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        codes = await stations(session, server)
        early = await post(session, server, asked(codes[0], codes[1:6], "09:00"))
        late = await post(session, server, asked(codes[6], codes[7:12], "10:00"))
        over_both = await post(session, server, asked(codes[12], codes[13:18], "09:00", 120))
        too_many = await post(session, server, asked(codes[18], [], "09:59", 1 + 4))
    assert [early[0], late[0], over_both[0]] == [201, 201, 201]
    assert too_many[0] == 409
    assert too_many[1]["code"] == "bridge_full"
    assert too_many[1]["conflicts"][0]["short_by"] == 1
