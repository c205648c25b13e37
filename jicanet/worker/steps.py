"""What the background worker does: deliver what is owed, end what is over, keep house, say that it lives."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from jicanet.mail.delivery import Renderer, deliver
from jicanet.people import store as people
from jicanet.scheduler import service as sessions
from jicanet.services import Services
from jicanet.storage import store as storage
from jicanet.worker.metronome import Step

HEARTBEAT = "heartbeat"
HEARTBEAT_SECONDS = 15.0
HOUSEKEEPING = "housekeeping"
_HOUR = 3600.0
# Whatever changes a session ends what is over first; this is for the eyes of those who only look.
_UPKEEP_SECONDS = 30.0

log = structlog.get_logger(__name__)


def steps(services: Services, renderers: Mapping[str, Renderer], *, worker: str) -> tuple[Step, ...]:
    """Return the steps of one worker process; `worker` names it in leases and must be its own."""

    async def delivery() -> None:
        await deliver(services, renderers, worker=worker)

    async def heartbeat() -> None:
        await beat(services, worker=worker)

    async def housekeeping() -> None:
        await keep_house(services, worker=worker)

    async def upkeep() -> None:
        await sessions.lapse(services, services.clock.now())
        await sessions.follow_mailboxes(services)

    return (
        Step(name="delivery", seconds=services.settings.worker_tick_seconds, run=delivery),
        Step(name=HEARTBEAT, seconds=HEARTBEAT_SECONDS, run=heartbeat),
        Step(name="upkeep", seconds=_UPKEEP_SECONDS, run=upkeep),
        Step(name=HOUSEKEEPING, seconds=_HOUR, run=housekeeping),
    )


async def beat(services: Services, *, worker: str) -> None:
    """Leave a sign of life that /healthz of any process reads; any worker's will do."""
    now = services.clock.now()

    def change(db: Connection) -> None:
        if storage.claim_step(db, HEARTBEAT, worker=worker, now=now, seconds=HEARTBEAT_SECONDS):
            storage.finish_step(db, HEARTBEAT, worker=worker, now=now, result="alive")

    await services.database.write(change)


async def keep_house(services: Services, *, worker: str) -> None:
    """Forget what has served: old idempotency keys, spent sign-in links, ended sign-ins.

    Of several workers at once one does it; the others find the step claimed.
    """
    now = services.clock.now()

    def change(db: Connection) -> str | None:
        if not storage.claim_step(db, HOUSEKEEPING, worker=worker, now=now, seconds=_HOUR / 2):
            return None
        result = _forget(db, services, now)
        storage.finish_step(db, HOUSEKEEPING, worker=worker, now=now, result=result)
        return result

    result = await services.database.write(change)
    if result is not None:
        log.info("house kept", result=result)


def _forget(db: Connection, services: Services, now: datetime) -> str:
    keys = storage.forget_idempotency(db, now - timedelta(days=services.settings.idempotency_days))
    signs = people.forget_expired(db, now=now, kept_days=services.settings.sign_in_kept_days)
    return f"{keys} idempotency keys, {signs} sign-in links and sign-ins forgotten"
