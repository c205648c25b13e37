"""What sessions are by the words of domain.md alone: a plain model that is changed in place.

It knows no function of the domain. Time is counted in cells of half an hour, an act says itself what
it changed, and `tell` reads the table "Who is told what" row by row.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace

PORTS = 4
SETTLED = ("needs-action", "tentative", "accepted")
STRENGTH = {"needs-action": -1, "accepted": 0, "tentative": 1, "declined": 2}
STATION, GUEST, PERSON = "station", "guest", "person"

Face = tuple[str, str, bool]


class PlainRefusal(Exception):
    """An act that is refused; nothing was changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class PlainPart:
    """A seat, a guest site or a person; `mailbox` is its own, a station's stands in the network."""

    key: str
    kind: str
    role: str
    required: bool
    mailbox: str | None = None
    listed: bool = True
    withdrawn: bool = False
    answer: str = "needs-action"
    by_its_recipient: bool = False
    hangs_on: str | None = None

    @property
    def live(self) -> bool:
        return self.listed and not self.withdrawn

    @property
    def is_site(self) -> bool:
        return self.kind != PERSON

    @property
    def face(self) -> Face:
        return (self.key, self.role, self.required)

    def begin_anew(self) -> None:
        self.listed, self.withdrawn, self.answer = True, False, "needs-action"
        self.by_its_recipient = False


@dataclass
class PlainRecipient:
    """An address: the last mail to it, what it takes part as by that mail, and its last counted answer."""

    method: str
    sequence: int
    faces: frozenset[Face]
    floor: int
    said: tuple[int, int] | None = None
    whole: bool = False


@dataclass(frozen=True)
class Row:
    """One mail owed."""

    method: str
    sequence: int
    partstat: str | None
    news: str
    whole: bool
    faces: frozenset[Face]
    raised: bool


@dataclass
class Cause:
    """What an act changed, as far as the table asks."""

    everybody: bool = False  # start, minutes, host or the way in
    moved: bool = False
    sites: bool = False  # title, set-up, a site added or removed
    restored: bool = False
    asks_again: bool = False
    declined: frozenset[str] = frozenset()


