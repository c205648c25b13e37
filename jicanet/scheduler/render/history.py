"""The ledger as its page tells it: acts and answers in words, mails of one moment in one line (ui.md, Ledger)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from jicanet.core.text import Message, message
from jicanet.mail.model import LetterState, MailState
from jicanet.scheduler.domain.ledger import LedgerLine
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.domain.words import Answer, Via
from jicanet.scheduler.render.differences import differences
from jicanet.scheduler.render.parts import ANSWERS, part_names
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.seats import when_text
from jicanet.web import words

SHOWN = 12
_MOST_NAMED = 2

ACTIONS: Mapping[str, Message] = {
    "session-booked": message("Booked"),
    "session-held": message("Put on hold"),
    "session-requested": message("Asked for"),
    "session-changed": message("Changed"),
    "session-confirmed": message("Approved"),
    "session-acknowledged": message("Noted"),
    "session-refused": message("Refused"),
    "session-cancelled": message("Cancelled"),
    "session-restored": message("Restored"),
    "session-message": message("Message to all"),
    "session-hold-expired": message("Hold expired"),
    "session-lapsed": message("Request lapsed"),
    "session-mailbox-changed": message("Mailbox changed"),
    "material-added": message("Material added"),
    "material-removed": message("Material removed"),
}
PLAIN_MAILS: Mapping[str, Message] = {
    "message": message("Message to all, mail"),
    "declined": message("Word of a decline"),
    "approved": message("Word of approval"),
    "refused": message("Word of refusal"),
    "reopened": message("Word that the request is open again"),
}
FIELDS: Mapping[str, Message] = {
    "title": message("title"),
    "host": message("host"),
    "stations": message("stations"),
    "start": message("start"),
    "minutes": message("length"),
    "setup_minutes": message("set-up"),
    "teardown_minutes": message("clearing up"),
    "materials": message("materials"),
    "join": message("joining details"),
    "people": message("people"),
    "guest_sites": message("guest sites"),
    "hold_until": message("end of the hold"),
    "quorum": message("quorum"),
    "visibility": message("who may see it"),
    "programme": message("programme"),
}
_OTHER_FIELDS = message("other details")
_VIA: Mapping[Via, Message] = {
    Via.API: message("%(answer)s by a program"),
    Via.PAGE: message("%(answer)s on a page"),
    Via.LINK: message("%(answer)s by the link in the mail"),
    Via.MAIL: message("%(answer)s by mail"),
}
_LETTERS: Mapping[LetterState, Message] = {
    LetterState.COUNTED: message("Counted"),
    LetterState.UNVERIFIED: message("Waits for a person"),
    LetterState.UNREAD: message("Waits for a person"),
    LetterState.OLDER: message("Passed over: a later one stands"),
    LetterState.ACCEPTED: message("Accepted by %(who)s"),
    LetterState.DISMISSED: message("Laid aside by %(who)s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line: `failures` are names with the words of their mail servers, `said` is in people's own words.

    `changes` are what became different, old and new.
    """

    when: str
    what: str
    who: str
    result: str
    said: str = ""
    is_bad: bool = False
    failures: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()


def history(
    lines: Sequence[LedgerLine], view: SessionView, reader: Reader, *, people: Mapping[str, str]
) -> tuple[HistoryLine, ...]:
    """Return the ledger in words, newest first; `people` names users by what the audit trail keeps."""
    names = part_names(view, reader)
    found: list[HistoryLine] = []
    for _, group in groupby(lines, key=_moment):
        together = tuple(group)
        if together[0].kind == "mail":
            found.append(_mails(together, names, reader))
        elif together[0].kind == "answer":
            found.append(_answer(together[0], names, reader, people))
        elif together[0].kind == "reply":
            found.append(_reply(together[0], names, reader, people))
        else:
            found.append(_act(together[0], view, reader, people))
    return tuple(found)


def _moment(line: LedgerLine) -> tuple[object, ...]:
    """Return what lines told together share; every other line is alone."""
    if line.kind == "mail":
        return (line.at, line.what, line.sequence)
    return (id(line),)


def _mails(lines: Sequence[LedgerLine], names: Mapping[str, str], reader: Reader) -> HistoryLine:
    first = lines[0]
    what = PLAIN_MAILS.get(first.what, Message(first.what)).to(reader.translate)
    if first.sequence is not None:
        what = f"{first.what}, n\N{NO-BREAK SPACE}{first.sequence}"
    states = Counter(line.result for line in lines)
    told = [message("%(sent)s of %(all)s delivered", sent=states[MailState.SENT], all=len(lines))]
    if states[MailState.OWED]:
        told.append(message("%(count)s on the way", count=states[MailState.OWED]))
    if states[MailState.FAILED]:
        told.append(message("%(count)s failed", count=states[MailState.FAILED]))
    between = "、" if reader.lang == "ja" else ", "
    return HistoryLine(
        when=when_text(first.at, reader),
        what=what,
        who=_whom(lines, names, reader),
        result=between.join(each.to(reader.translate) for each in told),
        is_bad=bool(states[MailState.FAILED]),
        failures=tuple(
            (_whom([line], names, reader), line.words)
            for line in reversed(lines)
            if line.words and line.result != MailState.SENT
        ),
    )


