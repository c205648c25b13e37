"""Answers that another library makes from our own invitations are read as they were given."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jicanet.ical.replies import Reply, Unreadable, parse_reply
from jicanet.mail.inbound import read_message
from jicanet.settings import Settings
from tests.support.answering import Given, answered_by_icaljs
from tests.support.inbound import DOMAIN, TOKEN, mail
from tests.support.letters import calendar, golden_letters
from tests.support.missing import left_out
from tests.support.node import NodePackagesMissing

AT = datetime(2026, 12, 3, 9, tzinfo=UTC)
WORDS = "We open at 11:30; the guard knows, 東京にも連絡しました。\nC:\\rooms\\new " + "é" * 200
GIVEN = (
    Given(answer="ACCEPTED", at=AT),
    Given(answer="TENTATIVE", at=AT + timedelta(seconds=1), comment=WORDS),
    Given(answer="DECLINED", at=AT + timedelta(days=400), comment="no"),
)


def answers(invitation: bytes) -> list[bytes]:
    try:
        return answered_by_icaljs(invitation, *GIVEN)
    except NodePackagesMissing as missing:
        left_out(str(missing))


@pytest.mark.parametrize("name", golden_letters())
async def test_an_answer_of_ical_js_is_read_as_given(name: str) -> None:
    invitation = calendar(golden_letters()[name])

    replies = answers(invitation)

    asked = parse_reply(  # what we ask, read by the same rules
        invitation.replace(b"METHOD:REQUEST", b"METHOD:REPLY").replace(b"NEEDS-ACTION", b"ACCEPTED")
    )
    assert [parse_reply(reply) for reply in replies] == [
        replace(asked, answer=one.answer.lower(), dtstamp=one.at, comment=one.comment) for one in GIVEN
    ]
    assert asked.organiser == f"sessions+{TOKEN}@{DOMAIN}"
    found = await read_message(
        mail(replies[1], head=f"To: {asked.organiser}\n", sender=f"Room <{asked.attendee}>"),
        recipient=None,
        settings=Settings().model_copy(update={"inbound_seconds": 20.0}),
    )
    assert (found.token, found.from_address) == (TOKEN, asked.attendee)
    assert isinstance(found.reply, Reply)
    assert (found.reply.uid, found.reply.comment) == (asked.uid, WORDS)


def test_our_own_invitation_that_comes_back_is_no_answer() -> None:
    with pytest.raises(Unreadable, match="not_a_reply"):
        parse_reply(calendar(golden_letters()["dhaka-en"]))
