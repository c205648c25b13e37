"""What waits for a person: requests and holds to decide about, lost sites, mails that nobody could believe."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor
from jicanet.mail.store import letterbox
from jicanet.people import store as people
from jicanet.scheduler import store
from jicanet.scheduler.domain.day import Waits
from jicanet.scheduler.domain.filter import Concern, SessionFilter
from jicanet.scheduler.domain.life import due
from jicanet.scheduler.domain.record import SessionView, StoredSession
from jicanet.scheduler.domain.requests import Asked, Queue
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.service.judging import in_the_way
from jicanet.scheduler.service.powers import powers_of
from jicanet.scheduler.service.replies import WAITING
from jicanet.scheduler.service.views import managed_hosts, may_manage, may_see, seen_by, views
from jicanet.services import Services
from jicanet.stations.domain.model import Station

MOST = 200
# Our choice: long enough to read how a request ended after a holiday.
ENDED_FOR = timedelta(days=30)
MOST_ENDED = 50
_UNDECIDED = frozenset({Status.REQUESTED, Status.HOLD})


async def requests(services: Services, actor: Actor) -> Queue:
    """Return the requests and holds that wait: those that the asker manages, and their own requests.

    Each request with what is in its way now, and beside them how the asker's own requests of late ended.
    """
    now = services.clock.now()

    def query(db: Connection) -> Queue:
        waiting, ended = _waiting(db, services, actor, now), _ended(db, services, actor, now)
        shown = views(db, services, actor, [*waiting, *ended])
        names = _names(db, (view.stored for view in shown))
        clashes = in_the_way(db, services, actor, shown, now=now)
        found = tuple(
            Asked(
                view=view,
                powers=powers_of(services, actor, view.stored),
                requester=names.get(view.session.requester_id or 0, ""),
                clashes=clashes.get(view.session.id, ()),
            )
            for view in shown
        )
        return Queue(waiting=found[: len(waiting)], ended=found[len(waiting) :])

    return await services.database.read(query)


def _waiting(db: Connection, services: Services, actor: Actor, now: datetime) -> list[StoredSession]:
    wanted = SessionFilter(
        start=now,
        statuses=_UNDECIDED,
        concern=Concern(hosts=managed_hosts(services, actor), requester_id=actor.user_id),
        limit=MOST,
    )
    found = store.sessions(db, wanted, seen_by(services, actor))
    # What is due ends at the next change, whoever makes it: nobody can decide about it any more.
    return [each for each in found if not due(each.session, now) and _concerns(services, actor, each)]


def _ended(db: Connection, services: Services, actor: Actor, now: datetime) -> list[StoredSession]:
    if actor.user_id is None:
        return []
    found = store.ended_requests(db, actor.user_id, since=now - ENDED_FOR, limit=MOST_ENDED)
    return [each for each in found if may_see(services, actor, each)]


def _concerns(services: Services, actor: Actor, stored: StoredSession) -> bool:
    session = stored.session
    is_own = actor.user_id is not None and session.requester_id == actor.user_id
    return (is_own and session.status is Status.REQUESTED) or may_manage(services, actor, stored)


def waits_of(
    db: Connection, services: Services, actor: Actor, *, now: datetime, stations: Mapping[str, Station]
) -> Waits:
    """Return what waits for the asker; no statement for whom nothing can wait for."""
    mails = 0
    if services.may(actor, Action.TAKE_REPLIES):
        mails = letterbox.count(db, states=WAITING)
    if not services.may(actor, Action.MANAGE_SESSION):
        return Waits(mails=mails)
    wanted = SessionFilter(
        start=now,
        statuses=_UNDECIDED | {Status.NEEDS_ATTENTION},
        concern=Concern(hosts=managed_hosts(services, actor)),
        limit=MOST,
    )
    found = [
        each
        for each in store.sessions(db, wanted, seen_by(services, actor))
        if may_manage(services, actor, each)
    ]
    shown: Iterable[SessionView] = views(db, services, actor, found, stations=stations)
    return Waits(sessions=tuple(shown), requesters=_names(db, found), mails=mails)


def _names(db: Connection, found: Iterable[StoredSession]) -> dict[int, str]:
    ids = sorted({each.session.requester_id for each in found if each.session.requester_id is not None})
    return {number: user.name for number, user in people.users_by_ids(db, ids).items()} if ids else {}
