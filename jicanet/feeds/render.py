"""A station's feed as bytes: each session from its stored picture, nothing from the clock."""

from collections.abc import Iterable
from datetime import datetime

from jicanet.core.text import Translate, message
from jicanet.core.zones import Zones
from jicanet.feeds.store import Feed
from jicanet.ical import CalendarHeader, Event, EventStatus, Join, component, join, place
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.render.calendar import description
from jicanet.scheduler.store import EventView
from jicanet.stations.domain.model import Station

COLOR = "goldenrod"

# What needs attention is a matter of its coordinators: it takes place as everybody was told.
_STATUSES = {
    Status.HOLD: EventStatus.TENTATIVE,
    Status.CONFIRMED: EventStatus.CONFIRMED,
    Status.NEEDS_ATTENTION: EventStatus.CONFIRMED,
    Status.CANCELLED: EventStatus.CANCELLED,
}


def feed_bytes(
    feed: Feed,
    station: Station,
    events: Iterable[EventView],
    *,
    changed_at: datetime,
    zones: Zones,
    public_url: str,
    refresh_minutes: int,
    translate: Translate,
) -> bytes:
    """Return the calendar of a station's sessions in the feed's language.

    The secret address is its permission (domain.md, visibility): titles are in it, those of sessions
    for participants only by reference; no attendees and no join link. A private feed has these titles
    and the join link. The address itself is not in it, for the file may be passed on
    (docs/decisions/0006). `changed_at` is when what it shows last became another. `refresh_minutes`
    says how often a client should look again; some look once a day whatever it says.
    """
    chunks = (
        component(_event(view, feed, zones=zones, public_url=public_url, translate=translate))
        for view in events
    )
    name = station.name_ja if feed.language == "ja" and station.name_ja else station.name_en
    title = message("%(station)s: JICA-Net sessions", station=name)
    if feed.private:
        title = message("%(station)s: JICA-Net sessions and holds", station=name)
    header = CalendarHeader(
        name=title.to(translate),
        refresh_minutes=refresh_minutes,
        color=COLOR,
        changed_at=changed_at,
    )
    return join(chunks, header)


def _event(view: EventView, feed: Feed, *, zones: Zones, public_url: str, translate: Translate) -> Event:
    data = view.data
    page = f"{public_url}/sessions/{view.ref}"
    status = _STATUSES[Status(view.status)]
    is_closed = view.visibility == "participants" and not feed.private
    # Nobody joins what is cancelled, so its entry leads nowhere.
    is_open = feed.private and status is not EventStatus.CANCELLED
    way_in = Join(**data["join"]) if is_open else Join()
    return Event(
        uid=view.uid,
        sequence=view.sequence,
        dtstamp=view.dtstamp,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        summary=view.ref if is_closed else data["title"],
        description="" if is_closed else _description(view, feed, page, zones, translate),
        join=way_in,
        location=place(way_in, translate) if is_open else "",
        page=page,
        attachments=() if is_closed else tuple(material["url"] for material in data["materials"]),
        visibility=view.visibility,
        created_at=view.created_at,
        changed_at=view.changed_at,
        status=status,
    )


def _description(view: EventView, feed: Feed, page: str, zones: Zones, translate: Translate) -> str:
    data, lang = view.data, feed.language
    return description(
        sites=[
            (site["name"].get(lang) or site["name"]["en"], zones.get(site["zone"])) for site in data["sites"]
        ],
        span=(view.starts_at, view.ends_at),
        materials=[(material["code"], material["titles"]) for material in data["materials"]],
        # Where URL leads to the room, the page must stand in the text.
        closing=[view.ref, page] if feed.private else [view.ref],
        lang=lang,
        translate=translate,
    )
