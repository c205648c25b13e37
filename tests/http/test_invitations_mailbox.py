"""/dev/mailbox: every mail as it was sent, for coordinators, in development only."""

from collections.abc import AsyncIterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Connection

from jicanet import invitations
from jicanet.core.actor import STRANGER, Actor, ActorKind, Role
from jicanet.core.mailer import Delivery, DeliveryState
from jicanet.invitations.pages import ROUTES
from jicanet.mail import store
from jicanet.mail.delivery import deliver
from jicanet.mail.message import CalendarPart, Letter
from jicanet.mail.model import OutboxRow
from jicanet.services import Services
from jicanet.settings import Mode
from tests.support.mail import owed
from tests.support.mailer import CollectingMailer
from tests.support.web import Client, known_as, serving

COORDINATOR = Actor(kind=ActorKind.USER, name="sato", roles=frozenset({Role.COORDINATOR}))
OPERATOR = Actor(kind=ActorKind.USER, name="kim", roles=frozenset({Role.OPERATOR}))
TEMPLATES = Path(invitations.__file__).parent / "templates"
HOSTILE = "<script>alert(1)</script>"


def render(_: Connection, services: Services, row: OutboxRow) -> Letter:
    return Letter(
        sender=f"sessions@{services.settings.mail_domain}",
        sender_name="JICA-Net",
        subject=f"{HOSTILE} {row.payload['number']}",
        text=f"Text & {HOSTILE}",
        html=f"<p style='color:red'>HTML {row.payload['number']}</p>{HOSTILE}",
        language="en",
        calendar=CalendarPart(method="REQUEST", content=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    )


@pytest.fixture
async def client(services: Services) -> AsyncIterator[Client]:
    async with serving(
        ROUTES, services=services, recognise=known_as(COORDINATOR), templates=[TEMPLATES]
    ) as client:
        yield client


async def fill(services: Services, mailer: CollectingMailer, number: int = 3) -> list[OutboxRow]:
    """Owe mails: the first is sent, the second fails, the others wait unrendered; oldest first."""
    now = services.clock.now()
    await services.database.write(lambda db: store.owe(db, [owed(1), owed(2)], now=now))
    refused = Delivery(state=DeliveryState.FAILED, words="550 <no> such room")
    mailer.next_answers[:] = [Delivery(state=DeliveryState.SENT), refused]
    await deliver(services, {"test": render}, worker="w")
    await services.database.write(lambda db: store.owe(db, [owed(n) for n in range(3, number + 1)], now=now))
    return (await services.database.read(lambda db: store.listed(db, limit=1000)))[::-1]


async def test_an_empty_mailbox_says_so(client: Client) -> None:
    answer = await client.get("/dev/mailbox")

    assert answer.status == 200
    assert "No mail yet." in await answer.text()


async def test_the_list_shows_each_mail_newest_first(
    client: Client, services: Services, mailer: CollectingMailer
) -> None:
    await fill(services, mailer)

    text = await (await client.get("/dev/mailbox")).text()

    places = [text.index(f"room-{number}@example.org") for number in (3, 2, 1)]
    assert places == sorted(places)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 1" in text
    assert "550 &lt;no&gt; such room" in text
    assert "Not rendered yet: test" in text
    assert "<script" not in text


async def test_older_mails_are_a_page_away(
    client: Client, services: Services, mailer: CollectingMailer
) -> None:
    rows = await fill(services, mailer, number=60)

    first = await (await client.get("/dev/mailbox")).text()
    assert f'href="/dev/mailbox?before={rows[10].id}"' in first
    second = await (await client.get(f"/dev/mailbox?before={rows[10].id}")).text()

    assert "room-11@example.org" in first
    assert "room-10@example.org" not in first
    assert "room-10@example.org" in second
    assert "before=" not in second.partition("<main")[2]


async def test_one_mail_is_shown_as_it_was_sent(
    client: Client, services: Services, mailer: CollectingMailer
) -> None:
    first, *_ = await fill(services, mailer)

    text = await (await client.get(f"/dev/mailbox/{first.id}")).text()

    assert "Text &amp; &lt;script&gt;" in text
    assert "BEGIN:VCALENDAR" in text
    assert f"&lt;{(first.message_id or '')[1:-1]}&gt;" in text
    assert f'src="/dev/mailbox/{first.id}/html"' in text
    assert "<script" not in text


async def test_its_html_is_shut_in_a_sandbox(
    client: Client, services: Services, mailer: CollectingMailer
) -> None:
    first, *_ = await fill(services, mailer)

    answer = await client.get(f"/dev/mailbox/{first.id}/html")

    assert await answer.text() == f"<p style='color:red'>HTML 1</p>{HOSTILE}\r\n"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


async def test_the_file_holds_the_very_bytes(
    client: Client, services: Services, mailer: CollectingMailer
) -> None:
    first, *_ = await fill(services, mailer)

    answer = await client.get(f"/dev/mailbox/{first.id}/mail.eml")

    assert answer.content_type == "message/rfc822"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    content = await answer.read()
    assert content == mailer.sent[0][2]
    assert message_from_bytes(content, policy=default)["To"] == "room-1@example.org"


async def test_a_mail_that_waits_has_no_bytes_yet(
    client: Client, services: Services, mailer: CollectingMailer
) -> None:
    *_, waiting = await fill(services, mailer)

    assert "Not rendered yet: test" in await (await client.get(f"/dev/mailbox/{waiting.id}")).text()
    for part in ("html", "mail.eml"):
        assert (await client.get(f"/dev/mailbox/{waiting.id}/{part}")).status == 404


@pytest.mark.parametrize(
    "path",
    ["/dev/mailbox/999", "/dev/mailbox/x", "/dev/mailbox/1%2F..", "/dev/mailbox/9999999999999999999999"],
)
async def test_an_unknown_mail_is_not_found(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


@pytest.mark.parametrize(("actor", "status"), [(STRANGER, 401), (OPERATOR, 403)])
async def test_only_coordinators_look(
    services: Services, mailer: CollectingMailer, actor: Actor, status: int
) -> None:
    first, *_ = await fill(services, mailer)

    async with serving(ROUTES, services=services, recognise=known_as(actor), templates=[TEMPLATES]) as client:
        for path in ("", f"/{first.id}", f"/{first.id}/html", f"/{first.id}/mail.eml"):
            answer = await client.get(f"/dev/mailbox{path}", headers={"Accept": "application/json"})
            assert answer.status == status
            assert "room-1" not in await answer.text()


async def test_production_has_no_mailbox(services: Services, mailer: CollectingMailer) -> None:
    first, *_ = await fill(services, mailer)
    production = replace(services, settings=services.settings.model_copy(update={"mode": Mode.PRODUCTION}))

    async with serving(
        ROUTES, services=production, recognise=known_as(COORDINATOR), templates=[TEMPLATES]
    ) as client:
        for path in ("", f"/{first.id}", f"/{first.id}/html", f"/{first.id}/mail.eml"):
            answer = await client.get(f"/dev/mailbox{path}")
            assert answer.status == 404
            assert "room-1" not in await answer.text()


async def test_the_page_speaks_japanese(client: Client, services: Services, mailer: CollectingMailer) -> None:
    await fill(services, mailer)

    text = await (await client.get("/dev/mailbox?lang=ja", allow_redirects=True)).text()

    assert "<h1>メール控え</h1>" in text
    assert "作成前（test）" in text
