"""What one mail says, in words and in order; `text` and `page` only lay it out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jicanet.core.text import Message, Translate, message
from jicanet.core.zones import Zones
from jicanet.ical import Join, clean
from jicanet.ical import place as place_to_join
from jicanet.invitations.domain.facts import Contact, InvitationFacts, Recipient, Site
from jicanet.invitations.render import phrases
from jicanet.invitations.render.detail import Detail, shortened
from jicanet.invitations.render.materials import Group, groups
from jicanet.invitations.render.phrases import Tongue
from jicanet.web import words

_MOST_NAMED = 6  # sites named in one sentence; own sites written out where not all are


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One site in its own time. `span` is its clocks, `notes` its exceptions."""

    place: str
    is_own: bool
    day: str
    span: str
    offset: str
    zone: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The one box of a mail: what is unusual, and what follows. `is_day_off` makes it red."""

    facts: str
    consequence: str
    is_day_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One mail in the recipient's words; empty texts and tuples are left out by the layouts.

    `start` is the clock that stands large, `rest` what follows it: `–13:30 in Dhaka`.
    """

    lang: str
    heading: str
    title: str
    day: str
    start: str
    rest: str
    zone: str
    offset: str
    notes: str
    alarm: Alarm | None
    rows: tuple[Row, ...]
    more_sites: str
    join_url: str
    join_lines: tuple[str, ...]
    groups: tuple[Group, ...]
    more_materials: str
    calls: tuple[str, ...]
    about: tuple[str, ...]
    ref: str
    foot: str
    page_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything a view is made from: the facts, who reads them, and how much is told."""

    facts: InvitationFacts
    recipient: Recipient
    own: tuple[Site, ...]
    tongue: Tongue
    zones: Zones
    detail: Detail
    page_url: str

    @classmethod
    def of(
        cls,
        facts: InvitationFacts,
        recipient: Recipient,
        translate: Translate,
        *,
        zones: Zones,
        detail: Detail,
        public_url: str,
    ) -> "Frame":
        """Return the frame of one recipient's mail; ValueError if they speak for none of the sites."""
        own = tuple(site for site in facts.sites if site.code in recipient.parts)
        if not own:
            msg = f"{facts.ref} has no site of recipient {recipient.id}"
            raise ValueError(msg)
        return cls(
            facts=facts,
            recipient=recipient,
            own=own,
            tongue=Tongue.of(facts, recipient.language, translate),
            zones=zones,
            detail=detail,
            page_url=f"{public_url}/sessions/{facts.ref}",
        )

    def local(self, site: Site, instant: datetime) -> datetime:
        """Return what a site's clock shows at an instant."""
        return self.zones.get(site.zone).local(instant)

    @property
    def starts(self) -> datetime:
        """Return the start by the recipient's own clock: that of its first site."""
        return self.local(self.own[0], self.facts.starts_at)

    @property
    def ends(self) -> datetime:
        """Return the end by the recipient's own clock."""
        return self.local(self.own[0], self.facts.ends_at)


def view_of(frame: Frame) -> View:
    """Return what the mail of this frame says."""
    facts, tongue = frame.facts, frame.tongue
    rows, more_sites = _rows(frame)
    shown, more_materials = groups(frame.facts, tongue, frame.detail, here=frame.own[0], zones=frame.zones)
    addressees = words.listed(map(tongue.addressee, frame.own), tongue.lang)
    hero = message(
        "%(span)s in %(place)s", span=tongue.span(frame.starts, frame.ends), place=tongue.city(frame.own[0])
    )
    start, dash, rest = tongue.say(hero).partition("–")
    return View(
        lang=tongue.lang,
        heading=tongue.say(message("Invitation for %(places)s", places=addressees)),
        title=facts.title,
        day=words.full_day(frame.starts.date(), tongue.lang),
        start=start,
        rest=dash + rest,
        zone=frame.own[0].zone,
        offset=words.offset(frame.starts),
        notes=_notes(frame),
        alarm=_alarm(frame),
        rows=rows,
        more_sites=more_sites,
        join_url=clean.web_address(facts.join.url),
        join_lines=join_lines(facts, tongue),
        groups=shown,
        more_materials=more_materials,
        calls=calls(facts, tongue),
        about=_about(frame),
        ref=facts.ref,
        foot=tongue.say(_foot(facts, addressees)),
        page_url=frame.page_url,
    )