@dataclass
class PlainSession:
    """One session. `state` is requested, hold, open or cancelled."""

    state: str
    host: str
    cell: int
    cells: int
    title: str = "Title"
    setup: int = 0
    teardown: int = 0
    way_in: str = ""
    quorum: int | None = None
    recording: bool = False
    ends_at: int = 0  # of a hold, in seconds
    was_open: bool = False
    ending: str = ""
    parts: dict[str, PlainPart] = field(default_factory=dict)
    recipients: dict[str, PlainRecipient] = field(default_factory=dict)
    known: set[tuple[str, str]] = field(default_factory=set)
    counter: int = 0

    @property
    def occupies(self) -> bool:
        return self.state in {"hold", "open"}

    @property
    def listed(self) -> list[PlainPart]:
        return [part for part in self.parts.values() if part.listed]

    @property
    def live_sites(self) -> list[PlainPart]:
        return [part for part in self.parts.values() if part.live and part.is_site]

    @property
    def ports(self) -> int:
        return len(self.live_sites) + self.recording

    @property
    def span(self) -> range:
        return range(self.cell - self.setup, self.cell + self.cells + self.teardown)

    def reasons(self) -> set[tuple[str, str]]:
        """Return why it needs attention, whether or not somebody knows."""
        if self.state != "open":
            return set()
        lost = [part for part in self.listed if part.is_site and part.withdrawn]
        found = {("host_declined", part.key) for part in lost if part.key == self.host}
        found |= {
            ("required_seat_lost", part.key) for part in lost if part.required and part.key != self.host
        }
        if self.quorum is not None and len(self.live_sites) < self.quorum:
            found.add(("quorum_lost", ""))
        return found

    @property
    def status(self) -> str:
        if self.state != "open":
            return self.state
        return "needs-attention" if self.reasons() - self.known else "confirmed"

    def feed(self, code: str) -> str | None:
        """Return how it stands in a station's private feed."""
        part = self.parts.get(code)
        if part is None or not part.live:
            return None
        if self.state == "cancelled":
            return "CANCELLED" if self.was_open else None
        return {"requested": None, "hold": "TENTATIVE", "open": "CONFIRMED"}[self.state]

    def twin(self) -> "PlainSession":
        """Return a copy that may be changed."""
        return replace(
            self,
            parts={key: copy(part) for key, part in self.parts.items()},
            recipients={address: copy(one) for address, one in self.recipients.items()},
            known=set(self.known),
        )

    def ask_again(self) -> None:
        for part in self.parts.values():
            if part.live:
                part.answer, part.by_its_recipient = "needs-action", False

    def tell(self, cause: Cause, mailboxes: dict[str, str]) -> dict[str, Row]:
        """Return the mails that a change owes, by address, and keep them as the last ones."""
        self.known &= self.reasons()
        self.was_open |= self.state == "open"
        here: dict[str, list[PlainPart]] = {}
        for part in self.parts.values():
            address = self.address(part, mailboxes)
            if self.state == "open" and part.live and address:
                here.setdefault(address, []).append(part)
        lines = {
            address: line
            for address in sorted({*self.recipients, *here})
            if (line := self._line(address, here.get(address, []), cause))
        }
        if {"gone", "back", "everybody"} & set(lines.values()):
            self.counter += 1
        rows = {
            address: self._row(address, line, here.get(address, []), cause) for address, line in lines.items()
        }
        for part in self.listed:
            address = self.address(part, mailboxes)
            part.hangs_on = address if address in self.recipients else None
        return rows

    def address(self, part: PlainPart, mailboxes: dict[str, str]) -> str:
        return mailboxes[part.key] if part.mailbox is None else part.mailbox

    def _line(self, address: str, parts: list[PlainPart], cause: Cause) -> str:
        """Return the line of the table that tells this address, "" if none does."""
        last = self.recipients.get(address)
        if not parts:
            return "gone" if last and last.method == "REQUEST" else ""
        if last is None:
            return "first"
        if last.method == "CANCEL":
            return "back"
        if cause.everybody:
            return "everybody"
        if cause.sites and any(part.is_site for part in parts):
            return "sites"
        return "alone" if _faces(parts) != last.faces else ""

    def _row(self, address: str, line: str, parts: list[PlainPart], cause: Cause) -> Row:
        last = self.recipients.get(address)
        if line == "gone" and last:
            whole = self.state == "cancelled"
            news = "declined" if {key for key, _, _ in last.faces} & cause.declined else "removed"
            row = Row("CANCEL", self.counter, None, "cancelled" if whole else news, whole, last.faces, True)
            last.method, last.sequence, last.faces, last.whole = "CANCEL", row.sequence, frozenset(), whole
            return row
        answer = min((part.answer for part in parts), key=SETTLED.index)
        raised = line in {"back", "everybody"}
        sequence = last.sequence if last and line in {"sites", "alone"} else self.counter
        news = {"first": "", "back": "restored" if cause.restored else ""}.get(
            line, "moved" if cause.moved else "changed"
        )
        row = Row("REQUEST", sequence, answer, news, False, _faces(parts), raised)
        if last is None:
            last = self.recipients[address] = PlainRecipient("REQUEST", sequence, row.faces, sequence)
        last.method, last.sequence, last.faces, last.whole = "REQUEST", sequence, row.faces, False
        if (raised and cause.asks_again) or (line == "back" and answer == "needs-action"):
            last.floor = sequence
        return row

    def counts(self, address: str, answer: str, sequence: int, stamp: int, arrival: int) -> bool:
        """Say whether a mailed answer counts; instants are seconds."""
        one = self.recipients[address]
        if sequence < one.floor:
            return False
        return one.said is None or (min(stamp, arrival), STRENGTH[answer]) > one.said

    def answers_for(self, address: str) -> list[PlainPart]:
        """Return the parts that an answer of this address is for."""
        own = [part for part in self.listed if part.hangs_on == address]
        return [part for part in own if part.live or part.by_its_recipient] or own


def _faces(parts: Iterable[PlainPart]) -> frozenset[Face]:
    return frozenset(part.face for part in parts)


def clash(wanted: PlainSession, others: Iterable[PlainSession]) -> str:
    """Return what refuses a session that occupies, counted cell by cell; "" if it may stand."""
    rivals = [other for other in others if other.occupies]
    rooms = {part.key for part in wanted.live_sites if part.kind == STATION}
    full = False
    for cell in wanted.span:
        there = [other for other in rivals if cell in other.span]
        if any(part.key in rooms for other in there for part in other.live_sites):
            return "station_busy"
        full |= wanted.ports + sum(other.ports for other in there) > PORTS
    return "bridge_full" if full else ""
