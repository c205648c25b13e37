"""SQL of the feeds' addresses."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from jicanet.feeds.tables import feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One secret address and what it shows; `private` adds what only those who take part may know."""

    id: int
    kind: str
    station: str
    language: str
    private: bool
    created_by: str
    created_at: datetime
    revoked_at: datetime | None


def add_feed(db: Connection, values: Mapping[str, Any]) -> int:
    """Store a new feed and return its id."""
    return int(db.execute(insert(feed).values(**values).returning(feed.c.id)).scalar_one())


def open_feed_by_hash(db: Connection, token_hash: str) -> Feed | None:
    """Return the feed of an address that still opens, None for an unknown or revoked one alike."""
    found = db.execute(
        select(feed).where(feed.c.token_hash == token_hash, feed.c.revoked_at.is_(None))
    ).mappings()
    row = found.one_or_none()
    return None if row is None else _feed(row)


def feed_by_id(db: Connection, feed_id: int) -> Feed | None:
    """Return one feed, revoked or not."""
    row = db.execute(select(feed).where(feed.c.id == feed_id)).mappings().one_or_none()
    return None if row is None else _feed(row)


def stations_with_feeds(db: Connection) -> list[str]:
    """Return the stations of which an address is open, by code."""
    query = select(feed.c.station).where(feed.c.revoked_at.is_(None)).distinct()
    return list(db.execute(query.order_by(feed.c.station)).scalars())


def open_feeds(db: Connection, stations: Collection[str], *, after: int, limit: int) -> list[Feed]:
    """Return the open feeds of these stations whose ids are above `after`, by id."""
    query = select(feed).where(
        feed.c.station.in_(sorted(stations)), feed.c.revoked_at.is_(None), feed.c.id > after
    )
    return [_feed(row) for row in db.execute(query.order_by(feed.c.id).limit(limit)).mappings()]


def revoke(db: Connection, feed_id: int, *, now: datetime) -> None:
    """Close an address for good; a second time changes nothing."""
    db.execute(update(feed).where(feed.c.id == feed_id, feed.c.revoked_at.is_(None)).values(revoked_at=now))


def _feed(row: RowMapping) -> Feed:
    return Feed(**{name: row[name] for name in Feed.__dataclass_fields__})
