"""Recipients, their languages and the order of a UID's mails; the secret of an answer address."""

from datetime import UTC, datetime

import pytest

from jicanet.scheduler.domain.model import JoinDetails
from jicanet.scheduler.domain.notices import Part, Roll, Told, language_of, next_dtstamp, who_is_told
from jicanet.scheduler.domain.tokens import organiser_token
from jicanet.scheduler.domain.words import Answer, PartKind

NOON = datetime(2026, 12, 1, 12, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("languages", "spoken"),
    [(("ja", "en"), "ja"), (("fr", "en"), "en"), (("es", "ja-JP"), "ja"), (("es",), "en"), ((), "en")],
)
def test_language_is_the_first_that_we_speak(languages: tuple[str, ...], spoken: str) -> None:
    assert language_of(languages) == spoken


def told(address: str, *, counter: int) -> Told:
    part = Part(
        kind=PartKind.STATION,
        key="A",
        address=address,
        languages=(),
        role="sending",
        required=True,
        answer=Answer.NEEDS_ACTION,
        live=True,
    )
    roll = Roll(
        invites=True,
        is_cancelled=False,
        starts_at=NOON,
        minutes=90,
        host="A",
        join=JoinDetails(),
        title="Title",
        setup_minutes=0,
        teardown_minutes=0,
        parts=(part,),
    )
    return who_is_told(None, roll, last={}, counter=counter, dtstamp=NOON)


def test_a_part_without_a_mailbox_has_no_recipient() -> None:
    assert told("", counter=0) == Told(notices=(), counter=0)


def test_sequence_of_a_first_mail_is_the_counter_itself() -> None:
    first = told("a@example.org", counter=3)
    assert ([notice.sequence for notice in first.notices], first.counter) == ([3], 3)


def test_dtstamp_rises_by_at_least_a_second() -> None:
    second = NOON.replace(microsecond=0)
    assert next_dtstamp(NOON) == second
    assert next_dtstamp(NOON, second) == second.replace(second=1)
    assert next_dtstamp(NOON, second.replace(second=30)) == second.replace(second=31)
    assert next_dtstamp(NOON.replace(second=40), second) == second.replace(second=40)


def test_token_is_128_bits_of_hex_and_belongs_to_key_uid_and_address() -> None:
    token = organiser_token(b"key", "uid-1", "a@example.org")
    assert len(token) == 32
    assert int(token, 16) > 0
    assert organiser_token(b"key", "uid-1", "a@example.org") == token
    others = {
        organiser_token(b"other", "uid-1", "a@example.org"),
        organiser_token(b"key", "uid-2", "a@example.org"),
        organiser_token(b"key", "uid-1", "b@example.org"),
    }
    assert len(others | {token}) == 4
