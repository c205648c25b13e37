"""Opening, closing and reading a calendar feed."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor, StationFacts
from jicanet.core.errors import Forbidden, Invalid, NotFound
from jicanet.core.text import message
from jicanet.feeds import store
from jicanet.feeds.render import feed_bytes
from jicanet.scheduler import store as sessions
from jicanet.services import Services
from jicanet.stations import store as stations
from jicanet.storage.store import record_audit
from jicanet.web.i18n import Catalogues, first_spoken

_KEPT_BODIES = 2_000
# interfaces.md, Calendars: how long a cancelled session stays.
_TOMBSTONE_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFeed:
    """A new feed and its secret address, which is shown this once."""

    id: int
    url: str


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


async def open_feed(services: Services, actor: Actor, *, station: str, language: str | None) -> OpenedFeed:
    """Return a new feed of a station's sessions and its secret address.

    `language` defaults to the first of the station's that the program speaks, else English. Raises
    Forbidden without the right and Invalid `unknown_station`.
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
            detail={"station": station, "language": spoken},
        )
        return feed_id

    feed_id = await services.database.write(change)
    return OpenedFeed(id=feed_id, url=f"{services.settings.public_url}/feeds/{secret}.ics")


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
    today = services.clock.now().astimezone(UTC).date()
    since = datetime.combine(today, time(0), UTC) - timedelta(days=services.settings.feed_past_days)

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
        ended_after = datetime.combine(today, time(0), UTC) - timedelta(days=_TOMBSTONE_DAYS)
        events = sessions.station_events(db, feed.station, since, ended_after=ended_after, holds=False)
        content = feed_bytes(
            feed,
            station,
            events,
            zones=services.zones,
            public_url=services.settings.public_url,
            refresh_minutes=services.settings.feed_refresh_minutes,
            translate=catalogues.translate(feed.language),
        )
        changed_at = max((event.changed_at for event in events), default=feed.created_at)
        return bodies.keep(key, FeedBody.of(content, changed_at=changed_at))

    return await services.database.read(query)


def _permit(services: Services, actor: Actor, station: str) -> None:
    if not services.may(actor, Action.MANAGE_FEEDS, StationFacts(station=station)):
        raise Forbidden(
            "not_permitted",
            message(
                "Feeds of a station are for coordinators and for its own people; a token needs the scope feeds:write."
            ),
        )


def _unknown_station(code: str) -> Invalid:
    detail = message('There is no station "%(code)s". GET /api/v1/stations lists them.', code=code[:20])
    return Invalid.field("/value", code, "unknown_station", detail)
