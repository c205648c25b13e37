"""Subjects fold where a space stands and never before their first word."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from jicanet.mail.message import Letter, compose


@pytest.mark.parametrize(
    "subject",
    [
        "Short",
        "Wed 9 Dec 11:30 Colombo: Remote Sensing and GIS, day 4 [JN-2026-000001]",
        "Wed 9 Dec 11:30 Colombo: " + "a long title of many words " * 7 + "[JN-2026-000001]",
        "Wed 9 Dec 11:30 Colombo: " + "x" * 200 + " [JN-2026-000001]",
        "12/9（水）15:00 東京：リモートセンシングとGIS、第4日 [JN-2026-000001]",
    ],
    ids=["short", "just_too_long", "long", "one_long_word", "japanese"],
)
def test_subject_starts_on_its_own_line_and_reads_back(subject: str) -> None:
    letter = Letter(sender="a@example.org", sender_name="A", subject=subject, text="x", language="en")
    content = compose(
        letter,
        identity="request/1/1",
        recipient="b@example.org",
        created_at=datetime(2026, 12, 1, tzinfo=UTC),
        domain="example.org",
    )
    lines = content.split(b"\r\n")
    first = next(line for line in lines if line.startswith(b"Subject:"))
    assert len(first) > len(b"Subject: ")
    assert all(len(line) <= 998 for line in lines)
    assert message_from_bytes(content, policy=policy.default)["Subject"] == subject
