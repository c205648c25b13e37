"""Invitations rendered from snapshots without a database, and their golden copies.

`python -m tests.support.letters` writes the golden copies anew: look at each difference before it is kept.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jicanet.core.zones import Zones
from jicanet.invitations.domain.facts import facts_of
from jicanet.invitations.render import invitation_letter
from jicanet.mail.message import Letter, compose
from jicanet.settings import Settings
from jicanet.web.i18n import Catalogues
from tests.support.invitations import material, site, snapshot

GOLDEN = Path(__file__).resolve().parents[1] / "mail" / "golden"
DTSTAMP = datetime(2026, 12, 1, tzinfo=UTC)
SETTINGS = Settings(base_url="http://jicanet.test")


@cache
def catalogues() -> Catalogues:
    return Catalogues.load()


@cache
def zones() -> Zones:
    return Zones()


def letter(data: Mapping[str, Any], recipient_id: int) -> Letter:
    """Return the invitation of one recipient of a snapshot."""
    return invitation_letter(
        facts_of(data),
        recipient_id=recipient_id,
        sequence=0,
        dtstamp=DTSTAMP,
        token="0123456789abcdef0123456789abcdef",
        catalogues=catalogues(),
        zones=zones(),
        settings=SETTINGS,
    )


def letter_to(code: str, data: Mapping[str, Any]) -> Letter:
    """Return the invitation of the station's own recipient."""
    [found] = [recipient["id"] for recipient in data["recipients"] if code in recipient["parts"]]
    return letter(data, found)


def composed(made: Letter, recipient: str = "room@example.org") -> bytes:
    """Return the letter as a mail."""
    return compose(
        made, identity="request/1/1", recipient=recipient, created_at=DTSTAMP, domain=SETTINGS.mail_domain
    )


def calendar(made: Letter) -> bytes:
    """Return the calendar part."""
    assert made.calendar is not None
    return made.calendar.content


GOLDEN_NAMES = ("apia-en", "dhaka-en", "headquarters-ja", "tokyo-ja")


def golden_letters() -> dict[str, Letter]:
    """Return the letters whose every byte is looked at: name and letter."""
    day = snapshot()
    apia = snapshot(
        site("JPN-TIC", role="sending", required=True),
        site("JPN-HQ"),
        site("WSM-APW", warnings=({"code": "weekend", "date": "2026-12-12"},)),
        site("PER-LIM", warnings=({"code": "outside_hours", "minutes": 150},)),
        title="災害時の通信 <第1回> & more",
        purpose="Follow-up of the 2025 course.\nBring your data.",
        department="Tokyo Center",
        languages=["en", "ja"],
        starts_at="2026-12-11T11:00:00Z",
        ends_at="2026-12-11T14:00:00Z",
        setup_minutes=30,
        teardown_minutes=15,
        coordinator=None,
        host_contact={"name": "", "telephone": ""},
        join={"url": "", "sip": "", "h323": "", "pin": ""},
        materials=[
            material(),
            material("JN-M011", kind="shown", start_minute=45, end_minute=75, language="ja", required=True),
            material("JN-M012", kind="handout", titles={"ja": "配付資料"}, url=""),
        ],
    )
    return {
        "dhaka-en": letter_to("BGD-DAC", day),
        "tokyo-ja": letter_to("JPN-TIC", day),
        "apia-en": letter_to("WSM-APW", apia),
        "headquarters-ja": letter_to("JPN-HQ", apia),
    }


def golden_files(made: Letter) -> dict[str, bytes]:
    """Return what the golden copies of a letter should hold, by suffix."""
    return {
        ".txt": f"{made.subject}\n\n{made.text}".encode(),
        ".html": made.html.encode(),
        ".ics": calendar(made),
    }


if __name__ == "__main__":
    for name, found in golden_letters().items():
        for suffix, content in golden_files(found).items():
            (GOLDEN / f"{name}{suffix}").write_bytes(content)
