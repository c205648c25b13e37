"""Migrations go up and down on both databases and leave exactly the tables that the program declares."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from jicanet import migrations
from jicanet.storage import Database, open_database
from jicanet.storage.metadata import metadata
from tests.conftest import Postgres
from tests.support.databases import ONLY_SQLITE

REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory(Path(migrations.__file__).parent).walk_revisions()))
]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that holds nothing."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.cluster.create()
    yield server.cluster.url(name)
    server.cluster.drop(name)


async def tables_of(url: str) -> set[str]:
    database = open_database(url)
    await database.start()
    found = await database.read(lambda db: set(inspect(db).get_table_names()))
    await database.close()
    return found - {"alembic_version"}


def test_the_revisions_form_one_line() -> None:
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS


def test_the_files_are_named_by_date_and_revision() -> None:
    names = sorted(path.name for path in (Path(migrations.__file__).parent / "versions").glob("*.py"))

    assert [name.split("_")[2] for name in names] == REVISIONS


async def test_up_down_and_up_again_leave_the_declared_tables(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    assert migrations.schema_diff(empty_url) == []
    declared = await tables_of(empty_url)
    assert set(metadata.tables) - declared == set()

    migrations.downgrade(empty_url, "base")
    assert await tables_of(empty_url) == set()

    migrations.upgrade(empty_url)
    assert migrations.schema_diff(empty_url) == []
    assert await tables_of(empty_url) == declared


async def test_every_revision_goes_up_and_down_by_itself(empty_url: str) -> None:
    for revision in REVISIONS:
        before = await tables_of(empty_url)
        migrations.upgrade(empty_url, revision)
        after = await tables_of(empty_url)
        migrations.downgrade(empty_url, "-1")
        assert await tables_of(empty_url) == before
        migrations.upgrade(empty_url, revision)
        assert await tables_of(empty_url) == after

    assert migrations.schema_diff(empty_url) == []


def test_a_schema_is_current_only_at_the_newest_revision(empty_url: str) -> None:
    assert migrations.is_current(empty_url) is False
    migrations.upgrade(empty_url, REVISIONS[0])
    assert migrations.is_current(empty_url) is False
    migrations.upgrade(empty_url)
    assert migrations.is_current(empty_url) is True


def test_asking_makes_no_file(tmp_path: Path) -> None:
    assert migrations.is_current(f"sqlite:///{tmp_path / 'none.db'}") is False
    assert list(tmp_path.iterdir()) == []


async def test_a_difference_is_seen(database: Database, database_url: str) -> None:
    def change(db: Connection) -> None:
        db.execute(text("ALTER TABLE step ADD COLUMN surprise INTEGER"))
        db.execute(text("DROP TABLE revision"))

    await database.write(change)

    found = [difference[0] for difference in migrations.schema_diff(database_url)]
    assert sorted(found) == ["add_table", "remove_column"]


async def test_a_step_that_fails_leaves_the_schema_as_it_was(empty_url: str) -> None:
    database = open_database(empty_url)
    await database.start()
    # A table in the way of the first revision's last one.
    await database.write(lambda db: db.execute(text("CREATE TABLE revision (name TEXT)")).close())
    await database.close()

    with pytest.raises(Exception, match="revision"):
        migrations.upgrade(empty_url)

    assert await tables_of(empty_url) == {"revision"}


def test_migrating_writes_nothing_to_the_terminal(empty_url: str, capfd: pytest.CaptureFixture[str]) -> None:
    migrations.upgrade(empty_url)
    migrations.downgrade(empty_url, "base")

    assert capfd.readouterr() == ("", "")


@ONLY_SQLITE
async def test_a_full_text_index_is_no_difference(database: Database, database_url: str) -> None:
    index = "CREATE VIRTUAL TABLE words USING fts5 (content)"
    await database.write(lambda db: db.execute(text(index)).close())

    assert migrations.schema_diff(database_url) == []
