"""A process of its own reads each mail: what hostile mails and broken processes come to, and that nobody waits."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from jicanet.ical.replies import Reply
from jicanet.mail.inbound import incoming, read_message
from jicanet.mail.model import Reading
from jicanet.mail.reasons import CODES, sentence
from jicanet.settings import Settings
from tests.support.inbound import ATTENDEE, DOMAIN, TOKEN, UID, calendar, mail, mixed, part

SETTINGS = Settings()
REPLY = Reply(
    uid=UID,
    sequence=2,
    dtstamp=datetime(2026, 12, 3, 9, tzinfo=UTC),
    answer="accepted",
    attendee=ATTENDEE,
    organiser=f"sessions+{TOKEN}@{DOMAIN}",
    comment="We are ready.",
)
READ = Reading(
    from_address=ATTENDEE,
    subject="Accepted",
    message_id="<1@elsewhere.invalid>",
    token=TOKEN,
    reply=REPLY,
)
# The library's parser asks every open multipart about every line: within all limits, and over a second of work.
DEEP = "".join(
    f"Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n" for at in range(95)
).encode()


def limits(**changes: float) -> Settings:
    return SETTINGS.model_copy(update=changes)


# For what is about something else than time: tests share the machine.
PATIENT = limits(inbound_seconds=20.0)


@dataclass(slots=True)
class Watch:
    """How long the longest turn of the loop was, and all of it, in seconds."""

    lag: float = 0.0
    took: float = 0.0


@asynccontextmanager
async def watching() -> AsyncIterator[Watch]:
    """Look at the loop every few milliseconds: whoever holds it is seen."""
    watch, began = Watch(), time.perf_counter()

    async def look() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            watch.lag = max(watch.lag, time.perf_counter() - before - 0.005)

    task = asyncio.create_task(look())
    yield watch
    task.cancel()
    watch.took = time.perf_counter() - began


async def reading(raw: bytes, *, recipient: str | None = None, settings: Settings = PATIENT) -> Reading:
    """Return what a mail says, once it is sure that the loop was free meanwhile."""
    async with watching() as watch:
        found = await read_message(raw, recipient=recipient, settings=settings)
    print(f"{len(raw)} bytes, {found.reason or 'read'}: {watch.took:.2f} s, lag {watch.lag * 1000:.0f} ms")  # noqa: T201 - evidence
    assert watch.lag < 0.5
    assert found.reason in CODES or (found.reply is not None and found.reason == "")
    return found


def children() -> set[int]:
    """Return the processes that this one has started and not yet seen the end of."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for each in lists for pid in each.read_text().split()}


async def test_an_answer_is_read_whole() -> None:
    assert await reading(mail()) == READ


@pytest.mark.parametrize(
    ("recipient", "token"),
    [
        (f"Sessions+{'F' * 32}@{DOMAIN.upper()}", "f" * 32),
        (f"<sessions+{'f' * 32}@{DOMAIN}>", "f" * 32),
        (f"sessions+{'f' * 32}@elsewhere.invalid", TOKEN),
        (f"sessions@{DOMAIN}", TOKEN),
        ("\udcff\x00\r\n", TOKEN),
        ("", TOKEN),
    ],
)
async def test_the_envelope_goes_before_the_headers(recipient: str, token: str) -> None:
    raw = mail(head=f"To: sessions+{TOKEN}@{DOMAIN}\n")

    assert (await reading(raw, recipient=recipient)).token == token


async def test_the_domain_is_that_of_the_settings() -> None:
    assert (await reading(mail(), settings=limits(mail_domain="other.invalid"))).token == ""  # type: ignore[arg-type]  # any setting


async def test_an_automatic_answer_is_shown_and_does_not_count() -> None:
    found = await reading(mail(head="Auto-Submitted: auto-replied\n"))

    assert found == replace(
        READ, auto_submitted=True, reason="auto_submitted", reply=None, automatic_reply=REPLY
    )


async def test_a_delegation_says_to_whom() -> None:
    content = calendar("PARTSTAT=ACCEPTED", 'PARTSTAT=DELEGATED;DELEGATED-TO="mailto:next@site.invalid"')

    found = await reading(mail(content))

    assert (found.reason, found.words) == ("delegated", "next@site.invalid")


def nested(depth: int) -> bytes:
    parts = (f"Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n" for at in range(depth))
    return f"From: {ATTENDEE}\r\n{''.join(parts)}".encode()


HOSTILE = [
    (mail(head=f"To: {'a@b.invalid, ' * 40_000}\n"), "headers_too_large"),
    (mail(head="X: y\n" * 100_000), "headers_too_large"),
    (mixed(*[part(b"x")] * 3000), "too_many_parts"),
    (mixed(part(calendar(), "text/calendar" + ";" * 500_000)), "headers_too_large"),
    (mail(calendar(also=f"X-LONG:{'x' * 10_000_000}\n")), "too_large"),
    (mail(calendar(also=f"X-LONG:{'x' * 900_000}\n")), "calendar_too_large"),
    (mail(calendar(also="BEGIN:VEVENT\nEND:VEVENT\n" * 2000)), "two_events"),
    (nested(300), "too_many_parts"),
    (nested(15_000), "too_many_parts"),
    (mail(b"\n" * 900_000), "calendar_too_large"),
    (mail(b"!@#$" * 10_000, head="Content-Transfer-Encoding: base64\n"), "bad_calendar"),
    (mail(b"=" * 900_000, head="Content-Transfer-Encoding: quoted-printable\n"), "calendar_too_large"),
    (mail(b"/etc/hostname"), "bad_calendar"),
    (bytes(range(256)) * 4000, "headers_too_large"),
    (b"", "no_calendar"),
]


