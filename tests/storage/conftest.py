"""What the storage tests share."""

from collections.abc import Iterator

import pytest

from jicanet.storage import Database
from tests.support.forked import Forks
from tests.support.places import make_places


@pytest.fixture
async def places(database: Database) -> Database:
    """A database with the table that rivals fight for."""
    await make_places(database)
    return database


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """What runs commands without reading the program's modules each time."""
    forks = Forks()
    yield forks
    forks.close()
