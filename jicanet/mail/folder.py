"""Writes mail as files, for development without a mail server."""

import asyncio
import hashlib
import os
from email.parser import BytesHeaderParser
from pathlib import Path

from jicanet.core.mailer import Delivery, DeliveryState


def file_of(data: Path, message_id: str) -> Path:
    """Return where the mail of that Message-ID lies under the data folder."""
    return data / "mail" / f"{hashlib.sha256(message_id.encode()).hexdigest()[:32]}.eml"


class FolderMailer:
    """A Mailer that writes each mail under the hash of its Message-ID: a repeat overwrites."""

    def __init__(self, data: Path) -> None:
        """Keep the data folder; `mail` in it is made by the first mail."""
        self._data = data

    async def send(self, *, sender: str, recipient: str, content: bytes) -> Delivery:  # noqa: ARG002 - the file holds both
        """Return sent once the file is on the disk, later with the system's words if it is not."""
        message_id = BytesHeaderParser().parsebytes(content).get("Message-ID", "").strip()
        path = file_of(self._data, message_id)
        try:
            await asyncio.to_thread(_write, path, content)
        except OSError as error:
            return Delivery(state=DeliveryState.LATER, words=error.strerror or str(error), reached=False)
        return Delivery(state=DeliveryState.SENT, words=path.name)

    async def close(self) -> None:
        """Do nothing: no file stays open."""


def _write(path: Path, content: bytes) -> None:
    """Put the whole file in place or none: written beside it, synced, renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
