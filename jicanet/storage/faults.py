"""What an error of a database means to a scope: run again, busy, away, full, or a defect."""

import sqlite3
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy.exc import DBAPIError

from jicanet.core.errors import Refusal, StorageFull, Unavailable
from jicanet.core.text import message


class Meaning(Enum):
    """What follows from an error."""

    TAKEN = auto()  # a unique or exclusion constraint: the winner is there now, look again
    CLASH = auto()  # serialization failure or deadlock: nobody's fault, run again
    BUSY = auto()  # a lock was not given in time
    AWAY = auto()  # no connection
    FULL = auto()  # no room on the disk
    DEFECT = auto()  # the change itself is wrong


_POSTGRES = {
    "23505": Meaning.TAKEN,
    "23P01": Meaning.TAKEN,
    "40001": Meaning.CLASH,
    "40P01": Meaning.CLASH,
    "55P03": Meaning.BUSY,
    "53100": Meaning.FULL,
    "53300": Meaning.AWAY,  # too many connections
    "57P01": Meaning.AWAY,  # shut down
    "57P02": Meaning.AWAY,  # crashed
    "57P03": Meaning.AWAY,  # starting up
}

_SQLITE = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: Meaning.TAKEN,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: Meaning.TAKEN,
    sqlite3.SQLITE_FULL: Meaning.FULL,
    # The shared memory of the WAL could not grow: how a full disk shows at the first read or write.
    sqlite3.SQLITE_IOERR_SHMSIZE: Meaning.FULL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error read: its meaning and its own code (SQLSTATE, or SQLite's name of it)."""

    meaning: Meaning
    code: str


class DriverError(Exception):
    """What a driver said, without the values it said it about."""


def read_fault(error: DBAPIError) -> Fault:
    """Return what the error means."""
    orig = error.orig
    if isinstance(orig, sqlite3.Error):
        return _read_sqlite(orig)
    state = str(getattr(orig, "sqlstate", None) or "")
    if error.connection_invalidated or state.startswith("08"):
        return Fault(meaning=Meaning.AWAY, code=state)
    if type(orig).__name__ == "InvalidCachedStatementError":
        return Fault(
            meaning=Meaning.CLASH, code="0A000"
        )  # a migration ran meanwhile; the caches are gone now
    return Fault(meaning=_POSTGRES.get(state, Meaning.DEFECT), code=state)


def _read_sqlite(error: sqlite3.Error) -> Fault:
    code = getattr(error, "sqlite_errorcode", 0)
    name = getattr(error, "sqlite_errorname", "")
    if code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Fault(meaning=Meaning.BUSY, code=name)
    return Fault(meaning=_SQLITE.get(code, Meaning.DEFECT), code=name)


def refusal_of(meaning: Meaning) -> Refusal:
    """Return what is said to the caller of a scope that could not be finished."""
    if meaning is Meaning.FULL:
        return StorageFull(
            "storage_full",
            message(
                "The disk is full, so nothing was stored. Send the same request again when there is room."
            ),
        )
    if meaning is Meaning.AWAY:
        return Unavailable(
            "storage_unavailable",
            message("The database cannot be reached just now. Send the same request again in a moment."),
        )
    return Unavailable(
        "storage_busy",
        message("Too many are changing the same thing just now. Send the same request again in a moment."),
    )


def without_values(error: DBAPIError) -> DBAPIError:
    """Return the same error, with its statement and place but without the data it was about.

    PostgreSQL puts whole rows into DETAIL and asyncpg the argument into its message, and tracebacks
    end in logs, which carry no addresses (style 19).
    """
    told = DriverError(_describe(error))
    clean = type(error)(error.statement, None, told, hide_parameters=True)
    return clean.with_traceback(error.__traceback__)


def _describe(error: DBAPIError) -> str:
    orig = error.orig
    if isinstance(orig, sqlite3.Error):
        # SQLite names tables and columns, never values; its full-text search quotes what was searched for.
        said = "" if str(orig).startswith("fts5") else f": {orig}"
        return f"{_read_sqlite(orig).code}{said}"
    cause: Any = getattr(orig, "__cause__", None) or orig
    state = str(getattr(cause, "sqlstate", None) or "")
    names = [
        f"{kind} {name}"
        for kind in ("constraint", "table", "column")
        if (name := getattr(cause, f"{kind}_name", None))
    ]
    # Class 42 is about the statement's own words, P0001 about our own triggers'.
    words = [str(cause.args[0])] if state.startswith(("42", "P0")) and cause.args else []
    return " ".join([type(cause).__name__, state, *names, *words])
