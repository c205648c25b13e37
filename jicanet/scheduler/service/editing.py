"""Changing a session: one edit, judged whole; one that cannot stand leaves the old booking as it was."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.core.errors import Invalid, Outdated
from jicanet.core.text import message
from jicanet.people import store as people
from jicanet.scheduler import store
from jicanet.scheduler.domain.booking import clashes, draft
from jicanet.scheduler.domain.conflicts import Clash, refusal
from jicanet.scheduler.domain.differences import differing, untold_changes
from jicanet.scheduler.domain.life import check_not_over, wrong_status
from jicanet.scheduler.domain.model import BookingRequest, Outline
from jicanet.scheduler.domain.patching import Patch, patched, request_of
from jicanet.scheduler.domain.record import SessionRecord, StoredSession
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.render.answers import check_json, session_json
from jicanet.scheduler.service.booking import Tongues, folded, lay_out, untranslated_tongue
from jicanet.scheduler.service.changing import (
    Act,
    BookedSession,
    Held,
    Use,
    answer_done,
    answer_of,
    come_to,
    hold,
    permit,
    store_change,
)
from jicanet.scheduler.service.facts import Wanted, gather
from jicanet.scheduler.service.reading import visible
from jicanet.scheduler.service.upkeep import lapse
from jicanet.scheduler.service.views import views
from jicanet.services import Services
from jicanet.stations import store as network


@dataclass(frozen=True, slots=True)
class Match:
    """Which revisions of a session a change was meant for: those of If-Match; None: any."""

    revisions: frozenset[int] | None = None


ANY = Match()


async def change_session(
    services: Services, actor: Actor, ref: str, patch: Patch, *, match: Match
) -> BookedSession:
    """Change a session as `patch` says and tell those concerned (domain.md, Who is told what).

    Raises Hidden, Forbidden, Outdated (with the session as it is), Invalid naming fields, and Conflict:
    `wrong_status` of a cancelled one, `already_started` (then only materials change), `station_busy`
    and `bridge_full`.
    """
    now = services.clock.now()
    await lapse(services, now)

    def change(db: Connection) -> BookedSession:
        held = hold(db, services, actor, ref, more=_codes(patch))
        permit(services, actor, held.stored, or_own_request=True)
        check_match(db, services, actor, held.stored, match)
        use = Use(db, services, actor, now)
        wanted, found = _wished(use, held, patch)
        # A centre gives its sessions to no other centre, nor takes one's room for its own (reliability.md).
        permit(services, actor, wanted, or_own_request=True)
        if wanted == held.stored:
            return answer_of(db, services, actor, held.stored)
        if found:
            raise refusal(found)
        act = Act(action="session-changed", detail=_told(db, patch, held.stored, wanted))
        return answer_done(use, store_change(use, held, wanted, act))

    return await services.database.write(change)


def _told(db: Connection, patch: Patch, before: StoredSession, after: StoredSession) -> dict[str, Any]:
    """Return what the ledger keeps of an edit besides what its mails tell."""
    changes = untold_changes(before, after)
    ids = [before.session.coordinator_id, after.session.coordinator_id]
    if ids[0] != ids[1]:
        known = people.users_by_ids(db, sorted(number for number in ids if number is not None))
        changes["coordinator"] = [None if number is None else known[number].name for number in ids]
    return {"fields": differing(patch, before, after), "changes": changes}


async def check_change(
    services: Services,
    actor: Actor,
    ref: str,
    patch: Patch,
    *,
    match: Match,
    tongues: Tongues = untranslated_tongue,
) -> dict[str, Any]:
    """Return the judgement of a change, `{warnings, conflicts, notices}`, and store nothing.

    Raises as `change_session` does, but for conflicts, which are listed.
    """
    now = services.clock.now()

    def query(db: Connection) -> dict[str, Any]:
        stored = visible(db, services, actor, ref)
        permit(services, actor, stored, or_own_request=True)
        check_match(db, services, actor, stored, match)
        bridge = next(each for each in network.bridges(db) if each.code == stored.session.bridge)
        held = Held(
            stored=stored,
            stations=network.stations_by_code(db, {*stored.every_code, *_codes(patch)}),
            bridge=bridge,
            recipients=store.recipients(db, stored),
        )
        wanted, found = _wished(Use(db, services, actor, now), held, patch)
        permit(services, actor, wanted, or_own_request=True)
        settled = come_to(held, wanted, now=now)
        notices = () if wanted == stored else settled.notices
        view = views(db, services, actor, [settled.after], stations=held.stations)[0]
        return check_json(view, found, notices, tongues=tongues, before=stored)

    return await services.database.read(query)


def check_match(
    db: Connection, services: Services, actor: Actor, stored: StoredSession, match: Match
) -> None:
    """Raise Outdated, with the session as it is now, unless it is at a revision that was meant."""
    session = stored.session
    if match.revisions is None or session.revision in match.revisions:
        return
    detail = message(
        "%(ref)s has been changed since you read it: it is at revision %(revision)s. Look at what it is now and send your change again.",
        ref=session.ref,
        revision=session.revision,
    )
    view = views(db, services, actor, [stored])[0]
    raise Outdated("outdated", detail, extra={"current": session_json(view), "etag": f'"{session.revision}"'})


def _codes(patch: Patch) -> Iterable[str]:
    """Return the stations that a patch names: they are locked with the others."""
    named = [seat.station for seat in patch.get("stations") or ()]
    return [*named, *([patch["host"]] if patch.get("host") else [])]


def _wished(use: Use, held: Held, patch: Patch) -> tuple[StoredSession, tuple[Clash, ...]]:
    """Return the session as the patch wants it, and what is in its way."""
    stored, services, now = held.stored, use.services, use.now
    if patch.get("coordinator") is not None:
        # Who only asked names nobody: whoever approves it coordinates it.
        permit(services, use.actor, stored)
    _check_open(stored, patch, now)
    request = folded(services, patched(stored, patch))
    before = request_of(stored)
    _check_hold(stored, patch)
    asked = lay_out(services, _judged(request, stored), now, is_moved=_is_moved(request, before))
    wanted = Wanted.by(asked, coordinator_id=stored.session.coordinator_id, but=stored.session.id)
    known = gather(use.db, services, use.actor, wanted, stations=held.stations, bridge=held.bridge, now=now)
    wished = draft(asked, known.facts, before=stored)
    wished = replace(wished, session=_as_by_default(wished.session, asked, patch, use.actor))
    return wished, clashes(wished, stored, known.facts, zone=asked.start.zone)


def _as_by_default(session: SessionRecord, asked: Outline, patch: Patch, actor: Actor) -> SessionRecord:
    """Return a session with the defaults that null asks for and that depend on who asks and when."""
    if "coordinator" in patch and patch["coordinator"] is None:
        session = replace(session, coordinator_id=actor.user_id)
    if "hold_until" in patch and patch["hold_until"] is None and session.status is Status.HOLD:
        session = replace(session, hold_until=asked.hold_until)
    return session


def _judged(request: BookingRequest, stored: StoredSession) -> BookingRequest:
    # A hold's end is judged only where one is asked for; any other status has none.
    if stored.session.status is Status.HOLD:
        return request
    return replace(request, status=None)


def _is_moved(request: BookingRequest, before: BookingRequest) -> bool:
    return (request.start.local, request.start.zone, request.start.fold) != (
        before.start.local,
        before.start.zone,
        before.start.fold,
    )


def _check_open(stored: StoredSession, patch: Patch, now: datetime) -> None:
    if stored.session.status is Status.CANCELLED:
        raise wrong_status(stored.session)
    if set(patch) - {"materials"}:
        check_not_over(stored, now)


def _check_hold(stored: StoredSession, patch: Patch) -> None:
    given = patch.get("hold_until")
    if given is not None and stored.session.status is not Status.HOLD:
        detail = message("%(ref)s is no hold, so it has no end of one.", ref=stored.session.ref)
        raise Invalid.field("/hold_until", given.isoformat(), "only_for_holds", detail)
