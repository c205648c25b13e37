"""Invitations and their ends as letters: the mails that carry a calendar part."""

from dataclasses import replace
from datetime import datetime

from jicanet.invitations.domain.facts import InvitationFacts, Recipient
from jicanet.invitations.render.calendar import Envelope, cancel_part, passed_on_part, request_part
from jicanet.invitations.render.detail import LEVELS
from jicanet.invitations.render.frame import Desk, Frame
from jicanet.invitations.render.news import subject
from jicanet.invitations.render.page import html_page
from jicanet.invitations.render.text import plain_text
from jicanet.invitations.render.view import View, cancel_view, request_view
from jicanet.mail.message import MOST_BYTES, CalendarPart, Letter, PassedOn, most_bytes
from jicanet.scheduler.render.subject import NEWS

PASSED_ON = "session.ics"


def request_letter(
    facts: InvitationFacts,
    *,
    recipient_id: int,
    sequence: int,
    dtstamp: datetime,
    token: str,
    desk: Desk,
    news: str = "",
    partstat: str = "NEEDS-ACTION",
) -> Letter:
    """Return one recipient's invitation, as full as 30 kB allow.

    `token` makes the address of its answers, `news` says what the recipient is told anew (empty at
    first) and `partstat` which answer is kept. KeyError for an unknown recipient, ValueError for one
    that speaks for nobody.
    """
    envelope = _envelope(facts, recipient_id, sequence, dtstamp, token=token, desk=desk)
    for detail in LEVELS:
        frame = desk.to_recipient(facts, envelope.recipient, detail, token=token)
        if not frame.own and not frame.people:
            msg = f"{facts.ref} has no part of recipient {recipient_id}"
            raise ValueError(msg)
        view = request_view(frame, news=news, partstat=partstat)
        letter = _letter(
            frame,
            view,
            envelope,
            news=news,
            calendar=CalendarPart(
                method="REQUEST", content=request_part(frame, view, envelope, partstat=partstat)
            ),
        )
        if most_bytes(letter) <= MOST_BYTES:
            break
    return letter


def cancel_letter(
    facts: InvitationFacts,
    *,
    recipient_id: int,
    sequence: int,
    dtstamp: datetime,
    token: str,
    desk: Desk,
    news: str,
    whole: bool,
    parts: tuple[str, ...] = (),
) -> Letter:
    """Return the mail that ends one recipient's part; `whole` where the session itself is cancelled.

    `parts` are the keys that the recipient spoke for until now: by its picture, an old mailbox speaks
    for nobody any more.
    """
    envelope = _envelope(facts, recipient_id, sequence, dtstamp, token=token, desk=desk)
    if parts:
        envelope = replace(envelope, recipient=replace(envelope.recipient, parts=parts))
    is_elsewhere = news == "removed" and _is_elsewhere(facts, envelope.recipient)
    for detail in LEVELS:
        frame = desk.to_recipient(facts, envelope.recipient, detail, token=token, is_leaving=not whole)
        # Whoever is taken out was told the time and title of before, and goes on knowing the session by them.
        frame = frame.before() if news == "removed" else frame
        view = cancel_view(frame, news=news, is_elsewhere=is_elsewhere)
        content = cancel_part(frame, view, envelope, whole=whole)
        calendar = CalendarPart(method="CANCEL", content=content)
        letter = _letter(frame, view, envelope, news=news, calendar=calendar)
        if most_bytes(letter) <= MOST_BYTES:
            break
    return letter


def _is_elsewhere(facts: InvitationFacts, recipient: Recipient) -> bool:
    """Say whether everything that an address spoke for goes on under another one: its mailbox changed."""
    left = {part.key for part in facts.former_parts}
    parts = [part for part in facts.parts if part.key in recipient.parts]
    return (
        bool(parts)
        and left.isdisjoint(recipient.parts)
        and all(not part.withdrawn and part.recipient_id not in {None, recipient.id} for part in parts)
    )


def _envelope(
    facts: InvitationFacts, recipient_id: int, sequence: int, dtstamp: datetime, *, token: str, desk: Desk
) -> Envelope:
    return Envelope(
        recipient=facts.recipient(recipient_id),
        organiser=organiser_address(desk, token),
        organiser_name=desk.settings.mail_name,
        sequence=sequence,
        dtstamp=dtstamp,
    )


def organiser_address(desk: Desk, token: str) -> str:
    """Return the address that a recipient's mails come from and its answers go to."""
    return f"sessions+{token}@{desk.settings.mail_domain}"


def _letter(frame: Frame, view: View, envelope: Envelope, *, news: str, calendar: CalendarPart) -> Letter:
    # The session's own file is at its page, for all to see, only where the session is public. For others
    # a file comes along, as far as the mail has room for it: forwarding the mail would forward the answer.
    has_file = frame.detail.has_file and frame.facts.visibility != "public" and calendar.method == "REQUEST"
    return Letter(
        sender=envelope.organiser,
        sender_name=envelope.organiser_name,
        subject=subject(frame, NEWS[news] if news else None),
        text=plain_text(view, frame.tongue),
        html=html_page(view, frame.tongue),
        language=frame.tongue.lang,
        calendar=calendar,
        passed_on=PassedOn(name=PASSED_ON, content=passed_on_part(frame, envelope)) if has_file else None,
    )
