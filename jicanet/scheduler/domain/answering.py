"""What an answer makes of a session, and which mailed answers count (domain.md)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jicanet.core.errors import Conflict
from jicanet.core.text import message
from jicanet.scheduler.domain.life import check_not_over, wrong_status
from jicanet.scheduler.domain.record import RecipientRecord, StoredSession
from jicanet.scheduler.domain.words import Answer, Via

# On a tie of DTSTAMPs declined wins over tentative over accepted: all orders of arrival end alike.
_STRENGTH = {Answer.ACCEPTED: 0, Answer.TENTATIVE: 1, Answer.DECLINED: 2}

# How a recipient answers for itself; the others are of a station's own people and its coordinators.
_OWN_WAYS = frozenset({Via.LINK, Via.MAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer: what was said, in whose words, how it came and when."""

    answer: Answer
    words: str
    via: Via
    at: datetime


def answered(stored: StoredSession, keys: Collection[str], given: Given) -> StoredSession:
    """Return a session in which the parts of these keys have answered; a repeat changes nothing.

    A decline withdraws, accepting or asking again brings back: whether that may stand is for the
    caller to judge. Raises Conflict `wrong_status` (asked for or cancelled), `already_started` and
    `seat_removed` where none of the parts is listed any more.
    """
    session = stored.session
    if not session.status.occupies:
        raise wrong_status(session)
    check_not_over(stored, given.at)
    parts = [part for part in stored.parts if part.key in keys]
    if not parts:
        detail = message("This site or person does not take part in %(ref)s any more.", ref=session.ref)
        raise Conflict("seat_removed", detail)

    def speak(part: Any) -> Any:
        return _spoken(part, given) if part.key in keys and part.listed else part

    return stored.with_parts(speak)


def _spoken(part: Any, given: Given) -> Any:
    withdrawn = given.answer is Answer.DECLINED
    said = (given.answer, withdrawn, given.words or part.words)
    if said == (part.answer, part.withdrawn, part.words):
        return part
    return replace(
        part,
        answer=given.answer,
        withdrawn=withdrawn,
        words=given.words,
        answered_at=given.at,
        answered_via=given.via,
    )


def keys_of(stored: StoredSession, recipient_id: int) -> tuple[str, ...]:
    """Return the parts that a recipient's answer is for.

    Its live ones and those that an answer of its own withdrew, so that the order in which its answers
    arrive decides nothing; a site that its own people withdrew stays out, unless there are no others.
    """
    own = [part for part in stored.parts if part.recipient_id == recipient_id]
    named = [part for part in own if part.live or part.answered_via in _OWN_WAYS]
    return tuple(part.key for part in named or own)


def counts(
    recipient: RecipientRecord, *, answer: Answer, sequence: int, dtstamp: datetime, arrived: datetime
) -> bool:
    """Say whether a mailed REPLY counts (domain.md).

    Its SEQUENCE is at least that of the REQUEST that last reset or renewed the answer, and its
    DTSTAMP, capped at the second of its arrival, is later than the last counted answer's. On a tie the
    stronger wins.
    """
    if sequence < recipient.floor:
        return False
    stamp = min(dtstamp, arrived.replace(microsecond=0))
    last = recipient.answer_stamp
    if last is None or stamp > last:
        return True
    if stamp < last or recipient.answer is None:
        return False
    return _STRENGTH[answer] > _STRENGTH.get(recipient.answer, -1)
