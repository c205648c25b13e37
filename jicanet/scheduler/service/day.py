"""One day across the world, one session among its hours: what the pages show."""

from collections.abc import Mapping
from datetime import date, time, timedelta

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone
from jicanet.people import store as people
from jicanet.scheduler import store
from jicanet.scheduler.domain.day import DayOfWorld, SessionMoment
from jicanet.scheduler.domain.filter import SessionFilter
from jicanet.scheduler.domain.record import SessionView, StoredSession
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.service.ledger import ledger_of
from jicanet.scheduler.service.powers import powers_of
from jicanet.scheduler.service.reading import visible
from jicanet.scheduler.service.views import contact, seen_by, views, zones_of
from jicanet.scheduler.service.waiting import waits_of
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import Station

MOST_SESSIONS = 200
UNTIL = time(12)
AROUND = timedelta(days=1)
# What takes rooms: neither asked for only nor cancelled.
_STANDING = frozenset(status for status in Status if status.occupies)


async def day_of_world(services: Services, actor: Actor, *, day: date, zone: Zone) -> DayOfWorld:
    """Return a day from its first instant to noon of the next, by `zone`, and what waits for the asker.

    Eight statements at most, and up to seven more for those for whom something may wait.
    """
    now = services.clock.now()
    begins, ends = zone.day(day)[0], zone.at(day + timedelta(days=1), UNTIL)
    window = Interval.between(begins, ends)
    wanted = SessionFilter(start=begins, end=ends, statuses=_STANDING, limit=MOST_SESSIONS + 1)
    seen = seen_by(services, actor)

    def query(db: Connection) -> DayOfWorld:
        found = store.sessions(db, wanted, seen)
        shown = found[:MOST_SESSIONS]
        everyone = {station.code: station for station in network.all_stations(db)}
        joined = {code for stored in shown for code in stored.codes}
        chosen = tuple(each for each in everyone.values() if each.code in joined or not joined)
        return DayOfWorld(
            day=day,
            window=window,
            sessions=tuple(_light(services, stored, everyone) for stored in shown),
            is_cut=len(found) > len(shown),
            stations=chosen,
            zones=zones_of(services, chosen),
            days=network.days_of(db, [each.code for each in chosen], begins.date(), ends.date()),
            count=len(everyone),
            waits=waits_of(db, services, actor, now=now, stations=everyone),
        )

    return await services.database.read(query)


def _light(services: Services, stored: StoredSession, stations: Mapping[str, Station]) -> SessionView:
    """Return a session for a list: its sites, and nothing that must be asked for."""
    return SessionView(
        stored=stored,
        stations={code: stations[code] for code in stored.codes},
        zones={
            **zones_of(services, (stations[code] for code in stored.codes)),
            **{guest.zone: services.zones.get(guest.zone) for guest in stored.listed_guests},
        },
        shows_details=False,
    )


async def session_moment(services: Services, actor: Actor, ref: str) -> SessionMoment:
    """Return a session with its sites' days; raises NotFound `unknown_session` as `session` does."""

    def query(db: Connection) -> SessionMoment:
        found = visible(db, services, actor, ref)
        view = views(db, services, actor, [found])[0]
        first, last = view.session.starts_at - AROUND, view.session.ends_at + AROUND
        powers = powers_of(services, actor, found)
        asked_by = view.session.requester_id if actor.is_known else None
        return SessionMoment(
            view=view,
            days=network.days_of(db, found.codes, first.date(), last.date()),
            powers=powers,
            requester=None if asked_by is None else contact(people.user_by_id(db, asked_by)),
            ledger=ledger_of(db, view, with_mails=powers.manages),
        )

    return await services.database.read(query)
