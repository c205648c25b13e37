"""A process of its own reads each mail: what hostile mails and broken processes come to, and that nobody waits."""

import asyncio
from dataclasses import replace

import pytest

from jicanet.mail.inbound import incoming, read_message
from jicanet.mail.model import Reading
from jicanet.mail.reasons import CODES, sentence
from jicanet.settings import Settings
from tests.support.inbound import ANSWER, ATTENDEE, DOMAIN, TOKEN, calendar, mail, mixed, part
from tests.support.loop import watching

SETTINGS = Settings()
READ = Reading(
    from_address=ATTENDEE,
    subject="Accepted",
    message_id="<1@elsewhere.invalid>",
    token=TOKEN,
    reply=ANSWER,
)
# The library's parser asks every open multipart about every line: within all limits, and over a second of work.
DEEP = "".join(
    f"Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n" for at in range(95)
).encode()


def limits(**changes: float) -> Settings:
    return SETTINGS.model_copy(update=changes)


# For what is about something else than time: tests share the machine.
PATIENT = limits(inbound_seconds=20.0)


async def reading(raw: bytes, *, recipient: str | None = None, settings: Settings = PATIENT) -> Reading:
    """Return what a mail says, once it is sure that the loop was free meanwhile."""
    async with watching() as watch:
        found = await read_message(raw, recipient=recipient, settings=settings)
    print(f"{len(raw)} bytes, {found.reason or 'read'}: {watch.took:.2f} s, lag {watch.lag * 1000:.0f} ms")  # noqa: T201 - evidence
    assert watch.lag < 0.5
    assert found.reason in CODES or (found.reply is not None and found.reason == "")
    return found


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
        READ, auto_submitted=True, reason="auto_submitted", reply=None, automatic_reply=ANSWER
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
    assert (await reading(raw)).reply == ANSWER


async def test_a_mail_that_takes_too_long_is_broken_off() -> None:
    raw = DEEP + b"\r\n" * 480_000
    assert len(raw) < SETTINGS.inbound_message_bytes

    found = await reading(raw, settings=limits(inbound_seconds=0.3))

    assert found == Reading(reason="too_slow")


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
