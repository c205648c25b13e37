"""APScheduler, wrapped: it calls steps at intervals and keeps nothing that a restart could lose."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One piece of background work: what it is called, how often it is tried, what it does."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[None]]


class Metronome:
    """Calls each step at its interval, never twice at a time, and survives a step that fails."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        """Take the steps; nothing runs before `start`."""
        self.steps = steps
        # traps.md 20: the default grace of one second deletes what an outage delayed.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self, now: datetime) -> None:
        """Begin to call the steps, each at `now` and then at its interval, in the running event loop."""
        for step in self.steps:
            self._scheduler.add_job(
                _guarded(step),
                IntervalTrigger(seconds=step.seconds, timezone=UTC),
                id=step.name,
                name=step.name,
                next_run_time=now,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Call no step any more; what runs is cancelled and its rows' leases run out."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _guarded(step: Step) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            await step.run()
        except Exception:
            # One failing step must not end the metronome: it is told once here, and tried again.
            log.exception("worker step failed", step=step.name)

    return run
