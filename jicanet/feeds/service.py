"""Opening, listing, closing and reading a calendar feed.

A feed belongs to its station, not to whoever opened it: the screen in the meeting room reads it for
years. Its secret address alone is the permission, so it works until somebody who manages the station's
feeds revokes it. That whoever opened it moves to another station or is disabled changes nothing by
itself, for their colleagues' calendars would go empty without a word; GET /api/v1/feeds tells who opened
which, and one DELETE ends what a person who left may still read.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor, StationFacts
from jicanet.core.errors import Forbidden, Invalid, NotFound
from jicanet.core.text import message
from jicanet.feeds import store
from jicanet.feeds.render import feed_bytes
from jicanet.feeds.store import Feed
from jicanet.scheduler import store as sessions
from jicanet.scheduler.store import EventView, Leavings, Span
from jicanet.services import Services
from jicanet.stations import store as stations
from jicanet.storage.store import record_audit
from jicanet.web.i18n import Catalogues, first_spoken

_KEPT_BODIES = 2_000
# interfaces.md, Calendars: how long a cancelled session stays.
_TOMBSTONE = timedelta(days=30)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFeed:
    """A new feed and its secret address, which is shown this once."""

    id: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """A part of the list of feeds; `after` is the id that the next part begins after, None at the end."""

    items: tuple[Feed, ...]
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBody:
    """A feed as clients get it: its bytes plain and compressed, each with its own strong ETag."""

    content: bytes
    compressed: bytes
    changed_at: datetime
    etag: str
    compressed_etag: str

    @classmethod
    def of(cls, content: bytes, *, changed_at: datetime) -> "FeedBody":
        """Return a body with its hashes, made once: a poll only compares them.

        A strong ETag belongs to one encoding (RFC 9110 8.8.3).
        """
        compressed = gzip.compress(content, 6, mtime=0)
        return cls(
            content=content,
            compressed=compressed,
            changed_at=changed_at,
            etag=hashlib.sha256(content).hexdigest(),
            compressed_etag=hashlib.sha256(compressed).hexdigest(),
        )


class FeedBodies:
    """The bodies last asked for, by everything that they depend on: an unchanged feed builds nothing."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: OrderedDict[tuple[object, ...], FeedBody] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> FeedBody | None:
        """Return a kept body."""
        return self._kept.get(key)

    def keep(self, key: tuple[object, ...], body: FeedBody) -> FeedBody:
        """Keep a body, dropping the oldest above the limit, and return it."""
        self._kept[key] = body
        while len(self._kept) > _KEPT_BODIES:
            self._kept.popitem(last=False)
        return body


