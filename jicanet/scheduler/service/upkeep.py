"""What happens to sessions by itself: holds expire, requests lapse, mailboxes change."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from jicanet.core.actor import Actor, ActorKind
from jicanet.core.text import fold
from jicanet.mail.model import Owed
from jicanet.scheduler import store
from jicanet.scheduler.domain.life import due, ended
from jicanet.scheduler.domain.warnings import with_mailbox
from jicanet.scheduler.domain.words import Ending
from jicanet.scheduler.service.changing import Act, Done, Use, come_to, hold_found, store_change, write
from jicanet.scheduler.service.mails import token_hash
from jicanet.scheduler.service.plain import to_requester
from jicanet.services import Services
from jicanet.stations import store as network

# Nobody's act: what the audit trail says of it.
BY_ITSELF = Actor(kind=ActorKind.CONSOLE, name="jicanet")


async def lapse(services: Services, now: datetime) -> int:
    """End the holds that have expired and the requests whose start has come; return how many.

    Every change asks for it first, so that a hold ends at its minute whether or not a worker runs: an
    expired one is in nobody's way and cannot be confirmed.
    """
    refs = await services.database.read(lambda db: store.due(db, now))
    for ref in refs:
        await services.database.write(partial(_lapse, services=services, ref=ref, now=now))
    return len(refs)


def _lapse(db: Connection, services: Services, ref: str, now: datetime) -> None:
    found = store.session_by_ref(db, ref)
    if found is None:
        return
    held = hold_found(db, found)
    ending = due(held.stored.session, now)
    if ending is None:
        return  # a rival was faster
    act = Act(action=f"session-{ending.value}", detail={}, mails=_tells)
    use = Use(db, services, BY_ITSELF, now)
    store_change(use, held, ended(held.stored, ending, "", now=now), act)


def _tells(db: Connection, done: Done) -> list[Owed]:
    """Return the mail to whoever asked for what nobody approved in time."""
    if done.view.session.ending is not Ending.LAPSED:
        return []
    return to_requester(db, BY_ITSELF, done, kind="refused", reason="")


async def follow_mailboxes(services: Services) -> int:
    """Tell old and new mailboxes of sessions to come whose stations have another mailbox than was told.

    Returns how many sessions changed. May be done at any time: what has been told is not told again.
    """
    now = services.clock.now()
    refs = await services.database.read(partial(_behind, now=now))
    for ref in refs:
        await services.database.write(partial(_follow, services=services, ref=ref, now=now))
    return len(refs)


def _behind(db: Connection, now: datetime) -> tuple[str, ...]:
    told = store.told_mailboxes(db, now)
    stations = network.stations_by_code(db, {station for station, _ in told})
    behind = sorted(
        (station, address) for station, address in told if address != fold(stations[station].mailbox)
    )
    found = (ref for station, address in behind for ref in store.told_at(db, station, address, now))
    return tuple(dict.fromkeys(found))


def _follow(db: Connection, services: Services, ref: str, now: datetime) -> None:
    found = store.session_by_ref(db, ref)
    if found is None:
        return
    held = hold_found(db, found)
    seats = tuple(with_mailbox(seat, held.stations[seat.station]) for seat in held.stored.seats)
    settled = come_to(held, replace(held.stored, seats=seats), now=now)
    if held.stored.session.starts_at <= now or not settled.notices:
        return  # a rival was faster
    act = Act(action="session-mailbox-changed", detail={})
    write(Use(db, services, BY_ITSELF, now), settled, held.stations, held.recipients, act)


async def fill_tokens(services: Services) -> int:
    """Store the hashes of secret addresses that were mailed before there were any; return how many."""

    def change(db: Connection) -> int:
        filled = 0
        for number, uid, address in store.without_token(db):
            found = token_hash(services, uid, address)
            if found is not None:
                store.save_token_hash(db, number, found)
                filled += 1
        return filled

    return await services.database.write(change)
