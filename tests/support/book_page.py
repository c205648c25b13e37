"""The booking pages over a small network, and what they have stored."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jicanet.scheduler
from jicanet.core.actor import CONSOLE, Actor
from jicanet.scheduler import pages, service
from jicanet.scheduler.render.answers import session_json
from jicanet.services import Services
from tests.support.forms import Shown
from tests.support.web import Client, known_as, serving

TEMPLATES = [Path(jicanet.scheduler.__file__).with_name("templates")]
COURSE = "/book?station=JPN-TIC&station=VNM-HAN&start=2026-12-16T15:00&title=Day+5"


@asynccontextmanager
async def pages_for(services: Services, actor: Actor) -> AsyncIterator[Client]:
    """Serve the pages of sessions to one actor."""
    async with serving(
        pages.ROUTES, services=services, recognise=known_as(actor), templates=TEMPLATES
    ) as client:
        yield client


def ref_of(page: Shown) -> str:
    """Return the session that a form led to; AssertionError where it led to none."""
    found = re.fullmatch(r"/sessions/(JN-[0-9-]+)(\?done=[0-9]+)?", page.location)
    assert found, (page.status, page.location, page.words)
    return found[1]


async def stored(services: Services, ref: str) -> dict[str, Any]:
    """Return a session as the interface gives it to a coordinator."""
    return session_json(await service.session(services, CONSOLE, ref))
