"""What the tests in a real browser share."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.support.browser import BrowserMissing, open_browser
from tests.support.missing import left_out


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    try:
        async with open_browser() as browser:
            yield browser
    except BrowserMissing as missing:
        left_out(str(missing))
