"""Mails that came in, for the person who judges them: who wrote, what they seem to say, why it did not count."""

from dataclasses import dataclass

from jicanet.core.text import Message, message
from jicanet.mail import reasons
from jicanet.mail.model import InboundMail, LetterState
from jicanet.scheduler.domain.letters import SENTENCES
from jicanet.scheduler.domain.record import RecipientRecord, SessionView
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.render.box import Box
from jicanet.scheduler.render.parts import ANSWERS, part_names
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.seats import when_text
from jicanet.settings import Settings
from jicanet.web import words

STATES = {
    LetterState.COUNTED: message("Counted by itself"),
    LetterState.OLDER: message("Passed over: a later one stands"),
    LetterState.ACCEPTED: message("Accepted by %(who)s"),
    LetterState.DISMISSED: message("Laid aside by %(who)s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One mail. `answer` is "" where none could be read, `whose` the parts it was found to be for.

    `state` is "" while it waits; `can_count` says that a person can take its answer,
    `is_cut` that only the beginning of the mail was kept.
    """

    id: int
    when: str
    sender: str
    subject: str
    answer: str
    whose: str
    said: str
    why: str
    ref: str
    title: str
    starts: str
    state: str
    can_count: bool
    is_cut: bool


def letter_row(
    mail: InboundMail,
    view: SessionView | None,
    recipient: RecipientRecord | None,
    reader: Reader,
    *,
    settings: Settings,
) -> LetterRow:
    """Return one mail in the reader's words."""
    waits = mail.state in {LetterState.UNVERIFIED, LetterState.UNREAD}
    state = STATES.get(mail.state)
    return LetterRow(
        id=mail.id,
        when=when_text(mail.received_at, reader),
        sender=mail.from_address,
        subject=mail.subject,
        answer=mail.answer or "",
        whose=whose(view, recipient, reader),
        said=mail.words,
        why=_why(mail, settings).to(reader.translate) if mail.reason else "",
        ref=view.session.ref if view else "",
        title=view.session.title if view else "",
        starts=when_text(view.session.starts_at, reader) if view else "",
        state=Message(state.msgid, {"who": mail.settled_by or ""}).to(reader.translate) if state else "",
        can_count=waits and mail.answer is not None and recipient is not None,
        is_cut=mail.is_cut,
    )


def _why(mail: InboundMail, settings: Settings) -> Message:
    return SENTENCES.get(mail.reason) or reasons.sentence(mail.reason, settings)


def whose(view: SessionView | None, recipient: RecipientRecord | None, reader: Reader) -> str:
    """Return the parts of a recipient by name; never the address, which a forwarded mail may not show."""
    if view is None or recipient is None:
        return ""
    names = part_names(view, reader)
    return words.listed((names.get(key, key) for key in recipient.parts), reader.lang)


def settled_box(mail: InboundMail, names: str, reader: Reader) -> Box | None:
    """Return what a person has just decided about a mail, None while it waits."""
    if mail.state is LetterState.ACCEPTED and mail.answer is not None:
        counted = message(
            "Stored: %(places)s, %(answer)s.", places=names, answer=ANSWERS[Answer(mail.answer)]
        )
        return Box(kind="done", title=counted.to(reader.translate))
    if mail.state is LetterState.DISMISSED:
        aside = message("Laid aside. It changed nothing.")
        return Box(kind="done", title=aside.to(reader.translate))
    return None
