"""A route as a slice declares it: where, who may, what goes in, what comes out, what is refused."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web
from pydantic import BaseModel

from jicanet.core.actor import Action
from jicanet.web.call import Call

Handler = Callable[[Call], Awaitable[web.StreamResponse]]
Media = Literal["json", "page", "calendar", "file"]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path (aiohttp's syntax, `/api/v1/stations/{code}`).

    `answers` names the model of each success status (None: no body; text: a media type).
    `refusals` are error codes, 422 unless a status stands before: `"409 station_busy"`.
    `idempotent` documents the Idempotency-Key header, `if_match` the If-Match header. A GET answers HEAD too. `secret`: the address
    itself is the permission, so cookies are not read, nobody is told of it, and no other page of ours
    hears it as Referer.
    """

    method: str
    path: str
    handler: Handler
    permission: Action | None = None
    summary: str = ""
    description: str = ""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: Mapping[int, type[BaseModel] | str | None] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()
    media: Media = "json"
    tags: tuple[str, ...] = ()
    idempotent: bool = False
    if_match: Literal["", "heeded", "needed"] = ""
    secret: bool = False

    def refused(self) -> dict[int, tuple[str, ...]]:
        """Return the declared error codes by status."""
        found: dict[int, tuple[str, ...]] = {}
        for entry in self.refusals:
            status, _, code = entry.rpartition(" ")
            key = int(status) if status else 422
            found[key] = (*found.get(key, ()), code)
        return found
