"""The life of a session: what each act makes of it, and what every change comes to.

Each act takes a session and gives the session as it would be; `settle` then derives its answers,
reasons, status and mails. Nothing here knows the clock or a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jicanet.core.errors import Conflict
from jicanet.core.text import fold, message
from jicanet.scheduler.domain.notices import Notice, Part, Roll, next_dtstamp, renews_answers, who_is_told
from jicanet.scheduler.domain.reasons import reasons_of
from jicanet.scheduler.domain.record import UNANSWERED, RecipientRecord, SessionRecord, StoredSession
from jicanet.scheduler.domain.words import Ending, PartKind, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Who speaks for a station: its mailbox, "" if none is known, and what it reads, best first."""

    address: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A change that stands: the session at its next revision, and the mails that it owes."""

    before: StoredSession | None
    after: StoredSession
    notices: tuple[Notice, ...]


def settle(
    before: StoredSession | None,
    wanted: StoredSession,
    *,
    mailboxes: Mapping[str, Mailbox],
    recipients: Sequence[RecipientRecord],
    now: datetime,
) -> Settled:
    """Return what a change comes to (domain.md, Who is told what).

    `mailboxes` are those of now, by station; `recipients` everybody who was ever told. Answers of live
    parts are reset where the question has become another; the counter rises at most once.
    """
    then = roll(before, _as_told(before, mailboxes, recipients)) if before else None
    if then is not None and renews_answers(then, roll(wanted, mailboxes)):
        wanted = _asked_again(wanted)
    wanted = with_reasons(wanted)
    dtstamp = next_dtstamp(now, before.session.dtstamp if before else None)
    told = who_is_told(
        then,
        roll(wanted, mailboxes),
        last={recipient.address: recipient for recipient in recipients},
        counter=wanted.session.counter,
        dtstamp=dtstamp,
    )
    session = replace(
        wanted.session,
        counter=told.counter,
        dtstamp=dtstamp,
        changed_at=dtstamp,
        ports=wanted.ports,
        revision=wanted.session.revision + 1,
        confirmed_once=wanted.session.confirmed_once or wanted.session.status.invites,
    )
    return Settled(before=before, after=replace(wanted, session=session), notices=told.notices)


def _as_told(
    before: StoredSession, mailboxes: Mapping[str, Mailbox], recipients: Sequence[RecipientRecord]
) -> Mapping[str, Mailbox]:
    """Return the mailboxes that were told of a session's seats, "" where none was."""
    addresses = {recipient.id: recipient.address for recipient in recipients}
    told = {
        seat.station: replace(
            mailboxes[seat.station],
            address="" if seat.recipient_id is None else addresses.get(seat.recipient_id, ""),
        )
        for seat in before.listed
    }
    return {**mailboxes, **told}


def with_reasons(wanted: StoredSession) -> StoredSession:
    """Return a session with the reasons that hold now, and the status that follows from them."""
    session = wanted.session
    if not session.status.invites:
        return replace(wanted, session=replace(session, reasons=()))
    reasons = reasons_of(wanted, known=session.reasons)
    open_ones = any(not reason.acknowledged for reason in reasons)
    status = Status.NEEDS_ATTENTION if open_ones else Status.CONFIRMED
    return replace(wanted, session=replace(session, reasons=reasons, status=status))


def _asked_again(wanted: StoredSession) -> StoredSession:
    def reset(part: Any) -> Any:
        return replace(part, **UNANSWERED) if part.live else part

    return wanted.with_parts(reset)


def roll(stored: StoredSession, mailboxes: Mapping[str, Mailbox]) -> Roll:
    """Return a session as far as telling is concerned."""
    session = stored.session
    return Roll(
        invites=session.status.invites,
        is_cancelled=session.status is Status.CANCELLED,
        starts_at=session.starts_at,
        minutes=session.minutes,
        host=session.host,
        join=session.join,
        title=session.title,
        setup_minutes=session.setup_minutes,
        teardown_minutes=session.teardown_minutes,
        parts=(*_seats(stored, mailboxes), *_guests(stored), *_people(stored)),
    )


def _seats(stored: StoredSession, mailboxes: Mapping[str, Mailbox]) -> tuple[Part, ...]:
    return tuple(
        Part(
            kind=PartKind.STATION,
            key=seat.key,
            address=fold(mailboxes[seat.station].address),
            languages=mailboxes[seat.station].languages,
            role=seat.role.value,
            required=seat.required,
            answer=seat.answer,
            live=seat.live,
        )
        for seat in stored.listed
    )


