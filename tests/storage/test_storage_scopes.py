"""The contract of the two scopes, the same on SQLite and PostgreSQL."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from jicanet.core.errors import Conflict, Unavailable
from jicanet.core.text import message
from jicanet.storage import Database, open_database
from tests.conftest import Postgres
from tests.support.databases import write_from_elsewhere
from tests.support.places import holders, insert_place


class TestBothDatabases:
    async def test_write_gives_back_what_the_change_returns(self, places: Database) -> None:
        def change(db: Connection) -> tuple[str, list[str]]:
            insert_place(db, "Tokyo")
            return "done", holders(db)

        assert await places.write(change) == ("done", ["Tokyo"])

    async def test_read_sees_what_was_committed(self, places: Database) -> None:
        await places.write(lambda db: insert_place(db, "Tokyo"))

        assert await places.read(holders) == ["Tokyo"]

    async def test_a_refusal_in_the_change_leaves_nothing_half_written(self, places: Database) -> None:
        def change(db: Connection) -> None:
            insert_place(db, "Tokyo")
            insert_place(db, "Nairobi")
            raise Conflict("taken", message("Taken."))

        with pytest.raises(Conflict):
            await places.write(change)

        assert await places.read(holders) == []

    async def test_writing_goes_on_after_an_error(self, places: Database) -> None:
        with pytest.raises(ZeroDivisionError):
            await places.write(lambda _: 1 // 0)

        await places.write(lambda db: insert_place(db, "Tokyo"))

        assert await places.read(holders) == ["Tokyo"]

    async def test_a_read_scope_cannot_write(self, places: Database) -> None:
        with pytest.raises(DBAPIError):
            await places.read(lambda db: insert_place(db, "Tokyo"))

        assert await places.read(holders) == []

    async def test_a_read_scope_sees_one_moment(self, places: Database, database_url: str) -> None:
        def query(db: Connection) -> tuple[list[str], list[str]]:
            first = holders(db)
            write_from_elsewhere(database_url, lambda other: insert_place(other, "Tokyo"))
            return first, holders(db)

        assert await places.read(query) == ([], [])
        assert await places.read(holders) == ["Tokyo"]

    @pytest.mark.parametrize("outer", ["read", "write"])
    @pytest.mark.parametrize("inner", ["read", "write"])
    async def test_a_scope_inside_a_scope_is_refused(self, places: Database, outer: str, inner: str) -> None:
        def nest(_: Connection) -> object:
            return getattr(places, inner)(holders).send(None)

        with pytest.raises(RuntimeError, match="a scope inside a scope"):
            await getattr(places, outer)(nest)

        assert await places.read(holders) == []

    async def test_scopes_of_different_tasks_are_not_nested(self, places: Database) -> None:
        names = [f"{number:02}" for number in range(20)]

        await asyncio.gather(*(places.write(partial(insert_place, holder=name)) for name in names))

        assert await asyncio.gather(*(places.read(holders) for _ in names)) == [names] * 20

    async def test_a_coroutine_function_is_refused_and_rolled_back(self, places: Database) -> None:
        waiting: list[Any] = []

        def change(db: Connection) -> Any:
            insert_place(db, "Tokyo")
            waiting.append(asyncio.sleep(0))
            return waiting[0]

        with pytest.raises(TypeError, match="nothing can await"):
            await places.write(change)

        assert await places.read(holders) == []
        waiting[0].close()

    async def test_a_cancelled_caller_leaves_whole_changes_only(self, places: Database) -> None:
        def change(db: Connection, number: int) -> None:
            insert_place(db, f"{number} first")
            insert_place(db, f"{number} second")

        tasks = [asyncio.create_task(places.write(partial(change, number=number))) for number in range(30)]
        await tasks[2]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await places.write(lambda _: None)

        found = await places.read(holders)
        assert {name.removesuffix(" first") for name in found if name.endswith("first")} == {
            name.removesuffix(" second") for name in found if name.endswith("second")
        }
        assert "2 first" in found

    async def test_close_lets_a_running_change_end(self, places: Database, database_url: str) -> None:
        tasks = [asyncio.create_task(places.write(partial(insert_place, holder=str(n)))) for n in range(5)]
        await asyncio.gather(*tasks)
        await places.close()

        again = open_database(database_url)
        await again.start()
        assert await again.read(holders) == ["0", "1", "2", "3", "4"]
        await again.close()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name"], ids=["none", "memory", "mysql"]
)
def test_an_address_that_is_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        open_database(url)


async def test_a_file_that_cannot_be_opened_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, but long enough to be looked at" * 100)
    (tmp_path / "folder.db").mkdir()
    told = {}

    for name in ("text.db", "folder.db"):
        database = open_database(f"sqlite:///{tmp_path / name}")
        with pytest.raises(Unavailable) as refused:
            await database.start()
        await database.close()
        told[name] = (refused.value.code, str(refused.value.detail))

    assert told == {
        "text.db": (
            "storage_unavailable",
            "The database cannot be opened: SQLITE_NOTADB: file is not a database",
        ),
        "folder.db": (
            "storage_unavailable",
            "The database cannot be opened: SQLITE_CANTOPEN: unable to open database file",
        ),
    }


async def test_a_server_without_that_database_is_told_with_its_reason(postgres: Postgres) -> None:
    database = open_database(postgres.cluster.url("nowhere"))

    with pytest.raises(Unavailable) as refused:
        await database.start()
    await database.close()

    assert str(refused.value.detail) == 'The database cannot be opened: database "nowhere" does not exist'
