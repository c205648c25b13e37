"""Nothing that somebody typed adds a tag, an address, a header, a property or a parameter to any mail."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jicanet.mail.message import Letter
from tests.support.calendars import lines
from tests.support.invitations import guest, material, person, site, snapshot
from tests.support.letters import (
    Seen,
    calendar,
    cancel_to,
    composed,
    declined_notice,
    letter_to,
    message_to,
    outcome,
)

hostile = st.lists(
    st.sampled_from(
        [
            *"a<>&\"'`%{}\\:;,=\r\n\t\x00\x0b\x85\u2028 ü東",
            "<script>",
            "</td></table>",
            "{{ 7 * 7 }}",
            "{% raw %}",
            '" onload="x',
            "javascript:",
            "%(title)s",
            "\r\nBcc: x@y\r\n",
            "\nEND:VEVENT",
            "\r\nATTENDEE:mailto:x@y",
            ";RSVP=FALSE",
        ]
    ),
    max_size=12,
).map("".join)


def session(first: str, second: str) -> dict[str, Any]:
    """Return a session in which everything that people can type is one of the two texts."""
    warning = {"code": "holiday", "name": first, "date": "2026-12-16"}
    return snapshot(
        site("JPN-TIC"),
        site("BGD-DAC", name={"en": f"x{second}", "ja": f"x{second}"}, city=first, warnings=(warning,)),
        guest(f"x{first}", f"x{second}", "Asia/Kathmandu", "lab@example.org"),
        people=[person("lecturer", f"x{second}", "murai@example.org")],
        title=first,
        purpose=f"x{second}",
        department=f"x{first}",
        interpretation=f"x{first}",
        coordinator={"name": f"x{first}", "email": "", "telephone": f"x{second}"},
        host_contact={"name": f"x{second}", "telephone": f"x{first}"},
        join={"url": f"https://x/{first}", "sip": f"x {second}", "h323": f"x{first}", "pin": f"x{second}"},
        materials=[material(titles={"en": f"x{second}"}, url=f"https://x/{first}")],
        changes={
            "title": [f"x{second}", f"x{first}"],
            "added": ["lab@example.org"],
            "removed": [{"key": "old@example.org", "name": f"x{first}", "city": f"x{second}"}],
        },
        cancel={"code": "cancelled", "reason": f"x{first}"},
    )


MADE: dict[str, Callable[[str, str], Letter]] = {
    "first": lambda one, two: letter_to("BGD-DAC", session(one, two)),
    "changed": lambda one, two: letter_to("BGD-DAC", session(one, two), news="changed"),
    "guest": lambda one, two: letter_to("lab@example.org", session(one, two)),
    "person": lambda one, two: letter_to("murai@example.org", session(one, two), news="moved"),
    "cancelled": lambda one, two: cancel_to("BGD-DAC", session(one, two), "cancelled"),
    "removed": lambda one, two: cancel_to("lab@example.org", session(one, two), "removed"),
    "declined": lambda one, two: declined_notice(session(one, two), "BGD-DAC", words=f"x{two}"),
    "declined person": lambda one, two: declined_notice(
        session(one, two), "murai@example.org", words=f"x{one}"
    ),
    "approved": lambda one, two: outcome(session(one, two), "approved", reason=f"x{two}", zone="UTC"),
    "refused": lambda one, two: outcome(session(one, two), "refused", reason=f"x{one}", zone="UTC"),
    "message": lambda one, two: message_to("BGD-DAC", session(one, two), sender=one, text=f"x{two}"),
}


@pytest.mark.parametrize("kind", MADE)
@settings(deadline=None, max_examples=25)
@given(text=hostile, other=hostile)
def test_nothing_typed_adds_a_tag_a_header_or_a_property(kind: str, text: str, other: str) -> None:
    made, plain = MADE[kind](text, other), MADE[kind]("plain", "other")

    assert Seen(made.html).tags == Seen(plain.html).tags
    assert all(address.startswith(("http://", "https://")) for address in Seen(made.html).addresses)
    assert _headers(composed(made)) == _headers(composed(plain))
    assert _shape(calendar(made) if made.calendar else b"") == _shape(
        calendar(plain) if plain.calendar else b""
    )
    if made.passed_on and plain.passed_on:  # long texts leave no room for it
        assert _shape(made.passed_on.content) == _shape(plain.passed_on.content)
    assert "49" not in made.html.replace("UTC", "")
    assert not re.search("^(Bcc|END|ATTENDEE):", _quoted(made.text), flags=re.MULTILINE)


def _headers(content: bytes) -> list[bytes]:
    head = content.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]


def _shape(content: bytes) -> list[tuple[str, list[str]]]:
    """Return the names of all properties and of their parameters; none for a mail without a calendar."""
    if not content:
        return []
    return [
        (line.name, [parameter.partition("=")[0] for parameter in line.parameters]) for line in lines(content)
    ]


def _quoted(text: str) -> str:
    """Return only the lines that quote somebody: each must keep its mark."""
    return "\n".join(line for line in text.split("\n") if line.startswith(">"))
