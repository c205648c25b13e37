"""Every change of a session: its locks, its judgement, and the writing of what it comes to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jicanet.core.actor import CONSOLE, Action, Actor
from jicanet.core.errors import Forbidden
from jicanet.core.text import fold, message
from jicanet.mail import store as outbox
from jicanet.mail.model import Owed
from jicanet.scheduler import store
from jicanet.scheduler.domain.booking import clashes, takes_more
from jicanet.scheduler.domain.conflicts import refusal
from jicanet.scheduler.domain.life import Mailbox, Settled, settle
from jicanet.scheduler.domain.record import RecipientRecord, SeatRecord, SessionView, StoredSession
from jicanet.scheduler.domain.snapshot import snapshot
from jicanet.scheduler.render.answers import session_json
from jicanet.scheduler.service.facts import Wanted, gather
from jicanet.scheduler.service.mails import calendar_mails, token_hash
from jicanet.scheduler.service.reading import visible
from jicanet.scheduler.service.views import may_change, may_see, policy_facts, views, words_for
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import Bridge, Station
from jicanet.storage import Again
from jicanet.storage import store as storage


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedSession:
    """What a change of a session is answered with. `repeated`: an earlier twin of the request made it."""

    ref: str
    revision: int
    body: Mapping[str, Any]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """One use case inside its scope: who acts, when, and with what."""

    db: Connection
    services: Services
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A session under its locks: its row, every station that it has or shall have, and its bridge."""

    stored: StoredSession
    stations: Mapping[str, Station]
    bridge: Bridge
    recipients: tuple[RecipientRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A change as it was stored: the session as its makers see it, and everybody it knows."""

    view: SessionView
    settled: Settled
    recipients: tuple[RecipientRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What the audit trail says of a change, and the plain mails that it owes besides."""

    action: str
    detail: Mapping[str, Any]
    mails: Callable[[Connection, Done], Sequence[Owed]] = lambda _db, _done: ()


def hold(db: Connection, services: Services, actor: Actor, ref: str, *, more: Iterable[str] = ()) -> Held:
    """Return a session under its locks (domain.md, Invariants): stations, bridge, then its own row.

    `more` are stations it shall have. Raises Hidden `unknown_session`; the change runs again where the
    session got further stations while it waited.
    """
    return hold_found(db, visible(db, services, actor, ref), more=more)


def hold_found(db: Connection, found: StoredSession, *, more: Iterable[str] = ()) -> Held:
    """Return a session that was read without locks under its locks, as `hold` does."""
    codes = {*found.every_code, *more}
    stations = network.lock_stations(db, codes)
    bridge = network.lock_bridge(db, found.session.bridge)
    stored = store.lock_session(db, found.session.id)
    if not codes.issuperset(stored.every_code):
        raise Again
    return Held(stored=stored, stations=stations, bridge=bridge, recipients=store.recipients(db, stored))


def permit(services: Services, actor: Actor, stored: StoredSession, *, or_own_request: bool = False) -> None:
    """Raise Forbidden `not_permitted` unless the actor manages the session.

    `or_own_request`: or asked for it, and it is still asked for.
    """
    facts = policy_facts(stored)
    if services.may(actor, Action.MANAGE_SESSION, facts):
        return
    if or_own_request and services.may(actor, Action.CHANGE_REQUEST, facts):
        return
    detail = message(
        "%(ref)s is changed by its coordinators, or by whoever asked for it until it is approved.",
        ref=stored.session.ref,
    )
    raise Forbidden("not_permitted", detail)


def check_may_stand(use: Use, held: Held, wanted: StoredSession) -> None:
    """Raise Conflict listing what is in the way of a session that is confirmed, restored or rejoined."""
    session = wanted.session
    if not session.status.occupies or not takes_more(wanted, held.stored):
        return  # as `clashes` would say, and nothing is read for it
    asked = Wanted(occupied=session.occupied, but=session.id)
    known = gather(
        use.db, use.services, use.actor, asked, stations=held.stations, bridge=held.bridge, now=use.now
    )
    zone = use.services.zones.get(session.zone)
    if found := clashes(wanted, held.stored, known.facts, zone=zone):
        raise refusal(found)


def come_to(held: Held, wanted: StoredSession, *, now: datetime) -> Settled:
    """Return what a change comes to, its stations being locked."""
    return settle(
        held.stored,
        wanted,
        mailboxes=mailboxes(held.stations),
        recipients=held.recipients,
        now=now,
    )


def mailboxes(stations: Mapping[str, Station]) -> dict[str, Mailbox]:
    """Return who speaks for each station, by code."""
    return {
        code: Mailbox(address=station.mailbox, languages=station.languages)
        for code, station in stations.items()
    }


def store_change(use: Use, held: Held, wanted: StoredSession, act: Act) -> Done:
    """Write what a change comes to, all in this scope: session, parts, picture, mails, audit."""
    return write(use, come_to(held, wanted, now=use.now), held.stations, held.recipients, act)


def write(
    use: Use,
    settled: Settled,
    stations: Mapping[str, Station],
    known: Sequence[RecipientRecord],
    act: Act,
) -> Done:
    """Write a session at its new revision with everything that goes with it."""
    db, services = use.db, use.services
    before, stored = settled.before, settled.after
    stamp = network.raise_bridge_revision(db, stored.session.bridge)
    session = replace(stored.session, stamp=stamp)
    save = store.save_session if before else store.add_session
    save(db, session)
    recipients = store.save_recipients(
        db,
        session.id,
        settled.notices,
        known,
        token_hash=lambda address: token_hash(services, session.uid, address),
    )
    stored = _hung(replace(stored, session=session), recipients, stations)
    stored = replace(stored, links=store.save_links(db, stored, before))
    store.save_parts(db, stored, before)
    # As those who run it see it: the picture is for mails and calendars.
    view = views(db, services, CONSOLE, [stored], stations=stations)[0]
    picture = snapshot(view, _told(stored, settled, recipients), before=before, notices=settled.notices)
    store.add_snapshot(db, session.id, session.revision, picture)
    done = Done(view=view, settled=replace(settled, after=stored), recipients=recipients)
    mails = [*calendar_mails(stored, settled.notices, recipients), *act.mails(db, done)]
    outbox.owe(db, mails, now=use.now)
    network.raise_feed_revisions(db, {*stored.every_code, *(before.every_code if before else ())})
    detail = _kept(act, settled, mails, picture["changes"])
    storage.record_audit(
        db, at=use.now, actor=use.actor, action=act.action, subject=session.ref, detail=detail
    )
    return done


def _kept(act: Act, settled: Settled, mails: Sequence[Owed], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the audit trail keeps of a change: its mails in number, and old and new of what differs."""
    detail = {
        **act.detail,
        "revision": settled.after.session.revision,
        "notices": len(settled.notices),
        "changes": {**act.detail.get("changes", {}), **told},
        # Whom the mails without a calendar are to: host, coordinator, requester.
        "written": sorted(
            {str(mail.payload.get("to", "requester")) for mail in mails if mail.sequence is None}
        ),
    }
    return {name: value for name, value in detail.items() if value or name not in {"changes", "written"}}


def _hung(
    stored: StoredSession, recipients: Sequence[RecipientRecord], stations: Mapping[str, Station]
) -> StoredSession:
    """Return a session whose listed parts hang on the recipients of their present addresses."""
    ids = {recipient.address: recipient.id for recipient in recipients}

    def hang(part: Any) -> Any:
        if not part.listed:
            return part
        is_seat = isinstance(part, SeatRecord)
        address = fold(stations[part.station].mailbox) if is_seat else part.email
        return replace(part, recipient_id=ids.get(address))

    return stored.with_parts(hang)


def _told(
    stored: StoredSession, settled: Settled, recipients: Sequence[RecipientRecord]
) -> tuple[RecipientRecord, ...]:
    """Return those the picture names: who is told now, and whoever takes part."""
    parts: dict[int | None, list[str]] = {}
    for part in stored.parts:
        if part.live:
            parts.setdefault(part.recipient_id, []).append(part.key)
    told: dict[str, tuple[str, ...]] = {notice.address: notice.parts for notice in settled.notices}
    return tuple(
        replace(recipient, parts=tuple(told.get(recipient.address) or parts.get(recipient.id) or ()))
        for recipient in recipients
        if recipient.address in told or recipient.id in parts
    )


def answer_of(db: Connection, services: Services, actor: Actor, stored: StoredSession) -> BookedSession:
    """Return a session that stays as it is, as the asker is answered with it."""
    return _answer(services, actor, views(db, services, actor, [stored])[0])


def answer_done(use: Use, done: Done) -> BookedSession:
    """Return a session that was changed, as its maker is answered with it; nothing is read again."""
    changes = may_change(use.services, use.actor, done.view.stored)
    heard = words_for(use.services, use.actor, done.view.stored)
    view = replace(done.view, shows_addresses=changes, shows_words=heard)
    return _answer(use.services, use.actor, view)


def _answer(services: Services, actor: Actor, view: SessionView) -> BookedSession:
    session = view.session
    body = session_json(view) if may_see(services, actor, view.stored) else {"ref": session.ref}
    return BookedSession(ref=session.ref, revision=session.revision, body=body)
