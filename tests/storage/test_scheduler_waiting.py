"""What waits for a person, and what comes with a mail or a ledger: all of it, in a fixed number of statements."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from jicanet.core.actor import CONSOLE, Actor, Role
from jicanet.core.errors import Forbidden, NotFound
from jicanet.core.zones import Zone
from jicanet.mail.model import LetterState
from jicanet.mail.tables import inbound_mail
from jicanet.scheduler.domain.requests import Asked
from jicanet.scheduler.domain.words import Status, Visibility
from jicanet.scheduler.service import (
    book_session,
    cancel_session,
    day_of_world,
    follow_mailboxes,
    ledger,
    letter,
    refuse_session,
    replies,
    requests,
    waiting,
)
from jicanet.scheduler.tables import recipient, seat, session
from jicanet.services import Services
from jicanet.stations.tables import station as stations
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.sessions import found_network, sites, statements, user

NOW = datetime(2026, 12, 1, tzinfo=UTC)


async def letters(
    services: Services,
    number: int,
    *,
    state: LetterState = LetterState.UNREAD,
    session_id: int | None = None,
    recipient_id: int | None = None,
) -> None:
    """Let this many mails have come in."""
    rows = [
        {
            "digest": f"{state}/{session_id}/{each}",
            "content": b"",
            "size": 0,
            "received_at": NOW,
            "from_address": "",
            "subject": "",
            "message_id": "",
            "state": state.value,
            "reason": "no_calendar",
            "words": "",
            "session_id": session_id,
            "recipient_id": recipient_id,
        }
        for each in range(number)
    ]
    await services.database.write(lambda db: db.execute(insert(inbound_mail), rows))


async def mails_waiting(services: Services, actor: Actor) -> int:
    zone: Zone = services.zones.get("Asia/Tokyo")
    return (await day_of_world(services, actor, day=date(2026, 12, 16), zone=zone)).waits.mails


async def test_every_mail_that_waits_is_counted_and_none_is_read_for_it(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    await letters(services, 250)
    await letters(services, 3, state=LetterState.UNVERIFIED)
    await letters(services, 4, state=LetterState.COUNTED)

    with statements() as seen:
        assert await mails_waiting(services, hana) == 253
    about_mails = [each for each in seen if "FROM inbound_mail" in each]
    assert [each.partition("\n")[0].strip() for each in about_mails] == ["SELECT count(*) AS count_1"]


async def set_mailbox(services: Services, mailbox: str) -> None:
    change = update(stations).where(stations.c.code == "VNM-HAN").values(mailbox=mailbox)
    await services.database.write(lambda db: db.execute(change) and None)


async def test_a_ledger_takes_the_same_statements_however_often_a_mailbox_changed(
    services: Services, clock: FakeClock
) -> None:
    await found_network(services)
    ref = (await book_session(services, CONSOLE, sites("VNM-HAN"))).ref
    costs: list[int] = []
    for number in (1, 2, 3):
        clock.advance(minutes=1)
        await set_mailbox(services, f"{number}@example.org")
        assert await follow_mailboxes(services) == 1
        with statements() as seen:
            _, lines = await ledger(services, CONSOLE, ref)
        costs.append(len(seen))
        # An invitation and its cancelling for each mailbox that is none any more.
        former = [line for line in lines if (line.detail or {}).get("former_mailbox")]
        assert [line.parts for line in former] == [("VNM-HAN",)] * 2 * number
    assert costs[0] == costs[1] == costs[2], costs


async def told(services: Services, ref: str) -> tuple[int, int]:
    """Return the rows of a session and of whom Hanoi hangs on in it."""
    query = (
        select(session.c.id, recipient.c.id)
        .join_from(session, seat, seat.c.session_id == session.c.id)
        .join(recipient, recipient.c.id == seat.c.recipient_id)
        .where(session.c.ref == ref, seat.c.station == "VNM-HAN")
    )
    row = await services.database.read(lambda db: db.execute(query).one())
    return row[0], row[1]


async def test_mails_take_the_same_statements_however_many_sessions_they_are_about(
    services: Services,
) -> None:
    await found_network(services)
    hana = await user(services)
    await letters(services, 2)
    costs: list[int] = []
    for day in range(3):
        asked = sites("VNM-HAN", start=at(f"2026-12-{16 + day}T15:00"), title=f"Day {day}")
        session_id, recipient_id = await told(services, (await book_session(services, CONSOLE, asked)).ref)
        await letters(services, 2, session_id=session_id, recipient_id=recipient_id)
        with statements() as seen:
            found = (await replies(services, hana)).items
        costs.append(len(seen))
        about = [
            (each.view.session.title, each.recipient.parts) for each in found if each.view and each.recipient
        ]
        assert about == [(f"Day {number}", ("VNM-HAN",)) for number in range(day, -1, -1) for _ in "12"]
        assert [each.view for each in found[-2:]] == [None, None]
    assert costs[0] == costs[1] == costs[2], costs


async def test_one_mail_is_read_by_its_number_whatever_became_of_it(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    kim = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    await letters(services, 3, state=LetterState.COUNTED)
    with statements() as seen:
        assert (await letter(services, hana, 2)).mail.id == 2
    assert len(seen) == 1
    with pytest.raises(NotFound) as refused:
        await letter(services, hana, 4)
    assert refused.value.code == "unknown_mail"
    with pytest.raises(Forbidden):
        await letter(services, kim, 2)


async def asked_for(services: Services, by: Actor, day: int, **changes: Any) -> str:
    """Return a request that everybody in the network sees."""
    given = {"host": "KEN-NBO", "status": Status.REQUESTED, "visibility": Visibility.NETWORK, **changes}
    asked = sites("BGD-DAC", start=at(f"2026-12-{day:02}T15:00"), **given)
    return (await book_session(services, by, asked)).ref


def refs_of(found: Iterable[Asked]) -> list[str]:
    return [each.view.session.ref for each in found]


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST", 3)


@pytest.mark.usefixtures("_few")
async def test_own_requests_are_not_lost_behind_those_of_others(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    kim = await user(services, "kim@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"])
    others = [await asked_for(services, hana, day) for day in (8, 9, 10, 11)]
    for ref in [await asked_for(services, kim, day) for day in (2, 3, 4, 7)]:
        await cancel_session(services, kim, ref, "not needed")
    for day in (2, 3, 4, 7):
        await cancel_session(services, hana, await asked_for(services, hana, day), "not needed")
    own, refused = await asked_for(services, kim, 14), await asked_for(services, kim, 15)
    await refuse_session(services, hana, refused, "No room.")

    kims = await requests(services, kim)
    assert refs_of(kims.waiting) == [own]
    assert refs_of(kims.ended)[0] == refused
    # Withdrawn and cancelled ones take no place of what waits.
    assert refs_of((await requests(services, hana)).waiting) == others[:3]


@pytest.mark.usefixtures("_few")
async def test_what_waits_at_a_centre_is_not_lost_behind_what_waits_at_others(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    centre = await user(services, "m@example.org", roles=[Role.CENTRE_COORDINATOR], stations=["VNM-HAN"])
    for day in (8, 9, 10, 11):
        await asked_for(services, hana, day)
    at_centre = await asked_for(services, hana, 14, host="VNM-HAN")

    assert refs_of((await requests(services, centre)).waiting) == [at_centre]
    zone = services.zones.get("Asia/Tokyo")
    waits = (await day_of_world(services, centre, day=date(2026, 12, 16), zone=zone)).waits
    assert [each.session.ref for each in waits.sessions] == [at_centre]
