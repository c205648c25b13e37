"""Commands about mail: taking in what the mail system hands over."""

import os
import sys
from typing import Annotated, Any

import typer

from jicanet.cli.common import AS_JSON, emit, run
from jicanet.core.actor import Actor
from jicanet.scheduler import service as scheduler
from jicanet.services import Services

group = typer.Typer(help="Mail that comes in.", no_args_is_help=True)

# Far above what a mail system lets through. What is beyond is read away and not kept: a mail system that
# cannot write its message to the end would send it again and again.
_MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 1024 * 1024


@group.command("ingest")
def ingest(
    *,
    recipient: Annotated[
        str | None,
        typer.Option(
            "--recipient", metavar="ADDRESS", help="The address on the envelope, as the mail system knows it."
        ),
    ] = None,
    as_json: bool = AS_JSON,
) -> None:
    """Take in one message from standard input, and count the answer in it if it proves whose it is.

    Whatever is in it, it is stored, once, and the status is 0; what does not count waits for a person
    at /replies. Status 75 means that nothing was stored: hand the message over again later.
    """
    if sys.stdin.isatty():
        raise typer.BadParameter("the message is read from standard input: jicanet mail ingest < message")
    raw = _message()

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        del actor  # a mail speaks for whoever wrote it, not for whoever hands it over
        done = await scheduler.ingest(services, raw, recipient=recipient)
        return {
            "id": done.mail.id,
            "state": done.mail.state.value,
            "reason": done.mail.reason or None,
            "ref": done.ref,
            "new": done.is_new,
        }

    told = run(work, email=None, as_json=as_json, not_now=os.EX_TEMPFAIL)
    if as_json:
        emit(told)
        return
    about = f" for {told['ref']}" if told["ref"] else ""
    why = f" ({told['reason']})" if told["reason"] else ""
    again = "" if told["new"] else ", as it was the first time"
    typer.echo(f"Mail {told['id']}{about}: {told['state']}{why}{again}.")


def _message() -> bytes:
    """Return what stands on standard input, at most so much, and read it to its end."""
    raw = sys.stdin.buffer.read(_MOST_BYTES)
    while sys.stdin.buffer.read(_CHUNK):
        pass
    return raw
