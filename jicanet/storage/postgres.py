"""PostgreSQL through asyncpg: READ COMMITTED writes, reads of one snapshot (architecture.md, Transactions)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import asyncpg
from sqlalchemy import URL, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from jicanet.storage.faults import Meaning, refusal_of
from jicanet.storage.scopes import Database, Result, Work
from jicanet.storage.types import canonical_json

_NO_CONNECTION = (OSError, PoolTimeout, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError)
_LOST_CONNECTION = (ConnectionError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError)


class PostgresDatabase(Database):
    """A server; any number of processes may share it."""

    dialect: Literal["sqlite", "postgresql"] = "postgresql"

    def __init__(self, url: URL, *, readers: int, writers: int, busy_seconds: float) -> None:
        """Prepare; nothing is connected. Readers have connections of their own: writers queue for row locks."""
        url = url.set(drivername="postgresql+asyncpg")
        self._writers = _engine(url, size=writers, busy_seconds=busy_seconds).execution_options(
            isolation_level="READ COMMITTED"
        )
        # One snapshot per read, as SQLite gives it; read-only transactions never fail to serialize.
        self._readers = _engine(url, size=readers, busy_seconds=busy_seconds).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    async def _start(self) -> None:
        await self.read(lambda db: db.execute(select(1)).scalar_one())

    async def close(self) -> None:
        """Leave the server."""
        await self._readers.dispose()
        await self._writers.dispose()
        # The transports close in the loop's next turn; a loop that ended before would complain.
        await asyncio.sleep(0)

    async def _read(self, query: Work[Result]) -> Result:
        async with _connected(self._readers) as connection:  # its end is a rollback
            return await connection.run_sync(query)

    async def _write(self, change: Work[Result]) -> Result:
        async with _connected(self._writers) as connection, connection.begin():
            return await connection.run_sync(change)


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    connection = engine.connect()
    try:
        await connection.start()
    except _NO_CONNECTION as error:
        raise refusal_of(Meaning.AWAY) from error
    try:
        yield connection
    except _LOST_CONNECTION as error:  # those that SQLAlchemy lets through as they are
        raise refusal_of(Meaning.AWAY) from error
    finally:
        # Shielded, so that a cancelled request still gives its connection back.
        await asyncio.shield(connection.close())


def _engine(url: URL, *, size: int, busy_seconds: float) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=busy_seconds,
        pool_pre_ping=True,
        hide_parameters=True,
        json_serializer=canonical_json,
        connect_args={
            "timeout": 10,
            "server_settings": {
                "application_name": "jicanet",
                "lock_timeout": f"{round(busy_seconds * 1000)}ms",
            },
        },
    )
