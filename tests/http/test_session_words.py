"""What the pages of a session say of it: nothing that is not so, of nobody who is not there."""

import re

import pytest

from jicanet.core.actor import CONSOLE, Actor, Role
from jicanet.scheduler.domain.model import PersonRequest
from jicanet.scheduler.domain.words import Answer, PersonRole, Status
from jicanet.scheduler.service import answer_seat, book_session, confirm_session
from jicanet.services import Services
from tests.support.acts import CSRF, HEADERS, address, book, browser, look, send, spoken
from tests.support.booking import at
from tests.support.sessions import sites, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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


async def decline(client: Client, ref: str, part: str) -> str:
    said = await send(client, f"/sessions/{ref}/answer", {"part": part, "answer": "declined"})
    return said[said.index("Stored: ") :].partition("told.")[0] + "told."


async def test_only_those_are_named_as_told_of_a_decline_whom_a_mail_is_owed_to(
    client: Client, services: Services, hana: Actor
) -> None:
    boss = await user(services, "boss@example.org")
    kim = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    ref = await book(services, boss, "VNM-HAN", "BGD-DAC", coordinator="boss@example.org")
    held = await book(
        services, hana, "VNM-HAN", host="KEN-NBO", status=Status.HOLD, start=at("2026-12-17T15:00")
    )

    async with browser(services, kim) as operator:
        told = await decline(operator, ref, "VNM-HAN")
    assert told == "Stored: Hanoi declined. Host and coordinator are told."
    assert await decline(client, ref, "JPN-TIC") == "Stored: Tokyo declined. The coordinator is told."
    assert await decline(client, held, "VNM-HAN") == "Stored: Hanoi declined. Nobody else has to be told."
    await confirm_session(services, hana, held)
    own = await book(
        services, hana, "VNM-HAN", "BGD-DAC", coordinator="hana@example.org", start=at("2026-12-18T15:00")
    )
    assert await decline(client, own, "BGD-DAC") == "Stored: Dhaka declined. The host is told."


