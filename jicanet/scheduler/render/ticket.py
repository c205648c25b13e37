"""The ticket beside the form: the moment, each site's clock and hours, ports and mails."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jicanet.core.intervals import Interval
from jicanet.core.text import Message, message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.model import SeatWarning
from jicanet.scheduler.domain.notices import Notice
from jicanet.scheduler.domain.record import GuestRecord, SeatRecord, SessionView
from jicanet.scheduler.domain.warnings import OFF
from jicanet.scheduler.render.places import hours, place_names
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.subject import NEWS
from jicanet.scheduler.render.warnings import brief_text, warning_text
from jicanet.stations.domain.model import Days, is_doubted
from jicanet.web import words
from jicanet.web.strips import Kind, Scale, Span, Strip, strip, window_around

HEIGHT = 16
# What a site agrees to when it accepts; other warnings are only to be known.
CONSENT = OFF | {"outside_hours"}
_SHUT = frozenset({"weekend", "holiday"})
_MAILBOX = "no_mailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What the hour is to one site: its own clock, and whether it is open then.

    `tone` is good, warn or bad, empty where nothing is known of its hours (guest sites). `is_doubted`:
    nobody confirmed the hours that it rests on. `is_gone`: the site declined.
    """

    place: str
    code: str
    span: str
    mark: str
    strip: Strip
    tone: str = ""
    words: str = ""
    consent: str = ""
    doubt: str = ""
    is_doubted: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a booking would come to, ready to be written. `seen` names the warnings that it shows."""

    starts_at: datetime
    ends_at: datetime
    zone: Zone
    place: str
    sites: tuple[Hour, ...]
    needed: int
    free: int
    is_recorded: bool
    mails: int
    mail_words: str
    without_mailbox: str
    seen: str

    def hour(self, code: str) -> Hour | None:
        """Return what the hour is to a station, None for one that is not drawn."""
        return next((site for site in self.sites if site.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """What every row is drawn with."""

    view: SessionView
    days: Mapping[str, Days]
    reader: Reader
    scale: Scale
    band: Interval
    names: Mapping[str, str]
    asked: frozenset[str]
    shoulder: int


def ticket(
    view: SessionView,
    days: Mapping[str, Days],
    notices: Sequence[Notice],
    reader: Reader,
    *,
    zone: Zone,
    free: int,
    shoulder: int,
) -> Ticket:
    """Return the ticket of a session as it would be. `zone` is the clock its start was given on."""
    session = view.session
    band = Interval.between(session.starts_at, session.ends_at)
    drawing = _Drawing(
        view=view,
        days=days,
        reader=reader,
        scale=Scale(window=window_around(band, zone), lang=reader.lang, translate=reader.translate),
        band=band,
        names=place_names(view.stations.values(), reader.lang, reader.translate),
        asked=frozenset(key for notice in notices if notice.renews for key in notice.parts),
        shoulder=shoulder,
    )
    return Ticket(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=zone,
        place=words.place(zone.name, reader.lang),
        sites=_sites(drawing),
        needed=view.stored.ports,
        free=free,
        is_recorded=session.recording,
        mails=len(notices),
        mail_words=_mail_words(notices, reader),
        without_mailbox=_without_mailbox(view, reader),
        seen=seen(view),
    )


def seen(view: SessionView) -> str:
    """Return what names the warnings of a session that somebody must have seen, empty for none."""
    told = [
        [seat.station, warning.json()]
        for seat in view.stored.listed
        for warning in seat.warnings
        if seat.live and warning.code in CONSENT
    ]
    return hashlib.sha256(json.dumps(sorted(told, key=str)).encode()).hexdigest()[:16] if told else ""


def first_to_know(view: SessionView, agreed: str) -> Message | None:
    """Return what to say before sites are asked to open, unless there is nothing or it was seen: `agreed`."""
    if seen(view) in {"", agreed}:
        return None
    return message("There is something to know first. Press the button again if it is right.")


def _sites(drawing: _Drawing) -> tuple[Hour, ...]:
    """Return the sites as clocks stand at the start, the most advanced first."""
    view = drawing.view
    seats = [(view.zones[seat.station], _seat(seat, drawing)) for seat in view.east_to_west()]
    guests = [(view.zones[guest.zone], _guest(guest, drawing)) for guest in view.stored.listed_guests]
    starts_at = view.session.starts_at
    ordered = sorted((*seats, *guests), key=lambda pair: -_offset(pair[0], starts_at).total_seconds())
    return tuple(hour for _, hour in ordered)


def _offset(zone: Zone, instant: datetime) -> timedelta:
    return zone.local(instant).utcoffset() or timedelta(0)


def _seat(seat: SeatRecord, drawing: _Drawing) -> Hour:
    view, reader, scale = drawing.view, drawing.reader, drawing.scale
    zone, place = view.zones[seat.station], drawing.names[seat.station]
    spans = hours(drawing.days[seat.station], zone, scale.window, shoulder=drawing.shoulder)
    asks = [warning for warning in seat.warnings if warning.code in CONSENT]
    said = _hour_words(asks, reader)
    consent = message("%(what)s. %(place)s is asked to consent.", what=said, place=place)
    if seat.station not in drawing.asked:
        consent = message("%(what)s.", what=said)
    return Hour(
        place=place,
        code=seat.station,
        span=_span(zone, drawing),
        mark=_mark(zone, drawing),
        strip=_strip(spans, zone, place, drawing),
        tone=_tone(asks),
        words=said,
        consent=consent.to(reader.translate) if asks else "",
        doubt=_doubt(seat, reader),
        is_doubted=_is_doubted(seat, view),
        is_gone=not seat.live,
    )


def _guest(guest: GuestRecord, drawing: _Drawing) -> Hour:
    zone = drawing.view.zones[guest.zone]
    place = message("%(city)s, guest", city=guest.city).to(drawing.reader.translate)
    return Hour(
        place=place,
        code=guest.key,
        span=_span(zone, drawing),
        mark=_mark(zone, drawing),
        strip=_strip((), zone, place, drawing),
        is_gone=not guest.live,
    )


def _span(zone: Zone, drawing: _Drawing) -> str:
    session = drawing.view.session
    return words.clock_range(zone.local(session.starts_at), zone.local(session.ends_at))


def _mark(zone: Zone, drawing: _Drawing) -> str:
    session = drawing.view.session
    there, here = zone.local(session.starts_at).date(), session.wall_start.date()
    return words.day_mark(there, here, drawing.reader.lang)


def _strip(spans: Sequence[Span], zone: Zone, place: str, drawing: _Drawing) -> Strip:
    band = Span(Kind.SESSION.value, drawing.band.start, drawing.band.end)
    return strip(drawing.scale, (*spans, band), zone=zone, place=place, height=HEIGHT)


def _tone(asks: Sequence[SeatWarning]) -> str:
    if not asks:
        return "good"
    return "bad" if any(warning.code in _SHUT for warning in asks) else "warn"


def _hour_words(asks: Sequence[SeatWarning], reader: Reader) -> str:
    if not asks:
        return message("In hours").to(reader.translate)
    said = (brief_text(warning, reader.lang, reader.translate) for warning in asks)
    joined = " · ".join(said)
    return joined[:1].upper() + joined[1:]


def _doubt(seat: SeatRecord, reader: Reader) -> str:
    unknown = (warning for warning in seat.warnings if warning.code == "holidays_unknown")
    return " ".join(warning_text(warning, reader.lang, reader.translate) for warning in unknown)


def _is_doubted(seat: SeatRecord, view: SessionView) -> bool:
    """Say whether the fact that decides is one that nobody confirmed: the weekend, else the hours.

    That an hour lies within opening hours rests on both.
    """
    station = view.stations[seat.station]
    codes = {warning.code for warning in seat.warnings if warning.code in CONSENT}
    if codes & {"holiday", "holiday_estimated"}:
        return False
    if "weekend" in codes:
        return is_doubted(station.weekend_basis)
    return is_doubted(station.office_hours_basis)


def _mail_words(notices: Sequence[Notice], reader: Reader) -> str:
    """Return in which languages the mails are, and what they tell where that is news."""
    if not notices:
        return ""
    languages = [words.language(tag, reader.lang) for tag in dict.fromkeys(n.language for n in notices)]
    said = message("in %(languages)s", languages=words.listed(languages, reader.lang)).to(reader.translate)
    news = Counter(notice.news for notice in notices)
    told: list[Message] = [
        message("%(news)s: %(count)s", news=NEWS[kind], count=count)
        for kind, count in news.items()
        if kind in NEWS
    ]
    return " · ".join([said, *(line.to(reader.translate) for line in told)])


def _without_mailbox(view: SessionView, reader: Reader) -> str:
    """Return one sentence about the stations whose mailbox is not known, empty if all are."""
    live = [seat for seat in view.stored.listed if seat.live]
    missing = [seat for seat in live if any(warning.code == _MAILBOX for warning in seat.warnings)]
    if not missing:
        return ""
    sentence = message(
        "No mailbox is known for %(count)s of %(all)s stations: their invitations may reach nobody.",
        count=len(missing),
        all=len(live),
    )
    return sentence.to(reader.translate)
