"""A session's life in a real browser: every new page accessible and within the window, and answered by a phone."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import Connection

from jicanet.core.actor import CONSOLE, Role
from jicanet.people import service as people
from jicanet.people import store as users
from jicanet.people.domain.model import NewUser, user_actor
from jicanet.scheduler import service, store
from jicanet.scheduler.domain.model import (
    BookingRequest,
    GuestRequest,
    JoinDetails,
    LinkRequest,
    PersonRequest,
    SeatRequest,
    WallStart,
)
from jicanet.scheduler.domain.tokens import organiser_token
from jicanet.scheduler.domain.words import Answer, PersonRole, Status
from jicanet.services import Services
from tests.browser.test_first_pages import faults
from tests.support.browser import FAR_APART, LOOKS, NARROW, PHONE, open_page, sideways_scroll
from tests.support.reference import COORDINATOR, Site

pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

OPERATOR = "kim@example.org"
JOIN = JoinDetails(url="https://meet.example.org/course", sip="437@bridge.example.org", pin="4071")


@dataclass(frozen=True)
class Life:
    """The whole site with sessions in every state, and the secret addresses of one of them."""

    site: Site
    refs: dict[str, str]
    answers: dict[str, str]

    def url(self, path: str) -> str:
        return str(self.site.client.make_url(path))

    @property
    def services(self) -> Services:
        return self.site.services

    async def seat(self, name: str, code: str) -> tuple[str, bool, str]:
        view = await service.session(self.services, CONSOLE, self.refs[name])
        found = next(each for each in view.stored.seats if each.station == code)
        return found.answer.value, found.withdrawn, found.words


def request(title: str, *codes: str, start: str = "2026-12-16T15:00", **changes: Any) -> BookingRequest:
    asked = BookingRequest(
        title=title,
        host="JPN-TIC",
        stations=tuple(SeatRequest(station=code) for code in codes),
        start=WallStart(local=datetime.fromisoformat(start), zone="Asia/Tokyo"),
        minutes=90,
        setup_minutes=15,
        join=JOIN,
    )
    return replace(asked, **changes)


PEOPLE = (
    PersonRequest(
        role=PersonRole.LECTURER,
        name="Prof. Tanaka",
        email="tanaka@u.example",
        zone="Asia/Tokyo",
        language="ja",
    ),
)
GUESTS = (
    GuestRequest(
        organisation="Bangladesh Agricultural University",
        city="Mymensingh",
        zone="Asia/Dhaka",
        email="bau@u.example",
        contact="Dr. Rahman",
        telephone="+880 91 67401",
    ),
)
FORWARDED = (
    "From: somebody-with-a-rather-long-address@elsewhere.example\r\nTo: {to}\r\nSubject: Re: Invitation\r\n"
    "Message-ID: <1@elsewhere.example>\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n"
    "DTSTAMP:20261201T000000Z\r\nDTSTART:20261216T060000Z\r\nSEQUENCE:0\r\n"
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:{mailbox}\r\nCOMMENT:I take it over\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
async def life(site: Site) -> Life:
    services = site.services
    boss = await people.act_as(services, COORDINATOR)
    new = NewUser(
        email=OPERATOR,
        name="Kim",
        telephone="+84 24",
        roles=frozenset({Role.OPERATOR}),
        stations=frozenset({"VNM-HAN"}),
    )
    now = services.clock.now()
    kim = user_actor(await services.database.write(lambda db: users.add_user(db, new, now=now)))

    async def book(asked: BookingRequest, by: Any = boss) -> str:
        return (await service.book_session(services, by, asked)).ref

    refs = {
        "stands": await book(
            request(
                "Remote Sensing and GIS, day 5",
                "BGD-DAC",
                "VNM-HAN",
                "KEN-NBO",
                people=PEOPLE,
                guest_sites=GUESTS,
                quorum=3,
                materials=(LinkRequest(material="JN-M025"),),
            )
        ),
        "lost": await book(
            replace(
                request("Maternal and Child Health Handbook", start="2026-12-17T13:00"),
                stations=(SeatRequest(station="LAO-VTE", required=True), SeatRequest(station="PHL-MNL")),
            )
        ),
        "held": await book(request("5S and KAIZEN", "PER-LIM", start="2026-12-02T21:00", status=Status.HOLD)),
        "gone": await book(request("Smallholder horticulture", "KEN-NBO", start="2026-12-18T15:00")),
        "asked": await book(request("Test call", "JPN-TIC", host="VNM-HAN", start="2026-12-15T11:00"), kim),
    }
    await service.answer_seat(
        services, boss, refs["stands"], "KEN-NBO", answer=Answer.DECLINED, words="power cut until noon"
    )
    await service.answer_seat(services, boss, refs["stands"], "JPN-TIC", answer=Answer.ACCEPTED)
    await service.answer_seat(services, boss, refs["lost"], "LAO-VTE", answer=Answer.DECLINED)
    await service.cancel_session(services, boss, refs["gone"], "The lecturer is ill.")
    answers = await secret_addresses(services, refs["stands"])
    await hear_from_a_stranger(services, refs["stands"], answers["BGD-DAC"])
    return Life(site=site, refs=refs, answers=answers)


async def secret_addresses(services: Services, ref: str) -> dict[str, str]:
    key = services.settings.secret_key
    assert key is not None
    secret = key.get_secret_value().encode()

    def query(db: Connection) -> dict[str, str]:
        found = store.session_by_ref(db, ref)
        assert found is not None
        return {
            part: f"/answer/{organiser_token(secret, found.session.uid, each.address)}"
            for each in store.recipients(db, found)
            for part in each.parts
        }

    return await services.database.read(query)


async def hear_from_a_stranger(services: Services, ref: str, path: str) -> None:
    view = await service.session(services, CONSOLE, ref)
    raw = FORWARDED.format(
        to=f"sessions+{path.rpartition('/')[2]}@{services.settings.mail_domain}",
        uid=view.session.uid,
        mailbox=view.stations["BGD-DAC"].mailbox,
    )
    await service.ingest(services, raw.encode())
    await service.ingest(services, b"From: a@b.example\r\nMessage-ID: <2@b>\r\n\r\nWe will be late.\r\n")


async def sign_in(page: Page, life: Life, email: str) -> None:
    link = await people.new_sign_in_link(life.services, email)
    await page.goto(life.url(link.removeprefix("http://jicanet.test")))
    await page.get_by_role("main").get_by_role("button").click()
    await page.wait_for_url(life.url("/"))


def answer_paths(life: Life) -> tuple[str, ...]:
    return (
        life.answers["BGD-DAC"],
        f"{life.answers['BGD-DAC']}?answer=declined",
        life.answers["JPN-TIC"],
        life.answers["KEN-NBO"],
        life.answers["guest/bau@u.example"],
        life.answers["person/tanaka@u.example"],
        "/answer/nothing",
    )


def coordinator_paths(life: Life) -> tuple[str, ...]:
    stands = f"/sessions/{life.refs['stands']}"
    return (
        "/",
        "/requests",
        "/replies",
        "/replies?all=1",
        *(f"/sessions/{ref}" for ref in life.refs.values()),
        f"{stands}/cancel",
        f"{stands}/message",
        f"{stands}/add",
        f"{stands}/add?part=PER-LIM",
        f"{stands}/add?part=PHL-MNL",
        f"{stands}/answer?part=BGD-DAC",
        f"{stands}/answer?part=guest-1",
        f"{stands}/answer?part=person-1",
        f"{stands}/remove?part=KEN-NBO",
        f"/sessions/{life.refs['gone']}/restore",
        f"/sessions/{life.refs['asked']}/refuse",
    )


async def test_answer_pages_are_accessible_and_fit_in_every_look(browser: Browser, life: Life) -> None:
    wrong: dict[str, list[str]] = {}
    for look in LOOKS:
        async with open_page(browser, look) as page:
            for path in answer_paths(life):
                mark = "&" if "?" in path else "?"
                if found := await faults(page, life.url(f"{path}{mark}lang={look.language}")):
                    wrong[f"{path} {look}"] = found
    assert wrong == {}


async def test_a_coordinators_pages_are_accessible_and_fit(browser: Browser, life: Life) -> None:
    wrong: dict[str, list[str]] = {}
    for look in FAR_APART:
        async with open_page(browser, look) as page:
            await sign_in(page, life, COORDINATOR)
            await page.goto(life.url(f"/?lang={look.language}"))
            for path in coordinator_paths(life):
                if found := await faults(page, life.url(path)):
                    wrong[f"{path} {look}"] = found
                assert await page.locator("html").get_attribute("lang") == look.language
    assert wrong == {}


async def test_nothing_is_wider_than_the_narrowest_phone(browser: Browser, life: Life) -> None:
    wider = {}
    for look in NARROW:
        async with open_page(browser, look) as page:
            await sign_in(page, life, COORDINATOR)
            await page.goto(life.url(f"/?lang={look.language}"))
            for path in (*answer_paths(life), *coordinator_paths(life)):
                await page.goto(life.url(path))
                if pixels := await sideways_scroll(page):
                    wider[f"{path} {look.language}"] = pixels
    assert wider == {}


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no_script"])
@pytest.mark.parametrize("language", ["en", "ja"])
async def test_a_site_declines_by_the_link_in_its_mail_on_a_phone(
    browser: Browser, life: Life, has_script: bool, language: str
) -> None:
    decline, said = {
        "en": ("Decline", "You declined on"),
        "ja": ("不参加", "「不参加」と回答しました"),
    }[language]
    path = f"{life.answers['BGD-DAC']}?answer=declined&lang={language}"
    async with open_page(browser, replace(PHONE, language=language, has_script=has_script)) as page:
        await page.goto(life.url(path))
        assert await life.seat("stands", "BGD-DAC") == ("needs-action", False, "")
        button = page.get_by_role("button", name=decline, exact=True)
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 300
        await page.get_by_role("textbox").fill("停電 power cut")
        await button.click()

        await expect(page.get_by_role("main")).to_contain_text(said)
        await expect(page.get_by_role("main")).to_contain_text("停電 power cut")
        assert await page.locator("html").get_attribute("lang") == language
        assert await life.seat("stands", "BGD-DAC") == ("declined", True, "停電 power cut")
        await page.reload()
        await expect(page.get_by_role("main")).to_contain_text(said)


async def test_a_coordinator_removes_who_declined_and_approves_who_asked_without_script(
    browser: Browser, life: Life
) -> None:
    async with open_page(browser, replace(PHONE, has_script=False)) as page:
        await sign_in(page, life, COORDINATOR)
        await page.goto(life.url(f"/sessions/{life.refs['stands']}"))
        await page.get_by_role("link", name="Remove Nairobi and tell the others").click()
        await page.get_by_role("button", name="Remove and tell the others").click()
        await expect(page.get_by_role("main")).to_contain_text("Changed.")
        view = await service.session(life.services, CONSOLE, life.refs["stands"])
        assert "KEN-NBO" not in view.stored.codes

        await page.get_by_role("link", name="Requests").click()
        await page.get_by_role("button", name="Approve").click()
        await expect(page.get_by_role("main")).to_contain_text("Approved. 2 invitations are on their way.")


async def test_an_operator_answers_for_the_own_station_without_script(browser: Browser, life: Life) -> None:
    async with open_page(browser, replace(PHONE, has_script=False)) as page:
        await sign_in(page, life, OPERATOR)
        await page.goto(life.url(f"/sessions/{life.refs['stands']}"))
        await page.get_by_role("link", name="Answer for Hanoi").click()
        await page.get_by_role("button", name="Accept", exact=True).click()
        await expect(page.get_by_role("main")).to_contain_text("Stored: Hanoi, Accepted.")
    assert await life.seat("stands", "VNM-HAN") == ("accepted", False, "")


async def test_a_coordinator_looks_adds_and_answers_for_a_guest_without_script(
    browser: Browser, life: Life
) -> None:
    async with open_page(browser, replace(PHONE, has_script=False)) as page:
        await sign_in(page, life, COORDINATOR)
        await page.goto(life.url(f"/sessions/{life.refs['stands']}"))
        await page.get_by_role("link", name="Add a station").click()
        await page.get_by_label("Station").select_option("PER-LIM")
        await page.get_by_role("button", name="Check").click()
        await expect(page.get_by_role("region", name="What it comes to")).to_contain_text("Lima")
        view = await service.session(life.services, CONSOLE, life.refs["stands"])
        assert "PER-LIM" not in view.stored.codes
        button = page.get_by_role("button", name="Add and send")
        count = re.sub(r"\D", "", await button.inner_text())
        assert count != ""
        await button.click()
        await expect(page.get_by_role("main")).to_contain_text(f"Changed. {count} mails are on their way.")

        row = page.get_by_role("row").filter(has_text="Bangladesh Agricultural University")
        await row.get_by_role("link", name="Answer").click()
        await page.get_by_role("button", name="Accept", exact=True).click()
        await expect(page.get_by_role("main")).to_contain_text(
            "Stored: Bangladesh Agricultural University, Accepted."
        )
