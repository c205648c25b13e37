"""Calendars of people who get our mails: two programs that each go by what they understand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from tests.support.life import Mail


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a calendar holds of a session; `mine` is what its owner takes part as."""

    starts_at: datetime
    minutes: int
    host: str
    way_in: str
    title: str
    around: tuple[int, int]
    sites: frozenset[str]
    mine: frozenset[tuple[str, str, bool]]


def entry_of(mail: Mail) -> Entry:
    """Return what a REQUEST makes a calendar show: all of it stands in the picture of that revision."""
    session = mail.session.session
    parts = {part.key: part for part in mail.session.every_part}
    return Entry(
        starts_at=session.starts_at,
        minutes=session.minutes,
        host=session.host,
        way_in=session.join.url,
        title=session.title,
        around=(session.setup_minutes, session.teardown_minutes),
        sites=frozenset(site.key for site in mail.session.sites),
        mine=frozenset(face(parts[key]) for key in mail.notice.parts),
    )


def face(part: Any) -> tuple[str, str, bool]:
    """Return what a part takes part as; a person is always wanted."""
    return (part.key, part.role.value, getattr(part, "required", True))


def shows(last: Mail | None) -> Entry | str | None:
    """Return what a calendar shows of a UID: an entry, "cancelled" as STATUS says, None for nothing."""
    if last is None:
        return None
    if last.notice.method == "REQUEST":
        return entry_of(last)
    return "cancelled" if last.notice.whole else None


def by_sequence_and_stamp(mails: Iterable[Mail]) -> Mail | None:
    """Return the mail that a calendar ends with which takes them as they arrive, by (SEQUENCE, DTSTAMP)."""
    last = None
    for mail in mails:
        if last is None or _place(mail) > _place(last):
            last = mail
    return last


def by_sequence(mails: Iterable[Mail]) -> Mail | None:
    """Return the mail that a calendar ends with which takes them as they were sent, by SEQUENCE alone."""
    last = None
    for mail in mails:
        if last is None or mail.notice.sequence >= last.notice.sequence:
            last = mail
    return last


def _place(mail: Mail) -> tuple[int, datetime]:
    return mail.notice.sequence, mail.notice.dtstamp


def agendas(mails: list[Mail], random: Random) -> list[Entry | str | None]:
    """Return what calendars show: the mails in sending order, backwards, and at random with repeats."""
    mixed = [*mails, *random.choices(mails, k=len(mails))]
    random.shuffle(mixed)
    ends = [
        by_sequence(mails),
        by_sequence_and_stamp(mails),
        by_sequence_and_stamp(reversed(mails)),
        by_sequence_and_stamp(mixed),
    ]
    return [shows(last) for last in ends]
