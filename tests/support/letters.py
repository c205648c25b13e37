"""The mails of sessions rendered from snapshots, without a database."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

from jicanet.core.zones import Zones
from jicanet.invitations.domain.facts import InvitationFacts
from jicanet.invitations.domain.picture import facts_of
from jicanet.invitations.render.frame import Desk
from jicanet.invitations.render.letter import cancel_letter, request_letter
from jicanet.invitations.render.notices import (
    Reader,
    approved_letter,
    declined_letter,
    message_letter,
    refused_letter,
)
from jicanet.mail.message import Letter, compose
from jicanet.settings import Settings
from jicanet.web.i18n import Catalogues
from tests.support.invitations import apia_day, snapshot

DTSTAMP = datetime(2026, 12, 1, tzinfo=UTC)
SETTINGS = Settings(base_url="http://jicanet.test")
TOKEN = "0123456789abcdef0123456789abcdef"
ANSWER = f"http://jicanet.test/answer/{TOKEN}"


@cache
def desk() -> Desk:
    return Desk(catalogues=Catalogues.load(), zones=Zones(), settings=SETTINGS)


def zones() -> Zones:
    return desk().zones


def recipient_of(part: str, data: Mapping[str, Any]) -> int:
    """Return the id of the one recipient of a part."""
    [found] = [recipient["id"] for recipient in data["recipients"] if part in recipient["parts"]]
    return int(found)


def letter(data: Mapping[str, Any], recipient_id: int, **told: Any) -> Letter:
    """Return the invitation of one recipient of a snapshot; `told` may be news, partstat and sequence."""
    return request_letter(
        facts_of(data),
        recipient_id=recipient_id,
        dtstamp=DTSTAMP,
        token=TOKEN,
        desk=desk(),
        **{"sequence": 0, **told},
    )


def letter_to(part: str, data: Mapping[str, Any], **told: Any) -> Letter:
    """Return the invitation of the part's own recipient."""
    return letter(data, recipient_of(part, data), **told)


def cancel_to(part: str, data: Mapping[str, Any], news: str) -> Letter:
    """Return the mail that ends the part, of the whole session where the news is `cancelled`."""
    return cancel(data, recipient_of(part, data), news, parts=(part,))


def cancel(data: Mapping[str, Any], recipient_id: int, news: str, *, parts: tuple[str, ...]) -> Letter:
    """Return the mail that ends these parts of a recipient."""
    return cancel_letter(
        facts_of(data),
        recipient_id=recipient_id,
        sequence=1,
        dtstamp=DTSTAMP,
        token=TOKEN,
        desk=desk(),
        news=news,
        whole=news == "cancelled",
        parts=parts,
    )


def declined_notice(
    data: Mapping[str, Any],
    part: str,
    *,
    words: str = "",
    lang: str = "en",
    zone: str = "",
    to: str = "coordinator",
) -> Letter:
    """Return the plain mail about the decline of a part, by default to a coordinator in Tokyo."""
    reader = Reader(language=lang, zone=zone or "Asia/Tokyo", is_host=to == "host")
    return declined_letter(facts_of(data), part=part, words=words, reader=reader, desk=desk())


def outcome(data: Mapping[str, Any], kind: str, *, reason: str = "", lang: str = "en", zone: str) -> Letter:
    """Return the plain mail to a requester, `approved` or `refused`."""
    write = {"approved": approved_letter, "refused": refused_letter}[kind]
    return write(facts_of(data), reason=reason, reader=Reader(language=lang, zone=zone), desk=desk())


def message_to(part: str, data: Mapping[str, Any], *, sender: str, text: str) -> Letter:
    """Return the plain mail that brings the part's recipient a message."""
    facts: InvitationFacts = facts_of(data)
    return message_letter(
        facts,
        recipient=facts.recipient(recipient_of(part, data)),
        sender=sender,
        text=text,
        token=TOKEN,
        desk=desk(),
    )


def composed(made: Letter, recipient: str = "room@example.org") -> bytes:
    """Return the letter as a mail."""
    return compose(
        made, identity="request/1/1", recipient=recipient, created_at=DTSTAMP, domain=SETTINGS.mail_domain
    )


def calendar(made: Letter) -> bytes:
    """Return the calendar part."""
    assert made.calendar is not None
    return made.calendar.content


def golden_letters() -> dict[str, Letter]:
    """Return the first invitations among the golden mails, each METHOD:REQUEST with no answer yet."""
    day, apia = snapshot(), apia_day()
    return {
        "dhaka-en": letter_to("BGD-DAC", day),
        "tokyo-ja": letter_to("JPN-TIC", day),
        "apia-en": letter_to("WSM-APW", apia),
        "headquarters-ja": letter_to("JPN-HQ", apia),
    }


class Seen(HTMLParser):
    """Collects what a reader of the HTML sees, and every tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self._words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._words.append(" ")
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    @property
    def text(self) -> str:
        """The words, white space made one space."""
        return " ".join("".join(self._words).split())
