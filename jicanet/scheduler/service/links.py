"""Tying materials of the library to sessions. Nobody is mailed: calendars bring it (domain.md, table)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from jicanet.catalog import store as library
from jicanet.core.actor import Actor
from jicanet.core.errors import Forbidden, Invalid, NotFound
from jicanet.core.text import message
from jicanet.scheduler.domain.life import wrong_status
from jicanet.scheduler.domain.links import MOST_LINKS, doubled, plan_link, unknown_materials
from jicanet.scheduler.domain.model import Link, LinkRequest
from jicanet.scheduler.domain.outline import refused
from jicanet.scheduler.domain.record import LinkRecord, StoredSession
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.render.answers import link_json
from jicanet.scheduler.service.changing import Act, Held, Use, hold_found, store_change
from jicanet.scheduler.service.once import Once, remember, remembered
from jicanet.scheduler.service.reading import visible
from jicanet.scheduler.service.views import may_manage, views
from jicanet.services import Services


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
    `doubled_material`, `too_many_materials`, a time outside the session, and Conflict `wrong_status`
    of a cancelled one.
    """
    now = services.clock.now()

    def change(db: Connection) -> AddedLink:
        held = _held(db, services, actor, ref)
        earlier = remembered(db, actor, once)
        if earlier is not None:
            return AddedLink(**earlier)
        stored = held.stored
        link = _planned(db, services, stored, request)
        wanted = replace(stored, links=(*stored.links, LinkRecord(id=0, link=link)))
        use = Use(db, services, actor, now)
        done = store_change(use, held, wanted, _act("material-added", link))
        added = done.settled.after.links[-1]
        view = replace(done.view, stored=done.settled.after)
        answer = AddedLink(body=link_json(added, view), revision=view.session.revision)
        remember(db, actor, once, {"body": answer.body, "revision": answer.revision}, now=now)
        return answer

    return await services.database.write(change)


async def remove_material(services: Services, actor: Actor, ref: str, link_id: int) -> None:
    """Untie a material. Raises NotFound `unknown_session` or `unknown_link`, Forbidden, and Conflict as adding."""
    now = services.clock.now()

    def change(db: Connection) -> None:
        held = _held(db, services, actor, ref)
        stored = held.stored
        removed = next((record for record in stored.links if record.id == link_id), None)
        if removed is None:
            detail = message("%(ref)s has no material with the number %(id)s.", ref=ref, id=link_id)
            raise NotFound("unknown_link", detail)
        wanted = replace(stored, links=tuple(record for record in stored.links if record.id != link_id))
        store_change(Use(db, services, actor, now), held, wanted, _act("material-removed", removed.link))

    await services.database.write(change)


def _held(db: Connection, services: Services, actor: Actor, ref: str) -> Held:
    found = visible(db, services, actor, ref)
    if not may_manage(services, actor, found):
        detail = message("Materials are tied to %(ref)s by its coordinators.", ref=ref)
        raise Forbidden("not_permitted", detail)
    held = hold_found(db, found)
    if held.stored.session.status is Status.CANCELLED:
        raise wrong_status(held.stored.session)
    return held


def _act(action: str, link: Link) -> Act:
    return Act(action=action, detail={"material": link.material, "kind": link.kind.value})


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
