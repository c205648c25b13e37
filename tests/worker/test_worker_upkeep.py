"""What ends by itself ends without anybody: holds, requests, mailboxes that are no longer read."""

from datetime import datetime

from sqlalchemy import Connection, text

from jicanet.core.actor import CONSOLE
from jicanet.scheduler import service
from jicanet.scheduler.domain.model import BookingRequest, SeatRequest, WallStart
from jicanet.scheduler.domain.words import Status
from jicanet.services import Services
from jicanet.worker.steps import steps
from tests.support.clock import FakeClock

START = WallStart(local=datetime.fromisoformat("2026-12-08T15:00"), zone="Asia/Tokyo")


def booking(status: Status) -> BookingRequest:
    return BookingRequest(
        title="A session",
        host="JPN-TIC",
        stations=(SeatRequest(station="VNM-HAN"),),
        start=START,
        minutes=60,
        status=status,
    )


async def upkeep(services: Services) -> None:
    found = {step.name: step for step in steps(services, {}, worker="one")}
    await found["upkeep"].run()


async def states(services: Services) -> list[tuple[str, str | None]]:
    def query(db: Connection) -> list[tuple[str, str | None]]:
        rows = db.execute(text("SELECT status, ending FROM session ORDER BY id"))
        return [(row.status, row.ending) for row in rows]

    return await services.database.read(query)


async def test_a_hold_ends_at_its_minute_and_a_request_at_its_start(
    network: Services, clock: FakeClock
) -> None:
    await service.book_session(network, CONSOLE, booking(Status.HOLD))
    await service.book_session(network, CONSOLE, booking(Status.REQUESTED))
    clock.advance(hours=71, minutes=59)
    await upkeep(network)
    assert await states(network) == [("hold", None), ("requested", None)]
    clock.advance(minutes=1)
    await upkeep(network)
    assert await states(network) == [("cancelled", "hold-expired"), ("requested", None)]
    clock.advance(days=5)
    await upkeep(network)
    assert await states(network) == [("cancelled", "hold-expired"), ("cancelled", "lapsed")]


async def test_old_and_new_mailbox_are_told_once(network: Services) -> None:
    await service.book_session(network, CONSOLE, booking(Status.CONFIRMED))

    def move(db: Connection) -> None:
        sql = "UPDATE station SET mailbox = 'Hanoi@sites.test' WHERE code = 'VNM-HAN'"
        db.execute(text(sql))

    await network.database.write(move)
    await upkeep(network)
    await upkeep(network)

    def query(db: Connection) -> list[tuple[str, str, int]]:
        rows = db.execute(text("SELECT kind, recipient, sequence FROM outbox ORDER BY id"))
        return [(row.kind, row.recipient, row.sequence) for row in rows]

    assert await network.database.read(query) == [
        ("request", "jpn-tic@stations.invalid", 0),
        ("request", "vnm-han@stations.invalid", 0),
        ("request", "hanoi@sites.test", 1),
        ("cancel", "vnm-han@stations.invalid", 1),
    ]
