"""Answers to our invitations as a program that is not ours gives them: ical.js."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from tests.support.node import NODE, ROOT, NodePackagesMissing

_PROGRAM = ROOT / "tests" / "interop" / "answer_calendar.mjs"


@dataclass(frozen=True, kw_only=True)
class Given:
    """One answer to give: PARTSTAT in capitals, the instant it is given at, the words."""

    answer: str
    at: datetime
    comment: str = ""


def answered_by_icaljs(invitation: bytes, *given: Given) -> list[bytes]:
    """Return a VCALENDAR of METHOD:REPLY for each answer to the invitation's VCALENDAR.

    Raises NodePackagesMissing, and CalledProcessError with the parser's words if it refuses the bytes.
    """
    if not (ROOT / "node_modules" / "ical.js").is_dir():
        raise NodePackagesMissing("ical.js is not installed (make test does it): nobody answers our mails")
    asked = [_asked(invitation, one) for one in given]
    done = subprocess.run(
        [NODE, _PROGRAM], input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=60
    )
    replies: Sequence[str] = json.loads(done.stdout)
    return [reply.encode() for reply in replies]


def _asked(invitation: bytes, one: Given) -> dict[str, Any]:
    stamp = one.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    words = {name: value for name, value in asdict(one).items() if name != "at"}
    return {"calendar": invitation.decode(), "stamp": stamp, **words}
