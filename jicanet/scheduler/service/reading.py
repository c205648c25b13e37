"""Reading sessions: what the asker may not see is as if it did not exist."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.core.errors import Hidden, Invalid
from jicanet.core.text import message
from jicanet.scheduler import store
from jicanet.scheduler.domain.filter import SessionFilter
from jicanet.scheduler.domain.record import SessionView, StoredSession
from jicanet.scheduler.service.views import may_see, seen_by, views
from jicanet.services import Services
from jicanet.stations import store as network

_REF = re.compile(r"JN-[0-9]{4}-[0-9]{6,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionList:
    """A part of the list; `after` is where the next part begins, None at the end."""

    items: tuple[SessionView, ...]
    after: tuple[datetime, int] | None


async def session(services: Services, actor: Actor, ref: str) -> SessionView:
    """Return one session; raises Hidden `unknown_session` for none and for one not to be seen alike."""

    def query(db: Connection) -> SessionView:
        return views(db, services, actor, [visible(db, services, actor, ref)])[0]

    return await services.database.read(query)


async def session_picture(
    services: Services, actor: Actor, ref: str
) -> tuple[SessionView, Mapping[str, Any]]:
    """Return one session with the stored picture of its present revision; raises as `session` does."""

    def query(db: Connection) -> tuple[SessionView, Mapping[str, Any]]:
        found = visible(db, services, actor, ref)
        picture = store.snapshot(db, found.session.id, found.session.revision)
        return views(db, services, actor, [found])[0], picture

    return await services.database.read(query)


def visible(db: Connection, services: Services, actor: Actor, ref: str) -> StoredSession:
    """Return a stored session that the asker may see; raises Hidden `unknown_session`."""
    found = store.session_by_ref(db, ref) if _REF.fullmatch(ref) else None
    if found is None or not may_see(services, actor, found):
        raise _not_shown(actor, ref[:40])
    return found


def _not_shown(actor: Actor, ref: str) -> Hidden:
    """Return the refusal that is the same whether there is such a session or not."""
    if actor.is_known:
        return Hidden(
            "unknown_session", message("There is no session %(ref)s, or it is not shown to you.", ref=ref)
        )
    return Hidden(
        "unknown_session",
        message(
            "There is no session %(ref)s, or it is not shown to everybody: sign in to see more.", ref=ref
        ),
    )


async def sessions(services: Services, actor: Actor, wanted: SessionFilter) -> SessionList:
    """Return the part of the list that is asked for, as far as the asker may see it, by start.

    A fixed number of statements whatever the number of sessions. Raises Invalid `unknown_station`.
    """
    seen = seen_by(services, actor)

    def query(db: Connection) -> SessionList:
        if wanted.station is not None and not network.stations_by_code(db, [wanted.station]):
            detail = message("There is no station %(code)s in the network.", code=wanted.station[:40])
            raise Invalid.field("station", wanted.station, "unknown_station", detail)
        found = store.sessions(db, replace(wanted, limit=wanted.limit + 1), seen)
        shown = found[: wanted.limit]
        last = shown[-1].session if len(found) > wanted.limit else None
        return SessionList(
            items=views(db, services, actor, shown),
            after=None if last is None else (last.starts_at, last.id),
        )

    return await services.database.read(query)
