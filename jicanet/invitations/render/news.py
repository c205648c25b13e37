"""What is new in a mail: the word that leads its subject, and the box that leads its text."""

from collections.abc import Iterable
from dataclasses import dataclass

from jicanet.core.text import Message, message
from jicanet.invitations.render.frame import Frame
from jicanet.invitations.render.rows import named
from jicanet.scheduler.render.subject import subject_line
from jicanet.web import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence, and the address that it leads to, if any; `label` is what can be pressed in its stead."""

    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The box that leads a mail. `tone` is its colour: fact, done or bad.

    `whole` are parts of the headline that stay on one line if they can: days with their clocks.
    """

    headline: str
    lines: tuple[Line, ...] = ()
    tone: str = "fact"
    whole: tuple[str, ...] = ()


def subject(frame: Frame, word: Message | None = None) -> str:
    """Return the subject of the mail of this frame, `word` being what is new."""
    return subject_line(
        starts=frame.starts,
        place=frame.here,
        title=frame.facts.title,
        ref=frame.facts.ref,
        news=word,
        lang=frame.tongue.lang,
        translate=frame.tongue.translate,
    )


def news_of_request(frame: Frame, news: str) -> News | None:
    """Return what an invitation to a session that was told before has new; None for the first one."""
    say = frame.tongue.say
    changed = [Line(text=say(sentence)) for sentence in _changes(frame)]
    if news == "moved":
        return _moved(frame, tuple(changed))
    if news == "restored":
        return News(headline=say(message("This session takes place after all.")), lines=tuple(changed))
    if news != "changed":
        return None
    if not changed:
        return News(headline=say(message("Your part in the session has changed.")))
    if len(changed) == 1:
        return News(headline=changed[0].text)
    return News(headline=say(message("What has changed:")), lines=tuple(changed))


def _moved(frame: Frame, changed: tuple[Line, ...]) -> News:
    """Return from when to when, both by the reader's own clock."""
    old = frame.before()
    before = f"{frame.tongue.day(old.starts.date(), frame.starts.date())} {_span(old)}"
    now = f"{frame.tongue.day(frame.starts.date(), old.starts.date())} {_span(frame)}"
    told = message("Moved: %(before)s → %(now)s (%(place)s time)", before=before, now=now, place=frame.here)
    return News(headline=frame.tongue.say(told), lines=changed, whole=(before, now))


def _span(frame: Frame) -> str:
    return frame.tongue.span(frame.starts, frame.ends)


def _changes(frame: Frame) -> Iterable[Message]:
    """Yield what else the revision changed, one sentence each."""
    changes, tongue = frame.facts.changes, frame.tongue
    if changes.title:
        yield message("Title: “%(before)s” → “%(now)s”", before=changes.title[0], now=changes.title[1])
    if changes.host:
        before, now = (_place(frame, key) for key in changes.host)
        yield message("Host: %(before)s → %(now)s", before=before, now=now)
    lang = tongue.lang
    if changes.minutes:
        before, now = (words.duration(minutes, lang) for minutes in changes.minutes)
        yield message("Length: %(before)s → %(now)s", before=before, now=now)
    if changes.setup_minutes:
        before, now = (words.duration(minutes, lang) for minutes in changes.setup_minutes)
        yield message("Set-up before the start: %(before)s → %(now)s", before=before, now=now)
    if changes.teardown_minutes:
        before, now = (words.duration(minutes, lang) for minutes in changes.teardown_minutes)
        yield message("Clearing up after the end: %(before)s → %(now)s", before=before, now=now)
    if changes.join:
        yield (
            message("The joining details are new: see below.")
            if frame.facts.join.is_known
            else message("The joining details no longer hold. New ones follow.")
        )
    yield from _sites(frame)


def _sites(frame: Frame) -> Iterable[Message]:
    facts, tongue = frame.facts, frame.tongue
    # People come and go unsaid: only sites are looked for.
    added = [tongue.place(site) for site in facts.sites if site.key in facts.changes.added]
    removed = [tongue.gone(part) for part in facts.changes.removed if part.city]
    if added:
        yield message("Added: %(places)s", places=named(added, tongue))
    if removed:
        yield message("No longer taking part: %(places)s", places=named(removed, tongue))


def _place(frame: Frame, key: str) -> str:
    site = frame.facts.site(key)
    if site:
        return frame.tongue.place(site)
    return next((frame.tongue.gone(part) for part in frame.facts.changes.removed if part.key == key), key)


def news_of_cancel(frame: Frame, news: str, *, is_elsewhere: bool) -> News:
    """Return what it means that the recipient's part has ended.

    `is_elsewhere` says that its parts go on under another address.
    """
    if news == "cancelled":
        return _news(
            frame,
            message("This session is cancelled. It does not take place."),
            message("Nothing need be opened or connected for it."),
            message("If your calendar still shows it, delete the entry."),
        )
    if news == "declined":
        return _declined(frame)
    if is_elsewhere:
        return _news(
            frame,
            message("This address no longer stands for %(places)s.", places=frame.addressees),
            message("The session takes place. Its invitation has gone to the new address."),
            message("If your calendar still shows it, delete the entry."),
        )
    headline = message("You no longer take part in this session.")
    if frame.own:
        headline = message("The session goes on without %(places)s.", places=frame.addressees)
    return _news(
        frame,
        headline,
        *([message("The room is not needed for it.")] if frame.own else []),
        message("If your calendar still shows it, delete the entry."),
    )


def _declined(frame: Frame) -> News:
    say = frame.tongue.say
    # Without a coordinator all coordinators of the network are told.
    is_named = frame.facts.coordinator is not None
    if frame.facts.host_site in frame.own:
        told = [message("The coordinator knows.") if is_named else message("The coordinators know.")]
    elif is_named:
        told = [message("The host and the coordinator know.")]
    else:
        told = [message("The host and the coordinators know.")]
    if frame.own:
        told.insert(0, message("The room and its port are free again."))
    again = message("If you can take part after all:")
    return News(
        headline=say(message("Your answer is recorded: you do not take part.")),
        lines=(
            Line(text=frame.tongue.joined([say(sentence) for sentence in told])),
            Line(text=say(again), url=frame.answer_url, label=say(message("Answer again"))),
        ),
    )


def _news(frame: Frame, headline: Message, *told: Message) -> News:
    say = frame.tongue.say
    line = frame.tongue.joined([say(sentence) for sentence in told])
    return News(headline=say(headline), lines=(Line(text=line),), tone="bad")
