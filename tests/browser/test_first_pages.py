"""The first pages in a real browser: accessible, light, within the window, whole without script."""

import gzip
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from jicanet.app import renderers
from jicanet.mail.delivery import deliver
from jicanet.people import service as people
from tests.support.browser import LOOKS, NARROW, Look, axe_findings, open_page, sideways_scroll
from tests.support.reference import COORDINATOR, Site

pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

MOST_BYTES = 50_000  # performance.md, G: compressed, with the style sheet
BODY: dict[str, Any] = {
    "title": "Remote Sensing and GIS, day 4: examination",
    "kind": "course-day",
    "host": "JPN-TIC",
    "stations": ["KEN-NBO", "LKA-CMB", "THA-BKK", "PER-LIM"],
    "start": {"local": "2026-12-01T15:00", "zone": "Asia/Tokyo"},
    "minutes": 210,
    "setup_minutes": 15,
    "visibility": "public",
    "materials": ["JN-M025", {"material": "JN-M026", "kind": "shown", "start": 5, "end": 35}],
    "join": {"url": "https://meet.example.org/course", "sip": "437@bridge.example.org", "pin": "4071"},
}


@dataclass(frozen=True)
class Booked:
    """The whole site with one public session and one for the network."""

    site: Site
    ref: str
    hidden_ref: str

    def url(self, path: str) -> str:
        return str(self.site.client.make_url(path))

    @property
    def paths(self) -> tuple[str, ...]:
        return (
            "/",
            "/sign-in",
            f"/sessions/{self.ref}",
            "/stations",
            "/library",
            "/library?q=water",
            "/library?q=nothing-like-it",
            "/library/JN-M001",
            "/library/JN-M004",
            "/nowhere",
        )


@pytest.fixture
async def booked(site: Site) -> Booked:
    public = await (await site.book(BODY)).json()
    hidden = await (
        await site.book(
            {
                **BODY,
                "title": "Only for the network",
                "visibility": "network",
                "host": "JPN-HQ",
                "stations": ["VNM-HAN"],
            }
        )
    ).json()
    await deliver(site.services, renderers(), worker="test")
    return Booked(site, public["ref"], hidden["ref"])


async def sign_in(page: Page, booked: Booked) -> None:
    """Sign in as a person does: open the link, press the button."""
    link = await people.new_sign_in_link(booked.site.services, COORDINATOR)
    await page.goto(booked.url(link.removeprefix("http://jicanet.test")))
    await page.get_by_role("main").get_by_role("button").click()
    await page.wait_for_url(booked.url("/"))


async def faults(page: Page, url: str) -> list[str]:
    """Return what is wrong with a page; the script of axe is the only one that runs."""
    said: list[str] = []
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on(
        "request",
        lambda request: said.append(f"script: {request.url}") if request.resource_type == "script" else None,
    )
    await page.goto(url)
    found = await axe_findings(page)
    wider = await sideways_scroll(page)
    expected = [words for words in said if "404 (Not Found)" not in words]
    return [*expected, *found, *([f"wider by {wider} px"] if wider else [])]


async def test_pages_are_accessible_and_fit_in_every_look(browser: Browser, booked: Booked) -> None:
    wrong: dict[str, list[str]] = {}
    for look in LOOKS:
        async with open_page(browser, look) as page:
            for path in booked.paths:
                if found := await faults(page, booked.url(path)):
                    wrong[f"{path} {look}"] = found
    assert wrong == {}


async def test_pages_fit_the_narrowest_phone(browser: Browser, booked: Booked) -> None:
    wider = {}
    for look in NARROW:
        async with open_page(browser, look) as page:
            for path in booked.paths:
                await page.goto(booked.url(path))
                if pixels := await sideways_scroll(page):
                    wider[f"{path} {look.language}"] = pixels
    assert wider == {}


async def test_pages_of_a_signed_in_coordinator_are_accessible(browser: Browser, booked: Booked) -> None:
    wrong: dict[str, list[str]] = {}
    for look in (Look(), Look(width=390, height=844, language="ja", is_dark=True)):
        async with open_page(browser, look) as page:
            await sign_in(page, booked)
            # A user's own language goes before the browser's: it is chosen as people choose it.
            await page.goto(booked.url(f"/?lang={look.language}"))
            for path in ("/", f"/sessions/{booked.ref}", f"/sessions/{booked.hidden_ref}", "/dev/mailbox"):
                if found := await faults(page, booked.url(path)):
                    wrong[f"{path} {look}"] = found
    assert wrong == {}


async def test_pages_are_light(booked: Booked) -> None:
    heavy = {}
    for path in booked.paths:
        answer = await booked.site.client.get(
            path, headers={"Accept-Encoding": "identity", "Accept": "text/html"}
        )
        page = await answer.read()
        start = page.index(b'href="/static/') + len(b'href="')
        sheet = await booked.site.client.get(page[start : page.index(b'"', start)].decode())
        weight = len(gzip.compress(page)) + len(gzip.compress(await sheet.read()))
        if weight > MOST_BYTES:
            heavy[path] = weight
    assert heavy == {}


async def test_sign_in_by_link_without_script_shows_what_strangers_do_not_see(
    browser: Browser, booked: Booked
) -> None:
    async with open_page(browser, Look(has_script=False)) as page:
        stranger = await page.goto(booked.url(f"/sessions/{booked.hidden_ref}"))
        assert stranger is not None
        assert stranger.status == 404
        await page.goto(booked.url(f"/sessions/{booked.ref}"))
        assert "meet.example.org" not in await page.content()
        await sign_in(page, booked)
        await page.goto(booked.url(f"/sessions/{booked.hidden_ref}"))
        assert await page.get_by_role("heading", level=1).inner_text() == "Only for the network"
        assert "meet.example.org" in await page.content()


async def test_session_page_says_each_sites_own_time(browser: Browser, booked: Booked) -> None:
    async with open_page(browser, Look(has_script=False)) as page:
        await page.goto(booked.url(f"/sessions/{booked.ref}"))
        words = await page.get_by_role("main").inner_text()
        for clocks in ("15:00–18:30", "13:00–16:30", "11:30–15:00", "09:00–12:30", "01:00–04:30"):
            assert clocks in words.replace("\n", ""), clocks
        assert "Remote Sensing (JICA-Net distance education course)" in words


async def test_language_and_zone_follow_the_viewer(browser: Browser, booked: Booked) -> None:
    async with open_page(browser, Look(has_script=False)) as page:
        await page.goto(booked.url("/"))
        await page.get_by_role("link", name="日本語").click()
        assert await page.locator("html").get_attribute("lang") == "ja"
        await page.goto(booked.url("/stations"))
        assert await page.locator("html").get_attribute("lang") == "ja"
        await page.goto(booked.url("/?zone=Pacific/Fiji&lang=en"))
        await page.goto(booked.url(f"/sessions/{booked.ref}"))
        # 06:00Z is 18:00 in Suva: the hero is on the viewer's clock.
        assert "18:00" in await page.get_by_role("main").inner_text()
        assert "12:00 Fiji" in (await page.get_by_role("banner").inner_text()).replace("\n", " ")
