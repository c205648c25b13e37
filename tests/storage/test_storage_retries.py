"""What a write scope does with the errors of a database: again, busy, full, or a defect told without values."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from jicanet.core.errors import StorageFull, Unavailable
from jicanet.storage import Database, open_database
from jicanet.storage.scopes import ATTEMPTS
from tests.support.databases import ONLY_POSTGRES, ONLY_SQLITE, write_from_elsewhere
from tests.support.meeting import Meeting
from tests.support.places import Full, count, holders, insert_place, take
from tests.support.postgres import start_cluster


def fail_with(db: Connection, code: str) -> None:
    db.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'told' USING ERRCODE = '{code}'; END $$"))


async def test_a_unique_violation_runs_the_change_again_from_the_start(places: Database) -> None:
    runs: list[int] = []

    def change(db: Connection) -> str:
        runs.append(count(db))
        insert_place(db, "Tokyo")
        if len(runs) == 1:
            insert_place(db, "Tokyo")
        return "done"

    assert await places.write(change) == "done"
    assert runs == [0, 0]
    assert await places.read(holders) == ["Tokyo"]


@ONLY_POSTGRES
async def test_the_second_run_sees_the_winner(places: Database, database_url: str) -> None:
    runs: list[list[str]] = []

    def change(db: Connection) -> str:
        runs.append(holders(db))
        if "Tokyo" in runs[-1]:
            return "taken"
        write_from_elsewhere(database_url, lambda other: insert_place(other, "Tokyo"))
        insert_place(db, "Tokyo")
        return "mine"

    assert await places.write(change) == "taken"
    assert runs == [[], ["Tokyo"]]


@ONLY_POSTGRES
async def test_a_deferred_constraint_that_speaks_at_commit_runs_the_change_again(database: Database) -> None:
    table = """
        CREATE TABLE occupied (span tstzrange NOT NULL,
        EXCLUDE USING gist (span WITH &&) DEFERRABLE INITIALLY DEFERRED)
    """
    await database.write(lambda db: db.execute(text(table)).close())
    hour = "INSERT INTO occupied VALUES ('[2026-12-16 06:00Z,2026-12-16 07:00Z)')"
    meeting = Meeting()
    runs = 0

    def change(db: Connection) -> str:
        nonlocal runs
        runs += 1
        taken = int(db.execute(text("SELECT count(*) FROM occupied")).scalar_one())
        meeting.wait(db)  # both have looked before either commits
        if taken:
            return "taken"
        db.execute(text(hour))
        return "mine"

    assert sorted(await asyncio.gather(database.write(change), database.write(change))) == ["mine", "taken"]
    assert runs == 3


@ONLY_POSTGRES
async def test_a_deadlock_is_resolved_by_running_again(places: Database) -> None:
    for name in ("a", "b"):
        await places.write(partial(insert_place, holder=name))

    meeting = Meeting()

    def lock(db: Connection, *names: str) -> None:
        for name in names:
            db.execute(text("UPDATE place SET holder = holder WHERE holder = :name"), {"name": name})
            meeting.wait(db)

    await asyncio.gather(
        places.write(lambda db: lock(db, "a", "b")), places.write(lambda db: lock(db, "b", "a"))
    )


@ONLY_POSTGRES
@pytest.mark.parametrize("code", ["40001", "40P01", "23P01", "23505"])
async def test_each_conflict_is_tried_again(places: Database, code: str) -> None:
    runs: list[str] = []

    def change(db: Connection) -> int:
        runs.append(code)
        if len(runs) < ATTEMPTS:
            fail_with(db, code)
        return len(runs)

    assert await places.write(change) == ATTEMPTS


@ONLY_POSTGRES
async def test_a_clash_without_end_becomes_unavailable(places: Database) -> None:
    runs: list[str] = []

    def change(db: Connection) -> None:
        runs.append("run")
        fail_with(db, "40001")

    with pytest.raises(Unavailable) as refused:
        await places.write(change)

    assert (refused.value.code, len(runs)) == ("storage_busy", ATTEMPTS)


async def test_a_constraint_broken_in_every_run_is_told_as_the_defect_it_is(places: Database) -> None:
    runs: list[str] = []

    def change(db: Connection) -> None:
        runs.append("run")
        for _ in range(2):
            insert_place(db, "keiko@example.org")

    with pytest.raises(IntegrityError) as broken:
        await places.write(change)

    assert len(runs) == ATTEMPTS
    assert "place" in str(broken.value)
    assert "keiko" not in str(broken.value)
    assert await places.read(holders) == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO place (holder) SELECT nullif(:value, :value)",
        "INSERT INTO place (holder, nowhere) VALUES (:value, :value)",
        "INSERT INTO idempotency (caller) VALUES (:value)",
    ],
    ids=["not_null", "no_column", "whole_row"],
)
async def test_errors_carry_no_values(places: Database, statement: str) -> None:
    secret = "keiko@example.org"

    with pytest.raises(DBAPIError) as broken:
        await places.write(lambda db: db.execute(text(statement), {"value": secret}).close())

    assert secret not in str(broken.value)
    assert secret not in repr(broken.value.orig)
    assert broken.value.params is None


@ONLY_POSTGRES
async def test_a_value_the_driver_cannot_take_is_not_told(places: Database) -> None:
    statement = text("SELECT 1 WHERE CAST(:value AS INTEGER) = 1")

    with pytest.raises(StatementError) as broken:
        await places.read(lambda db: db.execute(statement, {"value": "keiko@example.org"}).close())

    assert "keiko" not in str(broken.value)


@ONLY_SQLITE
async def test_words_searched_for_are_not_told(places: Database) -> None:
    await places.write(lambda db: db.execute(text("CREATE VIRTUAL TABLE words USING fts5 (content)")).close())
    search = text("SELECT * FROM words WHERE words MATCH :words")

    with pytest.raises(DBAPIError) as broken:
        await places.read(lambda db: db.execute(search, {"words": "keiko@"}).close())

    assert str(broken.value.orig) == "SQLITE_ERROR"  # and not: fts5: syntax error near "@"


async def test_the_defect_of_a_change_is_not_run_again(places: Database) -> None:
    runs: list[str] = []

    def change(db: Connection) -> None:
        runs.append("run")
        db.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(DBAPIError, match="nowhere"):
        await places.write(change)

    assert len(runs) == 1


@ONLY_SQLITE
async def test_a_full_disk_stores_nothing_and_recovers(places: Database) -> None:
    await places.write(lambda db: insert_place(db, "before"))

    def limit(db: Connection, pages: int) -> None:
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def change(db: Connection) -> None:
        insert_place(db, "small")
        db.execute(text("INSERT INTO place (holder) VALUES (zeroblob(3000000))"))

    await places.write(lambda db: limit(db, 1))
    with pytest.raises(StorageFull) as refused:
        await places.write(change)
    assert refused.value.code == "storage_full"
    assert await places.read(holders) == ["before"]

    await places.write(lambda db: limit(db, 1_000_000))
    await places.write(lambda db: insert_place(db, "after"))
    assert await places.read(holders) == ["after", "before"]


@ONLY_SQLITE
async def test_nothing_goes_on_in_a_transaction_that_sqlite_ended_by_itself(places: Database) -> None:
    def change(db: Connection) -> None:
        insert_place(db, "first")
        db.exec_driver_sql("ROLLBACK")  # what a full disk may do, without a word to the driver
        insert_place(db, "second")

    with pytest.raises(RuntimeError, match="ended the transaction by itself"):
        await places.write(change)

    assert await places.read(holders) == []


@ONLY_SQLITE
async def test_a_transaction_that_sqlite_ended_is_not_acknowledged(places: Database) -> None:
    def change(db: Connection) -> str:
        insert_place(db, "first")
        db.exec_driver_sql("ROLLBACK")
        return "done"

    with pytest.raises(RuntimeError, match="ended the transaction by itself"):
        await places.write(change)


@ONLY_POSTGRES
async def test_a_connection_cut_in_a_scope_is_unavailable_and_the_next_scope_works(places: Database) -> None:
    def change(db: Connection) -> None:
        insert_place(db, "lost")
        db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Unavailable) as refused:
        await places.write(change)
    assert refused.value.code == "storage_unavailable"

    await places.write(lambda db: insert_place(db, "kept"))
    assert await places.read(holders) == ["kept"]


@ONLY_POSTGRES
async def test_idle_connections_that_were_cut_are_replaced_unnoticed(places: Database) -> None:
    others = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
    """
    await places.read(holders)
    await places.write(lambda db: db.execute(text(others)).close())

    assert await places.read(holders) == []


@pytest.mark.usefixtures("postgres")
async def test_a_server_that_is_gone_is_unavailable() -> None:
    cluster = start_cluster()
    database = open_database(cluster.url("postgres"))
    await database.start()
    cluster.end()

    for scope in (database.read, database.write):
        with pytest.raises(Unavailable):
            await scope(lambda db: db.execute(text("SELECT 1")).scalar_one())
    with pytest.raises(Unavailable):
        await open_database(cluster.url("postgres")).start()
    await database.close()


@ONLY_SQLITE
async def test_a_refusal_in_the_change_is_not_run_again(places: Database) -> None:
    runs: list[str] = []

    def change(db: Connection) -> str:
        runs.append("run")
        return take(db, "Tokyo", capacity=0)

    with pytest.raises(Full):
        await places.write(change)

    assert len(runs) == 1
