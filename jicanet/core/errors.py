"""Refusals: what the domain says when something may not be, before it is a status code or a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jicanet.core.text import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One thing wrong with one field of the input.

    `pointer` is a JSON pointer (RFC 6901) into the body, or the name of a query parameter or CSV
    column. `value` is what was given, as JSON (never a secret), shortened by whoever shows it.
    """

    pointer: str
    value: Any
    code: str
    detail: Message
    choices: tuple[Mapping[str, Any], ...] = ()


class Refusal(Exception):
    """The base of all that is refused in words; one middleware and the commands turn it into an answer.

    `code` is stable snake_case for programs, `status` the HTTP status, `detail` the sentence for
    people (names the value and the remedy), `extra` further members of the problem document.
    """

    status = 422

    def __init__(
        self,
        code: str,
        detail: Message,
        *,
        errors: Sequence[FieldError] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what the answer will say."""
        super().__init__(code, str(detail))
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})


class Invalid(Refusal):
    """422: the input does not say something that can be done. `errors` names the fields."""

    status = 422

    @classmethod
    def field(cls, pointer: str, value: Any, code: str, detail: Message) -> "Invalid":
        """Return the refusal of a single field, its code and sentence those of the field."""
        return cls(
            code,
            detail,
            errors=[FieldError(pointer=pointer, value=value, code=code, detail=detail)],
        )


class Conflict(Refusal):
    """409: it could be done, were something else not in the way. `extra["conflicts"]` lists what."""

    status = 409


class NotFound(Refusal):
    """404: there is no such thing, or the asker may not know that there is."""

    status = 404


class Hidden(NotFound):
    """404 with two readings: there is none, or a stranger may not know of it. Pages offer the sign-in."""


class SignInNeeded(Refusal):
    """401: who asks is not known."""

    status = 401


class Forbidden(Refusal):
    """403: who asks is known and may not."""

    status = 403


class Outdated(Refusal):
    """412: who asks has seen an older state. `extra["current"]` is what there is now."""

    status = 412


class ConditionMissing(Refusal):
    """428: a change that says what it changes needs an If-Match (RFC 6585 3)."""

    status = 428


class TooLarge(Refusal):
    """413: the body is larger than is read."""

    status = 413


class Unavailable(Refusal):
    """503: not now; the same request may be sent again."""

    status = 503


class StorageFull(Refusal):
    """507: the disk takes no more; nothing was stored."""

    status = 507
