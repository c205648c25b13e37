"""What is a mail address, and which ones are the same."""

import pytest

from jicanet.core.errors import Invalid
from jicanet.people.domain.emails import fold_address, mask


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        ("coordinator@jicanet.localhost", "coordinator@jicanet.localhost"),
        ("  Coordinator@JICANET.Localhost ", "coordinator@jicanet.localhost"),
        ("o'brien+jica@example.org", "o'brien+jica@example.org"),
        ("a@localhost", "a@localhost"),
        ("a@日本語.jp", "a@xn--wgv71a119e.jp"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("x" * 64 + "@" + ".".join(["d" * 62] * 3), "x" * 64 + "@" + ".".join(["d" * 62] * 3)),
    ],
)
def test_address_folds_to_one_form(given: str, folded: str) -> None:
    assert fold_address(given) == folded
    assert fold_address(folded) == folded


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "An address has a name, an @ and a domain, like name@example.org."),
        ("coordinator", "An address has a name, an @ and a domain, like name@example.org."),
        ("@example.org", "An address has a name, an @ and a domain, like name@example.org."),
        ("name@", "An address has a name, an @ and a domain, like name@example.org."),
        ("a b@example.org", "An address has no spaces inside."),
        ("a@exam ple.org", "An address has no spaces inside."),
        ("a\u3000b@example.org", "An address has no spaces inside."),
        ("a@example.org\r\nBcc: b@example.org", "An address is one line without control characters."),
        ("a@example.org\n", "An address is one line without control characters."),
        ("a@example.org\r", "An address is one line without control characters."),
        ("a\t@example.org", "An address is one line without control characters."),
        ("a\x00@example.org", "An address is one line without control characters."),
        ("a\u2028@example.org", "An address is one line without control characters."),
        ("x" * 243 + "@example.org", "An address has at most 254 characters; this one has 255."),
        (
            "x" * 65 + "@example.org",
            "The part before the @ has 1 to 64 letters a-z, digits and .!#$%&'*+/=?^_`{|}~- without quotes.",
        ),
    ],
)
def test_what_is_no_address_is_refused_in_words(given: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        fold_address(given)

    assert (refusal.value.code, str(refusal.value.detail)) == ("bad_address", words)
    assert [(error.pointer, error.value) for error in refusal.value.errors] == [("/email", given)]


@pytest.mark.parametrize(
    "given",
    [
        "a@b@example.org",
        '"a b"@example.org',
        "a..b@example.org",
        ".a@example.org",
        "<a@example.org>",
        "a@example.org,b@example.org",
        "ａ@example.org",
        "kelvin\u212a@example.org",
        "straße@example.org",
        "a@[192.0.2.1]",
        "a@-example.org",
        "a@example..org",
        "a@example.org.",
        "a@exam_ple.org",
        "a@straße.example",  # the codec makes strasse.example of it: another domain
        "a@ｅｘａｍｐｌｅ.org",
        "a@example\u3002org",
        "a@\u212aelvin.example",
        "a@" + "d" * 64 + ".org",
        "a@\ud800.org",
        "a@" + "ü" * 200 + ".org",
        "a@example.org\u200b",
    ],
)
def test_what_could_be_taken_for_another_mailbox_is_refused(given: str) -> None:
    with pytest.raises(Invalid) as refusal:
        fold_address(given, pointer="/user/email")

    assert [(error.pointer, error.code) for error in refusal.value.errors] == [("/user/email", "bad_address")]


def test_length_counts_the_stored_form() -> None:
    domain = ".".join(["ü" * 30] * 7) + ".org"
    assert len("a@" + domain) < 254

    with pytest.raises(Invalid) as refusal:
        fold_address("a@" + domain)

    assert str(refusal.value.detail).startswith("An address has at most 254 characters; this one has ")


def test_endless_text_is_refused_before_it_is_worked_on() -> None:
    with pytest.raises(Invalid) as refusal:
        fold_address("a@" + "ü" * 1_000_000)

    assert str(refusal.value.detail) == "An address has at most 254 characters; this one has 1000002."


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("coordinator@jicanet.localhost", "c•••@jicanet.localhost"),
        ("ab@example.org", "a•••@example.org"),
        ("a@example.org", "•••@example.org"),
    ],
)
def test_mask_hides_the_name(address: str, masked: str) -> None:
    assert mask(address) == masked