def _foot(facts: InvitationFacts, addressees: str) -> Message:
    """Return what may be passed on: to strangers, the page of a session that is not public is none."""
    if facts.visibility == "public":
        return message(
            "This mail is for %(places)s alone. To let others know, forward the address of the session's page:",
            places=addressees,
        )
    return message(
        "This mail is for %(places)s alone. The session's page is shown to people who sign in:",
        places=addressees,
    )


def subject(frame: Frame) -> str:
    """Return `Wed 16 Dec 12:00 Dhaka: title [JN-2026-000437]`, the title cut if it is long."""
    starts, tongue = frame.starts, frame.tongue
    day = words.day(starts.date(), "en")
    if tongue.lang == "ja":
        day = f"{starts.month}/{starts.day}（{words.weekday(starts.date(), 'ja')}）"
    line = message(
        "%(day)s %(clock)s %(place)s: %(title)s [%(ref)s]",
        day=day,
        clock=words.clock(starts),
        place=tongue.city(frame.own[0]),
        title=shortened(frame.facts.title, 120),
        ref=frame.facts.ref,
    )
    return tongue.say(line)


def _notes(frame: Frame) -> str:
    """Return when the room is needed, UTC, the host's time and the recipient's part, as sentences."""
    facts, tongue, here = frame.facts, frame.tongue, frame.starts.date()
    utc, host = frame.zones.get("UTC"), facts.host_site
    told = []
    if facts.setup_minutes:
        ready = frame.local(frame.own[0], facts.starts_at - timedelta(minutes=facts.setup_minutes))
        told.append(message("Room from %(time)s for set-up.", time=_moment(tongue, ready, frame.starts)))
    if facts.teardown_minutes:
        left = frame.local(frame.own[0], facts.ends_at + timedelta(minutes=facts.teardown_minutes))
        told.append(message("Room until %(time)s for clearing up.", time=_moment(tongue, left, frame.ends)))
    span = tongue.dated_span(utc.local(facts.starts_at), utc.local(facts.ends_at), here)
    told.append(message("%(span)s UTC.", span=span))
    if host in frame.own:
        told.append(message("You are the host."))
    else:
        span = tongue.dated_span(frame.local(host, facts.starts_at), frame.local(host, facts.ends_at), here)
        told.append(message("Host: %(place)s, %(span)s.", place=tongue.place(host), span=span))
        if len(frame.own) == 1:
            told += [phrases.ROLES[frame.own[0].role], phrases.REQUIRED[frame.own[0].required]]
    return _sentences(tongue, [tongue.say(sentence) for sentence in told])


def _moment(tongue: Tongue, when: datetime, beside: datetime) -> str:
    clock = words.clock(when)
    if when.date() == beside.date():
        return clock
    return f"{tongue.day(when.date(), beside.date())} {clock}"


def _sentences(tongue: Tongue, told: list[str]) -> str:
    return ("" if tongue.lang == "ja" else " ").join(told)


def _alarm(frame: Frame) -> Alarm | None:
    """Return the box: the recipient's own exceptions; for a host without any, those of other sites."""
    tongue = frame.tongue
    told = [
        (warning.code, phrases.alarm(tongue, site, warning))
        for site in frame.own
        for warning in site.warnings
    ]
    told = [(code, sentence) for code, sentence in told if sentence]
    if told:
        needs_opening = {code for code, _ in told} != {"holidays_unknown"}
        opening = message("To take part means to open the room outside its ordinary hours.")
        follows = ([opening] if needs_opening else []) + [_way_out(frame.facts, needs_opening=needs_opening)]
        return Alarm(
            facts=_sentences(tongue, [sentence for _, sentence in told]),
            consequence=_sentences(tongue, [tongue.say(sentence) for sentence in follows]),
            is_day_off=any(code in {"holiday", "weekend"} for code, _ in told),
        )
    return _others_alarm(frame) if frame.facts.host_site in frame.own else None


def _way_out(facts: InvitationFacts, *, needs_opening: bool) -> Message:
    """Return whom to tell if it cannot be: only ways that stand below."""
    known = (facts.coordinator, facts.host_contact)
    if any(contact.telephone for contact in known if contact):
        if needs_opening:
            return message("If that cannot be, call one of those named below.")
        return message("If the room cannot open that day, call one of those named below.")
    if any(contact.is_reachable for contact in known if contact):
        if needs_opening:
            return message("If that cannot be, write to the coordinator named below.")
        return message("If the room cannot open that day, write to the coordinator named below.")
    return message("Nobody to call is known to us.")


