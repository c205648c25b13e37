"""The reading of invariants sees what is broken: each fault that is planted is told, and nothing before."""

import pytest
from sqlalchemy import text

from jicanet.core.actor import CONSOLE
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import ANY, answer_seat, book_session, cancel_session, change_session
from jicanet.services import Services
from tests.support.booking import at
from tests.support.invariants import broken
from tests.support.sessions import found_network, sites

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FAULTS = {
    "UPDATE seat SET occupied_to = '2026-12-16 09:00:00.000000' WHERE session_id = 1": "is taken twice",
    "UPDATE bridge SET ports = 2": "uses 3 of 2 ports",
    "UPDATE session SET ports = 1 WHERE id = 1": "has 3 sites and 1 ports",
    "DELETE FROM session_snapshot WHERE revision = 2 AND session_id = 1": "has the pictures",
    "UPDATE seat SET live = 0 WHERE id = 2": "seats that say otherwise",
    "UPDATE session SET quorum = 4 WHERE id = 1": "has the reasons",
    "UPDATE session SET status = 'needs-attention' WHERE id = 1": "is needs-attention with {}",
    "UPDATE outbox SET sequence = 9 WHERE id = 1": "SEQUENCE falls",
    "UPDATE outbox SET dtstamp = '2026-12-31 00:00:00.000000' WHERE id = 1": "DTSTAMP does not rise",
    "UPDATE outbox SET kind = 'cancel' WHERE id = 1": "comes back by the same SEQUENCE",
    "UPDATE session SET status = 'cancelled' WHERE id = 2": "(cancelled) was told last: request",
    "UPDATE recipient SET sequence = 7": "kept with another mail",
    "UPDATE session SET counter = 0 WHERE id = 2": "was told more than SEQUENCE 0",
    "UPDATE seat SET recipient_id = NULL WHERE id = 1": "was never told",
}


@pytest.fixture
async def lived(services: Services) -> Services:
    """Three sessions in a row that have been through something."""
    await found_network(services)
    starts = [at(f"2026-12-16T{clock}") for clock in ("15:00", "16:30", "18:00")]
    first, second, third = [
        (await book_session(services, CONSOLE, sites("VNM-HAN", "BGD-DAC", start=each))).ref
        for each in starts
    ]
    await change_session(services, CONSOLE, first, {"title": "Day 5"}, match=ANY)
    await answer_seat(services, CONSOLE, second, "VNM-HAN", answer=Answer.DECLINED)
    await answer_seat(services, CONSOLE, second, "VNM-HAN", answer=Answer.ACCEPTED)
    await cancel_session(services, CONSOLE, third, "No need")
    return services


async def test_nothing_is_told_of_what_is_whole(lived: Services) -> None:
    assert await broken(lived.database) == []


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_planted_fault_is_told(lived: Services, fault: str) -> None:
    await lived.database.write(lambda db: db.execute(text(fault)) and None)
    told = await broken(lived.database)
    assert any(FAULTS[fault] in each for each in told), told
