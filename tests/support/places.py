"""The smallest thing that rivals can fight for: a table of places with a capacity."""

from sqlalchemy import Connection, text

from jicanet.storage import Database

MAKE = "CREATE TABLE place (holder VARCHAR(40) NOT NULL CONSTRAINT uq_place_holder UNIQUE)"


class Full(Exception):
    """No place is left: the refusal of the loser."""


async def make_places(database: Database) -> None:
    await database.write(lambda db: db.execute(text(MAKE)).close())


def holders(db: Connection) -> list[str]:
    return list(db.execute(text("SELECT holder FROM place ORDER BY holder")).scalars())


def count(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM place")).scalar_one())


def insert_place(db: Connection, holder: str) -> None:
    db.execute(text("INSERT INTO place (holder) VALUES (:holder)"), {"holder": holder})


def take(db: Connection, holder: str, *, capacity: int) -> str:
    """Check, then write; raises Full."""
    if count(db) >= capacity:
        raise Full
    insert_place(db, holder)
    return holder
