"""Whatever is booked in whatever order: no room twice, no port too many, and a refusal only with a reason.

The database is compared with a plain list of what was booked, minute by minute.
"""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jicanet.core.actor import CONSOLE
from jicanet.core.errors import Conflict
from jicanet.core.intervals import Interval
from jicanet.people.domain.policy import may
from jicanet.scheduler.domain.model import BookingRequest, SeatRequest
from jicanet.scheduler.domain.warnings import minutes_outside, seat_warnings
from jicanet.scheduler.service import book_session
from jicanet.services import Services
from jicanet.settings import Mode, Settings
from jicanet.stations.domain.days import minutes_outside as minutes_outside_judged
from jicanet.storage import open_database
from tests.support.booking import HANOI, ZONES, at, days, request
from tests.support.clock import FakeClock
from tests.support.ids import CountingIds
from tests.support.mailer import CollectingMailer
from tests.support.sessions import found_network, room

PORTS = 5
FIRST = datetime(2026, 12, 16, 15, 0)  # noqa: DTZ001 - a wall time in Tokyo
ROOMS = [room(number).code for number in range(5)]


@dataclass(frozen=True)
class Wish:
    rooms: tuple[str, ...]
    offset: int
    minutes: int
    setup: int
    teardown: int

    @property
    def occupied(self) -> range:
        return range(self.offset - self.setup, self.offset + self.minutes + self.teardown)


WISHES = st.builds(
    Wish,
    rooms=st.lists(st.sampled_from(ROOMS), min_size=1, max_size=3, unique=True).map(tuple),
    offset=st.integers(0, 24).map(lambda step: 5 * step),
    minutes=st.sampled_from([5, 10, 30, 60, 720]),
    setup=st.sampled_from([0, 0, 5, 240]),
    teardown=st.sampled_from([0, 0, 5, 240]),
)
FILES = count()


def may_stand(wish: Wish, booked: list[Wish]) -> bool:
    """Say by counting minutes what the database must say by overlap and peak."""
    for minute in wish.occupied:
        there = [other for other in booked if minute in other.occupied]
        if any(set(wish.rooms) & set(other.rooms) for other in there):
            return False
        if sum(len(other.rooms) for other in there) + len(wish.rooms) > PORTS:
            return False
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("overlaps")


async def play(wishes: list[Wish], path: Path) -> None:
    database = open_database(f"sqlite:///{path}")
    await database.start()
    services = Services(
        database=database,
        clock=FakeClock(),
        ids=CountingIds(),
        settings=Settings(mode=Mode.DEVELOPMENT, data=path.parent, base_url="http://jicanet.test"),
        mailer=CollectingMailer(),
        zones=ZONES,
        may=may,
    )
    try:
        await found_network(services, ports=PORTS, more=[room(number) for number in range(5)])
        booked: list[Wish] = []
        for wish in wishes:
            try:
                await book_session(services, CONSOLE, asked(wish))
            except Conflict:
                assert not may_stand(wish, booked), (wish, booked)
            else:
                assert may_stand(wish, booked), (wish, booked)
                booked.append(wish)
    finally:
        await database.close()


def asked(wish: Wish) -> BookingRequest:
    start = (FIRST + timedelta(minutes=wish.offset)).isoformat()
    host, *others = wish.rooms
    return request(
        host=host,
        stations=tuple(SeatRequest(station=code) for code in others),
        start=at(start),
        minutes=wish.minutes,
        setup_minutes=wish.setup,
        teardown_minutes=wish.teardown,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(WISHES, min_size=2, max_size=10))
def test_bookings_agree_with_a_list_counted_minute_by_minute(
    wishes: list[Wish], sqlite_template: Path, folder: Path
) -> None:
    path = folder / f"{next(FILES)}.db"
    shutil.copy(sqlite_template, path)
    asyncio.run(play(wishes, path))


@settings(max_examples=200, deadline=None)
@given(
    start=st.integers(0, 400 * 288).map(lambda cell: cell * 300),
    minutes=st.integers(5, 720),
    weekend=st.frozensets(st.integers(0, 6), max_size=3),
    zone=st.sampled_from(["Asia/Kathmandu", "Africa/Cairo", "America/Santiago", "Pacific/Apia"]),
)
def test_minutes_outside_follow_from_the_warnings(
    start: int, minutes: int, weekend: frozenset[int], zone: str
) -> None:
    base = int(datetime(2026, 8, 1, tzinfo=UTC).timestamp())
    attended = Interval(base + start, base + start + 60 * minutes)
    hours = days(weekend=weekend)
    warnings = seat_warnings(HANOI, hours, ZONES.get(zone), attended)
    assert minutes_outside(warnings) == minutes_outside_judged(hours, ZONES.get(zone), attended)
