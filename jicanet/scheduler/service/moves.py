"""Which time a recipient knew before the session was last moved."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from jicanet.mail import store as outbox
from jicanet.scheduler import store
from jicanet.scheduler.domain.day import Moved
from jicanet.scheduler.domain.notices import News
from jicanet.scheduler.domain.record import StoredSession


def last_move(db: Connection, stored: StoredSession, recipient_id: int) -> Moved | None:
    """Return the last move since a recipient knew another time, None for none. Four statements at most.

    Who follows a link from an older mail must not take the new time for the one that they read. Whoever
    has declined is told of no move: what they know is what their last invitation said.
    """
    session, key = stored.session, str(recipient_id)
    told = outbox.newest(db, session.uid, recipient_key=key, kind="request")
    if told is None:
        return None
    picture = store.snapshot(db, session.id, told.payload["revision"])
    known = _time(picture["starts_at"], picture["minutes"])
    if known != (session.starts_at, session.ends_at):
        moved = outbox.newest(db, session.uid, news=News.MOVED.value)
        at = moved.created_at if moved and moved.id > told.id else session.changed_at
        return Moved(at=at, starts_at=known[0], ends_at=known[1])
    return _told_move(db, stored, key)


def _told_move(db: Connection, stored: StoredSession, key: str) -> Moved | None:
    session = stored.session
    row = outbox.newest(db, session.uid, recipient_key=key, news=News.MOVED.value)
    if row is None:
        return None
    picture = store.snapshot(db, session.id, row.payload["revision"])
    changes = picture.get("changes", {})
    starts_at, ends_at = _time(
        changes.get("starts_at", [picture["starts_at"]])[0],
        changes.get("minutes", [picture["minutes"]])[0],
    )
    return Moved(at=row.created_at, starts_at=starts_at, ends_at=ends_at)


def _time(starts_at: str, minutes: int) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(starts_at)
    return start, start + timedelta(minutes=int(minutes))
