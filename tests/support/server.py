"""Real server processes on loopback, which can be stopped, killed and started again."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.support.logs import WRONG

JICANET = Path(sys.executable).with_name("jicanet")


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
    process: asyncio.subprocess.Process | None = None

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
        process = await asyncio.create_subprocess_exec(
            JICANET, *words, env=self.variables, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, (words, output.decode())
        return output.decode()

    async def start(self) -> None:
        # The log is kept beside the data: a traceback there is what a failing test is read by.
        with (self.data / f"server-{self.port}.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                JICANET, "serve", env=self.variables, stdout=log, stderr=log
            )
        await self._answering()

    async def _answering(self) -> None:
        process = self.process
        assert process is not None
        async with aiohttp.ClientSession() as session:
            for _ in range(600):
                assert process.returncode is None, self.log()
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
        if process.returncode is None:
            process.send_signal(how)
        return await process.wait()


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