def _whom(lines: Sequence[LedgerLine], names: Mapping[str, str], reader: Reader) -> str:
    who = _addressed(lines, names, reader)
    if len(lines) > 1 or "former_mailbox" not in (lines[0].detail or {}):
        return who
    return message("%(who)s, former mailbox", who=who).to(reader.translate)


def _addressed(lines: Sequence[LedgerLine], names: Mapping[str, str], reader: Reader) -> str:
    keys = [key for line in reversed(lines) for key in line.parts]
    if all(key not in names for key in keys):
        return _TO.get(keys[0] if keys else "", message("whoever asked")).to(reader.translate)
    known = [key for key in keys if key in names]
    if len(known) <= _MOST_NAMED:
        return words.listed((names[key] for key in known), reader.lang)
    people = sum(key.startswith("person/") for key in known)
    told = []
    if sites := len(known) - people:
        told.append(message("1 site") if sites == 1 else message("%(count)s sites", count=sites))
    if people:
        told.append(message("1 person") if people == 1 else message("%(count)s people", count=people))
    between = "、" if reader.lang == "ja" else ", "
    return between.join(each.to(reader.translate) for each in told)


_TO: Mapping[str, Message] = {"host": message("Host"), "coordinator": message("Coordinator")}


def _answer(
    line: LedgerLine, names: Mapping[str, str], reader: Reader, people: Mapping[str, str]
) -> HistoryLine:
    answer = Answer(line.what)
    if answer is Answer.NEEDS_ACTION:
        what = message("Asked again")
    else:
        what = Message(_VIA[Via(line.result)].msgid, {"answer": ANSWERS[answer]})
    is_own = line.who.startswith("recipient/")
    return HistoryLine(
        when=when_text(line.at, reader),
        what=what.to(reader.translate),
        who=words.listed((names.get(key, key) for key in line.parts), reader.lang),
        result="" if is_own else message("by %(who)s", who=_name(line.who, people)).to(reader.translate),
        said=line.words,
        is_bad=answer is Answer.DECLINED,
    )


def _reply(
    line: LedgerLine, names: Mapping[str, str], reader: Reader, people: Mapping[str, str]
) -> HistoryLine:
    state = _LETTERS[LetterState(line.result)]
    waits = LetterState(line.result) in {LetterState.UNVERIFIED, LetterState.UNREAD}
    answer = ANSWERS[Answer(line.what)] if line.what in set(Answer) else message("no answer in it")
    return HistoryLine(
        when=when_text(line.at, reader),
        what=message("Mail came in: %(answer)s", answer=answer).to(reader.translate),
        who=words.listed((names.get(key, key) for key in line.parts), reader.lang),
        result=Message(state.msgid, {"who": _name(line.who, people)}).to(reader.translate),
        said=line.words,
        is_bad=waits,
    )


def _act(line: LedgerLine, view: SessionView, reader: Reader, people: Mapping[str, str]) -> HistoryLine:
    what = ACTIONS.get(line.what, Message(line.what)).to(reader.translate)
    detail = line.detail or {}
    told = differences(detail.get("changes", {}), view, reader)
    # What has no old and new to show is named: joining details, and what older entries did not keep.
    if fields := [name for name in detail.get("fields", ()) if name not in {each.field for each in told}]:
        known = dict.fromkeys(FIELDS.get(name, _OTHER_FIELDS).to(reader.translate) for name in fields)
        colon = "：" if reader.lang == "ja" else ": "
        what += colon + words.listed(known, reader.lang)
    notices = int(detail.get("notices", 0))
    who = _name(line.who, people)
    return HistoryLine(
        when=when_text(line.at, reader),
        what=what,
        who=message("by itself").to(reader.translate) if who == "jicanet" else who,
        result=_owed(notices).to(reader.translate) if "notices" in detail else "",
        said=line.words,
        changes=tuple(each.text for each in told),
    )


def _owed(notices: int) -> Message:
    if not notices:
        return message("no mail")
    return message("1 mail") if notices == 1 else message("%(count)s mails", count=notices)


def _name(who: str, people: Mapping[str, str]) -> str:
    return people.get(who, who)
