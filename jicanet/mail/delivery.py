"""Delivers what the outbox owes: render once, keep the bytes, send outside any scope, settle."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from jicanet.core.mailer import Delivery, DeliveryState
from jicanet.mail import store
from jicanet.mail.message import Letter, compose, message_id
from jicanet.mail.model import Kept, OutboxRow
from jicanet.services import Services
from jicanet.settings import Settings

Renderer = Callable[[Connection, Services, OutboxRow], Letter]

BATCH = 20  # rows leased at a time: few enough to be sent within the lease
_UNREACHED_TIMES = 10
_MOST_WORDS = 1000
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\"',;]+")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What one call of `deliver` did, as counts of rows. `lost` were taken over by another worker."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        """Return how many rows were looked at."""
        return self.sent + self.later + self.failed + self.lost


class RenderingFailed(Exception):
    """A renderer raised; the words say what, for a person to read."""


@dataclass(slots=True)
class _Round:
    """The rows of one lease on their way out."""

    services: Services
    renderers: Mapping[str, Renderer]
    worker: str
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, row: OutboxRow, **fields: object) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
        note = log.warning if what == "failed" else log.info
        note("mail handled", outcome=what, outbox=row.id, kind=row.kind, earlier=row.attempts, **fields)


async def deliver(services: Services, renderers: Mapping[str, Renderer], *, worker: str) -> DeliveryReport:
    """Send everything that is due and return what became of it; nothing due gives zeros.

    `worker` must be unique to the process. Any number of them may deliver at once, and one that is
    killed delays only the rows it holds until their lease ends. Stops early where no server can be
    reached. Raises Unavailable and StorageFull where the database gives up: the rows stay owed.
    """
    done = _Round(services=services, renderers=renderers, worker=worker)
    while rows := await _leased(done):
        for at, row in enumerate(rows):
            try:
                reached = await _deliver_one(done, row)
            except asyncio.CancelledError:
                await _give_back(done, rows[at + 1 :])
                raise
            if not reached:
                await _give_back(done, rows[at + 1 :])
                return DeliveryReport(**done.counts)
    return DeliveryReport(**done.counts)


async def _leased(done: _Round) -> list[OutboxRow]:
    now, seconds = done.services.clock.now(), _lease_seconds(done.services.settings)
    return await done.services.database.write(
        lambda db: store.lease(db, worker=done.worker, now=now, seconds=seconds, limit=BATCH)
    )


def _lease_seconds(settings: Settings) -> float:
    # Connecting and sending may each take the longest wait: the lease must outlive both.
    return max(float(settings.lease_seconds), 2 * settings.smtp_timeout_seconds + 10)


async def _give_back(done: _Round, rows: Sequence[OutboxRow]) -> None:
    if rows:
        ids = [row.id for row in rows]
        await done.services.database.write(lambda db: store.release(db, ids, worker=done.worker))


async def _deliver_one(done: _Round, row: OutboxRow) -> bool:
    """Deliver one row; return False if no server could be reached, so that the rest need not wait for it."""
    services = done.services
    if row.recipient.endswith(".invalid") and not services.settings.is_development:
        await _fail(done, row, "no mailbox: the address is only a placeholder (.invalid)")
        return True
    try:
        body = await _prepared(done, row)
    except RenderingFailed as error:
        await _fail(done, row, str(error))
        return True
    if body is None:
        done.count("lost", row)
        return True
    # Outside any scope: the server may take its time, and nobody waits for it.
    delivery = await services.mailer.send(sender=body.sender, recipient=row.recipient, content=body.content)
    await _settle(done, row, delivery)
    return delivery.reached


async def _prepared(done: _Round, row: OutboxRow) -> Kept | None:
    """Return the row's bytes, rendered and stored at its first attempt; None if the lease was lost."""
    database, settings = done.services.database, done.services.settings
    body = await database.read(lambda db: store.kept(db, row.id))
    fresh = body is None
    if body is None:
        try:
            body = await database.read(lambda db: _rendered(db, done, row))
        except DBAPIError as error:  # a query that is wrong; a database that is away is Unavailable
            raise _unrendered(row, error) from error
    now = done.services.clock.now()

    def begin(db: Connection) -> bool:
        ours = store.begin(db, row.id, worker=done.worker, now=now, seconds=_lease_seconds(settings))
        if ours and fresh:
            identity = message_id(row.identity, settings.mail_domain)
            if body.is_secret and not settings.is_development:
                # A copy of the database must not let anybody in: rendered again, the bytes are the same.
                store.note_message_id(db, row.id, identity)
            else:
                store.keep(db, row.id, content=body.content, sender=body.sender, message_id=identity)
        return ours

    return body if await database.write(begin) else None


