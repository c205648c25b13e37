"""A place in a transaction where rivals wait for each other: races that are lost for certain."""

from sqlalchemy import Connection, text

# A rival whom a lock keeps from coming is not waited for longer than this.
_TRIES, _PAUSE = 300, "SELECT pg_sleep(0.01)"


class Meeting:
    """Lets nobody on until `of` rivals have come; who comes later, as a second try, goes on at once.

    For PostgreSQL: there rivals are in their transactions at the same time. After about three
    seconds who waits goes on alone, as happens when a lock keeps the others out.
    """

    def __init__(self, of: int = 2) -> None:
        self._missing = of

    def wait(self, db: Connection) -> None:
        self._missing -= 1
        for _ in range(_TRIES):
            if self._missing <= 0:
                return
            db.execute(text(_PAUSE))
