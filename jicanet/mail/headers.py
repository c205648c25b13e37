"""Header fields: text that a person typed can fill one and never start another."""

import textwrap
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from email.policy import EmailPolicy
from typing import Any

_MOST = 300  # a subject longer than this is cut; RFC 5322 2.1.1 allows 998 octets a line


_WORD_BYTES = 39  # with "Subject: " before it a line of at most 76 characters (RFC 2047 2)


class MailPolicy(EmailPolicy):
    """The standard library's policy, but for subjects, which it would fold badly.

    One that is partly ASCII it shows with two spaces where its encoded words begin. And it moves an
    ASCII subject that does not fit the first line whole to the second and leaves the first
    empty: legal, and shown by some programs as a subject that begins with a space.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header's lines as bytes, folded where a space stands (RFC 5322 2.2.3)."""
        text = f"{name}: {value}"
        if name.lower() != "subject":
            return super().fold_binary(name, value)
        if not text.isascii():
            return f"{name}: {(self.linesep + ' ').join(_words(str(value)))}{self.linesep}".encode("ascii")
        lines = textwrap.wrap(
            text,
            self.max_line_length or 78,
            subsequent_indent=" ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        return (self.linesep.join(lines) + self.linesep).encode("ascii")


def _words(text: str) -> Iterator[str]:
    """Yield RFC 2047 encoded words of the whole text, at most 64 characters each, no character cut in two.

    Of words alone, since white space between them is not part of the text (6.2); between plain text
    and a word it is.
    """
    part = b""
    for char in map(str.encode, text):
        if len(part) + len(char) > _WORD_BYTES:
            yield f"=?utf-8?b?{b64encode(part).decode()}?="
            part = b""
        part += char
    yield f"=?utf-8?b?{b64encode(part).decode()}?="


def header_text(value: str) -> str:
    """Return `value` as one line without control characters, cut with an ellipsis at 300 characters."""
    kept = "".join(" " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char for char in value)
    line = " ".join(kept.split())
    return line if len(line) <= _MOST else line[: _MOST - 1] + "…"
