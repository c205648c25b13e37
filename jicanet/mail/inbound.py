"""Reads a mail of a stranger in a process of its own: it may be slow, huge or broken, and nobody waits for it."""

import asyncio
import hashlib
import json
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import structlog

from jicanet.core.text import one_line
from jicanet.ical import clean
from jicanet.ical.replies import Reply, folded
from jicanet.mail.dissect import Job, token_in
from jicanet.mail.model import Incoming, Reading
from jicanet.mail.reader import READY
from jicanet.mail.reasons import CODES, NOT_STARTED, READER_FAILED, TOO_SLOW
from jicanet.settings import Settings

READER = ("-I", "-m", "jicanet.mail.reader")  # -I: nothing of the environment or the folder it is in
_MOST_ANSWER = 65_536
_MOST_TEXT = 1000
_STARTS = 2  # a process that did not come up tells nothing about the mail
_TIMERS = {-signal.SIGPROF, -signal.SIGALRM, -signal.SIGXCPU}
_TOKEN = re.compile(r"[0-9a-f]{32}|")

log = structlog.get_logger(__name__)


class _Failed(Exception):
    """The child gave no answer; `code` is the reason, `why` a word for the log."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(code, why)
        self.code = code
        self.why = why


def incoming(raw: bytes, *, recipient: str | None, settings: Settings) -> Incoming:
    """Return a mail as it is to be stored: whole, or its beginning where it is too large to be read."""
    envelope = clean.line((recipient or "")[:_MOST_TEXT]) or None
    whole = len(raw) <= settings.inbound_message_bytes
    return Incoming(
        # The address holds no NUL, so that no two pairs run together.
        digest=hashlib.sha256((envelope or "").encode() + b"\0" + raw).hexdigest(),
        content=raw if whole else raw[: settings.inbound_kept_bytes],
        size=len(raw),
        recipient=envelope,
    )


async def read_message(
    raw: bytes, *, recipient: str | None, settings: Settings, reader: Sequence[str] = READER
) -> Reading:
    """Return what a mail says; never raises for anything that is in it.

    `recipient` is the envelope's, if the mail system told it. The mail is read by a process of its own
    within the limits `inbound_...` of the settings, ended where it goes beyond; the loop is never held.
    Where none could be started the reason is NOT_STARTED: the fault is ours, and the mail may be read later.
    `reader` are the arguments of the interpreter that make it the reader.
    """
    token = token_in(recipient or "", settings.mail_domain)
    try:
        line = await _ask(raw, settings, reader)
        reading, error = _reading(line, token)
    except _Failed as failed:
        log.warning("mail not read", reason=failed.code, why=failed.why, size=len(raw))
        return Reading(reason=failed.code, token=token)
    if error:
        log.warning("mail not read", reason=reading.reason, why=error, size=len(raw))
    return reading


async def _ask(raw: bytes, settings: Settings, reader: Sequence[str]) -> bytes:
    """Return the line that the child answers."""
    child = await _started(settings, reader)
    try:
        async with asyncio.timeout(settings.inbound_seconds):
            return await _answer(child, raw, settings)
    except TimeoutError as error:
        raise _Failed(TOO_SLOW, "clock") from error
    finally:
        await _end(child)


async def _started(settings: Settings, reader: Sequence[str]) -> Process:
    """Return a child that is ready. Starting has its own limit: a busy machine refuses no honest mail."""
    for _ in range(_STARTS):
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                *reader,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,
                limit=_MOST_ANSWER,
            )
        except OSError:
            continue
        if await _is_ready(child, settings.inbound_start_seconds):
            return child
    raise _Failed(NOT_STARTED, "start")


async def _is_ready(child: Process, seconds: float) -> bool:
    _, said = _pipes(child)
    ready = False
    try:
        async with asyncio.timeout(seconds):
            ready = await said.readline() == READY
    except (TimeoutError, ValueError):  # ValueError: a line that is longer than any
        pass
    finally:
        if not ready:
            await _end(child)
    return ready


async def _answer(child: Process, raw: bytes, settings: Settings) -> bytes:
    given, said = _pipes(child)
    whole = len(raw) <= settings.inbound_message_bytes
    given.write(_order(len(raw), settings))
    given.write(raw if whole else raw[: settings.inbound_header_bytes + 4])
    try:
        await given.drain()
        given.write_eof()
        line = await said.readline()
    except ValueError as error:
        raise _Failed(READER_FAILED, "garbage") from error
    except OSError:  # it went without reading to the end
        line = b""
    status = await child.wait()
    if status in _TIMERS:
        raise _Failed(TOO_SLOW, "processor")
    if status != 0:
        raise _Failed(READER_FAILED, f"status {status}")
    return line


def _pipes(child: Process) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
    if child.stdin is None or child.stdout is None:  # both were asked for
        raise _Failed(READER_FAILED, "pipes")
    return child.stdin, child.stdout


def _order(size: int, settings: Settings) -> bytes:
    job = Job(
        domain=settings.mail_domain,
        size=size,
        message_bytes=settings.inbound_message_bytes,
        header_bytes=settings.inbound_header_bytes,
        parts=settings.inbound_parts,
        calendar_bytes=settings.inbound_calendar_bytes,
    )
    order = {"memory_bytes": settings.inbound_memory_bytes, "seconds": settings.inbound_seconds}
    return json.dumps({**order, "job": asdict(job)}).encode() + b"\n"


async def _end(child: Process) -> None:
    """End the child if it still runs, and wait until the system has let it go."""
    if child.returncode is None:
        child.kill()
    await child.wait()


def _reading(line: bytes, token: str) -> tuple[Reading, str]:
    """Return the child's answer with its word for the log, trusting it no more than the mail itself."""
    try:
        data = json.loads(line)
        return _checked(data, token), _text(data, "error")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _Failed(READER_FAILED, "garbage") from error


