"""A clock that stands still until it is told to move."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Tells the instant it was set to."""

    def __init__(self, now: datetime = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)
