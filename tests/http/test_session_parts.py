"""Answering for guest sites and people on the session's pages: who may, and no address where it does not belong."""

import logging
import re
from collections.abc import Mapping
from typing import Any

import pytest

from jicanet.core.actor import STRANGER, Actor, Role
from jicanet.scheduler.domain.model import GuestRequest, PersonRequest
from jicanet.scheduler.domain.words import Answer, PersonRole, Status, Via, Visibility
from jicanet.scheduler.service import ANY, answer_seat, change_session, session
from jicanet.services import Services
from tests.support.acts import HEADERS, address, book, browser, look, send, spoken
from tests.support.sessions import counts, found_network, user
from tests.support.web import Client

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

GUEST = GuestRequest(
    organisation="Kathmandu University", city="Dhulikhel", zone="Asia/Kathmandu", email="gis@ku.example"
)
PERSON = PersonRequest(
    role=PersonRole.INTERPRETER, name="Prof. Tanaka", email="tanaka@u.example", zone="America/Lima"
)
ADDRESSES = (GUEST.email, PERSON.email)


async def invite(services: Services, hana: Actor, **changes: Any) -> str:
    return await book(services, hana, "VNM-HAN", **{"guest_sites": (GUEST,), "people": (PERSON,), **changes})


async def standing(services: Services, hana: Actor, ref: str) -> Mapping[str, tuple[str, bool, str]]:
    parts = (await session(services, hana, ref)).stored.parts
    return {part.key: (part.answer.value, part.live, part.words) for part in parts}


def addresses_in(html: str) -> list[str]:
    """Return what stands in links, forms and titles, mail links aside."""
    return [
        text
        for text in re.findall(r'(?:href|action|value)="([^"]*)"|<title>(.*?)</title>', html)
        for text in text
        if not text.startswith("mailto:")
    ]


