"""Secrets: how they are derived and stored, and which scopes there are. Pure functions of bytes."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable

from jicanet.core.actor import Scope
from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import message, one_line

TOKEN_PREFIX = "jnt_"  # noqa: S105 - the mark by which people and scanners know a token
_LONGEST_NAME = 80


def hashed(secret: str) -> str:
    """Return the SHA-256 of a secret in hex: the only form in which one is stored.

    A secret has 256 bits of its own, so it needs neither salt nor a slow hash; and the time of a
    lookup by the hash tells nothing about the secret.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def link_token(key: bytes, link_id: str) -> str:
    """Return the token of a sign-in link: 256 bits, URL-safe, made again from key and id alone."""
    return _keyed(key, "sign-in", link_id)


def ask_mark(key: bytes, address: str) -> str:
    """Return what stands for an address that somebody typed: equal for equal ones, nothing readable."""
    return _keyed(key, "ask", address)


def cookie_name(*, is_https: bool) -> str:
    """Return the name of the session's cookie: by https one that no other host or path can set."""
    return "__Host-jicanet" if is_https else "jicanet"


def _keyed(key: bytes, purpose: str, text: str) -> str:
    digest = hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def parse_scopes(texts: Iterable[str]) -> frozenset[Scope]:
    """Return the scopes that `texts` name. Raises Invalid (`unknown_scope`, `no_scope`) at `/scopes`."""
    given = list(texts)
    known = {scope.value: scope for scope in Scope}
    names = ", ".join(known)
    errors = [
        FieldError(
            pointer=f"/scopes/{place}",
            value=text[:80],
            code="unknown_scope",
            detail=message("%(scope)s is not a scope. There are: %(known)s.", scope=text[:80], known=names),
        )
        for place, text in enumerate(given)
        if text not in known
    ]
    if errors:
        raise Invalid("unknown_scope", errors[0].detail, errors=errors)
    if not given:
        raise Invalid.field(
            "/scopes", [], "no_scope", message("A token needs at least one scope: %(known)s.", known=names)
        )
    return frozenset(known[text] for text in given)


def token_name(text: str) -> str:
    """Return the name of a token, outer space removed. Raises Invalid (`bad_name`) at `/name`."""
    name = text.strip()
    if not name or len(name) > _LONGEST_NAME or not one_line(name):
        raise Invalid.field(
            "/name", text[:_LONGEST_NAME], "bad_name", message("A name is one line of 1 to 80 characters.")
        )
    return name
