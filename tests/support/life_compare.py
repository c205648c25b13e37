"""What the domain made of a session and what the plain model says of it, compared."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from random import Random

from sqlalchemy import Connection, Engine, create_engine

from jicanet.core.intervals import Interval
from jicanet.people.tables import user
from jicanet.scheduler import store, tables
from jicanet.scheduler.domain.words import Status
from jicanet.stations.tables import bridge, station
from jicanet.storage.metadata import metadata
from tests.support.agendas import Entry, agendas
from tests.support.booking import NOW
from tests.support.life import Desk, Kept, Mail
from tests.support.plain_life import PORTS, PlainSession, Row

CODES = ("JPN-TIC", "VNM-HAN", "BGD-DAC", "PER-LIM")
FIRST = datetime(2027, 9, 1, 9, 0)  # noqa: DTZ001 - a wall time in Tokyo, that of cell 0
CELL = timedelta(minutes=30)
BEGINS = {
    cell: (FIRST + cell * CELL - timedelta(hours=9)).replace(tzinfo=NOW.tzinfo) for cell in range(-1, 6)
}
SPANS = [Interval.between(begin, begin + CELL) for begin in BEGINS.values()]


def agree(what: str, ours: object, plain: object) -> None:
    """Fail, naming both, where the domain says something else than the model."""
    assert ours == plain, f"{what}: the domain has {ours!r}, the model {plain!r}"


def compare_mails(expected: dict[str, Row], mails: list[Mail], lasts: dict[str, int]) -> None:
    """Compare the mails of one act with the table's rows; `lasts` are the SEQUENCEs before it."""
    told = {mail.notice.address: mail.notice for mail in mails}
    agree("mails to one address", len(mails), len(told))
    agree("addresses told", sorted(told), sorted(expected))
    for address, row in expected.items():
        notice = told[address]
        partstat = notice.partstat.value if notice.partstat else None
        agree(f"mail to {address}", (notice.method, notice.sequence), (row.method, row.sequence))
        said = (partstat, notice.news.value, notice.whole)
        agree(f"what it says to {address}", said, (row.partstat, row.news, row.whole))
        agree(f"parts of {address}", set(notice.parts), {key for key, _, _ in row.faces})
        if address in lasts:
            agree(f"SEQUENCE raised for {address}", notice.sequence > lasts[address], row.raised)
            assert notice.sequence >= lasts[address]


def compare_session(plain: PlainSession, kept: Kept, random: Random) -> None:
    """Compare status, reasons, answers, ports, feeds and each recipient's calendars."""
    session = kept.stored.session
    agree("status and counter", (session.status.value, session.counter), (plain.status, plain.counter))
    reasons = {(each.code.value, each.site): each.acknowledged for each in session.reasons}
    agree("reasons", set(reasons), plain.reasons())
    agree("acknowledged", {reason for reason, known in reasons.items() if known}, plain.known)
    agree(
        "answers",
        {part.key: (part.listed, part.withdrawn, part.answer.value) for part in kept.stored.every_part},
        {part.key: (part.listed, part.withdrawn, part.answer) for part in plain.parts.values()},
    )
    agree("ports", session.ports, plain.ports)
    for code in CODES:
        agree(f"feed of {code}", feed(kept, code), plain.feed(code))
    for address in plain.recipients:
        mails = [mail for mail in kept.mails if mail.notice.address == address]
        stamps = [mail.notice.dtstamp for mail in mails]
        agree(f"DTSTAMPs to {address}", stamps, sorted(set(stamps)))
        for shown in agendas(mails, random):
            _compare_agenda(plain, address, shown)


def _compare_agenda(plain: PlainSession, address: str, shows: Entry | str | None) -> None:
    last, name = plain.recipients[address], f"calendar of {address}"
    if last.method == "CANCEL":
        agree(name, shows, "cancelled" if last.whole else None)
        return
    mine = [part for part in plain.parts.values() if part.live and part.hangs_on == address]
    assert isinstance(shows, Entry)
    agree(name, (shows.starts_at, shows.minutes), (BEGINS[plain.cell], 30 * plain.cells))
    agree(name, (shows.host, shows.way_in), (plain.host, plain.way_in))
    agree(name, shows.mine, {part.face for part in mine})
    if any(part.is_site for part in mine):
        sites = {part.key for part in plain.listed if part.is_site}
        around = (30 * plain.setup, 30 * plain.teardown)
        agree(name, (shows.title, shows.around, shows.sites), (plain.title, around, sites))


def feed(kept: Kept, code: str) -> str | None:
    """Return how a session stands in a station's private feed, by what the feeds' query asks for."""
    session = kept.stored.session
    seat = next((seat for seat in kept.stored.seats if seat.station == code), None)
    if seat is None or not seat.live:
        return None
    if session.status is Status.CANCELLED:
        return "CANCELLED" if session.confirmed_once else None
    if not session.status.occupies:
        return None
    return "TENTATIVE" if session.status is Status.HOLD else "CONFIRMED"


def check_rooms_and_ports(desk: Desk) -> None:
    """Count each half hour: no room twice, and no more ports than there are."""
    live = [kept.stored for kept in desk.sessions.values() if kept.status.occupies]
    for span in SPANS:
        there = [each for each in live if each.session.occupied.overlaps(span)]
        rooms = [seat.station for each in there for seat in each.listed if seat.live]
        assert len(rooms) == len(set(rooms))
        sites = sum(site.live for each in there for site in each.sites)
        assert sites + sum(each.session.recording for each in there) <= PORTS


def compare_stored_feeds(sessions: Iterable[tuple[Kept, PlainSession]]) -> None:
    """Store the sessions and compare what the feeds' own query finds for each station."""
    pairs = list(sessions)
    with _empty_tables().connect() as db:
        for kept, _ in pairs:
            store.add_session(db, kept.stored.session)
            store.save_parts(db, kept.stored, None)
            store.add_snapshot(db, kept.number, kept.stored.session.revision, {})
        for code in CODES:
            shown = {kept.stored.session.uid: plain.feed(code) for kept, plain in pairs}
            public = {uid: word for uid, word in shown.items() if word not in {None, "TENTATIVE"}}
            private = {uid: word for uid, word in shown.items() if word}
            agree(f"public feed of {code}", _stored_feed(db, code, holds=False), public)
            agree(f"private feed of {code}", _stored_feed(db, code, holds=True), private)


@cache
def _empty_tables() -> Engine:
    """Return a database in memory to whose tables nothing is ever committed."""
    engine = create_engine("sqlite://")
    own = (tables.session, tables.seat, tables.guest_site, tables.session_person, tables.session_snapshot)
    metadata.create_all(engine, tables=[*own, tables.recipient, bridge, station, user])
    return engine


def _stored_feed(db: Connection, code: str, *, holds: bool) -> dict[str, str]:
    span = store.Span(since=NOW, ended_after=NOW - CELL, holds=holds)
    words = {Status.HOLD: "TENTATIVE", Status.CANCELLED: "CANCELLED"}
    return {
        event.uid: words.get(Status(event.status), "CONFIRMED")
        for event in store.station_events(db, code, span)
    }
