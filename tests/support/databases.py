"""Ask for one kind of database, or for another process that uses the same one."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from jicanet.storage import open_database
from jicanet.storage.scopes import Work

ROOT = Path(__file__).resolve().parents[2]

ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ONLY_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def write_from_elsewhere(url: str, change: Work[None]) -> None:
    """Commit a change as another process would: another database object in another thread's loop."""

    async def write() -> None:
        other = open_database(url)
        await other.start()
        await other.write(change)
        await other.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, write()).result()


@contextmanager
def python_process(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a script in a process of its own that imports the program and the tests; killed at the end."""
    command = [sys.executable, "-c", script, *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()
