"""The queue says of each request whether it can be booked now, and the own list how requests ended."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jicanet.core.actor import Actor, Role
from jicanet.core.errors import Conflict
from jicanet.scheduler.domain.words import Answer, Status, Visibility
from jicanet.scheduler.service import (
    answer_seat,
    cancel_session,
    change_session,
    confirm_session,
    lapse,
    refuse_session,
    requests,
    waiting,
)
from jicanet.scheduler.service.editing import ANY
from jicanet.services import Services
from jicanet.stations.tables import bridge
from tests.support.acts import book, browser, look, send, spoken
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.sessions import found_network, room, statements, user
from tests.support.web import Client


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services, more=[room(number) for number in range(60)])
    return await user(services)


async def ask(services: Services, kim: Actor, *codes: str, **changes: Any) -> str:
    given = {"host": "VNM-HAN", "title": "Asked for", "start": at("2026-12-15T11:00"), "minutes": 30}
    return await book(services, kim, *(codes or ("JPN-TIC",)), **{**given, **changes})


def entry(html: str, ref: str) -> str:
    """Return the words of one session of the queue."""
    found = [spoken(part) for part in html.split("<li>") if f'href="/sessions/{ref}"' in part]
    return found[0].partition(" Change ")[0] if found else ""


async def test_each_request_says_whether_it_can_be_booked_now(
    client: Client, services: Services, hana: Actor, kim: Actor
) -> None:
    free = await ask(services, kim)
    taken = await ask(services, kim, start=at("2026-12-17T11:00"))
    rival = await book(services, hana, "VNM-HAN", start=at("2026-12-17T11:15"), title="First come")

    html = await look(client, "/requests")

    assert "Can be booked now." in entry(html, free)
    said = entry(html, taken)
    assert "Can be booked now." not in said
    assert "Hanoi and Tokyo are taken at that time" in said
    assert f"Tokyo (JPN-TIC) has {rival} “First come” on Thu 17 Dec 11:15–12:45, Tokyo time." in said
    assert f"Hanoi (VNM-HAN) has {rival} “First come” on Thu 17 Dec 09:15–10:45, Hanoi time." in said
    assert f'<a href="/sessions/{rival}">{rival}</a>' in html
    # What cannot stand is not approved from here: its first way is to change it.
    assert html.count("Approve") == 1
    assert f'<a class="button primary" href="/sessions/{taken}/change">Change</a>' in html
    assert f'<a class="button" href="/sessions/{free}/change">Change</a>' in html
    refused = await send(client, f"/sessions/{taken}/confirm", {}, 409)
    assert f"Hanoi (VNM-HAN) has {rival} “First come” on Thu 17 Dec 09:15–10:45, Hanoi time." in refused


async def test_what_is_no_more_in_the_way_is_no_longer_said(
    client: Client, services: Services, hana: Actor, kim: Actor, clock: FakeClock
) -> None:
    first = await ask(services, kim, "BGD-DAC")
    second = await ask(services, kim, "JPN-TIC")
    held = await book(services, hana, "BGD-DAC", start=at("2026-12-15T11:00"), status=Status.HOLD)
    html = await look(client, "/requests")
    assert "Dhaka is taken at that time" in entry(html, first)
    assert "Tokyo is taken at that time" in entry(html, second)
    # A site that does not come frees its room.
    await answer_seat(services, hana, held, "BGD-DAC", answer=Answer.DECLINED)
    html = await look(client, "/requests")
    assert "Can be booked now." in entry(html, first)
    assert "Tokyo is taken at that time" in entry(html, second)
    # So does a hold that has run out, whether or not anybody has ended it; it waits for nobody.
    clock.instant = datetime(2026, 12, 4, 0, 0, tzinfo=UTC)
    html = await look(client, "/requests")
    assert "Can be booked now." in entry(html, second)
    assert entry(html, held) == ""
    # Requests are in nobody's way, not even in each other's.
    assert html.count("Can be booked now.") == 2


async def test_a_bridge_that_is_full_is_said_with_its_numbers(
    client: Client, services: Services, hana: Actor, kim: Actor
) -> None:
    codes = [f"ROOM-{number:03}" for number in range(40)]
    for part, host in enumerate(("ROOM-050", "ROOM-051")):
        await book(services, hana, *codes[part * 20 :][:20], host=host, start=at("2026-12-15T11:00"))
    most = [f"ROOM-{number:03}" for number in range(40, 50)]
    await book(services, hana, *most, host="ROOM-052", start=at("2026-12-15T11:00"), recording=True)
    small = await ask(services, kim, host="KEN-NBO")
    await services.database.write(lambda db: _ports(db, 55))

    said = entry(await look(client, "/requests"), small)

    assert "The bridge has too few ports at that time" in said
    assert "54 of its 55 ports are taken and this session needs 2, 1 too many." in said


def _ports(db: Any, ports: int) -> None:
    db.execute(bridge.update().values(ports=ports))


async def test_who_asked_sees_whether_it_can_stand_and_never_what_is_hidden(
    services: Services, hana: Actor, kim: Actor
) -> None:
    ref = await ask(services, kim)
    hidden = await book(
        services, hana, start=at("2026-12-15T11:00"), visibility=Visibility.PARTICIPANTS, title="Secret"
    )
    async with browser(services, kim) as other:
        html = await look(other, "/requests")
    assert (
        "Tokyo (JPN-TIC) has another session on Tue 15 Dec 11:00–12:30, Tokyo time, that is not shown to you."
        in entry(html, ref)
    )
    assert "Secret" not in html
    assert hidden not in html
    assert f'<a class="button primary" href="/sessions/{ref}/change">Change</a>' in html


async def test_one_place_says_what_may_stand(services: Services, hana: Actor, kim: Actor) -> None:
    """What the list says of a request is what approving it comes to."""
    await book(services, hana, "VNM-HAN", start=at("2026-12-15T12:00"), minutes=60)
    minutes = ("09:30", "10:44", "10:45", "11:30", "12:59", "13:00", "13:14", "13:15", "13:30")
    asked = {await ask(services, kim, start=at(f"2026-12-15T{each}")): each for each in minutes}
    listed = {each.view.session.ref: each.clashes for each in (await requests(services, hana)).waiting}
    assert set(listed) == set(asked)
    for ref, minute in asked.items():
        try:
            await confirm_session(services, hana, ref)
        except Conflict as refusal:
            said = refusal.extra["conflicts"]
            assert [clash.json() for clash in listed[ref]] == said, minute
        else:
            assert listed[ref] == (), minute
            await cancel_session(services, hana, ref, "next")


async def test_fifty_requests_are_judged_by_two_statements(
    client: Client, services: Services, hana: Actor, kim: Actor
) -> None:
    async def asked(number: int) -> None:
        start = at(f"2026-12-{15 + number % 10}T{9 + number // 10:02}:00")
        await ask(services, kim, f"ROOM-{number:03}", start=start, title=f"Asked {number}")

    await asked(0)
    await look(client, "/requests")
    with statements() as one:
        await look(client, "/requests")
    for number in range(1, 50):
        await asked(number)
    await book(services, hana, "VNM-HAN", start=at("2026-12-15T09:00"))
    with statements() as fifty:
        html = await look(client, "/requests")
    assert html.count("Can be booked now.") == 48  # two of them at the hour and the host of the other
    assert len(fifty) == len(one)
    assert sum("wanted" in statement for statement in fifty) == 2


async def test_who_asked_sees_how_their_requests_ended(
    services: Services, hana: Actor, kim: Actor, clock: FakeClock
) -> None:
    refused = await ask(services, kim)
    await refuse_session(services, hana, refused, "Take Monday.")
    cancelled = await ask(services, kim)
    await confirm_session(services, hana, cancelled)
    await cancel_session(services, hana, cancelled, "The bridge is down.")
    withdrawn = await ask(services, kim)
    await cancel_session(services, kim, withdrawn, "Not needed.")
    lapsed = await ask(services, kim, start=at("2026-12-02T11:00"))
    clock.instant = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
    await lapse(services, clock.now())
    await ask(services, kim, title="Still open")
    other = await user(services, "lee@example.org", roles=[Role.LECTURER])
    await refuse_session(services, hana, await ask(services, other, "BGD-DAC"), "Not yours to read")

    async with browser(services, kim) as own:
        html = await look(own, "/requests")
        ended = spoken(html[html.index('id="ended"') :])
        shown = re.findall(r"JN-2026-\d+", ended)
        assert shown == [lapsed, withdrawn, cancelled, refused]
        assert f"{lapsed} · Not approved before its start, today 11:00" in ended
        assert f"{refused} · Refused, Tue 1 Dec 09:00 · asked for Tue 1 Dec 09:00 Take Monday." in ended
        assert f"{cancelled} · Cancelled, Tue 1 Dec 09:00 · asked for Tue 1 Dec 09:00 The bridge" in ended
        assert f"{withdrawn} · Cancelled, Tue 1 Dec 09:00 · asked for Tue 1 Dec 09:00 Not needed." in ended
        assert "Not yours" not in ended
        assert "Approve" not in html
        # Thirty days later they are gone from the list.
        clock.instant = datetime(2026, 12, 30, 23, 59, tzinfo=UTC)
        assert "Take Monday." in await look(own, "/requests")
        clock.instant = datetime(2026, 12, 31, 0, 1, tzinfo=UTC)
        html = await look(own, "/requests")
        assert "Take Monday." not in html
        assert lapsed in html

    async with browser(services, hana) as boss:
        assert "Take Monday." not in await look(boss, "/requests")


async def test_the_newest_of_many_ends_are_shown(
    services: Services, hana: Actor, kim: Actor, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_ENDED", 2)
    for number in range(3):
        clock.instant += timedelta(minutes=1)
        ref = await ask(services, kim, title=f"Number {number:02}", start=at("2026-12-20T11:00"))
        await refuse_session(services, hana, ref, "No")
    async with browser(services, kim) as own:
        html = await look(own, "/requests")
    assert re.findall(r"Number \d+", html) == ["Number 02", "Number 01"]


async def test_the_queue_in_japanese(client: Client, services: Services, hana: Actor, kim: Actor) -> None:
    await ask(services, kim)
    taken = await ask(services, kim, start=at("2026-12-17T11:00"))
    rival = await book(services, hana, start=at("2026-12-17T11:15"), title="先約")
    refused = await ask(services, kim, start=at("2026-12-18T11:00"))
    await refuse_session(services, hana, refused, "月曜にしてください。")
    html = await look(client, "/requests?lang=ja")
    assert "今なら予約できます。" in spoken(html)
    assert "その時間、東京は予約済みです" in spoken(html)
    there = f'<a href="/sessions/{rival}">{rival}</a>'
    assert f"12月17日（木） 11:15–12:45（東京の時刻）に{there}「先約」があります。" in html
    assert f'href="/sessions/{taken}/change">変える</a>' in html
    async with browser(services, kim) as own:
        said = spoken(await look(own, "/requests?lang=ja"))
    assert f"{refused} · 不承認、今日09:00" in said


async def test_a_changed_request_is_judged_as_it_is_now(
    client: Client, services: Services, hana: Actor, kim: Actor
) -> None:
    ref = await ask(services, kim)
    await book(services, hana, start=at("2026-12-15T11:00"))
    assert "Tokyo is taken at that time" in entry(await look(client, "/requests"), ref)
    later = replace(at("2026-12-15T13:30"))
    await change_session(services, hana, ref, {"start": later}, match=ANY)
    assert "Can be booked now." in entry(await look(client, "/requests"), ref)