def _others_alarm(frame: Frame) -> Alarm | None:
    tongue = frame.tongue
    unusual = [
        tongue.place(site)
        for site in frame.facts.sites
        if any(
            warning.code != "holidays_unknown" and phrases.note(tongue, site, warning)
            for warning in site.warnings
        )
    ]
    if not unusual:
        return None
    places = words.listed(unusual[:_MOST_NAMED] + ["…"] * (len(unusual) > _MOST_NAMED), tongue.lang)
    return Alarm(
        facts=tongue.say(
            message("The hours or the day are out of the ordinary for %(places)s.", places=places)
        ),
        consequence=tongue.say(message("What it is stands in the list below and in their own mails.")),
        is_day_off=False,
    )


def _rows(frame: Frame) -> tuple[tuple[Row, ...], str]:
    """Return the sites that are written out, and a sentence about the rest."""
    facts, tongue = frame.facts, frame.tongue
    chosen = facts.sites
    if len(chosen) > frame.detail.sites:
        chosen = tuple(site for site in chosen if site in frame.own[:_MOST_NAMED] or site.code == facts.host)
    rows = tuple(_row(frame, site) for site in chosen)
    if len(chosen) == len(facts.sites):
        return rows, ""
    more = message("Sites in all: %(all)s. Each with its local time:", all=len(facts.sites))
    return rows, tongue.say(more)


def _row(frame: Frame, site: Site) -> Row:
    tongue = frame.tongue
    starts, ends = frame.local(site, frame.facts.starts_at), frame.local(site, frame.facts.ends_at)
    told = [phrases.note(tongue, site, warning) for warning in site.warnings]
    place = tongue.place(site)
    if site.code == frame.facts.host:
        place = tongue.say(message("%(place)s (%(role)s)", place=place, role=message("host")))
    return Row(
        place=place,
        is_own=site in frame.own,
        day=tongue.day(starts.date(), frame.starts.date()),
        span=tongue.span(starts, ends),
        offset=words.offset(starts),
        zone=site.zone,
        notes=tuple(sentence for sentence in told if sentence),
    )


def join_lines(facts: InvitationFacts, tongue: Tongue) -> tuple[str, ...]:
    """Return how to join, without the link: dial strings and PIN on one line, or that details follow."""
    join = facts.join
    named = (("SIP", join.sip), ("H.323", join.h323), ("PIN", join.pin))
    dial = " · ".join(f"{label} {value}" for label, value in named if value)
    plain = join.url if join.url and not clean.web_address(join.url) else ""
    if not (join.url or join.sip or join.h323):
        return tuple(line for line in (place_to_join(Join(), tongue.translate), dial) if line)
    return tuple(line for line in (plain, dial) if line)


def calls(facts: InvitationFacts, tongue: Tongue) -> tuple[str, ...]:
    """Return whom to call: coordinator and host, each with what is not known said so."""
    coordinator = message("Coordinator: not named")
    if facts.coordinator:
        coordinator = message("Coordinator: %(who)s", who=_who(facts.coordinator))
    host = message(
        "Host, %(place)s: %(who)s", place=tongue.place(facts.host_site), who=_who(facts.host_contact)
    )
    return tongue.say(coordinator), tongue.say(host)


def _who(contact: Contact) -> object:
    telephone = contact.telephone or message("telephone not known")
    reached = (
        message("%(telephone)s, %(email)s", telephone=telephone, email=contact.email)
        if contact.email
        else telephone
    )
    if not contact.name:
        return reached
    return message("%(name)s, %(telephone)s", name=contact.name, telephone=reached)


def _about(frame: Frame) -> tuple[str, ...]:
    facts, tongue = frame.facts, frame.tongue
    told = [tongue.say(phrases.KINDS[facts.kind])] if facts.kind in phrases.KINDS else []
    if facts.languages:
        told.append(words.listed([words.language(tag, tongue.lang) for tag in facts.languages], tongue.lang))
    if facts.department:
        told.append(facts.department)
    purpose = shortened(facts.purpose, frame.detail.purpose)
    return tuple(line for line in (" · ".join(told), purpose) if line)
