"""The metronome and its steps: a failing step does not end it, house is kept by one, life is shown."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from jicanet.services import Services
from jicanet.storage import store as storage
from jicanet.worker.metronome import Metronome, Step
from jicanet.worker.steps import HEARTBEAT, HOUSEKEEPING, beat, keep_house
from tests.support.clock import FakeClock


async def test_metronome_goes_on_after_a_failing_step_and_lets_a_running_one_end() -> None:
    calls: list[str] = []
    called_twice, began = asyncio.Event(), asyncio.Event()

    async def failing() -> None:
        calls.append("failing")
        if calls.count("failing") == 2:
            called_twice.set()
        raise RuntimeError("a step that fails")

    async def slow() -> None:
        began.set()
        await asyncio.sleep(0.2)
        calls.append("slow ended")

    metronome = Metronome(
        (Step(name="failing", seconds=0.05, run=failing), Step(name="slow", seconds=60, run=slow))
    )
    metronome.start(datetime.now(UTC))
    await asyncio.wait_for(asyncio.gather(called_twice.wait(), began.wait()), timeout=10)
    await metronome.stop()
    assert "slow ended" in calls
    before = len(calls)
    await asyncio.sleep(0.15)
    assert len(calls) == before


async def test_house_is_kept_once_and_forgets_old_keys(services: Services, clock: FakeClock) -> None:
    row: dict[str, Any] = {"caller": "x", "route": "POST /x", "body_hash": "h", "answer": {"ref": "JN-1"}}
    now = clock.now()
    await services.database.write(lambda db: storage.remember(db, key="old", now=now, **row))
    clock.advance(days=services.settings.idempotency_days, seconds=1)
    later = clock.now()
    await services.database.write(lambda db: storage.remember(db, key="new", now=later, **row))
    await keep_house(services, worker="one")
    kept = await services.database.read(
        lambda db: [
            storage.remembered(db, caller="x", route="POST /x", key=key, body_hash="h")
            for key in ("old", "new")
        ]
    )
    assert kept == [None, {"ref": "JN-1"}]
    steps = await services.database.read(storage.steps)
    assert [(step.name, step.last_run_at) for step in steps] == [(HOUSEKEEPING, later)]


async def test_sign_of_life_is_left_by_whoever_comes_first(services: Services, clock: FakeClock) -> None:
    await beat(services, worker="one")
    clock.advance(seconds=30)
    await beat(services, worker="two")
    steps = await services.database.read(storage.steps)
    assert [(step.name, step.last_run_at) for step in steps] == [(HEARTBEAT, clock.now())]
    assert steps[0].lease_until is None
