"""What the parts of a session are called and whose clock they read: stations, guest sites, people."""

from collections.abc import Mapping

from jicanet.core.text import Message, message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.record import GuestRecord, PersonRecord, SeatRecord, SessionView
from jicanet.scheduler.domain.words import Answer, PersonRole, SeatRole
from jicanet.scheduler.render.places import place_names
from jicanet.scheduler.render.reader import Reader
from jicanet.web import words

Part = SeatRecord | GuestRecord | PersonRecord
Site = SeatRecord | GuestRecord

PERSON_ROLES: Mapping[PersonRole, Message] = {
    PersonRole.MODERATOR: message("Moderator"),
    PersonRole.LECTURER: message("Lecturer"),
    PersonRole.INTERPRETER: message("Interpreter"),
    PersonRole.LOCAL_FACILITATOR: message("Local facilitator"),
    PersonRole.OPERATOR: message("Operator"),
}
ANSWERS: Mapping[Answer, Message] = {
    Answer.ACCEPTED: message("Accepted"),
    Answer.TENTATIVE: message("Tentative"),
    Answer.DECLINED: message("Declined"),
    Answer.NEEDS_ACTION: message("No answer"),
}
# The least settled of its parts speaks for a recipient (domain.md, Who is told what).
_SETTLED = (Answer.NEEDS_ACTION, Answer.TENTATIVE, Answer.ACCEPTED, Answer.DECLINED)


def part_names(view: SessionView, reader: Reader) -> dict[str, str]:
    """Return what each part that ever was in a session is called, by key."""
    places = place_names(view.stations.values(), reader.lang, reader.translate)
    names = {seat.key: places[seat.station] for seat in view.stored.seats}
    names |= {guest.key: guest.organisation for guest in view.stored.guests}
    return names | {person.key: person.name for person in view.stored.people}


def zone_of(part: Part, view: SessionView) -> Zone:
    """Return whose clock a part reads."""
    return view.zones[part.station if isinstance(part, SeatRecord) else part.zone]


def place_of(part: Part, view: SessionView, reader: Reader) -> str:
    """Return where a part's clock is: its city, of a person the place that the zone is named for."""
    if isinstance(part, SeatRecord):
        return reader.translate(view.stations[part.station].city)
    if isinstance(part, GuestRecord):
        return part.city
    return words.place(part.zone, reader.lang)


def handle_of(part: Part, view: SessionView) -> str:
    """Return what names a part in an address: a station by its code, others by number, never by their mail.

    Rows of guests and people stay for life, so their numbers do too.
    """
    if isinstance(part, SeatRecord):
        return part.station
    if isinstance(part, GuestRecord):
        return f"guest-{view.stored.guests.index(part) + 1}"
    return f"person-{view.stored.people.index(part) + 1}"


def part_of(handle: str, view: SessionView) -> Part | None:
    """Return the listed part that `handle_of` names so, None for none."""
    return next((part for part in view.stored.parts if handle_of(part, view) == handle), None)


def sites_east_to_west(view: SessionView) -> tuple[Site, ...]:
    """Return every listed place as clocks stand at the start, the most advanced first."""
    start = view.session.starts_at

    def ahead(site: Site) -> float:
        offset = zone_of(site, view).local(start).utcoffset()
        return -offset.total_seconds() if offset else 0.0

    return tuple(sorted((*view.east_to_west(), *view.stored.listed_guests), key=ahead))


def role_of(part: Part, view: SessionView) -> Message:
    """Return what a part does, and whether it is required."""
    if isinstance(part, PersonRecord):
        return PERSON_ROLES[part.role]
    sends = part.role is SeatRole.SENDING
    if part.key == view.session.host:
        return message("Host, sends") if sends else message("Host, receives")
    if part.required:
        return message("Sends, required") if sends else message("Receives, required")
    return message("Sends, optional") if sends else message("Receives, optional")


def least_settled(parts: tuple[Part, ...]) -> Answer:
    """Return what these parts have answered as one: the least settled of those that take part."""
    live = [part for part in parts if part.live] or list(parts)
    return min((part.answer for part in live), key=_SETTLED.index, default=Answer.NEEDS_ACTION)