@pytest.mark.parametrize(
    ("raw", "reason"),
    HOSTILE,
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
async def test_hostile_mails_are_refused_by_their_reason(raw: bytes, reason: str) -> None:
    assert (await reading(raw)).reason == reason


async def test_the_limits_as_shipped_refuse_each_hostile_mail() -> None:
    for raw, _ in HOSTILE:  # where the machine is busy, some by their time
        found = await reading(raw, settings=SETTINGS)
        assert (found.reply, found.automatic_reply) == (None, None)


@pytest.mark.parametrize(
    "raw",
    [
        mail(calendar(also="RRULE:FREQ=SECONDLY\n")),
        mail(calendar(also="X-FOLDED:x" + "\n " * 15_000 + "\n")),
        mail(calendar("PARTSTAT", "X=1;" * 14_000 + "PARTSTAT")),
        mail(calendar("PARTSTAT", f'X="{"a;" * 30_000}";PARTSTAT')),
        mail(
            b"=\r\n" * 300_000 + calendar().replace(b"=", b"=3D"),
            head="Content-Transfer-Encoding: quoted-printable\n",
        ),
        mail(head="X: y\n" * 5000),
    ],
    ids=["endless-rule", "folds", "parameters", "quotes", "soft-breaks", "headers"],
)
async def test_odd_mails_within_the_limits_are_read(raw: bytes) -> None:
    assert (await reading(raw)).reply == REPLY


async def test_a_mail_that_takes_too_long_is_broken_off() -> None:
    raw = DEEP + b"\r\n" * 480_000
    assert len(raw) < SETTINGS.inbound_message_bytes

    found = await reading(raw, settings=limits(inbound_seconds=0.3))

    assert found == Reading(reason="too_slow")
    assert children() == set()


async def test_a_mail_that_takes_too_much_memory_is_broken_off() -> None:
    raw = mixed(part(b"x" * 800_000, "text/plain"), part(calendar()))

    found = await reading(raw, settings=limits(inbound_memory_bytes=28_000_000))

    assert found.reason in {"too_much_memory", "reader_failed"}  # wherever it ran out


async def test_many_at_once_are_each_read_as_they_are() -> None:
    raws = [mail(calendar("SEQUENCE:2", f"SEQUENCE:{number}")) for number in range(8)]

    async with watching() as watch:
        found = await asyncio.gather(*(read_message(raw, recipient=None, settings=PATIENT) for raw in raws))

    assert [one.reply and one.reply.sequence for one in found] == list(range(8))
    assert watch.lag < 0.5
    assert children() == set()


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
    assert children() == set()
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

    assert found.reply == replace(REPLY, organiser="", comment="We are\nready.")


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
    task = asyncio.create_task(
        read_message(mail(), recipient=None, settings=settings, reader=("-I", str(reader)))
    )
    while not children():  # noqa: ASYNC110 - the system gives no event
        await asyncio.sleep(0.01)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert children() == set()


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


def test_a_mail_is_named_by_its_bytes_and_its_envelope() -> None:
    raw = mail()
    to = f"sessions+{TOKEN}@{DOMAIN}"

    found = [
        incoming(raw, recipient=None, settings=SETTINGS),
        incoming(raw, recipient="", settings=SETTINGS),
        incoming(raw, recipient=to, settings=SETTINGS),
        incoming(raw + b" ", recipient=to, settings=SETTINGS),
    ]

    assert found[0] == found[1]
    assert len({one.digest for one in found}) == 3
    assert [(one.content, one.size, one.recipient) for one in found[1:3]] == [
        (raw, len(raw), None),
        (raw, len(raw), to),
    ]


def test_only_the_beginning_of_a_large_mail_is_kept() -> None:
    raw = mail(b"x" * 3_000_000)
    other = raw + b"x"

    first, second = (incoming(each, recipient=None, settings=SETTINGS) for each in (raw, other))

    assert (first.content, first.size) == (raw[:65_536], len(raw))
    assert first.digest != second.digest


def test_an_envelope_that_no_database_takes_is_cleaned() -> None:
    found = incoming(b"", recipient="a\x00\r\n\udcffb@c.invalid" + "x" * 2000, settings=SETTINGS)

    assert found.recipient is not None
    assert found.recipient.startswith("a b@c.invalid")
    assert len(found.recipient) < 1001


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_reason_is_a_sentence(code: str) -> None:
    said = str(sentence(code, SETTINGS))

    assert said.endswith(".")
    assert "%" not in said


def test_reasons_tell_the_limits() -> None:
    said = [
        str(sentence(code, SETTINGS)) for code in ("too_large", "too_slow", "too_many_parts", "from_later")
    ]

    assert said == [
        "This mail is larger than 1024 kB, so it was not read. Only its first 64 kB were kept.",
        "Reading this mail took longer than 1 s, so it was broken off.",
        "This mail has more than 100 parts.",
        "No answer could be taken from this mail.",
    ]
