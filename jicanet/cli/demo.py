"""`jicanet demo`: the main job once, end to end, through the real HTTP interface and worker."""

import asyncio
import email
import email.policy
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import icalendar
import typer
from aiohttp import web
from rich.console import Console
from rich.text import Text

from jicanet import migrations
from jicanet.app import build_services, create_app, prepare_reference
from jicanet.cli.common import AS_JSON, REFUSED, emit, settings_or_exit
from jicanet.cli.days import spoken_day
from jicanet.cli.run import FIRST_COORDINATOR
from jicanet.core.actor import CONSOLE, Scope
from jicanet.people import service as people
from jicanet.services import Services

HOST = "JPN-TIC"
STATIONS = ("KEN-NBO", "LKA-CMB", "THA-BKK")
MATERIALS = ("JN-M025", "JN-M002")
_WEDNESDAY = 2
_LOOKS, _LOOK_SECONDS = 100, 0.1
_DOUBLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the main job came to: everything that the demonstration tells."""

    session: dict[str, Any]
    repeat_is_equal: bool
    rival: dict[str, Any]
    mails: tuple[dict[str, Any], ...]
    feed: dict[str, Any]


def demo(*, as_json: bool = AS_JSON) -> None:
    """Do the main job once on a temporary database: book, invite, refuse a rival, publish."""
    # The folder stays, so that the mails whose paths are printed can be opened.
    folder = Path(tempfile.mkdtemp(prefix="jicanet-demo-"))
    found = asyncio.run(_demonstrate(folder))
    if as_json:
        emit(_document(found))
    else:
        _tell(found, folder)
    sys.exit(0 if _holds(found) else REFUSED)


def _holds(found: Found) -> bool:
    """Say whether all of the main job came out: the exit status is worth nothing without it."""
    attached = {Path(address).name for address in found.feed["attachments"]}
    return (
        len(found.mails) == 1 + len(STATIONS)
        and found.repeat_is_equal
        and found.rival.get("code") == "station_busy"
        and found.feed["uid_in_mails"]
        and attached == set(MATERIALS)
    )


async def _demonstrate(folder: Path) -> Found:
    async with _served(folder) as (services, url):
        token = await people.create_token(
            services, CONSOLE, email=FIRST_COORDINATOR, scopes=[Scope.ALL], name="demonstration"
        )
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(base_url=url, headers=headers) as client:
            return await _main_job(client, folder, today=services.clock.now().date())


@asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[tuple[Services, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = settings_or_exit(
        mode="development",
        data=folder,
        database_url=f"sqlite:///{folder / 'jicanet.db'}",
        host="127.0.0.1",
        port=port,
        base_url=f"http://127.0.0.1:{port}",
        smtp_host=None,
        worker=True,
        worker_tick_seconds=0.2,
        log_level="error",
    )
    await asyncio.to_thread(migrations.upgrade, settings.database)
    services = build_services(settings)
    runner = web.AppRunner(create_app(services), access_log=None)
    await runner.setup()
    try:
        await prepare_reference(services, CONSOLE)
        await people.first_coordinator(services, FIRST_COORDINATOR)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield services, settings.public_url
    finally:
        await runner.cleanup()


def course_day(today: date) -> date:
    """Return the Wednesday of the week after next: far enough to invite, near enough to be real."""
    return today + timedelta(days=14 + (_WEDNESDAY - today.weekday()) % 7)


def _asked(day: date) -> dict[str, Any]:
    return {
        "title": "Remote Sensing and GIS, day 4",
        "kind": "course-day",
        "host": HOST,
        "stations": list(STATIONS),
        "start": {"local": f"{day}T15:00", "zone": "Asia/Tokyo"},
        "minutes": 210,
        "setup_minutes": 15,
        "visibility": "public",
        "languages": ["en"],
        "materials": list(MATERIALS),
    }


async def _main_job(client: aiohttp.ClientSession, folder: Path, *, today: date) -> Found:
    day = course_day(today)
    asked = _asked(day)
    key = {"Idempotency-Key": "course-day-4"}
    session = await _post(client, "/api/v1/sessions", asked, 201, key)
    again = await _post(client, "/api/v1/sessions", asked, 201, key)
    rival = await _post(
        client,
        "/api/v1/sessions",
        {
            "title": "A seminar that comes too late",
            "host": "JPN-HQ",
            "stations": ["THA-BKK"],
            "start": {"local": f"{day}T17:30", "zone": "Asia/Tokyo"},
            "minutes": 60,
        },
        409,
    )
    mails = await _mails(folder / "mail", 1 + len(STATIONS))
    opened = await _post(client, "/api/v1/feeds", {"kind": "station", "value": STATIONS[0]}, 201)
    async with client.get(opened["url"]) as answer:
        answer.raise_for_status()
        feed = _feed(await answer.read(), opened["url"], {mail["uid"] for mail in mails})
    return Found(session=session, repeat_is_equal=again == session, rival=rival, mails=mails, feed=feed)


async def _post(
    client: aiohttp.ClientSession,
    path: str,
    body: dict[str, Any],
    expected: int,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    async with client.post(path, json=body, headers=headers) as answer:
        document: dict[str, Any] = await answer.json(content_type=None)
    if answer.status != expected:
        msg = f"POST {path} answered {answer.status} instead of {expected}: {document}"
        raise RuntimeError(msg)
    return document


async def _mails(folder: Path, count: int) -> tuple[dict[str, Any], ...]:
    """Return the mails once the worker has written them, a moment after the last to see that none is double."""
    for _ in range(_LOOKS):
        if len(_written(folder)) >= count:
            break
        await asyncio.sleep(_LOOK_SECONDS)
    await asyncio.sleep(_DOUBLE_SECONDS)
    return tuple(sorted((_mail(path) for path in _written(folder)), key=lambda mail: str(mail["to"])))


def _written(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))


def _mail(path: Path) -> dict[str, Any]:
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    part = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    event = _only_event(part.get_content().encode())
    return {
        "to": str(letter["To"]),
        "subject": str(letter["Subject"]),
        "uid": str(event["UID"]),
        "sequence": int(str(event["SEQUENCE"])),
        "starts_at": event.start.isoformat(),
        "path": str(path),
    }


def _only_event(content: bytes) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(content).events
    return event


def _feed(content: bytes, url: str, mailed: set[str]) -> dict[str, Any]:
    event = _only_event(content)
    attached = event.get("ATTACH", [])
    attached = attached if isinstance(attached, list) else [attached]
    return {
        "url": url,
        "bytes": len(content),
        "summary": str(event["SUMMARY"]),
        "starts_at": event.start.isoformat(),
        "attachments": [str(address) for address in attached],
        "uid_in_mails": mailed == {str(event["UID"])},
    }


def _document(found: Found) -> dict[str, Any]:
    return {
        "session": found.session,
        "repeat_is_equal": found.repeat_is_equal,
        "rival": found.rival,
        "mails": list(found.mails),
        "feed": found.feed,
        "holds": _holds(found),
    }


def _tell(found: Found, folder: Path) -> None:
    session = found.session
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)

    def say(words: str = "", style: str = "") -> None:
        console.print(Text(words, style=style))

    say()
    say(f"1. Booked {session['ref']}: {session['title']}", "bold")
    say(
        f"   {spoken_day(session['start']['local'])} {session['start']['local'][11:]} {session['start']['zone']}, {session['minutes']} minutes. Each site:"
    )
    for seat in session["seats"]:
        say(f"   {seat['station']:8} {_local(seat['local_start'])} - {_local(seat['local_end'])[-15:]}")
        for warning in seat["warnings"]:
            say(f"            ! {warning.get('detail') or warning['code']}", "yellow")
    say(f"   Materials: {', '.join(link['material'] for link in session['materials'])}")
    say("   Sent again with the same key: " + ("the same answer." if found.repeat_is_equal else "DIFFERS"))
    say()
    say("2. A rival for Bangkok, an hour before the end, is refused:", "bold")
    say(f"   {found.rival['status']} {found.rival['code']}: {found.rival['detail']}")
    say()
    say(f"3. {len(found.mails)} invitations, one a station, each in its own local time:", "bold")
    for mail in found.mails:
        say(f"   {mail['subject']}")
        say(f"     {mail['path']}", "dim")
    say()
    say(f"4. The calendar of {STATIONS[0]} ({found.feed['bytes']} bytes):", "bold")
    say(f"   {found.feed['url']}", "dim")
    say(f"   {_local(found.feed['starts_at'])}  {found.feed['summary']}")
    for address in found.feed["attachments"]:
        say(f"     material: {address}")
    say()
    say("All of it came out." if _holds(found) else "Something did not come out: see above.", "bold")
    typer.echo(f"Everything lies in {folder}\n")


def _local(instant: str) -> str:
    """Return `2026-12-09T09:00:00+03:00` as `Wed 2026-12-09 09:00 UTC+03:00`."""
    return (
        f"{spoken_day(instant)} {instant[11:16]} UTC{instant[-6:] if not instant.endswith('Z') else '+00:00'}"
    )
