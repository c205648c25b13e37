"""One line of the ledger of a session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One line: what was done (`what` is an action, a METHOD or a kind of mail), and what became of it.

    `who` is who did it; of a mail it is empty and `parts` are whom it went to. `detail` is what the
    audit trail holds besides, of a mail to a mailbox that speaks for nobody any more `former_mailbox`.
    """

    at: datetime
    kind: str
    what: str
    who: str
    sequence: int | None = None
    result: str = ""
    words: str = ""
    parts: tuple[str, ...] = ()
    detail: Mapping[str, Any] | None = None
