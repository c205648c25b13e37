"""A desk that does to sessions what the services do, with the domain's own functions and no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from jicanet.scheduler.domain import answering, life
from jicanet.scheduler.domain.answering import Given
from jicanet.scheduler.domain.booking import BookingFacts, clashes, draft
from jicanet.scheduler.domain.conflicts import BusySeat, refusal
from jicanet.scheduler.domain.life import Settled, check_not_over, confirmed, ended, restored, wrong_status
from jicanet.scheduler.domain.model import BookingRequest, GuestRequest, PersonRequest, SeatRequest
from jicanet.scheduler.domain.notices import Notice
from jicanet.scheduler.domain.outline import outline
from jicanet.scheduler.domain.patching import patched
from jicanet.scheduler.domain.record import RecipientRecord, StoredSession
from jicanet.scheduler.domain.words import Answer, Ending, PersonRole, Status, Via
from jicanet.stations.domain.model import Station
from tests.support.booking import LIMITS, NEW, NOW, ZONES, days, facts, mailboxes, resolved

COORDINATOR = 1
DAYS = days()


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail with a calendar, and the session as it was when it was owed."""

    notice: Notice
    session: StoredSession


@dataclass
class Kept:
    """A session as the tables keep it, and every mail of it in sending order."""

    stored: StoredSession
    recipients: tuple[RecipientRecord, ...] = ()
    mails: list[Mail] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.stored.session.id

    @property
    def status(self) -> Status:
        return self.stored.session.status

    def recipient(self, address: str) -> RecipientRecord:
        return next(each for each in self.recipients if each.address == address)

    def part(self, key: str) -> Any:
        return next(part for part in self.stored.every_part if part.key == key)

    def take(self, settled: Settled, stations: dict[str, Station]) -> tuple[Notice, ...]:
        """Keep a change as store/writing.py does."""
        told = {notice.address: notice for notice in settled.notices}
        known = [
            _told(each, told.pop(each.address)) if each.address in told else each for each in self.recipients
        ]
        fresh = [_new(notice, len(known) + index + 1) for index, notice in enumerate(told.values())]
        ids = {each.address: each.id for each in (*known, *fresh)}
        self.stored = _hung(settled.after, ids, stations)
        self.recipients = tuple(replace(each, parts=self._hang_on(each.id)) for each in (*known, *fresh))
        self.mails += [Mail(notice=notice, session=self.stored) for notice in settled.notices]
        return settled.notices

    def _hang_on(self, recipient_id: int) -> tuple[str, ...]:
        return tuple(part.key for part in self.stored.every_part if part.recipient_id == recipient_id)


def _told(known: RecipientRecord, notice: Notice) -> RecipientRecord:
    floor = notice.sequence if notice.renews else known.floor
    return replace(known, method=notice.method, sequence=notice.sequence, dtstamp=notice.dtstamp, floor=floor)


def _new(notice: Notice, number: int) -> RecipientRecord:
    return RecipientRecord(
        id=number,
        address=notice.address,
        language=notice.language,
        parts=notice.parts,
        method=notice.method,
        sequence=notice.sequence,
        dtstamp=notice.dtstamp,
        floor=notice.sequence,
    )


def _hung(stored: StoredSession, ids: dict[str, int], stations: dict[str, Station]) -> StoredSession:
    def hang(part: Any, address: str) -> Any:
        return replace(part, recipient_id=ids.get(address)) if part.listed else part

    return replace(
        stored,
        seats=tuple(hang(seat, stations[seat.station].mailbox) for seat in stored.seats),
        guests=tuple(hang(guest, guest.email) for guest in stored.guests),
        people=tuple(hang(person, person.email) for person in stored.people),
    )


