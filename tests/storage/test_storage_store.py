"""Audit trail, remembered answers, leases of steps, revisions: the same on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, Delete, Update, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from jicanet.core.actor import CONSOLE, Actor, ActorKind
from jicanet.core.errors import Conflict, Invalid
from jicanet.core.text import message
from jicanet.storage import Database, store, tables
from tests.support.databases import ONLY_POSTGRES, ONLY_SQLITE

NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
KEIKO = Actor(kind=ActorKind.USER, name="user 7", user_id=7)


def record(db: Connection, action: str = "book", subject: str = "JN-2026-000001") -> None:
    store.record_audit(db, at=NOW, actor=KEIKO, action=action, subject=subject, detail={"seats": ["JPN-TIC"]})


def line(action: str) -> store.AuditLine:
    return store.AuditLine(
        at=NOW, actor="user 7", action=action, subject="JN-2026-000001", detail={"seats": ["JPN-TIC"]}
    )


class TestAudit:
    async def test_what_was_recorded_is_given_back_in_order(self, database: Database) -> None:
        for action in ("book", "link", "print"):
            await database.write(partial(record, action=action))
        await database.write(partial(record, subject="JN-2026-000002"))

        found = await database.read(partial(store.audit_of, subject="JN-2026-000001", limit=2))

        assert found == (line("link"), line("print"))

    async def test_a_change_that_was_refused_leaves_no_line(self, database: Database) -> None:
        def change(db: Connection) -> None:
            record(db)
            raise Conflict("taken", message("Taken."))

        with pytest.raises(Conflict):
            await database.write(change)

        assert await database.read(partial(store.audit_of, subject="JN-2026-000001")) == ()

    @pytest.mark.parametrize(
        "statement",
        [update(tables.audit).values(actor="nobody"), delete(tables.audit)],
        ids=["update", "delete"],
    )
    async def test_a_line_cannot_be_changed_or_removed(
        self, database: Database, statement: Delete | Update
    ) -> None:
        await database.write(record)

        with pytest.raises(DBAPIError, match="audit is append-only"):
            await database.write(lambda db: db.execute(statement).close())

        found = await database.read(partial(store.audit_of, subject="JN-2026-000001"))
        assert found == (line("book"),)

    @ONLY_SQLITE
    async def test_a_line_cannot_be_replaced(self, database: Database) -> None:
        await database.write(record)
        replace = "INSERT OR REPLACE INTO audit SELECT id, at, 'nobody', action, subject, detail FROM audit"

        with pytest.raises(DBAPIError, match="audit is append-only"):
            await database.write(lambda db: db.execute(text(replace)).close())

        found = await database.read(partial(store.audit_of, subject="JN-2026-000001"))
        assert found == (line("book"),)

    @ONLY_POSTGRES
    async def test_the_trail_cannot_be_truncated(self, database: Database) -> None:
        await database.write(record)

        with pytest.raises(DBAPIError, match="audit is append-only"):
            await database.write(lambda db: db.execute(text("TRUNCATE audit")).close())

        found = await database.read(partial(store.audit_of, subject="JN-2026-000001"))
        assert found == (line("book"),)

    def test_the_store_has_no_way_to_change_it(self) -> None:
        assert [name for name in vars(store) if "audit" in name] == ["record_audit", "audit_of"]


def answered_once(db: Connection, body_hash: str = "h1", key: str = "k1") -> str:
    """Do what a use case with a key does: remember, or give the remembered answer."""
    place = {"caller": "user 7", "route": "POST /api/v1/sessions", "key": key, "body_hash": body_hash}
    before = store.remembered(db, **place)
    if before is not None:
        return str(before["ref"])
    number = store.raise_revision(db, "sessions")
    store.remember(db, **place, answer={"ref": f"JN-{number}"}, now=NOW)
    return f"JN-{number}"


class TestIdempotency:
    async def test_the_same_key_and_body_get_the_first_answer(self, database: Database) -> None:
        answers = [await database.write(answered_once) for _ in range(3)]

        assert answers == ["JN-1"] * 3

    async def test_the_same_key_with_another_body_is_refused(self, database: Database) -> None:
        await database.write(answered_once)

        with pytest.raises(Invalid) as refused:
            await database.write(partial(answered_once, body_hash="h2"))

        assert refused.value.code == "idempotency_key_reused"
        assert [error.value for error in refused.value.errors] == ["k1"]
        assert await database.read(partial(store.revision, name="sessions")) == 1

    @pytest.mark.parametrize("other", ["caller", "route", "key"])
    async def test_a_key_belongs_to_caller_and_route(self, database: Database, other: str) -> None:
        place = {"caller": "a", "route": "b", "key": "c"}
        await database.write(
            lambda db: store.remember(db, **place, body_hash="h1", answer={"ref": "JN-1"}, now=NOW)
        )

        found = await database.read(
            lambda db: store.remembered(db, **{**place, other: "another"}, body_hash="h1")
        )

        assert found is None

    async def test_a_refusal_is_not_remembered(self, database: Database) -> None:
        def refused(db: Connection) -> None:
            answered_once(db)
            raise Conflict("taken", message("Taken."))

        with pytest.raises(Conflict):
            await database.write(refused)

        assert await database.write(answered_once) == "JN-1"

    async def test_twins_at_once_get_one_answer(self, database: Database) -> None:
        answers = await asyncio.gather(*(database.write(answered_once) for _ in range(10)))

        assert set(answers) == {"JN-1"}
        assert await database.read(partial(store.revision, name="sessions")) == 1

    async def test_old_keys_are_forgotten(self, database: Database) -> None:
        await database.write(answered_once)
        forget = store.forget_idempotency

        assert await database.write(partial(forget, before=NOW)) == 0
        assert await database.write(partial(forget, before=NOW + timedelta(seconds=1))) == 1
        assert await database.write(answered_once) == "JN-2"


class TestSteps:
    async def test_of_two_rivals_one_gets_the_step(self, database: Database) -> None:
        claim = partial(store.claim_step, name="digest", now=NOW, seconds=60)

        won = await asyncio.gather(*(database.write(partial(claim, worker=str(n))) for n in range(10)))

        assert sorted(won) == [False] * 9 + [True]

    async def test_a_lease_ends_by_itself(self, database: Database) -> None:
        claim = partial(store.claim_step, name="digest", worker="a", seconds=60)
        rival = partial(store.claim_step, name="digest", worker="b", seconds=60)

        assert await database.write(partial(claim, now=NOW)) is True
        assert await database.write(partial(rival, now=NOW + timedelta(seconds=59))) is False
        assert await database.write(partial(rival, now=NOW + timedelta(seconds=60))) is True

    async def test_a_finished_step_can_be_claimed_again_and_tells_its_last_run(
        self, database: Database
    ) -> None:
        claim = partial(store.claim_step, name="digest", worker="a", seconds=60, now=NOW)
        await database.write(claim)

        done = await database.write(
            partial(store.finish_step, name="digest", worker="a", now=NOW, result="3 sent")
        )

        state = store.StepState(
            name="digest", lease_until=None, leased_by=None, last_run_at=NOW, last_result="3 sent"
        )
        assert done is True
        assert await database.read(store.steps) == (state,)
        assert await database.write(claim) is True

    async def test_who_lost_the_lease_cannot_finish_the_step(self, database: Database) -> None:
        later = NOW + timedelta(minutes=5)
        await database.write(partial(store.claim_step, name="digest", worker="slow", seconds=60, now=NOW))
        await database.write(partial(store.claim_step, name="digest", worker="b", seconds=60, now=later))

        done = await database.write(
            partial(store.finish_step, name="digest", worker="slow", now=later, result="late")
        )

        (state,) = await database.read(store.steps)
        assert (done, state.leased_by, state.last_result) == (False, "b", None)


class TestRevisions:
    async def test_a_revision_rises_by_one_from_nought(self, database: Database) -> None:
        assert await database.read(partial(store.revision, name="facts")) == 0
        assert [await database.write(partial(store.raise_revision, name="facts")) for _ in range(3)] == [
            1,
            2,
            3,
        ]
        assert await database.read(partial(store.revision, name="facts")) == 3
        assert await database.read(partial(store.revision, name="other")) == 0

    async def test_rivals_never_get_the_same_one(self, database: Database) -> None:
        got = await asyncio.gather(
            *(database.write(partial(store.raise_revision, name="facts")) for _ in range(20))
        )

        assert sorted(got) == list(range(1, 21))


class TestLocks:
    async def test_locked_rows_are_given_back(self, database: Database) -> None:
        query = select(tables.revision.c.name).order_by(tables.revision.c.name)
        for name in ("b", "a"):
            await database.write(partial(store.raise_revision, name=name))

        rows = await database.write(partial(store.lock_rows, query=query))

        assert [tuple(row) for row in rows] == [("a",), ("b",)]

    async def test_who_locks_first_is_seen_by_who_waits(self, database: Database) -> None:
        """Read, then write what was read plus one: without the lock an update would be lost."""
        query = select(tables.revision.c.value).where(tables.revision.c.name == "facts")
        await database.write(partial(store.raise_revision, name="facts"))

        def change(db: Connection) -> None:
            (row,) = store.lock_rows(db, query)
            db.execute(update(tables.revision).values(value=row.value + 1))

        await asyncio.gather(*(database.write(change) for _ in range(20)))

        assert await database.read(partial(store.revision, name="facts")) == 21

    @ONLY_POSTGRES
    async def test_a_row_that_refers_to_a_locked_one_can_still_be_inserted(self, database: Database) -> None:
        """FOR UPDATE would make it wait; FOR NO KEY UPDATE does not (architecture.md, Transactions)."""
        await database.write(lambda db: db.execute(insert(tables.revision).values(name="a", value=1)).close())
        refers = "CREATE TABLE child (name text REFERENCES revision (name))"
        await database.write(lambda db: db.execute(text(refers)).close())
        locked, done = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        query = select(tables.revision.c.name)

        def hold(db: Connection) -> bool:
            store.lock_rows(db, query)
            loop.call_soon(locked.set)
            for _ in range(50):
                db.execute(text("SELECT pg_sleep(0.02)"))
                if done.is_set():
                    return True
            return False

        async def insert_child() -> None:
            await locked.wait()
            await database.write(lambda db: db.execute(text("INSERT INTO child VALUES ('a')")).close())
            done.set()

        held, _ = await asyncio.gather(database.write(hold), insert_child())
        assert held is True


async def test_the_console_is_named_in_the_trail(database: Database) -> None:
    await database.write(
        lambda db: store.record_audit(
            db, at=NOW, actor=CONSOLE, action="import", subject="network", detail={}
        )
    )

    (found,) = await database.read(partial(store.audit_of, subject="network"))
    assert found.actor == "console"
