"""The golden mails: every byte of one of each kind in both languages."""

import pytest

from jicanet.mail.message import MOST_BYTES, most_bytes
from tests.support.goldens import GOLDEN, GOLDEN_NAMES, golden_files, goldens
from tests.support.letters import composed


@pytest.mark.parametrize("name", GOLDEN_NAMES)
def test_a_golden_mail_is_what_it_was(name: str) -> None:
    for suffix, content in golden_files(goldens()[name]()).items():
        assert content.decode() == (GOLDEN / f"{name}{suffix}").read_bytes().decode()


def test_every_golden_copy_is_of_a_mail_that_is_still_made() -> None:
    made = {f"{name}{suffix}" for name in GOLDEN_NAMES for suffix in golden_files(goldens()[name]())}
    assert {path.name for path in GOLDEN.iterdir()} == made


@pytest.mark.parametrize("name", GOLDEN_NAMES)
def test_a_golden_mail_is_no_longer_than_was_reckoned(name: str) -> None:
    made = goldens()[name]()

    assert len(composed(made)) <= most_bytes(made) <= MOST_BYTES
