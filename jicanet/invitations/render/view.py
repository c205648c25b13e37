"""What one mail says, in words and in order; `text` and `page` only lay it out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jicanet.core.text import Message, message
from jicanet.ical import clean
from jicanet.invitations.render import phrases
from jicanet.invitations.render.alarm import Alarm, alarm_of
from jicanet.invitations.render.answers import Answers, answers_of
from jicanet.invitations.render.contact import about, calls, foot, join_lines
from jicanet.invitations.render.detail import shortened
from jicanet.invitations.render.frame import Frame
from jicanet.invitations.render.materials import Group, groups
from jicanet.invitations.render.news import Line, News, news_of_cancel, news_of_request
from jicanet.invitations.render.rows import Row, rows
from jicanet.scheduler.render.subject import NEWS
from jicanet.web import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What somebody wrote, under who it was; lines as they typed them."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hero:
    """The time of the session by the reader's clock.

    `start` is the clock that stands large, `rest` what follows it: `–13:30 in Dhaka`. `is_off` strikes
    it out: it will not be.
    """

    day: str
    start: str
    rest: str
    zone: str
    offset: str
    is_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One mail in the reader's words; whatever is empty is left out by the layouts."""

    lang: str
    heading: str
    title: str
    hero: Hero
    ref: str
    foot: tuple[Line, ...]
    news: News | None = None
    quote: Quote | None = None
    notes: str = ""
    alarm: Alarm | None = None
    answers: Answers | None = None
    sections: tuple[Section, ...] = ()
    rows: tuple[Row, ...] = ()
    more_sites: str = ""
    page_url: str = ""
    join_url: str = ""
    join_lines: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    more_materials: str = ""
    calls: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def request_view(frame: Frame, *, news: str, partstat: str) -> View:
    """Return what an invitation says. `news` is as in the outbox row, empty for the first one."""
    say = frame.tongue.say
    found, more_sites = rows(frame)
    shown, more_materials = groups(frame)
    alarm = alarm_of(frame)
    heading = message("Invitation for %(places)s", places=frame.addressees)
    return View(
        lang=frame.tongue.lang,
        heading=say(_headed(NEWS[news], frame) if news else heading),
        title=frame.facts.title,
        news=news_of_request(frame, news),
        hero=hero_of(frame),
        notes=_notes(frame),
        alarm=alarm,
        answers=answers_of(frame, alarm, news=news, partstat=partstat),
        rows=found,
        more_sites=more_sites,
        page_url=frame.page_url,
        join_url=clean.web_address(frame.facts.join.url),
        join_lines=join_lines(frame),
        groups=shown,
        more_materials=more_materials,
        calls=calls(frame),
        about=about(frame),
        ref=frame.facts.ref,
        foot=foot(frame),
    )


def cancel_view(frame: Frame, *, news: str, is_elsewhere: bool) -> View:
    """Return what the end of a recipient's part says; see `news_of_cancel`."""
    say = frame.tongue.say
    told = message("The session's page, for those who sign in:")
    if frame.facts.visibility == "public":
        told = message("The session's page:")
    return View(
        lang=frame.tongue.lang,
        heading=say(_headed(NEWS[news], frame)),
        title=frame.facts.title,
        news=news_of_cancel(frame, news, is_elsewhere=is_elsewhere),
        quote=quoted(frame, message("Reason"), frame.facts.cancel_reason if news == "cancelled" else ""),
        # Whoever left may still want to know when the others meet; what is cancelled is not at all.
        hero=hero_of(frame, is_off=news == "cancelled"),
        calls=calls(frame),
        ref=frame.facts.ref,
        foot=(Line(text=say(told), url=frame.page_url),),
    )


def _headed(word: Message, frame: Frame) -> Message:
    if not frame.addressees:
        return word
    return message("%(news)s, for %(places)s", news=word, places=frame.addressees)


def quoted(frame: Frame, heading: Message, text: str) -> Quote | None:
    """Return somebody's words, as far as the mail has room for them; None where there are none."""
    kept = clean.text(text).strip()
    if not kept:
        return None
    return Quote(heading=frame.tongue.say(heading), text=shortened(kept, frame.detail.words))


def hero_of(frame: Frame, *, is_off: bool = False) -> Hero:
    """Return the time by the reader's clock: `12:00–13:30 in Dhaka`, for a person `12:00–13:30 Tokyo time`."""
    tongue, span = frame.tongue, frame.tongue.span(frame.starts, frame.ends)
    if frame.own:
        told = tongue.say(message("%(span)s in %(place)s", span=span, place=frame.here))
    elif "/" in frame.zone:
        told = tongue.say(message("%(span)s %(place)s time", span=span, place=frame.here))
    else:
        told = f"{span} {frame.here}"
    start, dash, rest = told.partition("–")
    return Hero(
        day=words.full_day(frame.starts.date(), tongue.lang),
        start=start,
        rest=dash + rest,
        zone=frame.zone,
        offset=words.offset(frame.starts),
        is_off=is_off,
    )


def _notes(frame: Frame) -> str:
    """Return when the room is needed, UTC, the host's time and the recipient's part, as sentences."""
    told = [*_room(frame), *_elsewhere(frame), *_part(frame)]
    return frame.tongue.joined([frame.tongue.say(sentence) for sentence in told])


def _room(frame: Frame) -> list[Message]:
    facts, told = frame.facts, []
    if facts.setup_minutes:
        ready = frame.local(facts.starts_at - timedelta(minutes=facts.setup_minutes))
        time = _moment(frame, ready, frame.starts)
        told.append(
            message("Room from %(time)s for set-up.", time=time)
            if frame.own
            else message("Set-up from %(time)s.", time=time)
        )
    if facts.teardown_minutes and frame.own:
        left = frame.local(facts.ends_at + timedelta(minutes=facts.teardown_minutes))
        told.append(message("Room until %(time)s for clearing up.", time=_moment(frame, left, frame.ends)))
    return told


def _elsewhere(frame: Frame) -> list[Message]:
    facts, tongue, here = frame.facts, frame.tongue, frame.starts.date()
    host = facts.host_site

    def span(zone: str) -> str:
        return tongue.dated_span(frame.local(facts.starts_at, zone), frame.local(facts.ends_at, zone), here)

    told = [message("%(span)s UTC.", span=span("UTC"))]
    if host not in frame.own:
        told.append(message("Host: %(place)s, %(span)s.", place=tongue.place(host), span=span(host.zone)))
    return told


def _part(frame: Frame) -> list[Message]:
    """Return what the recipient's part is, where it has one alone: for more it stands in the list."""
    told: list[Message] = []
    if frame.facts.host_site in frame.own:
        told.append(message("You are the host."))
    elif len(frame.own) == 1:
        told += [phrases.ROLES[frame.own[0].role], phrases.REQUIRED[frame.own[0].required]]
    if frame.own:
        named = [phrases.named_role(person) for person in frame.people]
        return told + [message("%(who)s.", who=who) for who in named]
    return told + [phrases.PERSON_ROLES[person.role] for person in frame.people]


def _moment(frame: Frame, when: datetime, beside: datetime) -> str:
    clock = words.clock(when)
    if when.date() == beside.date():
        return clock
    return f"{frame.tongue.day(when.date(), beside.date())} {clock}"
