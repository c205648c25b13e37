"""A session's page: the same moment on every site's clock, its seats, materials and people (ui.md, Session)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from jicanet.core.intervals import Interval, seconds
from jicanet.core.text import Message, message
from jicanet.scheduler.domain.day import SessionMoment
from jicanet.scheduler.domain.record import LinkRecord, SeatRecord, SessionView
from jicanet.scheduler.domain.words import LinkKind, Scheme, SessionKind, Status, Visibility
from jicanet.scheduler.render.calendar import title_of
from jicanet.scheduler.render.parts import Site, part_names, sites_east_to_west, zone_of
from jicanet.scheduler.render.places import hours, kinds_of
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.warnings import brief_text
from jicanet.web import words
from jicanet.web.strips import Axis, Kind, Scale, Span, Strip, axis, strip, window_around

KINDS: Mapping[SessionKind, Message] = {
    SessionKind.LECTURE: message("Lecture"),
    SessionKind.SEMINAR: message("Seminar"),
    SessionKind.MEETING: message("Meeting"),
    SessionKind.COURSE_DAY: message("Course day"),
    SessionKind.SCREENING: message("Screening"),
    SessionKind.TEST_CALL: message("Test call"),
}
LINKS: Mapping[LinkKind, Message] = {
    LinkKind.PRE_VIEWING: message("Watch before the day"),
    LinkKind.SHOWN: message("Shown in the session"),
    LinkKind.HANDOUT: message("Handout"),
    LinkKind.SLIDES: message("Slides"),
    LinkKind.RECORDING: message("Recording"),
    LinkKind.MINUTES: message("Minutes of the session"),
    LinkKind.FOLLOW_UP: message("For afterwards"),
}
SCHEMES: Mapping[Scheme, Message] = {
    Scheme.EXPERT_DISPATCH: message("Expert dispatch"),
    Scheme.KCCP: message("Knowledge Co-Creation Program"),
    Scheme.TECHNICAL_COOPERATION_PROJECT: message("Technical cooperation project"),
    Scheme.SATREPS: message("SATREPS"),
    Scheme.DEVELOPMENT_PLANNING: message("Technical cooperation for development planning"),
    Scheme.OTHER: message("Another scheme"),
}
VISIBILITIES: Mapping[Visibility, Message] = {
    Visibility.PUBLIC: message("Everybody"),
    Visibility.NETWORK: message("Signed-in people of the network"),
    Visibility.PARTICIPANTS: message("Coordinators and the stations that take part"),
}
_MAILBOX = "no_mailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One place's row in the world strip; `gone`: it declined."""

    place: str
    offset: str
    span: str
    mark: str
    warning: str
    gone: bool
    strip: Strip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One material: what it is to the session and when, title, code, our page of it."""

    heading: str
    when: str
    title: str
    code: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The sites' rows on one axis."""

    axis: Axis
    rows: tuple[Clock, ...]
    kinds: tuple[str, ...]


def world(moment: SessionMoment, reader: Reader, *, shoulder: int) -> World:
    """Return every place's hours round the session, east to west, on an axis in the viewer's time.

    Of guest sites only the session is drawn: nobody knows their hours.
    """
    view = moment.view
    session = view.session
    band = Interval.between(session.starts_at, session.ends_at)
    window = window_around(band, reader.zone)
    scale = Scale(window=window, lang=reader.lang, translate=reader.translate, now=seconds(reader.now))
    names = part_names(view, reader)
    sites = sites_east_to_west(view)
    spans = {
        site.key: [
            *_hours(site, moment, window, shoulder),
            Span(Kind.SESSION.value, band.start, band.end),
        ]
        for site in sites
    }
    shown = kinds_of(spans.values(), window)
    order = ("open", "shoulder", "night", "weekend", "holiday", "holiday-estimated", "session")
    return World(
        axis=axis(scale, reader.zone),
        rows=tuple(
            _clock(site, view, reader, scale=scale, place=names[site.key], spans=spans[site.key])
            for site in sites
        ),
        kinds=tuple(kind for kind in order if kind in shown or kind == "night"),
    )


def _hours(site: Site, moment: SessionMoment, window: Interval, shoulder: int) -> tuple[Span, ...]:
    if not isinstance(site, SeatRecord):
        return ()
    return hours(moment.days[site.station], moment.view.zones[site.station], window, shoulder=shoulder)


def _clock(
    site: Site, view: SessionView, reader: Reader, *, scale: Scale, place: str, spans: list[Span]
) -> Clock:
    zone, session = zone_of(site, view), view.session
    start, end = zone.local(session.starts_at), zone.local(session.ends_at)
    here = reader.zone.local(session.starts_at)
    warnings = site.warnings if isinstance(site, SeatRecord) else ()
    return Clock(
        place=place,
        offset=words.offset(start),
        span=words.clock_range(start, end),
        mark=words.day_mark(start.date(), here.date(), reader.lang),
        warning=" · ".join(
            brief_text(warning, reader.lang, reader.translate)
            for warning in warnings
            if warning.code not in {_MAILBOX, "holidays_unknown"}
        ),
        gone=site.withdrawn,
        strip=strip(scale, spans, zone=zone, place=place, clocks=True, midnights=True),
    )


