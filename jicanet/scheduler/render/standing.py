"""How a session stands: its one box with the ways out, and the acts of its head (ui.md, Session)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from jicanet.core.errors import Outdated, Refusal
from jicanet.core.text import Message, message
from jicanet.mail.model import MailState
from jicanet.scheduler.domain.day import SessionMoment
from jicanet.scheduler.domain.ledger import LedgerLine
from jicanet.scheduler.domain.record import Reason, SessionView
from jicanet.scheduler.domain.words import Answer, Ending, ReasonCode, Status
from jicanet.scheduler.render.box import Box, Way
from jicanet.scheduler.render.parts import Part, handle_of, part_names
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.seats import at_text
from jicanet.web import words

_MOST_WAYS = 3

_ENDINGS: Mapping[Ending, Message] = {
    Ending.CANCELLED: message("This session is cancelled."),
    Ending.REFUSED: message("This request was refused."),
    Ending.HOLD_EXPIRED: message("The hold has expired."),
    Ending.LAPSED: message("Nobody approved this request before its start."),
}


def standing(moment: SessionMoment, reader: Reader) -> Box | None:
    """Return what must be said of a session above everything else, None where all is well."""
    view, session = moment.view, moment.view.session
    by_status = {Status.CANCELLED: _ended, Status.REQUESTED: _asked_for, Status.HOLD: _held}
    if session.status in by_status:
        return by_status[session.status](moment, reader)
    if session.ends_at <= reader.now or not view.shows_details:
        return None
    if any(not reason.acknowledged for reason in session.reasons):
        return _needs_attention(moment, reader)
    declined = [part for part in view.parts() if part.withdrawn]
    if declined and moment.powers.manages and session.starts_at > reader.now:
        return _stands(declined, moment, reader)
    return _undelivered(moment, reader)


def _path(view: SessionView) -> str:
    return f"/sessions/{view.session.ref}"


def _said(reader: Reader, *sentences: Message) -> tuple[str, ...]:
    return tuple(sentence.to(reader.translate) for sentence in sentences)


def _ended(moment: SessionMoment, reader: Reader) -> Box:
    session = moment.view.session
    lines = []
    if session.ending_words and moment.view.shows_details:
        lines.append(message("Reason: %(words)s", words=session.ending_words))
    if session.ended_at is not None:
        lines.append(message("Since: %(when)s", when=at_text(session.ended_at, reader)))
    if moment.powers.manages and session.starts_at > reader.now:
        lines.append(message("It can be restored until its start."))
    title = _ENDINGS[session.ending or Ending.CANCELLED]
    return Box(kind="fact", title=title.to(reader.translate), lines=_said(reader, *lines))


def _asked_for(moment: SessionMoment, reader: Reader) -> Box:
    nothing = message("It takes no room and no port, and nobody is invited until it is approved.")
    if moment.powers.manages:
        who = moment.requester.name if moment.requester else ""
        title = message("%(who)s asks for this session.", who=who) if who else message("Asked for.")
        return Box(kind="fact", title=title.to(reader.translate), lines=_said(reader, nothing))
    then = message("You get a mail when a coordinator approves or refuses it.")
    lines = (nothing, then) if moment.powers.changes else (nothing,)
    title = message("This session waits for a coordinator.")
    return Box(kind="fact", title=title.to(reader.translate), lines=_said(reader, *lines))


def _held(moment: SessionMoment, reader: Reader) -> Box:
    session = moment.view.session
    until = session.hold_until or session.starts_at
    if until <= reader.now:
        over = message("The hold ended at %(when)s.", when=at_text(until, reader))
        free = message("Rooms and ports are free again; nobody was told.")
        return Box(kind="warning", title=over.to(reader.translate), lines=_said(reader, free))
    title = message("On hold until %(when)s.", when=at_text(until, reader))
    kept = message(
        "Rooms and ports are kept and nobody is told. Then it ends by itself, unless it is confirmed."
    )
    return Box(kind="fact", title=title.to(reader.translate), lines=_said(reader, kept))


def reason_text(reason: Reason, view: SessionView, names: Mapping[str, str]) -> Message:
    """Return why a session needs attention, as one sentence."""
    place = names.get(reason.site, reason.site)
    if reason.code is ReasonCode.HOST_DECLINED:
        return message("%(place)s, the host, declined.", place=place)
    if reason.code is ReasonCode.REQUIRED_SEAT_LOST:
        return message("%(place)s declined, and its seat is required.", place=place)
    return message(
        "Sites that take part: %(live)s. The quorum is %(quorum)s.",
        live=view.stored.live_sites,
        quorum=view.session.quorum,
    )


def _needs_attention(moment: SessionMoment, reader: Reader) -> Box:
    view, powers = moment.view, moment.powers
    names = part_names(view, reader)
    open_ones = [reason for reason in view.session.reasons if not reason.acknowledged]
    first, *more = [reason_text(reason, view, names) for reason in open_ones]
    as_it_is, told = message("The session stands as it is."), _told(view)
    ways: list[Way] = []
    if powers.manages and view.session.starts_at > reader.now:
        lost = [part for part in view.parts() if part.withdrawn]
        ways = [
            *_removals([part for part in lost if part.key != view.session.host], moment, reader),
            *_other_host(open_ones, view, reader),
            Way(
                text=message("Leave it as it is").to(reader.translate),
                act=f"{_path(view)}/confirm",
                fields=(("revision", str(view.session.revision)),),
            ),
        ]
    return Box(
        kind="refusal",
        title=first.to(reader.translate),
        lines=_said(reader, *more, as_it_is, told),
        ways=tuple(ways),
    )


def _told(view: SessionView) -> Message:
    """Return which sites know of a decline: at most the host, which does not hear of its own."""
    host = next(seat for seat in view.stored.listed if seat.station == view.session.host)
    if host.withdrawn or host.recipient_id is None:
        return message("No other site has been told.")
    return message("Of the sites only the host has been told.")


def _other_host(reasons: list[Reason], view: SessionView, reader: Reader) -> list[Way]:
    if all(reason.code is not ReasonCode.HOST_DECLINED for reason in reasons):
        return []
    return [Way(text=message("Choose another host").to(reader.translate), href=f"{_path(view)}/change")]


def _removals(parts: list[Part], moment: SessionMoment, reader: Reader) -> list[Way]:
    view = moment.view
    names = part_names(view, reader)
    return [
        Way(
            text=message("Remove %(place)s and tell the others", place=names[part.key]).to(reader.translate),
            href=f"{_path(view)}/remove?{urlencode({'part': handle_of(part, view)})}",
        )
        for part in parts[:_MOST_WAYS]
    ]


def _stands(declined: list[Part], moment: SessionMoment, reader: Reader) -> Box:
    view, session = moment.view, moment.view.session
    names = part_names(view, reader)
    last = max((part.answered_at or session.created_at for part in declined), default=session.created_at)
    title = message(
        "%(places)s declined, %(when)s.",
        places=words.listed((names[part.key] for part in declined), reader.lang),
        when=at_text(last, reader),
    )
    remain = message("Sites that remain: %(live)s, so the session stands.", live=view.stored.live_sites)
    if session.quorum is not None:
        remain = message(
            "Sites that remain: %(live)s. The quorum is %(quorum)s, so the session stands.",
            live=view.stored.live_sites,
            quorum=session.quorum,
        )
    untold = _told(view)
    ways = _removals([part for part in declined if part.key != session.host], moment, reader)
    if len(declined) == 1:
        fields = (("part", handle_of(declined[0], view)), ("answer", Answer.NEEDS_ACTION.value))
        text = message("Ask %(place)s again", place=names[declined[0].key]).to(reader.translate)
        ways.append(Way(text=text, act=f"{_path(view)}/answer", fields=fields))
    return Box(
        kind="warning",
        title=title.to(reader.translate),
        lines=_said(reader, remain, untold),
        ways=tuple(ways),
    )


def _undelivered(moment: SessionMoment, reader: Reader) -> Box | None:
    """Return whom the newest mail did not reach: somebody has to call them."""
    names = part_names(moment.view, reader)
    newest: dict[str, LedgerLine] = {}
    for line in moment.ledger:
        is_former = "former_mailbox" in (line.detail or {})
        if line.kind == "mail" and line.sequence is not None and not is_former:
            for key in line.parts:
                newest.setdefault(key, line)
    listed = {part.key for part in moment.view.parts()}
    lost = [key for key, line in newest.items() if line.result == MailState.FAILED and key in listed]
    if not lost:
        return None
    places = words.listed((names[key] for key in lost[:_MOST_WAYS]), reader.lang)
    title = message("The last mail to %(places)s could not be delivered.", places=places)
    if len(lost) > _MOST_WAYS:
        title = message(
            "The last mails to %(count)s of those who take part could not be delivered.", count=len(lost)
        )
    how = message("What their servers said stands below. Call, or correct the address.")
    return Box(kind="warning", title=title.to(reader.translate), lines=_said(reader, how))


def ways_on(moment: SessionMoment, refusal: Refusal, reader: Reader, *, can_change: bool) -> tuple[Way, ...]:
    """Return the ways past a refusal: to lower a quorum, and for a request to change it or refuse it."""
    session, powers, path = moment.view.session, moment.powers, _path(moment.view)
    if isinstance(refusal, Outdated) or not powers.changes or session.starts_at <= reader.now:
        return ()
    found: list[tuple[Message, str, bool]] = []
    if can_change and any(error.code == "quorum_out_of_range" for error in refusal.errors):
        found.append((message("Lower the quorum first"), f"{path}/change", False))
    elif can_change and session.status is Status.REQUESTED:
        found.append((message("Change"), f"{path}/change", False))
    if powers.manages and session.status is Status.REQUESTED:
        found.append((message("Refuse"), f"{path}/refuse", True))
    return tuple(
        Way(text=text.to(reader.translate), href=href, is_danger=danger) for text, href, danger in found
    )


def head_ways(moment: SessionMoment, reader: Reader, *, can_change: bool) -> tuple[Way, ...]:
    """Return the acts of the head, the likeliest first. `can_change`: there is a page to change it on."""
    view, session, powers = moment.view, moment.view.session, moment.powers
    begun, over = session.starts_at <= reader.now, session.ends_at <= reader.now
    path = _path(view)
    found: list[tuple[Message, str, bool]] = []
    change = [(message("Change"), f"{path}/change", False)] if can_change and powers.changes else []
    if session.status.invites and powers.manages:
        if not over:
            found.append((message("Message all"), f"{path}/message", False))
        if not begun:
            found += [*change, (message("Cancel session"), f"{path}/cancel", True)]
    elif session.status is Status.CANCELLED and powers.manages and not begun:
        found.append((message("Restore"), f"{path}/restore", False))
    elif session.status is Status.HOLD and powers.manages and not begun:
        found += [*change, (message("Release the hold"), f"{path}/cancel", True)]
    elif session.status is Status.REQUESTED and powers.changes and not begun:
        found += change
        if powers.manages:
            found.append((message("Refuse"), f"{path}/refuse", True))
        else:
            found.append((message("Withdraw the request"), f"{path}/cancel", True))
    links = tuple(
        Way(text=text.to(reader.translate), href=href, is_danger=danger) for text, href, danger in found
    )
    return (*_approval(moment, reader), *_own_answers(moment, reader), *links)


def _own_answers(moment: SessionMoment, reader: Reader) -> tuple[Way, ...]:
    """Return the way to answer for each of the viewer's own stations that has not: what they came for."""
    view, session = moment.view, moment.view.session
    if moment.powers.manages or not session.status.occupies or session.starts_at <= reader.now:
        return ()
    names = part_names(view, reader)
    return tuple(
        Way(
            text=message("Answer for %(who)s", who=names[seat.key]).to(reader.translate),
            href=f"{_path(view)}/answer?{urlencode({'part': seat.station})}",
        )
        for seat in view.host_first()
        if seat.station in moment.powers.answers and seat.answer is Answer.NEEDS_ACTION
    )[:_MOST_WAYS]


def takes_part(moment: SessionMoment, reader: Reader, email: str | None) -> bool:
    """Say whether whoever has that address is asked as a guest or a person: only their mail has the way."""
    session = moment.view.session
    if not session.status.invites or session.starts_at <= reader.now:
        return False
    return any(part.email == email for part in moment.view.stored.listed_others)


def _approval(moment: SessionMoment, reader: Reader) -> tuple[Way, ...]:
    session = moment.view.session
    undecided = {
        Status.REQUESTED: message("Approve and invite"),
        Status.HOLD: message("Confirm and invite"),
    }
    if session.status not in undecided or not moment.powers.manages or session.starts_at <= reader.now:
        return ()
    return (
        Way(
            text=undecided[session.status].to(reader.translate),
            act=f"{_path(moment.view)}/confirm",
            fields=(("revision", str(session.revision)),),
        ),
    )
