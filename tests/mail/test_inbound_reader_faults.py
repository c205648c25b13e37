"""A reader that hangs, dies, floods or lies: the mail is unread, nothing is left running, and nobody waits."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from jicanet.mail.inbound import read_message
from jicanet.mail.model import Reading
from jicanet.settings import Settings
from tests.support.inbound import ANSWER, ATTENDEE, DOMAIN, TOKEN, UID, mail
from tests.support.loop import children, watching

SETTINGS = Settings()


def limits(**changes: float) -> Settings:
    return SETTINGS.model_copy(update=changes)


PATIENT = limits(inbound_seconds=20.0)


# Programs in the reader's place: each is a way for it to fail, with the reason that is kept and the word in the log.
READY = "import os, signal, sys, time\nprint('ready', flush=True)\n"
TAKE = f"{READY}sys.stdin.buffer.read()\n"
CONFINE = "from jicanet.mail.reader import confine\nconfine(memory_bytes=10**9, seconds=0.1)\n"
FAULTS = {
    "never-ready": ("import time\ntime.sleep(60)\n", "reader_not_started", "start"),
    "not-ready": ("print('hello', flush=True)\nimport time\ntime.sleep(60)\n", "reader_not_started", "start"),
    "shouting": ("print('x' * 1_000_000, flush=True)\n", "reader_not_started", "start"),
    "missing": ("raise SystemExit(2)\n", "reader_not_started", "start"),
    "hanging": (f"{READY}time.sleep(60)\n", "too_slow", "clock"),
    "hanging-later": (f"{TAKE}time.sleep(60)\n", "too_slow", "clock"),
    "silent-and-hanging": (f"{READY}os.close(1)\ntime.sleep(60)\n", "too_slow", "clock"),
    "busy": (f"{READY}{CONFINE}while True: pass\n", "too_slow", "processor"),
    "asleep": (
        f"{READY}{CONFINE}signal.setitimer(signal.ITIMER_REAL, 0.1)\ntime.sleep(60)\n",
        "too_slow",
        "processor",
    ),
    "killed": (f"{READY}os.kill(os.getpid(), signal.SIGKILL)\n", "reader_failed", "status -9"),
    "killed-later": (f"{TAKE}os.kill(os.getpid(), signal.SIGKILL)\n", "reader_failed", "status -9"),
    "crashing": (f"{TAKE}os.abort()\n", "reader_failed", "status -6"),
    "raising": (f"{TAKE}raise LookupError\n", "reader_failed", "status 1"),
    "deaf": (f"{READY}os.close(0)\n", "reader_failed", "garbage"),
    "silent": (TAKE, "reader_failed", "garbage"),
    "endless": (f"{TAKE}print('x' * 1_000_000)\n", "reader_failed", "garbage"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_reader_that_fails_leaves_the_mail_unread(name: str, tmp_path: Path) -> None:
    program, reason, why = FAULTS[name]
    reader = tmp_path / "reader.py"
    reader.write_text(program, encoding="utf-8")
    settings = limits(
        inbound_seconds=0.5 if why == "clock" else 20.0,
        inbound_start_seconds=1.0 if name.endswith("-ready") else 20.0,
    )

    with structlog.testing.capture_logs() as lines:
        async with watching() as watch:
            found = await read_message(
                mail(b"x" * 1_000_000),
                recipient=f"sessions+{TOKEN}@{DOMAIN}",
                settings=settings,
                reader=("-I", str(reader)),
            )

    assert found == Reading(reason=reason, token=TOKEN)
    assert watch.lag < 0.5
    # Neither the token nor an address stands in it.
    expected = {"event": "mail not read", "reason": reason, "why": why, "size": 1_000_153}
    assert lines == [{**expected, "log_level": "warning"}]


TRUE: dict[str, Any] = {
    "from_address": ATTENDEE,
    "subject": "Accepted",
    "message_id": "<1@x>",
    "auto_submitted": False,
    "token": TOKEN,
    "reason": "",
    "words": "",
    "error": "",
    "reply": {
        "uid": UID,
        "sequence": 2,
        "dtstamp": "2026-12-03T09:00:00+00:00",
        "answer": "accepted",
        "attendee": ATTENDEE,
        "organiser": "",
        "comment": "We are\nready.",
    },
}


def lying(**changes: object) -> dict[str, Any]:
    return TRUE | changes


def replying(**changes: object) -> dict[str, Any]:
    return lying(reply=TRUE["reply"] | changes)


async def told(answer: str, tmp_path: Path) -> Reading:
    """Return what becomes of a line that a reader answers."""
    reader = tmp_path / "reader.py"
    reader.write_text(f"{READY}sys.stdin.buffer.read()\nprint({answer!r})\n", encoding="utf-8")
    return await read_message(mail(), recipient=None, settings=PATIENT, reader=("-I", str(reader)))


async def test_the_readers_answer_is_taken(tmp_path: Path) -> None:
    found = await told(json.dumps(TRUE), tmp_path)

    assert found.reply == replace(ANSWER, organiser="", comment="We are\nready.")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{}",
        "{",
        "[" * 30_000,
        "NaN",
        "\udcff",
        *(
            json.dumps(changed)
            for changed in (
                {**TRUE, "reply": None},
                lying(reason="unknown_code"),
                lying(reason=7),
                lying(auto_submitted="no"),
                lying(token="0123"),
                lying(token=TOKEN.upper()),
                lying(from_address="Room@Site.invalid"),
                lying(from_address="a@b.invalid\r\nBcc: c@d.invalid"),
                lying(subject="a\nb"),
                lying(subject="\ud800"),
                lying(subject="x" * 1001),
                lying(subject=None),
                lying(words=["a"]),
                lying(error=None),
                lying(reply=[]),
                lying(reply="accepted"),
                replying(answer="delegated"),
                replying(answer=["accepted"]),
                replying(sequence=-1),
                replying(sequence=True),
                replying(sequence=2**31),
                replying(sequence="2"),
                replying(dtstamp="2026-12-03T09:00:00"),
                replying(dtstamp="2026-12-03T18:00:00+09:00"),
                replying(dtstamp="soon"),
                replying(attendee="two@b.invalid, c@d.invalid"),
                replying(organiser="Two@b.invalid"),
                replying(comment="x" * 1001),
                replying(comment="a\x00b"),
                replying(comment=None),
                replying(uid="a\nb"),
                {name: value for name, value in TRUE.items() if name != "subject"},
                lying(reply={}),
            )
        ),
    ],
)
async def test_a_reader_is_trusted_no_more_than_the_mail(answer: str, tmp_path: Path) -> None:
    if answer.isascii():
        assert await told(answer, tmp_path) == Reading(reason="reader_failed")


async def test_a_reader_that_cannot_be_started_leaves_the_mail_unread() -> None:
    found = await read_message(
        mail(), recipient=None, settings=PATIENT, reader=("-I", "-m", "jicanet.mail.nothing")
    )

    assert found == Reading(reason="reader_not_started")


async def test_a_reading_that_is_given_up_leaves_no_process(tmp_path: Path) -> None:
    reader = tmp_path / "reader.py"
    reader.write_text(f"{READY}time.sleep(60)\n", encoding="utf-8")
    settings = limits(inbound_seconds=50.0)
    before = children()
    task = asyncio.create_task(
        read_message(mail(), recipient=None, settings=settings, reader=("-I", str(reader)))
    )
    while children() == before:  # noqa: ASYNC110 - the system gives no event
        await asyncio.sleep(0.01)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert children() == before


async def test_a_reader_knows_no_secret_and_can_write_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JICANET_SECRET_KEY", "k" * 43)
    reader, tried = tmp_path / "reader.py", tmp_path / "tried"
    reader.write_text(
        "import json, os, sys\n"
        "from jicanet.mail.reader import confine\n"
        "print('ready', flush=True)\n"
        "confine(memory_bytes=10**9, seconds=5)\n"
        "sys.stdin.buffer.read()\n"
        f"file = os.open({str(tried)!r}, os.O_CREAT | os.O_WRONLY)\n"
        "try:\n    written = os.write(file, b'x')\nexcept OSError:\n    written = 0\n"
        "seen = f'{written} {sorted(name for name in os.environ if name != \"LC_CTYPE\")} {os.getcwd()}'\n"
        f"print(json.dumps({TRUE!r} | {{'subject': seen}}))\n",
        encoding="utf-8",
    )

    found = await read_message(mail(), recipient=None, settings=PATIENT, reader=("-I", str(reader)))

    assert (found.subject, tried.read_bytes()) == ("0 [] /", b"")
