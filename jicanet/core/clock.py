"""The one place that reads the wall clock."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant; tests put a fake in its place."""

    def now(self) -> datetime:
        """Return the present instant as an aware UTC datetime."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant as an aware UTC datetime."""
        return datetime.now(UTC)
