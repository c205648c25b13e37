"""kill -9 in the middle of whole lives of sessions: every recipient's calendar ends where the session ends.

The mails go to a real SMTP server that takes some of them only at the second try, and each recipient's
calendar is what a client makes of them in the order in which they arrived.
"""

import asyncio
import email.policy
import os
import random
import signal
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import aiohttp
import icalendar
from sqlalchemy import text

from jicanet.storage import open_database
from tests.support.reference import COORDINATOR
from tests.support.server import Server
from tests.support.smtp import Post, listening

KILLS = int(os.environ.get("TEST_KILLS", "10"))
SEED = 20261124
STEPS = ("move", "rename", "drop", "add", "decline", "accept", "cancel", "restore", "guest", "person")


@dataclass
class Reluctant(Post):
    """A mail server that has no time for one mail of five."""

    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - a test's

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.dice.random() < 0.2:
            return "451 later"
        return await super().handle_DATA(server, session, envelope)


@dataclass
class Client:
    """Leads one session after the other through a life, each request again until it is answered."""

    number: int
    codes: list[str]
    dice: random.Random
    refs: list[str] = field(default_factory=list)
    steps: int = 0
    times: int = 0

    async def run(self, session: aiohttp.ClientSession, server: Server, stop: asyncio.Event) -> None:
        while not stop.is_set():
            ref = await self._book(session, server)
            self.refs.append(ref)
            for _ in range(8):
                if stop.is_set():
                    return
                await self._step(session, server, ref)
                self.steps += 1

    def _start(self) -> dict[str, str]:
        self.times += 1
        at = self.times
        return {"local": f"2027-{1 + at // 500:02}-{1 + at // 20 % 25:02}T{at % 20:02}:00", "zone": "UTC"}

    async def _book(self, session: aiohttp.ClientSession, server: Server) -> str:
        body = {
            "title": f"Client {self.number}, session {len(self.refs)}",
            "host": self.codes[0],
            "stations": self.codes[1:3],
            "start": self._start(),
            "minutes": 30,
        }
        headers = {"Idempotency-Key": f"client-{self.number}-{len(self.refs)}"}
        document = await self._sent(session, "POST", f"{server.url}/api/v1/sessions", body, headers)
        ref: str = document["ref"]
        return ref

    async def _step(self, session: aiohttp.ClientSession, server: Server, ref: str) -> None:
        address = f"{server.url}/api/v1/sessions/{ref}"
        step, code = self.dice.choice(STEPS), self.dice.choice(self.codes[1:])
        patch: dict[str, Any] = {}
        if step == "move":
            patch = {"start": self._start()}
        elif step == "rename":
            patch = {"title": f"Client {self.number}, renamed {self.steps}"}
        elif step in {"drop", "add"}:
            patch = {"stations": self.codes[1:2] if step == "drop" else self.codes[1:]}
        elif step == "guest":
            site = {"organisation": "A guest", "city": "Suva", "zone": "Pacific/Fiji"}
            patch = {"guest_sites": [{**site, "email": f"guest{self.number}@sites.test"}]}
        elif step == "person":
            person = {"role": "lecturer", "name": "A lecturer", "email": f"lecturer{self.number}@sites.test"}
            patch = {"people": [person] if self.dice.random() < 0.7 else []}
        if patch:
            await self._sent(session, "PATCH", address, patch, {"If-Match": "*"})
        elif step in {"decline", "accept"}:
            answer = "declined" if step == "decline" else "accepted"
            await self._sent(session, "POST", f"{address}/seats/{code}/reply", {"answer": answer}, {})
        elif step == "cancel":
            await self._sent(session, "POST", f"{address}/cancel", {"reason": "a test"}, {})
        else:
            await self._sent(session, "POST", f"{address}/restore", {}, {})

    async def _sent(
        self,
        session: aiohttp.ClientSession,
        method: str,
        address: str,
        body: dict[str, Any],
        headers: dict[str, str],
    ) -> dict[str, Any]:
        while True:
            try:
                async with session.request(method, address, json=body, headers=headers) as answer:
                    document: dict[str, Any] = await answer.json(content_type=None)
                    # 409: not in this state; 404: never had a seat. Both are answers.
                    if answer.status != 503:
                        assert answer.status in {200, 201, 404, 409}, document
                        return document
            except (aiohttp.ClientError, ConnectionError):
                pass
            await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Entry:
    """What a recipient's calendar shows."""

    starts_at: datetime
    title: str


def calendars(post: Post) -> dict[tuple[str, str], Entry | None]:
    """Every recipient's calendar as a client keeps it: by (SEQUENCE, DTSTAMP), in the order of arrival."""
    last: dict[tuple[str, str], tuple[int, datetime]] = {}
    shown: dict[tuple[str, str], Entry | None] = {}
    for _, recipient, content in post.taken:
        parts = message_from_bytes(content, policy=email.policy.default).walk()
        part: Any = next((each for each in parts if each.get_content_type() == "text/calendar"), None)
        if part is None:
            continue  # plain words to host and coordinator
        calendar: Any = icalendar.Calendar.from_ical(part.get_payload(decode=True))
        event: Any = calendar.events[0]
        key, order = (str(event["UID"]), recipient), (int(event["SEQUENCE"]), event["DTSTAMP"].dt)
        if key in last and order < last[key]:
            continue
        last[key] = order
        cancelled = calendar["METHOD"] == "CANCEL"
        entry = Entry(starts_at=event["DTSTART"].dt, title=str(event["SUMMARY"]))
        shown[key] = None if cancelled else entry
    return shown