def _checked(data: Mapping[str, Any], token: str) -> Reading:
    reason, sender, theirs = _text(data, "reason"), _text(data, "from_address"), _text(data, "token")
    automatic = data["auto_submitted"]
    reply = _reply(data["reply"]) if data["reply"] is not None else None
    if not isinstance(automatic, bool) or folded(sender) != sender or not _TOKEN.fullmatch(theirs):
        raise ValueError(data)
    if reason not in CODES if reason else reply is None:
        raise ValueError(reason)
    return Reading(
        from_address=sender,
        subject=_text(data, "subject"),
        message_id=_text(data, "message_id"),
        auto_submitted=automatic,
        token=token or theirs,
        reply=None if reason else reply,
        automatic_reply=reply if reason and automatic else None,
        reason=reason,
        words=_text(data, "words"),
    )


def _reply(data: Mapping[str, Any]) -> Reply:
    sequence, answer = data["sequence"], data["answer"]
    dtstamp = datetime.fromisoformat(_text(data, "dtstamp"))
    comment = "\n".join(map(_line, _words(data["comment"]).split("\n")))
    attendee, organiser = _text(data, "attendee"), _text(data, "organiser")
    if type(sequence) is not int or not 0 <= sequence < 2**31:
        raise ValueError(sequence)
    if answer not in {"accepted", "tentative", "declined"} or dtstamp.tzinfo is not UTC:
        raise ValueError(answer)
    if folded(attendee) != attendee or folded(organiser) != organiser:
        raise ValueError(attendee)
    return Reply(
        uid=_text(data, "uid"),
        sequence=sequence,
        dtstamp=dtstamp,
        answer=answer,
        attendee=attendee,
        organiser=organiser,
        comment=comment,
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    return _line(data[name])


def _line(value: Any) -> str:
    """Return `value` if it is a line that a database, a page and a header can take."""
    line = _words(value)
    if not one_line(line):
        raise ValueError(line)
    line.encode()  # UnicodeEncodeError, a ValueError, for half of a surrogate pair
    return line


def _words(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise ValueError(value)
    return value
