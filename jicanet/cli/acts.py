"""Commands that do something to one session: approve, refuse, cancel, restore, write, answer, change."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from jicanet.cli import options
from jicanet.cli.booking import codes, guest, listed, material, person, seat, some, start, told
from jicanet.cli.common import AS_JSON, AS_USER, emit, run, table
from jicanet.cli.days import spoken_day
from jicanet.cli.sessions import once_of
from jicanet.cli.shown import tell_check, tell_session
from jicanet.core.actor import Actor
from jicanet.scheduler import service as scheduler
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.forms import ReasonIn, ReplyIn, SessionPatch, TextIn, patch_of
from jicanet.scheduler.render.ledger import ledger_json
from jicanet.scheduler.service import ANY, BookedSession, Match
from jicanet.services import Services
from jicanet.web.bodies import read_json
from jicanet.web.i18n import Catalogues

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in words that the others read.")]
Work = Callable[[Services, Actor], Awaitable[BookedSession]]


def confirm(
    ref: str,
    *,
    revision: options.Revision = None,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Approve a request or hold, or acknowledge why a session needs attention."""
    _act(
        lambda services, actor: scheduler.confirm_session(services, actor, ref, match=_match(revision)),
        as_json=as_json,
        email=email,
    )


def restore(
    ref: str,
    *,
    revision: options.Revision = None,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Bring a cancelled session back; everybody is asked again."""
    _act(
        lambda services, actor: scheduler.restore_session(services, actor, ref, match=_match(revision)),
        as_json=as_json,
        email=email,
    )


def refuse(
    ref: str,
    *,
    reason: Reason,
    revision: options.Revision = None,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Refuse a request in words; whoever asked gets them by mail."""

    async def work(services: Services, actor: Actor) -> BookedSession:
        words = read_json(_raw(reason=reason), ReasonIn).reason
        return await scheduler.refuse_session(services, actor, ref, words, match=_match(revision))

    _act(work, as_json=as_json, email=email)


def cancel(
    ref: str,
    *,
    reason: Reason,
    revision: options.Revision = None,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Cancel a session, release a hold or withdraw a request; everybody who takes part is told."""

    async def work(services: Services, actor: Actor) -> BookedSession:
        words = read_json(_raw(reason=reason), ReasonIn).reason
        return await scheduler.cancel_session(services, actor, ref, words, match=_match(revision))

    _act(work, as_json=as_json, email=email)


def answer(
    ref: str,
    code: Annotated[str, typer.Argument(metavar="STATION")],
    given: Annotated[
        Answer,
        typer.Argument(metavar="ANSWER", help="accepted, tentative or declined; needs-action asks again."),
    ],
    *,
    comment: Annotated[
        str | None, typer.Option("--comment", metavar="TEXT", help="Words for the coordinator.")
    ] = None,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Answer for a station. A repeat changes nothing."""

    async def work(services: Services, actor: Actor) -> BookedSession:
        reply = read_json(_raw(answer=given, comment=comment), ReplyIn)
        return await scheduler.answer_seat(
            services, actor, ref, code, answer=reply.answer, words=reply.comment or ""
        )

    _act(work, as_json=as_json, email=email)


def message(
    ref: str,
    *,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What everybody reads.")],
    key: options.Key = None,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Write to everybody who takes part."""
    raw = _raw(text=text)

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        words = read_json(raw, TextIn).text
        once = once_of(key, f"jicanet sessions message {ref[:40]}", raw)
        return await scheduler.message_all(services, actor, ref, words, once=once)

    done = run(work, email=email, as_json=as_json)
    if as_json:
        emit(done)
    else:
        typer.echo(f"Written to {done['recipients']}.")


def ledger(ref: str, *, as_json: bool = AS_JSON, email: str | None = AS_USER) -> None:
    """Show every notice and answer of a session, newest first."""

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        view, lines = await scheduler.ledger(services, actor, ref)
        return {"items": [ledger_json(line, view) for line in lines], "next": None}

    found = run(work, email=email, as_json=as_json)
    if as_json:
        emit(found)
        return
    rows = [
        (
            f"{spoken_day(line['at'])} {line['at'][11:19]}",
            line["what"],
            "" if line["sequence"] is None else line["sequence"],
            line["who"] or ", ".join(line["parts"]),
            line["result"],
            " ".join(line["words"].split()),
        )
        for line in found["items"]
    ]
    table(("UTC", "what", "sequence", "by or to", "result", "words"), rows)


def change(
    ref: str,
    *,
    title: Annotated[str | None, typer.Option("--title")] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="CODE", help="The station that leads.")
    ] = None,
    stations: options.Stations = None,
    station: options.Station = None,
    local: Annotated[
        str | None, typer.Option("--start", metavar="2026-12-08T15:00", help="What the clock shows.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="Whose clock --start is; unless said, the session's.")
    ] = None,
    fold: options.Fold = None,
    minutes: Annotated[int | None, typer.Option("--minutes")] = None,
    setup_minutes: options.SetupMinutes = None,
    teardown_minutes: options.TeardownMinutes = None,
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
    clear: Annotated[
        list[str] | None,
        typer.Option(
            "--clear",
            metavar="FIELD",
            help="Back to its default: quorum, people, join_url... May be given several times.",
        ),
    ] = None,
    revision: options.Revision = None,
    check: options.Check = False,
    as_json: bool = AS_JSON,
    email: str | None = AS_USER,
) -> None:
    """Change a session and tell those concerned. What is not named stays; a list that is named is replaced."""
    if local is None and (zone is not None or fold is not None):
        raise typer.BadParameter("--zone and --fold belong to --start")
    given = told(
        {
            "title": title,
            "host": host,
            "stations": listed(codes(stations or ""), map(seat, station or ())),
            "minutes": minutes,
            "setup_minutes": setup_minutes,
            "teardown_minutes": teardown_minutes,
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
            "people": listed(map(person, people or ())),
            "guest_sites": listed(map(guest, guests or ())),
            "programme": some({"scheme": scheme, "countries": country, "agency": agency, "stage": stage}),
            "materials": listed(codes(materials), map(material, material_parts or ())),
            "join": some({"url": join_url, "sip": join_sip, "h323": join_h323, "pin": join_pin}),
        }
    )
    cleared = [name.replace("-", "_") for name in clear or ()]
    if not (given or cleared or local):
        raise typer.BadParameter("name what is to be changed")
    if both := sorted(set(cleared) & set(given)):
        msg = f"{both[0]} is both given and cleared"
        raise typer.BadParameter(msg)
    body = {**given, **dict.fromkeys(cleared)}
    when = {} if local is None else {"local": local, "zone": zone, "fold": fold}

    async def work(services: Services, actor: Actor) -> dict[str, Any]:
        # The same reading as the API's, so that both refuse alike and name the same fields.
        patch = patch_of(read_json(await _body(services, actor, ref, body, when), SessionPatch))
        match = _match(revision)
        if check:
            tongues = Catalogues.load().translate
            return dict(
                await scheduler.check_change(services, actor, ref, patch, match=match, tongues=tongues)
            )
        return dict((await scheduler.change_session(services, actor, ref, patch, match=match)).body)

    done = run(work, email=email, as_json=as_json)
    if as_json:
        emit(done)
    elif check:
        tell_check(done)
    else:
        _tell(done)


async def _body(
    services: Services, actor: Actor, ref: str, body: dict[str, Any], when: dict[str, Any]
) -> bytes:
    """Return the JSON of a change; a start without a zone is of the clock that the session goes by."""
    if not when:
        return json.dumps(body).encode()
    zone = when["zone"] or (await scheduler.session(services, actor, ref)).session.zone
    return json.dumps({**body, "start": start(when["local"], zone, when["fold"])}).encode()


def _act(work: Work, *, as_json: bool, email: str | None) -> None:
    """Do something to a session, and tell how it then is."""

    async def act(services: Services, actor: Actor) -> dict[str, Any]:
        return dict((await work(services, actor)).body)

    done = run(act, email=email, as_json=as_json)
    if as_json:
        emit(done)
    else:
        _tell(done)


def _tell(session: dict[str, Any]) -> None:
    if "title" in session:
        tell_session(session)
    else:  # an act may end one's right to see
        typer.echo(f"{session['ref']} is changed, and no longer shown to you.")


def _match(revision: int | None) -> Match:
    return ANY if revision is None else Match(frozenset({revision}))


def _raw(**body: Any) -> bytes:
    return json.dumps(told(body)).encode()


_COMMANDS = (confirm, restore, refuse, cancel, answer, message, ledger, change)


def join(group: typer.Typer) -> None:
    """Add these commands to a group."""
    for command in _COMMANDS:
        group.command(command.__name__)(command)