def _guests(stored: StoredSession) -> tuple[Part, ...]:
    return tuple(
        Part(
            kind=PartKind.GUEST,
            key=guest.key,
            address=guest.email,
            languages=(guest.language,),
            role=guest.role.value,
            required=guest.required,
            answer=guest.answer,
            live=guest.live,
        )
        for guest in stored.listed_guests
    )


def _people(stored: StoredSession) -> tuple[Part, ...]:
    return tuple(
        Part(
            kind=PartKind.PERSON,
            key=person.key,
            address=person.email,
            languages=(person.language,),
            role=person.role.value,
            required=True,
            answer=person.answer,
            live=person.live,
        )
        for person in stored.listed_people
    )


def confirmed(stored: StoredSession, *, coordinator_id: int | None) -> StoredSession:
    """Return a request or hold that is approved, or a session whose reasons are acknowledged.

    `coordinator_id` is who approves: theirs is the session unless it has a coordinator. Raises
    Conflict `wrong_status` for one that is cancelled. A confirmed one is returned as it is.
    """
    session = stored.session
    if session.status is Status.CANCELLED:
        raise wrong_status(session)
    if session.status is Status.NEEDS_ATTENTION:
        reasons = tuple(replace(reason, acknowledged=True) for reason in session.reasons)
        return replace(stored, session=replace(session, reasons=reasons))
    if session.status is Status.CONFIRMED:
        return stored
    known = session.coordinator_id if session.coordinator_id is not None else coordinator_id
    return replace(
        stored,
        session=replace(session, status=Status.CONFIRMED, hold_until=None, coordinator_id=known),
    )


def ended(stored: StoredSession, ending: Ending, words: str, *, now: datetime) -> StoredSession:
    """Return a session that is cancelled, refused, expired or lapsed; one that is cancelled as it is.

    Raises Conflict `wrong_status` where something that is no request shall be refused.
    """
    session = stored.session
    if session.status is Status.CANCELLED and ending is session.ending:
        return stored
    if session.status is Status.CANCELLED or (
        ending is Ending.REFUSED and session.status is not Status.REQUESTED
    ):
        raise wrong_status(session)
    cancelled = replace(
        session,
        status=Status.CANCELLED,
        hold_until=None,
        ending=ending,
        ending_words=words,
        ended_at=now,
    )
    return replace(stored, session=cancelled)


def due(session: SessionRecord, now: datetime) -> Ending | None:
    """Return how a session ends by itself by now: a hold at its minute, a request at its start; else None."""
    if session.status is Status.HOLD and session.hold_until is not None and session.hold_until <= now:
        return Ending.HOLD_EXPIRED
    return Ending.LAPSED if session.status is Status.REQUESTED and session.starts_at <= now else None


def restored(stored: StoredSession) -> StoredSession:
    """Return a cancelled session brought back: as confirmed if it ever was, else as a request.

    Parts that withdrew stay so. Raises Conflict `wrong_status` for one that is not cancelled.
    """
    session = stored.session
    if session.status is not Status.CANCELLED:
        raise wrong_status(session)
    status = Status.CONFIRMED if session.confirmed_once else Status.REQUESTED
    back = replace(session, status=status, ending=None, ending_words="", ended_at=None)
    return replace(stored, session=back)


def check_not_over(stored: StoredSession, now: datetime) -> None:
    """Raise Conflict `already_started` for a session that has begun: then only its materials change."""
    if stored.session.starts_at <= now:
        detail = message(
            "%(ref)s has begun or is over, so it stays as it is. Only its materials can be changed.",
            ref=stored.session.ref,
        )
        raise Conflict("already_started", detail)


_STATES = {
    Status.REQUESTED: message("asked for, not approved"),
    Status.HOLD: message("on hold"),
    Status.CONFIRMED: message("confirmed"),
    Status.NEEDS_ATTENTION: message("in need of attention"),
    Status.CANCELLED: message("cancelled"),
}
_ENDINGS = {
    Ending.REFUSED: message("refused"),
    Ending.HOLD_EXPIRED: message("cancelled, because its hold has expired"),
    Ending.LAPSED: message("cancelled, because nobody approved it before its start"),
}


def wrong_status(session: SessionRecord) -> Conflict:
    """Return the refusal of what the session's status does not allow."""
    ended_as = _ENDINGS.get(session.ending) if session.ending else None
    detail = message(
        "%(ref)s is %(state)s, so this cannot be done. Nothing was changed.",
        ref=session.ref,
        state=ended_as or _STATES[session.status],
    )
    return Conflict("wrong_status", detail)