def without_mailbox(view: SessionView, reader: Reader) -> str:
    """Return one sentence about the sites whose mailbox is not known, empty if all are."""
    missing = [
        seat for seat in view.stored.listed if any(warning.code == _MAILBOX for warning in seat.warnings)
    ]
    if not missing:
        return ""
    sentence = message(
        "No mailbox is known for %(count)s of %(all)s stations: their invitations may reach nobody.",
        count=len(missing),
        all=len(view.stored.listed),
    )
    return sentence.to(reader.translate)


def shown_materials(view: SessionView, reader: Reader) -> tuple[Shown, ...]:
    """Return the materials under what they are for, before the session's first."""
    order = {kind: place for place, kind in enumerate(LinkKind)}
    links = sorted(
        view.stored.links, key=lambda record: (order[record.link.kind], record.link.start_minute or 0)
    )
    return tuple(_shown(record, view, reader) for record in links)


def _shown(record: LinkRecord, view: SessionView, reader: Reader) -> Shown:
    link, start = record.link, view.session.starts_at
    when = ""
    if link.start_minute is not None:
        first = reader.zone.local(start + timedelta(minutes=link.start_minute))
        when = words.clock(first)
        if link.end_minute is not None:
            when = words.clock_range(first, reader.zone.local(start + timedelta(minutes=link.end_minute)))
    notes = [words.language(link.language, reader.lang)] if link.language else []
    notes += [message("required").to(reader.translate)] if link.required else []
    return Shown(
        heading=LINKS[link.kind].to(reader.translate),
        when=when,
        title=title_of(view.materials[link.material].titles, reader.lang),
        code=link.material,
        note=" · ".join(notes),
    )


def state(view: SessionView, reader: Reader) -> str:
    """Return whether a session is ended, on-air, or as it is stored; one that never took place is neither."""
    session = view.session
    if not session.status.invites:
        return session.status.value
    if session.ends_at <= reader.now:
        return "ended"
    return "on-air" if session.starts_at <= reader.now else session.status.value


def is_open(view: SessionView, reader: Reader) -> bool:
    """Say whether its sites may still change: it is neither cancelled nor begun."""
    return view.session.status is not Status.CANCELLED and view.session.starts_at > reader.now


def remark(view: SessionView, reader: Reader) -> str:
    """Return how long it is until the start, within a day of it, or until the end; else nothing."""
    session, now = view.session, reader.now
    if not session.status.invites:
        return ""
    if session.starts_at > now:
        if session.starts_at - now > timedelta(days=1):
            return ""
        until = message("starts in %(length)s", length=_left(session.starts_at - now, reader))
    elif session.ends_at > now:
        until = message("ends in %(length)s", length=_left(session.ends_at - now, reader))
    else:
        return ""
    return until.to(reader.translate)


def _left(length: timedelta, reader: Reader) -> str:
    return words.duration(-(-length // timedelta(minutes=1)), reader.lang)


def under_hero(view: SessionView, reader: Reader) -> str:
    """Return what stands beside the length: set-up, teardown, languages, ports."""
    session = view.session
    said = []
    if session.setup_minutes:
        length = words.duration(session.setup_minutes, reader.lang)
        said.append(message("set-up %(length)s before", length=length).to(reader.translate))
    if session.teardown_minutes:
        length = words.duration(session.teardown_minutes, reader.lang)
        said.append(message("clearing up %(length)s after", length=length).to(reader.translate))
    if session.languages:
        names = (words.language(tag, reader.lang) for tag in session.languages)
        said.append(words.listed(names, reader.lang))
    if session.interpretation:
        said.append(message("interpretation: %(words)s", words=session.interpretation).to(reader.translate))
    if session.recording:
        said.append(message("recorded").to(reader.translate))
    if view.shows_details:
        ports = message("%(count)s ports", count=session.ports) if session.ports != 1 else message("1 port")
        said.append(ports.to(reader.translate))
    return " · ".join(said)


def _quorum(view: SessionView) -> Message:
    """Return how many sites are needed, and how many take part: those that declined do not."""
    needed, live = view.session.quorum, view.stored.live_sites
    if live == 1:
        return message("%(needed)s; 1 takes part", needed=needed)
    return message("%(needed)s; %(live)s take part", needed=needed, live=live)


def about(view: SessionView, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Return what else is known of a session as terms and values; nothing for what is not known."""
    session = view.session
    known = [(message("Kind"), KINDS[session.kind].to(reader.translate))]
    if session.quorum is not None:
        known.append((message("Quorum"), _quorum(view).to(reader.translate)))
    if session.department:
        known.append((message("Department"), session.department))
    if session.programme is not None:
        known.append((message("Programme"), SCHEMES[session.programme.scheme].to(reader.translate)))
        if session.programme.countries:
            names = (words.country(code, reader.lang) for code in session.programme.countries)
            known.append((message("Countries"), words.listed(names, reader.lang)))
        if session.programme.agency:
            known.append((message("Partner agency"), session.programme.agency))
        if session.programme.stage is not None:
            stage = message("%(stage)s of 6", stage=session.programme.stage)
            known.append((message("Stage of the project cycle"), stage.to(reader.translate)))
    known.append((message("Shown to"), VISIBILITIES[session.visibility].to(reader.translate)))
    return tuple((term.to(reader.translate), value) for term, value in known)
