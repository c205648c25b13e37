"""The materials of a session as a mail lists them: under what they are for, with local times."""

from dataclasses import dataclass
from datetime import timedelta

from jicanet.core.text import Message, message
from jicanet.core.zones import Zones
from jicanet.ical import clean
from jicanet.invitations.domain.facts import InvitationFacts, ShownMaterial, Site
from jicanet.invitations.render import phrases
from jicanet.invitations.render.detail import Detail, shortened
from jicanet.invitations.render.phrases import Tongue
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


def groups(
    facts: InvitationFacts, tongue: Tongue, detail: Detail, *, here: Site, zones: Zones
) -> tuple[tuple[Group, ...], str]:
    """Return the materials that are written out, and a sentence about the rest."""
    chosen = facts.materials[: detail.materials]
    found = []
    for heading, kinds in phrases.GROUPS:
        items = tuple(
            Item(
                title=title(material, tongue),
                url=clean.web_address(material.url),
                detail=_detail(facts, tongue, material, here=here, zones=zones),
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


def _detail(
    facts: InvitationFacts, tongue: Tongue, material: ShownMaterial, *, here: Site, zones: Zones
) -> str:
    told: list[Message] = []
    if material.start_minute is not None:
        zone = zones.get(here.zone)
        start = zone.local(facts.starts_at + timedelta(minutes=material.start_minute))
        place, beside = tongue.city(here), zone.local(facts.starts_at).date()
        if material.end_minute is None:
            span = words.clock(start)
            span = span if start.date() == beside else f"{tongue.day(start.date(), beside)} {span}"
        else:
            end = zone.local(facts.starts_at + timedelta(minutes=material.end_minute))
            span = tongue.dated_span(start, end, beside)
        told.append(message("Shown %(span)s, %(place)s time.", span=span, place=place))
    if material.language:
        told.append(message("In %(language)s.", language=words.language(material.language, tongue.lang)))
    if material.required:
        told.append(message("Required."))
    return ("" if tongue.lang == "ja" else " ").join(tongue.say(sentence) for sentence in told)
