"""The two scopes, whatever the database: `read` and `write`, and what surrounds them."""

import asyncio
import inspect
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NoReturn, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from jicanet.core.errors import Refusal, Unavailable
from jicanet.core.text import message
from jicanet.storage.faults import Meaning, read_fault, refusal_of, without_values

Result = TypeVar("Result")
Work = Callable[[Connection], Result]

# Runs of one change before its caller is told; our choice. Each loser sees the winner of its last run.
ATTEMPTS = 8
_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.2

_open: ContextVar[bool] = ContextVar("a scope is open", default=False)


class Again(Exception):
    """Raised by a change that learned under its locks that it locked too little: it runs again, whole."""


class Database(ABC):
    """A database with two scopes; made by `open_database`, started and closed by the application."""

    dialect: Literal["sqlite", "postgresql"]

    async def start(self) -> None:
        """Connect; raises Unavailable that says why where the database cannot be opened."""
        try:
            await self._start()
        except (Unavailable, DBAPIError, OSError) as error:
            detail = message("The database cannot be opened: %(reason)s", reason=_reason(error))
            raise Unavailable("storage_unavailable", detail) from error

    @abstractmethod
    async def close(self) -> None:
        """Let running scopes end and leave the database."""

    async def read(self, query: Work[Result]) -> Result:
        """Return what `query` returns of one unchanging view of the database; it can write nothing.

        Raises RuntimeError inside another scope, Unavailable and StorageFull.
        """
        with _only_scope():
            try:
                return await self._read(_checked(query))
            except DBAPIError as error:
                _give_up(error)

    async def write(self, change: Work[Result]) -> Result:
        """Return what `change` returns, its work committed; whatever it raises rolls all of it back.

        `change` may run several times: when a rival took what a constraint guards (23505, 23P01), on
        a serialization failure or deadlock (40001, 40P01) it runs again, whole, and sees the
        winner. So it holds no state of its own. The retry surrounds the scope because a deferred
        constraint speaks at COMMIT (traps.md 26).

        Raises RuntimeError inside another scope; Unavailable when rivals won every time or the
        database is away; StorageFull; the IntegrityError itself, without values, when a constraint
        was broken in every run, because that is a defect of the change and not the hour.
        """
        with _only_scope():
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    return await self._write(_checked(change))
                except Again:
                    if attempt == ATTEMPTS:
                        raise refusal_of(Meaning.BUSY) from None
                except DBAPIError as error:
                    again = read_fault(error).meaning in {Meaning.TAKEN, Meaning.CLASH}
                    if not again or attempt == ATTEMPTS:
                        _give_up(error)
                await asyncio.sleep(_pause(attempt))
        raise AssertionError("the last attempt returns or raises")

    @abstractmethod
    async def _start(self) -> None: ...

    @abstractmethod
    async def _read(self, query: Work[Result]) -> Result: ...

    @abstractmethod
    async def _write(self, change: Work[Result]) -> Result: ...


@contextmanager
def _only_scope() -> Iterator[None]:
    if _open.get():
        raise RuntimeError("a scope inside a scope: call the other slice's store, not its service")
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def _checked(work: Work[Result]) -> Work[Result]:
    def run(db: Connection) -> Result:
        result = work(db)
        if inspect.isawaitable(result):
            raise TypeError("a scope runs a plain function: nothing can await inside a transaction")
        return result

    return run


def _pause(attempt: int) -> float:
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt)
    return random.uniform(0, longest)  # noqa: S311 - spreads rivals in time, guards nothing


def _give_up(error: DBAPIError) -> NoReturn:
    meaning = read_fault(error).meaning
    told = without_values(error)
    if meaning in {Meaning.TAKEN, Meaning.DEFECT}:
        raise told from None
    raise refusal_of(meaning) from told


def _reason(error: BaseException) -> str:
    cause = error.__cause__ or error
    if isinstance(cause, DBAPIError):
        cause = cause.orig or cause
    text = str(cause.detail) if isinstance(cause, Refusal) else str(cause)
    return text.partition("\n")[0]
