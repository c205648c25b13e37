"""Gathering what a booking is judged by, in the scope that will store it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from jicanet.catalog import store as library
from jicanet.catalog.domain.model import Material
from jicanet.core.actor import Action, Actor, SessionFacts
from jicanet.core.errors import Invalid
from jicanet.core.intervals import Interval
from jicanet.core.text import message
from jicanet.people import store as people
from jicanet.people.domain.model import User, user_actor
from jicanet.scheduler import store
from jicanet.scheduler.domain.booking import BookingFacts
from jicanet.scheduler.domain.conflicts import BridgeLoad, BusySeat
from jicanet.scheduler.domain.model import Outline
from jicanet.scheduler.service.views import zones_of
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import Bridge, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The facts of a decision, and what recording it will need besides."""

    facts: BookingFacts
    materials: Mapping[str, Material] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What facts are asked for: these stations, this span, these materials, this coordinator.

    `coordinator` is an address that was named, else the user `coordinator_id` is meant. `but` is the
    session's own number: what it takes itself is not in its way.
    """

    occupied: Interval
    materials: frozenset[str] = frozenset()
    coordinator: str | None = None
    coordinator_id: int | None = None
    host: str = ""
    but: int = 0

    @classmethod
    def by(cls, asked: Outline, *, coordinator_id: int | None, but: int = 0) -> "Wanted":
        """Return what an outline is judged by."""
        return cls(
            occupied=asked.occupied,
            materials=frozenset(link.material for link in asked.links),
            coordinator=asked.request.coordinator,
            coordinator_id=coordinator_id,
            host=asked.request.host,
            but=but,
        )


def gather(
    db: Connection,
    services: Services,
    actor: Actor,
    wanted: Wanted,
    *,
    stations: Mapping[str, Station],
    bridge: Bridge,
    now: datetime,
) -> Gathered:
    """Return the facts of a decision, its stations and bridge being read (and locked) already."""
    window = wanted.occupied
    materials = library.materials_by_code(db, wanted.materials) if wanted.materials else {}
    named = _named(db, services, wanted)
    facts = BookingFacts(
        now=now,
        stations=stations,
        zones=zones_of(services, stations.values()),
        days=network.days_of(db, stations, window.starts_at.date(), window.ends_at.date()),
        busy=tuple(
            busy_seat(services, actor, taken)
            for taken in store.taken_seats(db, stations, window, now=now, but=wanted.but)
        ),
        bridge=BridgeLoad(
            code=bridge.code,
            name=bridge.name,
            ports=bridge.ports,
            loads=store.bridge_loads(db, bridge.code, window, now=now, but=wanted.but),
        ),
        materials=materials,
        coordinator_id=named.id if named else wanted.coordinator_id,
        coordinator_known=named is not None or wanted.coordinator is None,
    )
    return Gathered(facts=facts, materials=materials)


def _named(db: Connection, services: Services, wanted: Wanted) -> User | None:
    """Return the user who was named as coordinator; None where nobody was, and for nobody who may be.

    Only who may manage the session can be named: whoever is, is told of declines and stands in mails.
    """
    if wanted.coordinator is None:
        return None
    found = people.user_by_email(db, wanted.coordinator)
    if found is None or not found.is_enabled:
        return None
    facts = SessionFacts(visibility="network", stations=frozenset({wanted.host}), host=wanted.host)
    return found if services.may(user_actor(found), Action.MANAGE_SESSION, facts) else None


def busy_seat(services: Services, actor: Actor, taken: store.SeatTaken) -> BusySeat:
    """Return a seat in the way, its session named only to those who may know of it."""
    # Of the other session only this seat and its host are known here: that can hide, never disclose.
    facts = SessionFacts(
        visibility=taken.visibility,
        stations=frozenset({taken.station}),
        host=taken.host,
        is_confirmed=taken.confirmed_once,
        status=taken.status,
        requester_id=taken.requester_id,
    )
    known = services.may(actor, Action.SEE_SESSIONS, facts)
    return BusySeat(
        station=taken.station,
        span=taken.span,
        ref=taken.ref if known else None,
        title=taken.title if known else None,
    )


def default_bridge(db: Connection) -> Bridge:
    """Return the default bridge without locking it; raises Invalid `unknown_bridge` where there is none."""
    found = next((bridge for bridge in network.bridges(db) if bridge.is_default), None)
    if found is None:
        detail = message("There is no bridge yet. Import the network first: jicanet stations import")
        raise Invalid.field("/bridge", None, "unknown_bridge", detail)
    return found
