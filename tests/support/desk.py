"""A desk: somebody who does to sessions what the interface offers, and what the database then owes and holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from jicanet.core.actor import CONSOLE, Role, Scope
from jicanet.mail.tables import outbox
from jicanet.people import service as people
from jicanet.people.domain.model import NewUser
from jicanet.scheduler.domain.tokens import organiser_token
from jicanet.scheduler.tables import (
    guest_site,
    recipient,
    seat,
    session,
    session_material,
    session_person,
    session_snapshot,
)
from jicanet.services import Services
from jicanet.stations.store import stations_by_code
from jicanet.storage.tables import audit, idempotency
from tests.support.reference import COORDINATOR, Site

SESSIONS = "/api/v1/sessions"
COURSE: dict[str, Any] = {
    "title": "Remote Sensing, day 4",
    "host": "JPN-TIC",
    "stations": ["KEN-NBO", "LKA-CMB"],
    "start": {"local": "2026-12-09T15:00", "zone": "Asia/Tokyo"},
    "minutes": 90,
}
TABLES = (
    session, seat, guest_site, session_person, recipient, session_material, session_snapshot, outbox, audit,
    idempotency,
)  # fmt: skip


class Mail(NamedTuple):
    """One owed mail: what it is, to whom, its SEQUENCE and what is new; `as_` is a PARTSTAT or "whole"."""

    kind: str
    to: str
    sequence: int | None = None
    news: str = ""
    as_: str = ""


@dataclass(frozen=True)
class Answered:
    """One answer of the interface."""

    status: int
    body: Any
    etag: str

    @property
    def code(self) -> str:
        """Return the code of a problem, "" of a success."""
        return str(self.body.get("code", "")) if self.status >= 400 else ""


@dataclass
class Desk:
    """Somebody who acts over JSON. `mails` gives what was owed since it was last asked."""

    site: Site
    headers: dict[str, str]
    seen: int = field(default=0)

    @property
    def services(self) -> Services:
        return self.site.services

    @property
    def clock(self) -> Any:
        return self.services.clock

    async def ask(self, method: str, path: str, json: Any = None, **headers: str) -> Answered:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.site.client.request(
            method, path, json=json, headers={**self.headers, **more}
        ) as answer:
            body = None if answer.status == 204 else await answer.json(content_type=None)
            assert answer.status < 500, body
            return Answered(answer.status, body, answer.headers.get("ETag", ""))

    async def book(self, **changes: Any) -> dict[str, Any]:
        """Book the course with these changes, which must be possible; return the session."""
        done = await self.ask("POST", SESSIONS, {**COURSE, **changes})
        assert done.status == 201, done.body
        body: dict[str, Any] = done.body
        return body

    async def get(self, ref: str) -> dict[str, Any]:
        done = await self.ask("GET", f"{SESSIONS}/{ref}")
        assert done.status == 200, done.body
        body: dict[str, Any] = done.body
        body.pop("deliveries", None)
        return body

    async def patch(self, ref: str, fields: dict[str, Any], match: str | None = "*") -> Answered:
        headers = {} if match is None else {"If_Match": match}
        return await self.ask("PATCH", f"{SESSIONS}/{ref}", fields, **headers)

    async def check(self, ref: str, fields: dict[str, Any], match: str | None = "*") -> Answered:
        headers = {} if match is None else {"If_Match": match}
        return await self.ask("PATCH", f"{SESSIONS}/{ref}?check=1", fields, **headers)

    async def act(self, ref: str, what: str, **body: str) -> Answered:
        return await self.ask("POST", f"{SESSIONS}/{ref}/{what}", body)

    async def reply(self, ref: str, code: str, answer: str, **more: str) -> Answered:
        return await self.act(ref, f"seats/{code}/reply", answer=answer, **more)

    async def done(self, ref: str, what: str, **body: str) -> dict[str, Any]:
        """Do what must be possible and return the session as it then is."""
        done = await self.act(ref, what, **body)
        assert done.status == 200, done.body
        body_: dict[str, Any] = done.body
        return body_

    async def changed(self, ref: str, **fields: Any) -> dict[str, Any]:
        """Change what must be possible and return the session as it then is."""
        done = await self.patch(ref, fields)
        assert done.status == 200, done.body
        body: dict[str, Any] = done.body
        return body

    async def mails(self) -> list[Mail]:
        """Return what was owed since this was last asked, in order."""

        def query(db: Connection) -> list[Any]:
            return list(db.execute(select(outbox).where(outbox.c.id > self.seen).order_by(outbox.c.id)))

        rows = await self.services.database.read(query)
        self.seen = rows[-1].id if rows else self.seen
        return [_mail(row) for row in rows]

    async def ports_at(self, instant: datetime) -> int:
        """Return the ports that are taken at an instant."""

        def query(db: Connection) -> int:
            occupying = session.c.status.in_(["hold", "confirmed", "needs-attention"])
            which = (occupying, session.c.occupied_from <= instant, session.c.occupied_to > instant)
            taken: int | None = db.execute(select(func.sum(session.c.ports)).where(*which)).scalar_one()
            return taken or 0

        return await self.services.database.read(query)

    async def ledger(self, ref: str) -> list[dict[str, Any]]:
        done = await self.ask("GET", f"{SESSIONS}/{ref}/ledger")
        assert done.status == 200, done.body
        items: list[dict[str, Any]] = done.body["items"]
        return items

    async def rows(self) -> dict[str, int]:
        """Return how many rows there are of everything that a change writes, and each session's revision."""

        def query(db: Connection) -> dict[str, int]:
            found = {
                table.name: db.execute(select(func.count()).select_from(table)).scalar_one()
                for table in TABLES
            }
            revisions = db.execute(select(session.c.ref, session.c.revision))
            return {**found, **{row.ref: row.revision for row in revisions}}

        return await self.services.database.read(query)

    def token(self, uid: str, address: str) -> str:
        """Return the secret address that a mail of the session carries for an address."""
        key = self.services.settings.secret_key
        assert key is not None
        return organiser_token(key.get_secret_value().encode(), uid, address)

    async def uid(self, ref: str) -> str:
        query = select(session.c.uid).where(session.c.ref == ref)
        return await self.services.database.read(lambda db: str(db.execute(query).scalar_one()))


def _mail(row: Any) -> Mail:
    news = row.payload.get("news", "")
    said = "whole" if row.payload.get("whole") else row.payload.get("partstat", "")
    return Mail(row.kind, row.recipient.removesuffix("@stations.invalid"), row.sequence, news, said)


def chief(site: Site) -> Desk:
    """Return the desk of the coordinator who is there from the start."""
    return Desk(site, site.headers)


async def sit(site: Site, email: str, *roles: Role, stations: Iterable[str] = ()) -> Desk:
    """Return the desk of a new user, who acts by a token of their own."""
    new = NewUser(email=email, name=email.partition("@")[0].title(), roles=frozenset(roles),
                  stations=frozenset(stations))  # fmt: skip
    await people.add_user(site.services, CONSOLE, new, known_stations=stations_by_code)
    secret = await people.create_token(site.services, CONSOLE, email=email, scopes=[Scope.ALL], name="desk")
    return Desk(site, {"Authorization": f"Bearer {secret}"})


def seat_of(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Return one station's seat of a session's JSON."""
    seat_: dict[str, Any] = next(each for each in body["seats"] if each["station"] == code)
    return seat_


__all__ = ["COORDINATOR", "COURSE", "SESSIONS", "Answered", "Desk", "Mail", "chief", "seat_of", "sit"]
