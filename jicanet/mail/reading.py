"""Opens a mail of our own again, to show it as it was sent."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedMail:
    """The headers in order and the bodies of a composed mail; a body it does not have is empty."""

    headers: tuple[tuple[str, str], ...]
    subject: str
    text: str
    html: str
    calendar: str


def subject_of(head: bytes) -> str:
    """Return the subject of a mail, from its first bytes: they may end anywhere after its headers."""
    headers, _, _ = head.partition(b"\r\n\r\n")
    return str(BytesHeaderParser(policy=default).parsebytes(headers)["Subject"] or "")


def opened(content: bytes) -> OpenedMail:
    """Return what a composed mail says. For our own bytes only: it takes their form as given."""
    mail = message_from_bytes(content, policy=default)
    return OpenedMail(
        headers=tuple((name, str(value)) for name, value in mail.items()),
        subject=str(mail["Subject"] or ""),
        text=_body(mail, "text/plain"),
        html=_body(mail, "text/html"),
        calendar=_body(mail, "text/calendar"),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    for part in mail.walk():
        if part.get_content_type() == kind:
            content = part.get_payload(decode=True)
            return content.decode(errors="replace") if isinstance(content, bytes) else ""
    return ""
