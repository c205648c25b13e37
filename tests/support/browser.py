"""The distribution's Chromium by Playwright, and axe-core in its pages."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.support.node import NODE

# Playwright's own Node.js wants a library, libatomic, that a bare system lacks.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(NODE))

_AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
rules => axe.run(document, {runOnly: {type: "tag", values: rules}}).then(
    found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")}`)))
"""


class BrowserMissing(Exception):
    """There is no Chromium on this machine, or no axe-core in node_modules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a page is looked at."""

    width: int = 1280
    height: int = 900
    language: str = "en"
    is_dark: bool = False
    has_script: bool = True


PHONE = Look(width=390, height=844)
# Every pair of size, language and colour is in one of them.
LOOKS = (
    Look(),
    Look(language="ja", is_dark=True),
    replace(PHONE, language="ja"),
    replace(PHONE, is_dark=True),
)
# For states of one page and for many pages: two that share nothing.
FAR_APART = (Look(), replace(PHONE, language="ja", is_dark=True))
NARROW = (Look(width=320, height=640), Look(width=320, height=640, language="ja"))


def find_chromium() -> Path:
    """Return the program; raises BrowserMissing. Playwright's own build is never downloaded."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    raise BrowserMissing("Chromium is not installed: pages are not tested in a browser")


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Give a running Chromium, ended at the end; raises BrowserMissing."""
    program = find_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            # No sandbox: CI runs as root. Nothing but the test's own pages is opened.
            args=["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"],
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_page(browser: Browser, look: Look | None = None) -> AsyncIterator[Page]:
    """Give an empty page of a fresh profile: no cookies of another test."""
    look = look or Look()
    context = await browser.new_context(
        viewport={"width": look.width, "height": look.height},
        locale=look.language,
        color_scheme="dark" if look.is_dark else "light",
        java_script_enabled=look.has_script,
    )
    try:
        yield await context.new_page()
    finally:
        await context.close()


@cache
def _axe() -> str:
    if not _AXE.exists():
        raise BrowserMissing("axe-core is not installed (make test does it): pages are not checked by it")
    return _AXE.read_text(encoding="utf-8")


async def axe_findings(page: Page) -> list[str]:
    """Return what axe-core finds wrong by WCAG 2.2 A and AA and best practice: `rule: selector` each.

    The script comes by the debugger's way, so a strict Content-Security-Policy does not keep it out;
    the page must have been opened with scripts on.
    """
    await page.evaluate(_axe())
    findings: list[str] = await page.evaluate(_RUN, _RULES)
    return findings


async def sideways_scroll(page: Page) -> int:
    """Return by how many pixels the page is wider than its window: 0 where all is well."""
    wider: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider
