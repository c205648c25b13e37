"""One day across the world: the sessions of a day and the hours of the stations they join."""

from datetime import date, time, timedelta

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone
from jicanet.scheduler import store
from jicanet.scheduler.domain.day import DayOfWorld, SessionMoment
from jicanet.scheduler.domain.filter import SessionFilter
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.service.deliveries import deliveries_of
from jicanet.scheduler.service.reading import visible
from jicanet.scheduler.service.views import seen_by, views, zones_of
from jicanet.services import Services
from jicanet.stations import store as network

MOST_SESSIONS = 200
UNTIL = time(12)
AROUND = timedelta(days=1)


async def day_of_world(services: Services, actor: Actor, *, day: date, zone: Zone) -> DayOfWorld:
    """Return a day from its first instant to noon of the next, by `zone`. Eight statements at most."""
    begins, ends = zone.day(day)[0], zone.at(day + timedelta(days=1), UNTIL)
    window = Interval.between(begins, ends)
    wanted = SessionFilter(start=begins, end=ends, limit=MOST_SESSIONS + 1)
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
            sessions=tuple(
                SessionView(
                    stored=stored,
                    stations={code: everyone[code] for code in stored.codes},
                    zones=zones_of(services, (everyone[code] for code in stored.codes)),
                    shows_details=False,
                )
                for stored in shown
            ),
            is_cut=len(found) > len(shown),
            stations=chosen,
            zones=zones_of(services, chosen),
            days=network.days_of(db, [each.code for each in chosen], begins.date(), ends.date()),
            count=len(everyone),
        )

    return await services.database.read(query)


async def session_moment(services: Services, actor: Actor, ref: str) -> SessionMoment:
    """Return a session with its sites' days; raises NotFound `unknown_session` as `session` does."""

    def query(db: Connection) -> SessionMoment:
        view = views(db, services, actor, [visible(db, services, actor, ref)])[0]
        first, last = view.session.starts_at - AROUND, view.session.ends_at + AROUND
        days = network.days_of(db, view.stored.codes, first.date(), last.date())
        mails = deliveries_of(db, services, actor, view)
        return SessionMoment(view=view, days=days, deliveries=mails)

    return await services.database.read(query)
