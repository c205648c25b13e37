"""The pages on which an act is confirmed: what it is, what follows from it, and the words it needs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jicanet.core.text import Message, message
from jicanet.scheduler.domain.day import SessionMoment
from jicanet.scheduler.domain.outline import TEXT_LENGTH
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.render.parts import part_names
from jicanet.scheduler.render.reader import Reader
from jicanet.web import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPage:
    """One act before it is done. `label` names the field of words, "" for an act without any."""

    title: str
    lines: tuple[str, ...]
    button: str
    back: str
    label: str = ""
    hint: str = ""
    is_danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    title: Message
    button: Message
    lines: tuple[Message, ...] = ()
    label: Message | None = None
    is_danger: bool = False


_READ_BY_ALL = message("Reason, which everybody reads")
_FOR_THE_RECORD = message("Reason, for the record")


def act_page(name: str, moment: SessionMoment, reader: Reader, *, by: str) -> ActPage:
    """Return the page of an act: cancel, refuse, restore or message. `by` is the address of who does it."""
    asker = moment.requester
    said = _SAID[name](replace(moment, requester=None) if asker and asker.email == by else moment)
    limit = message("At most %(longest)s characters.", longest=f"{TEXT_LENGTH:,}")
    return ActPage(
        title=said.title.to(reader.translate),
        lines=tuple(line.to(reader.translate) for line in said.lines),
        button=said.button.to(reader.translate),
        back=message("Back to the session").to(reader.translate),
        label=said.label.to(reader.translate) if said.label else "",
        hint=limit.to(reader.translate) if said.label else "",
        is_danger=said.is_danger,
    )


def addresses(view: SessionView) -> int:
    """Return how many addresses take part: two stations of one mailbox get one mail."""
    return len({part.recipient_id for part in view.stored.parts if part.live})


def _told(view: SessionView, one: Message, many: Message) -> Message:
    count = addresses(view)
    return one if count == 1 else Message(many.msgid, {"count": count})


def _cancel(moment: SessionMoment) -> _Said:
    status = moment.view.session.status
    if status is Status.HOLD:
        title = message("Release the hold")
        free = message("Rooms and ports become free at once. Nobody was told of it, so nobody gets a mail.")
        return _Said(title=title, button=title, lines=(free,), label=_FOR_THE_RECORD, is_danger=True)
    if status is Status.REQUESTED:
        title = message("Withdraw the request")
        nobody = message("Nobody was invited, so nobody gets a mail.")
        return _Said(title=title, button=title, lines=(nobody,), label=_FOR_THE_RECORD, is_danger=True)
    told = _told(
        moment.view,
        message("1 address gets a mail that takes the session out of its calendar."),
        message("%(count)s addresses get a mail that takes the session out of their calendars."),
    )
    back = message("It can be restored until its start, if rooms and ports are still free then.")
    title = message("Cancel session")
    return _Said(title=title, button=title, lines=(told, back), label=_READ_BY_ALL, is_danger=True)


def _refuse(moment: SessionMoment) -> _Said:
    told = message("Nobody else asked for it, so nobody gets a mail.")
    if moment.requester:
        told = message("%(who)s gets your words by mail.", who=_requester(moment))
    title = message("Refuse the request")
    return _Said(title=title, button=title, lines=(told,), label=message("Why it cannot be"), is_danger=True)


def _requester(moment: SessionMoment) -> str:
    return (moment.requester.name or moment.requester.email) if moment.requester else ""


def _restore(moment: SessionMoment) -> _Said:
    title = message("Restore the session")
    if not moment.view.session.confirmed_once:
        asked = message("It was never confirmed, so it becomes a request again.")
        told = (message("%(who)s is told by mail.", who=_requester(moment)),) if moment.requester else ()
        return _Said(title=title, button=title, lines=(asked, *told))
    asked = message("Everybody is invited and asked anew. Who declined stays out.")
    return _Said(title=title, button=title, lines=(asked,))


def _message(moment: SessionMoment) -> _Said:
    told = _told(
        moment.view,
        message("1 address gets your words, in a mail that shows no other."),
        message("%(count)s addresses get your words, each in a mail that shows no other."),
    )
    return _Said(
        title=message("Message to all"),
        button=message("Send to all"),
        lines=(told,),
        label=message("Your words"),
    )


_SAID: Mapping[str, Callable[[SessionMoment], _Said]] = {
    "cancel": _cancel,
    "refuse": _refuse,
    "restore": _restore,
    "message": _message,
}


def remove_page(place: str, *, told: int, reader: Reader) -> ActPage:
    """Return the page that takes a part off the list; `told` is how many mails that takes."""
    title = message("Remove %(place)s", place=place)
    lines = message("It leaves the list; what it answered stays in the history.")
    return ActPage(
        title=title.to(reader.translate),
        lines=(lines.to(reader.translate), mails_text(told).to(reader.translate)),
        button=(message("Remove and tell the others") if told else message("Remove")).to(reader.translate),
        back=message("Back to the session").to(reader.translate),
        is_danger=True,
    )


def add_page(status: Status, reader: Reader, *, told: int) -> ActPage:
    """Return the page that adds a station to a session of that status; `told` is how many mails that takes."""
    lines = message("It is invited as receiving and optional, in its own time; the other sites are told.")
    if status is Status.HOLD:
        lines = message("It is added as receiving and optional. Nobody is told of a hold.")
    elif status is Status.REQUESTED:
        lines = message("It is added as receiving and optional. Nobody is invited before it is approved.")
    button = message("Add the station")
    if told:
        one, many = message("Add and send 1 mail"), message("Add and send %(count)s mails", count=told)
        button = one if told == 1 else many
    return ActPage(
        title=message("Add a station").to(reader.translate),
        lines=(lines.to(reader.translate), *([mails_text(told).to(reader.translate)] if told else [])),
        button=button.to(reader.translate),
        back=message("Back to the session").to(reader.translate),
    )


def told_lines(
    notices: Iterable[Mapping[str, Any]], view: SessionView, reader: Reader
) -> tuple[tuple[str, str], ...]:
    """Return who gets each mail of a judgement, and its subject."""
    names = part_names(view, reader)
    return tuple(
        (words.listed((names.get(key, key) for key in notice["recipient"]), reader.lang), notice["subject"])
        for notice in notices
    )


def mails_text(count: int) -> Message:
    """Return how many mails an act sends."""
    if not count:
        return message("No mail is sent for it.")
    return message("1 mail is sent:") if count == 1 else message("%(count)s mails are sent:", count=count)
