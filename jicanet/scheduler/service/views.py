"""From stored sessions to what an asker sees of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from jicanet.catalog import store as library
from jicanet.catalog.domain.model import Material
from jicanet.core.actor import Action, Actor, SessionFacts
from jicanet.core.zones import Zone
from jicanet.people import store as people
from jicanet.people.domain.model import User
from jicanet.scheduler import store
from jicanet.scheduler.domain.record import Contact, LinkedMaterial, SessionView, StoredSession
from jicanet.scheduler.domain.words import Visibility
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import Station


def policy_facts(stored: StoredSession) -> SessionFacts:
    """Return what the policy needs to know of a session."""
    return SessionFacts(
        visibility=stored.session.visibility.value,
        stations=frozenset(stored.codes),
        host=stored.session.host,
    )


def may_see(services: Services, actor: Actor, stored: StoredSession) -> bool:
    """Say whether the asker may know of a session."""
    return services.may(actor, Action.SEE_SESSIONS, policy_facts(stored))


def seen_by(services: Services, actor: Actor) -> store.Seen:
    """Return which sessions the asker may see, as a query can ask for them.

    It is the policy's own answer for each visibility, once without and once with a seat of the
    asker's stations: the query says nothing that the policy does not.
    """

    def allowed(visibility: Visibility, stations: frozenset[str]) -> bool:
        facts = SessionFacts(visibility=visibility.value, stations=stations, host="")
        return services.may(actor, Action.SEE_SESSIONS, facts)

    seen = frozenset(each for each in Visibility if allowed(each, frozenset()))
    by_seat = all(allowed(each, actor.stations) for each in Visibility)
    return store.Seen(visibilities=seen, stations=actor.stations if by_seat else frozenset())


def views(
    db: Connection,
    services: Services,
    actor: Actor,
    found: Sequence[StoredSession],
    *,
    stations: Mapping[str, Station] | None = None,
) -> tuple[SessionView, ...]:
    """Return sessions with their stations, materials and coordinators: a fixed number of statements."""
    if not found:
        return ()
    codes = {code for stored in found for code in stored.codes}
    known = network.stations_by_code(db, codes) if stations is None else stations
    links = {record.link.material for stored in found for record in stored.links}
    materials = library.materials_by_code(db, links) if links else {}
    asked = {stored.session.coordinator_id for stored in found} - {None}
    users = people.users_by_ids(db, sorted(number for number in asked if number is not None))
    return tuple(
        SessionView(
            stored=stored if actor.is_known else _as_strangers_see(stored),
            stations={code: known[code] for code in stored.codes},
            zones=zones_of(services, (known[code] for code in stored.codes)),
            materials={
                record.link.material: linked(services, materials[record.link.material])
                for record in stored.links
            },
            coordinator=contact(users.get(stored.session.coordinator_id or 0)),
            shows_details=actor.is_known,
        )
        for stored in found
    )


def _as_strangers_see(stored: StoredSession) -> StoredSession:
    """Return a session without what only its organisers can act on: whose mailbox is not known."""
    seats = tuple(
        replace(seat, warnings=tuple(each for each in seat.warnings if each.code != "no_mailbox"))
        for seat in stored.seats
    )
    return replace(stored, seats=seats)


def zones_of(services: Services, stations: Iterable[Station]) -> dict[str, Zone]:
    """Return the zone of each station, by code."""
    return {station.code: services.zones.get(station.zone) for station in stations}


def linked(services: Services, material: Material) -> LinkedMaterial:
    """Return what is shown of a material beside a session."""
    return LinkedMaterial(
        code=material.code,
        titles={lang: title.text for lang, title in material.titles.items()},
        url=material.address(services.settings.public_url),
    )


def contact(user: User | None) -> Contact | None:
    """Return how to reach a user."""
    if user is None:
        return None
    return Contact(name=user.name, email=user.email, telephone=user.telephone or "")
