"""Whether the loop stays free, and no process is left, while something runs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Watch:
    """How long the longest turn of the loop was, and all of it, in seconds."""

    lag: float = 0.0
    took: float = 0.0


@asynccontextmanager
async def watching() -> AsyncIterator[Watch]:
    """Look at the loop every few milliseconds: whoever holds it is seen; and at what processes are left."""
    watch, began, before = Watch(), time.perf_counter(), children()

    async def look() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            watch.lag = max(watch.lag, time.perf_counter() - before - 0.005)

    task = asyncio.create_task(look())
    yield watch
    task.cancel()
    watch.took = time.perf_counter() - began
    assert children() == before


def children() -> set[int]:
    """Return the processes that this one has started and not yet seen the end of; others' tests leave some."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for each in lists for pid in each.read_text().split()}
