"""The mails of one session's life, from the booking to its end, as each mailbox gets them, on both databases."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from jicanet.core.actor import Role
from jicanet.invitations.render import renderers
from jicanet.mail.delivery import deliver
from jicanet.mail.reading import OpenedMail, opened
from jicanet.scheduler.domain.model import GuestRequest, PersonRequest, SeatRequest, WallStart
from jicanet.scheduler.domain.words import Answer, PersonRole, Status
from jicanet.scheduler.service import (
    ANY,
    answer_by_token,
    book_session,
    cancel_session,
    change_session,
    confirm_session,
    message_all,
    refuse_session,
    restore_session,
)
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.web.i18n import Catalogues
from tests.support.calendars import values
from tests.support.clock import FakeClock
from tests.support.mailer import CollectingMailer
from tests.support.sessions import found_network, sites, user

RENDERERS = renderers(Catalogues.load())
DHAKA, NAIROBI = "bgd-dac@example.org", "ken-nbo@stations.invalid"
LAB, MURAI, COORDINATOR = "lab@ioe.example.org", "murai@example.org", "hana@example.org"
TOKYO, HANOI, LIMA = "jpn-tic@example.org", "vnm-han@example.org", "per-lim@example.org"
EVERYBODY = {TOKYO, HANOI, DHAKA, NAIROBI, LAB, MURAI}


class Post:
    """Delivers what is owed, and remembers the last mail of everybody."""

    def __init__(self, services: Services, mailer: CollectingMailer) -> None:
        self._services, self._mailer, self._seen = services, mailer, 0
        self.calendars: dict[str, list[bytes]] = {}

    async def delivered(self) -> dict[str, OpenedMail]:
        """Return the mails since the last call, one by recipient; none may fail."""
        report = await deliver(self._services, RENDERERS, worker="w")
        assert (report.failed, report.later) == (0, 0)
        new = self._mailer.sent[self._seen :]
        self._seen += len(new)
        mails = {to: _plain(opened(content)) for _, to, content in new}
        assert len(mails) == len(new)
        for to, mail in mails.items():
            if mail.calendar:
                self.calendars.setdefault(to, []).append(mail.calendar.encode())
        return mails

    def token(self, to: str) -> str:
        """Return the secret of a recipient's answer page, as its mail has it."""
        [found] = set(
            re.findall("sessions\\+([0-9a-f]{32})@", self.calendars[to][-1].decode().replace("\r\n ", ""))
        )
        return str(found)


def _plain(mail: OpenedMail) -> OpenedMail:
    return replace(mail, text=mail.text.replace("\r\n", "\n"))


@pytest.fixture
def post(services: Services, mailer: CollectingMailer) -> Post:
    return Post(services, mailer)


async def booked(services: Services) -> tuple[Any, str]:
    await found_network(services)
    coordinator = await user(services)
    wanted = sites(
        *("VNM-HAN", "BGD-DAC", "KEN-NBO"),
        guest_sites=(
            GuestRequest(
                organisation="Institute of Engineering", city="Pulchowk", zone="Asia/Kathmandu", email=LAB
            ),
        ),
        people=(
            PersonRequest(role=PersonRole.LECTURER, name="Prof. S. Murai", email=MURAI, zone="Europe/Vienna"),
        ),
    )
    return coordinator, (await book_session(services, coordinator, wanted)).ref


def check_order(post: Post) -> None:
    """Hold each mailbox's calendars to their order: each later than the last, all from one address."""
    for to, calendars in post.calendars.items():
        order = [(int(values(one, "SEQUENCE")[0]), values(one, "DTSTAMP")[0]) for one in calendars]
        assert order == sorted(set(order)), to
        assert len({values(one, "ORGANIZER")[0] for one in calendars}) == 1


def method(mail: OpenedMail) -> str:
    return values(mail.calendar.encode(), "METHOD")[0] if mail.calendar else ""


async def test_every_turn_of_a_session_is_told_to_those_whom_it_concerns(
    services: Services, post: Post, clock: FakeClock
) -> None:
    coordinator, ref = await booked(services)
    first = await post.delivered()
    assert first.keys() == EVERYBODY
    assert {method(mail) for mail in first.values()} == {"REQUEST"}
    assert "You are a lecturer." in first[MURAI].text
    assert first[LAB].subject.startswith("Wed 16 Dec 11:45 Pulchowk: ")

    clock.advance(minutes=1)
    start = WallStart(local=datetime.fromisoformat("2026-12-17T15:00"), zone="Asia/Tokyo")
    await change_session(
        services, coordinator, ref, {"start": start, "title": "Remote Sensing, day 5"}, match=ANY
    )
    moved = await post.delivered()
    assert moved.keys() == EVERYBODY
    assert moved[DHAKA].subject == f"Moved: Thu 17 Dec 12:00 Dhaka: Remote Sensing, day 5 [{ref}]"
    assert "Moved: Wed 16 Dec 12:00–13:30 → Thu 17 Dec 12:00–13:30 (Dhaka time)\n" in moved[DHAKA].text
    assert "Title: “Remote Sensing, day 4” → “Remote Sensing, day 5”\n" in moved[DHAKA].text

    clock.advance(minutes=1)
    await answer_by_token(services, post.token(NAIROBI), Answer.ACCEPTED, "")
    await answer_by_token(services, post.token(DHAKA), Answer.DECLINED, "No power.\nUntil Friday.")
    declined = await post.delivered()
    assert declined.keys() == {DHAKA, TOKYO, COORDINATOR}
    assert declined[DHAKA].subject.startswith("Declined: Thu 17 Dec 12:00 Dhaka: ")
    assert method(declined[DHAKA]) == "CANCEL"
    assert declined[COORDINATOR].subject.startswith("Dhaka declined: Thu 17 Dec 15:00 Tokyo: ")
    assert "> No power.\n> Until Friday.\n" in declined[COORDINATOR].text
    assert "先方のコメント\n> No power.\n" in declined[TOKYO].text

    clock.advance(minutes=1)
    stations = tuple(SeatRequest(station=code) for code in ("JPN-TIC", "KEN-NBO", "PER-LIM"))
    await change_session(services, coordinator, ref, {"stations": stations}, match=ANY)
    changed = await post.delivered()
    assert changed.keys() == {TOKYO, HANOI, NAIROBI, LAB, LIMA}  # people hear nothing of other sites
    subjects = {to: mail.subject.partition("Thu 17 Dec")[0] for to, mail in changed.items() if to != TOKYO}
    assert subjects == {HANOI: "Removed: ", NAIROBI: "Changed: ", LAB: "Changed: ", LIMA: ""}
    assert "Added: Lima\nNo longer taking part: Hanoi and Dhaka\n" in changed[NAIROBI].text
    assert "You have accepted. That stands unless you change it." in changed[NAIROBI].text
    assert "The session goes on without Hanoi.\n" in changed[HANOI].text
    assert values(post.calendars[HANOI][-1], "STATUS") == []
    check_order(post)


