"""The queue of requests and holds, and one's own requests that ended: a row for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jicanet.core.text import Message, message
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.domain.requests import Asked
from jicanet.scheduler.domain.words import Ending, Status
from jicanet.scheduler.render.box import Way
from jicanet.scheduler.render.obstacles import obstacle_heading, obstacle_lines
from jicanet.scheduler.render.parts import part_names, sites_east_to_west, zone_of
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.seats import at_text
from jicanet.scheduler.render.warnings import brief_text
from jicanet.web import words

_MOST_SITES = 8
_MOST_CLASHES = 4
_ENDINGS: Mapping[Ending, Message] = {
    Ending.CANCELLED: message("Cancelled, %(when)s"),
    Ending.REFUSED: message("Refused, %(when)s"),
    Ending.LAPSED: message("Not approved before its start, %(when)s"),
    Ending.HOLD_EXPIRED: message("Hold expired, %(when)s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One thing in the way as a sentence, cut round the reference of the session in it: that is a link."""

    before: str
    ref: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One session of the queue: when, where each site's own clock stands, who asked, what can be done.

    `can_stand` is None where nobody has to approve it; `obstacles` are what is in its way under `heading`,
    and `more` how many of them are not shown. `ended` says how and when it ended.
    """

    ref: str
    title: str
    status: str
    day: str
    span: str
    place: str
    sites: str
    notes: tuple[str, ...]
    asked: str
    until: str
    said: str
    ways: tuple[Way, ...]
    can_stand: bool | None = None
    heading: str = ""
    obstacles: tuple[Obstacle, ...] = ()
    more: int = 0
    ended: str = ""


def queue_rows(found: Sequence[Asked], reader: Reader, *, can_change: bool) -> tuple[QueueRow, ...]:
    """Return the queue in its order. `can_change`: there is a page to change a request on."""
    return tuple(_row(each, reader, can_change=can_change) for each in found)


def _row(asked: Asked, reader: Reader, *, can_change: bool) -> QueueRow:
    view, session = asked.view, asked.view.session
    start, end = reader.zone.local(session.starts_at), reader.zone.local(session.ends_at)
    is_open, clashes = session.status is Status.REQUESTED, asked.clashes
    return QueueRow(
        ref=session.ref,
        title=session.title,
        status=session.status.value,
        day=words.day(start, reader.lang, reader.zone.local(reader.now)),
        span=words.clock_range(start, end),
        place=words.place(reader.zone.name, reader.lang),
        sites=_sites(view, reader),
        notes=() if session.status is Status.CANCELLED else _notes(view, reader),
        asked=_asked(asked, reader),
        until=_until(view, reader),
        said=session.ending_words,
        ways=_ways(asked, reader, can_change=can_change),
        can_stand=not clashes if is_open else None,
        heading=obstacle_heading(clashes, view, reader) if clashes else "",
        obstacles=_obstacles(asked, reader),
        more=max(0, len(clashes) - _MOST_CLASHES),
        ended=_ended(view, reader),
    )


def _notes(view: SessionView, reader: Reader) -> tuple[str, ...]:
    names = part_names(view, reader)
    return tuple(
        message(
            "%(place)s: %(what)s",
            place=names[seat.key],
            what=brief_text(warning, reader.lang, reader.translate),
        ).to(reader.translate)
        for seat in view.host_first()
        for warning in seat.warnings
        if warning.code not in {"no_mailbox", "holidays_unknown"}
    )


def _obstacles(asked: Asked, reader: Reader) -> tuple[Obstacle, ...]:
    shown = asked.clashes[:_MOST_CLASHES]
    found = []
    for clash, line in zip(shown, obstacle_lines(shown, asked.view, reader), strict=True):
        ref = str(clash.facts.get("ref") or "")
        before, _, after = line.partition(ref) if ref else (line, "", "")
        found.append(Obstacle(before=before, ref=ref, after=after))
    return tuple(found)


def _ended(view: SessionView, reader: Reader) -> str:
    session = view.session
    if session.ending is None or session.ended_at is None:
        return ""
    how = _ENDINGS[session.ending].msgid
    return Message(how, {"when": at_text(session.ended_at, reader)}).to(reader.translate)


def _sites(view: SessionView, reader: Reader) -> str:
    names = part_names(view, reader)
    sites = sites_east_to_west(view)
    told = [
        f"{names[site.key]} {words.clock(zone_of(site, view).local(view.session.starts_at))}"
        for site in sites
    ]
    if len(told) <= _MOST_SITES:
        return " · ".join(told)
    more = message("and %(count)s more", count=len(told) - _MOST_SITES).to(reader.translate)
    return " · ".join(told[:_MOST_SITES]) + f" {more}"


def _asked(asked: Asked, reader: Reader) -> str:
    session = asked.view.session
    if session.requester_id is None or session.status is Status.HOLD:
        return ""
    when = at_text(session.created_at, reader)
    if not asked.powers.manages:
        return message("asked for %(when)s", when=when).to(reader.translate)
    return message("asked for by %(who)s, %(when)s", who=asked.requester, when=when).to(reader.translate)


def _until(view: SessionView, reader: Reader) -> str:
    session = view.session
    if session.status is Status.HOLD and session.hold_until is not None:
        return message("until %(when)s", when=at_text(session.hold_until, reader)).to(reader.translate)
    return ""


def _ways(asked: Asked, reader: Reader, *, can_change: bool) -> tuple[Way, ...]:
    session, powers = asked.view.session, asked.powers
    path = f"/sessions/{session.ref}"
    found: list[Way] = []
    if session.status is Status.CANCELLED or not powers.changes:
        return ()
    # What cannot stand is changed first; pressed all the same, approving would be refused with these words.
    if powers.manages and not asked.clashes:
        text = message("Approve") if session.status is Status.REQUESTED else message("Confirm")
        fields = (("revision", str(session.revision)),)
        found.append(Way(text=text.to(reader.translate), act=f"{path}/confirm", fields=fields))
    if can_change:
        found.append(Way(text=message("Change").to(reader.translate), href=f"{path}/change"))
    if session.status is Status.HOLD:
        last, act = message("Release"), "cancel"
    elif powers.manages:
        last, act = message("Refuse"), "refuse"
    else:
        last, act = message("Withdraw"), "cancel"
    found.append(Way(text=last.to(reader.translate), href=f"{path}/{act}", is_danger=True))
    return tuple(found)
