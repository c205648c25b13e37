"""Any bytes at all, and real answers with a few bytes changed: a mail is read or refused, and nothing is raised."""

import json
from email.headerregistry import Address
from email.message import EmailMessage
from itertools import chain
from pathlib import Path

import icalendar
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from jicanet.core.text import one_line
from jicanet.ical.replies import Reply, Unreadable, folded, parse_reply
from jicanet.mail import inbound
from jicanet.mail.dissect import findings, sender
from jicanet.mail.inbound import read_message
from jicanet.mail.model import Reading
from jicanet.mail.reasons import CODES, READER_FAILED
from jicanet.settings import Settings
from tests.support.inbound import REPLY, SAMPLES, calendar, crlf, job, sample

SETTINGS = Settings()
SEEDS = [sample(path.name) for path in sorted(SAMPLES.glob("*.eml"))]
CALENDARS = [calendar(), *(sample(path.name) for path in sorted(SAMPLES.glob("*.ics")))]
PIECES = [
    b"\r\n", b"\n\n", b"\r", b"\0", b"\xff", b"=?utf-8?q?=00?=", b'"', b";", b":", b",", b"=", b"--", b"BEGIN:VEVENT\r\n",
    b"END:VEVENT\r\n", b"METHOD:REPLY\r\n", b"ATTENDEE;PARTSTAT=DECLINED:mailto:x@y.invalid\r\n", b"From: x@y.invalid\r\n",
    b"Content-Type: multipart/mixed; boundary=\r\n", b"Content-Transfer-Encoding: base64\r\n", b"charset*0*=x''%ff;",
    "\u2028\u0085東\ud7ff".encode(), b"\xed\xa0\x80",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Return one of `seeds` after a few cuts, copies and insertions."""
    made = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 6))):
        at, to = sorted((draw(st.integers(0, len(made))), draw(st.integers(0, len(made)))))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=8))
        cut = draw(st.sampled_from(["insert", "replace", "delete", "double"]))
        middle = {"insert": piece + made[at:to], "replace": piece, "delete": b"", "double": made[at:to] * 2}[
            cut
        ]
        made = made[:at] + middle + made[to:]
    return made


def told(raw: bytes) -> Reading:
    """Return what the parent takes from the child's line, both in this process."""
    line = json.dumps(findings(raw, job(raw))).encode()
    assert len(line) < 65_536
    reading, _ = inbound._reading(line, "")
    return reading


def sound(reading: Reading) -> bool:
    """Say whether a reading is one that a database, a page and a mail can take."""
    texts = (reading.from_address, reading.subject, reading.message_id, reading.token, reading.words)
    return all(one_line(text) and text.encode() is not None for text in texts) and (
        (reading.reply is None) == bool(reading.reason)
    )


@given(raw=st.binary(max_size=2000) | mutated(SEEDS))
@example(raw=b"Content-Type: text/calendar; charset*=\r\n\r\n")
@example(raw=b"From: =?x?q??=\r\nSubject: =?utf-8?b?=\r\n")
@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
def test_any_mail_is_read_or_refused(raw: bytes) -> None:
    reading = told(raw)

    assert sound(reading)
    assert reading.reason in CODES | {""}
    assert reading.reason != READER_FAILED


@given(raw=st.binary(max_size=2000) | mutated(SEEDS))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
async def test_the_process_says_the_same(raw: bytes) -> None:
    reading = await read_message(
        raw, recipient=None, settings=SETTINGS.model_copy(update={"inbound_seconds": 20.0})
    )

    assert reading == told(raw)


@given(
    content=st.binary(max_size=1000) | mutated(CALENDARS), method=st.sampled_from(["", "REPLY", "COUNTER"])
)
@settings(max_examples=600)
def test_any_calendar_is_an_answer_or_refused(content: bytes, method: str) -> None:
    reply = answer_in(content, method)

    if isinstance(reply, Unreadable):
        assert reply.code in CODES
        assert reply.words == folded(reply.words)
    else:
        assert reply.answer in {"accepted", "tentative", "declined"}
        assert reply.dtstamp.utcoffset() is not None
        assert all(map(one_line, (reply.uid, reply.attendee, reply.organiser, *reply.comment.split("\n"))))


def answer_in(content: bytes, method: str) -> Reply | Unreadable:
    try:
        return parse_reply(content, method=method)
    except Unreadable as refused:
        return refused


CORPUS = sorted(
    chain.from_iterable(
        (Path(icalendar.__file__).parent / "tests").rglob(f"*.{end}") for end in ("ics", "txt")
    )
)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_the_librarys_own_corpus_is_no_answer(path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_reply(path.read_bytes(), method="REPLY")

    assert refused.value.code in CODES


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) > 150


LINES = REPLY.splitlines()


@given(order=st.permutations(LINES[5:-2]))
def test_the_order_of_lines_does_not_matter(order: list[str]) -> None:
    text = "\n".join([*LINES[:5], *order, *LINES[-2:], ""])

    assert parse_reply(crlf(text)) == parse_reply(calendar())


WORDS = st.text(max_size=200)


@given(words=WORDS)
def test_words_come_back_as_another_program_wrote_them(words: str) -> None:
    event = icalendar.Event()
    event.add("comment", words)
    line = event.to_ical().split(b"\r\n", 1)[1].rsplit(b"END:VEVENT", 1)[0]
    assume("\\" not in words)  # the library's own escaping of it is not to be told from a line break

    reply = parse_reply(calendar().replace(b"COMMENT:We are ready.\r\n", line))

    kept = "".join(char for char in reply.comment if char.isalnum())
    assert kept == "".join(char for char in words if char.isalnum())


ATOMS = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=20)
NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40)


@given(name=NAMES, local=ATOMS)
def test_a_sender_that_a_library_writes_is_read(name: str, local: str) -> None:
    address = f"{local}@site.invalid"
    written = EmailMessage()
    written["From"] = Address(display_name=name, addr_spec=address)

    raw = written.as_bytes() + b"\n"

    assert findings(raw, job(raw))["from_address"] == address.lower()


# A comment, as (<room@site.invalid>), is no address: its own test stands among the mails.
AROUND = st.text(st.characters(exclude_characters="("), max_size=60)


@given(before=AROUND, after=AROUND)
def test_what_stands_around_an_address_never_makes_another(before: str, after: str) -> None:
    found = sender([f"{before}<room@site.invalid>{after}"])

    assert found in {"", "room@site.invalid"}
