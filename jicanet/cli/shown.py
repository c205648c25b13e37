"""How commands tell a session to a person."""

from typing import Any

import typer

from jicanet.cli.common import table
from jicanet.cli.days import spoken_day


def tell_session(session: dict[str, Any]) -> None:
    """Print a session: what stands, why, and each part with its own time and answer."""
    typer.echo(f"{session['ref']}  {session['status']}  {session['title']}")
    typer.echo(f"{started(session)} {session['start']['zone']}, {session['minutes']} minutes")
    if session["hold_until"]:
        typer.echo(f"On hold until {spoken_day(session['hold_until'])} {session['hold_until'][11:16]} UTC")
    if session["ending"]:
        words = session["ending"]["reason"]
        typer.echo(f"Ended: {session['ending']['code']}" + (f": {words}" if words else ""))
    for reason in session["reasons"]:
        site = f" {reason['site']}" if reason["site"] else ""
        known = " (acknowledged)" if reason["acknowledged"] else ""
        typer.echo(f"Attention: {reason['code'].replace('_', ' ')}{site}{known}")
    tell_parts(session)


def tell_parts(session: dict[str, Any]) -> None:
    """Print everybody who takes part, with their local time, answer and warnings."""
    rows = [
        _row(each, each["station"], "; ".join(warning["detail"] for warning in each["warnings"]))
        for each in session["seats"]
    ]
    rows += [_row(each, each["name"], "") for each in session["parts"]]
    table(("who", "local time", "offset", "answer", "warnings"), rows)


def _row(part: dict[str, Any], name: str, warnings: str) -> tuple[str, ...]:
    start, end = part["local_start"], part["local_end"]
    return (
        name,
        f"{spoken_day(start)} {start[11:16]}-{end[11:16]}",
        f"UTC{start[19:].replace('Z', '+00:00')}",
        part["answer"],
        warnings,
    )


def started(session: dict[str, Any]) -> str:
    """Return when a session starts on the clock it was booked by."""
    local = session["start"]["local"]
    return f"{spoken_day(local)} {local[11:16]}"


def tell_check(judged: dict[str, Any]) -> None:
    """Print a judgement: what is in the way, what sites must know, who would be told."""
    for conflict in judged["conflicts"]:
        typer.echo(conflict["detail"])
    for warning in judged["warnings"]:
        typer.echo(f"{warning['station']}: {warning['detail']}")
    for notice in judged["notices"]:
        typer.echo(f"{notice['method']} to {', '.join(notice['recipient'])}: {notice['subject']}")
    typer.echo(f"It {'cannot' if judged['conflicts'] else 'can'} stand. Nothing was stored.")
