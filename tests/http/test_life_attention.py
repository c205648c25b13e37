"""Ports of guests and recordings; why a session needs attention, when that ends, and what acknowledging does."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from jicanet.core.errors import Conflict
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_by_token
from tests.support.desk import COURSE, SESSIONS, Desk, Mail, chief, seat_of
from tests.support.reference import Site

STARTS = datetime(2026, 12, 9, 6, 0, tzinfo=UTC)
ELSEWHERE: dict[str, Any] = {"host": "JPN-HQ", "stations": ["THA-BKK"]}


def guest(number: int, **more: Any) -> dict[str, Any]:
    email = f"guest{number}@example.org"
    return {
        "organisation": f"School {number}",
        "city": "Vientiane",
        "zone": "Asia/Vientiane",
        "email": email,
        **more,
    }


def reason(code: str, site: str | None, *, acknowledged: bool = False) -> dict[str, Any]:
    return {"code": code, "site": site, "acknowledged": acknowledged}


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


async def set_ports(desk: Desk, ports: int) -> None:
    change = text("UPDATE bridge SET ports = :ports")
    await desk.services.database.write(lambda db: db.execute(change, {"ports": ports}) and None)


async def test_a_guest_site_takes_a_port_and_a_recording_one_more(desk: Desk) -> None:
    await set_ports(desk, 6)
    body = await desk.book(guest_sites=[guest(1)], recording=True)
    assert await desk.ports_at(STARTS) == 5
    for more, short_by in (({}, 1), ({"stations": []}, 0), ({"stations": [], "recording": True}, 1),
                           ({"stations": [], "guest_sites": [guest(2)]}, 1)):  # fmt: skip
        judged = await desk.ask("POST", f"{SESSIONS}?check=1", {**COURSE, **ELSEWHERE, **more})
        assert [each.get("short_by") for each in judged.body["conflicts"]] == ([short_by] if short_by else [])
    # By an edit too, and who is let in by it must still fit.
    rows = await desk.rows()
    full = await desk.patch(body["ref"], {"guest_sites": [guest(1), guest(2), guest(3)]})
    assert (full.status, full.code, full.body["conflicts"][0]["short_by"]) == (409, "bridge_full", 1)
    assert await desk.rows() == rows
    assert (await desk.changed(body["ref"], guest_sites=[guest(1), guest(2)]))["sequence"] == 0
    assert await desk.ports_at(STARTS) == 6
    assert (await desk.changed(body["ref"], recording=False, stations=["KEN-NBO"]))["recording"] is False
    assert await desk.ports_at(STARTS) == 4
    token = desk.token(await desk.uid(body["ref"]), "guest1@example.org")
    await answer_by_token(desk.services, token, Answer.DECLINED, "")
    assert await desk.ports_at(STARTS) == 3
    # A guest site has no room that could be busy: it may be in two sessions at once.
    await desk.book(**ELSEWHERE, guest_sites=[guest(2)])
    assert await desk.ports_at(STARTS) == 6
    with pytest.raises(Conflict) as refused:
        await answer_by_token(desk.services, token, Answer.ACCEPTED, "")
    assert refused.value.code == "bridge_full"


async def test_an_edit_that_takes_nothing_more_stands_though_the_bridge_has_shrunk(desk: Desk) -> None:
    ref = (await desk.book(guest_sites=[guest(1)]))["ref"]
    await set_ports(desk, 2)
    assert (await desk.changed(ref, title="Day 5", minutes=60))["minutes"] == 60
    for fields in ({"recording": True}, {"stations": ["KEN-NBO", "LKA-CMB", "THA-BKK"]},
                   {"minutes": 90}, {"start": {"local": "2026-12-09T15:05", "zone": "Asia/Tokyo"}}):  # fmt: skip
        assert (await desk.patch(ref, fields)).code == "bridge_full", fields


async def test_a_required_site_that_is_lost_needs_attention_until_it_is_dealt_with(desk: Desk) -> None:
    stations = ["KEN-NBO", {"code": "LKA-CMB", "required": True}]
    ref = (await desk.book(stations=stations, guest_sites=[guest(1, required=True)]))["ref"]
    lost = (await desk.reply(ref, "LKA-CMB", "declined")).body
    assert (lost["status"], lost["reasons"]) == (
        "needs-attention",
        [reason("required_seat_lost", "LKA-CMB")],
    )
    token = desk.token(await desk.uid(ref), "guest1@example.org")
    await answer_by_token(desk.services, token, Answer.DECLINED, "")
    both = await desk.get(ref)
    assert both["reasons"][1:] == [reason("required_seat_lost", "guest/guest1@example.org")]
    # It occupies as before, can be answered and changed, and nobody else has heard.
    assert await desk.ports_at(STARTS) == 2
    listed = await desk.ask("GET", f"{SESSIONS}?status=needs-attention")
    assert [each["ref"] for each in listed.body["items"]] == [ref]
    await desk.mails()
    # It ends as its reasons do: one is not required any more, the other is taken out.
    eased = await desk.changed(ref, stations=["KEN-NBO", {"code": "LKA-CMB", "required": False}])
    assert [each["site"] for each in eased["reasons"]] == ["guest/guest1@example.org"]
    ended = await desk.changed(ref, guest_sites=[])
    assert (ended["status"], ended["reasons"]) == ("confirmed", [])


async def test_acknowledging_is_of_the_reasons_that_are_there(desk: Desk) -> None:
    ref = (await desk.book(quorum=3, stations=["KEN-NBO", {"code": "LKA-CMB", "required": True}]))["ref"]
    await desk.reply(ref, "LKA-CMB", "declined")
    await desk.mails()
    asked = await desk.get(ref)
    assert asked["reasons"] == [reason("required_seat_lost", "LKA-CMB"), reason("quorum_lost", None)]
    known = await desk.done(ref, "confirm")
    assert (known["status"], known["sequence"], await desk.mails()) == ("confirmed", asked["sequence"], [])
    assert known["reasons"] == [
        reason("required_seat_lost", "LKA-CMB", acknowledged=True),
        reason("quorum_lost", None, acknowledged=True),
    ]
    rows = await desk.rows()
    assert await desk.done(ref, "confirm") == known
    assert await desk.rows() == rows
    # A new reason asks anew; what is known stays known.
    worse = (await desk.reply(ref, "JPN-TIC", "declined")).body
    assert worse["status"] == "needs-attention"
    assert [(each["code"], each["acknowledged"]) for each in worse["reasons"]] == [
        ("host_declined", False),
        ("required_seat_lost", True),
        ("quorum_lost", True),
    ]
    await desk.done(ref, "confirm")
    # What ends and comes again is new.
    await desk.reply(ref, "LKA-CMB", "accepted")
    again = (await desk.reply(ref, "LKA-CMB", "declined")).body
    assert [(each["code"], each["acknowledged"]) for each in again["reasons"]] == [
        ("host_declined", True),
        ("required_seat_lost", False),
        ("quorum_lost", True),
    ]


async def test_a_host_that_declined_and_is_replaced_becomes_optional(desk: Desk) -> None:
    ref = (await desk.book(guest_sites=[guest(1)]))["ref"]
    await desk.reply(ref, "JPN-TIC", "declined", comment="Flood")
    await desk.mails()
    new = await desk.changed(ref, host="KEN-NBO")
    assert (new["status"], new["host"], new["reasons"]) == ("confirmed", "KEN-NBO", [])
    assert new["stations"] == [
        {"code": "KEN-NBO", "role": "sending", "required": True},
        {"code": "JPN-TIC", "role": "sending", "required": False},
        {"code": "LKA-CMB", "role": "receiving", "required": False},
    ]
    assert seat_of(new, "JPN-TIC")["withdrawn"] is True
    assert await desk.mails() == [
        Mail("request", to, 2, "changed", "NEEDS-ACTION")
        for to in ("ken-nbo", "lka-cmb", "guest1@example.org")
    ]


async def test_who_had_declined_is_asked_again_as_the_new_host(desk: Desk) -> None:
    ref = (await desk.book())["ref"]
    await desk.reply(ref, "KEN-NBO", "declined")
    await desk.mails()
    new = await desk.changed(ref, host="KEN-NBO")
    assert (new["status"], seat_of(new, "KEN-NBO")["answer"]) == ("confirmed", "needs-action")
    mails = {mail.to: mail for mail in await desk.mails()}
    assert mails["ken-nbo"] == Mail("request", "ken-nbo", 2, "", "NEEDS-ACTION")
    assert mails["jpn-tic"] == Mail("request", "jpn-tic", 2, "changed", "NEEDS-ACTION")


async def test_a_quorum_counts_the_places_that_are_left_and_can_be_changed(desk: Desk) -> None:
    ref = (await desk.book(quorum=4, guest_sites=[guest(1)]))["ref"]
    lost = (await desk.reply(ref, "KEN-NBO", "declined")).body
    assert lost["reasons"] == [reason("quorum_lost", None)]
    assert (await desk.changed(ref, quorum=3))["status"] == "confirmed"
    assert (await desk.changed(ref, quorum=4))["status"] == "needs-attention"
    # Taking out who has left changes nothing in it, another site does.
    more = await desk.changed(ref, stations=["LKA-CMB", "THA-BKK"])
    assert (more["status"], more["reasons"]) == ("confirmed", [])
    assert (await desk.changed(ref, quorum=None))["quorum"] is None


async def test_a_hold_has_no_reasons_before_it_is_confirmed(desk: Desk) -> None:
    ref = (await desk.book(status="hold", quorum=3))["ref"]
    held = (await desk.reply(ref, "KEN-NBO", "declined")).body
    assert (held["status"], held["reasons"], await desk.mails()) == ("hold", [], [])
    assert await desk.ports_at(STARTS) == 2
    confirmed = await desk.done(ref, "confirm")
    assert (confirmed["status"], confirmed["reasons"]) == ("needs-attention", [reason("quorum_lost", None)])
    # Who declined while nobody was told is not told of it either.
    assert [mail.to for mail in await desk.mails()] == ["jpn-tic", "lka-cmb"]
