"""The ledger of a session as JSON."""

from typing import Any

from jicanet.scheduler.domain.ledger import LedgerLine
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.domain.times import instant_text
from jicanet.scheduler.render.answers import part_name


def ledger_json(line: LedgerLine, view: SessionView) -> dict[str, Any]:
    """Return one line; whom it went to by part, never by address."""
    return {
        "at": instant_text(line.at),
        "kind": line.kind,
        "what": line.what,
        "who": line.who,
        "sequence": line.sequence,
        "result": line.result,
        "words": line.words,
        "parts": [part_name(key, view) for key in line.parts],
        "changes": dict((line.detail or {}).get("changes", {})) or None,
    }
