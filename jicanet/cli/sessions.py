"""Commands about sessions: book, list, show."""

import json
from typing import Any

import typer

from jicanet.cli.common import AS_JSON, AS_USER, emit, run, table
from jicanet.core.actor import Actor
from jicanet.scheduler import service as scheduler
from jicanet.scheduler.domain.words import SessionKind, Visibility
from jicanet.scheduler.forms import SessionIn, SessionsQuery, booking_request, session_filter
from jicanet.scheduler.render.answers import session_json
from jicanet.services import Services
from jicanet.web.bodies import read_json

group = typer.Typer(help="Sessions: list and show.", no_args_is_help=True)

CHECK = typer.Option(False, "--check", help="Judge the booking and store nothing.")


def book(
    title: str = typer.Option(..., "--title"),
    host: str = typer.Option(..., "--host", metavar="CODE", help="The station that leads."),
    stations: str = typer.Option("", "--stations", metavar="CODE,CODE", help="The other stations."),
    start: str = typer.Option(..., "--start", metavar="2026-12-08T15:00", help="What the clock shows."),
    zone: str = typer.Option("Asia/Tokyo", "--zone", help="Whose clock: a name of the tz database."),
    fold: int | None = typer.Option(None, "--fold", help="0 or 1: which one of a time that happens twice."),
    minutes: int = typer.Option(..., "--minutes"),
    setup_minutes: int | None = typer.Option(None, "--setup-minutes"),
    teardown_minutes: int | None = typer.Option(None, "--teardown-minutes"),
    kind: SessionKind | None = typer.Option(None, "--kind"),
    visibility: Visibility | None = typer.Option(None, "--visibility"),
    purpose: str | None = typer.Option(None, "--purpose"),
    department: str | None = typer.Option(None, "--department"),
    coordinator: str | None = typer.Option(None, "--coordinator", metavar="EMAIL"),
    materials: str = typer.Option(
        "", "--materials", metavar="CODE,CODE", help="To be watched before the day."
    ),
    join_url: str | None = typer.Option(None, "--join-url"),
    *,
    check: bool = CHECK,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Book a session and invite its stations."""
    body = {
        "title": title,
        "host": host,
        "stations": _codes(stations),
        "start": {"local": start, "zone": zone, **({} if fold is None else {"fold": fold})},
        "minutes": minutes,
        "setup_minutes": setup_minutes,
        "teardown_minutes": teardown_minutes,
        "kind": kind,
        "visibility": visibility,
        "purpose": purpose,
        "department": department,
        "coordinator": coordinator,
        "materials": _codes(materials) or None,
        "join": None if join_url is None else {"url": join_url},
    }
    given = {name: value for name, value in body.items() if value is not None}

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        # The same reading as the API's, so that both refuse alike and name the same fields.
        request = booking_request(read_json(json.dumps(given).encode(), SessionIn))
        if check:
            return dict(await scheduler.check_booking(services, actor, request))
        return dict((await scheduler.book_session(services, actor, request)).body)

    done = run(work, email=email, as_json=as_json)
    if as_json:
        emit(done)
    elif check:
        _tell_check(done)
    else:
        typer.echo(f"Booked {done['ref']}.")
        _seats(done)


def _codes(given: str) -> list[str]:
    return [code.strip() for code in given.split(",") if code.strip()]


def _tell_check(judged: dict[str, Any]) -> None:
    for conflict in judged["conflicts"]:
        typer.echo(conflict["detail"])
    for warning in judged["warnings"]:
        typer.echo(f"{warning['station']}: {warning['detail']}")
    typer.echo(f"It {'cannot' if judged['conflicts'] else 'can'} stand. Nothing was stored.")


def _seats(session: dict[str, Any]) -> None:
    rows = [
        (
            seat["station"],
            f"{seat['local_start'][:10]} {seat['local_start'][11:16]}-{seat['local_end'][11:16]}",
            f"UTC{seat['local_start'][19:]}",
            "; ".join(warning["detail"] for warning in seat["warnings"]),
        )
        for seat in session["seats"]
    ]
    table(("station", "local time", "offset", "warnings"), rows)


@group.command("list")
def list_sessions(
    start: str | None = typer.Option(None, "--from", metavar="DATE"),
    end: str | None = typer.Option(None, "--to", metavar="DATE", help="Not in it itself."),
    zone: str = typer.Option("Asia/Tokyo", "--zone"),
    station: str | None = typer.Option(None, "--station", metavar="CODE"),
    text: str = typer.Option("", "--q", help="Words of title, reference, purpose or department."),
    limit: int = typer.Option(50, "--limit", min=1, max=200),
    *,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """List sessions by start: whatever overlaps the range counts."""
    query = SessionsQuery.model_validate(
        {"from": start, "to": end, "zone": zone, "station": station, "q": text, "limit": limit}
    )

    async def work(services: Services, actor: Actor) -> list[dict[str, Any]]:
        found = await scheduler.sessions(services, actor, session_filter(query, services.zones))
        return [session_json(view) for view in found.items]

    items = run(work, email=email, as_json=as_json)
    if as_json:
        emit({"items": items})
        return
    rows = [
        (
            item["ref"],
            f"{item['start']['local'].replace('T', ' ')} {item['start']['zone']}",
            item["minutes"],
            item["status"],
            item["title"],
            ", ".join(seat["station"] for seat in item["seats"]),
        )
        for item in items
    ]
    table(("reference", "start", "min", "status", "title", "stations"), rows)


@group.command("show")
def show_session(ref: str, *, as_json: bool = AS_JSON, email: str | None = AS_USER) -> None:
    """Show one session."""

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        return session_json(await scheduler.session(services, actor, ref))

    session = run(work, email=email, as_json=as_json)
    if as_json:
        emit(session)
        return
    typer.echo(f"{session['ref']}  {session['status']}  {session['title']}")
    typer.echo(f"{session['start']['local']} {session['start']['zone']}, {session['minutes']} minutes")
    _seats(session)
