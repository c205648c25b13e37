"""The materials of a session as a mail lists them: under what they are for, with local times."""

from dataclasses import dataclass
from datetime import timedelta

from jicanet.core.text import Message, message
from jicanet.ical import clean
from jicanet.invitations.domain.facts import ShownMaterial
from jicanet.invitations.render import phrases
from jicanet.invitations.render.detail import shortened
from jicanet.invitations.render.frame import Frame
from jicanet.invitations.render.tongue import Tongue
from jicanet.web import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One material: title in the reader's language, address, and what is to be known of it."""

    title: str
    url: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Materials under one heading."""

    heading: str
    items: tuple[Item, ...]


def groups(frame: Frame) -> tuple[tuple[Group, ...], str]:
    """Return the materials that are written out, and a sentence about the rest."""
    facts, tongue = frame.facts, frame.tongue
    chosen = facts.materials[: frame.detail.materials]
    found = []
    for heading, kinds in phrases.GROUPS:
        items = tuple(
            Item(
                title=title(material, tongue),
                url=clean.web_address(material.url),
                detail=_detail(frame, material),
            )
            for material in chosen
            if material.kind in kinds
        )
        if items:
            found.append(Group(heading=tongue.say(heading), items=items))
    more = message("Materials in all: %(all)s. Every one of them:", all=len(facts.materials))
    return tuple(found), tongue.say(more) if len(chosen) < len(facts.materials) else ""


def title(material: ShownMaterial, tongue: Tongue) -> str:
    """Return the title in the reader's language, else English, else any, else the code."""
    known = material.titles
    found = known.get(tongue.lang) or known.get("en") or next(filter(None, known.values()), material.code)
    return shortened(found, 200)


def _detail(frame: Frame, material: ShownMaterial) -> str:
    tongue = frame.tongue
    told: list[Message] = []
    if material.start_minute is not None:
        start = frame.local(frame.facts.starts_at + timedelta(minutes=material.start_minute))
        beside = frame.starts.date()
        if material.end_minute is None:
            span = words.clock(start)
            span = span if start.date() == beside else f"{tongue.day(start.date(), beside)} {span}"
        else:
            end = frame.local(frame.facts.starts_at + timedelta(minutes=material.end_minute))
            span = tongue.dated_span(start, end, beside)
        told.append(message("Shown %(span)s, %(place)s time.", span=span, place=frame.here))
    if material.language:
        told.append(message("In %(language)s.", language=words.language(material.language, tongue.lang)))
    if material.required:
        told.append(message("Required."))
    return tongue.joined([tongue.say(sentence) for sentence in told])
