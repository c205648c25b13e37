"""What waits for the viewer: due | what | which session | what follows, most urgent first (ui.md, Waits list)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jicanet.core.text import Message, message
from jicanet.scheduler.domain.day import Waits
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.render.parts import part_names
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.seats import at_text
from jicanet.scheduler.render.standing import reason_text
from jicanet.web import words

SHOWN = 6
_SOON = timedelta(hours=4)


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
