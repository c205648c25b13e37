"""What the outbox needs of a mail system."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class DeliveryState(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    LATER = "later"  # 4xx, no connection: try again
    FAILED = "failed"  # 5xx: a person must look


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The outcome of one attempt, with the server's words where it had any.

    `reached` is false where no server took part: the fault is not this mail's, and others share it.
    """

    state: DeliveryState
    words: str = ""
    reached: bool = True


class Mailer(Protocol):
    """Sends one finished message. Opened and closed by the application."""

    async def send(self, *, sender: str, recipient: str, content: bytes) -> Delivery:
        """Return what became of the attempt; raises nothing for faults of the network or the server."""
        ...

    async def close(self) -> None:
        """Leave the server."""
        ...
