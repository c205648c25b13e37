"""Lives of sessions at random, each step compared with the plain model (life_acts.py)."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from jicanet.scheduler.domain.words import Via
from tests.support.life_acts import Pair
from tests.support.life_compare import CODES
from tests.support.life_wishes import Wish
from tests.support.plain_life import GUEST, PERSON, STATION, PlainPart

# Few, so that stations share them, and guests and people share them with stations.
MAILBOXES = ("a@example.org", "b@example.org", "c@example.org", "")
OTHERS = (
    PlainPart("guest/a@example.org", GUEST, "receiving", False, "a@example.org"),
    PlainPart("guest/g@example.org", GUEST, "receiving", False, "g@example.org"),
    PlainPart("person/a@example.org", PERSON, "lecturer", True, "a@example.org"),
    PlainPart("person/g@example.org", PERSON, "lecturer", True, "g@example.org"),
    PlainPart("person/p@example.org", PERSON, "lecturer", True, "p@example.org"),
)
PARTS = (*(PlainPart(code, STATION, "receiving", False) for code in CODES), *OTHERS)
MOST_SESSIONS = 3

numbers = st.integers(0, MOST_SESSIONS - 1)
codes = st.sampled_from(CODES)
cells = st.integers(0, 3)
mailboxes = st.sampled_from(MAILBOXES)
answers = st.sampled_from(["accepted", "tentative", "declined", "declined"])


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """Draw a session; every second of its stations is required."""
    stations = draw(st.lists(codes, min_size=1, max_size=4, unique=True))
    seats = [PlainPart(code, STATION, "receiving", place % 2 == 1) for place, code in enumerate(stations)]
    host = replace(seats[0], role="sending", required=True)
    others = draw(st.integers(0, 2 ** len(OTHERS) - 1))
    parts = (host, *seats[1:], *(part for place, part in enumerate(OTHERS) if others >> place & 1))
    sites = sum(part.is_site for part in parts)
    return Wish(
        state=draw(st.sampled_from(["open", "open", "open", "hold", "requested"])),
        cell=draw(cells),
        cells=draw(st.integers(1, 2)),
        parts=parts,
        quorum=min(draw(st.integers(0, 3)), sites) or None,
    )


class LifeMachine(RuleBasedStateMachine):
    """Up to three sessions of four stations on a bridge of four ports."""

    pair: Pair

    @initialize(chosen=st.tuples(*[mailboxes] * len(CODES)), first=wishes())
    def begin(self, chosen: tuple[str, ...], first: Wish) -> None:
        self.pair = Pair(chosen)
        # The first one always fits.
        fitting = tuple(part for part in first.parts if part.kind != GUEST)
        quorum = min(first.quorum or 0, sum(part.is_site for part in fitting)) or None
        self.pair.book(replace(first, parts=fitting, quorum=quorum))
        assert len(fitting) >= len(self.pair.plain) == 1

    @precondition(lambda machine: len(machine.pair.plain) < MOST_SESSIONS)
    @rule(wanted=wishes())
    def book(self, wanted: Wish) -> None:
        self.pair.book(wanted)

    def pick(self, number: int) -> int:
        return number % len(self.pair.plain) + 1

    def recipient(self, number: int, who: int) -> str | None:
        known = sorted(self.pair.plain[number].recipients)
        return known[who % len(known)] if known else None

    def may_go(self, number: int, part: PlainPart) -> bool:
        """Say whether an edit without this part makes sense: the host stays, and so many as the quorum says."""
        plain = self.pair.plain[number]
        listed = [each for each in plain.listed if each.is_site]
        if not part.is_site or part.key not in {each.key for each in listed}:
            return True
        return part.key != plain.host and len(listed) > (plain.quorum or 0)

    @rule(
        number=numbers,
        what=st.sampled_from(["confirm", "confirm", "confirm", "restore", "restore", "cancel", "refuse"]),
    )
    def decide(self, number: int, what: str) -> None:
        getattr(self.pair, what)(self.pick(number))

    @rule(seconds=st.sampled_from([0.5, 1, 60, 0]))
    def wait(self, seconds: float) -> None:
        if seconds:
            self.pair.desk.wait(seconds)
        else:
            self.pair.expire()

    @rule(number=numbers, cell=cells, length=st.integers(1, 2))
    def move(self, number: int, cell: int, length: int) -> None:
        plain = self.pair.plain[self.pick(number)]
        around = (plain.setup, plain.teardown)
        self.pair.edit(self.pick(number), cell=cell, cells=length, title=plain.title, around=around)

    @rule(number=numbers, title=st.sampled_from(["Title", "Day 5"]), around=st.integers(0, 3))
    def rename(self, number: int, title: str, around: int) -> None:
        plain = self.pair.plain[self.pick(number)]
        sides = (around & 1, around >> 1)
        self.pair.edit(self.pick(number), cell=plain.cell, cells=plain.cells, title=title, around=sides)

    @rule(number=numbers, cell=cells, title=st.sampled_from(["Title", "Day 5"]))
    def move_and_rename(self, number: int, cell: int, title: str) -> None:
        self.pair.edit(self.pick(number), cell=cell, cells=1, title=title, around=(0, 0))

    @rule(number=numbers, room=st.integers(1, 2))
    def change_way_in(self, number: int, room: int) -> None:
        self.pair.change_way_in(self.pick(number), f"https://meet.example/{room}")

    @rule(number=numbers, quorum=st.integers(0, 3), recording=st.booleans())
    def change_quietly(self, number: int, quorum: int, *, recording: bool) -> None:
        sites = sum(part.is_site for part in self.pair.plain[self.pick(number)].listed)
        self.pair.change_quietly(self.pick(number), min(quorum, sites) or None, recording=recording)

    @rule(number=numbers, part=st.sampled_from(PARTS), cell=st.sampled_from([None, None, 0, 2]))
    def add_or_remove(self, number: int, part: PlainPart, cell: int | None) -> None:
        if self.may_go(self.pick(number), part):
            self.pair.come_or_go(self.pick(number), part, cell=cell)

    @rule(number=numbers, which=st.integers(0, 9), other_role=st.booleans(), required=st.booleans())
    def describe(self, number: int, which: int, *, other_role: bool, required: bool) -> None:
        listed = self.pair.plain[self.pick(number)].listed
        part = listed[which % len(listed)]
        roles = {
            STATION: ("sending", "receiving"),
            PERSON: ("moderator", "lecturer"),
            GUEST: ("receiving",) * 2,
        }
        role = roles[part.kind][other_role]
        self.pair.describe(self.pick(number), part.key, role, required=required or part.kind == PERSON)

    @rule(number=numbers, code=codes)
    def change_host(self, number: int, code: str) -> None:
        self.pair.change_host(self.pick(number), code)

    @rule(code=codes, address=mailboxes, follow=st.booleans())
    def change_mailbox(self, code: str, address: str, *, follow: bool) -> None:
        self.pair.change_mailbox(code, address, follow=follow)

    @rule(number=numbers, which=st.integers(0, 3), said=st.one_of(answers, st.just("needs-action")))
    def answer(self, number: int, which: int, said: str) -> None:
        seats = [
            part.key for part in self.pair.plain[self.pick(number)].parts.values() if part.kind == STATION
        ]
        via = Via.API if which % 2 else Via.PAGE
        self.pair.answer(self.pick(number), seats[which % len(seats)], said, via)

    @rule(number=numbers, who=st.integers(0, 4), said=answers)
    def press_link(self, number: int, who: int, said: str) -> None:
        address = self.recipient(self.pick(number), who)
        if address:
            self.pair.press_link(self.pick(number), address, said)

    @rule(
        number=numbers,
        who=st.integers(0, 4),
        which=st.integers(0, 4),
        said=answers,
        later=st.sampled_from([0, 1, 60, 10**6]),
    )
    def reply_by_mail(self, number: int, who: int, which: int, said: str, later: int) -> None:
        address = self.recipient(self.pick(number), who)
        if address:
            self.pair.reply_by_mail(self.pick(number), address, said, which, later)

    def teardown(self) -> None:
        """Ask the feeds' own query at the end of a life: it costs as much as many steps."""
        self.pair.compare_stored_feeds()
