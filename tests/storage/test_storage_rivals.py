"""Many at once, several processes, and the guards without which they lose (traps.md 1).

Our own writers are kept apart by the queue and the file lock as well; BEGIN IMMEDIATE is what keeps
every other program out, so the tests that take it away put another program beside us.
"""

import asyncio
import sqlite3
from collections import Counter

import pytest
from sqlalchemy import Connection, make_url, text

from jicanet.core.errors import Unavailable
from jicanet.storage import Database, open_database, sqlite
from jicanet.storage.store import raise_revision
from tests.support.databases import ONLY_POSTGRES, ONLY_SQLITE, python_process
from tests.support.places import Full, count, holders, insert_place, make_places

RIVALS = 40
CAPACITY = 12


async def fight(database: Database, *, lock: bool = True, pause: str = "") -> Counter[str]:
    """Let the rivals take places at once; count who won, who was refused, and any other end."""

    def change(db: Connection, name: str) -> None:
        if lock:
            raise_revision(db, "places")  # its row is what a bridge's row is to a booking
        left = CAPACITY - count(db)
        if pause:
            db.execute(text(pause))
        if left < 1:
            raise Full
        insert_place(db, name)

    async def rival(name: str) -> str:
        try:
            await database.write(lambda db: change(db, name))
        except Full:
            return "refused"
        return "won"

    ends = await asyncio.gather(*(rival(f"{n:02}") for n in range(RIVALS)), return_exceptions=True)
    return Counter(end if isinstance(end, str) else type(end).__name__ for end in ends)


async def test_rivals_take_exactly_the_capacity(places: Database) -> None:
    assert await fight(places) == {"won": CAPACITY, "refused": RIVALS - CAPACITY}
    assert await places.read(count) == CAPACITY


@ONLY_POSTGRES
async def test_without_the_lock_rivals_take_more_than_there_is(places: Database) -> None:
    ends = await fight(places, lock=False, pause="SELECT pg_sleep(0.02)")

    assert ends["won"] > CAPACITY


class AnotherProgram:
    """A writer that knows nothing of our file lock, such as an operator's sqlite3 shell; it does not wait."""

    def __init__(self, url: str) -> None:
        self._path = make_url(url).database or ""

    def take(self, holder: str) -> str:
        connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
        try:
            connection.execute("INSERT INTO place (holder) VALUES (?)", (holder,))
        except sqlite3.OperationalError as refused:
            return str(refused)
        finally:
            connection.close()
        return "taken"


@ONLY_SQLITE
async def test_no_other_program_comes_between_check_and_write(places: Database, database_url: str) -> None:
    other = AnotherProgram(database_url)

    def change(db: Connection) -> str:
        found = count(db)
        answer = other.take("shell")
        assert found == 0
        insert_place(db, "booking")
        return answer

    assert await places.write(change) == "database is locked"
    assert await places.read(holders) == ["booking"]


@ONLY_SQLITE
async def test_a_plain_begin_would_lose_the_booking(
    places: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BEGIN_WRITE", "BEGIN")
    other = AnotherProgram(database_url)

    def change(db: Connection) -> str:
        count(db)
        answer = other.take("shell")
        insert_place(db, "booking")
        return answer

    with pytest.raises(Unavailable) as lost:  # "database is locked", although it was this one's turn
        await places.write(change)

    assert lost.value.code == "storage_busy"
    assert await places.read(holders) == ["shell"]


@ONLY_SQLITE
async def test_without_a_begin_nothing_is_written_at_all(
    places: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BEGIN_WRITE", "SELECT 'SQLAlchemy begins nothing by itself'")

    with pytest.raises(RuntimeError, match="ended the transaction"):
        await places.write(lambda db: insert_place(db, "booking"))

    assert await places.read(holders) == []


@ONLY_SQLITE
async def test_writers_that_trust_the_drivers_defaults_take_more_than_there_is(
    places: Database, database_url: str
) -> None:
    """The loss that the scopes prevent, shown with the driver as it comes: it begins at the first write."""
    path = make_url(database_url).database or ""
    rivals = [sqlite3.connect(path) for _ in range(2)]
    found = [rival.execute("SELECT count(*) FROM place").fetchone()[0] for rival in rivals]
    for number, rival in enumerate(rivals):
        rival.execute("INSERT INTO place (holder) VALUES (?)", (str(number),))
        rival.commit()
        rival.close()

    assert found == [0, 0]  # both saw the one place free, and both have it now
    assert await places.read(count) == 2


FIGHTER = """
import asyncio, sys
from jicanet.storage import open_database
from jicanet.storage.store import raise_revision
from tests.support.places import Full, take

async def main(url, name):
    database = open_database(url)
    await database.start()
    print("ready", flush=True)
    sys.stdin.readline()
    def change(db, holder):
        raise_revision(db, "places")
        return take(db, holder, capacity=60)
    async def rival(number):
        try:
            await database.write(lambda db: change(db, f"{name}-{number}"))
        except Full:
            return False
        return True
    ends = await asyncio.gather(*(rival(number) for number in range(50)))
    await database.close()
    print(sum(ends), flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_share_one_database(places: Database, database_url: str) -> None:
    with python_process(FIGHTER, database_url, "a") as one, python_process(FIGHTER, database_url, "b") as two:
        for process in (one, two):
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in (one, two):
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        won = [int(process.communicate(timeout=60)[0]) for process in (one, two)]

    assert sum(won) == 60
    assert await places.read(count) == 60


WRITER = """
import asyncio, sys, time
from jicanet.storage import open_database
from tests.support.places import insert_place

async def main(url):
    database = open_database(url)
    await database.start()
    for number in range(20):
        await database.write(lambda db: insert_place(db, f"{number:02}"))
        print(number, flush=True)
    def change(db):
        insert_place(db, "half")
        print("half", flush=True)
        time.sleep(600)  # the test kills this process here
    await database.write(change)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_killed_process_leaves_what_it_committed_and_nothing_else(database_url: str) -> None:
    before = open_database(database_url)
    await make_places(before)
    await before.close()  # nobody else has the database open when the writer dies

    with python_process(WRITER, database_url) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(21)]
        process.kill()
        process.wait()

    after = open_database(database_url)
    await after.start()
    assert acknowledged[-1] == "half"
    assert await after.read(holders) == [f"{number:02}" for number in range(20)]
    await after.write(lambda db: insert_place(db, "after"))
    assert await after.read(count) == 21
    await after.close()
