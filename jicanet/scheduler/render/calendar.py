"""One session as a calendar file that may be passed on: no METHOD, ORGANIZER or ATTENDEE."""

from collections.abc import Mapping

from jicanet.core.text import Translate, message, untranslated
from jicanet.ical import Event, Join, place, single
from jicanet.scheduler.domain.record import SeatRecord, SessionView
from jicanet.scheduler.domain.snapshot import join_json
from jicanet.web import words


def session_calendar(
    view: SessionView, *, public_url: str, lang: str = "en", translate: Translate = untranslated
) -> bytes:
    """Return the VCALENDAR of a session; the way in is in it only where the view shows details.

    It says what the invitations say, from stored facts alone: equal data give equal bytes.
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
            description=_description(view, page, lang, translate),
            join=join,
            location=place(join, translate) if view.shows_details else "",
            page=page,
            attachments=tuple(view.materials[record.link.material].url for record in view.stored.links),
        )
    )


def _description(view: SessionView, page: str, lang: str, translate: Translate) -> str:
    sites = [_site(seat, view, lang) for seat in view.host_first()]
    titles = [
        f"- {title_of(view.materials[record.link.material].titles, lang)} [{record.link.material}]"
        for record in view.stored.links
    ]
    if titles:
        titles.insert(0, message("Materials").to(translate))
    blocks = [
        [message("All sites, each in its own time").to(translate), *sites],
        titles,
        [view.session.ref, page],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _site(seat: SeatRecord, view: SessionView, lang: str) -> str:
    station, zone, session = view.stations[seat.station], view.zones[seat.station], view.session
    start, end = zone.local(session.starts_at), zone.local(session.ends_at)
    name = station.name_ja if lang == "ja" and station.name_ja else station.name_en
    return f"- {name}: {words.day(start, lang)}, {words.clock_range(start, end)}, {words.offset(start)}"


def title_of(titles: Mapping[str, str], lang: str) -> str:
    """Return the title for a reader of `lang`: in it, else in English, else any."""
    return titles.get(lang) or titles.get("en") or next(iter(titles.values()), "")
