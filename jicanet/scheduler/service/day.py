"""One day across the world: the sessions of a day and the hours of the stations they join."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.core.intervals import Interval
from jicanet.core.zones import Zone
from jicanet.scheduler import store
from jicanet.scheduler.domain.filter import SessionFilter
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.service.views import seen_by, zones_of
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import Days, Station

MOST_SESSIONS = 200
UNTIL = time(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfWorld:
    """A day by the viewer's clock, until noon of the next one, as far as the viewer may see it.

    `stations` are those with a session in it, or all of them if there is none; `count` is how many
    there are in the network. `is_cut` says that there are more sessions than are shown.
    """

    window: Interval
    sessions: tuple[SessionView, ...]
    is_cut: bool
    stations: tuple[Station, ...]
    zones: Mapping[str, Zone]
    days: Mapping[str, Days]
    count: int


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
