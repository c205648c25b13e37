"""Outbox rows and letters for tests of mail."""

from typing import Any

from sqlalchemy import Connection

from jicanet.mail.message import Letter
from jicanet.mail.model import OutboxRow, Owed
from jicanet.services import Services


def owed(number: int, **changes: Any) -> Owed:
    """Return one owed plain mail; each number has its own recipient and no order to keep."""
    made: dict[str, Any] = {
        "identity": f"test/{number}",
        "kind": "test",
        "recipient": f"room-{number}@example.org",
        "payload": {"number": number},
    }
    return Owed(**{**made, **changes})


def render(_: Connection, services: Services, row: OutboxRow) -> Letter:
    """Render a row to a small plain letter that names its payload."""
    return Letter(
        sender=f"sessions@{services.settings.mail_domain}",
        sender_name="JICA-Net",
        subject=f"Mail {row.payload['number']}",
        text=f"This is mail {row.payload['number']} to 東京.\n.\nFrom here on.",
        language="en",
    )


RENDERERS = {"test": render}
