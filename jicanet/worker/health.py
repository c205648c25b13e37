"""/healthz: whether this process can do its work, in words a monitor reads."""

from datetime import timedelta

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from jicanet.core.actor import Action
from jicanet.core.errors import Refusal
from jicanet.storage import store as storage
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.routes import Route
from jicanet.worker.steps import HEARTBEAT, HEARTBEAT_SECONDS

_SILENCE = timedelta(seconds=4 * HEARTBEAT_SECONDS)


class Health(BaseModel):
    """What the process says of itself."""

    status: str = Field(description="ok, or degraded where a part below is not ok.")
    tzdata: str = Field(
        description="Release of the zone data that all times are computed with.", examples=["2026f"]
    )
    database: str = Field(description="ok, or unreachable.")
    worker: str = Field(description="ok, silent (no sign of life for a minute) or unknown.")


async def healthz(call: Call) -> web.StreamResponse:
    """Answer 200 while the database answers, 503 otherwise; a silent worker makes it degraded."""
    now = call.now

    def query(db: Connection) -> str:
        beats = [step.last_run_at for step in storage.steps(db) if step.name == HEARTBEAT]
        last = beats[0] if beats else None
        return "ok" if last is not None and now - last <= _SILENCE else "silent"

    try:
        worker, database = await call.services.database.read(query), "ok"
    except Refusal:
        worker, database = "unknown", "unreachable"
    health = Health(
        status="ok" if worker == database == "ok" else "degraded",
        tzdata=call.services.zones.version,
        database=database,
        worker=worker,
    )
    return json_answer(health, 200 if database == "ok" else 503)


ROUTES = (
    Route(
        "GET",
        "/healthz",
        healthz,
        permission=Action.READ_PUBLIC,
        summary="Whether the service works",
        description="503 where the database does not answer; everything else is told in the body.",
        answers={200: Health, 503: Health},
        tags=("operations",),
    ),
)