async def test_every_calendar_ends_where_its_session_ends(network_url: str, tmp_path: Path) -> None:
    dice = random.Random(SEED)  # noqa: S311 - moments of a test, not secrets
    post = Reluctant()
    async with listening(post) as port:
        variables = {
            "JICANET_SMTP_HOST": "127.0.0.1",
            "JICANET_SMTP_PORT": str(port),
            "JICANET_SMTP_TIMEOUT_SECONDS": "2",
            "JICANET_LEASE_SECONDS": "5",
            "JICANET_MAIL_RETRY_FIRST_SECONDS": "1",
            "JICANET_MAIL_RETRY_MOST_SECONDS": "1",
        }
        server = Server(database_url=network_url, data=tmp_path, environment=variables)
        await server.start()
        created = await server.command("token", "create", "--user", COORDINATOR, "--scope", "all")
        headers = {"Authorization": f"Bearer {created.split()[-1]}"}
        try:
            async with aiohttp.ClientSession(headers=headers) as session:
                await _lives(session, server, dice)
            await _settled(network_url)
            expected = await _expected(network_url)
        finally:
            await server.end()
        server.check_log()
    shown = {key: entry for key, entry in calendars(post).items() if entry is not None}
    assert len(expected) > KILLS
    # A rename is not told to people alone (domain.md, Who is told what), so theirs may be the title before.
    assert {key: entry.starts_at for key, entry in shown.items()} == {
        key: entry.starts_at for key, (entry, _) in expected.items()
    }
    assert {key: shown[key].title for key, (_, is_site) in expected.items() if is_site} == {
        key: entry.title for key, (entry, is_site) in expected.items() if is_site
    }


async def _lives(session: aiohttp.ClientSession, server: Server, dice: random.Random) -> None:
    async with session.get(f"{server.url}/api/v1/stations?limit=200") as answer:
        codes = [item["code"] for item in (await answer.json())["items"]]
    stop = asyncio.Event()
    clients = [Client(at, codes[at * 4 : at * 4 + 4], random.Random(SEED + at)) for at in range(3)]  # noqa: S311 - a test's
    running = [asyncio.create_task(client.run(session, server, stop)) for client in clients]
    for _ in range(KILLS):
        await _three_more(clients, running)
        await asyncio.sleep(dice.random() * 0.3)
        assert await server.end(signal.SIGKILL) == -signal.SIGKILL
        await server.start()
    stop.set()
    await asyncio.gather(*running)


async def _three_more(clients: list[Client], running: list[asyncio.Task[None]]) -> None:
    """Wait for three more steps, so that a kill falls among work however slow the machine is."""
    before = sum(client.steps for client in clients)
    for _ in range(1200):
        for task in running:
            if task.done():
                task.result()
        if sum(client.steps for client in clients) >= before + 3:
            return
        await asyncio.sleep(0.05)
    raise AssertionError([client.steps for client in clients])


async def _settled(url: str) -> None:
    """Wait until all is sent; a killed worker's rows come back when its lease ends."""
    for _ in range(600):
        left = await _rows(url, "SELECT kind, state, last_words FROM outbox WHERE state <> 'sent'")
        assert not [row for row in left if row[1] == "failed"], left
        if not left:
            return
        await asyncio.sleep(0.3)
    raise AssertionError(left)


async def _expected(url: str) -> dict[tuple[str, str], tuple[Entry, bool]]:
    """What every calendar should show, read from the sessions themselves: who takes part in what stands."""
    found: dict[tuple[str, str], tuple[Entry, bool]] = {}
    for uid, address, starts, title, is_site in await _rows(
        url,
        "SELECT s.uid, p.address, s.starts_at, s.title, p.is_site FROM session s JOIN ("
        " SELECT seat.session_id, lower(station.mailbox) AS address, 1 AS is_site FROM seat"
        "  JOIN station ON station.code = seat.station WHERE seat.listed AND NOT seat.withdrawn"
        " UNION ALL SELECT session_id, email, 1 FROM guest_site WHERE listed AND NOT withdrawn"
        " UNION ALL SELECT session_id, email, 0 FROM session_person WHERE listed AND NOT withdrawn"
        ") p ON p.session_id = s.id WHERE s.status IN ('confirmed', 'needs-attention')",
    ):
        instant = datetime.fromisoformat(starts) if isinstance(starts, str) else starts
        aware = instant if instant.tzinfo else datetime.fromisoformat(f"{instant.isoformat()}+00:00")
        entry = Entry(starts_at=aware, title=title)
        found[uid, address] = (entry, bool(is_site) or found.get((uid, address), (entry, False))[1])
    return found


async def _rows(url: str, sql: str) -> list[Any]:
    database = open_database(url)
    await database.start()
    try:
        return await database.read(lambda db: list(db.execute(text(sql)).all()))
    finally:
        await database.close()
