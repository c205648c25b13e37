"""What the queue of requests and holds shows of each."""

from dataclasses import dataclass

from jicanet.scheduler.domain.conflicts import Clash
from jicanet.scheduler.domain.day import Powers
from jicanet.scheduler.domain.record import SessionView


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One session of the queue, with who asked for it ("" if nobody did) and what the viewer may do.

    `clashes` are what is in the way of approving it now; a hold has its rooms, so nothing is.
    """

    view: SessionView
    powers: Powers
    requester: str = ""
    clashes: tuple[Clash, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for a decision, by start, and how the viewer's own requests of late ended, newest first."""

    waiting: tuple[Asked, ...]
    ended: tuple[Asked, ...] = ()
