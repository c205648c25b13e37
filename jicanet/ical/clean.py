"""What a person typed, made harmless for a calendar: it can fill a value and never start another.

icalendar escapes and folds, and its values may still hold characters that some client takes for the
end of a line (U+0085, U+2028, vertical tab): they go before the library sees them.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit

_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSAFE = frozenset({"Cc", "Cs", "Zl", "Zp"})
# RFC 3986 2.2, 2.3 and the per cent sign; a double quote would end a quoted parameter.
_URI = ":/?#[]@!$&'()*+,;=-._~%"
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def text(value: str) -> str:
    """Return `value` with the newline as its only control character; every line end becomes one."""
    lines = _LINE_ENDS.sub("\n", value.replace("\t", " "))
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in _UNSAFE)


def line(value: str) -> str:
    """Return `value` as one line without control characters; runs of white space become one space."""
    return " ".join(text(value).split())


def parameter(value: str) -> str:
    """Return `value` as one line without double quotes.

    RFC 5545 3.2: QSAFE-CHAR has no DQUOTE, and not every client knows RFC 6868's `^'`.
    """
    return line(value.replace('"', ""))


def uri(value: str) -> str:
    """Return `value` as a URI of ASCII characters, all others percent-encoded; "" stays ""."""
    return quote(_BARE_PERCENT.sub("%25", line(value)), safe=_URI)


def mail_address(value: str) -> str:
    """Return `value` as a mailto URI that names one address and no header (RFC 6068 2)."""
    return "mailto:" + quote(line(value), safe="@!$'*+-._~=")


def web_address(value: str) -> str:
    """Return `value` as `uri` does if it is an absolute http or https address, else ""."""
    address = uri(value)
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.netloc else ""
