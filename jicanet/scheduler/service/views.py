"""From stored sessions to what an asker sees of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

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


def policy_facts(stored: StoredSession, *, answering: str = "") -> SessionFacts:
    """Return what the policy needs to know of a session; `answering` is the station an answer is for."""
    session = stored.session
    return SessionFacts(
        visibility=session.visibility.value,
        stations=frozenset(stored.codes),
        host=session.host,
        is_confirmed=session.confirmed_once,
        status=session.status.value,
        requester_id=session.requester_id,
        people=frozenset(part.email for part in stored.listed_others),
        answering=answering,
    )


def may_see(services: Services, actor: Actor, stored: StoredSession) -> bool:
    """Say whether the asker may know of a session."""
    return services.may(actor, Action.SEE_SESSIONS, policy_facts(stored))


def may_manage(services: Services, actor: Actor, stored: StoredSession) -> bool:
    """Say whether the asker may change a session and learn what became of its mails."""
    return services.may(actor, Action.MANAGE_SESSION, policy_facts(stored))


def may_change(services: Services, actor: Actor, stored: StoredSession) -> bool:
    """Say whether the asker may change a session, and so needs all that was asked for, addresses too."""
    return may_manage(services, actor, stored) or services.may(
        actor, Action.CHANGE_REQUEST, policy_facts(stored)
    )


def words_for(services: Services, actor: Actor, stored: StoredSession) -> frozenset[str] | None:
    """Return the parts whose words the asker reads: all (None) for who manages it, else only the own ones."""
    if may_manage(services, actor, stored):
        return None
    seats = {seat.key for seat in stored.seats if seat.station in actor.stations}
    own = {part.key for part in stored.every_other if part.email == actor.email}
    return frozenset(seats | own)


def seen_by(services: Services, actor: Actor) -> store.Seen:
    """Return which sessions the asker may see, as a query can ask for them.

    It is the policy's own answer for each visibility: without any tie, with a seat of the asker's
    stations, with a part of the asker's address, asked for by the asker, and never confirmed. The query
    says nothing that the policy does not.
    """

    def allowed(visibility: Visibility, **ties: Any) -> bool:
        facts = SessionFacts(**{"visibility": visibility.value, "stations": frozenset(), "host": "", **ties})
        return services.may(actor, Action.SEE_SESSIONS, facts)

    def always(**ties: Any) -> bool:
        return all(allowed(each, **ties) for each in Visibility)

    seen = frozenset(each for each in Visibility if allowed(each))
    address = actor.email or ""
    return store.Seen(
        visibilities=seen,
        stations=actor.stations if always(stations=actor.stations) else frozenset(),
        address=address if always(people=frozenset({address})) else "",
        user_id=actor.user_id if always(requester_id=actor.user_id) else None,
        only_confirmed=not any(allowed(each, is_confirmed=False) for each in seen),
    )


def managed_hosts(services: Services, actor: Actor) -> frozenset[str] | None:
    """Return of which hosts the asker manages the sessions, None for all: the policy's answer for a query."""

    def allowed(host: str) -> bool:
        facts = SessionFacts(visibility=Visibility.NETWORK.value, stations=frozenset({host}), host=host)
        return services.may(actor, Action.MANAGE_SESSION, facts)

    return None if allowed("") else frozenset(code for code in actor.stations if allowed(code))


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
    codes = {code for stored in found for code in stored.every_code}
    known = network.stations_by_code(db, codes) if stations is None else stations
    links = {record.link.material for stored in found for record in stored.links}
    materials = library.materials_by_code(db, links) if links else {}
    asked = {stored.session.coordinator_id for stored in found} - {None}
    users = people.users_by_ids(db, sorted(number for number in asked if number is not None))
    return tuple(
        SessionView(
            stored=stored if actor.is_known else _as_strangers_see(stored),
            stations={code: known[code] for code in stored.every_code},
            zones={
                **zones_of(services, (known[code] for code in stored.every_code)),
                **{part.zone: services.zones.get(part.zone) for part in stored.every_other},
            },
            materials={
                record.link.material: linked(services, materials[record.link.material])
                for record in stored.links
            },
            coordinator=contact(users.get(stored.session.coordinator_id or 0)),
            shows_details=actor.is_known,
            shows_addresses=may_change(services, actor, stored),
            shows_words=words_for(services, actor, stored),
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
