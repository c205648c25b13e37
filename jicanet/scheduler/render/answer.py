"""The answer page of one recipient: who answers, in whose hour, and what stands by now (ui.md, Answer)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from jicanet.core.text import Message, message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.day import Moved
from jicanet.scheduler.domain.model import SeatWarning
from jicanet.scheduler.domain.record import PersonRecord, SeatRecord, SessionView
from jicanet.scheduler.domain.warnings import OFF
from jicanet.scheduler.domain.words import Answer, Status, Via
from jicanet.scheduler.render.box import Box
from jicanet.scheduler.render.moment import shown_materials
from jicanet.scheduler.render.parts import (
    ANSWERS,
    PERSON_ROLES,
    Part,
    least_settled,
    part_names,
    place_of,
    sites_east_to_west,
    zone_of,
)
from jicanet.scheduler.render.places import own_name
from jicanet.scheduler.render.reader import Reader
from jicanet.stations.render import holiday_name
from jicanet.web import words

# By these a recipient speaks for itself; by the others somebody does for it.
_OWN = frozenset({Via.LINK, Via.MAIL})
CONSENT = OFF | {"outside_hours"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTime:
    """One place in its own time; `is_own` is who answers. Another's decline is the coordinator's to tell."""

    place: str
    day: str
    span: str
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """Why taking part means to open out of the ordinary; `is_day_off` makes it red."""

    facts: str
    follows: str
    is_day_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """Everything that the page says. `open` False: there is nothing to answer, and `notice` says why.

    `who` is named in bold, `role` is set for a person, `more` follows. `answer` is what was said
    before, "" for nothing; `accept` is what the consent button says.
    """

    who: str
    more: str
    role: str
    here: Zone
    place: str
    under: str
    moved: str
    notice: Box | None
    unusual: Unusual | None
    open: bool
    answer: str
    words: str
    accept: str
    host: str
    sites: tuple[SiteTime, ...]
    materials: tuple["Before", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """One material with its heading, its clocks by the recipient's time, and its address."""

    heading: str
    when: str
    title: str
    url: str


def answer_page(
    view: SessionView, keys: Sequence[str], known: Sequence[str], reader: Reader, *, moved: Moved | None
) -> AnswerPage:
    """Return the page for the parts of `keys`; `known` are those that ever hung on the recipient."""
    named = [part for part in view.stored.every_part if part.key in (keys or known)]
    order = {part.key: place for place, part in enumerate(view.parts())}
    own = tuple(sorted(named, key=lambda part: order.get(part.key, len(order))))
    here = zone_of(own[0], view)
    reader = replace(reader, zone=here)
    closed = _closed(view, own, keys, reader)
    # Whoever was moved is asked anew: an answer before that is none.
    answer = least_settled(own) if keys else Answer.NEEDS_ACTION
    unusual = None if closed else unusual_of(own, view, reader)
    notice = closed or _said(own, answer, unusual, view, reader)
    who, more = _who(own, view, reader)
    role = PERSON_ROLES[own[0].role].to(reader.translate) if isinstance(own[0], PersonRecord) else ""
    return AnswerPage(
        who=who,
        more=more,
        role=role,
        here=here,
        place=place_of(own[0], view, reader),
        under=_under(view, reader),
        moved=_moved(own, answer, moved, reader) if not closed else "",
        notice=notice,
        unusual=unusual,
        open=closed is None,
        answer="" if answer is Answer.NEEDS_ACTION else answer.value,
        words=own[0].words if answer is not Answer.NEEDS_ACTION else "",
        accept=accept_words(unusual).to(reader.translate),
        host=own_name(view.stations[view.session.host], reader.lang),
        sites=_sites(view, {part.key for part in own}, reader),
        materials=_materials(view, reader),
    )


def accept_words(unusual: Unusual | None) -> Message:
    """Return what the consent button says: what accepting means."""
    return message("Accept, we will open") if unusual else message("Accept")


