"""Commands about sessions: book, list, show. What is done to one is in acts.py."""

import hashlib
import json
from typing import Annotated, Any, Literal

import typer

from jicanet.cli import options
from jicanet.cli.booking import codes, guest, listed, material, person, seat, some, start
from jicanet.cli.common import AS_JSON, AS_USER, emit, run, table
from jicanet.cli.shown import started, tell_check, tell_parts, tell_session
from jicanet.core.actor import Actor
from jicanet.scheduler import service as scheduler
from jicanet.scheduler.domain.words import Status
from jicanet.scheduler.forms import SessionIn, SessionsQuery, booking_request, next_cursor, session_filter
from jicanet.scheduler.render.answers import session_json
from jicanet.scheduler.service import Once
from jicanet.services import Services
from jicanet.web.bodies import read_json, read_pairs
from jicanet.web.call import good_key
from jicanet.web.i18n import Catalogues

group = typer.Typer(help="Sessions: list, show, change, answer.", no_args_is_help=True)

Asked = Annotated[
    Literal["confirmed", "hold", "requested"] | None,
    typer.Option("--status", help="What it becomes; unless said, the most that the asker may."),
]


def book(
    *,
    title: Annotated[str, typer.Option("--title")],
    host: Annotated[str, typer.Option("--host", metavar="CODE", help="The station that leads.")],
    stations: options.Stations = None,
    station: options.Station = None,
    local: Annotated[str, typer.Option("--start", metavar="2026-12-08T15:00", help="What the clock shows.")],
    zone: Annotated[
        str, typer.Option("--zone", help="Whose clock: a name of the tz database.")
    ] = "Asia/Tokyo",
    fold: options.Fold = None,
    minutes: Annotated[int, typer.Option("--minutes")],
    setup_minutes: options.SetupMinutes = None,
    teardown_minutes: options.TeardownMinutes = None,
    status: Asked = None,
    hold_until: options.HoldUntil = None,
    kind: options.Kind = None,
    visibility: options.Seen = None,
    purpose: options.Purpose = None,
    department: options.Department = None,
    coordinator: options.Coordinator = None,
    language: options.Language = None,
    interpretation: options.Interpretation = None,
    recording: options.Recording = None,
    quorum: options.Quorum = None,
    people: options.Person = None,
    guests: options.Guest = None,
    scheme: options.ProgrammeScheme = None,
    country: options.Country = None,
    agency: options.Agency = None,
    stage: options.Stage = None,
    materials: options.Materials = "",
    material_parts: options.Material = None,
    join_url: options.JoinUrl = None,
    join_sip: options.JoinSip = None,
    join_h323: options.JoinH323 = None,
    join_pin: options.JoinPin = None,
    key: options.Key = None,
    check: options.Check = False,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Book a session and invite its stations, hold its time, or ask for one."""
    body = {
        "title": title,
        "host": host,
        "stations": listed(codes(stations or ""), map(seat, station or ())),
        "start": start(local, zone, fold),
        "minutes": minutes,
        "setup_minutes": setup_minutes,
        "teardown_minutes": teardown_minutes,
        "status": status,
        "hold_until": hold_until,
        "kind": kind,
        "visibility": visibility,
        "purpose": purpose,
        "department": department,
        "coordinator": coordinator,
        "languages": language,
        "interpretation": interpretation,
        "recording": recording,
        "quorum": quorum,
        "people": listed(map(person, people or ())) or None,
        "guest_sites": listed(map(guest, guests or ())) or None,
        "programme": some({"scheme": scheme, "countries": country, "agency": agency, "stage": stage}),
        "materials": listed(codes(materials), map(material, material_parts or ())) or None,
        "join": some({"url": join_url, "sip": join_sip, "h323": join_h323, "pin": join_pin}),
    }
    raw = json.dumps({name: value for name, value in body.items() if value is not None}).encode()

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        # The same reading as the API's, so that both refuse alike and name the same fields.
        request = booking_request(read_json(raw, SessionIn))
        once = once_of(key, "jicanet book", raw)
        if check:
            tongues = Catalogues.load().translate
            return dict(await scheduler.check_booking(services, actor, request, tongues=tongues))
        return dict((await scheduler.book_session(services, actor, request, once=once)).body)

    done = run(work, email=email, as_json=as_json)
    if as_json:
        emit(done)
    elif check:
        tell_check(done)
    else:
        typer.echo(f"{_MADE[done['status']]} {done['ref']}.")
        tell_parts(done)


_MADE = {"confirmed": "Booked", "hold": "Holding", "requested": "Asked for"}


def once_of(key: str | None, route: str, raw: bytes) -> Once | None:
    """Return the wish that a key is, None without one; raises Invalid `bad_idempotency_key`."""
    if key is None:
        return None
    return Once(route=route, key=good_key(key), body_hash=hashlib.sha256(raw).hexdigest())


@group.command("list")
def list_sessions(
    first: str | None = typer.Option(None, "--from", metavar="DATE"),
    end: str | None = typer.Option(None, "--to", metavar="DATE", help="Not in it itself."),
    zone: str = typer.Option("Asia/Tokyo", "--zone"),
    station: str | None = typer.Option(None, "--station", metavar="CODE"),
    status: Status | None = typer.Option(None, "--status", help="Those that stand so: requested, say."),
    text: str = typer.Option("", "--q", help="Words of title, reference, purpose or department."),
    limit: int = typer.Option(50, "--limit", help="At most so many, 1 to 200."),
    after: str | None = typer.Option(None, "--after", help="Go on where an earlier list ended."),
    *,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """List sessions by start: whatever overlaps the range counts. It says so where there are more."""
    given = {
        "from": first,
        "to": end,
        "zone": zone,
        "station": station,
        "status": status.value if status else None,
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
            f"{started(item)} {item['start']['zone']}",
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


@group.command("show")
def show_session(ref: str, *, as_json: bool = AS_JSON, email: str | None = AS_USER) -> None:
    """Show one session."""

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        return session_json(await scheduler.session(services, actor, ref))

    session = run(work, email=email, as_json=as_json)
    if as_json:
        emit(session)
    else:
        tell_session(session)