def token_hash(token: str) -> str:
    """Return what is stored of a feed's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


async def open_feed(
    services: Services, actor: Actor, *, station: str, language: str | None, private: bool = False
) -> OpenedFeed:
    """Return a new feed of a station's sessions and its secret address.

    `language` defaults to the first of the station's that the program speaks, else English. `private`
    adds holds, the titles of sessions for participants, and the join link. Raises Forbidden without the
    right and Invalid `unknown_station`.
    """
    _permit(services, actor, station)
    now, secret = services.clock.now(), services.ids.secret()

    def change(db: Connection) -> int:
        found = stations.stations_by_code(db, [station]).get(station)
        if found is None:
            raise _unknown_station(station)
        spoken = language or first_spoken(found.languages)
        feed_id = store.add_feed(
            db,
            {
                "token_hash": token_hash(secret),
                "kind": "station",
                "station": station,
                "language": spoken,
                "private": private,
                "created_by": actor.name,
                "created_at": now,
            },
        )
        record_audit(
            db,
            at=now,
            actor=actor,
            action="feed-opened",
            subject=f"feed/{feed_id}",
            detail={"station": station, "language": spoken, "private": private},
        )
        return feed_id

    feed_id = await services.database.write(change)
    return OpenedFeed(id=feed_id, url=f"{services.settings.public_url}/feeds/{secret}.ics")


async def feeds(services: Services, actor: Actor, *, after: int = 0, limit: int = 50) -> FeedList:
    """Return a part of the open feeds that the actor may manage, by id. The addresses are known to nobody."""

    def query(db: Connection) -> FeedList:
        mine = [code for code in store.stations_with_feeds(db) if _may_manage(services, actor, code)]
        found = store.open_feeds(db, mine, after=after, limit=limit + 1)
        items = tuple(found[:limit])
        return FeedList(items=items, after=items[-1].id if len(found) > limit else None)

    return await services.database.read(query)


async def close_feed(services: Services, actor: Actor, feed_id: int) -> None:
    """Revoke a feed's address for good. Closing a closed one changes nothing.

    Raises Forbidden without the right and NotFound `unknown_feed`.
    """
    now = services.clock.now()

    def change(db: Connection) -> None:
        found = store.feed_by_id(db, feed_id)
        if found is None:
            raise NotFound("unknown_feed", message("There is no feed %(id)s.", id=feed_id))
        _permit(services, actor, found.station)
        if found.revoked_at is None:
            store.revoke(db, feed_id, now=now)
            detail = {"station": found.station}
            record_audit(
                db, at=now, actor=actor, action="feed-closed", subject=f"feed/{feed_id}", detail=detail
            )

    await services.database.write(change)


async def feed_body(
    services: Services, bodies: FeedBodies, token: str, *, catalogues: Catalogues
) -> FeedBody:
    """Return the calendar behind a secret address.

    Raises NotFound `unknown_feed` for an unknown and for a revoked address alike; the token is in
    neither answer. Equal data give equal bytes, whichever process answers.
    """
    today = datetime.combine(services.clock.now().astimezone(UTC).date(), time(0), UTC)
    past = timedelta(days=services.settings.feed_past_days)

    def query(db: Connection) -> FeedBody:
        feed = store.open_feed_by_hash(db, token_hash(token))
        if feed is None:
            raise NotFound("unknown_feed", message("There is no calendar at this address."))
        # All that the bytes depend on, read in the scope that would build them.
        station = stations.stations_by_code(db, [feed.station])[feed.station]
        names = (station.name_en, station.name_ja)
        key = (feed.id, stations.feed_revision(db, feed.station), names, today)
        kept = bodies.get(key)
        if kept is not None:
            return kept
        span = Span(since=today - past, ended_after=today - _TOMBSTONE, holds=feed.private)
        events = sessions.station_events(db, feed.station, span)
        leavings = sessions.station_leavings(db, feed.station, span)
        changed_at = _changed_at(feed, events, leavings, past=past)
        content = feed_bytes(
            feed,
            station,
            events,
            changed_at=changed_at,
            zones=services.zones,
            public_url=services.settings.public_url,
            refresh_minutes=services.settings.feed_refresh_minutes,
            translate=catalogues.translate(feed.language),
        )
        return bodies.keep(key, FeedBody.of(content, changed_at=changed_at))

    return await services.database.read(query)


def _changed_at(feed: Feed, events: Iterable[EventView], leavings: Leavings, *, past: timedelta) -> datetime:
    """Return when what a feed shows last became another: something came, changed or left.

    It never goes back. What is over or was cancelled leaves at a midnight of UTC.
    """
    known = [event.changed_at for event in events]
    if leavings.changed_at is not None:
        known.append(leavings.changed_at)
    if leavings.over_at is not None:
        known.append(_midnight(leavings.over_at) + past)
    if leavings.ended_at is not None:
        known.append(_midnight(leavings.ended_at) + _TOMBSTONE)
    return max(known, default=feed.created_at)


def _midnight(instant: datetime) -> datetime:
    """Return the first midnight of UTC that is not before an instant."""
    utc = instant.astimezone(UTC)
    midnight = datetime.combine(utc.date(), time(0), UTC)
    return midnight if midnight == utc else midnight + _DAY


def _may_manage(services: Services, actor: Actor, station: str) -> bool:
    return services.may(actor, Action.MANAGE_FEEDS, StationFacts(station=station))


def _permit(services: Services, actor: Actor, station: str) -> None:
    if not _may_manage(services, actor, station):
        raise Forbidden(
            "not_permitted",
            message(
                "Feeds of a station are for coordinators and for its own people; a token needs the scope feeds:write."
            ),
        )


def _unknown_station(code: str) -> Invalid:
    detail = message('There is no station "%(code)s". GET /api/v1/stations lists them.', code=code[:20])
    return Invalid.field("/value", code, "unknown_station", detail)
