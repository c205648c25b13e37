"""Answers that a library of others makes from our invitations: each counts for exactly its own recipient."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from structlog.testing import capture_logs

from jicanet.app import renderers
from jicanet.mail.delivery import deliver
from jicanet.mail.model import LetterState
from jicanet.scheduler.service import Ingested, ingest
from tests.support.answering import Given, answered_by_icaljs
from tests.support.calendars import values
from tests.support.feeds import BODY, change, later
from tests.support.inbound import mail
from tests.support.missing import left_out
from tests.support.node import NodePackagesMissing
from tests.support.reference import Site

# What counts is decided in the same lines whatever database keeps it.
pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

NAIROBI, HANOI, SATO, MINISTRY = (
    "ken-nbo@stations.invalid",
    "vnm-han@stations.invalid",
    "sato@example.org",
    "it@moh.example",
)
NOON = datetime(2026, 12, 1, 0, 1, tzinfo=UTC)


class Booked:
    """A session, and the invitation that each address got."""

    def __init__(self, site: Site, ref: str, invitations: Mapping[str, bytes]) -> None:
        self.site, self.ref, self.invitations = site, ref, invitations

    async def answers(self) -> dict[str, str]:
        """Return the answer of each part by its name."""
        session = await (await self.site.get(f"/api/v1/sessions/{self.ref}")).json()
        seats = {seat["station"]: seat["answer"] for seat in session["seats"]}
        return {**seats, **{part["name"]: part["answer"] for part in session["parts"]}}

    def reply(
        self, address: str, answer: str, *, minutes: int = 0, sender: str = "", without: str = ""
    ) -> bytes:
        """Return the mail in which another library answers an invitation; `without` leaves out a line."""
        invitation = self.invitations[address]
        given = Given(answer=answer, at=NOON + timedelta(minutes=minutes), comment="As told")
        try:
            [calendar] = answered_by_icaljs(invitation, given)
        except NodePackagesMissing as missing:
            left_out(str(missing))
        if without:
            text = calendar.decode().replace("\r\n ", "")
            kept = [line for line in text.split("\r\n") if not line.startswith(without)]
            assert len(kept) < len(text.split("\r\n"))
            calendar = "\r\n".join(kept).encode()
        [organiser] = values(invitation, "ORGANIZER")
        to = f"To: {organiser.removeprefix('mailto:')}\n"
        return mail(calendar, head=to, sender=sender or address)

    async def ingest(self, raw: bytes) -> Ingested:
        later(self.site, hours=1)
        services = self.site.services
        # The machine of the tests may be busy; how long reading may take is tried elsewhere.
        settings = services.settings.model_copy(update={"inbound_seconds": 20.0})
        return await ingest(replace(services, settings=settings), raw)


async def invited(site: Site) -> Booked:
    body = {
        **BODY,
        "people": [{"role": "lecturer", "name": "Dr Sato", "email": SATO}],
        "guest_sites": [
            {"organisation": "Ministry", "city": "Nairobi", "zone": "Africa/Nairobi", "email": MINISTRY}
        ],
    }
    ref = (await (await site.book(body)).json())["ref"]
    return Booked(site, ref, await delivered(site))


async def delivered(site: Site) -> dict[str, bytes]:
    """Send what is owed and return the newest calendar of each address."""
    await deliver(site.services, renderers(), worker="tests")
    mailer: Any = site.services.mailer
    found: dict[str, Any] = {}
    for _, to, content in mailer.sent:
        for part in message_from_bytes(content, policy=default).walk():
            if part.get_content_type() == "text/calendar":
                found[to] = part.get_payload(decode=True)
    return found


@pytest.mark.parametrize(
    ("address", "part"),
    [(NAIROBI, "KEN-NBO"), (HANOI, "VNM-HAN"), (SATO, "Dr Sato"), (MINISTRY, "Ministry")],
)
async def test_a_reply_changes_exactly_its_own_recipient(site: Site, address: str, part: str) -> None:
    booked = await invited(site)
    before = await booked.answers()
    for minutes, answer in enumerate(("ACCEPTED", "TENTATIVE", "DECLINED")):
        done = await booked.ingest(booked.reply(address, answer, minutes=minutes))
        assert (done.mail.state, done.ref) == (LetterState.COUNTED, booked.ref)
        assert await booked.answers() == {**before, part: answer.lower()}


@pytest.mark.parametrize("without", ["ORGANIZER", "SEQUENCE"])
async def test_a_reply_that_a_server_has_stripped_counts(site: Site, without: str) -> None:
    booked = await invited(site)
    done = await booked.ingest(booked.reply(NAIROBI, "ACCEPTED", without=without))
    assert done.mail.state is LetterState.COUNTED
    assert (await booked.answers())["KEN-NBO"] == "accepted"


async def test_what_does_not_prove_its_recipient_is_kept_for_a_person(site: Site) -> None:
    booked = await invited(site)
    before = await booked.answers()
    with capture_logs() as told:
        forwarded = await booked.ingest(booked.reply(NAIROBI, "DECLINED", sender="somebody@example.org"))
    assert [(line["event"], line["reason"]) for line in told] == [("mail waits for a person", "other_sender")]
    assert "@" not in repr(told)
    assert (forwarded.mail.state, forwarded.mail.reason) == (LetterState.UNVERIFIED, "other_sender")
    # Another recipient's address for answers, from one's own mailbox.
    [mine] = values(booked.invitations[HANOI], "ORGANIZER")
    [theirs] = values(booked.invitations[NAIROBI], "ORGANIZER")
    stolen = booked.reply(HANOI, "DECLINED").replace(mine[7:].encode(), theirs[7:].encode())
    done = await booked.ingest(stolen)
    assert (done.mail.state, done.mail.reason) == (LetterState.UNVERIFIED, "other_sender")
    # One letter of the token changed.
    at = theirs.index("+") + 1
    forged = theirs[:at] + ("1" if theirs[at] == "0" else "0") + theirs[at + 1 :]
    done = await booked.ingest(
        booked.reply(NAIROBI, "DECLINED").replace(theirs[7:].encode(), forged[7:].encode())
    )
    assert (done.mail.state, done.mail.reason) == (LetterState.UNVERIFIED, "unknown_token")
    assert await booked.answers() == before


async def test_older_replies_never_win_in_whatever_order_they_come(site: Site) -> None:
    booked = await invited(site)
    given = (("ACCEPTED", 0), ("DECLINED", 1), ("TENTATIVE", 2))
    for number, order in enumerate((given, given[::-1], (given[1], given[2], given[0]))):
        for answer, minutes in order:
            # Each order by mails of its own, later than those of the orders before.
            await booked.ingest(booked.reply(NAIROBI, answer, minutes=number * 5 + minutes))
        assert (await booked.answers())["KEN-NBO"] == "tentative", order


async def test_a_reply_to_what_has_moved_since_does_not_count(site: Site) -> None:
    booked = await invited(site)
    late = booked.reply(NAIROBI, "ACCEPTED")
    later(site)
    await change(site, booked.ref, start={"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"})
    assert (await booked.ingest(late)).mail.state is LetterState.OLDER
    assert (await booked.answers())["KEN-NBO"] == "needs-action"
    moved = Booked(site, booked.ref, await delivered(site))
    assert (await moved.ingest(moved.reply(NAIROBI, "ACCEPTED", minutes=1))).mail.state is LetterState.COUNTED
