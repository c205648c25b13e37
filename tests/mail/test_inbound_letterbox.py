"""The letterbox on both databases: each mail once, judged, decided by one person, listed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError

from jicanet.ical.replies import Reply
from jicanet.mail.inbound import incoming
from jicanet.mail.model import InboundMail, LetterState, Reading
from jicanet.mail.store import letterbox
from jicanet.mail.store.letterbox import Received
from jicanet.settings import Settings
from jicanet.storage import Database
from tests.support.inbound import ATTENDEE, DOMAIN, TOKEN, UID, mail

SETTINGS = Settings()
NOW = datetime(2026, 12, 3, 9, 0, 1, tzinfo=UTC)
REPLY = Reply(
    uid=UID,
    sequence=2,
    dtstamp=NOW - timedelta(seconds=1),
    answer="accepted",
    attendee=ATTENDEE,
    organiser=f"sessions+{TOKEN}@{DOMAIN}",
    comment="参加します。",
)
READ = Reading(
    from_address=ATTENDEE, subject="Accepted", message_id="<1@elsewhere.invalid>", token=TOKEN, reply=REPLY
)
UNREAD = replace(READ, reply=None, reason="no_calendar")


async def receive(
    database: Database, raw: bytes, reading: Reading = READ, *, recipient: str | None = None
) -> Received:
    stored = incoming(raw, recipient=recipient, settings=SETTINGS)
    return await database.write(lambda db: letterbox.receive(db, stored, reading, now=NOW))


async def judge(database: Database, mail_id: int, state: LetterState, session_id: int | None = None) -> None:
    await database.write(
        lambda db: letterbox.judge(
            db, mail_id, state=state, reason="why", session_id=session_id, recipient_id=7
        )
    )


async def settle(database: Database, mail_id: int, state: LetterState, by: str = "sato@example.org") -> bool:
    later = NOW + timedelta(hours=1)
    return await database.write(lambda db: letterbox.settle(db, mail_id, state=state, by=by, now=later))


async def one(database: Database, mail_id: int) -> InboundMail:
    found = await database.read(lambda db: letterbox.one(db, mail_id))
    assert found is not None
    return found


async def test_a_mail_comes_back_whole(database: Database) -> None:
    raw, to = mail(), f"sessions+{TOKEN}@{DOMAIN}"

    received = await receive(database, raw, recipient=to)

    expected = InboundMail(
        id=received.mail.id,
        size=len(raw),
        is_cut=False,
        recipient=to,
        received_at=NOW,
        from_address=ATTENDEE,
        subject="Accepted",
        message_id="<1@elsewhere.invalid>",
        state=LetterState.UNREAD,
        reason="",
        session_id=None,
        recipient_id=None,
        uid=UID,
        attendee=ATTENDEE,
        answer="accepted",
        words="参加します。",
        sequence=2,
        dtstamp=REPLY.dtstamp,
        settled_at=None,
        settled_by=None,
    )
    assert received == Received(mail=expected, is_new=True)
    assert await one(database, received.mail.id) == expected
    assert await database.read(lambda db: letterbox.content(db, received.mail.id)) == raw


async def test_a_mail_without_an_answer_keeps_its_reason(database: Database) -> None:
    reading = replace(UNREAD, reason="delegated", words="next@site.invalid")

    found = (await receive(database, b"\x00\xff", reading)).mail

    assert (found.reason, found.words) == ("delegated", "next@site.invalid")
    assert (found.uid, found.attendee, found.answer, found.sequence, found.dtstamp) == (None,) * 5
    assert await database.read(lambda db: letterbox.content(db, found.id)) == b"\x00\xff"


async def test_an_automatic_answer_is_kept_for_a_person(database: Database) -> None:
    reading = replace(READ, reply=None, automatic_reply=REPLY, auto_submitted=True, reason="auto_submitted")

    found = (await receive(database, mail(), reading)).mail

    assert (found.state, found.reason, found.answer) == (LetterState.UNREAD, "auto_submitted", "accepted")


async def test_a_twin_changes_nothing(database: Database) -> None:
    first = await receive(database, mail())
    await judge(database, first.mail.id, LetterState.COUNTED, session_id=3)

    twin = await receive(database, mail(), UNREAD)

    assert twin == Received(mail=await one(database, first.mail.id), is_new=False)
    assert twin.mail.state is LetterState.COUNTED
    assert len(await database.read(lambda db: letterbox.listed(db, states=tuple(LetterState), limit=9))) == 1


async def test_the_same_mail_to_two_addresses_is_two(database: Database) -> None:
    received = [await receive(database, mail(), recipient=to) for to in (None, "a@b.invalid", "c@b.invalid")]

    assert [one.is_new for one in received] == [True, True, True]


async def test_of_many_who_store_one_mail_one_does(database: Database) -> None:
    received = await asyncio.gather(*(receive(database, mail()) for _ in range(12)))

    assert sorted(one.is_new for one in received) == [False] * 11 + [True]
    assert len({one.mail.id for one in received}) == 1


async def test_only_the_beginning_of_a_large_mail_is_kept(database: Database) -> None:
    raw = mail(b"x" * 2_000_000)

    found = (await receive(database, raw, replace(UNREAD, reason="too_large"))).mail

    assert (found.size, found.is_cut) == (len(raw), True)
    assert await database.read(lambda db: letterbox.content(db, found.id)) == raw[:65_536]
    assert (await receive(database, raw)).is_new is False


async def test_a_judgement_says_what_the_mail_is_about(database: Database) -> None:
    found = (await receive(database, mail())).mail

    await judge(database, found.id, LetterState.UNVERIFIED, session_id=3)

    judged = replace(found, state=LetterState.UNVERIFIED, reason="why", session_id=3, recipient_id=7)
    assert await one(database, found.id) == judged


@pytest.mark.parametrize(
    ("state", "is_open"),
    [
        (LetterState.UNVERIFIED, True),
        (LetterState.UNREAD, True),
        (LetterState.OLDER, True),
        (LetterState.COUNTED, False),
    ],
)
async def test_a_person_decides_what_is_not_decided(
    database: Database, state: LetterState, *, is_open: bool
) -> None:
    found = (await receive(database, mail())).mail
    await judge(database, found.id, state)

    assert await settle(database, found.id, LetterState.ACCEPTED) is is_open

    decided = await one(database, found.id)
    if is_open:
        assert (decided.state, decided.settled_by) == (LetterState.ACCEPTED, "sato@example.org")
        assert decided.settled_at == NOW + timedelta(hours=1)
    else:
        assert (decided.state, decided.settled_by, decided.settled_at) == (state, None, None)


async def test_of_two_who_decide_the_first_does(database: Database) -> None:
    found = (await receive(database, mail())).mail

    done = await asyncio.gather(
        settle(database, found.id, LetterState.ACCEPTED, by="one"),
        settle(database, found.id, LetterState.DISMISSED, by="two"),
    )

    assert sorted(done) == [False, True]
    assert (await one(database, found.id)).settled_by == ("one" if done[0] else "two")
    assert await settle(database, found.id, LetterState.DISMISSED) is False
    assert await settle(database, found.id + 1, LetterState.DISMISSED) is False


async def test_mails_are_listed_newest_first_by_state_and_page(database: Database) -> None:
    ids = [(await receive(database, mail(head=f"X: {number}\n"))).mail.id for number in range(5)]
    await judge(database, ids[1], LetterState.COUNTED)
    await judge(database, ids[3], LetterState.UNVERIFIED)
    waiting = (LetterState.UNREAD, LetterState.UNVERIFIED)

    async def listed(limit: int, before: int | None = None) -> list[int]:
        found = await database.read(
            lambda db: letterbox.listed(db, states=waiting, limit=limit, before=before)
        )
        return [one.id for one in found]

    assert await listed(3) == [ids[4], ids[3], ids[2]]
    assert await listed(3, before=ids[2]) == [ids[0]]
    assert await database.read(lambda db: letterbox.listed(db, states=(), limit=3)) == []


async def test_mails_about_a_session_are_its_own(database: Database) -> None:
    ids = [(await receive(database, mail(head=f"X: {number}\n"))).mail.id for number in range(3)]
    await judge(database, ids[0], LetterState.COUNTED, session_id=3)
    await judge(database, ids[1], LetterState.COUNTED, session_id=4)
    await judge(database, ids[2], LetterState.OLDER, session_id=3)

    found = await database.read(lambda db: letterbox.about(db, 3, limit=9))

    assert [one.id for one in found] == [ids[2], ids[0]]
    assert len(await database.read(lambda db: letterbox.about(db, 3, limit=1))) == 1


async def test_what_is_not_there_is_none(database: Database) -> None:
    assert await database.read(lambda db: letterbox.one(db, 1)) is None
    assert await database.read(lambda db: letterbox.content(db, 1)) is None


async def test_lists_do_not_read_the_bytes(database: Database) -> None:
    found = (await receive(database, mail())).mail
    said: list[str] = []

    def query(db: Connection) -> None:
        event.listen(
            db, "before_cursor_execute", lambda *given: said.append(given[2])
        )  # given: connection, cursor, statement, ...
        letterbox.listed(db, states=tuple(LetterState), limit=9)
        letterbox.about(db, 3, limit=9)
        letterbox.one(db, found.id)

    await database.read(query)

    said = [statement for statement in said if statement.startswith("SELECT")]
    assert len(said) == 3
    # Its length alone is asked for: a list of fifty large mails would be fifty megabytes.
    assert all("content" not in statement.replace("length(inbound_mail.content)", "") for statement in said)


@pytest.mark.parametrize(
    "change",
    ["state = 'lost'", "answer = 'maybe'", "state = 'accepted'", "settled_at = received_at", "digest = null"],
)
async def test_the_table_refuses_what_cannot_be(database: Database, change: str) -> None:
    await receive(database, mail())

    with pytest.raises(IntegrityError):
        await database.write(lambda db: db.execute(text(f"update inbound_mail set {change}")).close())