class Desk:
    """One network, its sessions and the time there; every act returns the mails with a calendar it owes."""

    def __init__(self, stations: Iterable[Station], *, ports: int = 96, now: datetime = NOW) -> None:
        self.stations = {each.code: each for each in stations}
        self.ports = ports
        self.now = now
        self.sessions: dict[int, Kept] = {}

    def wait(self, seconds: float = 60) -> None:
        self.now += timedelta(seconds=seconds)

    def book(self, asked: BookingRequest) -> Kept:
        """Book, hold or ask for a session; raise the refusal of what is in the way."""
        laid = outline(asked, resolved(asked.start), limits=LIMITS, now=self.now)
        known = self._facts(laid.occupied, but=0)
        number = len(self.sessions) + 1
        status = asked.status or Status.CONFIRMED
        asker = 2 if status is Status.REQUESTED else None
        new = replace(NEW, number=number, uid=f"uid-{number}", status=status, requester_id=asker)
        wished = draft(laid, known, new=new)
        if found := clashes(wished, None, known, zone=laid.start.zone):
            raise refusal(found)
        kept = Kept(stored=wished)
        kept.take(self._settle(None, wished, ()), self.stations)
        self.sessions[number] = kept
        return kept

    def wished(self, kept: Kept, **patch: Any) -> StoredSession:
        """Return a session as a patch wants it; raise the refusal of what is in the way."""
        stored = kept.stored
        if stored.session.status is Status.CANCELLED:
            raise wrong_status(stored.session)
        if set(patch) - {"materials"}:
            check_not_over(stored, self.now)
        wanted = patched(stored, patch)
        hold = stored.session.status is Status.HOLD
        laid = outline(
            wanted if hold else replace(wanted, status=None),
            resolved(wanted.start),
            limits=LIMITS,
            now=self.now,
            is_moved="start" in patch,
        )
        known = self._facts(laid.occupied, but=kept.number)
        made = draft(laid, known, before=stored)
        if found := clashes(made, stored, known, zone=laid.start.zone):
            raise refusal(found)
        return made

    def patch(self, kept: Kept, **patch: Any) -> tuple[Notice, ...]:
        return self._store(kept, self.wished(kept, **patch))

    def confirm(self, kept: Kept) -> tuple[Notice, ...]:
        return self._act(kept, confirmed(kept.stored, coordinator_id=COORDINATOR))

    def refuse(self, kept: Kept, words: str = "No room") -> tuple[Notice, ...]:
        return self._act(kept, ended(kept.stored, Ending.REFUSED, words, now=self.now))

    def cancel(self, kept: Kept, words: str = "Flood") -> tuple[Notice, ...]:
        return self._act(kept, ended(kept.stored, Ending.CANCELLED, words, now=self.now))

    def restore(self, kept: Kept) -> tuple[Notice, ...]:
        return self._act(kept, restored(kept.stored))

    def lapse(self) -> tuple[Notice, ...]:
        """End the holds that have expired and the requests whose start has come."""
        owed: list[Notice] = []
        for kept in self.sessions.values():
            session = kept.stored.session
            if session.status is Status.HOLD and session.hold_until and session.hold_until <= self.now:
                owed += self._store(kept, ended(kept.stored, Ending.HOLD_EXPIRED, "", now=self.now))
            elif session.status is Status.REQUESTED and session.starts_at <= self.now:
                owed += self._store(kept, ended(kept.stored, Ending.LAPSED, "", now=self.now))
        return tuple(owed)

    def answer(
        self, kept: Kept, code: str, answer: Answer, *, via: Via = Via.API, words: str = ""
    ) -> tuple[Notice, ...]:
        """Answer for a station as one of its people."""
        return self._give(kept, {code}, Given(answer=answer, words=words, via=via, at=self.now), self.now)

    def press(self, kept: Kept, address: str, answer: Answer, *, words: str = "") -> tuple[Notice, ...]:
        """Answer at a recipient's secret address."""
        keys = answering.keys_of(kept.stored, kept.recipient(address).id)
        return self._give(kept, keys, Given(answer=answer, words=words, via=Via.LINK, at=self.now), self.now)

    def reply(
        self, kept: Kept, address: str, answer: Answer, *, sequence: int, dtstamp: datetime, words: str = ""
    ) -> tuple[Notice, ...] | None:
        """Take in a mailed REPLY; None where it does not count."""
        one = kept.recipient(address)
        if not answering.counts(one, answer=answer, sequence=sequence, dtstamp=dtstamp, arrived=self.now):
            return None
        given = Given(answer=answer, words=words, via=Via.MAIL, at=self.now)
        return self._give(kept, answering.keys_of(kept.stored, one.id), given, min(dtstamp, self.now))

    def move_mailbox(self, code: str, address: str) -> tuple[Notice, ...]:
        """Give a station another mailbox, and tell the sessions to come that invite."""
        self.stations[code] = replace(self.stations[code], mailbox=address)
        owed: list[Notice] = []
        for kept in self.sessions.values():
            if self._is_behind(kept):
                owed += kept.take(self._settle(kept.stored, kept.stored, kept.recipients), self.stations)
        return tuple(owed)

    def _is_behind(self, kept: Kept) -> bool:
        if not kept.status.invites or kept.stored.session.starts_at <= self.now:
            return False
        told = {each.id: each.address for each in kept.recipients}
        return any(
            told.get(seat.recipient_id or 0, "") != self.stations[seat.station].mailbox
            for seat in kept.stored.listed
            if seat.live
        )

    def _give(self, kept: Kept, keys: Iterable[str], given: Given, stamp: datetime) -> tuple[Notice, ...]:
        wanted = answering.answered(kept.stored, set(keys), given)
        owed = self._act(kept, wanted)
        ids = {part.recipient_id for part in kept.stored.parts if part.key in keys}
        kept.recipients = tuple(
            replace(each, answer=given.answer, answer_stamp=stamp.replace(microsecond=0))
            if each.id in ids
            else each
            for each in kept.recipients
        )
        return owed

    def _act(self, kept: Kept, wanted: StoredSession) -> tuple[Notice, ...]:
        if wanted == kept.stored:
            return ()
        check_not_over(kept.stored, self.now)
        known = self._facts(wanted.session.occupied, but=kept.number)
        if found := clashes(wanted, kept.stored, known, zone=ZONES.get(wanted.session.zone)):
            raise refusal(found)
        return self._store(kept, wanted)

    def _store(self, kept: Kept, wanted: StoredSession) -> tuple[Notice, ...]:
        if wanted == kept.stored:
            return ()
        return kept.take(self._settle(kept.stored, wanted, kept.recipients), self.stations)

    def _settle(
        self, before: StoredSession | None, wanted: StoredSession, known: tuple[RecipientRecord, ...]
    ) -> Settled:
        return life.settle(
            before, wanted, mailboxes=mailboxes(self.stations.values()), recipients=known, now=self.now
        )

    def _facts(self, window: Any, *, but: int) -> BookingFacts:
        others = [
            each.stored
            for each in self.sessions.values()
            if each.number != but and each.status.occupies and each.stored.session.occupied.overlaps(window)
        ]
        taken = tuple(
            BusySeat(
                station=seat.station,
                span=other.session.occupied,
                ref=other.session.ref,
                title=other.session.title,
            )
            for other in others
            for seat in other.listed
            if seat.live
        )
        loads = tuple((other.session.occupied, other.session.ports) for other in others)
        return facts(
            self.stations.values(),
            calendar=dict.fromkeys(self.stations, DAYS),
            busy=taken,
            ports=self.ports,
            loads=loads,
            now=self.now,
        )


def seats(*codes: str) -> tuple[SeatRequest, ...]:
    """Return stations asked for by their codes alone."""
    return tuple(SeatRequest(station=code) for code in codes)


def guest(email: str = "guest@example.org", **changes: Any) -> GuestRequest:
    """Return a guest site."""
    made = GuestRequest(
        organisation="Hue University", city="Hue", zone="Asia/Ho_Chi_Minh", email=email, language="en"
    )
    return replace(made, **changes)


def person(
    email: str = "lecturer@example.org", role: PersonRole = PersonRole.LECTURER, **changes: Any
) -> PersonRequest:
    """Return a person."""
    made = PersonRequest(role=role, name="Sato Hana", email=email, zone="Asia/Tokyo", language="ja")
    return replace(made, **changes)


def lines(notices: Iterable[Notice]) -> dict[str, str]:
    """Return each mail as "METHOD sequence partstat-or-status news", by the part before the @."""
    told = {}
    for notice in notices:
        middle = notice.partstat.value if notice.partstat else "whole" if notice.whole else "part"
        words = (notice.method, notice.sequence, middle, notice.news.value)
        told[notice.address.partition("@")[0]] = " ".join(str(word) for word in words).strip()
    return told
