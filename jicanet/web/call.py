"""One request as a handler sees it: who asks, what for, in which language and on which clock."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel

from jicanet.core.actor import Actor
from jicanet.core.errors import Invalid
from jicanet.core.text import Message, Translate, message
from jicanet.core.zones import Zone
from jicanet.services import Services
from jicanet.web.i18n import Lang

Model = TypeVar("Model", bound=BaseModel)

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Everything a handler may use. `now` is one instant for the whole request.

    `body` and `query` are values of the models the route declares, None where it declares none;
    `raw` is the body as it came. `zone` is the viewer's; `zone_chosen` says whether they chose it.
    """

    request: web.Request
    services: Services
    actor: Actor
    path: Mapping[str, str]
    lang: Lang
    translate: Translate
    zone: Zone
    now: datetime
    zone_chosen: bool = False
    body: Any = None
    query: Any = None
    raw: bytes = b""

    def body_as(self, model: type[Model]) -> Model:
        """Return the body, which is a `model`; TypeError if the route declares another."""
        return _expect(self.body, model)

    def query_as(self, model: type[Model]) -> Model:
        """Return the query, which is a `model`; TypeError if the route declares another."""
        return _expect(self.query, model)

    def say(self, sentence: Message) -> str:
        """Return a message in the viewer's language."""
        return sentence.to(self.translate)

    @property
    def local_now(self) -> datetime:
        """Return what the viewer's clock shows."""
        return self.zone.local(self.now)

    @property
    def body_hash(self) -> str:
        """Return the SHA-256 of the body in hex: what an Idempotency-Key is tied to."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def idempotency_key(self) -> str | None:
        """Return the Idempotency-Key; raises Invalid `bad_idempotency_key` unless 1-200 printable signs."""
        given = self.request.headers.get("Idempotency-Key")
        return None if given is None else good_key(given)


def good_key(given: str) -> str:
    """Return an Idempotency-Key as it was given; raises Invalid `bad_idempotency_key` for what is none."""
    if not _KEY.fullmatch(given):
        raise Invalid.field(
            "Idempotency-Key",
            given[:20],
            "bad_idempotency_key",
            message("The Idempotency-Key must be 1 to 200 printable ASCII characters without spaces."),
        )
    return given


def _expect(value: Any, model: type[Model]) -> Model:
    if not isinstance(value, model):
        msg = f"the route does not declare {model.__name__}"
        raise TypeError(msg)
    return value
