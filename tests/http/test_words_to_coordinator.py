"""A word to the coordinator: read by those who manage the session and by those who wrote it, by nobody else."""

import pytest

from jicanet.core.actor import STRANGER, Actor, Role
from jicanet.scheduler.domain.model import PersonRequest
from jicanet.scheduler.domain.words import Answer, PersonRole, Via, Visibility
from jicanet.scheduler.render.answers import session_json
from jicanet.scheduler.service import answer_by_token, answer_seat, session
from jicanet.services import Services
from tests.support.acts import address, book, browser, look
from tests.support.sessions import found_network, user

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MURAI = PersonRequest(
    role=PersonRole.LECTURER, name="Murai", email="murai@example.org", zone="Asia/Tokyo", language="en"
)


async def words_of(services: Services, actor: Actor, ref: str) -> dict[str, str]:
    seats = session_json(await session(services, actor, ref))["seats"]
    return {seat["station"]: seat["words"] for seat in seats if seat["words"]}


async def test_words_are_shown_to_the_coordinator_and_the_own_part_alone(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    hanoi = await user(services, "hanoi@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    dhaka = await user(services, "dhaka@example.org", roles=[Role.OPERATOR], stations=["BGD-DAC"])
    murai = await user(services, "murai@example.org", roles=[])
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC", visibility=Visibility.PUBLIC, people=(MURAI,))
    await answer_seat(
        services, hanoi, ref, "VNM-HAN", answer=Answer.DECLINED, words="Our secret", via=Via.PAGE
    )
    token = (await address(services, ref, "person/murai@example.org")).rpartition("/")[2]
    await answer_by_token(services, token, Answer.TENTATIVE, "My dentist")

    for actor, secret, dentist in (
        (hana, True, True),
        (hanoi, True, False),
        (dhaka, False, False),
        (murai, False, True),
        (STRANGER, False, False),
    ):
        assert await words_of(services, actor, ref) == ({"VNM-HAN": "Our secret"} if secret else {})
        async with browser(services, actor) as client:
            html = await look(client, f"/sessions/{ref}")
        assert ("Our secret" in html, "My dentist" in html) == (secret, dentist), actor.name

    done = await answer_seat(services, dhaka, ref, "BGD-DAC", answer=Answer.ACCEPTED, words="We come")
    heard = {seat["station"]: seat["words"] for seat in done.body["seats"]}
    assert heard == {"JPN-TIC": "", "VNM-HAN": "", "BGD-DAC": "We come"}
