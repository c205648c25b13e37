"""Header fields: text that a person typed can fill one and never start another."""

import textwrap
import unicodedata
from email.policy import EmailPolicy
from typing import Any

_MOST = 300  # a subject longer than this is cut; RFC 5322 2.1.1 allows 998 octets a line


class MailPolicy(EmailPolicy):
    """The standard library's policy, but for subjects of ASCII, which it would fold badly.

    It moves a subject that does not fit the first line whole to the second and leaves the first
    empty: legal, and shown by some programs as a subject that begins with a space.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header's lines as bytes, folded where a space stands (RFC 5322 2.2.3)."""
        text = f"{name}: {value}"
        if name.lower() != "subject" or not text.isascii():
            return super().fold_binary(name, value)
        lines = textwrap.wrap(
            text,
            self.max_line_length or 78,
            subsequent_indent=" ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        return (self.linesep.join(lines) + self.linesep).encode("ascii")


def header_text(value: str) -> str:
    """Return `value` as one line without control characters, cut with an ellipsis at 300 characters."""
    kept = "".join(" " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char for char in value)
    line = " ".join(kept.split())
    return line if len(line) <= _MOST else line[: _MOST - 1] + "…"
