"""Mails that come in: answers of our own writing, from which tests make all the others."""

from datetime import UTC, datetime
from pathlib import Path

from jicanet.ical.replies import Reply
from jicanet.mail.dissect import Job

SAMPLES = Path(__file__).resolve().parents[1] / "mail" / "replies"
TOKEN = "0123456789abcdef0123456789abcdef"
DOMAIN = "jicanet.invalid"
UID = "00000000-0000-4000-8000-000000000001"
ATTENDEE = "bgd-dac@stations.invalid"

# Lines of one answer; a test changes one of them.
REPLY = f"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//elsewhere//EN
METHOD:REPLY
BEGIN:VEVENT
UID:{UID}
DTSTAMP:20261203T090000Z
SEQUENCE:2
ORGANIZER:mailto:sessions+{TOKEN}@{DOMAIN}
ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ATTENDEE}
COMMENT:We are ready.
END:VEVENT
END:VCALENDAR
"""

# What is read from it.
ANSWER = Reply(
    uid=UID,
    sequence=2,
    dtstamp=datetime(2026, 12, 3, 9, tzinfo=UTC),
    answer="accepted",
    attendee=ATTENDEE,
    organiser=f"sessions+{TOKEN}@{DOMAIN}",
    comment="We are ready.",
)


def calendar(old: str = "", new: str = "", *, also: str = "") -> bytes:
    """Return the answer as bytes, with CRLF: `old` replaced by `new`, the lines `also` added to the event."""
    assert old in REPLY
    text = REPLY.replace(old, new) if old else REPLY
    return crlf(text.replace("END:VEVENT\n", f"{also}END:VEVENT\n"))


def crlf(text: str) -> bytes:
    """Return the lines of `text` as they travel."""
    return text.replace("\n", "\r\n").encode()


def mail(
    content: bytes | None = None,
    *,
    head: str = "",
    sender: str = f"Room <{ATTENDEE}>",
    kind: str = "text/calendar; method=REPLY; charset=utf-8",
) -> bytes:
    """Return a mail whose only part is a calendar; `head` are further header lines."""
    lines = (
        f"From: {sender}\nSubject: Accepted\nMessage-ID: <1@elsewhere.invalid>\n{head}Content-Type: {kind}\n"
    )
    return crlf(f"{lines}\n") + (calendar() if content is None else content)


def mixed(*parts: bytes, head: str = "", boundary: str = "b") -> bytes:
    """Return a mail of several parts, each with its own Content-Type line."""
    kind = (
        f'From: {ATTENDEE}\n{head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{boundary}"\n\n'
    )
    line = f"--{boundary}\r\n".encode()
    return crlf(kind) + b"".join(line + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()


def part(content: bytes, kind: str = "text/calendar; method=REPLY; charset=utf-8") -> bytes:
    """Return one part for `mixed`."""
    return f"Content-Type: {kind}\r\n\r\n".encode() + content


def sample(name: str) -> bytes:
    """Return a stored mail or calendar as a pipe of a mail server hands it over: lines end with LF."""
    return (SAMPLES / name).read_bytes()


def job(raw: bytes, **changes: int) -> Job:
    """Return what the child is told besides the mail, with the limits as they are shipped."""
    limits = {"message_bytes": 1_048_576, "header_bytes": 32_768, "parts": 100, "calendar_bytes": 65_536}
    return Job(domain=DOMAIN, size=len(raw), **{**limits, **changes})
