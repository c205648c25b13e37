"""One letter as the bytes of one mail, the same bytes for the same letter.

What the standard library would make up (Message-ID, MIME boundaries, Date) is derived from stored
facts: a mail that is rendered again does not differ (traps.md 24).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from jicanet.mail.headers import MailPolicy, header_text

POLICY = MailPolicy(linesep="\r\n", cte_type="7bit", max_line_length=78)
MOST_BYTES = 30_000  # interfaces.md, Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPart:
    """A whole VCALENDAR and the METHOD that it carries (RFC 6047 2.4 wants both to agree)."""

    method: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """A file that the reader may pass on to others; nothing in it is the reader's alone."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a renderer returns: everything of a mail that is not in its outbox row.

    `sender` is an address, in From and in the envelope. `html` is a whole document, or empty for
    plain mail. `passed_on` comes after everything else. `language` is a BCP 47 tag. `is_secret` says that the mail itself is a way in: in
    production its bytes are not stored, so its renderer has to make the same ones at every attempt.
    """

    sender: str
    sender_name: str
    subject: str
    text: str
    language: str
    html: str = ""
    calendar: CalendarPart | None = None
    passed_on: PassedOn | None = None
    is_secret: bool = False


def message_id(identity: str, domain: str) -> str:
    """Return the Message-ID of an outbox row: constant for its identity, angle brackets included."""
    return f"<{_digest(identity)[:40]}@{domain}>"


def compose(letter: Letter, *, identity: str, recipient: str, created_at: datetime, domain: str) -> bytes:
    """Return the mail with CRLF line ends and in 7 bits, so that no server has to change a byte.

    With a calendar: mixed{alternative{plain, html, calendar}, invite.ics} (calendars.md, 2: Outlook
    looks only in the first child of mixed). Raises ValueError for an address that is none.
    """
    mail = EmailMessage(policy=POLICY)
    mail["From"] = _address(letter.sender, letter.sender_name)
    mail["To"] = _address(recipient, "")
    mail["Subject"] = header_text(letter.subject)
    mail["Date"] = format_datetime(created_at)
    mail["Message-ID"] = message_id(identity, domain)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: vacation programs keep silent
    _fill(mail, letter, seed=_digest(identity))
    mail["Content-Language"] = letter.language  # after filling, which moves Content- fields inward
    return mail.as_bytes()


def most_bytes(letter: Letter) -> int:
    """Return a number of bytes that the composed letter does not exceed, without composing it."""
    bodies = sum(_most_coded(text) for text in (letter.text, letter.html))
    calendar = 2 * _base64_bytes(len(letter.calendar.content)) if letter.calendar else 0
    file = 500 + _base64_bytes(len(letter.passed_on.content)) if letter.passed_on else 0
    return 3000 + bodies + calendar + file


def _most_coded(text: str) -> int:
    content = "\r\n".join(text.splitlines()).encode()
    if _coding(text) == "base64":
        return _base64_bytes(len(content))
    outside = len(content) - sum(char.isascii() and char != "=" for char in text)
    quoted = len(content) + 2 * outside + 2 * (text.count(" \n") + 2)
    return quoted + 3 * (quoted // 70 + 1)


def _base64_bytes(length: int) -> int:
    return length * 4 // 3 + 4 + 2 * (length // 57 + 1)


def _fill(mail: EmailMessage, letter: Letter, *, seed: str) -> None:
    mail.set_content(letter.text, cte=_coding(letter.text))
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte=_coding(letter.html))
    if letter.calendar:
        # No Content-Disposition here: some clients then show a file instead of an invitation.
        method = {"method": letter.calendar.method, "charset": "utf-8"}
        mail.add_alternative(letter.calendar.content, maintype="text", subtype="calendar", params=method)
        mail.add_attachment(
            letter.calendar.content,
            maintype="application",
            subtype="ics",
            filename="invite.ics",
            params={"name": "invite.ics"},
        )
    if letter.passed_on:
        # No calendar type: no program may take it for the message itself, which stands before it
        # (RFC 6047 2.4: one text/calendar part). Whoever opens it goes by its name.
        mail.add_attachment(
            letter.passed_on.content,
            maintype="application",
            subtype="octet-stream",
            filename=letter.passed_on.name,
            params={"name": letter.passed_on.name},
        )
    for part in mail.walk():
        if part.is_multipart():
            # At most 70 characters (RFC 2046 5.1.1), and "=_" stands in no base64 or QP text.
            part.set_boundary(f"=_{part.get_content_subtype()}_{seed[:40]}")


def _digest(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()


def _address(address: str, name: str) -> Address:
    if "@" not in address:
        raise ValueError("a mail address has a domain")
    return Address(display_name=header_text(name), addr_spec=address)


def _coding(text: str) -> str:
    """Return the shorter transfer coding: three characters a byte outside ASCII, or four for any three."""
    content = text.encode()
    outside = len(content) - sum(char.isascii() and char != "=" for char in text)
    return "base64" if outside * 6 > len(content) else "quoted-printable"
