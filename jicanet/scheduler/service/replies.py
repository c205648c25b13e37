"""Mails that come in: the answers in them count by proof alone, all others wait for a person."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor
from jicanet.core.errors import Conflict, Forbidden, NotFound, Unavailable
from jicanet.core.text import fold, message
from jicanet.mail.inbound import incoming, read_message
from jicanet.mail.model import InboundMail, LetterState, Reading
from jicanet.mail.reasons import NOT_STARTED
from jicanet.mail.store import letterbox
from jicanet.scheduler import store
from jicanet.scheduler.domain.answering import Given, counts, keys_of
from jicanet.scheduler.domain.letters import Proof, doubt
from jicanet.scheduler.domain.record import RecipientRecord, SessionView
from jicanet.scheduler.domain.words import Answer, Via
from jicanet.scheduler.service.answers import BY_MAIL, give, recipient_actor
from jicanet.scheduler.service.changing import Held, Use, hold_found
from jicanet.scheduler.service.mails import hash_of
from jicanet.scheduler.service.upkeep import lapse
from jicanet.scheduler.service.views import views
from jicanet.services import Services

WAITING = (LetterState.UNVERIFIED, LetterState.UNREAD)
PAGE = 50

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of a mail that came in; a twin of one that is stored is not new."""

    mail: InboundMail
    is_new: bool
    ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that came in, with the session and the recipient that it was found to be about."""

    mail: InboundMail
    view: SessionView | None
    recipient: RecipientRecord | None

    @property
    def can_count(self) -> bool:
        """Say whether a person can take its answer."""
        return self.mail.answer is not None and self.recipient is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """One page of mails, newest first; `older` is where the next begins, None on the last."""

    items: tuple[Letter, ...]
    older: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """Whom a mail is about, as far as that can be told without believing it.

    `is_proven`: its token names the recipient.
    """

    held: Held
    recipient: RecipientRecord | None
    is_proven: bool = False


async def ingest(services: Services, raw: bytes, *, recipient: str | None = None) -> Ingested:
    """Store a mail once and count the answer in it if it proves whose it is (domain.md, A mailed REPLY).

    Never raises for what is in the mail: what does not count is stored with the reason and waits for a
    person. `recipient` is the address on the envelope, if the mail system told it. Raises Unavailable
    where the mail could not be read at this moment; nothing is stored then.
    """
    settings = services.settings
    mail = incoming(raw, recipient=recipient, settings=settings)
    reading = await read_message(raw, recipient=recipient, settings=settings)
    if reading.reason == NOT_STARTED:
        # The machine's fault, not the mail's. What is stored is never read again, so it is not stored.
        detail = message("The program that reads mails did not start. Hand the same mail over again later.")
        raise Unavailable(NOT_STARTED, detail)
    now = services.clock.now()
    await lapse(services, now)

    def change(db: Connection) -> Ingested:
        # The locks before the first write, as everywhere.
        about = _found(db, reading)
        received = letterbox.receive(db, mail, reading, now=now)
        ref = about.held.stored.session.ref if about else None
        if not received.is_new:
            return Ingested(mail=received.mail, is_new=False, ref=ref)
        state, reason = _judged(Use(db, services, _sender(about), now), reading, about)
        letterbox.judge(
            db,
            received.mail.id,
            state=state,
            reason=reason,
            session_id=about.held.stored.session.id if about else None,
            recipient_id=about.recipient.id if about and about.recipient else None,
        )
        stored = letterbox.one(db, received.mail.id) or received.mail
        return Ingested(mail=stored, is_new=True, ref=ref)

    done = await services.database.write(change)
    if done.is_new and done.mail.state is not LetterState.COUNTED:
        log.warning("mail waits for a person", mail=done.mail.id, reason=done.mail.reason, ref=done.ref)
    return done


def _found(db: Connection, reading: Reading) -> _About | None:
    """Return the session under its locks, by the token, else by the UID that the mail names."""
    reply = reading.reply or reading.automatic_reply
    by_token = store.addressee(db, hash_of(reading.token)) if reading.token else None
    if by_token is not None:
        stored = store.session_by_ref(db, by_token.ref)
    else:
        stored = store.session_by_uid(db, reply.uid) if reply else None
    if stored is None:
        return None
    held = hold_found(db, stored)
    if by_token is not None:
        recipient = next(each for each in held.recipients if each.id == by_token.recipient_id)
        return _About(held=held, recipient=recipient, is_proven=True)
    named = {fold(reading.from_address), fold(reply.attendee) if reply else ""} - {""}
    found = [each for each in held.recipients if each.address in named]
    return _About(held=held, recipient=found[0] if len(found) == 1 else None)


def _sender(about: _About | None) -> Actor:
    return recipient_actor(about.recipient.id if about and about.recipient else 0, by=BY_MAIL)


def _judged(use: Use, reading: Reading, about: _About | None) -> tuple[LetterState, str]:
    reply = reading.reply
    if reply is None:
        return LetterState.UNREAD, reading.reason
    recipient = about.recipient if about and about.is_proven else None
    proof = Proof(
        token=reading.token,
        token_is_known=recipient is not None,
        uid=reply.uid,
        session_uid=about.held.stored.session.uid if about else "",
        sender=fold(reading.from_address),
        recipient=recipient.address if recipient else "",
    )
    if (reason := doubt(proof)) or about is None or recipient is None:
        return LetterState.UNVERIFIED, reason
    answer = Answer(reply.answer)
    if not counts(recipient, answer=answer, sequence=reply.sequence, dtstamp=reply.dtstamp, arrived=use.now):
        return LetterState.OLDER, "older"
    stamp = min(reply.dtstamp, use.now.replace(microsecond=0))
    given = Given(answer=answer, words=reply.comment, via=Via.MAIL, at=use.now)
    try:
        give(use, about.held, keys_of(about.held.stored, recipient.id), given, stamp=stamp)
    except (Conflict, NotFound) as refused:
        # Raised before anything is written: the mail is kept and a person sees why.
        return LetterState.UNVERIFIED, refused.code
    return LetterState.COUNTED, ""


async def replies(
    services: Services, actor: Actor, *, before: int | None = None, everything: bool = False
) -> Letters:
    """Return the mails that wait for a person, or all of them; raises Forbidden."""
    _permit(services, actor)
    states = tuple(LetterState) if everything else WAITING

    def query(db: Connection) -> Letters:
        found = letterbox.listed(db, states=states, limit=PAGE + 1, before=before)
        shown = found[:PAGE]
        return Letters(
            items=_letters(db, services, actor, shown),
            older=shown[-1].id if len(found) > PAGE else None,
        )

    return await services.database.read(query)


async def letter(services: Services, actor: Actor, mail_id: int) -> Letter:
    """Return one mail in whatever state it is; raises Forbidden, and NotFound `unknown_mail`."""
    _permit(services, actor)
    return await services.database.read(lambda db: _letter(db, services, actor, _known(db, mail_id)))


async def original(services: Services, actor: Actor, mail_id: int) -> bytes:
    """Return the bytes of a mail as it came, or its beginning where it is cut.

    They are a stranger's: hand them on, never show them. Raises Forbidden, and NotFound `unknown_mail`.
    """
    _permit(services, actor)
    content = await services.database.read(lambda db: letterbox.content(db, mail_id))
    if content is None:
        raise _unknown(mail_id)
    return content


def _letter(db: Connection, services: Services, actor: Actor, mail: InboundMail) -> Letter:
    return _letters(db, services, actor, [mail])[0]


def _letters(
    db: Connection, services: Services, actor: Actor, mails: Sequence[InboundMail]
) -> tuple[Letter, ...]:
    """Return mails with what they are about: a fixed number of statements, none where that is nothing."""
    ids = {mail.session_id for mail in mails if mail.session_id is not None}
    if not ids:
        return tuple(Letter(mail=mail, view=None, recipient=None) for mail in mails)
    stored = store.sessions_by_ids(db, ids)
    shown = {view.session.id: view for view in views(db, services, actor, tuple(stored.values()))}
    told = store.recipients_of(db, stored.values())
    known = {each.id: each for recipients in told.values() for each in recipients}
    return tuple(
        Letter(
            mail=mail,
            view=shown.get(mail.session_id or 0),
            recipient=known.get(mail.recipient_id or 0),
        )
        for mail in mails
    )


async def accept_reply(services: Services, actor: Actor, mail_id: int) -> Letter:
    """Count the answer of a mail that a person believes, as given now and by their word.

    Raises Forbidden, NotFound `unknown_mail`, Conflict `reply_settled` (decided before), `no_answer`
    (nothing in it can count), and what an answer is refused for.
    """
    _permit(services, actor)
    now = services.clock.now()
    await lapse(services, now)

    def change(db: Connection) -> Letter:
        mail = _known(db, mail_id)
        stored = None if mail.session_id is None else store.session_by_id(db, mail.session_id)
        if stored is None or mail.recipient_id is None or mail.answer is None:
            detail = message(
                "No answer of mail %(id)s can count: set the answer on the session's page.", id=mail_id
            )
            raise Conflict("no_answer", detail)
        held = hold_found(db, stored)
        given = Given(answer=Answer(mail.answer), words=mail.words, via=Via.MAIL, at=now)
        use = Use(db, services, actor, now)
        give(use, held, keys_of(held.stored, mail.recipient_id), given)
        return _settled(use, mail, LetterState.ACCEPTED)

    return await services.database.write(change)


async def dismiss_reply(services: Services, actor: Actor, mail_id: int) -> Letter:
    """Lay a mail aside: it changes nothing. Raises as `accept_reply` does."""
    _permit(services, actor)
    now = services.clock.now()

    def change(db: Connection) -> Letter:
        return _settled(Use(db, services, actor, now), _known(db, mail_id), LetterState.DISMISSED)

    return await services.database.write(change)


def _known(db: Connection, mail_id: int) -> InboundMail:
    mail = letterbox.one(db, mail_id)
    if mail is None:
        raise _unknown(mail_id)
    return mail


def _unknown(mail_id: int) -> NotFound:
    return NotFound("unknown_mail", message("There is no mail %(id)s.", id=mail_id))


def _settled(use: Use, mail: InboundMail, state: LetterState) -> Letter:
    if not letterbox.settle(use.db, mail.id, state=state, by=use.actor.name, now=use.now):
        detail = message("Somebody has decided about mail %(id)s already.", id=mail.id)
        raise Conflict("reply_settled", detail)
    return _letter(use.db, use.services, use.actor, letterbox.one(use.db, mail.id) or mail)


def _permit(services: Services, actor: Actor) -> None:
    if not services.may(actor, Action.TAKE_REPLIES):
        raise Forbidden("not_permitted", message("Mails that wait for a person are for coordinators."))
