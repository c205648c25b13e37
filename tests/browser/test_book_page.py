"""The booking form in a real browser: accessible in every state, light, within the window, whole without script."""

import gzip
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import pytest
from playwright.async_api import Browser, Page

from jicanet.people import service as people
from tests.support.browser import (
    FAR_APART,
    NARROW,
    PHONE,
    Look,
    axe_findings,
    open_page,
    sideways_scroll,
)
from tests.support.reference import COORDINATOR, Site

pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

MOST_BYTES = 50_000  # performance.md, G: compressed, with the style sheet
COURSE = (
    "/book?station=JPN-TIC&station=VNM-HAN&station=BGD-DAC&station=NPL-KTM&station=KEN-NBO"
    "&start=2026-12-16T15:00&title=Remote+Sensing+and+GIS,+day+5&material=JN-M026"
)


@dataclass(frozen=True)
class Signed:
    """The whole site and a page of it whose owner is signed in."""

    site: Site
    page: Page

    def url(self, path: str) -> str:
        return str(self.site.client.make_url(path))

    async def open(self, path: str) -> None:
        await self.page.goto(self.url(path))

    async def press(self, name: str) -> None:
        """Press a button of the ticket and wait for the page that answers."""
        async with self.page.expect_navigation():
            await self.page.locator("#ticket").get_by_role("button", name=name, exact=True).click()


async def sign_in(site: Site, page: Page, language: str = "en") -> Signed:
    """Sign in as a person does, and choose the language: the user's own comes before the browser's."""
    signed = Signed(site, page)
    link = await people.new_sign_in_link(site.services, COORDINATOR)
    await signed.open(link.removeprefix("http://jicanet.test"))
    await page.get_by_role("main").get_by_role("button").click()
    await page.wait_for_url(signed.url("/"))
    await signed.open(f"/?lang={language}")
    return signed


async def empty(signed: Signed) -> None:
    await signed.open("/book")


async def course(signed: Signed) -> None:
    await signed.open(COURSE)


async def wrong(signed: Signed) -> None:
    """Everything wrong at once: choices at fields, rows of people, what is folded opened by its errors."""
    page = signed.page
    await signed.open(COURSE)
    for folded, button in (("#people", "#f-add_person"), ("#people", "#f-add_guest")):
        if await page.locator(folded).get_attribute("open") is None:
            await page.locator(f"{folded} summary").click()
        async with page.expect_navigation():
            await page.locator(button).click()
    await page.fill("#f-person_name-0", "Dr Rahman")
    await page.fill("#f-person_email-0", "rahman at example")
    await page.fill("#f-guest_organisation-0", "Ministry of Water")
    await page.fill("#f-guest_city-0", "Osaka")
    await page.locator("#more summary").click()
    await page.fill("#f-join_url", "meet.example.org")
    await page.fill("#f-date", "5/6")
    await page.fill("#f-add_station", "Tokyo")
    await page.fill("#f-title", "")
    async with page.expect_navigation():
        await page.locator("button[value=book]").click()


async def taken(signed: Signed) -> None:
    body = {
        "title": "Already there", "host": "JPN-TIC", "stations": ["VNM-HAN"], "minutes": 90,
        "start": {"local": "2026-12-16T14:00", "zone": "Asia/Tokyo"},
    }  # fmt: skip
    await signed.site.book(body)
    await signed.open(COURSE)
    async with signed.page.expect_navigation():
        await signed.page.locator("button[value=book]").click()


async def changed(signed: Signed) -> None:
    """A change on an older state: what others changed stands above the form."""
    before = len((await (await signed.site.get("/api/v1/sessions")).json())["items"])
    body = {
        "title": "To be changed", "host": "JPN-TIC", "stations": ["KEN-NBO"], "minutes": 60,
        "start": {"local": f"2027-01-{18 + before}T15:00", "zone": "Asia/Tokyo"},
    }  # fmt: skip
    ref = (await (await signed.site.book(body)).json())["ref"]
    await signed.open(f"/sessions/{ref}/change")
    headers = {**signed.site.headers, "If-Match": "*"}
    await signed.site.client.patch(f"/api/v1/sessions/{ref}", json={"minutes": 90}, headers=headers)
    await signed.page.fill("#f-minutes", "75")
    async with signed.page.expect_navigation():
        await signed.page.locator("button[value=save]").click()


STATES: Mapping[str, Callable[[Signed], Awaitable[None]]] = {
    "empty": empty,
    "course": course,
    "wrong": wrong,
    "taken": taken,
    "changed": changed,
}
HEADINGS = {
    "empty": ("Book a session", "セッションを予約"),
    "course": ("Book a session", "セッションを予約"),
    "wrong": ("Book a session", "セッションを予約"),
    "taken": ("Tokyo and Hanoi are taken at that time", "その時間、東京、ハノイは予約済みです"),
    "changed": ("has been changed since you opened this page", "が変更されました"),
}


