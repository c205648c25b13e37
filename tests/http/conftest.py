"""Who looks at pages: each file says in `hana` what the network holds and who is signed in."""

from collections.abc import AsyncIterator

import pytest

from jicanet.core.actor import Actor, Role
from jicanet.services import Services
from tests.support.acts import browser
from tests.support.sessions import found_network, user
from tests.support.web import Client


@pytest.fixture
async def hana(services: Services) -> Actor:
    """A coordinator over the small network."""
    await found_network(services)
    return await user(services)


@pytest.fixture
async def client(services: Services, hana: Actor) -> AsyncIterator[Client]:
    """The browser in which Hana is signed in."""
    async with browser(services, hana) as client:
        yield client


@pytest.fixture
async def kim(services: Services, hana: Actor) -> Actor:
    """The operator of Hanoi."""
    assert hana
    return await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
