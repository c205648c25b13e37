"""The calendar part of an invitation: the session as an event that says the same as the mail."""

from datetime import datetime

from jicanet.core.text import message
from jicanet.ical import Event, Invitee, Join, invitation, place
from jicanet.invitations.render import phrases
from jicanet.invitations.render.text import site_line
from jicanet.invitations.render.view import Frame, View


def calendar_part(
    frame: Frame, view: View, *, sequence: int, dtstamp: datetime, organiser: str, organiser_name: str
) -> bytes:
    """Return the VCALENDAR of METHOD:REQUEST for one recipient, naming nobody else's address."""
    facts, tongue = frame.facts, frame.tongue
    join = Join(url=facts.join.url, sip=facts.join.sip, h323=facts.join.h323, pin=facts.join.pin)
    kind = phrases.KINDS.get(facts.kind)
    event = Event(
        uid=facts.uid,
        sequence=sequence,
        dtstamp=dtstamp,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        summary=facts.title,
        description=_description(frame, view),
        join=join,
        location=place(join, tongue.translate),
        page=frame.page_url,
        attachments=tuple(material.url for material in facts.materials[: frame.detail.materials]),
        categories=(tongue.say(kind),) if kind else (),
        visibility=facts.visibility,
        created_at=facts.created_at,
        changed_at=facts.changed_at,
    )
    invitee = Invitee(
        address=frame.recipient.address,
        name=", ".join(tongue.name(site) for site in frame.own),
        required=any(site.required for site in frame.own),
        organiser=organiser,
        organiser_name=organiser_name,
    )
    return invitation(event, invitee)


def _description(frame: Frame, view: View) -> str:
    tongue = frame.tongue
    blocks = [
        list(view.join_lines),
        [f"! {view.alarm.facts}"] if view.alarm else [],
        [site_line(row, tongue) for row in view.rows] + [view.more_sites] * bool(view.more_sites),
        [f"{group.heading}: {item.title}" for group in view.groups for item in group.items],
        [tongue.say(message("Whom to call")), *view.calls],
        list(view.about),
        [view.ref, view.page_url],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)
