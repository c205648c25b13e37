"""What the storage tests share."""

import pytest

from jicanet.storage import Database
from tests.support.places import make_places


@pytest.fixture
async def places(database: Database) -> Database:
    """A database with the table that rivals fight for."""
    await make_places(database)
    return database
