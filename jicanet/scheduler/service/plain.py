"""The mails without a calendar: to whoever asked for a session, and to those who run one that lost a part."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.mail.model import Owed
from jicanet.people import store as people
from jicanet.people.domain.model import User
from jicanet.scheduler.domain.answering import Given
from jicanet.scheduler.domain.words import Via
from jicanet.scheduler.service.changing import Done
from jicanet.stations.domain.model import Station


def to_requester(db: Connection, actor: Actor, done: Done, *, kind: str, reason: str) -> list[Owed]:
    """Return the plain mail to whoever asked, unless they did it themselves (domain.md)."""
    session = done.view.session
    if session.requester_id is None or session.requester_id == actor.user_id:
        return []
    user = people.user_by_id(db, session.requester_id)
    if user is None or not user.is_enabled:
        return []
    return [
        Owed(
            identity=f"{kind}/{session.id}/{session.revision}",
            kind=kind,
            recipient=user.email,
            uid=session.uid,
            payload={
                "session_id": session.id,
                "revision": session.revision,
                "reason": reason,
                "language": user.language,
                "zone": user.zone,
            },
        )
    ]


def decline_mails(
    db: Connection, done: Done, *, actor: Actor, keys: Collection[str], given: Given
) -> list[Owed]:
    """Return who is told of a decline at once: host and coordinator, but nobody of their own act.

    Of a session without a coordinator all coordinators of the network are told: somebody must know.
    """
    after, before = done.settled.after, done.settled.before
    session = after.session
    if not session.status.invites or before is None:
        return []
    left = [part for part in before.parts if part.live and part.key in keys]
    answering = {part.recipient_id for part in left} if given.via in {Via.LINK, Via.MAIL} else set()
    own = {each.address for each in done.recipients if each.id in answering} | {actor.email}
    told = _coordinators(db, session.coordinator_id)
    rows = []
    for part in left:
        base = {
            "session_id": session.id,
            "revision": session.revision,
            "part": part.key,
            "words": given.words,
        }
        rows += _to_host(actor, done, base, own)
        rows += [
            _to_user(done, user, base) for user in told if user.email not in own and user.id != actor.user_id
        ]
    return rows


def _coordinators(db: Connection, number: int | None) -> list[User]:
    user = None if number is None else people.user_by_id(db, number)
    return [user] if user is not None and user.is_enabled else people.coordinators(db)


def _to_host(actor: Actor, done: Done, base: Mapping[str, Any], own: Collection[str | None]) -> list[Owed]:
    after = done.settled.after
    host = next(seat for seat in after.seats if seat.station == after.session.host)
    recipient = next((each for each in done.recipients if each.id == host.recipient_id), None)
    if recipient is None or not host.live or recipient.address in own or host.station in actor.stations:
        return []
    station: Station = done.view.stations[host.station]
    return [
        Owed(
            identity=f"declined/{recipient.id}/{base['session_id']}/{base['revision']}/{base['part']}",
            kind="declined",
            recipient=recipient.address,
            uid=after.session.uid,
            recipient_key=str(recipient.id),
            payload={**base, "language": recipient.language, "zone": station.zone, "to": "host"},
        )
    ]


def _to_user(done: Done, user: User, base: Mapping[str, Any]) -> Owed:
    return Owed(
        identity=f"declined/user-{user.id}/{base['session_id']}/{base['revision']}/{base['part']}",
        kind="declined",
        recipient=user.email,
        uid=done.view.session.uid,
        payload={**base, "language": user.language, "zone": user.zone, "to": "coordinator"},
    )
