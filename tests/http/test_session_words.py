"""What the pages of a session say of it: nothing that is not so, of nobody who is not there."""

from collections.abc import AsyncIterator

import pytest

from jicanet.core.actor import Actor
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_seat
from jicanet.services import Services
from tests.support.acts import book, browser, look, spoken
from tests.support.sessions import found_network, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services)
    return await user(services)


@pytest.fixture
async def client(services: Services, hana: Actor) -> AsyncIterator[Client]:
    async with browser(services, hana) as client:
        yield client


async def test_the_quorum_stands_beside_those_who_take_part_and_one_port_is_one(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC", quorum=1)
    await answer_seat(services, hana, ref, "VNM-HAN", answer=Answer.DECLINED)

    said = spoken(await look(client, f"/sessions/{ref}"))
    assert "Quorum 1; 2 take part" in said
    assert "2 ports" in said

    await answer_seat(services, hana, ref, "BGD-DAC", answer=Answer.DECLINED)
    said = spoken(await look(client, f"/sessions/{ref}"))
    assert "Quorum 1; 1 takes part" in said
    assert "1 port " in said
