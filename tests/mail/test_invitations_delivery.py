"""From a booking to the mails in the sites' boxes, on both databases."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from jicanet.core.text import fold
from jicanet.invitations.render import renderers
from jicanet.mail import store
from jicanet.mail.delivery import DeliveryReport, deliver
from jicanet.mail.folder import FolderMailer, file_of
from jicanet.mail.model import Kept, MailState, OutboxRow, Owed
from jicanet.mail.reading import opened
from jicanet.scheduler.domain.tokens import organiser_token
from jicanet.scheduler.service import book_session
from jicanet.services import Services
from jicanet.web.i18n import Catalogues
from tests.support.calendars import lines, values
from tests.support.clock import FakeClock
from tests.support.mailer import CollectingMailer
from tests.support.sessions import found_network, sites, user

RENDERERS = renderers(Catalogues.load())


async def book(services: Services, *codes: str, **changes: Any) -> str:
    """Book a session of Tokyo and these stations and return its reference."""
    await found_network(services)
    coordinator = await user(services)
    booked = await book_session(services, coordinator, sites(*codes, **changes))
    return booked.ref


async def kept_of(services: Services, row: OutboxRow) -> Kept:
    """Return the stored bytes of a row that has some."""
    kept = await services.database.read(lambda db: store.kept(db, row.id))
    assert kept is not None
    return kept


async def test_every_site_gets_one_invitation_by_its_own_clock(
    services: Services, mailer: CollectingMailer
) -> None:
    ref = await book(services, "VNM-HAN", "BGD-DAC", "KEN-NBO")

    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport(sent=4)

    mails = {to: opened(content) for _, to, content in mailer.sent}
    assert {to: mail.subject for to, mail in mails.items()} == {
        "jpn-tic@example.org": f"12/16（水）15:00 東京：Remote Sensing, day 4 [{ref}]",
        "vnm-han@example.org": f"Wed 16 Dec 13:00 Hanoi: Remote Sensing, day 4 [{ref}]",
        "bgd-dac@example.org": f"Wed 16 Dec 12:00 Dhaka: Remote Sensing, day 4 [{ref}]",
        "ken-nbo@stations.invalid": f"Wed 16 Dec 09:00 Nairobi: Remote Sensing, day 4 [{ref}]",
    }
    assert "Wednesday 16 December is Victory Day." in mails["bgd-dac@example.org"].text
    assert "Coordinator: Hana, +81 3 5555 0000, hana@example.org" in mails["bgd-dac@example.org"].text
    for mail in mails.values():
        assert f"http://jicanet.test/sessions/{ref}" in mail.text


async def test_organiser_sender_and_answer_address_are_one_and_the_recipients_own(
    services: Services, mailer: CollectingMailer
) -> None:
    await book(services, "VNM-HAN")
    await deliver(services, RENDERERS, worker="w")

    assert services.settings.secret_key is not None
    key = services.settings.secret_key.get_secret_value().encode()
    senders = set()
    for sender, to, content in mailer.sent:
        mail = message_from_bytes(content, policy=default)
        [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        calendar = part.get_payload(decode=True)
        assert isinstance(calendar, bytes)
        [uid] = values(calendar, "UID")
        assert sender == f"sessions+{organiser_token(key, uid, fold(to))}@jicanet.invalid"
        assert mail["From"].addresses[0].addr_spec == sender
        assert [line.value for line in lines(calendar) if line.name == "ORGANIZER"] == [f"mailto:{sender}"]
        assert [line.value for line in lines(calendar) if line.name == "ATTENDEE"] == [f"mailto:{to}"]
        senders.add(sender)
    assert len(senders) == len(mailer.sent) == 2


async def test_a_late_mail_says_what_was_booked_and_a_repeat_is_the_same(
    services: Services, mailer: CollectingMailer, clock: FakeClock
) -> None:
    await book(services, "VNM-HAN")
    booked_at = clock.now()
    clock.advance(days=2)

    await deliver(services, RENDERERS, worker="w")

    rows = await services.database.read(lambda db: store.listed(db, limit=10))
    for row in rows:
        kept = await kept_of(services, row)
        assert (kept.sender, row.recipient, kept.content) in mailer.sent
        mail = message_from_bytes(kept.content, policy=default)
        assert mail["Date"].datetime == booked_at
        assert mail["Message-ID"] == row.message_id
        assert row.state is MailState.SENT
    assert (await deliver(services, RENDERERS, worker="w")).total == 0


async def test_development_without_a_server_leaves_one_file_a_mail(services: Services) -> None:
    data = services.settings.data
    services = replace(services, mailer=FolderMailer(data))
    await book(services, "VNM-HAN")

    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport(sent=2)

    rows = await services.database.read(lambda db: store.listed(db, limit=10))
    paths = {file_of(data, row.message_id or "") for row in rows}
    assert {path.name for path in paths} == {path.name for path in (data / "mail").iterdir()}


@pytest.mark.parametrize("payload", [{"session_id": 1, "revision": 99, "recipient_id": 1}, {}])
async def test_a_row_that_names_nothing_fails_in_words(
    services: Services, mailer: CollectingMailer, payload: dict[str, int]
) -> None:
    await book(services, "VNM-HAN")
    now = services.clock.now()
    [row, *_] = await services.database.read(lambda db: store.listed(db, limit=1))
    lost = Owed(
        identity="request/1/99",
        kind="request",
        recipient="room@example.org",
        uid="other",
        recipient_key="9",
        sequence=0,
        dtstamp=row.dtstamp,
        payload=payload,
    )
    await services.database.write(lambda db: store.owe(db, [lost], now=now))

    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport(sent=2, failed=1)
    [failed] = await services.database.read(lambda db: store.listed(db, limit=1))
    assert failed.last_words.startswith("not rendered: ")
    assert len(mailer.sent) == 2
