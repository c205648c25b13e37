"""The calendar parts of a mail: the session as an event that says the same as the mail."""

from dataclasses import dataclass
from datetime import datetime

from jicanet.core.text import message
from jicanet.ical import Event, Invitee, Join, cancellation, invitation, place, single
from jicanet.invitations.domain.facts import Recipient
from jicanet.invitations.render import phrases
from jicanet.invitations.render.frame import Frame
from jicanet.invitations.render.rows import rest_line, row_line
from jicanet.invitations.render.view import View
from jicanet.scheduler.render.calendar import description


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who one mail is from and to, and its place in the order of its UID."""

    recipient: Recipient
    organiser: str
    organiser_name: str
    sequence: int
    dtstamp: datetime


def request_part(frame: Frame, view: View, envelope: Envelope, *, partstat: str) -> bytes:
    """Return the VCALENDAR of METHOD:REQUEST for one recipient, naming nobody else's address."""
    facts, tongue = frame.facts, frame.tongue
    join = Join(url=facts.join.url, sip=facts.join.sip, h323=facts.join.h323, pin=facts.join.pin)
    event = _event(
        frame, envelope, text=_description(frame, view), join=join, location=place(join, tongue.translate)
    )
    return invitation(event, _invitee(frame, envelope, partstat))


def cancel_part(frame: Frame, view: View, envelope: Envelope, *, whole: bool) -> bytes:
    """Return the VCALENDAR of METHOD:CANCEL for one recipient; `whole` where the session is cancelled."""
    told = [view.news.headline if view.news else "", view.quote.text if view.quote else ""]
    text = "\n\n".join([*filter(None, told), frame.facts.ref])
    event = _event(frame, envelope, text=text, join=Join(), location="")
    return cancellation(event, _invitee(frame, envelope), whole=whole)


def passed_on_part(frame: Frame, envelope: Envelope) -> bytes:
    """Return the VCALENDAR that may be passed on: neither METHOD, ORGANIZER, ATTENDEE nor token.

    It is for people who come to the recipient's room: what it says of the place is the room, and the way
    in stays with those who were sent it.
    """
    facts, lang = frame.facts, frame.tongue.lang
    text = description(
        sites=[(frame.tongue.place(site), frame.zones.get(site.zone)) for site in facts.sites],
        span=(facts.starts_at, facts.ends_at),
        materials=[(found.code, found.titles) for found in facts.materials[: frame.detail.materials]],
        closing=[facts.ref, frame.page_url],
        lang=lang,
        translate=frame.tongue.translate,
    )
    rooms = ", ".join(map(frame.tongue.name, frame.own))
    return single(_event(frame, envelope, text=text, join=Join(), location=rooms))


def _event(frame: Frame, envelope: Envelope, *, text: str, join: Join, location: str) -> Event:
    facts = frame.facts
    kind = phrases.KINDS.get(facts.kind)
    return Event(
        uid=facts.uid,
        sequence=envelope.sequence,
        dtstamp=envelope.dtstamp,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        summary=facts.title,
        description=text,
        join=join,
        location=location,
        page=frame.page_url,
        attachments=tuple(found.url for found in facts.materials[: frame.detail.materials]),
        categories=(frame.tongue.say(kind),) if kind else (),
        visibility=facts.visibility,
        created_at=facts.created_at,
        changed_at=facts.changed_at,
    )


def _invitee(frame: Frame, envelope: Envelope, partstat: str = "NEEDS-ACTION") -> Invitee:
    """Return the recipient as the one ATTENDEE.

    Whoever speaks for a site is a room. A site is required where it was said so; people always are: they
    were asked for by name and role.
    """
    names = [*map(frame.tongue.name, frame.own), *(person.name for person in frame.people)]
    return Invitee(
        address=envelope.recipient.address,
        name=", ".join(names) or envelope.recipient.address,
        required=bool(frame.people) or any(site.required for site in frame.own),
        organiser=envelope.organiser,
        organiser_name=envelope.organiser_name,
        answer=partstat,
        is_room=bool(frame.own) or not frame.people,
    )


def _description(frame: Frame, view: View) -> str:
    tongue, found, more = frame.tongue, view.rows, view.more_sites
    if len(found) > frame.detail.in_calendar:
        found = tuple(row for row in found if row.is_own or row.is_host)
        more = rest_line(frame) if len(found) < len(view.rows) else more
    blocks = [
        list(view.join_lines),
        [tongue.say(phrases.PERSON_ROLES[person.role]) for person in frame.people if not frame.own],
        [f"! {view.alarm.facts}"] if view.alarm else [],
        [*(row_line(row, tongue) for row in found), *filter(None, [more])],
        [f"{group.heading}: {item.title}" for group in view.groups for item in group.items],
        [tongue.say(message("Whom to call")), *view.calls],
        list(view.about),
        [view.ref, view.page_url],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)