def console_of(page: Page) -> list[str]:
    """Return what the console of a page will have said."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    return said


@pytest.mark.parametrize("state", STATES)
async def test_every_state_of_the_form_is_accessible_and_fits(
    browser: Browser, site: Site, state: str
) -> None:
    found: dict[str, list[str]] = {}
    for look in FAR_APART:
        async with open_page(browser, look) as page:
            said = console_of(page)
            signed = await sign_in(site, page, look.language)
            await STATES[state](signed)
            heading = await page.get_by_role("heading", level=1).inner_text()
            assert HEADINGS[state][look.language == "ja"] in heading.replace("\n", "")
            faults = [words for words in said if "Failed to load resource" not in words]
            faults += await axe_findings(page)
            wider = await sideways_scroll(page)
            found[str(look)] = [*faults, *([f"wider by {wider} px"] if wider else [])]
    assert found == {str(look): [] for look in FAR_APART}


@pytest.mark.parametrize("state", STATES)
async def test_every_state_of_the_form_fits_the_narrowest_phone(
    browser: Browser, site: Site, state: str
) -> None:
    wider = {}
    for look in NARROW:
        async with open_page(browser, look) as page:
            await STATES[state](await sign_in(site, page, look.language))
            wider[look.language] = await sideways_scroll(page)
    assert wider == {"en": 0, "ja": 0}


async def test_the_form_is_light(browser: Browser, site: Site) -> None:
    async with open_page(browser, Look(has_script=False)) as page:
        signed = await sign_in(site, page)
        await taken(signed)
        html = (await page.content()).encode()
        sheet = await site.client.get(await page.locator("link[rel=stylesheet]").get_attribute("href") or "")
        assert len(gzip.compress(html)) + len(gzip.compress(await sheet.read())) < MOST_BYTES


async def test_the_course_day_is_booked_by_keyboard_without_script(browser: Browser, site: Site) -> None:
    """From the first page on, nothing but keys: typing, Tab and Enter."""
    async with open_page(browser, Look(has_script=False)) as page:
        signed = await sign_in(site, page)
        await page.get_by_role("navigation").get_by_role("link", name="Book").focus()
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await tab_to(page, "f-title")
        await page.keyboard.type("Remote Sensing and GIS, day 5")
        await tab_to(page, "f-kind")
        await page.keyboard.type("Course day")
        await tab_to(page, "f-date")
        await page.keyboard.type("16 Dec 2026")
        await tab_to(page, "f-start")
        await page.keyboard.type("15:00")
        await tab_to(page, "f-setup")
        await page.keyboard.press("Control+A")
        await page.keyboard.type("15")
        for name in ("JPN-TIC", "Hanoi", "Dhaka", "Kathmandu", "Nairobi"):
            await tab_to(page, "f-add_station")
            await page.keyboard.type(name)
            # A browser's own list of suggestions takes the first Enter or Escape.
            await page.keyboard.press("Escape")
            await page.keyboard.press("Tab")
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
            # The focus is back where the next one is typed.
            assert await focused(page) == "f-add_station"
        assert (
            "Holiday: Victory Day. Dhaka is asked to consent." in await page.locator("#ticket").inner_text()
        )
        await tab_to(page, "", value="book")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert "5 invitations are on their way." in await page.get_by_role("main").inner_text()
        found = await (await site.get("/api/v1/sessions")).json()
        (session,) = found["items"]
        assert (session["kind"], session["starts_at"], session["setup_minutes"]) == (
            "course-day",
            "2026-12-16T06:00:00Z",
            15,
        )
        assert [seat["code"] for seat in session["stations"]] == [
            "JPN-TIC",
            "VNM-HAN",
            "BGD-DAC",
            "NPL-KTM",
            "KEN-NBO",
        ]
        assert signed.page.url.endswith(f"/sessions/{session['ref']}?done=1")


async def focused(page: Page) -> str:
    found: str = await page.locator(":focus").get_attribute("id") or ""
    return found


async def tab_to(page: Page, identifier: str, *, value: str = "") -> None:
    """Press Tab until an element has the focus; AssertionError where none of the next 80 is it."""
    for _ in range(80):
        here = page.locator(":focus")
        if await here.count():
            if identifier and await here.get_attribute("id") == identifier:
                return
            if (
                value
                and await here.get_attribute("value") == value
                and await here.get_attribute("name") == "do"
            ):
                return
        await page.keyboard.press("Tab")
    raise AssertionError(identifier or value)


async def test_enter_in_a_field_checks_and_shows_the_ticket(browser: Browser, site: Site) -> None:
    async with open_page(browser, replace(PHONE, has_script=False)) as page:
        signed = await sign_in(site, page)
        await signed.open(COURSE)
        await page.fill("#f-start", "16:30")
        async with page.expect_navigation():
            await page.press("#f-start", "Enter")
        assert "16:30" in await page.locator("#ticket .big").inner_text()
        assert await page.locator("#ticket").bounding_box() is not None
        assert await focused(page) == "ticket"
        assert (await (await site.get("/api/v1/sessions")).json())["items"] == []


async def test_a_time_is_mended_and_a_session_moved_on_a_phone(browser: Browser, site: Site) -> None:
    async with open_page(browser, replace(PHONE, language="ja", has_script=False)) as page:
        signed = await sign_in(site, page, "ja")
        await signed.open("/book?station=EGY-CAI&start=2027-04-30T00:30&title=夜間試験&zone=Africa/Cairo")
        assert (
            "2027年4月30日（金）のカイロに00:30はありません。00:00に時計が01:00へ進みます。"
            in await page.inner_text("main")
        )
        async with page.expect_navigation():
            await page.get_by_role("button", name="01:00にする").click()
        await signed.press("予約して案内を送る")
        if "/sessions/" not in page.url:
            await signed.press("予約して案内を送る")
        ref = page.url.rpartition("/")[2].partition("?")[0]
        await signed.open(f"/sessions/{ref}/change")
        await page.fill("#f-date", "5月10日")
        await page.fill("#f-start", "10:00")
        await signed.press("変更を保存")
        if "change" in page.url:
            await signed.press("変更を保存")
        session = await (await site.get(f"/api/v1/sessions/{ref}")).json()
        assert (session["start"]["local"], session["revision"]) == ("2027-05-10T10:00", 2)
