"""For whom somebody else answers: a station, a guest site or a person, in words that hold no address."""

from dataclasses import dataclass

from jicanet.core.text import message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.record import GuestRecord, SeatRecord, SessionView
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.render.parts import Part, handle_of, part_names, place_of, role_of, zone_of
from jicanet.scheduler.render.places import own_name
from jicanet.scheduler.render.reader import Reader
from jicanet.web import words


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredFor:
    """A part that is answered for. `code` is a station's, `about` what it is besides, by its own clock.

    `answer` is how it stands, `given` what was said before, "" for nothing.
    """

    handle: str
    name: str
    code: str
    about: str
    here: Zone
    place: str
    offset: str
    answer: str
    given: str


def answered_for(part: Part, view: SessionView, reader: Reader) -> AnsweredFor:
    """Return what the page says of a part."""
    name, zone = part_names(view, reader)[part.key], zone_of(part, view)
    return AnsweredFor(
        handle=handle_of(part, view),
        name=name,
        code=part.station if isinstance(part, SeatRecord) else "",
        about=_about(part, name, view, reader),
        here=zone,
        place=message("in %(place)s", place=place_of(part, view, reader)).to(reader.translate),
        offset=words.offset(zone.local(view.session.starts_at)),
        answer=part.answer.value,
        given="" if part.answer is Answer.NEEDS_ACTION else part.answer.value,
    )


def _about(part: Part, name: str, view: SessionView, reader: Reader) -> str:
    if isinstance(part, SeatRecord):
        own = own_name(view.stations[part.station], reader.lang)
        return "" if own == name else own
    if isinstance(part, GuestRecord):
        return message("%(city)s, guest site", city=part.city).to(reader.translate)
    return role_of(part, view).to(reader.translate)
