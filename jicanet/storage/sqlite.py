"""SQLite: one writer thread with a queue, a few readers, one file lock (architecture.md, Transactions)."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from jicanet.storage.filelock import FileLock
from jicanet.storage.scopes import Database, Result, Work

# Without IMMEDIATE a change reads before it holds the write lock: another program's commit in
# between makes its first write die with "database is locked" (traps.md 1).
BEGIN_WRITE = "BEGIN IMMEDIATE"
BEGIN_READ = "BEGIN"

_WRITER_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON")
# A reader neither writes nor checkpoints: a checkpoint belongs under the file lock.
_READER_PRAGMAS = ("wal_autocheckpoint=0", "query_only=ON")


class SqliteDatabase(Database):
    """One local file; other processes of ours may share it."""

    dialect: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self, url: URL, *, readers: int, busy_seconds: float) -> None:
        """Prepare; raises ValueError for a database in memory, which readers and writer cannot share."""
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///path/to/jicanet.db")
        self._path = Path(url.database).absolute()
        self._lock = FileLock(self._path.with_name(f"{self._path.name}.lock"))
        url = url.set(drivername="sqlite+pysqlite", database=str(self._path))
        self._writer = _engine(url, self._lock, size=1, busy_seconds=busy_seconds)
        self._readers = _engine(url, self._lock, size=readers, busy_seconds=busy_seconds)
        _prepare(self._writer, _WRITER_PRAGMAS, lambda: BEGIN_WRITE)
        _prepare(self._readers, _READER_PRAGMAS, lambda: BEGIN_READ)
        event.listen(self._writer, "connect", _choose_wal)
        event.listen(self._writer, "before_cursor_execute", _refuse_without_transaction)
        event.listen(self._writer, "commit", _refuse_lost_transaction)
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._read_threads = ThreadPoolExecutor(readers, thread_name_prefix="sqlite-reader")

    async def _start(self) -> None:
        # The file is made, with its folder, if it is not there.
        self._path.parent.mkdir(parents=True, exist_ok=True)
        await self.write(lambda _: None)

    async def close(self) -> None:
        """Let running scopes end; the last process to leave writes the WAL back into the file."""
        await asyncio.to_thread(self._leave)

    def _leave(self) -> None:
        self._read_threads.shutdown()
        self._write_thread.shutdown()
        self._readers.dispose()
        self._writer.dispose()
        self._lock.close()

    async def _read(self, query: Work[Result]) -> Result:
        def run() -> Result:
            with self._readers.connect() as db:  # its end is a rollback
                return query(db)

        return await _in_thread(self._read_threads, run)

    async def _write(self, change: Work[Result]) -> Result:
        def run() -> Result:
            with self._lock.held(), self._writer.begin() as db:
                return change(db)

        return await _in_thread(self._write_thread, run)


async def _in_thread(threads: ThreadPoolExecutor, run: Callable[[], Result]) -> Result:
    # The context goes along, so that a scope opened inside `run` is seen as one inside a scope.
    return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, run)


def _engine(url: URL, lock: FileLock, *, size: int, busy_seconds: float) -> Engine:
    class GuardedConnection(sqlite3.Connection):
        """A connection whose every close holds the file lock, whoever closes it, the garbage collector too."""

        is_open = False

        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.is_open = True

        def close(self) -> None:
            with lock.held():
                super().close()
            self.is_open = False

        def __del__(self) -> None:
            if self.is_open:
                self.close()

    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={
            # The driver begins and ends nothing by itself (traps.md 1).
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": busy_seconds,
            "cached_statements": 512,
            "factory": GuardedConnection,
        },
    )


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: Callable[[], str]) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def begin_transaction(db: Connection) -> None:
        db.exec_driver_sql(begin())


def _choose_wal(connection: sqlite3.Connection, _record: object) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise RuntimeError(
            "SQLite cannot keep a write-ahead log here: the database needs a local file system"
        )


def _refuse_without_transaction(db: Connection, _cursor: object, statement: str, *_: Any) -> None:
    # SQLite ends a transaction by itself on a full disk; a statement after that would commit alone.
    if statement not in {BEGIN_WRITE, "BEGIN"}:
        _refuse_lost_transaction(db)


def _refuse_lost_transaction(db: Connection) -> None:
    connection: Any = db.connection.dbapi_connection
    if not connection.in_transaction:
        raise RuntimeError("SQLite ended the transaction by itself: nothing of it stands")
