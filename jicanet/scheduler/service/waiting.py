"""What waits for a person: requests and holds to decide about, lost sites, mails that nobody could believe."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor
from jicanet.mail.store import letterbox
from jicanet.people import store as people
from jicanet.scheduler import store
from jicanet.scheduler.domain.day import Asked, Waits
from jicanet.scheduler.domain.filter import Concern, SessionFilter
from jicanet.scheduler.domain.record import SessionView, StoredSession
from jicanet.scheduler.domain.words import Ending, Status
from jicanet.scheduler.service.powers import powers_of
from jicanet.scheduler.service.replies import WAITING
from jicanet.scheduler.service.views import managed_hosts, may_manage, seen_by, views
from jicanet.services import Services
from jicanet.stations.domain.model import Station

MOST = 200
_UNDECIDED = frozenset({Status.REQUESTED, Status.HOLD})


async def requests(services: Services, actor: Actor) -> tuple[Asked, ...]:
    """Return the requests and holds that wait, by start: those that the asker manages, and their own requests.

    Own requests that were refused stay until their start. At most the first 200.
    """
    now = services.clock.now()

    def query(db: Connection) -> tuple[Asked, ...]:
        wanted = SessionFilter(
            start=now,
            statuses=_UNDECIDED | {Status.CANCELLED},
            concern=Concern(hosts=managed_hosts(services, actor), requester_id=actor.user_id),
            limit=MOST,
        )
        found = [
            each
            for each in store.sessions(db, wanted, seen_by(services, actor))
            if _concerns(services, actor, each)
        ]
        names = _names(db, found)
        return tuple(
            Asked(
                view=view,
                powers=powers_of(services, actor, view.stored),
                requester=names.get(view.session.requester_id or 0, ""),
            )
            for view in views(db, services, actor, found)
        )

    return await services.database.read(query)


def _concerns(services: Services, actor: Actor, stored: StoredSession) -> bool:
    session = stored.session
    is_own = actor.user_id is not None and session.requester_id == actor.user_id
    if session.status is Status.CANCELLED:
        return is_own and session.ending is Ending.REFUSED
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
