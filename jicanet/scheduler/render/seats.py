"""The seats and the people of a session: who answered what, when and in which words (ui.md, Seat row)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from jicanet.core.text import Message, message
from jicanet.scheduler.domain.day import SessionMoment
from jicanet.scheduler.domain.record import GuestRecord, PersonRecord, SeatRecord, SessionView
from jicanet.scheduler.domain.warnings import OFF
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.render.box import Way
from jicanet.scheduler.render.moment import is_open
from jicanet.scheduler.render.parts import Part, Site, handle_of, part_names, role_of, zone_of
from jicanet.scheduler.render.places import own_name
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.warnings import warning_text
from jicanet.web import words

_CONSENT = OFF | {"outside_hours"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """One place of the table. `code` is a station's; `under` stands below the name of a guest site."""

    code: str
    place: str
    name: str
    under: tuple[str, ...]
    day: str
    span: str
    mark: str
    part: str
    answer: str
    when: str
    said: str
    consent: str
    notes: tuple[str, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person: the address only for those who manage the session, the clock where it is another."""

    name: str
    role: str
    email: str
    clock: str
    answer: str
    when: str
    said: str
    ways: tuple[Way, ...]


def seat_rows(moment: SessionMoment, reader: Reader) -> tuple[SeatRow, ...]:
    """Return the places: the host's seat, the others east to west, then the guest sites."""
    view = moment.view
    names = part_names(view, reader)
    sites: tuple[Site, ...] = (*view.host_first(), *view.stored.listed_guests)
    return tuple(_seat(site, moment, reader, names[site.key]) for site in sites)


def _seat(site: Site, moment: SessionMoment, reader: Reader, place: str) -> SeatRow:
    view = moment.view
    zone, session = zone_of(site, view), view.session
    start, end = zone.local(session.starts_at), zone.local(session.ends_at)
    here = reader.zone.local(session.starts_at)
    station = view.stations[site.station] if isinstance(site, SeatRecord) else None
    notes, consent = _notes(site, reader)
    return SeatRow(
        code=station.code if station else "",
        place=place,
        name=own_name(station, reader.lang) if station else place,
        under=() if isinstance(site, SeatRecord) else _guest_lines(site, view, reader),
        day=words.day(start.date(), reader.lang, here.date()),
        span=words.clock_range(start, end),
        mark=words.day_mark(start.date(), here.date(), reader.lang),
        part=role_of(site, view).to(reader.translate),
        answer=site.answer.value,
        when=_when(site, reader),
        said=view.words_of(site),
        consent=consent,
        notes=notes,
        ways=seat_ways(site, moment, reader),
    )


def _guest_lines(guest: GuestRecord, view: SessionView, reader: Reader) -> tuple[str, ...]:
    kind = message("%(city)s, guest site", city=guest.city).to(reader.translate)
    contact = [guest.contact] if view.shows_details and guest.contact else []
    reached = [guest.telephone, guest.email] if view.shows_addresses else []
    return (kind, *contact, *(line for line in reached if line))


def _notes(site: Site, reader: Reader) -> tuple[tuple[str, ...], str]:
    """Return what a site must know, and what its acceptance is a consent to."""
    if not isinstance(site, SeatRecord):
        return (), ""
    told = [
        (warning.code, warning_text(warning, reader.lang, reader.translate))
        for warning in site.warnings
        if warning.code != "no_mailbox"
    ]
    agreed = [text for code, text in told if code in _CONSENT]
    if site.answer is not Answer.ACCEPTED or not agreed:
        return tuple(text for _, text in told), ""
    between = "、" if reader.lang == "ja" else "; "
    consent = message("Agrees to open: %(what)s", what=between.join(agreed)).to(reader.translate)
    return tuple(text for code, text in told if code not in _CONSENT), consent


def _when(part: Part, reader: Reader) -> str:
    if part.answered_at is None or part.answer is Answer.NEEDS_ACTION:
        return ""
    return when_text(part.answered_at, reader)


def when_text(instant: datetime, reader: Reader) -> str:
    """Return when something happened by the reader's clock: `Today 14:08`, `Mon 7 Dec 10:05`."""
    return _moment_text(instant, reader, message("Today %(clock)s"))


def at_text(instant: datetime, reader: Reader) -> str:
    """Return the same within a sentence: `today 14:08`, `Mon 7 Dec 10:05`."""
    return _moment_text(instant, reader, message("today %(clock)s"))


def _moment_text(instant: datetime, reader: Reader, today: Message) -> str:
    local, now = reader.zone.local(instant), reader.zone.local(reader.now)
    if local.date() == now.date():
        return Message(today.msgid, {"clock": words.clock(local)}).to(reader.translate)
    return f"{words.day(local, reader.lang, now)} {words.clock(local)}"


def person_rows(moment: SessionMoment, reader: Reader) -> tuple[PersonRow, ...]:
    """Return the people, in the order of their roles; none to strangers."""
    view = moment.view
    if not view.shows_details:
        return ()
    return tuple(_person(person, moment, reader) for person in view.stored.listed_people)


def _person(person: PersonRecord, moment: SessionMoment, reader: Reader) -> PersonRow:
    view = moment.view
    start = zone_of(person, view).local(view.session.starts_at)
    here = reader.zone.local(view.session.starts_at)
    clock = ""
    if start.utcoffset() != here.utcoffset():
        clock = message(
            "%(span)s in %(place)s",
            span=f"{words.day(start, reader.lang, here)} {words.clock(start)}",
            place=words.place(person.zone, reader.lang),
        ).to(reader.translate)
    return PersonRow(
        name=person.name,
        role=role_of(person, view).to(reader.translate),
        email=person.email if view.shows_addresses else "",
        clock=clock,
        answer=person.answer.value,
        when=_when(person, reader),
        said=view.words_of(person),
        ways=seat_ways(person, moment, reader),
    )


def seat_ways(part: Part, moment: SessionMoment, reader: Reader) -> tuple[Way, ...]:
    """Return what the viewer may do with one part now: answer for it, ask it again, take it off the list."""
    view, powers = moment.view, moment.powers
    session = view.session
    if not is_open(view, reader):
        return ()
    handle, found = handle_of(part, view), []
    path = f"/sessions/{session.ref}"
    may_remove = powers.may_remove(part) and part.key != session.host
    if part.withdrawn and may_remove:
        found.append(_remove(path, handle, reader, is_plain=False))
    if session.status.occupies and part.withdrawn and powers.manages:
        fields = (("part", handle), ("answer", Answer.NEEDS_ACTION.value))
        text = message("Ask again").to(reader.translate)
        found.append(Way(text=text, act=f"{path}/answer", fields=fields, is_plain=True))
    elif session.status.occupies and powers.may_answer(part):
        text = message("Answer").to(reader.translate)
        query = urlencode({"part": handle})
        found.append(Way(text=text, href=f"{path}/answer?{query}", is_plain=True))
    elif not part.withdrawn and may_remove:
        found.append(_remove(path, handle, reader, is_plain=True))
    return tuple(found)


def _remove(path: str, handle: str, reader: Reader, *, is_plain: bool) -> Way:
    text = message("Remove").to(reader.translate)
    return Way(text=text, href=f"{path}/remove?{urlencode({'part': handle})}", is_plain=is_plain)


def answer_counts(view: SessionView, reader: Reader) -> str:
    """Return how the places have answered, in one line: `2 accepted, 1 tentative, 1 no answer`."""
    counts = Counter(site.answer for site in view.stored.sites)
    told = {
        Answer.ACCEPTED: message("%(count)s accepted", count=counts[Answer.ACCEPTED]),
        Answer.TENTATIVE: message("%(count)s tentative", count=counts[Answer.TENTATIVE]),
        Answer.NEEDS_ACTION: message("%(count)s no answer", count=counts[Answer.NEEDS_ACTION]),
        Answer.DECLINED: message("%(count)s declined", count=counts[Answer.DECLINED]),
    }
    between = "、" if reader.lang == "ja" else ", "
    return between.join(sentence.to(reader.translate) for answer, sentence in told.items() if counts[answer])
