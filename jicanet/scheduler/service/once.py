"""Idempotency-Keys: a key belongs to caller and route, and only a success is kept (interfaces.md)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.storage import store as storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A caller's wish that sending the same request again changes nothing."""

    route: str
    key: str
    body_hash: str


def remembered(db: Connection, actor: Actor, once: Once | None) -> dict[str, Any] | None:
    """Return the answer that a twin of the request has earned, None for a new key and for none.

    Raises Invalid `idempotency_key_reused` where the key came with another body.
    """
    if once is None:
        return None
    answer = storage.remembered(
        db, caller=_caller(actor), route=once.route, key=once.key, body_hash=once.body_hash
    )
    if answer is None:
        return None
    found: dict[str, Any] = json.loads(answer["text"])
    return found


def remember(
    db: Connection, actor: Actor, once: Once | None, answer: Mapping[str, Any], *, now: datetime
) -> None:
    """Keep an answer for the twins to come; nothing without a key.

    As text: a JSON column gives members back in another order, and a twin gets the same bytes.
    """
    if once is None:
        return
    storage.remember(
        db,
        caller=_caller(actor),
        route=once.route,
        key=once.key,
        body_hash=once.body_hash,
        answer={"text": json.dumps(answer)},
        now=now,
    )


def _caller(actor: Actor) -> str:
    return f"{actor.kind.value} {actor.user_id or 0} {actor.name}"
