"""Each write transaction, each checkpoint and every close of a connection holds the file lock."""

import asyncio
import fcntl
import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, text

from jicanet.core.errors import Unavailable
from jicanet.storage import Database, open_database
from jicanet.storage.filelock import FileLock
from jicanet.storage.sqlite import SqliteDatabase
from tests.support.databases import ONLY_SQLITE, python_process
from tests.support.places import holders, insert_place

pytestmark = ONLY_SQLITE


@pytest.fixture
def lock_path(database_url: str) -> Path:
    return Path(f"{make_url(database_url).database}.lock")


@contextmanager
def held_elsewhere(path: Path) -> Iterator[None]:
    """Hold the lock as another process does: `flock` belongs to the open file, not to the process."""
    file = os.open(path, os.O_RDONLY | os.O_CREAT)
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(file)


def is_held(path: Path) -> bool:
    file = os.open(path, os.O_RDONLY | os.O_CREAT)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


async def test_a_write_holds_the_lock_and_a_read_does_not(places: Database, lock_path: Path) -> None:
    assert await places.write(lambda _: is_held(lock_path)) is True
    assert await places.read(lambda _: is_held(lock_path)) is False
    assert is_held(lock_path) is False


async def test_a_failed_write_gives_the_lock_back(places: Database, lock_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        await places.write(lambda _: 1 // 0)

    assert is_held(lock_path) is False


async def test_a_write_waits_for_another_process_and_a_read_does_not(
    places: Database, lock_path: Path
) -> None:
    with held_elsewhere(lock_path):
        waiting = asyncio.create_task(places.write(lambda db: insert_place(db, "late")))
        assert await places.read(holders) == []
        done, _ = await asyncio.wait([waiting], timeout=0.1)
        assert done == set()
    await waiting

    assert await places.read(holders) == ["late"]


def test_the_wait_is_bounded(lock_path: Path) -> None:
    lock = FileLock(lock_path, patience=0.05)

    with held_elsewhere(lock_path), pytest.raises(Unavailable) as refused, lock.held():
        pass

    assert refused.value.code == "storage_busy"
    with lock.held():
        assert is_held(lock_path) is True
    lock.close()


async def test_every_close_of_a_connection_waits_for_the_lock(
    places: Database, database_url: str, lock_path: Path
) -> None:
    await places.write(lambda db: insert_place(db, "kept"))
    other = open_database(database_url)
    await other.read(holders)

    with held_elsewhere(lock_path):
        closing = asyncio.create_task(other.close())
        done, _ = await asyncio.wait([closing], timeout=0.1)
        assert done == set()
    await closing


async def test_a_connection_that_was_forgotten_waits_for_the_lock_too(
    database: SqliteDatabase, lock_path: Path
) -> None:
    gc.freeze()  # what is older need not be looked through: the collection below takes no time
    forgotten = [database._readers.raw_connection()]
    forgotten[0].detach()  # from now on nobody else knows it, and nobody will close it

    def forget() -> None:
        forgotten.clear()
        gc.collect()

    gc.disable()  # only there may it be collected: this thread could not wait for itself
    try:
        with held_elsewhere(lock_path):
            closing = asyncio.create_task(asyncio.to_thread(forget))
            done, _ = await asyncio.wait([closing], timeout=0.3)
            assert done == set()
        await closing
    finally:
        gc.enable()
        gc.unfreeze()


async def test_the_checkpoint_of_a_long_log_happens_under_the_lock(places: Database, lock_path: Path) -> None:
    """Only the writer checkpoints, and it does so as it commits."""
    log = lock_path.with_name(lock_path.name.replace(".lock", "-wal"))

    def grow(db: Connection) -> None:
        db.execute(text("CREATE TABLE bulk AS SELECT zeroblob(6000000) AS content"))

    await places.write(grow)
    grown = log.stat().st_size
    checkpoints = [
        await places.read(lambda db: db.execute(text("PRAGMA wal_autocheckpoint")).scalar_one()),
        await places.write(lambda db: db.execute(text("PRAGMA wal_autocheckpoint")).scalar_one()),
    ]
    await places.write(lambda db: insert_place(db, "after"))

    assert checkpoints == [0, 1000]
    assert log.stat().st_size == grown  # written from its beginning again: it was checkpointed


async def test_the_pragmas_are_as_the_architecture_says(places: Database) -> None:
    def pragmas(db: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "query_only")
        return {name: db.execute(text(f"PRAGMA {name}")).scalar_one() for name in names}

    full = 2
    assert await places.write(pragmas) == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "query_only": 0,
    }
    assert (await places.read(pragmas))["query_only"] == 1


def test_threads_of_one_process_take_turns_and_a_thread_may_enter_twice(lock_path: Path) -> None:
    lock = FileLock(lock_path)
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(200):
            with lock.held(), lock.held():
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 1
    lock.close()


HOLDER = """
import sys
from pathlib import Path
from jicanet.storage.filelock import FileLock
from jicanet.storage.sqlite import SqliteDatabase
with FileLock(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.readline()
"""


async def test_a_killed_process_leaves_no_lock(places: Database, lock_path: Path) -> None:
    with python_process(HOLDER, str(lock_path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert is_held(lock_path) is True
        process.kill()
        process.wait()

    await places.write(lambda db: insert_place(db, "after"))
    assert await places.read(holders) == ["after"]
