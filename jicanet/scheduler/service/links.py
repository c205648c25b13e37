"""Tying materials of the library to sessions. Nobody is mailed: calendars bring it (domain.md, table)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jicanet.catalog import store as library
from jicanet.core.actor import Action, Actor
from jicanet.core.errors import Forbidden, Invalid, NotFound
from jicanet.core.text import message
from jicanet.scheduler import store
from jicanet.scheduler.domain.links import MOST_LINKS, doubled, plan_link, unknown_materials
from jicanet.scheduler.domain.model import Link, LinkRequest
from jicanet.scheduler.domain.notices import next_dtstamp
from jicanet.scheduler.domain.outline import refused
from jicanet.scheduler.domain.record import LinkRecord, SessionView, StoredSession
from jicanet.scheduler.domain.snapshot import snapshot
from jicanet.scheduler.render.answers import link_json
from jicanet.scheduler.service.once import Once, remember, remembered
from jicanet.scheduler.service.reading import visible
from jicanet.scheduler.service.views import policy_facts, views
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.storage import store as storage


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedLink:
    """What adding a material is answered with; `revision` is the session's after it."""

    body: Mapping[str, Any]
    revision: int


async def materials(services: Services, actor: Actor, ref: str) -> tuple[dict[str, Any], ...]:
    """Return the materials of a session as JSON; raises NotFound `unknown_session`."""

    def query(db: Connection) -> tuple[dict[str, Any], ...]:
        view = views(db, services, actor, [visible(db, services, actor, ref)])[0]
        return tuple(link_json(record, view) for record in view.stored.links)

    return await services.database.read(query)


async def add_material(
    services: Services, actor: Actor, ref: str, request: LinkRequest, *, once: Once | None = None
) -> AddedLink:
    """Tie a material to a session: its calendar entries change, SEQUENCE does not, and no mail is owed.

    Raises NotFound `unknown_session`, Forbidden, and Invalid naming the field: `unknown_material`,
    `doubled_material`, `too_many_materials`, a time outside the session.
    """
    now = services.clock.now()

    def change(db: Connection) -> AddedLink:
        stored = _locked(db, services, actor, ref)
        earlier = remembered(db, actor, once)
        if earlier is not None:
            return AddedLink(**earlier)
        link = _planned(db, services, stored, request)
        added = LinkRecord(id=store.add_link(db, stored.session.id, link), link=link)
        after = _changed(db, services, actor, replace(stored, links=(*stored.links, added)), now=now)
        _audit(db, actor, after, "material-added", record=added, now=now)
        answer = AddedLink(body=link_json(added, after), revision=after.session.revision)
        remember(db, actor, once, {"body": answer.body, "revision": answer.revision}, now=now)
        return answer

    return await services.database.write(change)


async def remove_material(services: Services, actor: Actor, ref: str, link_id: int) -> None:
    """Untie a material. Raises NotFound `unknown_session` or `unknown_link`, and Forbidden."""
    now = services.clock.now()

    def change(db: Connection) -> None:
        stored = _locked(db, services, actor, ref)
        removed = next((record for record in stored.links if record.id == link_id), None)
        if removed is None:
            detail = message("%(ref)s has no material with the number %(id)s.", ref=ref, id=link_id)
            raise NotFound("unknown_link", detail)
        store.remove_link(db, stored.session.id, link_id)
        left = tuple(record for record in stored.links if record.id != link_id)
        after = _changed(db, services, actor, replace(stored, links=left), now=now)
        _audit(db, actor, after, "material-removed", record=removed, now=now)

    await services.database.write(change)


def _locked(db: Connection, services: Services, actor: Actor, ref: str) -> StoredSession:
    """Return the session under its locks: stations, bridge, then its own row (domain.md, Invariants)."""
    found = visible(db, services, actor, ref)
    if not services.may(actor, Action.BOOK_SESSION, policy_facts(found)):
        detail = message("Materials are tied to %(ref)s by its coordinators.", ref=ref)
        raise Forbidden("not_permitted", detail)
    network.lock_stations(db, found.codes)
    network.lock_bridge(db, found.session.bridge)
    return store.lock_session(db, found.session.id)


def _planned(db: Connection, services: Services, stored: StoredSession, request: LinkRequest) -> Link:
    session = stored.session
    start = session.start(services.zones.get(session.zone))
    link, errors = plan_link(request, start=start, minutes=session.minutes, pointer="")
    errors += unknown_materials(
        [("/material", request.material)], library.materials_by_code(db, [request.material])
    )
    if link is None or errors:
        raise refused(errors)
    if doubled([*(record.link for record in stored.links), link]):
        detail = message(
            "%(material)s is tied to %(ref)s as %(kind)s already.",
            material=link.material,
            ref=session.ref,
            kind=link.kind.value,
        )
        raise Invalid.field("/material", link.material, "doubled_material", detail)
    if len(stored.links) >= MOST_LINKS:
        detail = message("At most %(most)s materials go with one session.", most=MOST_LINKS)
        raise Invalid.field("/material", link.material, "too_many_materials", detail)
    return link


def _changed(
    db: Connection, services: Services, actor: Actor, stored: StoredSession, *, now: datetime
) -> SessionView:
    """Store that the session changed, with a new picture of it, and return it as it now is."""
    before = stored.session
    dtstamp = next_dtstamp(now, before.dtstamp)
    session = replace(
        before,
        stamp=network.raise_bridge_revision(db, before.bridge),
        revision=before.revision + 1,
        dtstamp=dtstamp,
        changed_at=dtstamp,
    )
    store.touch_session(db, session)
    view = views(db, services, actor, [replace(stored, session=session)])[0]
    picture = snapshot(view, store.recipients(db, session.id))
    store.add_snapshot(db, session.id, session.revision, picture)
    network.raise_feed_revisions(db, stored.codes)
    return view


def _audit(
    db: Connection, actor: Actor, view: SessionView, action: str, *, record: LinkRecord, now: datetime
) -> None:
    detail = {"material": record.link.material, "kind": record.link.kind.value, "link": record.id}
    storage.record_audit(db, at=now, actor=actor, action=action, subject=view.session.ref, detail=detail)