async def test_a_coordinator_answers_for_a_guest_site_and_asks_it_again(
    client: Client, services: Services, hana: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ref = await invite(services, hana)
    path = f"/sessions/{ref}"
    assert f'<a href="{path}/answer?part=guest-1">Answer</a>' in await look(client, path)
    html = await look(client, f"{path}/answer?part=guest-1")
    assert (
        "Answer for Kathmandu University Dhulikhel, guest site · No answer Wednesday 16 December 2026 "
        "11:45 –13:15 in Dhulikhel UTC+05:45" in spoken(html)
    )
    assert f'href="{path}/remove?part=guest-1">Remove Kathmandu University</a>' in html
    assert "Ask again" not in html

    form = {"part": "guest-1", "answer": "accepted", "words": "by telephone"}
    said = await send(client, f"{path}/answer", form)
    assert "Stored: Kathmandu University, Accepted." in said
    assert "Accepted on a page Kathmandu University by Hana · by telephone" in said
    assert (await standing(services, hana, ref))["guest/gis@ku.example"] == ("accepted", True, "by telephone")

    form = {"part": "guest-1", "answer": "declined", "words": "no power"}
    said = await send(client, f"{path}/answer", form)
    assert "Stored: Kathmandu University declined." in said
    html = await look(client, path)
    assert "Kathmandu University declined, today 09:00." in spoken(html)
    assert "Ask Kathmandu University again" in html
    assert "Ask again" in await look(client, f"{path}/answer?part=guest-1")
    said = await send(client, f"{path}/answer", {"part": "guest-1", "answer": "needs-action"})
    assert "Kathmandu University is asked again." in said
    assert (await standing(services, hana, ref))["guest/gis@ku.example"] == ("needs-action", True, "")
    assert not [each for each in ADDRESSES if each in caplog.text]


async def test_a_coordinator_answers_for_a_person_by_the_persons_own_clock(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await invite(services, hana)
    path = f"/sessions/{ref}"
    said = spoken(await look(client, f"{path}/answer?part=person-1"))
    assert (
        "Answer for Prof. Tanaka Interpreter · No answer Wednesday 16 December 2026 01:00 –02:30 in Lima"
        in said
    )
    form = {"part": "person-1", "answer": "declined", "words": "ill"}
    assert "Stored: Prof. Tanaka declined." in await send(client, f"{path}/answer", form)
    html = await look(client, path)
    assert "Interpreter – Prof. Tanaka Declined Today 09:00 · ill" in spoken(html)
    again = '<input type="hidden" name="part" value="person-1">\n<input type="hidden" name="answer" value="needs-action">'
    assert html.count(re.sub(r"\n", "\n\n", again)) + html.count(again) >= 1
    said = await send(client, f"{path}/answer", {"part": "person-1", "answer": "needs-action"})
    assert "Prof. Tanaka is asked again." in said
    assert (await standing(services, hana, ref))["person/tanaka@u.example"] == ("needs-action", True, "")


async def test_no_address_stands_in_a_link_a_form_or_a_title(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await invite(services, hana)
    await answer_seat(services, hana, ref, GUEST.email, answer=Answer.DECLINED)
    path = f"/sessions/{ref}"
    for page in (path, f"{path}/answer?part=guest-1", f"{path}/answer?part=person-1"):
        found = addresses_in(await look(client, page))
        assert found
        assert not [text for text in found if "@" in text], page
    for part in ("guest-1", "person-1"):
        html = await look(client, f"{path}/answer?part={part}")
        assert not [each for each in ADDRESSES if each in html]


async def test_nobody_else_answers_for_them_and_learns_no_address(services: Services, hana: Actor) -> None:
    ref = await invite(services, hana, visibility=Visibility.PUBLIC)
    path = f"/sessions/{ref}/answer"
    own = await user(services, PERSON.email, roles=[])
    operator = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    elsewhere = await user(
        services, "centre@example.org", roles=[Role.CENTRE_COORDINATOR], stations=["VNM-HAN"]
    )
    before = await counts(services)
    for actor in (own, operator, elsewhere, STRANGER):
        wanted = 403 if actor.is_known else 401
        async with browser(services, actor) as client:
            html = await look(client, f"/sessions/{ref}")
            assert "part=guest-1" not in html
            assert "part=person-1" not in html
            for part in ("guest-1", "person-1"):
                said = await look(client, f"{path}?part={part}", wanted)
                said += await send(client, path, {"part": part, "answer": "declined"}, wanted)
                assert not [each for each in ADDRESSES if each in said.replace(actor.email or "-", "")]
    assert await counts(services) == before
    async with browser(services, operator) as client:
        said = spoken(await look(client, f"{path}?part=person-1", 403))
    assert "Prof. Tanaka answers by the link in the mail, or by the coordinators." in said


async def test_the_hosts_own_centre_answers_for_the_guests_of_its_session(
    services: Services, hana: Actor
) -> None:
    ref = await invite(services, hana)
    centre = await user(services, "centre@example.org", roles=[Role.CENTRE_COORDINATOR], stations=["JPN-TIC"])
    async with browser(services, centre) as client:
        said = await send(
            client, f"/sessions/{ref}/answer", {"part": "person-1", "answer": "tentative", "words": ""}
        )
    assert "Stored: Prof. Tanaka, Tentative." in said


async def test_an_address_names_nobody_on_a_page(client: Client, services: Services, hana: Actor) -> None:
    ref = await invite(services, hana)
    before = await counts(services)
    for part in ("gis@ku.example", "guest/gis@ku.example", "guest-2", "person-0", "guest--1", "guest-01"):
        assert "has no seat in" in await look(client, f"/sessions/{ref}/answer?part={part}", 404)
        await send(client, f"/sessions/{ref}/answer", {"part": part, "answer": "declined"}, 404)
    assert await counts(services) == before


async def test_two_with_one_address_answer_apart_and_the_removed_one_not_at_all(
    client: Client, services: Services, hana: Actor
) -> None:
    shared = PersonRequest(role=PersonRole.MODERATOR, name="Dr. Thapa", email=GUEST.email, zone=GUEST.zone)
    ref = await invite(services, hana, people=(shared,))
    path = f"/sessions/{ref}/answer"
    await send(client, path, {"part": "person-1", "answer": "accepted", "words": "mine"})
    assert await standing(services, hana, ref) == {
        "JPN-TIC": ("needs-action", True, ""),
        "VNM-HAN": ("needs-action", True, ""),
        "guest/gis@ku.example": ("needs-action", True, ""),
        "person/gis@ku.example": ("accepted", True, "mine"),
    }
    await change_session(services, hana, ref, {"guest_sites": ()}, match=ANY)
    gone = await send(client, path, {"part": "guest-1", "answer": "declined"}, 409)
    assert "does not take part" in gone
    await send(client, path, {"part": "person-1", "answer": "tentative"})
    # By the address alone the one that is listed is meant.
    await answer_seat(services, hana, ref, GUEST.email, answer=Answer.DECLINED, via=Via.API)
    assert (await standing(services, hana, ref))["person/gis@ku.example"] == ("declined", False, "")


async def test_a_guest_that_declined_comes_back_only_where_a_port_is_free(
    services: Services,
) -> None:
    await found_network(services, ports=3)
    hana = await user(services)
    ref = await book(services, hana, "VNM-HAN", guest_sites=(GUEST,))
    async with browser(services, hana) as client:
        path = f"/sessions/{ref}/answer"
        await send(client, path, {"part": "guest-1", "answer": "declined"})
        await book(services, hana, host="KEN-NBO")
        form = {"part": "guest-1", "answer": "accepted", "words": "kept <b>"}
        full = await send(client, path, form, 409)
        assert "The bridge has too few ports at that time." in full
        assert "kept &lt;b&gt;" in full
        again = await send(client, path, {"part": "guest-1", "answer": "needs-action"}, 409)
        assert "The bridge has too few ports at that time" in again


async def test_of_what_is_only_asked_for_nobody_is_answered_for(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await invite(services, hana, status=Status.REQUESTED)
    html = await look(client, f"/sessions/{ref}")
    assert "/answer?part=" not in html
    assert f'href="/sessions/{ref}/remove?part=guest-1"' in html
    await look(client, f"/sessions/{ref}/answer?part=guest-1", 409)


async def test_who_was_answered_for_reads_it_on_the_own_page(
    client: Client, services: Services, hana: Actor
) -> None:
    ref = await invite(services, hana)
    await send(client, f"/sessions/{ref}/answer", {"part": "person-1", "answer": "accepted"})
    page = await client.get(await address(services, ref, f"person/{PERSON.email}"), headers=HEADERS)
    assert "Recorded for you on" in spoken(await page.text())


async def test_the_pages_speak_japanese(client: Client, services: Services, hana: Actor) -> None:
    ref = await invite(services, hana)
    said = spoken(await look(client, f"/sessions/{ref}/answer?part=person-1&lang=ja"))
    assert "Prof. Tanakaの回答" in said
    assert "通訳" in said