async def test_only_a_site_that_declined_can_be_asked_again(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    for answer, can in ((Answer.ACCEPTED, False), (Answer.TENTATIVE, False), (Answer.DECLINED, True)):
        await answer_seat(services, hana, ref, "VNM-HAN", answer=answer)
        page = await look(client, f"/sessions/{ref}/answer?part=VNM-HAN")
        assert ("Ask again" in page) is can


async def test_a_refusal_says_who_gets_the_words_only_where_somebody_does(
    client: Client, services: Services, hana: Actor
) -> None:
    kim = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    own = await book(services, hana, "VNM-HAN", status=Status.REQUESTED)
    asked = await book(services, kim, host="VNM-HAN", start=at("2026-12-17T11:00"))

    assert "Nobody else asked for it, so nobody gets a mail." in await look(client, f"/sessions/{own}/refuse")
    done = await send(client, f"/sessions/{own}/refuse", {"words": "Not this year."})
    assert "Refused. No mail had to be sent." in done
    assert "Kim gets your words by mail." in await look(client, f"/sessions/{asked}/refuse")
    done = await send(client, f"/sessions/{asked}/refuse", {"words": "Not this year."})
    assert "Refused. Whoever asked gets your words by mail." in done


async def test_restoring_a_request_says_who_gets_a_mail(
    client: Client, services: Services, hana: Actor
) -> None:
    kim = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    own = await book(services, hana, "VNM-HAN", status=Status.REQUESTED)
    asked = await book(services, kim, host="VNM-HAN", start=at("2026-12-17T11:00"))
    for ref, told in (
        (own, "Restored as a request: it was never confirmed."),
        (asked, "Restored as a request. Whoever asked gets a mail."),
    ):
        await send(client, f"/sessions/{ref}/refuse", {"words": "Not this year."})
        before = await look(client, f"/sessions/{ref}/restore")
        assert ("Kim is told by mail." in before, "is told by mail" in before) == (ref == asked,) * 2
        assert told in await send(client, f"/sessions/{ref}/restore", {})
    assert "Word that the request is open again whoever asked" in spoken(
        await look(client, f"/sessions/{asked}")
    )


async def test_the_answer_page_says_who_knows_of_a_decline_and_who_recorded_an_answer(
    client: Client, services: Services, hana: Actor
) -> None:
    named = await book(services, hana, "VNM-HAN", coordinator="hana@example.org")
    request = sites("VNM-HAN", start=at("2026-12-17T15:00"))
    alone = (await book_session(services, CONSOLE, request)).ref
    for ref, known in (
        (named, "Coordinator and host know. Accept brings you back"),
        (alone, "The coordinators and the host know. Accept brings you back"),
    ):
        path = await address(services, ref, "VNM-HAN")
        await client.post(path, data={"answer": "declined", "words": "Power cut."})
        said = spoken(await look(client, path))
        assert "You declined on Tue 1 Dec 07:00." in said
        assert known in said
        assert "“Power cut.”" in said
        assert ">Power cut.</textarea>" not in await look(client, path)
    path = await address(services, named, "JPN-TIC")
    await client.post(path, data={"answer": "declined"})
    assert "コーディネーターに伝えました。" in await look(client, path)

    for answer, words in ((Answer.TENTATIVE, "Tentative"), (Answer.ACCEPTED, "Accepted")):
        await answer_seat(services, hana, alone, "VNM-HAN", answer=answer)
        said = spoken(await look(client, await address(services, alone, "VNM-HAN")))
        assert f"Recorded for you on Tue 1 Dec 07:00: {words}." in said
        assert "You accepted on" not in said


async def test_a_page_that_adds_tells_by_status_who_hears_of_it(
    client: Client, services: Services, hana: Actor
) -> None:
    for status, day, words in (
        (Status.CONFIRMED, 15, "in its own time; the other sites are told."),
        (Status.HOLD, 16, "Nobody is told of a hold."),
        (Status.REQUESTED, 17, "Nobody is invited before it is approved."),
    ):
        ref = await book(services, hana, "VNM-HAN", status=status, start=at(f"2026-12-{day}T15:00"))
        assert words in await look(client, f"/sessions/{ref}/add")


async def test_a_site_that_the_quorum_needs_is_removed_after_the_quorum_is_lowered(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", quorum=2)
    page = await look(client, f"/sessions/{ref}/remove?part=VNM-HAN", 422)
    assert "The quorum must be from 1 to the number of sites, which is 1, not 2." in page
    assert f'<a href="/sessions/{ref}/change">Lower the quorum first</a>' in page


async def test_a_request_that_cannot_be_approved_leads_to_its_change_and_its_refusal(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", status=Status.REQUESTED)
    await book(services, hana, "VNM-HAN", host="KEN-NBO")
    path = f"/sessions/{ref}"
    response = await client.post(f"{path}/confirm", data={"csrf": CSRF}, headers=HEADERS)
    html = await response.text()
    assert response.status == 409
    assert f'<a href="{path}/change">Change</a>' in html
    assert f'<a href="{path}/refuse">Refuse</a>' in html


async def test_of_a_host_that_declined_no_other_site_is_told(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await book(services, hana, "VNM-HAN", "BGD-DAC")
    await answer_seat(services, hana, ref, "JPN-TIC", answer=Answer.DECLINED)
    said = spoken(await look(client, f"/sessions/{ref}"))
    assert "The session stands as it is. No other site has been told." in said


async def test_no_station_is_added_that_nobody_chose(client: Client, services: Services, hana: Actor) -> None:
    ref = await book(services, hana, "VNM-HAN")
    html = await look(client, f"/sessions/{ref}/add")
    assert '<select id="f-part" name="part" required>\n<option value="">Choose a station</option>' in html
    assert not re.search(r'<option value="[A-Z-]+" selected', html)
    assert "Choose a station first." in await send(client, f"/sessions/{ref}/add", {"part": ""}, 422)


async def test_who_takes_part_is_told_where_to_answer(services: Services, hana: Actor) -> None:
    murai = await user(services, "murai@example.org", roles=[])
    person = PersonRequest(
        role=PersonRole.LECTURER, name="Murai", email="murai@example.org", zone="Asia/Tokyo"
    )
    ref = await book(services, hana, "VNM-HAN", people=(person,))
    for actor, told in ((murai, True), (hana, False)):
        async with browser(services, actor) as client:
            said = await look(client, f"/sessions/{ref}")
        assert ("answer by the link in the mail that invited you." in said) is told
