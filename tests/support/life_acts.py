"""Everything that can be done to a session, done to the domain and to the plain model, then compared."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from jicanet.core.errors import Conflict
from jicanet.scheduler.domain.model import JoinDetails
from jicanet.scheduler.domain.words import Answer, Via
from tests.support.booking import NOW, TOKYO, station
from tests.support.life import Desk, Kept
from tests.support.life_compare import (
    CODES,
    check_rooms_and_ports,
    compare_mails,
    compare_session,
    compare_stored_feeds,
)
from tests.support.life_wishes import Wish, listing, start
from tests.support.plain_life import (
    PORTS,
    STATION,
    STRENGTH,
    Cause,
    PlainPart,
    PlainRefusal,
    PlainSession,
    Row,
    clash,
)

LONGEST_HOLD = 72 * 3600

Edit = Callable[[PlainSession], Cause | None]
Call = Callable[[Kept], object]


class Pair:
    """Sessions of four stations on one bridge, as the domain and as the plain model have them."""

    def __init__(self, mailboxes: Iterable[str]) -> None:
        self.desk = Desk([station(code, TOKYO.zone) for code in CODES], ports=PORTS)
        self.plain: dict[int, PlainSession] = {}
        self.mailboxes: dict[str, str] = {}
        self.random = Random(7)  # noqa: S311 - an order of arrival
        for code, address in zip(CODES, mailboxes, strict=True):
            self._set_mailbox(code, address)

    @property
    def now(self) -> int:
        """Return the whole seconds since the beginning."""
        return int((self.desk.now - NOW).total_seconds())

    def _set_mailbox(self, code: str, address: str) -> None:
        self.mailboxes[code] = address
        self.desk.stations[code] = replace(self.desk.stations[code], mailbox=address)

    def _compare(self, number: int, expected: dict[str, Row], sent: int, lasts: dict[str, int]) -> None:
        kept = self.desk.sessions[number]
        compare_mails(expected, kept.mails[sent:], lasts)
        compare_session(self.plain[number], kept, self.random)
        check_rooms_and_ports(self.desk)

    def compare_stored_feeds(self) -> None:
        """Compare what the feeds would show if all of it were stored."""
        compare_stored_feeds((self.desk.sessions[number], plain) for number, plain in self.plain.items())

    def book(self, wish: Wish) -> None:
        wanted = wish.plain(ends_at=self.now + LONGEST_HOLD)
        refusal = clash(wanted, self.plain.values()) if wanted.occupies else ""
        made: list[Kept] = []
        assert code_of(lambda: made.append(self.desk.book(wish.request()))) == refusal
        for kept in made:
            self.plain[kept.number] = wanted
            self._compare(kept.number, wanted.tell(Cause(), self.mailboxes), 0, {})

    def act(self, number: int, edit: Edit, call: Call) -> bool:
        """Do an act to both and compare; say whether it was done."""
        kept, wanted = self.desk.sessions[number], self.plain[number].twin()
        before, sent = kept.stored, len(kept.mails)
        lasts = {each.address: each.sequence for each in kept.recipients}
        refusal, expected = self._foresee(number, wanted, edit)
        assert code_of(lambda: call(kept)) == refusal
        if refusal:
            assert kept.stored is before
            return False
        assert (kept.stored is before) == (expected is None)
        self.plain[number] = wanted
        self._compare(number, expected or {}, sent, lasts)
        return True

    def _foresee(self, number: int, wanted: PlainSession, edit: Edit) -> tuple[str, dict[str, Row] | None]:
        """Return why an act must be refused, else the mails that it must owe; None where nothing changes."""
        try:
            cause = edit(wanted)
        except PlainRefusal as refused:
            return refused.code, None
        if cause is None:
            return "", None
        others = [other for key, other in self.plain.items() if key != number]
        if wanted.occupies and (found := clash(wanted, others)):
            return found, None
        return "", wanted.tell(cause, self.mailboxes)

    def patch(self, number: int, edit: Edit, **fields: Any) -> None:
        def checked(plain: PlainSession) -> Cause | None:
            if plain.state == "cancelled":
                raise PlainRefusal("wrong_status")
            return edit(plain)

        self.act(number, checked, lambda kept: self.desk.patch(kept, **fields))

    # Where it stands.

    def confirm(self, number: int) -> None:
        def edit(plain: PlainSession) -> Cause | None:
            if plain.state == "cancelled":
                raise PlainRefusal("wrong_status")
            if plain.status == "confirmed":
                return None
            plain.known = plain.reasons()
            plain.state = "open"
            return Cause()

        self.act(number, edit, self.desk.confirm)

    def refuse(self, number: int) -> None:
        self.act(number, lambda plain: _end(plain, "refused", {"requested"}), self.desk.refuse)

    def cancel(self, number: int) -> None:
        states = {"requested", "hold", "open"}
        self.act(number, lambda plain: _end(plain, "cancelled", states), self.desk.cancel)

    def restore(self, number: int) -> None:
        def edit(plain: PlainSession) -> Cause:
            if plain.state != "cancelled":
                raise PlainRefusal("wrong_status")
            plain.state, plain.ending = ("open" if plain.was_open else "requested"), ""
            plain.ask_again()
            return Cause(restored=True, asks_again=True)

        self.act(number, edit, self.desk.restore)

    def expire(self) -> None:
        """Let the longest hold go by."""
        self.desk.wait(LONGEST_HOLD)
        self.desk.lapse()
        for number, plain in self.plain.items():
            if plain.state == "hold" and plain.ends_at <= self.now:
                expected = plain.tell(_end(plain, "hold-expired", {"hold"}) or Cause(), self.mailboxes)
                self._compare(number, expected, len(self.desk.sessions[number].mails), {})

    # What it is.

    def edit(self, number: int, *, cell: int, cells: int, title: str, around: tuple[int, int]) -> None:
        """Move it and rename it, or one of both."""
        setup, teardown = around

        def edit(plain: PlainSession) -> Cause | None:
            moved = (plain.cell, plain.cells) != (cell, cells)
            small = (plain.title, plain.setup, plain.teardown) != (title, setup, teardown)
            plain.cell, plain.cells, plain.title = cell, cells, title
            plain.setup, plain.teardown = around
            if moved:
                plain.ask_again()
            cause = Cause(everybody=moved, moved=moved, asks_again=moved, sites=small)
            return cause if moved or small else None

        self.patch(
            number,
            edit,
            start=start(cell),
            minutes=30 * cells,
            title=title,
            setup_minutes=30 * setup,
            teardown_minutes=30 * teardown,
        )

    def change_way_in(self, number: int, url: str) -> None:
        def edit(plain: PlainSession) -> Cause | None:
            if plain.way_in == url:
                return None
            plain.way_in = url
            return Cause(everybody=True)

        self.patch(number, edit, join=JoinDetails(url=url))

    def change_quietly(self, number: int, quorum: int | None, *, recording: bool) -> None:
        def edit(plain: PlainSession) -> Cause | None:
            if (plain.quorum, plain.recording) == (quorum, recording):
                return None
            plain.quorum, plain.recording = quorum, recording
            return Cause()

        self.patch(number, edit, quorum=quorum, recording=recording)

    # Who takes part.

    def listed(self, number: int, kind: str) -> dict[str, PlainPart]:
        return {part.key: part for part in self.plain[number].listed if part.kind == kind}

    def come_or_go(self, number: int, part: PlainPart, *, cell: int | None = None) -> None:
        """Add a part as it says, or remove it where it is listed; move the session too, if `cell` says so."""
        there = self.listed(number, part.kind)
        moves = cell not in {None, self.plain[number].cell}

        def edit(plain: PlainSession) -> Cause:
            known = plain.parts.get(part.key)
            if known and known.listed:
                known.listed = False
            elif known:
                known.begin_anew()
                known.role, known.required = part.role, part.required
            else:
                plain.parts[part.key] = replace(part)
            if moves and cell is not None:
                plain.cell = cell
                plain.ask_again()
            return Cause(everybody=moves, moved=moves, asks_again=moves, sites=part.is_site)

        wanted = {**there, part.key: part}
        if part.key in there:
            del wanted[part.key]
        fields = {} if cell is None else {"start": start(cell)}
        self.patch(number, edit, **fields, **listing(part.kind, wanted.values()))

    def describe(self, number: int, key: str, role: str, *, required: bool) -> None:
        """Give a listed part another role, or say whether it is required."""
        part = replace(self.plain[number].parts[key], role=role, required=required)

        def edit(plain: PlainSession) -> Cause | None:
            known = plain.parts[key]
            if known.face == part.face:
                return None
            known.role, known.required = role, required
            return Cause()

        parts = {**self.listed(number, part.kind), key: part}
        self.patch(number, edit, **listing(part.kind, parts.values(), described=key))

    def change_host(self, number: int, code: str) -> None:
        def edit(plain: PlainSession) -> Cause | None:
            if code == plain.host:
                return None
            old, new = plain.parts[plain.host], plain.parts.get(code)
            if old.withdrawn:
                old.required = False
            if new is None:
                new = plain.parts[code] = PlainPart(code, STATION, "sending", True)
            elif not new.live:
                new.begin_anew()
            new.role, new.required, plain.host = "sending", True, code
            plain.ask_again()
            return Cause(everybody=True, asks_again=True)

        self.patch(number, edit, host=code)

    def change_mailbox(self, code: str, address: str, *, follow: bool) -> None:
        """Give a station another mailbox; who follows it is told at once, else by whatever changes next."""
        self._set_mailbox(code, address)
        if not follow:
            return
        before = {
            number: (len(kept.mails), {each.address: each.sequence for each in kept.recipients})
            for number, kept in self.desk.sessions.items()
        }
        self.desk.move_mailbox(code, address)
        for number, plain in self.plain.items():
            behind = plain.state == "open" and any(
                (part.hangs_on or "") != self.mailboxes[part.key]
                for part in plain.live_sites
                if part.kind == STATION
            )
            expected = plain.tell(Cause(), self.mailboxes) if behind else {}
            self._compare(number, expected, *before[number])

    # What they answer.

    def answer(self, number: int, code: str, said: str, via: Via) -> None:
        """Answer for a station as one of its people."""

        def edit(plain: PlainSession) -> Cause | None:
            part = plain.parts[code]
            if not plain.occupies:
                raise PlainRefusal("wrong_status")
            if not part.listed:
                raise PlainRefusal("seat_removed")
            return _speak([part], said, by_itself=False)

        if self.act(number, edit, lambda kept: self.desk.answer(kept, code, Answer(said), via=via)):
            self._remember(number, [code], said, self.now)

    def press_link(self, number: int, address: str, said: str) -> None:
        """Answer at a recipient's secret address."""
        keys = self._of_itself(
            number, address, said, lambda kept: self.desk.press(kept, address, Answer(said))
        )
        self._remember(number, keys, said, self.now)

    def reply_by_mail(self, number: int, address: str, said: str, which: int, later: int) -> None:
        """Answer any mail that ever came, the newest being 0, as if written so many seconds after it."""
        plain, kept = self.plain[number], self.desk.sessions[number]
        asked = [
            mail.notice for mail in kept.mails if mail.notice.address == address and mail.notice.partstat
        ]
        mail = asked[-1 - which % len(asked)]
        dtstamp = mail.dtstamp + timedelta(seconds=later)
        stamp = int((dtstamp - NOW).total_seconds())

        def call(_kept: Kept) -> Any:
            return self.desk.reply(kept, address, Answer(said), sequence=mail.sequence, dtstamp=dtstamp)

        if plain.counts(address, said, mail.sequence, stamp, self.now):
            keys = self._of_itself(number, address, said, call)
            self._remember(number, keys, said, min(stamp, self.now))
        else:
            before = kept.stored
            assert call(kept) is None
            assert kept.stored is before

    def _of_itself(self, number: int, address: str, said: str, call: Call) -> list[str]:
        """Answer as a recipient; return the parts that it was for, none where it was refused."""
        keys = [part.key for part in self.plain[number].answers_for(address)]

        def edit(plain: PlainSession) -> Cause | None:
            if not plain.occupies:
                raise PlainRefusal("wrong_status")
            parts = plain.answers_for(address)
            if not parts:
                raise PlainRefusal("seat_removed")
            return _speak(parts, said, by_itself=True)

        return keys if self.act(number, edit, call) else []

    def _remember(self, number: int, keys: Iterable[str], said: str, stamp: int) -> None:
        plain = self.plain[number]
        for address in {plain.parts[key].hangs_on for key in keys}:
            if address:
                plain.recipients[address].said = (stamp, STRENGTH[said])


def code_of(call: Callable[[], object]) -> str:
    """Return the code of the conflict that a call raises, "" if it does not."""
    try:
        call()
    except Conflict as refused:
        return refused.code
    return ""


def _end(plain: PlainSession, ending: str, states: set[str]) -> Cause | None:
    if plain.state == "cancelled" and plain.ending == ending:
        return None
    if plain.state not in states:
        raise PlainRefusal("wrong_status")
    plain.state, plain.ending = "cancelled", ending
    return Cause()


def _speak(parts: list[PlainPart], said: str, *, by_itself: bool) -> Cause | None:
    declines = said == "declined"
    left = frozenset(part.key for part in parts if declines and part.live)
    new = [part for part in parts if (part.answer, part.withdrawn) != (said, declines)]
    for part in new:
        part.answer, part.withdrawn, part.by_its_recipient = said, declines, by_itself
    return Cause(declined=left) if new else None
