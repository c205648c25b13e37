"""The one place that makes random identifiers and secrets."""

import secrets
from typing import Protocol
from uuid import uuid4


class Ids(Protocol):
    """Makes identifiers and secrets; tests put a counter in its place."""

    def uid(self) -> str:
        """Return a globally unique name of 36 characters (RFC 7986 5.3 asks for a UUID in UIDs)."""
        ...

    def secret(self) -> str:
        """Return an unguessable URL-safe secret of 256 bits, 43 characters."""
        ...


class SystemIds:
    """Identifiers from the operating system's random source."""

    def uid(self) -> str:
        """Return a random UUID as text."""
        return str(uuid4())

    def secret(self) -> str:
        """Return 256 random bits, URL-safe, 43 characters."""
        return secrets.token_urlsafe(32)
