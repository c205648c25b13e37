"""Mail addresses: the one form in which they are stored and compared, and what is no address."""

import re
import unicodedata

from jicanet.core.errors import Invalid
from jicanet.core.text import Message, message, one_line

LONGEST = 254  # RFC 5321 4.5.3.1.3: a path is at most 256 with its angle brackets
_LONGEST_LOCAL = 64  # RFC 5321 4.5.3.1.1

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def fold_address(text: str, *, pointer: str = "/email") -> str:
    """Return a mail address in the form in which it is stored and compared: lower case, ASCII.

    Spaces around it are dropped. A domain in other letters becomes its `xn--` form. Only ASCII is
    lowered and nothing is normalised, so that no two different mailboxes fold into one. Raises
    Invalid (`bad_address`, at `pointer`) for control characters, spaces inside, no @ or no name or
    domain around it, quoted names, and more than 254 characters.
    """
    given = text.strip(" ")
    reason = _fault(given)
    if reason is None:
        local, _, domain = given.rpartition("@")
        folded = f"{local.lower()}@{_ascii_domain(domain)}"
        if len(folded) <= LONGEST:
            return folded
        reason = _too_long(len(folded))
    raise Invalid.field(pointer, text, "bad_address", reason)


def mask(address: str) -> str:
    """Return an address that its owner recognises and a stranger does not learn: `c•••@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}•••@{domain}"


def _fault(given: str) -> Message | None:
    local, at, domain = given.rpartition("@")
    if len(given) > LONGEST:  # first: the codec of long names takes quadratic time (CVE-2022-45061)
        return _too_long(len(given))
    if not one_line(given):
        return message("An address is one line without control characters.")
    if not at or not local or not domain:
        return message("An address has a name, an @ and a domain, like name@example.org.")
    if any(char.isspace() for char in given):
        return message("An address has no spaces inside.")
    return _fault_of_parts(local, domain)


def _fault_of_parts(local: str, domain: str) -> Message | None:
    if len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        return message(
            "The part before the @ has 1 to 64 letters a-z, digits and .!#$%%&'*+/=?^_`{|}~- without quotes."
        )
    if not _DOMAIN.fullmatch(_ascii_domain(domain)):
        return message("The part after the @ is not a domain like example.org.")
    return None


def _too_long(length: int) -> Message:
    return message("An address has at most 254 characters; this one has %(length)s.", length=length)


def _ascii_domain(domain: str) -> str:
    """Return the domain in ASCII, or an empty text where that form would mean another domain."""
    if domain.isascii():
        return domain.lower()
    # The codec maps some letters to others (ß to ss): only what comes back unchanged is the same name.
    lowered = domain.lower()
    if unicodedata.normalize("NFKC", domain) != domain:
        return ""
    try:
        coded = lowered.encode("idna").decode("ascii")
        return coded if coded.encode("ascii").decode("idna") == lowered else ""
    except UnicodeError:
        return ""
