"""Using the pages of sessions as a person does: look, fill in, send, and read the words that come back."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

import jicanet.scheduler
from jicanet.core.actor import Actor
from jicanet.scheduler import pages, store
from jicanet.scheduler.domain.tokens import organiser_token
from jicanet.scheduler.domain.words import Visibility
from jicanet.scheduler.service import book_session, session
from jicanet.services import Services
from tests.support.sessions import sites
from tests.support.web import Client, known_as, serving

TEMPLATES = [Path(jicanet.scheduler.__file__).with_name("templates")]
HEADERS = {"Accept": "text/html"}
CSRF = "s3cret"
KEY = b"k" * 43  # that of the fixture `settings`


def spoken(html: str) -> str:
    """Return a page's words, tags taken out and spaces run together."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@asynccontextmanager
async def browser(services: Services, actor: Actor) -> AsyncIterator[Client]:
    """Somebody who is signed in by a cookie."""
    async with serving(
        pages.ROUTES, services=services, recognise=known_as(actor, CSRF), templates=TEMPLATES
    ) as client:
        yield client


async def look(client: Client, path: str, status: int = 200, **headers: str) -> str:
    response = await client.get(path, headers={**HEADERS, **headers})
    html = await response.text()
    assert response.status == status, spoken(html)[-600:]
    return html


async def send(client: Client, path: str, form: Mapping[str, str], status: int = 303) -> str:
    """Send a form and follow it once; return the words of the page that is shown then."""
    response = await client.post(path, data={"csrf": CSRF, **form}, headers=HEADERS, allow_redirects=False)
    html = await response.text()
    assert response.status == status, spoken(html)
    return spoken(await look(client, response.headers["Location"]) if status == 303 else html)


def hidden(html: str, name: str) -> str:
    """Return what a form of the page sends unseen."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', html)
    assert found, html
    return found[1]


async def book(services: Services, by: Actor, *codes: str, **changes: Any) -> str:
    """Return the reference of a session that people of the network see, booked for these stations."""
    given = {"visibility": Visibility.NETWORK, **changes}
    return (await book_session(services, by, sites(*codes, **given))).ref


async def state(services: Services, actor: Actor, ref: str) -> tuple[str, str]:
    """Return a session's status, and the words with which it ended."""
    found = (await session(services, actor, ref)).session
    return found.status.value, found.ending_words


async def address(services: Services, ref: str, part: str) -> str:
    """Return the secret address of whoever a part hangs on."""

    def query(db: Connection) -> str:
        found = store.session_by_ref(db, ref)
        assert found is not None
        mailbox = next(each.address for each in store.recipients(db, found) if part in each.parts)
        return organiser_token(KEY, found.session.uid, mailbox)

    return f"/answer/{await services.database.read(query)}"
