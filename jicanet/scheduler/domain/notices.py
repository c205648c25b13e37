"""Who is told what (domain.md): the table as one pure function of before, after and the last mails.

A recipient is one case-folded address in one session, whatever hangs on it: two stations that share a
mailbox get one mail. C is the session's counter, L the SEQUENCE of the last mail to a recipient.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Protocol

from jicanet.scheduler.domain.model import JoinDetails
from jicanet.scheduler.domain.words import Answer, PartKind

SPOKEN = ("en", "ja")
REQUEST, CANCEL = "REQUEST", "CANCEL"

# The least settled of its parts speaks for a recipient.
_SETTLED = (Answer.NEEDS_ACTION, Answer.TENTATIVE, Answer.ACCEPTED)


class News(StrEnum):
    """What the subject of a mail begins with."""

    NONE = ""
    MOVED = "moved"
    CHANGED = "changed"
    RESTORED = "restored"
    CANCELLED = "cancelled"
    REMOVED = "removed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One listed part of a session with the address that speaks for it, folded; "" where there is none."""

    kind: PartKind
    key: str
    address: str
    languages: tuple[str, ...]
    role: str
    required: bool
    answer: Answer
    live: bool

    @property
    def is_site(self) -> bool:
        """Say whether it is a place, not a person."""
        return self.kind is not PartKind.PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A session at one moment as far as telling is concerned; `parts` are the listed ones, host first.

    Of the session until a change they hang on the addresses that were told of them.
    """

    invites: bool
    is_cancelled: bool
    starts_at: datetime
    minutes: int
    host: str
    join: JoinDetails
    title: str
    setup_minutes: int
    teardown_minutes: int
    parts: tuple[Part, ...]

    @property
    def sites(self) -> frozenset[str]:
        """Return the keys of the places that are listed, those that declined included."""
        return frozenset(part.key for part in self.parts if part.is_site)

    def of(self, address: str) -> tuple[Part, ...]:
        """Return the parts that hang on an address."""
        return tuple(part for part in self.parts if part.address == address)

    def present(self, address: str) -> bool:
        """Say whether a recipient is present (domain.md): told of the session, with a live part."""
        return self.invites and any(part.live for part in self.of(address))


class LastMail(Protocol):
    """The last mail to a recipient."""

    @property
    def method(self) -> str:
        """Return REQUEST or CANCEL."""
        ...

    @property
    def sequence(self) -> int:
        """Return its SEQUENCE: L."""
        ...

    @property
    def language(self) -> str:
        """Return the language that the recipient is written to in."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One mail owed: the recipient, the parts that hang on it, and its place in the UID's order.

    `whole` says that a CANCEL is of the session and not of the recipient's part in it; `renews` that
    an answer to an earlier mail no longer counts.
    """

    address: str
    language: str
    parts: tuple[str, ...]
    method: str
    sequence: int
    dtstamp: datetime
    partstat: Answer | None = None
    news: News = News.NONE
    whole: bool = False
    renews: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The mails that a change owes, and the session's counter after it."""

    notices: tuple[Notice, ...]
    counter: int


class _Row(Enum):
    """The rows of the table that send a mail."""

    FIRST = auto()
    RETURN = auto()
    GREAT = auto()
    SMALL = auto()
    GONE = auto()


_RAISING = frozenset({_Row.RETURN, _Row.GREAT, _Row.GONE})


def who_is_told(
    before: Roll | None,
    after: Roll,
    *,
    last: Mapping[str, LastMail],
    counter: int,
    dtstamp: datetime,
) -> Told:
    """Return the mails that the change from `before` (None: it is new) to `after` owes.

    `last` holds every recipient that was ever told, by address. The counter rises at most once.
    """
    rows: dict[str, _Row] = {}
    for address in _addresses(after, last):
        row = _row(address, before, after, last.get(address))
        if row is not None:
            rows[address] = row
    raised = counter + any(row in _RAISING for row in rows.values())
    notices = tuple(
        _notice(
            address,
            row,
            before,
            after,
            last=last.get(address),
            counter=raised,
            dtstamp=dtstamp,
        )
        for address, row in rows.items()
    )
    return Told(notices=notices, counter=raised)


def _addresses(after: Roll, last: Mapping[str, LastMail]) -> Iterable[str]:
    now = (part.address for part in after.parts if part.address)
    return dict.fromkeys((*now, *last))


