"""One lock for every process and thread that writes or checkpoints one SQLite file."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jicanet.storage.faults import Meaning, refusal_of

_POLL = 0.001


class FileLock:
    """`flock` on a file of its own, re-entrant within a thread, released by the kernel at death.

    SQLite below 3.51.3 can corrupt a WAL when two connections checkpoint at once, and the last
    connection to close checkpoints whatever its pragmas say (architecture.md, Transactions).
    """

    def __init__(self, path: Path, *, patience: float = 30.0) -> None:
        """Name the lock; nothing is opened. `patience` in seconds bounds the wait for another process."""
        self._path = path
        self._patience = patience
        self._threads = threading.RLock()
        self._depth = 0
        self._file = -1

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; raises Unavailable where another process keeps it longer than `patience`."""
        with self._threads:
            if self._depth == 0:
                self._take()
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Forget the file; the next use opens it again."""
        with self._threads:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _take(self) -> None:
        if self._file < 0:
            # Read access is enough for flock, so that another user's lock file does not keep us out.
            self._file = os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + self._patience
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise refusal_of(Meaning.BUSY) from None
                time.sleep(_POLL)
            else:
                return
