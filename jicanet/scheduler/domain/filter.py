"""Which sessions are asked for."""

from dataclasses import dataclass
from datetime import datetime

from jicanet.scheduler.domain.words import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Whom sessions wait for: whoever manages those of these hosts (None: of any), and whoever asked.

    For who asked: what is still asked for. For who manages: whatever is not cancelled.
    """

    hosts: frozenset[str] | None
    requester_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """A part of the list of sessions, by start. Whatever overlaps `start` to `end` counts.

    `statuses` empty: all. `concern` None: whomever they concern. `text`: every word must be in title, reference, purpose or department. `after` is the start and
    row of the last one shown.
    """

    start: datetime | None = None
    end: datetime | None = None
    station: str | None = None
    statuses: frozenset[Status] = frozenset()
    concern: Concern | None = None
    text: str = ""
    after: tuple[datetime, int] | None = None
    limit: int = 50
