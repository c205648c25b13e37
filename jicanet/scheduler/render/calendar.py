"""One session as a calendar file that may be passed on: no METHOD, ORGANIZER or ATTENDEE."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from jicanet.core.text import Translate, message, untranslated
from jicanet.core.zones import Zone, Zones
from jicanet.ical import Event, Join, place, single
from jicanet.ical.events import EventStatus
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.domain.snapshot import join_json
from jicanet.scheduler.domain.words import Status
from jicanet.web import words

STATUSES: Mapping[Status, EventStatus] = MappingProxyType(
    {
        Status.REQUESTED: EventStatus.TENTATIVE,
        Status.HOLD: EventStatus.TENTATIVE,
        Status.CONFIRMED: EventStatus.CONFIRMED,
        # Whether a coordinator has something to decide is nobody else's business.
        Status.NEEDS_ATTENTION: EventStatus.CONFIRMED,
        Status.CANCELLED: EventStatus.CANCELLED,
    }
)


def session_calendar(
    view: SessionView,
    picture: Mapping[str, Any],
    *,
    zones: Zones,
    public_url: str,
    lang: str = "en",
    translate: Translate = untranslated,
) -> bytes:
    """Return the VCALENDAR of a session; the way in is in it only where the view shows details.

    Sites and materials are those of the `picture` of its present revision, as in invitations and
    feeds: a station or a material that is renamed later may not change bytes whose DTSTAMP stays.
    """
    session = view.session
    join = Join(**join_json(view)) if view.shows_details else Join()
    page = f"{public_url}/sessions/{session.ref}"
    return single(
        Event(
            uid=session.uid,
            sequence=session.counter,
            dtstamp=session.dtstamp,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            summary=session.title,
            created_at=session.created_at,
            changed_at=session.changed_at,
            visibility=session.visibility.value,
            description=_description(view, picture, page=page, zones=zones, lang=lang, translate=translate),
            join=join,
            location=place(join, translate) if view.shows_details else "",
            page=page,
            attachments=tuple(material["url"] for material in picture["materials"]),
            status=STATUSES[session.status],
        )
    )


def _description(
    view: SessionView, picture: Mapping[str, Any], *, page: str, zones: Zones, lang: str, translate: Translate
) -> str:
    return description(
        sites=[
            (site["name"].get(lang) or site["name"]["en"], zones.get(site["zone"]))
            for site in picture["sites"]
        ],
        span=(view.session.starts_at, view.session.ends_at),
        materials=[(material["code"], material["titles"]) for material in picture["materials"]],
        closing=[view.session.ref, page],
        lang=lang,
        translate=translate,
    )


def description(
    *,
    sites: Iterable[tuple[str, Zone]],
    span: tuple[datetime, datetime],
    materials: Iterable[tuple[str, Mapping[str, str]]],
    closing: Iterable[str],
    lang: str,
    translate: Translate,
) -> str:
    """Return an event's text: every site's own date and clock, the materials by title, the closing lines.

    `sites` are names with their zones, `span` the session's two instants, `materials` codes with titles
    by language.
    """
    told = [f"- {title_of(titles, lang)} [{code}]" for code, titles in materials]
    blocks = [
        [message("All sites, each in its own time").to(translate)]
        + [_site(name, zone, span, lang) for name, zone in sites],
        [message("Materials").to(translate), *told] if told else [],
        closing,
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _site(name: str, zone: Zone, span: tuple[datetime, datetime], lang: str) -> str:
    start, end = zone.local(span[0]), zone.local(span[1])
    return f"- {name}: {words.day(start, lang)}, {words.clock_range(start, end)}, {words.offset(start)}"


def title_of(titles: Mapping[str, str], lang: str) -> str:
    """Return the title for a reader of `lang`: in it, else in English, else any."""
    return titles.get(lang) or titles.get("en") or next(iter(titles.values()), "")
