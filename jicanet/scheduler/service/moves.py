"""Which time a recipient knew before the session was last moved."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from jicanet.mail import store as outbox
from jicanet.scheduler import store
from jicanet.scheduler.domain.day import Moved
from jicanet.scheduler.domain.notices import News
from jicanet.scheduler.domain.record import StoredSession


def last_move(db: Connection, stored: StoredSession, recipient_id: int) -> Moved | None:
    """Return the last move that a recipient was told of, None for none. Two statements at most, a row each.

    Who follows a link from an older mail must not take the new time for the one that they read.
    """
    session = stored.session
    row = outbox.newest(db, session.uid, recipient_key=str(recipient_id), news=News.MOVED.value)
    if row is None:
        return None
    picture = store.snapshot(db, session.id, row.payload["revision"])
    changes = picture.get("changes", {})
    starts_at = datetime.fromisoformat(changes.get("starts_at", [picture["starts_at"]])[0])
    minutes = int(changes.get("minutes", [picture["minutes"]])[0])
    return Moved(at=row.created_at, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
