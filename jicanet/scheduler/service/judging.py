"""May these requests stand? The judgement of an approval, for many at once and before anybody presses it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.scheduler import store
from jicanet.scheduler.domain.booking import BookingFacts, clashes
from jicanet.scheduler.domain.conflicts import BridgeLoad, Clash
from jicanet.scheduler.domain.life import confirmed
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.service.facts import busy_seat
from jicanet.services import Services
from jicanet.stations import store as network


def in_the_way(
    db: Connection, services: Services, actor: Actor, shown: Sequence[SessionView], *, now: datetime
) -> dict[int, tuple[Clash, ...]]:
    """Return what is in the way of approving each request of these sessions now, by its row.

    It is advice: the approval judges again under its locks. Three statements, however many there are;
    none where nothing is asked for.
    """
    asked = [view for view in shown if view.session.status is Status.REQUESTED]
    if not asked:
        return {}
    records = [view.session for view in asked]
    taken = store.seats_in_the_way(db, records, now=now)
    loads = store.loads_in_the_way(db, records, now=now)
    bridges = {bridge.code: bridge for bridge in network.bridges(db)}
    found = {}
    for view in asked:
        session, bridge = view.session, bridges[view.session.bridge]
        facts = BookingFacts(
            now=now,
            stations=view.stations,
            zones=view.zones,
            days={},  # hours, materials and people are never in the way
            busy=tuple(busy_seat(services, actor, each) for each in taken.get(session.id, ())),
            bridge=BridgeLoad(
                code=bridge.code, name=bridge.name, ports=bridge.ports, loads=loads.get(session.id, ())
            ),
            materials={},
            coordinator_id=None,
        )
        approved = confirmed(view.stored, coordinator_id=None)
        zone = services.zones.get(session.zone)
        found[session.id] = clashes(approved, view.stored, facts, zone=zone)
    return found
