"""Delivery from the outbox: rendered once, sent as stored, settled, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import Connection, text

from jicanet.core.mailer import Delivery, DeliveryState
from jicanet.mail import store
from jicanet.mail.delivery import DeliveryReport, deliver
from jicanet.mail.message import Letter
from jicanet.mail.model import MailState, OutboxRow, Owed
from jicanet.mail.smtp import SmtpMailer
from jicanet.services import Services
from jicanet.settings import Mode
from jicanet.storage import open_database
from tests.support.clock import FakeClock
from tests.support.mail import RENDERERS, owed, render
from tests.support.mailer import CollectingMailer
from tests.support.smtp import DROP, Post, listening

AWAY = Delivery(state=DeliveryState.LATER, words="connection refused", reached=False)
# Long stretches of time: what differs between the databases is shown by the short tests.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BUSY = Delivery(state=DeliveryState.LATER, words="451 busy")


async def owe(services: Services, *rows: Owed) -> None:
    now = services.clock.now()
    await services.database.write(lambda db: store.owe(db, rows, now=now))


async def rows(services: Services) -> list[OutboxRow]:
    """Return all mails, the oldest first."""
    found = await services.database.read(lambda db: store.listed(db, limit=1000))
    return found[::-1]


async def kept_bytes(services: Services, row: OutboxRow) -> bytes:
    found = await services.database.read(lambda db: store.kept(db, row.id))
    assert found is not None
    return found.content


def over_smtp(services: Services, port: int) -> Services:
    settings = services.settings.model_copy(
        update={"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_timeout_seconds": 5.0}
    )
    return replace(services, settings=settings, mailer=SmtpMailer(settings))


async def test_nothing_due_is_nothing_done(services: Services) -> None:
    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport()


async def test_a_due_mail_is_sent_as_stored(services: Services, mailer: CollectingMailer) -> None:
    await owe(services, owed(1))

    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport(sent=1)

    [row] = await rows(services)
    assert (row.state, row.attempts, row.settled_at) == (MailState.SENT, 1, services.clock.now())
    assert mailer.sent == [
        ("sessions@jicanet.invalid", "room-1@example.org", await kept_bytes(services, row))
    ]
    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport()


async def test_451_then_ok_sends_the_same_bytes(services: Services, clock: FakeClock) -> None:
    post = Post(to_data=["451 4.3.0 try later"])
    await owe(services, owed(1))
    async with listening(post) as port:
        smtp = over_smtp(services, port)
        assert await deliver(smtp, RENDERERS, worker="w") == DeliveryReport(later=1)
        [waiting] = await rows(services)
        first = await kept_bytes(services, waiting)
        assert (waiting.state, waiting.last_words) == (MailState.OWED, "451 4.3.0 try later")
        assert await deliver(smtp, RENDERERS, worker="w") == DeliveryReport()

        clock.advance(seconds=90)
        changed = {"test": lambda *_: pytest.fail("rendered again")}
        assert await deliver(smtp, changed, worker="w") == DeliveryReport(sent=1)
        await smtp.mailer.close()

    assert [content for _, _, content in post.taken] == [first]


async def test_550_fails_with_the_servers_words_and_the_rest_go_on(services: Services) -> None:
    post = Post(to_rcpt={"room-2@example.org": "550 5.1.1 no such room"})
    await owe(services, owed(1), owed(2), owed(3))
    async with listening(post) as port:
        smtp = over_smtp(services, port)
        assert await deliver(smtp, RENDERERS, worker="w") == DeliveryReport(sent=2, failed=1)
        await smtp.mailer.close()

    assert [(row.state, row.last_words) for row in await rows(services)] == [
        (MailState.SENT, "taken"),
        (MailState.FAILED, "550 5.1.1 no such room"),
        (MailState.SENT, "taken"),
    ]


async def test_a_drop_after_the_text_repeats_it_byte_for_byte(services: Services, clock: FakeClock) -> None:
    post = Post(to_data=[DROP])
    await owe(services, owed(1))
    async with listening(post) as port:
        smtp = over_smtp(services, port)
        assert await deliver(smtp, RENDERERS, worker="w") == DeliveryReport(later=1)
        clock.advance(seconds=90)
        assert await deliver(smtp, RENDERERS, worker="w") == DeliveryReport(sent=1)
        await smtp.mailer.close()

    [row] = await rows(services)
    assert [content for _, _, content in post.taken] == [await kept_bytes(services, row)] * 2


async def test_a_worker_killed_between_keep_and_settle_repeats_the_bytes(
    services: Services, clock: FakeClock, mailer: CollectingMailer
) -> None:
    await owe(services, owed(1))

    class Killed(BaseException):
        """The process ends here."""

    class DyingMailer(CollectingMailer):
        async def send(self, *, sender: str, recipient: str, content: bytes) -> Delivery:
            await super().send(sender=sender, recipient=recipient, content=content)
            raise Killed

    dying = DyingMailer()
    with pytest.raises(Killed):
        await deliver(replace(services, mailer=dying), RENDERERS, worker="first")

    assert await deliver(services, RENDERERS, worker="second") == DeliveryReport()  # the lease runs on
    clock.advance(seconds=71)
    unused: dict[str, Any] = {"test": lambda *_: pytest.fail("rendered again")}
    assert await deliver(services, unused, worker="second") == DeliveryReport(sent=1)

    assert mailer.sent == dying.sent
    [row] = await rows(services)
    assert (row.state, row.attempts) == (MailState.SENT, 2)


async def test_a_renderer_that_raises_fails_its_mail_alone(services: Services) -> None:
    def broken(db: Connection, services: Services, row: OutboxRow) -> Letter:
        if row.payload["number"] == 2:
            raise LookupError("no snapshot")
        return render(db, services, row)

    def asks_wrongly(db: Connection, services: Services, row: OutboxRow) -> Letter:
        db.execute(text("select * from no_such_table"))
        return render(db, services, row)

    await owe(services, owed(1), owed(2), owed(3), owed(4, kind="strange"), owed(5, kind="wrong"), owed(6))

    report = await deliver(services, {"test": broken, "wrong": asks_wrongly}, worker="w")

    assert report == DeliveryReport(sent=3, failed=3)
    found = await rows(services)
    assert [row.state for row in found] == [
        MailState.SENT,
        MailState.FAILED,
        MailState.SENT,
        MailState.FAILED,
        MailState.FAILED,
        MailState.SENT,
    ]
    assert found[1].last_words == "not rendered: LookupError: no snapshot"
    assert found[3].last_words == 'no renderer for mails of kind "strange"'
    assert found[4].last_words.startswith("not rendered: ")


async def test_a_mail_that_lets_somebody_in_leaves_no_copy_in_production(
    services: Services, clock: FakeClock, mailer: CollectingMailer
) -> None:
    def secret(db: Connection, services: Services, row: OutboxRow) -> Letter:
        return replace(render(db, services, row), is_secret=True)

    settings = services.settings.model_copy(update={"mode": Mode.PRODUCTION})
    production = replace(services, settings=settings)
    mailer.next_answers.append(BUSY)
    await owe(services, owed(1))

    assert await deliver(production, {"test": secret}, worker="w") == DeliveryReport(later=1)
    clock.advance(seconds=90)
    assert await deliver(production, {"test": secret}, worker="w") == DeliveryReport(sent=1)

    [row] = await rows(services)
    assert await services.database.read(lambda db: store.kept(db, row.id)) is None
    [(_, _, content)] = mailer.sent
    assert f"Message-ID: {row.message_id}\r\n".encode() in content


async def test_an_address_that_is_none_fails_before_any_server(
    services: Services, mailer: CollectingMailer
) -> None:
    await owe(services, owed(1, recipient="a@b\r\nBcc: x@y"))

    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport(failed=1)
    assert mailer.sent == []


async def test_placeholders_get_no_mail_in_production(services: Services, mailer: CollectingMailer) -> None:
    production = replace(services, settings=services.settings.model_copy(update={"mode": Mode.PRODUCTION}))
    await owe(services, owed(1, recipient="ken-nbo@stations.invalid"), owed(2))

    assert await deliver(production, RENDERERS, worker="w") == DeliveryReport(sent=1, failed=1)

    assert [to for _, to, _ in mailer.sent] == ["room-2@example.org"]
    placeholder, _ = await rows(services)
    assert placeholder.state is MailState.FAILED
    assert placeholder.last_words.startswith("no mailbox")


async def test_placeholders_are_mailed_in_development(services: Services, mailer: CollectingMailer) -> None:
    await owe(services, owed(1, recipient="ken-nbo@stations.invalid"))

    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport(sent=1)
    assert [to for _, to, _ in mailer.sent] == ["ken-nbo@stations.invalid"]


async def waits(
    services: Services, clock: FakeClock, mailer: CollectingMailer, answer: Delivery
) -> list[float]:
    """Return the waits in seconds that a mail is given while every attempt ends in `answer`."""
    found: list[float] = []
    while True:
        mailer.next_answers.append(answer)
        began = clock.now()
        report = await deliver(services, RENDERERS, worker="w")
        [row] = await rows(services)
        if report.failed:
            return found
        assert report == DeliveryReport(later=1)
        found.append((row.not_before - began).total_seconds())
        clock.instant = row.not_before


@ON_SQLITE
async def test_a_mail_put_off_is_asked_ever_more_rarely_and_given_up_after_days(
    services: Services, clock: FakeClock, mailer: CollectingMailer
) -> None:
    began = clock.now()
    await owe(services, owed(1))

    found = await waits(services, clock, mailer, BUSY)

    for number, wait in enumerate(found):
        least = min(60 * 2**number, 2400)
        assert least <= wait <= 1.5 * least
    [row] = await rows(services)
    assert row.state is MailState.FAILED
    assert row.last_words == "given up after 5 days: 451 busy"
    assert timedelta(days=5) <= clock.now() - began < timedelta(days=5, hours=1)


@ON_SQLITE
async def test_while_no_server_is_there_it_is_asked_every_few_minutes(
    services: Services, clock: FakeClock, mailer: CollectingMailer
) -> None:
    settings = services.settings.model_copy(update={"mail_retry_days": 1})
    services = replace(services, settings=settings)
    await owe(services, owed(1))

    found = await waits(services, clock, mailer, AWAY)

    assert max(found) <= 600
    assert min(found) >= 60


async def test_one_mail_asks_for_all_while_no_server_is_there(
    services: Services, mailer: CollectingMailer
) -> None:
    await owe(services, *map(owed, range(30)))
    mailer.next_answers.append(AWAY)

    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport(later=1)
    assert [row.attempts for row in await rows(services)] == [1] + [0] * 29


@ON_SQLITE
async def test_an_outage_of_six_hours_is_made_good_within_a_quarter_of_an_hour(
    services: Services, clock: FakeClock, mailer: CollectingMailer
) -> None:
    back = clock.now() + timedelta(hours=6)
    await owe(services, *map(owed, range(40)))

    async def tick() -> None:
        if clock.now() < back:
            mailer.next_answers[:] = [AWAY]
        await deliver(services, RENDERERS, worker="w")

    while clock.now() < back:
        await tick()
        clock.advance(seconds=300)
    mailer.next_answers.clear()
    assert mailer.sent == []

    while clock.now() < back + timedelta(minutes=15):
        await tick()
        clock.advance(seconds=60)

    assert len(mailer.sent) == 40
    assert {row.state for row in await rows(services)} == {MailState.SENT}


async def test_two_workers_deliver_everything_once(
    services: Services, database_url: str, mailer: CollectingMailer
) -> None:
    await owe(services, *map(owed, range(200)))
    # As two processes have it: each its own connections to the one database.
    other = open_database(database_url)
    await other.start()

    reports = await asyncio.gather(
        deliver(services, RENDERERS, worker="one"),
        deliver(replace(services, database=other), RENDERERS, worker="two"),
    )
    await other.close()

    assert sum(report.sent for report in reports) == 200
    assert [report.total for report in reports] == [report.sent for report in reports]
    found = await rows(services)
    assert {(row.state, row.attempts) for row in found} == {(MailState.SENT, 1)}
    expected = {row.recipient: await kept_bytes(services, row) for row in found}
    assert len(mailer.sent) == 200
    assert {to: content for _, to, content in mailer.sent} == expected


async def test_mails_of_one_recipient_arrive_in_order_whatever_the_workers(
    services: Services, mailer: CollectingMailer
) -> None:
    mails = [
        owed(number, uid="uid-1", recipient_key=str(number % 3), recipient=f"room-{number % 3}@example.org")
        for number in range(30)
    ]
    await owe(services, *mails)

    await asyncio.gather(*(deliver(services, RENDERERS, worker=f"w{n}") for n in range(3)))
    await deliver(services, RENDERERS, worker="last")

    for room in range(3):
        arrived = [content for _, to, content in mailer.sent if to == f"room-{room}@example.org"]
        assert [
            f"Subject: Mail {n}\r\n".encode() in content
            for n, content in zip(range(room, 30, 3), arrived, strict=True)
        ] == [True] * 10


async def test_a_cancelled_worker_gives_back_what_it_had_not_begun(
    services: Services, mailer: CollectingMailer
) -> None:
    await owe(services, owed(1), owed(2))

    class SlowMailer(CollectingMailer):
        async def send(self, *, sender: str, recipient: str, content: bytes) -> Delivery:
            task.cancel()
            await asyncio.sleep(3600)
            return await super().send(sender=sender, recipient=recipient, content=content)

    task = asyncio.create_task(deliver(replace(services, mailer=SlowMailer()), RENDERERS, worker="first"))
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await deliver(services, RENDERERS, worker="second") == DeliveryReport(sent=1)
    assert [to for _, to, _ in mailer.sent] == ["room-2@example.org"]


async def test_a_lease_that_was_lost_is_left_alone(
    services: Services, clock: FakeClock, mailer: CollectingMailer
) -> None:
    await owe(services, owed(1))

    def slow(db: Connection, services: Services, row: OutboxRow) -> Letter:
        clock.advance(seconds=3600)
        return render(db, services, row)

    real_write, calls = services.database.write, 0

    async def write(change: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            await real_write(lambda db: store.lease(db, worker="rival", now=clock.now(), seconds=60, limit=9))
        return await real_write(change)

    services.database.write = write  # type: ignore[method-assign]  # the rival comes in between
    report = await deliver(services, {"test": slow}, worker="w")

    assert report == DeliveryReport(lost=1)
    assert mailer.sent == []


async def test_the_log_names_no_address(services: Services, mailer: CollectingMailer) -> None:
    mailer.next_answers.append(
        Delivery(state=DeliveryState.FAILED, words="550 <room-1@example.org> is unknown")
    )
    await owe(services, owed(1), owed(2), owed(3, kind="strange"))

    with structlog.testing.capture_logs() as lines:
        await deliver(services, RENDERERS, worker="w")

    assert len(lines) >= 3
    assert "@" not in str(lines)
    assert [(line["log_level"], line["kind"], line["reason"]) for line in lines if "reason" in line] == [
        ("warning", "test", "550 <(address)> is unknown"),
        ("warning", "strange", 'no renderer for mails of kind "strange"'),
    ]
    assert {row.last_words for row in await rows(services)} >= {"550 <room-1@example.org> is unknown"}
