"""What the program's log says while a test runs, and what it must never say."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

# A refusal that the served document does not name, a fault of ours, a page or mail that could not be made.
WRONG = ("undeclared refusal", "fault", "error page failed", "mail not rendered")


@contextmanager
def truthful() -> Iterator[None]:
    """Raise AssertionError at the end if what was logged inside says that the program was wrong.

    What a test itself catches with `structlog.testing.capture_logs` is its own affair.
    """
    seen: list[Mapping[str, Any]] = []

    def note(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if event["event"] in WRONG:
            seen.append(dict(event))
        return event

    # The list itself, as capture_logs does: whoever holds a logger sees it.
    processors = structlog.get_config()["processors"]
    processors.insert(0, note)
    try:
        yield
    finally:
        processors.remove(note)
    assert seen == []