def _row(address: str, before: Roll | None, after: Roll, last: LastMail | None) -> _Row | None:
    was = last is not None and last.method == REQUEST
    if not after.present(address):
        return _Row.GONE if was else None
    if last is None or not was:
        return _Row.FIRST if last is None else _Row.RETURN
    return _staying(address, before, after) if before else None


def _staying(address: str, before: Roll, after: Roll) -> _Row | None:
    if _is_great(before, after):
        return _Row.GREAT
    own = _live(after, address)
    if _is_small(before, after) and any(part.is_site for part in own):
        return _Row.SMALL
    return _Row.SMALL if _faces(own) != _faces(_live(before, address)) else None


def _is_great(before: Roll, after: Roll) -> bool:
    """Say whether what changed concerns everybody: an answer given before it was to another question."""
    return renews_answers(before, after) or before.join != after.join


def renews_answers(before: Roll, after: Roll) -> bool:
    """Say whether a change asks everybody again: of start, minutes or host, or of the whole back."""
    then = (before.starts_at, before.minutes, before.host)
    return then != (after.starts_at, after.minutes, after.host) or (
        before.is_cancelled and not after.is_cancelled
    )


def _is_small(before: Roll, after: Roll) -> bool:
    then = (before.title, before.setup_minutes, before.teardown_minutes, before.sites)
    return then != (after.title, after.setup_minutes, after.teardown_minutes, after.sites)


def _live(roll: Roll, address: str) -> tuple[Part, ...]:
    return tuple(part for part in roll.of(address) if part.live)


def _faces(parts: Iterable[Part]) -> frozenset[tuple[str, str, bool]]:
    """Return what a recipient takes part as: its own role is another where one of its parts comes or goes."""
    return frozenset((part.key, part.role, part.required) for part in parts)


def _notice(
    address: str,
    row: _Row,
    before: Roll | None,
    after: Roll,
    *,
    last: LastMail | None,
    counter: int,
    dtstamp: datetime,
) -> Notice:
    if row is _Row.GONE and last is not None:
        gone = _live(before, address) if before else ()
        return _cancel(address, gone, after, last, counter=counter, dtstamp=dtstamp)
    parts = _live(after, address)
    said = partstat(part.answer for part in parts)
    return Notice(
        address=address,
        language=last.language if last else language_of(parts[0].languages),
        parts=tuple(part.key for part in parts),
        method=REQUEST,
        sequence=last.sequence if last and row is _Row.SMALL else counter,
        dtstamp=dtstamp,
        partstat=said,
        news=_news(row, before, after),
        renews=_renews(row, before, after, said),
    )


def _renews(row: _Row, before: Roll | None, after: Roll, said: Answer) -> bool:
    """Say whether a REQUEST asks anew, so that answers to earlier mails no longer count.

    One that only confirms an answer does not: else the order in which replies arrive would decide.
    """
    if row is _Row.GREAT and before is not None:
        return renews_answers(before, after)
    return row is _Row.FIRST or (row is _Row.RETURN and said is Answer.NEEDS_ACTION)


def _news(row: _Row, before: Roll | None, after: Roll) -> News:
    if before is None or row is _Row.FIRST:
        return News.NONE
    if row is _Row.RETURN:
        return News.RESTORED if before.is_cancelled else News.NONE
    moved = (before.starts_at, before.minutes) != (after.starts_at, after.minutes)
    return News.MOVED if moved else News.CHANGED


def _cancel(
    address: str, gone: Sequence[Part], after: Roll, last: LastMail, *, counter: int, dtstamp: datetime
) -> Notice:
    keys = tuple(part.key for part in gone)
    withdrawn = {part.key for part in after.parts if not part.live}
    if after.is_cancelled:
        news = News.CANCELLED
    else:
        news = News.REMOVED if withdrawn.isdisjoint(keys) else News.DECLINED
    return Notice(
        address=address,
        language=last.language,
        parts=keys,
        method=CANCEL,
        sequence=counter,
        dtstamp=dtstamp,
        news=news,
        whole=after.is_cancelled,
    )


def partstat(answers: Iterable[Answer]) -> Answer:
    """Return the least settled of the answers of a recipient's live parts."""
    return min(answers, key=_SETTLED.index)


def language_of(languages: Sequence[str]) -> str:
    """Return the first of the languages that we speak, else English."""
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