def _who(own: tuple[Part, ...], view: SessionView, reader: Reader) -> tuple[str, str]:
    names = part_names(view, reader)
    if len(own) > 1:
        return words.listed((names[part.key] for part in own), reader.lang), ""
    part = own[0]
    if isinstance(part, SeatRecord):
        name = own_name(view.stations[part.station], reader.lang)
        comma = "、" if reader.lang == "ja" else ", "
        return names[part.key], f" ({part.station})" + (comma + name if name != names[part.key] else "")
    return names[part.key], ""


def _under(view: SessionView, reader: Reader) -> str:
    """Return what stands under the hero: when the room is needed, and the offset."""
    session, said = view.session, []
    if session.setup_minutes:
        ready = reader.zone.local(session.starts_at - timedelta(minutes=session.setup_minutes))
        beside = reader.zone.local(session.starts_at)
        said.append(message("Room from %(time)s for set-up", time=_moment(ready, beside, reader)))
    if session.teardown_minutes:
        left = reader.zone.local(session.ends_at + timedelta(minutes=session.teardown_minutes))
        beside = reader.zone.local(session.ends_at)
        said.append(message("until %(time)s for clearing up", time=_moment(left, beside, reader)))
    offset = words.offset(reader.zone.local(session.starts_at))
    return " · ".join([*(each.to(reader.translate) for each in said), offset])


def _moment(when: datetime, beside: datetime, reader: Reader) -> str:
    clock = words.clock(when)
    same = when.date() == beside.date()
    return clock if same else f"{words.day(when, reader.lang, beside)} {clock}"


def span_text(start: datetime, end: datetime, reader: Reader) -> str:
    """Return day and clocks by the reader's zone: `Wed 9 Dec 14:00–15:30`, with the year if it is another."""
    first, last = reader.zone.local(start), reader.zone.local(end)
    now = reader.zone.local(reader.now)
    return f"{words.day(first, reader.lang, now)} {words.clock_range(first, last)}"


def _moved(own: tuple[Part, ...], answer: Answer, moved: Moved | None, reader: Reader) -> str:
    given = [part.answered_at for part in own if part.answered_at is not None]
    if moved is None or (answer is not Answer.NEEDS_ACTION and given and max(given) > moved.at):
        return ""
    sentence = message(
        "Moved on %(day)s. Before, it was %(span)s.",
        day=words.day(reader.zone.local(moved.at), reader.lang, reader.zone.local(reader.now)),
        span=span_text(moved.starts_at, moved.ends_at, reader),
    )
    return sentence.to(reader.translate)


def _closed(view: SessionView, own: tuple[Part, ...], keys: Sequence[str], reader: Reader) -> Box | None:
    """Return why there is nothing to answer, None where there is."""
    session = view.session
    if session.status is Status.CANCELLED:
        lines = [message("Reason: %(words)s", words=session.ending_words)] if session.ending_words else []
        return _fact(message("The session is cancelled."), lines, reader)
    if session.ends_at <= reader.now:
        return _fact(message("The session is over."), [], reader)
    if session.starts_at <= reader.now:
        late = message("Answers were taken until its start. If something is wrong, call or write.")
        return _fact(message("The session has begun."), [late], reader)
    if not keys:
        who, _ = _who(own, view, reader)
        gone = message("%(who)s does not take part any more.", who=who)
        why = message("The coordinator took it off the list. If that is wrong, call or write.")
        return _fact(gone, [why], reader)
    if not session.status.invites:
        later = message("There is nothing to answer until it is; a mail will come.")
        return _fact(message("The session is not confirmed at present."), [later], reader)
    return None


def _fact(title: Message, lines: list[Message], reader: Reader) -> Box:
    said = tuple(line.to(reader.translate) for line in lines)
    return Box(kind="fact", title=title.to(reader.translate), lines=said)


