"""From an address to a database."""

from sqlalchemy import make_url

from jicanet.storage.postgres import PostgresDatabase
from jicanet.storage.scopes import Database
from jicanet.storage.sqlite import SqliteDatabase


def open_database(url: str, *, readers: int = 4, writers: int = 8, busy_seconds: float = 30.0) -> Database:
    """Return the database at `sqlite:///FILE` or `postgresql://USER@HOST/NAME`; connects to nothing yet.

    `readers` and `writers` bound the connections (SQLite has one writer always), `busy_seconds` the
    wait for one of them or for a lock. Raises ValueError for another kind of address.
    """
    address = make_url(url)
    match address.get_backend_name():
        case "sqlite":
            return SqliteDatabase(address, readers=readers, busy_seconds=busy_seconds)
        case "postgresql" | "postgres":
            return PostgresDatabase(address, readers=readers, writers=writers, busy_seconds=busy_seconds)
        case other:
            text = f'"{other}" is no database of ours: use sqlite:///FILE or postgresql://USER@HOST/NAME'
            raise ValueError(text)
