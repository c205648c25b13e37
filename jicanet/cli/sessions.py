"""Commands about sessions: book, list, show."""

import hashlib
import json
from typing import Any

import typer

from jicanet.cli.booking import codes, listed, material, seat, some, told
from jicanet.cli.common import AS_JSON, AS_USER, emit, run, table
from jicanet.cli.days import spoken_day
from jicanet.core.actor import Actor
from jicanet.scheduler import service as scheduler
from jicanet.scheduler.domain.words import Scheme, SessionKind, Visibility
from jicanet.scheduler.forms import SessionIn, SessionsQuery, booking_request, next_cursor, session_filter
from jicanet.scheduler.render.answers import session_json
from jicanet.scheduler.service import Once
from jicanet.services import Services
from jicanet.web.bodies import read_json, read_pairs
from jicanet.web.call import good_key
from jicanet.web.i18n import Catalogues

group = typer.Typer(help="Sessions: list and show.", no_args_is_help=True)

CHECK = typer.Option(False, "--check", help="Judge the booking and store nothing.")
STATION = typer.Option(
    [],
    "--station",
    metavar="CODE[:ROLE][:NEED]",
    help="One more station with its part: sending or receiving, required or optional, as in "
    "VNM-HAN:sending:required. Unless said: receiving, optional; the host sends and is required. "
    "Name the host here to give it another role. May be given several times.",
)
MATERIAL = typer.Option(
    [],
    "--material",
    metavar="CODE[:KIND[:START-END]]",
    help="One more material with what it is for (pre-viewing, shown, handout, slides, recording, minutes, "
    "follow-up) and, if shown, from which minute of the session to which, as in JN-M001:shown:5-35. "
    "May be given several times.",
)
KEY = typer.Option(
    None, "--key", help="Any text of yours: the same booking sent again with it changes nothing more."
)


def book(
    title: str = typer.Option(..., "--title"),
    host: str = typer.Option(..., "--host", metavar="CODE", help="The station that leads."),
    stations: str = typer.Option("", "--stations", metavar="CODE,CODE", help="The other stations."),
    station: list[str] = STATION,
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
    language: list[str] = typer.Option(
        [], "--language", metavar="TAG", help="Spoken in it: en, ja, pt-BR. May be given several times."
    ),
    scheme: Scheme | None = typer.Option(None, "--scheme", help="The programme's scheme."),
    country: list[str] = typer.Option(
        [], "--country", metavar="XX", help="A country of the programme. May be given several times."
    ),
    agency: str | None = typer.Option(None, "--agency", help="Whose programme it is."),
    stage: int | None = typer.Option(None, "--stage", help="Stage of the project cycle, 1 to 6."),
    materials: str = typer.Option(
        "", "--materials", metavar="CODE,CODE", help="To be watched before the day."
    ),
    material_parts: list[str] = MATERIAL,
    join_url: str | None = typer.Option(None, "--join-url"),
    join_sip: str | None = typer.Option(None, "--join-sip"),
    join_h323: str | None = typer.Option(None, "--join-h323"),
    join_pin: str | None = typer.Option(None, "--join-pin"),
    key: str | None = KEY,
    *,
    check: bool = CHECK,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Book a session and invite its stations."""
    body = {
        "title": title,
        "host": host,
        "stations": listed(codes(stations), map(seat, station)),
        "start": told({"local": start, "zone": zone, "fold": fold}),
        "minutes": minutes,
        "setup_minutes": setup_minutes,
        "teardown_minutes": teardown_minutes,
        "kind": kind,
        "visibility": visibility,
        "purpose": purpose,
        "department": department,
        "coordinator": coordinator,
        "languages": language or None,
        "programme": some({"scheme": scheme, "countries": country, "agency": agency, "stage": stage}),
        "materials": listed(codes(materials), map(material, material_parts)) or None,
        "join": some({"url": join_url, "sip": join_sip, "h323": join_h323, "pin": join_pin}),
    }
    raw = json.dumps({name: value for name, value in body.items() if value is not None}).encode()

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        # The same reading as the API's, so that both refuse alike and name the same fields.
        request = booking_request(read_json(raw, SessionIn))
        once = _once(key, raw)
        if check:
            tongues = Catalogues.load().translate
            return dict(await scheduler.check_booking(services, actor, request, tongues=tongues))
        return dict((await scheduler.book_session(services, actor, request, once=once)).body)

    done = run(work, email=email, as_json=as_json)
    if as_json:
        emit(done)
    elif check:
        _tell_check(done)
    else:
        typer.echo(f"Booked {done['ref']}.")
        _seats(done)


def _once(key: str | None, raw: bytes) -> Once | None:
    if key is None:
        return None
    return Once(route="jicanet book", key=good_key(key), body_hash=hashlib.sha256(raw).hexdigest())


def _tell_check(judged: dict[str, Any]) -> None:
    for conflict in judged["conflicts"]:
        typer.echo(conflict["detail"])
    for warning in judged["warnings"]:
        typer.echo(f"{warning['station']}: {warning['detail']}")
    typer.echo(f"It {'cannot' if judged['conflicts'] else 'can'} stand. Nothing was stored.")


def _seats(session: dict[str, Any]) -> None:
    rows = [
        (
            each["station"],
            f"{spoken_day(each['local_start'])} {each['local_start'][11:16]}-{each['local_end'][11:16]}",
            f"UTC{each['local_start'][19:]}",
            "; ".join(warning["detail"] for warning in each["warnings"]),
        )
        for each in session["seats"]
    ]
    table(("station", "local time", "offset", "warnings"), rows)


@group.command("list")
def list_sessions(
    start: str | None = typer.Option(None, "--from", metavar="DATE"),
    end: str | None = typer.Option(None, "--to", metavar="DATE", help="Not in it itself."),
    zone: str = typer.Option("Asia/Tokyo", "--zone"),
    station: str | None = typer.Option(None, "--station", metavar="CODE"),
    text: str = typer.Option("", "--q", help="Words of title, reference, purpose or department."),
    limit: int = typer.Option(50, "--limit", help="At most so many, 1 to 200."),
    after: str | None = typer.Option(None, "--after", help="Go on where an earlier list ended."),
    *,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """List sessions by start: whatever overlaps the range counts. It says so where there are more."""
    given = {
        "from": start,
        "to": end,
        "zone": zone,
        "station": station,
        "q": text,
        "limit": limit,
        "after": after,
    }
    pairs = [(name, str(value)) for name, value in given.items() if value is not None]

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        # The same reading as the API's, so that both refuse alike.
        wanted = session_filter(read_pairs(pairs, SessionsQuery), services.zones)
        found = await scheduler.sessions(services, actor, wanted)
        return {"items": [session_json(view) for view in found.items], "next": next_cursor(found.after)}

    found = run(work, email=email, as_json=as_json)
    if as_json:
        emit(found)
        return
    rows = [
        (
            item["ref"],
            f"{_start(item)} {item['start']['zone']}",
            item["minutes"],
            item["status"],
            item["title"],
            ", ".join(each["station"] for each in item["seats"]),
        )
        for item in found["items"]
    ]
    table(("reference", "start", "min", "status", "title", "stations"), rows)
    if found["next"]:
        typer.echo(f"There are more: add --after {found['next']}")


def _start(session: dict[str, Any]) -> str:
    local = session["start"]["local"]
    return f"{spoken_day(local)} {local[11:16]}"


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
    typer.echo(f"{_start(session)} {session['start']['zone']}, {session['minutes']} minutes")
    _seats(session)
