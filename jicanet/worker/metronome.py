"""APScheduler, wrapped: it calls steps at intervals and keeps nothing that a restart could lose."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

_PATIENCE_SECONDS = 5.0

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
        self._running: set[asyncio.Task[None]] = set()
        # traps.md 20: the default grace of one second deletes what an outage delayed.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self, now: datetime) -> None:
        """Begin to call the steps, each at `now` and then at its interval, in the running event loop."""
        for step in self.steps:
            self._scheduler.add_job(
                self._guarded(step),
                IntervalTrigger(seconds=step.seconds, timezone=UTC),
                id=step.name,
                name=step.name,
                next_run_time=now,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Call no step any more and let those that run come to their end, within a few seconds.

        What is still running then is cancelled: its rows' leases run out and others take them.
        """
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=_PATIENCE_SECONDS)
        self._scheduler.shutdown(wait=False)

    def _guarded(self, step: Step) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            task = asyncio.current_task()
            if task is not None:
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            try:
                await step.run()
            except asyncio.CancelledError:
                # Only `stop` cancels: the step ends here, for APScheduler would tell it as a fault.
                log.warning("worker step cut short", step=step.name)
            except Exception:
                # One failing step must not end the metronome: it is told once here, and tried again.
                log.exception("worker step failed", step=step.name)

        return run
