"""Who is told what (domain.md): the rows of the table as pure functions, here "never -> present".

A recipient is one case-folded address in one session: two stations that share a mailbox get one mail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jicanet.core.text import fold
from jicanet.scheduler.domain.model import Notice

SPOKEN = ("en", "ja")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One live seat with the mailbox that speaks for it and the languages it reads, best first."""

    station: str
    mailbox: str
    languages: tuple[str, ...]


def never_to_present(parts: Iterable[Part], *, counter: int, dtstamp: datetime) -> tuple[Notice, ...]:
    """Return one REQUEST for each recipient of a session nobody has been told of, in the order of `parts`.

    SEQUENCE is the session's counter, not raised for it. A part without any mailbox has no recipient.
    """
    notices: dict[str, Notice] = {}
    for part in parts:
        address = fold(part.mailbox)
        if not address:
            continue
        known = notices.get(address)
        if known is not None:
            notices[address] = replace(known, stations=(*known.stations, part.station))
            continue
        notices[address] = Notice(
            address=address,
            language=language_of(part.languages),
            stations=(part.station,),
            method="REQUEST",
            sequence=counter,
            dtstamp=dtstamp,
        )
    return tuple(notices.values())


def language_of(languages: Sequence[str]) -> str:
    """Return the first of a station's languages that we speak, else English."""
    for tag in languages:
        primary = tag.lower().partition("-")[0]
        if primary in SPOKEN:
            return primary
    return "en"


def next_dtstamp(now: datetime, last: datetime | None = None) -> datetime:
    """Return the DTSTAMP of a change: `now` in whole seconds, at least a second after the last of the UID."""
    stamp = now.replace(microsecond=0)
    if last is None or stamp > last:
        return stamp
    return datetime.fromtimestamp(int(last.timestamp()) + 1, last.tzinfo)
