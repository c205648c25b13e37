"""A real SMTP server on loopback that misbehaves as told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

DROP = "drop"  # instead of an answer: the connection is cut after the text was taken


@dataclass
class Post:
    """What the server took, and what it answers next: to RCPT by address, to DATA in turn."""

    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    to_data: list[str] = field(default_factory=list)
    to_rcpt: dict[str, str] = field(default_factory=dict)
    servers: list[SMTP] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refused = self.to_rcpt.get(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.to_data.pop(0) if self.to_data else "250 taken"
        if answer == DROP or answer.startswith("250"):
            assert envelope.mail_from is not None
            assert isinstance(envelope.original_content, bytes)
            self.taken.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.original_content))
        if answer == DROP:
            _cut(server)
        return answer

    def hang_up(self) -> None:
        """Cut every open connection, as a server does that has waited long enough."""
        for server in self.servers:
            _cut(server)

    @property
    def connections(self) -> int:
        """How many connections were ever made."""
        return len(self.servers)


def _cut(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


@asynccontextmanager
async def listening(post: Post, port: int = 0) -> AsyncIterator[int]:
    """Serve SMTP for `post`; yields the port."""
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        made = SMTP(post, hostname="post.test", loop=loop)
        post.servers.append(made)
        return made

    factory: Callable[[], SMTP] = protocol
    server = await loop.create_server(factory, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        post.hang_up()
        await server.wait_closed()
