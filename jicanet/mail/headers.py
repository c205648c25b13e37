"""Header fields: text that a person typed can fill one and never start another."""

import unicodedata

_MOST = 300  # a subject longer than this is cut; RFC 5322 2.1.1 allows 998 octets a line


def header_text(value: str) -> str:
    """Return `value` as one line without control characters, cut with an ellipsis at 300 characters."""
    kept = "".join(" " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char for char in value)
    line = " ".join(kept.split())
    return line if len(line) <= _MOST else line[: _MOST - 1] + "…"
