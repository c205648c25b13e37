"""The checks of pages can fail: axe-core finds faults even behind a strict policy, and a wide page is wide."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser

from tests.support.browser import PHONE, Look, axe_findings, open_page, sideways_scroll

GOOD = "<!doctype html><html lang=en><title>Page</title><main><h1>Page</h1><p>Words</p></main></html>"
BAD = "<!doctype html><html><title>Page</title><main><h1>Page</h1><img src=x><p style='width:900px'>W</p></main></html>"
CSP = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    async def page(request: web.Request) -> web.Response:
        body = GOOD if request.path == "/good" else BAD
        return web.Response(text=body, content_type="text/html", headers=CSP)

    app = web.Application()
    app.router.add_get("/{name}", page)
    server = TestServer(app)
    async with server:
        yield server


async def test_axe_finds_faults_behind_a_strict_policy(browser: Browser, server: TestServer) -> None:
    async with open_page(browser) as page:
        await page.goto(str(server.make_url("/bad")))
        assert await axe_findings(page) == ["html-has-lang: html", "image-alt: img"]


async def test_axe_finds_nothing_on_a_good_page(browser: Browser, server: TestServer) -> None:
    async with open_page(browser, PHONE) as page:
        await page.goto(str(server.make_url("/good")))
        assert await axe_findings(page) == []
        assert await sideways_scroll(page) == 0


async def test_wide_page_scrolls_sideways_on_a_phone(browser: Browser, server: TestServer) -> None:
    async with open_page(browser, PHONE) as page:
        await page.goto(str(server.make_url("/bad")))
        assert await sideways_scroll(page) > 0


async def test_look_reaches_the_page(browser: Browser) -> None:
    async with open_page(browser, Look(language="ja", is_dark=True)) as page:
        asked = "[navigator.language, matchMedia('(prefers-color-scheme: dark)').matches, innerWidth]"
        assert await page.evaluate(asked) == ["ja", True, 1280]
