"""The outbox on both databases: owed once, leased by one, in order, settled."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from jicanet.mail import store
from jicanet.mail.model import Kept, MailState, OutboxRow, Owed
from jicanet.storage import Database
from tests.support.mail import owed

NOW = datetime(2026, 12, 1, tzinfo=UTC)


async def owe(database: Database, *rows: Owed, now: datetime = NOW) -> None:
    await database.write(lambda db: store.owe(db, rows, now=now))


async def lease(
    database: Database, worker: str = "one", *, now: datetime = NOW, limit: int = 100
) -> list[OutboxRow]:
    return await database.write(lambda db: store.lease(db, worker=worker, now=now, seconds=60, limit=limit))


def identities(rows: Sequence[OutboxRow]) -> list[str]:
    return [row.identity for row in rows]


async def test_an_owed_row_comes_back_whole(database: Database) -> None:
    await owe(
        database,
        owed(1, uid="uid-1", recipient_key="7", sequence=3, dtstamp=NOW, payload={"名": ["東京", 1, None]}),
    )

    [row] = await lease(database)

    assert row == OutboxRow(
        id=row.id,
        identity="test/1",
        kind="test",
        recipient="room-1@example.org",
        uid="uid-1",
        recipient_key="7",
        sequence=3,
        dtstamp=NOW,
        payload={"名": ["東京", 1, None]},
        state=MailState.OWED,
        attempts=0,
        not_before=NOW,
        message_id=None,
        last_words="",
        created_at=NOW,
        settled_at=None,
    )


async def test_an_identity_is_owed_once(database: Database) -> None:
    await owe(database, owed(1))

    with pytest.raises(IntegrityError):
        await owe(database, owed(2), owed(1))
    with pytest.raises(ValueError, match=r"test/3"):
        await owe(database, owed(3), owed(3))

    assert identities(await lease(database)) == ["test/1"]


async def test_a_rolled_back_change_owes_nothing(database: Database) -> None:
    def change(db: Connection) -> None:
        store.owe(db, [owed(1)], now=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(change)

    assert await lease(database) == []


async def test_a_leased_row_is_nobody_elses_until_the_lease_ends(database: Database) -> None:
    await owe(database, owed(1))

    assert identities(await lease(database, "one")) == ["test/1"]
    assert await lease(database, "two") == []
    assert await lease(database, "two", now=NOW + timedelta(seconds=59)) == []
    assert identities(await lease(database, "two", now=NOW + timedelta(seconds=60))) == ["test/1"]


async def test_only_the_holder_begins(database: Database) -> None:
    await owe(database, owed(1))
    [row] = await lease(database, "one")
    later = NOW + timedelta(seconds=61)

    async def begin(worker: str) -> bool:
        return await database.write(lambda db: store.begin(db, row.id, worker=worker, now=later, seconds=60))

    assert await begin("two") is False
    assert await begin("one") is True  # late, but nobody took it meanwhile
    assert await lease(database, "two", now=later + timedelta(seconds=59)) == []
    [again] = await lease(database, "two", now=later + timedelta(seconds=60))
    assert again.attempts == 1
    assert await begin("one") is False


async def test_rows_due_longest_come_first_and_at_most_the_limit(database: Database) -> None:
    await owe(database, owed(1), now=NOW)
    await owe(database, owed(2), owed(3), now=NOW - timedelta(minutes=1))

    assert identities(await lease(database, limit=2)) == ["test/2", "test/3"]
    assert identities(await lease(database, limit=2)) == ["test/1"]


async def test_mails_of_one_recipient_and_uid_leave_in_order(database: Database) -> None:
    same = {"uid": "uid-1", "recipient_key": "7"}
    await owe(database, owed(1, **same), owed(2, **same), owed(3, uid="uid-1", recipient_key="8"))

    first, third = await lease(database)
    assert identities([first, third]) == ["test/1", "test/3"]
    assert await lease(database) == []

    await database.write(lambda db: store.settle_sent(db, first.id, now=NOW, words="ok"))
    assert identities(await lease(database)) == ["test/2"]


async def test_a_failed_row_does_not_block_and_a_waiting_one_does(database: Database) -> None:
    same = {"uid": "uid-1", "recipient_key": "7"}
    await owe(database, owed(1, **same), owed(2, **same))
    [first] = await lease(database)
    again = NOW + timedelta(minutes=5)

    await database.write(
        lambda db: store.settle_later(db, first.id, worker="one", not_before=again, words="451 busy")
    )
    assert await lease(database) == []

    assert identities(await lease(database, now=again)) == ["test/1"]
    await database.write(
        lambda db: store.settle_failed(db, first.id, worker="one", now=again, words="550 no")
    )
    assert identities(await lease(database, now=again)) == ["test/2"]


async def test_bytes_are_kept_once(database: Database) -> None:
    await owe(database, owed(1))
    [row] = await lease(database)
    content = bytes(range(256))

    def keep(db: Connection) -> None:
        store.keep(db, row.id, content=content, sender="a@example.org", message_id="<1@x>")

    assert await database.read(lambda db: store.kept(db, row.id)) is None
    await database.write(keep)
    with pytest.raises(IntegrityError):
        await database.write(keep)

    assert await database.read(lambda db: store.kept(db, row.id)) == Kept(
        content=content, sender="a@example.org"
    )
    found = await database.read(lambda db: store.one(db, row.id))
    assert found is not None
    assert found.message_id == "<1@x>"


async def test_settling_says_when_and_why(database: Database) -> None:
    await owe(database, owed(1), owed(2), owed(3))
    first, second, _ = await lease(database)

    await database.write(lambda db: store.settle_sent(db, first.id, now=NOW, words="250 ok"))
    await database.write(
        lambda db: store.settle_failed(db, second.id, worker="one", now=NOW, words="550 no such room")
    )
    # Not the holder: nothing changes.
    await database.write(
        lambda db: store.settle_failed(db, first.id + 2, worker="two", now=NOW, words="wrong")
    )

    rows = await database.read(lambda db: store.listed(db, limit=10))
    assert [(row.identity, row.state, row.last_words, row.settled_at) for row in rows] == [
        ("test/3", MailState.OWED, "", None),
        ("test/2", MailState.FAILED, "550 no such room", NOW),
        ("test/1", MailState.SENT, "250 ok", NOW),
    ]


async def test_mails_are_listed_by_pages(database: Database) -> None:
    await owe(database, *map(owed, range(5)))

    first = await database.read(lambda db: store.listed(db, limit=2))
    second = await database.read(lambda db: store.listed(db, limit=2, before=first[-1].id))

    assert identities(first) == ["test/4", "test/3"]
    assert identities(second) == ["test/2", "test/1"]


async def test_released_rows_are_due_again_untried(database: Database) -> None:
    await owe(database, owed(1), owed(2))
    rows = await lease(database, "one")

    await database.write(lambda db: store.release(db, [row.id for row in rows], worker="two"))
    assert await lease(database, "two") == []
    await database.write(lambda db: store.release(db, [row.id for row in rows], worker="one"))
    assert [(row.identity, row.attempts) for row in await lease(database, "two")] == [
        ("test/1", 0),
        ("test/2", 0),
    ]


async def test_rivals_never_lease_one_row_twice(database: Database) -> None:
    await owe(database, *map(owed, range(60)))

    taken = await asyncio.gather(*(lease(database, f"worker-{n}", limit=7) for n in range(12)))

    found = sorted(row.id for rows in taken for row in rows)
    assert len(found) == len(set(found))
    rest = await lease(database, "last", limit=100)
    assert len(found) + len(rest) == 60


async def test_the_newest_mail_is_found_by_whom_it_went_to_and_what_it_told(database: Database) -> None:
    said = [("7", "moved"), ("7", "changed"), ("8", "moved"), ("7", None), ("9", "changed")]
    rows = [
        owed(number, uid="uid-1", recipient_key=key, payload={} if news is None else {"news": news})
        for number, (key, news) in enumerate(said, 1)
    ]
    await owe(database, *rows, owed(6, uid="uid-2", recipient_key="7", payload={"news": "moved"}))

    async def found(**wanted: str) -> str:
        row = await database.read(lambda db: store.newest(db, "uid-1", **wanted))
        return row.identity if row else ""

    assert await found() == "test/5"
    assert await found(recipient_key="7") == "test/4"
    assert await found(recipient_key="7", news="moved") == "test/1"
    assert await found(news="moved") == "test/3"
    assert await found(recipient_key="9", news="moved") == ""
    assert await found(recipient_key="7", kind="cancel") == ""