async def test_a_message_an_end_and_a_return_reach_everybody(
    services: Services, post: Post, clock: FakeClock
) -> None:
    coordinator, ref = await booked(services)
    await post.delivered()

    await message_all(services, coordinator, ref, "Bring the maps.")
    told = await post.delivered()
    assert told.keys() == EVERYBODY
    assert "From Hana\n> Bring the maps.\n" in told[NAIROBI].text

    clock.advance(minutes=1)
    await cancel_session(services, coordinator, ref, "The lecturer is ill.")
    ended = await post.delivered()
    assert ended.keys() == told.keys()
    assert "Reason\n> The lecturer is ill.\n" in ended[MURAI].text
    assert all(values(post.calendars[to][-1], "STATUS") == ["CANCELLED"] for to in ended)

    clock.advance(minutes=1)
    await restore_session(services, coordinator, ref)
    again = await post.delivered()
    assert again.keys() == told.keys()
    assert again[MURAI].subject.startswith("Restored: Wed 16 Dec 07:00 Vienna: ")
    check_order(post)


async def test_a_new_mailbox_is_invited_and_the_old_one_hears_that_it_is_no_longer_asked(
    services: Services, post: Post, clock: FakeClock
) -> None:
    coordinator, ref = await booked(services)
    await post.delivered()
    clock.advance(minutes=1)

    def move(db: Connection) -> None:
        [found] = network.records(db, ["BGD-DAC"])
        network.change_stations(
            db, [replace(found, station=replace(found.station, mailbox="new@example.org"))]
        )

    await services.database.write(move)
    await change_session(services, coordinator, ref, {"title": "Another title"}, match=ANY)

    mails = await post.delivered()
    assert method(mails["new@example.org"]) == "REQUEST"
    assert mails["new@example.org"].subject.startswith("Wed 16 Dec 12:00 Dhaka: Another title")
    assert mails[DHAKA].subject.startswith("Removed: Wed 16 Dec 12:00 Dhaka: ")
    assert "This address no longer stands for Dhaka.\n" in mails[DHAKA].text


async def test_whoever_asked_hears_that_their_request_is_open_again(services: Services, post: Post) -> None:
    await found_network(services)
    coordinator = await user(services)
    asker = await user(services, "dhaka@example.org", roles=(Role.OPERATOR,), stations=("BGD-DAC",))
    ref = (await book_session(services, asker, sites("VNM-HAN", status=Status.REQUESTED))).ref
    await refuse_session(services, coordinator, ref, "The bridge is full.")
    await post.delivered()

    await restore_session(services, coordinator, ref)

    mail = (await post.delivered())["dhaka@example.org"]
    assert mail.subject.startswith("Open again: Wed 16 Dec 15:00 Tokyo: ")
    assert "Your request is open again.\n" in mail.text
    assert "Nothing is booked yet. You get a mail when it is approved or refused.\n" in mail.text
    assert "The bridge is full." not in mail.text


@pytest.mark.parametrize("outcome", ["approved", "refused"])
async def test_whoever_asked_hears_what_became_of_it(services: Services, post: Post, outcome: str) -> None:
    await found_network(services)
    coordinator = await user(services)
    asker = await user(services, "dhaka@example.org", roles=(Role.OPERATOR,), stations=("BGD-DAC",))
    wanted = sites("VNM-HAN", status=Status.REQUESTED)
    ref = (await book_session(services, asker, wanted)).ref
    assert await post.delivered() == {}

    if outcome == "approved":
        await confirm_session(services, coordinator, ref)
    else:
        await refuse_session(services, coordinator, ref, "The bridge is full.")

    mail = (await post.delivered())["dhaka@example.org"]
    if outcome == "approved":
        assert mail.subject.startswith("Approved: Wed 16 Dec 15:00 Tokyo: ")
    else:
        assert mail.subject.startswith("Not approved: Wed 16 Dec 15:00 Tokyo: ")
        assert "The coordinator's words\n> The bridge is full.\n" in mail.text
