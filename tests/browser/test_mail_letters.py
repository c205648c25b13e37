"""The golden mails in a real browser: within any phone, readable by all."""

import pytest
from playwright.async_api import Browser

from tests.support.browser import BrowserMissing, Look, axe_findings, open_page, sideways_scroll
from tests.support.goldens import GOLDEN
from tests.support.missing import left_out

LETTERS = sorted(GOLDEN.glob("*.html"))
IN_JAPANESE = [path for path in LETTERS if path.stem.endswith("-ja")]  # one of each kind: axe is slow
# What the rules ask of a page within a site, and a mail is none.
_OF_PAGES = ("region", "landmark-one-main")


@pytest.mark.parametrize("width", [320, 360, 390, 700])
async def test_no_mail_is_wider_than_its_window(browser: Browser, width: int) -> None:
    async with open_page(browser, Look(width=width, height=800)) as page:
        wider = {}
        for path in LETTERS:
            await page.goto(path.as_uri())
            wider[path.name] = await sideways_scroll(page)

    assert {name: by for name, by in wider.items() if by} == {}


async def test_axe_finds_nothing_in_a_mail(browser: Browser) -> None:
    try:
        async with open_page(browser, Look(width=390, height=800)) as page:
            found = {}
            for path in IN_JAPANESE:
                await page.goto(path.as_uri())
                found[path.name] = [
                    said for said in await axe_findings(page) if not said.startswith(_OF_PAGES)
                ]
    except BrowserMissing as missing:
        left_out(str(missing))

    assert {name: said for name, said in found.items() if said} == {}
