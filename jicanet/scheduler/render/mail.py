"""What became of a session's mails, as its page shows it (ui.md, Session)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jicanet.mail.model import MailState
from jicanet.scheduler.domain.deliveries import Delivery
from jicanet.scheduler.domain.record import GuestRecord, PersonRecord, SeatRecord, SessionView
from jicanet.scheduler.render.places import place_names
from jicanet.scheduler.render.reader import Reader
from jicanet.web import words


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLine:
    """One recipient: its places, `REQUEST, n 0`, and what became of it; `words` only where it was not sent."""

    to: str
    what: str
    state: str
    words: str
    at: datetime


def mail_lines(found: Iterable[Delivery], view: SessionView, reader: Reader) -> tuple[MailLine, ...]:
    """Return one line a recipient."""
    names = place_names(view.stations.values(), reader.lang, reader.translate)
    return tuple(
        MailLine(
            to=words.listed((_name(part, names) for part in delivery.parts), reader.lang),
            what=f"{delivery.method}, n {delivery.sequence}",
            state=delivery.state.value,
            words="" if delivery.state is MailState.SENT else delivery.words,
            at=delivery.at,
        )
        for delivery in found
    )


def _name(part: SeatRecord | GuestRecord | PersonRecord, names: Mapping[str, str]) -> str:
    if isinstance(part, SeatRecord):
        return names[part.station]
    return part.organisation if isinstance(part, GuestRecord) else part.name
