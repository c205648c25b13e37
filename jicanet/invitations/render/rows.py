"""The sites of a session as a mail lists them, each with its own date and clock, and what is unusual there."""

from dataclasses import dataclass

from jicanet.core.text import message
from jicanet.invitations.domain.facts import Site
from jicanet.invitations.render import phrases
from jicanet.invitations.render.frame import Frame
from jicanet.invitations.render.tongue import Tongue
from jicanet.web import words

MOST_NAMED = 6  # sites named in one sentence; own sites written out where not all are


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One site in its own time. `span` is its clocks, `notes` its exceptions.

    A site that takes no part although it is listed has no time, and `away` says so.
    """

    place: str
    is_own: bool
    is_host: bool
    day: str = ""
    span: str = ""
    offset: str = ""
    zone: str = ""
    notes: tuple[str, ...] = ()


def rows(frame: Frame) -> tuple[tuple[Row, ...], str]:
    """Return the sites that are written out, and a sentence about the rest.

    One that declined is among them: the others hear of it when the coordinator removes it (domain.md).
    """
    facts = frame.facts
    chosen = facts.sites
    if len(chosen) > frame.detail.sites:
        chosen = tuple(site for site in chosen if site in frame.own[:MOST_NAMED] or site.key == facts.host)
    found = tuple(_row(frame, site) for site in chosen)
    return found, "" if len(chosen) == len(facts.sites) else rest_line(frame)


def rest_line(frame: Frame) -> str:
    """Return the sentence about the sites that are not written out; the session's page follows it."""
    more = message("Sites in all: %(all)s. Each with its local time:", all=len(frame.facts.sites))
    return frame.tongue.say(more)


def _row(frame: Frame, site: Site) -> Row:
    tongue, facts = frame.tongue, frame.facts
    place = tongue.place(site)
    if site.key == facts.host:
        place = tongue.say(message("%(place)s (%(role)s)", place=place, role=message("host")))
    starts, ends = frame.local(facts.starts_at, site.zone), frame.local(facts.ends_at, site.zone)
    told = [phrases.note(tongue, site, warning) for warning in site.warnings]
    return Row(
        place=place,
        is_own=site in frame.own,
        is_host=site.key == facts.host,
        day=tongue.day(starts.date(), frame.starts.date()),
        span=tongue.span(starts, ends),
        offset=words.offset(starts),
        zone=site.zone,
        notes=tuple(sentence for sentence in told if sentence),
    )


def row_line(row: Row, tongue: Tongue) -> str:
    """Return one site as a line, the reader's own with an asterisk."""
    line = message(
        "%(place)s: %(day)s, %(span)s, %(offset)s (%(zone)s)",
        place=row.place,
        day=row.day,
        span=row.span,
        offset=row.offset,
        zone=row.zone,
    )
    return f"{'*' if row.is_own else '-'} {tongue.say(line)}"


def named(places: list[str], tongue: Tongue) -> str:
    """Return names as one list, those beyond the first six as an ellipsis."""
    return words.listed(places[:MOST_NAMED] + ["…"] * (len(places) > MOST_NAMED), tongue.lang)
