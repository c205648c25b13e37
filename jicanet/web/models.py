"""Bases of what is read from a request: JSON bodies are strict, query strings and forms are not."""

from pydantic import BaseModel, ConfigDict

from jicanet.core.text import Message


class Body(BaseModel):
    """A JSON body: unknown fields are refused and `true` is not a number (traps.md 15)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Query(BaseModel):
    """A query string: text that is read as what the field wants; unknown names are refused.

    Pages drop names they do not know (mail programs add their own) and take an empty value as absent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Form(BaseModel):
    """A form sent by a page (`application/x-www-form-urlencoded`), read as a query string is.

    Outer spaces go; the field `csrf` is taken out before.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True)


class Wrong(ValueError):
    """Raised by a model's own validator: `code` and sentence of the field error."""

    def __init__(self, code: str, detail: Message) -> None:
        """Keep what the answer will say."""
        super().__init__(str(detail))
        self.code = code
        self.detail = detail