def _said(
    own: tuple[Part, ...], answer: Answer, unusual: Unusual | None, view: SessionView, reader: Reader
) -> Box | None:
    """Return what was answered, when and by whom; None for no answer."""
    given = [(part.answered_at, part.answered_via) for part in own if part.answered_at is not None]
    if answer is Answer.NEEDS_ACTION or not given:
        return None
    at, via = max(given, key=lambda each: each[0])
    when = reader.zone.local(at)
    time = f"{words.day(when, reader.lang, reader.zone.local(reader.now))} {words.clock(when)}"
    title = {
        Answer.ACCEPTED: message("You accepted on %(time)s.", time=time),
        Answer.TENTATIVE: message("You are not sure yet; you said so on %(time)s.", time=time),
        Answer.DECLINED: message("You declined on %(time)s.", time=time),
    }[answer]
    if via not in _OWN:
        title = message("Recorded for you on %(time)s: %(answer)s.", time=time, answer=ANSWERS[answer])
    lines = []
    if answer is Answer.ACCEPTED and unusual:
        lines.append(message("With it you agreed to open out of the ordinary."))
    if answer is Answer.DECLINED:
        lines += [_who_knows(own, view), message("Accept brings you back if room and port are still free.")]
    return replace(_fact(title, lines, reader), kind="done" if answer is Answer.ACCEPTED else "fact")


def _who_knows(own: tuple[Part, ...], view: SessionView) -> Message:
    """Return who is told of a decline; without a coordinator all of the network's are."""
    is_host = any(part.key == view.session.host for part in own)
    if view.coordinator is None:
        return (
            message("The coordinators know.") if is_host else message("The coordinators and the host know.")
        )
    return message("The coordinator knows.") if is_host else message("Coordinator and host know.")


def unusual_of(own: Sequence[Part], view: SessionView, reader: Reader) -> Unusual | None:
    """Return what is out of the ordinary for these parts, and what accepting then means."""
    told: list[tuple[SeatRecord, SeatWarning]] = [
        (seat, warning)
        for seat in own
        if isinstance(seat, SeatRecord)
        for warning in seat.warnings
        if warning.code in CONSENT
    ]
    if not told:
        return None
    facts = [_fact_of(seat, warning, view, reader).to(reader.translate) for seat, warning in told]
    codes = {warning.code for _, warning in told}
    follows = message("If you accept, you agree to open the room outside its hours. If you cannot, decline.")
    if codes & {"holiday", "holiday_estimated"}:
        follows = message("If you accept, you agree to open the room on a holiday. If you cannot, decline.")
    elif "weekend" in codes:
        follows = message("If you accept, you agree to open the room on a weekend. If you cannot, decline.")
    return Unusual(
        facts=("" if reader.lang == "ja" else " ").join(facts),
        follows=follows.to(reader.translate),
        is_day_off=bool(codes & {"holiday", "weekend"}),
    )


def _fact_of(seat: SeatRecord, warning: SeatWarning, view: SessionView, reader: Reader) -> Message:
    facts, station = warning.facts, view.stations[seat.station]
    place = reader.translate(station.city)
    if warning.code == "outside_hours":
        length = words.duration(int(facts.get("minutes", 0)), reader.lang)
        return message("The time lies up to %(length)s outside your office hours.", length=length)
    day = words.full_day(date.fromisoformat(str(facts["date"])), reader.lang, year=False)
    if warning.code == "weekend":
        return message("%(day)s is a weekend day in %(place)s.", day=day, place=place)
    name = holiday_name(
        str(facts.get("name", "")),
        str(facts.get("local_name", "")),
        country=station.country,
        lang=reader.lang,
    )
    if warning.code == "holiday":
        return message("%(day)s is %(name)s.", day=day, name=name)
    return message("%(day)s is probably %(name)s: the date is estimated.", day=day, name=name)


def _sites(view: SessionView, own: set[str], reader: Reader) -> tuple[SiteTime, ...]:
    names = part_names(view, reader)
    now = reader.zone.local(reader.now)
    found = []
    for site in sites_east_to_west(view):
        zone = zone_of(site, view)
        start, end = zone.local(view.session.starts_at), zone.local(view.session.ends_at)
        found.append(
            SiteTime(
                place=names[site.key],
                day=words.day(start, reader.lang, now),
                span=words.clock_range(start, end),
                is_own=site.key in own,
            )
        )
    return tuple(found)


def _materials(view: SessionView, reader: Reader) -> tuple[Before, ...]:
    return tuple(
        Before(
            heading=shown.heading,
            when=shown.when,
            title=shown.title,
            url=view.materials[shown.code].url,
        )
        for shown in shown_materials(view, reader)
    )