def _rendered(db: Connection, done: _Round, row: OutboxRow) -> Kept:
    renderer = done.renderers.get(row.kind)
    if renderer is None:
        msg = f'no renderer for mails of kind "{row.kind}"'
        raise RenderingFailed(msg)
    try:
        letter = renderer(db, done.services, row)
        content = compose(
            letter,
            identity=row.identity,
            recipient=row.recipient,
            created_at=row.created_at,
            domain=done.services.settings.mail_domain,
        )
    except DBAPIError:
        raise  # the scope tells a database that is away from a query that is wrong
    except Exception as error:
        raise _unrendered(row, error) from error
    return Kept(content=content, sender=letter.sender, is_secret=letter.is_secret)


def _unrendered(row: OutboxRow, error: Exception) -> RenderingFailed:
    """Return what a person needs to know: one mail that cannot be rendered does not hold up the others."""
    log.error("mail not rendered", outbox=row.id, kind=row.kind, error=type(error).__name__)
    return RenderingFailed(f"not rendered: {type(error).__name__}: {error}"[:_MOST_WORDS])


async def _settle(done: _Round, row: OutboxRow, delivery: Delivery) -> None:
    now = done.services.clock.now()
    if delivery.state is DeliveryState.FAILED:
        await _fail(done, row, delivery.words)
        return
    if delivery.state is DeliveryState.SENT:
        await done.services.database.write(
            lambda db: store.settle_sent(db, row.id, now=now, words=delivery.words)
        )
        done.count("sent", row)
        return
    days = done.services.settings.mail_retry_days
    if now >= row.created_at + timedelta(days=days):
        await _fail(done, row, f"given up after {days} days: {delivery.words}")
        return
    wait = _wait(done.services.settings, row, reached=delivery.reached)
    again = now + wait
    await done.services.database.write(
        lambda db: store.settle_later(db, row.id, worker=done.worker, not_before=again, words=delivery.words)
    )
    done.count("later", row, wait_seconds=round(wait.total_seconds()), reached=delivery.reached)


async def _fail(done: _Round, row: OutboxRow, words: str) -> None:
    now: datetime = done.services.clock.now()
    await done.services.database.write(
        lambda db: store.settle_failed(db, row.id, worker=done.worker, now=now, words=words)
    )
    done.count("failed", row, reason=without_addresses(words))


def without_addresses(words: str) -> str:
    """Return a server's words fit for a log: servers like to repeat the address that they refuse."""
    return _ADDRESS.sub("(address)", words)


def _wait(settings: Settings, row: OutboxRow, *, reached: bool) -> timedelta:
    """Return the wait before the next attempt: doubled each time, up to half as long again by jitter.

    A server that is away keeps all mails waiting for the same thing: they look again soon, so that all
    are out within minutes of its return. One that puts off this mail is asked ever more rarely.
    """
    first, most = settings.mail_retry_first_seconds, settings.mail_retry_most_seconds
    if not reached:
        most = min(most, _UNREACHED_TIMES * first)
    least = min(first * 2 ** min(row.attempts, 30), most / 1.5)
    # The jitter is the row's own and needs no dice: equal runs wait alike.
    spread = hashlib.sha256(f"{row.identity}/{row.attempts}".encode()).digest()[0] / 255
    return timedelta(seconds=least * (1 + spread / 2))
