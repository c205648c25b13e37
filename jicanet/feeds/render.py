"""A station's feed as bytes: each session from its stored picture, nothing from the clock."""

from collections.abc import Iterable

from jicanet.core.text import Translate, message
from jicanet.core.zones import Zones
from jicanet.feeds.store import Feed
from jicanet.ical import CalendarHeader, Event, component, join
from jicanet.scheduler.render.calendar import description
from jicanet.scheduler.store import EventView
from jicanet.stations.domain.model import Station

COLOR = "goldenrod"


def feed_bytes(
    feed: Feed,
    station: Station,
    events: Iterable[EventView],
    *,
    zones: Zones,
    public_url: str,
    refresh_minutes: int,
    translate: Translate,
) -> bytes:
    """Return the calendar of a station's sessions in the feed's language.

    The secret address is its permission (domain.md, visibility): titles are in it, those of sessions
    for participants only by reference; no attendees and no join link. The address itself is not in
    it, for the file may be passed on (docs/decisions/0006). `refresh_minutes` says how often a client
    should look again; some look once a day whatever it says.
    """
    shown = tuple(events)
    chunks = (
        component(_event(view, feed, zones=zones, public_url=public_url, translate=translate))
        for view in shown
    )
    name = station.name_ja if feed.language == "ja" and station.name_ja else station.name_en
    header = CalendarHeader(
        name=message("%(station)s: JICA-Net sessions", station=name).to(translate),
        refresh_minutes=refresh_minutes,
        color=COLOR,
        changed_at=max((view.changed_at for view in shown), default=feed.created_at),
    )
    return join(chunks, header)


def _event(view: EventView, feed: Feed, *, zones: Zones, public_url: str, translate: Translate) -> Event:
    data = view.data
    page = f"{public_url}/sessions/{view.ref}"
    is_closed = view.visibility == "participants"
    return Event(
        uid=view.uid,
        sequence=view.sequence,
        dtstamp=view.dtstamp,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        summary=view.ref if is_closed else data["title"],
        description="" if is_closed else _description(view, feed, zones, translate),
        page=page,
        attachments=() if is_closed else tuple(material["url"] for material in data["materials"]),
        visibility=view.visibility,
        created_at=view.created_at,
        changed_at=view.changed_at,
    )


def _description(view: EventView, feed: Feed, zones: Zones, translate: Translate) -> str:
    data, lang = view.data, feed.language
    return description(
        sites=[
            (site["name"].get(lang) or site["name"]["en"], zones.get(site["zone"])) for site in data["sites"]
        ],
        span=(view.starts_at, view.ends_at),
        materials=[(material["code"], material["titles"]) for material in data["materials"]],
        closing=[view.ref],
        lang=lang,
        translate=translate,
    )
