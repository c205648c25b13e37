"""Real server processes on loopback, which can be stopped, killed and started again."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import aiohttp

from tests.support.forked import start
from tests.support.logs import WRONG


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One `jicanet serve` process over a data folder and a database."""

    database_url: str
    data: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: BaseProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JICANET_")}
        return {
            **kept,
            "JICANET_MODE": "development",
            "JICANET_DATA": str(self.data),
            "JICANET_DATABASE_URL": self.database_url,
            "JICANET_PORT": str(self.port),
            "JICANET_WORKER_TICK_SECONDS": "0.2",
            "JICANET_LOG_LEVEL": "warning",
            **self.environment,
        }

    async def command(self, *words: str) -> str:
        out, err = (self.data / f"command-{self.port}.{name}" for name in ("out", "err"))
        out.write_bytes(b"")
        process = start(words, self.variables, out=out, err=err)
        await asyncio.to_thread(process.join)
        assert process.exitcode == 0, (words, out.read_text(), err.read_text())
        return out.read_text()

    async def start(self) -> None:
        # The log is kept beside the data: a traceback there is what a failing test is read by.
        log = self.data / f"server-{self.port}.log"
        self.process = start(["serve"], self.variables, out=log, err=log)
        await self._answering()

    async def _answering(self) -> None:
        process = self.process
        assert process is not None
        async with aiohttp.ClientSession() as session:
            for _ in range(600):
                assert process.is_alive(), self.log()
                try:
                    async with session.get(f"{self.url}/healthz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError(self.log())

    def log(self) -> str:
        return (self.data / f"server-{self.port}.log").read_text()

    def check_log(self) -> None:
        """Raise AssertionError if the server has noted that it was wrong."""
        log = self.log()
        assert not [words for words in (*WRONG, "Traceback") if words in log], log

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        process = self.process
        assert process is not None
        if process.is_alive() and process.pid is not None:
            os.kill(process.pid, how)
        await asyncio.to_thread(process.join)
        assert process.exitcode is not None
        return process.exitcode


@asynccontextmanager
async def serving(
    database_url: str, data: Path, *, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Server]:
    server = Server(database_url=database_url, data=data, environment=environment or {})
    await server.start()
    try:
        yield server
    finally:
        await server.end()
    server.check_log()
