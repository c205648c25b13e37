"""Approving, refusing, cancelling, restoring a session, and writing to everybody in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.core.errors import Conflict, Invalid
from jicanet.core.text import message, one_line
from jicanet.mail import store as outbox
from jicanet.mail.model import Owed
from jicanet.people import store as people
from jicanet.scheduler.domain.life import check_not_over, confirmed, ended, restored, wrong_status
from jicanet.scheduler.domain.outline import TEXT_LENGTH
from jicanet.scheduler.domain.record import StoredSession
from jicanet.scheduler.domain.words import Ending, Status
from jicanet.scheduler.service.changing import (
    Act,
    BookedSession,
    Done,
    Use,
    answer_done,
    answer_of,
    check_may_stand,
    hold,
    permit,
    store_change,
)
from jicanet.scheduler.service.editing import ANY, Match, check_match
from jicanet.scheduler.service.once import Once, remember, remembered
from jicanet.scheduler.service.plain import to_requester
from jicanet.scheduler.service.upkeep import lapse
from jicanet.services import Services
from jicanet.storage import store as storage

Make = Callable[[StoredSession, datetime], StoredSession]


async def confirm_session(services: Services, actor: Actor, ref: str, *, match: Match = ANY) -> BookedSession:
    """Approve a request or hold, or acknowledge why a session needs attention; a confirmed one stays.

    Raises Conflict `wrong_status` (a cancelled one, an expired hold), `already_started`, and what
    stands in the way.
    """

    def make(stored: StoredSession, _now: datetime) -> StoredSession:
        return confirmed(stored, coordinator_id=actor.user_id)

    def mails(db: Connection, done: Done) -> list[Owed]:
        before = done.settled.before
        asked = before is not None and before.session.status is Status.REQUESTED
        return to_requester(db, actor, done, kind="approved", reason="") if asked else []

    return await _act(services, actor, ref, make, match=match, action="session-confirmed", mails=mails)


async def refuse_session(
    services: Services, actor: Actor, ref: str, reason: str, *, match: Match = ANY
) -> BookedSession:
    """Refuse a request in words, which its requester gets. Raises Conflict `wrong_status` for what is none."""
    words = checked_words(reason, "/reason")

    def make(stored: StoredSession, now: datetime) -> StoredSession:
        refused = ended(stored, Ending.REFUSED, words, now=now)
        session = refused.session
        if session.coordinator_id is None:
            # Whom its mail names: who asked wants to know whom to ask.
            session = replace(session, coordinator_id=actor.user_id)
        return replace(refused, session=session)

    def mails(db: Connection, done: Done) -> list[Owed]:
        return to_requester(db, actor, done, kind="refused", reason=words)

    return await _act(
        services, actor, ref, make, match=match, action="session-refused", mails=mails, reason=words
    )


async def cancel_session(
    services: Services, actor: Actor, ref: str, reason: str, *, match: Match = ANY
) -> BookedSession:
    """Cancel a session, a hold or a request with a reason; who asked for a request may withdraw it.

    Cancelling again changes nothing. Raises Conflict `already_started`.
    """
    words = checked_words(reason, "/reason")

    def make(stored: StoredSession, now: datetime) -> StoredSession:
        return ended(stored, Ending.CANCELLED, words, now=now)

    def mails(db: Connection, done: Done) -> list[Owed]:
        before = done.settled.before
        asked = before is not None and before.session.status is Status.REQUESTED
        return to_requester(db, actor, done, kind="refused", reason=words) if asked else []

    return await _act(
        services,
        actor,
        ref,
        make,
        match=match,
        action="session-cancelled",
        mails=mails,
        own_request=True,
        reason=words,
    )


async def restore_session(services: Services, actor: Actor, ref: str, *, match: Match = ANY) -> BookedSession:
    """Bring a cancelled session back: confirmed if it ever was and may stand, else as a request.

    Whoever asked for what is asked for again is told.
    Raises Conflict `wrong_status`, `already_started`, and what stands in the way.
    """

    def make(stored: StoredSession, _now: datetime) -> StoredSession:
        return restored(stored)

    def mails(db: Connection, done: Done) -> list[Owed]:
        is_asked = done.view.session.status is Status.REQUESTED
        return to_requester(db, actor, done, kind="reopened", reason="") if is_asked else []

    return await _act(services, actor, ref, make, match=match, action="session-restored", mails=mails)


async def _act(
    services: Services,
    actor: Actor,
    ref: str,
    make: Make,
    *,
    match: Match,
    action: str,
    mails: Callable[[Connection, Done], Sequence[Owed]] = lambda _db, _done: (),
    own_request: bool = False,
    reason: str = "",
) -> BookedSession:
    now = services.clock.now()
    await lapse(services, now)
    detail: Mapping[str, Any] = {"reason": reason} if reason else {}

    def change(db: Connection) -> BookedSession:
        held = hold(db, services, actor, ref)
        permit(services, actor, held.stored, or_own_request=own_request)
        check_match(db, services, actor, held.stored, match)
        wanted = make(held.stored, now)
        if wanted == held.stored:
            return answer_of(db, services, actor, held.stored)
        check_not_over(held.stored, now)
        use = Use(db, services, actor, now)
        check_may_stand(use, held, wanted)
        known = held.stored.session.status is Status.NEEDS_ATTENTION and action == "session-confirmed"
        act = Act(action="session-acknowledged" if known else action, detail=detail, mails=mails)
        return answer_done(use, store_change(use, held, wanted, act))

    return await services.database.write(change)


async def message_all(
    services: Services, actor: Actor, ref: str, text: str, *, once: Once | None = None
) -> dict[str, Any]:
    """Owe a mail with these words to everybody present; return `{recipients}`, how many that are.

    Raises Conflict `wrong_status` where nobody has been invited.
    """
    words = checked_words(text, "/text")
    now, mark = services.clock.now(), services.ids.secret()

    def change(db: Connection) -> dict[str, Any]:
        held = hold(db, services, actor, ref)
        permit(services, actor, held.stored)
        earlier = remembered(db, actor, once)
        if earlier is not None:
            return earlier
        session = held.stored.session
        if not session.status.invites:
            raise wrong_status(session)
        live = {part.recipient_id for part in held.stored.parts if part.live}
        present = [each for each in held.recipients if each.id in live]
        if not present:
            detail = message("Nobody takes part in %(ref)s any more.", ref=session.ref)
            raise Conflict("nobody_present", detail)
        payload = {"session_id": session.id, "revision": session.revision, "text": words}
        rows = [
            Owed(
                identity=f"message/{recipient.id}/{mark}",
                kind="message",
                recipient=recipient.address,
                uid=session.uid,
                recipient_key=str(recipient.id),
                payload={**payload, "recipient_id": recipient.id, "from": _name(db, actor)},
            )
            for recipient in present
        ]
        outbox.owe(db, rows, now=now)
        detail_ = {"text": words, "notices": len(rows)}
        storage.record_audit(
            db, at=now, actor=actor, action="session-message", subject=session.ref, detail=detail_
        )
        answer = {"recipients": len(rows)}
        remember(db, actor, once, answer, now=now)
        return answer

    return await services.database.write(change)


def _name(db: Connection, actor: Actor) -> str:
    user = None if actor.user_id is None else people.user_by_id(db, actor.user_id)
    return user.name if user else "JICA-Net"


def checked_words(text: str, pointer: str) -> str:
    """Return words that somebody wrote, with line breaks as newlines.

    Raises Invalid: `text_empty`, `text_too_long`, `text_has_control_characters`.
    """
    words = text.replace("\r\n", "\n").strip()
    if not words:
        detail = message("Say it in words: this is what the others read.")
        raise Invalid.field(pointer, text, "text_empty", detail)
    if len(words) > TEXT_LENGTH:
        detail = message(
            "The text has %(length)s characters; at most %(longest)s are taken.",
            length=len(words),
            longest=TEXT_LENGTH,
        )
        raise Invalid.field(pointer, text[:80], "text_too_long", detail)
    if not one_line(words.replace("\n", "").replace("\t", "")):
        detail = message("The text holds a control character; only line breaks and tabs are taken.")
        raise Invalid.field(pointer, text[:80], "text_has_control_characters", detail)
    return words
