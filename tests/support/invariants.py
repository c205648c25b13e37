"""What must hold of all sessions at any time (domain.md, Invariants), read from the tables alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from jicanet.core.intervals import Interval, peak
from jicanet.mail.tables import outbox
from jicanet.scheduler.tables import guest_site, recipient, seat, session, session_person, session_snapshot
from jicanet.stations.tables import bridge
from jicanet.storage import Database

OCCUPYING = frozenset({"hold", "confirmed", "needs-attention"})
INVITING = OCCUPYING - {"hold"}
Rows = Sequence[Any]


async def broken(database: Database) -> list[str]:
    """Return a sentence for everything that does not hold."""

    def query(db: Connection) -> list[str]:
        tables = (session, seat, guest_site, session_person, recipient, session_snapshot, outbox, bridge)
        rows = {table.name: db.execute(select(table)).all() for table in tables}
        return [
            *_rooms(rows["seat"]),
            *_ports(rows["session"], rows["bridge"]),
            *_each_session(rows),
            *_mails(rows["outbox"]),
            *_last_mails(rows),
        ]

    return await database.read(query)


def _rooms(seats: Rows) -> Iterator[str]:
    taken = defaultdict(list)
    for row in seats:
        if row.live:
            taken[row.station].append((row.occupied_from, row.occupied_to))
    for station, spans in taken.items():
        for (_, ends), (starts, _) in pairwise(sorted(spans)):
            if starts < ends:
                yield f"{station} is taken twice at {starts}"


def _ports(sessions: Rows, bridges: Rows) -> Iterator[str]:
    for each in bridges:
        loads = [
            (Interval.between(row.occupied_from, row.occupied_to), row.ports)
            for row in sessions
            if row.bridge == each.code and row.status in OCCUPYING
        ]
        if loads:
            whole = Interval(min(span.start for span, _ in loads), max(span.end for span, _ in loads))
            load = peak(loads, whole).load
            if load > each.ports:
                yield f"bridge {each.code} uses {load} of {each.ports} ports"


def _takes_part(row: Any) -> bool:
    return row.listed and not row.withdrawn


def _each_session(rows: dict[str, Rows]) -> Iterator[str]:
    seats, guests, revisions = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in rows["seat"]:
        seats[row.session_id].append(row)
    for row in rows["guest_site"]:
        guests[row.session_id].append(row)
    for row in rows["session_snapshot"]:
        revisions[row.session_id].append(row.revision)
    for each in rows["session"]:
        own, places = seats[each.id], [*seats[each.id], *guests[each.id]]
        sites = sum(map(_takes_part, places))
        if each.ports != sites + each.recording:
            yield f"{each.ref} has {sites} sites and {each.ports} ports"
        if sorted(revisions[each.id]) != [*range(1, each.revision + 1)]:
            yield f"{each.ref} has the pictures {revisions[each.id]} and revision {each.revision}"
        occupies = each.status in OCCUPYING
        if any(row.live != (_takes_part(row) and occupies) for row in own):
            yield f"{each.ref} ({each.status}) has seats that say otherwise than it does"
        if any((row.occupied_from, row.occupied_to) != (each.occupied_from, each.occupied_to) for row in own):
            yield f"{each.ref} has seats of another time"
        yield from _reasons(each, own, guests[each.id], sites)


def _reasons(each: Any, seats: Rows, guests: Rows, sites: int) -> Iterator[str]:
    expected = set()
    for row in (*seats, *guests):
        if row.listed and row.withdrawn:
            if getattr(row, "station", "") == each.host:
                expected.add("host_declined")
            elif row.required:
                expected.add("required_seat_lost")
    if each.quorum is not None and sites < each.quorum:
        expected.add("quorum_lost")
    found = {reason["code"]: reason["acknowledged"] for reason in each.reasons}
    if each.status not in INVITING:
        expected = set()
    if {*found} != expected:
        yield f"{each.ref} ({each.status}) has the reasons {found}, not {expected}"
    is_open = any(not acknowledged for acknowledged in found.values())
    if each.status in INVITING and (each.status == "needs-attention") != is_open:
        yield f"{each.ref} is {each.status} with {found}"


def _mails(mails: Rows) -> Iterator[str]:
    by_recipient = defaultdict(list)
    for row in sorted(mails, key=lambda row: row.id):
        if row.sequence is not None:
            by_recipient[row.uid, row.recipient_key].append(row)
    for (uid, key), rows in by_recipient.items():
        for before, after in pairwise(rows):
            if after.sequence < before.sequence:
                yield f"SEQUENCE falls for {key} of {uid}: {before.sequence}, {after.sequence}"
            if after.dtstamp <= before.dtstamp:
                yield f"DTSTAMP does not rise for {key} of {uid}: {before.dtstamp}, {after.dtstamp}"
            if (before.kind, after.kind) == ("cancel", "cancel"):
                yield f"{key} of {uid} is taken out twice"
            if (before.kind, after.kind) == ("cancel", "request") and after.sequence == before.sequence:
                yield f"{key} of {uid} comes back by the same SEQUENCE"


def _last_mails(rows: dict[str, Rows]) -> Iterator[str]:
    """Compare what each recipient was told last with what it takes part in."""
    hanging = defaultdict(list)
    for name in ("seat", "guest_site", "session_person"):
        for row in rows[name]:
            hanging[row.recipient_id].append(row)
    last = {int(row.recipient_key): row for row in sorted(rows["outbox"], key=lambda row: row.id)
            if row.sequence is not None}  # fmt: skip
    sessions = {row.id: row for row in rows["session"]}
    for each in rows["recipient"]:
        of = sessions[each.session_id]
        present = of.status in INVITING and any(map(_takes_part, hanging[each.id]))
        mail = last.get(each.id)
        kind = "request" if present else "cancel"
        if mail is None or mail.kind != kind:
            yield f"recipient {each.id} of {of.ref} ({of.status}) was told last: {mail and mail.kind}"
        elif (mail.sequence, mail.dtstamp) != (each.sequence, each.dtstamp):
            yield f"recipient {each.id} of {of.ref} is kept with another mail than the last"
        if mail is not None and mail.sequence > of.counter:
            yield f"recipient {each.id} of {of.ref} was told more than SEQUENCE {of.counter}"
    for name in ("seat", "guest_site", "session_person"):
        for row in rows[name]:
            of = sessions[row.session_id]
            if of.status in INVITING and _takes_part(row) and row.recipient_id is None:
                yield f"a part of {of.ref} was never told"
