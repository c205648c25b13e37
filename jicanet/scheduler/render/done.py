"""What an act has done, told once after it: by the audit trail, so no address can claim it (ui.md, Copy)."""

from collections.abc import Callable, Mapping

from jicanet.core.text import Message, message
from jicanet.scheduler.domain.day import SessionMoment
from jicanet.scheduler.domain.ledger import LedgerLine
from jicanet.scheduler.domain.words import Answer, Status
from jicanet.scheduler.render.box import Box
from jicanet.scheduler.render.parts import ANSWERS, part_names
from jicanet.scheduler.render.reader import Reader
from jicanet.scheduler.render.seats import at_text
from jicanet.web import words

MESSAGE = "message"
_MESSAGE_ACT = "session-message"


def done_box(moment: SessionMoment, done: str, by: str, reader: Reader) -> Box | None:
    """Return what `by` has just done, None where `done` does not name their own last act.

    `done` is the revision that the act made, or "message".
    """
    acts = [line for line in moment.ledger if line.kind in {"change", "answer"}]
    last = next((line for line in acts if _is(line, done)), None)
    if last is None or last.who != by or (done != MESSAGE and done != str(moment.view.session.revision)):
        return None
    title, lines = _told(last, moment, reader)
    return Box(
        kind="done",
        title=title.to(reader.translate),
        lines=tuple(line.to(reader.translate) for line in lines),
    )


def _is(line: LedgerLine, done: str) -> bool:
    if done == MESSAGE:
        return line.what == _MESSAGE_ACT
    return line.what != _MESSAGE_ACT and str((line.detail or {}).get("revision")) == done


def _told(line: LedgerLine, moment: SessionMoment, reader: Reader) -> tuple[Message, tuple[Message, ...]]:
    notices = int((line.detail or {}).get("notices", 0))
    if line.kind == "answer":
        return _answered(line, moment, reader), ()
    if line.what == "session-refused":
        return _refused(line), ()
    if line.what == "session-restored":
        return _restored(line, moment, notices), ()
    make = _MADE.get(line.what)
    if make is not None:
        return make(moment, notices, reader), ()
    return message("Changed."), (_mails(notices),)


def _answered(line: LedgerLine, moment: SessionMoment, reader: Reader) -> Message:
    names = part_names(moment.view, reader)
    places = words.listed((names.get(key, key) for key in line.parts), reader.lang)
    answer = Answer(line.what)
    if answer is Answer.NEEDS_ACTION:
        return message("%(places)s is asked again.", places=places)
    if answer is Answer.DECLINED:
        return Message(_DECLINED[_written(line) & _RUNNING].msgid, {"places": places})
    return message("Stored: %(places)s, %(answer)s.", places=places, answer=ANSWERS[answer])


def _written(line: LedgerLine) -> frozenset[str]:
    """Return to whom the act owes words without a calendar: "host", "coordinator", "requester"."""
    return frozenset((line.detail or {}).get("written", ()))


_RUNNING = frozenset({"host", "coordinator"})
_DECLINED: Mapping[frozenset[str], Message] = {
    _RUNNING: message("Stored: %(places)s declined. Host and coordinator are told."),
    frozenset({"host"}): message("Stored: %(places)s declined. The host is told."),
    frozenset({"coordinator"}): message("Stored: %(places)s declined. The coordinator is told."),
    frozenset(): message("Stored: %(places)s declined. Nobody else has to be told."),
}


def _mails(count: int) -> Message:
    if not count:
        return message("No mail had to be sent.")
    if count == 1:
        return message("1 mail is on its way.")
    return message("%(count)s mails are on their way.", count=count)


def _invitations(count: int) -> Message:
    if count == 1:
        return message("1 invitation is on its way.")
    return message("%(count)s invitations are on their way.", count=count)


def _booked(_moment: SessionMoment, notices: int, _reader: Reader) -> Message:
    return message("Booked. %(mails)s", mails=_invitations(notices))


def _held(moment: SessionMoment, _notices: int, reader: Reader) -> Message:
    until = moment.view.session.hold_until or moment.view.session.starts_at
    return message("On hold until %(when)s. Nobody is told.", when=at_text(until, reader))


def _asked(_moment: SessionMoment, _notices: int, _reader: Reader) -> Message:
    return message("Asked for. A coordinator decides; nobody is invited yet.")


def _confirmed(_moment: SessionMoment, notices: int, _reader: Reader) -> Message:
    if not notices:
        return message("Noted: the session stands as it is.")
    return message("Approved. %(mails)s", mails=_invitations(notices))


def _refused(line: LedgerLine) -> Message:
    if "requester" in _written(line):
        return message("Refused. Whoever asked gets your words by mail.")
    return message("Refused. No mail had to be sent.")


def _cancelled(_moment: SessionMoment, notices: int, _reader: Reader) -> Message:
    return message("Cancelled. %(mails)s", mails=_mails(notices))


def _restored(line: LedgerLine, moment: SessionMoment, notices: int) -> Message:
    if "requester" in _written(line):
        return message("Restored as a request. Whoever asked gets a mail.")
    if moment.view.session.status is Status.REQUESTED:
        return message("Restored as a request: it was never confirmed.")
    return message("Restored. %(mails)s", mails=_invitations(notices))


def _message(_moment: SessionMoment, notices: int, _reader: Reader) -> Message:
    return message("Your words are stored. %(mails)s", mails=_mails(notices))


_MADE: Mapping[str, Callable[[SessionMoment, int, Reader], Message]] = {
    "session-booked": _booked,
    "session-held": _held,
    "session-requested": _asked,
    "session-confirmed": _confirmed,
    "session-acknowledged": _confirmed,
    "session-cancelled": _cancelled,
    _MESSAGE_ACT: _message,
}
