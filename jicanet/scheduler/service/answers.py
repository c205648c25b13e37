"""Answers: of a station by somebody who may speak for it, and by a recipient's own secret address."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from jicanet.core.actor import CONSOLE, Action, Actor, ActorKind
from jicanet.core.errors import Forbidden, NotFound
from jicanet.core.text import message
from jicanet.scheduler import store
from jicanet.scheduler.domain.answering import Given, answered, keys_of
from jicanet.scheduler.domain.day import Moved
from jicanet.scheduler.domain.record import (
    GuestRecord,
    PersonRecord,
    RecipientRecord,
    SessionView,
    StoredSession,
)
from jicanet.scheduler.domain.words import Answer, Via
from jicanet.scheduler.service.changing import (
    Act,
    BookedSession,
    Held,
    Use,
    answer_of,
    check_may_stand,
    hold,
    hold_found,
    store_change,
)
from jicanet.scheduler.service.living import checked_words
from jicanet.scheduler.service.mails import hash_of
from jicanet.scheduler.service.moves import last_move
from jicanet.scheduler.service.plain import decline_mails
from jicanet.scheduler.service.upkeep import lapse
from jicanet.scheduler.service.views import policy_facts, views
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import Days

# Whose act it is when a secret address alone speaks.
BY_LINK = "by link"
BY_MAIL = "by mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """A session as one recipient's answer page shows it, with its sites' days.

    `keys` are the parts that the answer is for; none where they were removed. `moved` is there once
    the recipient was told of another time.
    """

    view: SessionView
    recipient: RecipientRecord
    keys: tuple[str, ...]
    days: dict[str, Days]
    moved: Moved | None = None


async def answer_seat(
    services: Services,
    actor: Actor,
    ref: str,
    code: str,
    *,
    answer: Answer,
    words: str = "",
    via: Via = Via.API,
) -> BookedSession:
    """Answer for a part as the acting user; a repeat changes nothing.

    `code` is a station's, or names a guest site or person by its address or its key. Asking again
    (`needs-action`) is for those who manage the session. Raises Forbidden, NotFound `unknown_seat`, and
    Conflict: `seat_removed`, `wrong_status`, `already_started`, and what stands in the way of a site
    that comes back.
    """
    given_words = words_of(words)
    now = services.clock.now()
    await lapse(services, now)

    def change(db: Connection) -> BookedSession:
        held = hold(db, services, actor, ref)
        key = _permit(services, actor, held.stored, code, answer)
        given = Given(answer=answer, words=given_words, via=via, at=now)
        stored = give(Use(db, services, actor, now), held, {key}, given)
        return answer_of(db, services, actor, stored)

    return await services.database.write(change)


def _permit(services: Services, actor: Actor, stored: StoredSession, code: str, answer: Answer) -> str:
    """Return the key of the part that is answered for."""
    other = _other(stored, code.lower())
    if other is not None and services.may(actor, Action.MANAGE_SESSION, policy_facts(stored)):
        # Nobody else: who may not manage the session does not learn whether an address is in it.
        return other.key
    if code not in stored.every_code:
        detail = message("%(code)s has no seat in %(ref)s.", code=code[:20], ref=stored.session.ref)
        raise NotFound("unknown_seat", detail)
    asked = Action.MANAGE_SESSION if answer is Answer.NEEDS_ACTION else Action.ANSWER_SEAT
    if not services.may(actor, asked, policy_facts(stored, answering=code)):
        detail = message(
            "%(code)s answers by its own people, by its coordinators or by the link in its mail.", code=code
        )
        raise Forbidden("not_permitted", detail)
    return code


def _other(stored: StoredSession, name: str) -> GuestRecord | PersonRecord | None:
    """Return the guest site or person of that key or address; of two with one address the listed one."""
    named = [part for part in stored.every_other if name in {part.key, part.email}]
    return min(named, key=lambda part: (part.key != name, not part.listed), default=None)


async def answer_moment(services: Services, token: str) -> AnswerView:
    """Return what a secret address shows, at any time; raises NotFound `unknown_answer`."""

    def query(db: Connection) -> AnswerView:
        found = addressed(db, token)
        stored = store.session_by_ref(db, found.ref)
        if stored is None:
            raise unknown_answer()
        return _shown(db, services, stored, found.recipient_id)

    return await services.database.read(query)


async def answer_by_token(services: Services, token: str, answer: Answer, words: str) -> AnswerView:
    """Answer for everything that hangs on a secret address: the token alone counts (interfaces.md, Mail).

    Raises NotFound `unknown_answer` and Conflict as `answer_seat` does. Twice is once.
    """
    given_words = words_of(words)
    now = services.clock.now()
    await lapse(services, now)

    def change(db: Connection) -> AnswerView:
        found = addressed(db, token)
        stored = store.session_by_ref(db, found.ref)
        if stored is None:
            raise unknown_answer()
        held = hold_found(db, stored)
        actor = recipient_actor(found.recipient_id)
        given = Given(answer=answer, words=given_words, via=Via.LINK, at=now)
        use = Use(db, services, actor, now)
        after = give(use, held, keys_of(held.stored, found.recipient_id), given)
        return _shown(db, services, after, found.recipient_id)

    return await services.database.write(change)


def recipient_actor(recipient_id: int, by: str = BY_LINK) -> Actor:
    """Return who acts when a secret address or a mail speaks for a recipient; no address is in it."""
    return Actor(kind=ActorKind.STRANGER, name=f"recipient/{recipient_id} {by}")


def addressed(db: Connection, token: str) -> store.Addressee:
    """Return whose secret address that is; raises NotFound `unknown_answer`."""
    found = store.addressee(db, hash_of(token.lower()))
    if found is None:
        raise unknown_answer()
    return found


def unknown_answer() -> NotFound:
    """Return the refusal of an address that opens nothing: the same for every reason."""
    return NotFound(
        "unknown_answer",
        message(
            "There is no invitation at this address. Open it from the newest mail, or write to the coordinator."
        ),
    )


def _shown(db: Connection, services: Services, stored: StoredSession, recipient_id: int) -> AnswerView:
    recipient = next(each for each in store.recipients(db, stored) if each.id == recipient_id)
    first, last = stored.session.starts_at, stored.session.ends_at
    return AnswerView(
        view=replace(views(db, services, CONSOLE, [stored])[0], shows_addresses=False),
        recipient=recipient,
        keys=keys_of(stored, recipient_id),
        days=network.days_of(db, stored.every_code, first.date(), last.date()),
        moved=last_move(db, stored, recipient_id),
    )


def give(
    use: Use, held: Held, keys: Collection[str], given: Given, *, stamp: datetime | None = None
) -> StoredSession:
    """Count an answer for these parts, in the caller's scope, and return the session as it then is.

    `stamp` is the DTSTAMP of a mailed one; others are of their own moment. Raises Conflict as
    `answer_seat` does.
    """
    wanted = answered(held.stored, keys, given)
    after, recipients = held.stored, held.recipients
    if wanted != held.stored:
        check_may_stand(use, held, wanted)
        detail = {
            "parts": sorted(keys),
            "answer": given.answer.value,
            "via": given.via.value,
            "words": given.words,
        }
        declines = given.answer is Answer.DECLINED
        act = Act(action="session-answered", detail=detail)
        if declines:
            act = replace(act, mails=partial(decline_mails, actor=use.actor, keys=keys, given=given))
        done = store_change(use, held, wanted, act)
        after, recipients = done.settled.after, done.recipients
    # Of a repeat too: a mailed answer between the two must not win by arriving last.
    ids = {part.recipient_id for part in after.parts if part.key in keys}
    said_at = stamp or given.at.replace(microsecond=0)
    for recipient in recipients:
        if recipient.id in ids:
            store.save_recipient(use.db, replace(recipient, answer=given.answer, answer_stamp=said_at))
    return after


def words_of(text: str) -> str:
    """Return the words beside an answer, "" for none; raises Invalid at /comment as `checked_words` does."""
    return checked_words(text, "/comment") if text.strip() else ""
