"""What is in the way of a booking: the thing as a heading, the exact overlap, who has the room (ui.md, Errors)."""

from collections.abc import Mapping, Sequence

from jicanet.core.intervals import Interval
from jicanet.core.text import Message, message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.conflicts import Clash
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.render.box import Box, Way
from jicanet.scheduler.render.clashes import clash_line
from jicanet.scheduler.render.places import place_names
from jicanet.scheduler.render.reader import Reader
from jicanet.web import words


def obstacle_heading(clashes: Sequence[Clash], view: SessionView, reader: Reader) -> str:
    """Return the thing in the way as the heading of a page: `Tokyo is taken at that time`."""
    codes = dict.fromkeys(clash.place["station"] for clash in clashes if "station" in clash.place)
    if not codes:
        return message("The bridge has too few ports at that time").to(reader.translate)
    names = _names(view, reader)
    places = words.listed((names[code] for code in codes), reader.lang)
    if len(codes) == 1:
        return message("%(place)s is taken at that time", place=places).to(reader.translate)
    return message("%(places)s are taken at that time", places=places).to(reader.translate)


def obstacle_box(clashes: Sequence[Clash], view: SessionView, reader: Reader, *, zone: Zone) -> Box:
    """Return the box of all that is in the way, with links to the sessions. `zone` is the organiser's."""
    names = _names(view, reader)
    refs = dict.fromkeys(str(clash.facts["ref"]) for clash in clashes if clash.facts.get("ref"))
    return Box(
        kind="refusal",
        title=_fact(clashes, view, reader, zone).to(reader.translate),
        lines=obstacle_lines(clashes, view, reader, names=names),
        ways=tuple(Way(text=ref, href=f"/sessions/{ref}") for ref in refs),
    )


def obstacle_lines(
    clashes: Sequence[Clash], view: SessionView, reader: Reader, *, names: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return each clash as one sentence, by the clock of the place that it is at."""
    known = names or _names(view, reader)
    return tuple(clash_line(clash.json(), known, reader).to(reader.translate) for clash in clashes)


def _names(view: SessionView, reader: Reader) -> Mapping[str, str]:
    return place_names(view.stations.values(), reader.lang, reader.translate)


def _fact(clashes: Sequence[Clash], view: SessionView, reader: Reader, zone: Zone) -> Message:
    session = view.session
    start, end = zone.local(session.starts_at), zone.local(session.ends_at)
    when = f"{words.day(start, reader.lang)} {words.clock_range(start, end)}"
    refs = {clash.facts.get("ref", "") for clash in clashes}
    if any(clash.code != "station_busy" for clash in clashes) and len(clashes) > 1:
        return message("%(when)s: %(count)s things are in the way.", when=when, count=len(clashes))
    if clashes[0].code == "bridge_full":
        short = clashes[0].facts["short_by"]
        return message("%(when)s: ports too few by %(count)s.", when=when, count=short)
    if len(refs) > 1:
        return message("%(when)s overlaps %(count)s other sessions.", when=when, count=len(refs))
    length = words.duration(max(_overlap(clash.span, view) for clash in clashes), reader.lang)
    return message("%(when)s overlaps another session by %(length)s.", when=when, length=length)


def _overlap(span: Interval, view: SessionView) -> int:
    """Return for how many minutes both would need the room, set-up and clearing up included."""
    both = span.clip(view.session.occupied)
    return (both.end - both.start) // 60 if both else 0
