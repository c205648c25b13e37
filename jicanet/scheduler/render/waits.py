"""What waits for the viewer: due | what | which session | what follows, most urgent first (ui.md, Waits list)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jicanet.core.text import Message, message
from jicanet.scheduler.domain.day import Asked, Waits
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.render.box import Way
from jicanet.scheduler.render.parts import part_names, sites_east_to_west, zone_of
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.seats import at_text
from jicanet.scheduler.render.standing import reason_text
from jicanet.scheduler.render.warnings import brief_text
from jicanet.web import words

SHOWN = 6
_SOON = timedelta(hours=4)
_MOST_SITES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One thing that waits. `due` is a clock today, else a day; `beside` the other of the two."""

    due: str
    beside: str
    what: str
    href: str
    title: str
    then: str
    is_soon: bool


def waits(found: Waits, reader: Reader) -> tuple[Wait, ...]:
    """Return what waits by when it is due; what has no hour comes last."""
    listed = sorted(found.sessions, key=_due)
    lines = [_wait(view, found, reader) for view in listed]
    if found.mails:
        what = (
            message("1 mail to judge")
            if found.mails == 1
            else message("%(count)s mails to judge", count=found.mails)
        )
        then = message("Answers that nobody could believe without asking.")
        lines.append(
            Wait(
                due="",
                beside="",
                what=message("Mail").to(reader.translate),
                href="/replies",
                title=what.to(reader.translate),
                then=then.to(reader.translate),
                is_soon=False,
            )
        )
    return tuple(lines)


def _due(view: SessionView) -> datetime:
    session = view.session
    return session.hold_until or session.starts_at if session.status is Status.HOLD else session.starts_at


def _wait(view: SessionView, found: Waits, reader: Reader) -> Wait:
    due = reader.zone.local(_due(view))
    now = reader.zone.local(reader.now)
    is_today = due.date() == now.date()
    what, then = _said(view, found, reader)
    return Wait(
        due=words.clock(due) if is_today else words.short_day(due, reader.lang),
        beside=message("today").to(reader.translate) if is_today else words.clock(due),
        what=what.to(reader.translate),
        href=f"/sessions/{view.session.ref}",
        title=view.session.title,
        then=then.to(reader.translate),
        is_soon=_due(view) - reader.now <= _SOON,
    )


def _said(view: SessionView, found: Waits, reader: Reader) -> tuple[Message, Message]:
    session = view.session
    if session.status is Status.REQUESTED:
        who = found.requesters.get(session.requester_id or 0, "")
        what = message("Request from %(who)s", who=who) if who else message("Request")
        return what, message("It lapses at its start: %(when)s.", when=at_text(session.starts_at, reader))
    if session.status is Status.HOLD:
        then = message(
            "Rooms and ports become free. Start: %(when)s.", when=at_text(session.starts_at, reader)
        )
        return message("Hold ends"), then
    names = part_names(view, reader)
    open_ones = [reason for reason in session.reasons if not reason.acknowledged]
    what = reason_text(open_ones[0], view, names) if open_ones else message("Needs attention")
    then = message("Sites that take part: %(live)s. Nobody else has been told.", live=view.stored.live_sites)
    return what, then


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One session of the queue: when, where each site's own clock stands, who asked, what can be done."""

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


def queue_rows(found: tuple[Asked, ...], reader: Reader, *, can_change: bool) -> tuple[QueueRow, ...]:
    """Return the queue in its order."""
    return tuple(_row(each, reader, can_change=can_change) for each in found)


def _row(asked: Asked, reader: Reader, *, can_change: bool) -> QueueRow:
    view, session = asked.view, asked.view.session
    start, end = reader.zone.local(session.starts_at), reader.zone.local(session.ends_at)
    names = part_names(view, reader)
    notes = [
        message(
            "%(place)s: %(what)s",
            place=names[seat.key],
            what=brief_text(warning, reader.lang, reader.translate),
        )
        for seat in view.host_first()
        for warning in seat.warnings
        if warning.code not in {"no_mailbox", "holidays_unknown"}
    ]
    return QueueRow(
        ref=session.ref,
        title=session.title,
        status=session.status.value,
        day=words.day(start, reader.lang, reader.zone.local(reader.now)),
        span=words.clock_range(start, end),
        place=words.place(reader.zone.name, reader.lang),
        sites=_sites(view, reader),
        notes=tuple(note.to(reader.translate) for note in notes),
        asked=_asked(asked, reader),
        until=_until(view, reader),
        said=session.ending_words,
        ways=_ways(asked, reader, can_change=can_change),
    )


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
    if powers.manages:
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
