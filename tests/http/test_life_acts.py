"""Cancelling, restoring, writing to all, the ledger, and what is left to do once a session has begun."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jicanet.core.actor import Role
from jicanet.core.errors import Conflict
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_by_token, answer_moment
from tests.support.desk import COORDINATOR, SESSIONS, Desk, Mail, chief, seat_of, sit
from tests.support.reference import Site

STARTS = datetime(2026, 12, 9, 6, 0, tzinfo=UTC)
RIVER = {
    "organisation": "River Institute",
    "city": "Vientiane",
    "zone": "Asia/Vientiane",
    "email": "river@example.org",
}
SATO = {"role": "lecturer", "name": "Ms Sato", "email": "sato@example.org"}
ALL = ("jpn-tic", "ken-nbo", "lka-cmb", "river@example.org", "sato@example.org")


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


async def booked(desk: Desk, **more: Any) -> str:
    """Book the course with a guest site and a lecturer, and forget its invitations."""
    ref: str = (await desk.book(guest_sites=[RIVER], people=[SATO], **more))["ref"]
    await desk.mails()
    return ref


async def test_cancelling_tells_everybody_once_and_frees_rooms_and_ports(desk: Desk) -> None:
    ref = await booked(desk)
    await desk.reply(ref, "LKA-CMB", "declined")
    await desk.mails()
    for words, code in (("", "text_empty"), (" \n", "text_empty"), ("x" * 2001, "text_too_long")):
        wrong = await desk.act(ref, "cancel", reason=words)
        assert (wrong.status, wrong.code) == (422, code)
    gone = await desk.done(ref, "cancel", reason="The lecturer is ill.\r\nSorry.")
    assert (gone["status"], gone["sequence"]) == ("cancelled", 2)
    assert gone["ending"] == {"code": "cancelled", "reason": "The lecturer is ill.\nSorry."}
    # Who had declined has been taken out already.
    expected = [Mail("cancel", to, 2, "cancelled", "whole") for to in ALL if to != "lka-cmb"]
    assert await desk.mails() == expected
    assert await desk.ports_at(STARTS) == 0
    rows = await desk.rows()
    assert await desk.done(ref, "cancel", reason="Said again") == gone
    assert (await desk.rows(), await desk.mails()) == (rows, [])
    assert (await desk.book(title="In its place"))["status"] == "confirmed"


async def test_what_is_cancelled_takes_nothing_but_being_restored(desk: Desk) -> None:
    ref = await booked(desk)
    await desk.done(ref, "cancel", reason="No need")
    await desk.mails()
    rows = await desk.rows()
    for done in (
        await desk.act(ref, "confirm"),
        await desk.act(ref, "refuse", reason="No"),
        await desk.act(ref, "message", text="Hello"),
        await desk.patch(ref, {"title": "Another"}),
        await desk.check(ref, {"title": "Another"}),
        await desk.patch(ref, {"materials": ["JN-M001"]}),
        await desk.reply(ref, "KEN-NBO", "accepted"),
    ):
        assert (done.status, done.code) == (409, "wrong_status"), done.body
        assert f"{ref} is cancelled" in done.body["detail"]
    assert (await desk.rows(), await desk.mails()) == (rows, [])


async def test_restoring_asks_everybody_again_who_had_not_left(desk: Desk) -> None:
    ref = await booked(desk)
    confirmed = await desk.act(ref, "restore")
    assert (confirmed.status, confirmed.code) == (409, "wrong_status")
    await desk.reply(ref, "KEN-NBO", "accepted")
    await desk.reply(ref, "LKA-CMB", "declined", comment="Power cut")
    await desk.changed(ref, guest_sites=[])
    await desk.done(ref, "cancel", reason="No need")
    await desk.mails()
    back = await desk.done(ref, "restore")
    assert (back["status"], back["ending"], back["sequence"]) == ("confirmed", None, 4)
    assert [(seat["station"], seat["answer"], seat["withdrawn"]) for seat in back["seats"]] == [
        ("JPN-TIC", "needs-action", False),
        ("KEN-NBO", "needs-action", False),
        ("LKA-CMB", "declined", True),
    ]
    again = [
        Mail("request", to, 4, "restored", "NEEDS-ACTION") for to in ("jpn-tic", "ken-nbo", SATO["email"])
    ]
    assert await desk.mails() == again
    assert await desk.ports_at(STARTS) == 2


async def test_a_restore_that_clashes_leaves_it_cancelled(desk: Desk) -> None:
    ref = await booked(desk)
    await desk.done(ref, "cancel", reason="No need")
    rival = await desk.book(title="In its place", stations=["KEN-NBO"])
    await desk.mails()
    before, rows = await desk.get(ref), await desk.rows()
    refused = await desk.act(ref, "restore")
    assert (refused.status, refused.code) == (409, "station_busy")
    assert [(each["station"], each["ref"]) for each in refused.body["conflicts"]] == [
        ("JPN-TIC", rival["ref"]),
        ("KEN-NBO", rival["ref"]),
    ]
    assert (await desk.get(ref), await desk.rows(), await desk.mails()) == (before, rows, [])
    await desk.done(rival["ref"], "cancel", reason="No need")
    assert (await desk.done(ref, "restore"))["status"] == "confirmed"


async def test_what_was_never_confirmed_comes_back_as_a_request(desk: Desk) -> None:
    ref = (await desk.book(status="hold"))["ref"]
    released = await desk.done(ref, "cancel", reason="Not needed")
    assert (released["status"], released["hold_until"], await desk.mails()) == ("cancelled", None, [])
    # It occupies nothing, so nothing is in its way.
    await desk.book(title="In its place")
    await desk.mails()
    back = await desk.done(ref, "restore")
    assert (back["status"], back["sequence"], await desk.mails()) == ("requested", 0, [])
    assert await desk.ports_at(STARTS) == 3


async def test_a_session_restored_after_its_host_declined_needs_attention(desk: Desk) -> None:
    ref = await booked(desk)
    await desk.reply(ref, "JPN-TIC", "declined")
    await desk.done(ref, "cancel", reason="No host")
    back = await desk.done(ref, "restore")
    assert back["status"] == "needs-attention"
    assert back["reasons"] == [{"code": "host_declined", "site": "JPN-TIC", "acknowledged": False}]


async def test_a_message_goes_to_who_takes_part_and_changes_nothing(desk: Desk) -> None:
    ref = await booked(desk)
    await desk.reply(ref, "LKA-CMB", "declined")
    await desk.mails()
    before = await desk.get(ref)
    body, key = {"text": "Bring your maps.\r\nThank you."}, {"Idempotency_Key": "once"}
    path = f"{SESSIONS}/{ref}/message"
    sent = await desk.ask("POST", path, body, **key)
    assert (sent.status, sent.body) == (200, {"recipients": 4})
    mails = [Mail("message", to) for to in ALL if to != "lka-cmb"]
    assert await desk.mails() == mails
    assert await desk.get(ref) == before
    twin = await desk.ask("POST", path, body, **key)
    assert (twin.status, twin.body, await desk.mails()) == (200, sent.body, [])
    other = await desk.ask("POST", path, {"text": "Other"}, **key)
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert (await desk.act(ref, "message", text=" ")).code == "text_empty"
    # The same words said again are another message.
    assert (await desk.ask("POST", path, body)).body == sent.body
    assert await desk.mails() == mails
    held = await desk.book(status="hold", start={"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"})
    assert (await desk.act(held["ref"], "message", text="Hello")).code == "wrong_status"
    for code in ("JPN-TIC", "KEN-NBO"):
        await desk.reply(ref, code, "declined")
    await desk.changed(ref, guest_sites=[], people=[])
    refused = await desk.act(ref, "message", text="Anybody?")
    assert (refused.status, refused.code) == (409, "nobody_present")


async def test_the_ledger_tells_every_act_answer_and_mail(site: Site, desk: Desk) -> None:
    asker = await sit(site, "asker@example.org", Role.OPERATOR, stations=["KEN-NBO"])
    ref = (await asker.book(stations=["KEN-NBO"], people=[SATO]))["ref"]
    await desk.done(ref, "confirm")
    desk.clock.advance(minutes=1)
    await asker.reply(ref, "KEN-NBO", "declined", comment="Power cut")
    desk.clock.advance(minutes=1)
    token = desk.token(await desk.uid(ref), SATO["email"])
    await answer_by_token(desk.services, token, Answer.TENTATIVE, "Perhaps")
    desk.clock.advance(minutes=1)
    await desk.done(ref, "message", text="Hello")
    desk.clock.advance(minutes=1)
    await desk.done(ref, "cancel", reason="No need")

    def short(line: dict[str, Any]) -> tuple[Any, ...]:
        who = line["who"].partition(" (token")[0]
        return (line["kind"], line["what"], who, line["sequence"], line["words"], line["parts"])

    lines = await desk.ledger(ref)
    assert [short(line) for line in reversed(lines)] == [
        ("change", "session-requested", "asker@example.org", None, "", []),
        ("change", "session-confirmed", COORDINATOR, None, "", []),
        ("mail", "REQUEST", "", 0, "", ["JPN-TIC"]),
        ("mail", "REQUEST", "", 0, "", ["KEN-NBO"]),
        ("mail", "REQUEST", "", 0, "", ["Ms Sato"]),
        ("mail", "approved", "", None, "", ["requester"]),
        ("answer", "declined", "asker@example.org", None, "Power cut", ["KEN-NBO"]),
        ("mail", "CANCEL", "", 1, "", ["KEN-NBO"]),
        ("mail", "declined", "", None, "", ["JPN-TIC"]),
        ("mail", "declined", "", None, "", ["coordinator"]),
        ("answer", "tentative", "recipient/3 by link", None, "Perhaps", ["Ms Sato"]),
        ("change", "session-message", COORDINATOR, None, "Hello", []),
        ("mail", "message", "", None, "", ["JPN-TIC"]),
        ("mail", "message", "", None, "", ["Ms Sato"]),
        ("change", "session-cancelled", COORDINATOR, None, "No need", []),
        ("mail", "CANCEL", "", 2, "", ["JPN-TIC"]),
        ("mail", "CANCEL", "", 2, "", ["Ms Sato"]),
    ]
    assert [line["result"] for line in lines if line["kind"] == "mail"] == ["owed"] * 11
    assert [line["result"] for line in reversed(lines) if line["kind"] == "answer"] == ["api", "link"]
    assert lines[0]["at"] == "2026-12-01T00:04:00Z"
    assert "sato@example.org" not in str(lines)
    for other, status in ((asker, 403), (await sit(site, "far@example.org", Role.OPERATOR), 403)):
        assert (await other.ask("GET", f"{SESSIONS}/{ref}/ledger")).status == status


async def test_once_it_has_begun_only_materials_change(desk: Desk) -> None:
    ref = await booked(desk)
    token = desk.token(await desk.uid(ref), SATO["email"])
    desk.clock.instant = STARTS
    rows = await desk.rows()
    for done in (
        await desk.patch(ref, {"title": "Another"}),
        await desk.patch(ref, {"materials": ["JN-M001"], "title": "Another"}),
        await desk.check(ref, {"minutes": 60}),
        await desk.act(ref, "cancel", reason="Late"),
        await desk.reply(ref, "KEN-NBO", "declined"),
    ):
        assert (done.status, done.code) == (409, "already_started"), done.body
    assert (await desk.rows(), await desk.mails()) == (rows, [])
    tied = await desk.changed(ref, materials=["JN-M001"])
    assert [link["material"] for link in tied["materials"]] == ["JN-M001"]
    added = await desk.ask(
        "POST", f"{SESSIONS}/{ref}/materials", {"material": "JN-M002", "kind": "recording"}
    )
    assert added.status == 201
    assert (await desk.changed(ref, materials=[]))["materials"] == []
    # Words still reach everybody, and the secret address still shows what it was for.
    assert (await desk.done(ref, "message", text="We are waiting for you."))["recipients"] == 5
    assert (await answer_moment(desk.services, token)).keys == ("person/sato@example.org",)
    with pytest.raises(Conflict) as late:
        await answer_by_token(desk.services, token, Answer.DECLINED, "")
    assert late.value.code == "already_started"


async def test_an_answer_is_taken_until_the_second_before_the_start(desk: Desk) -> None:
    ref = await booked(desk)
    desk.clock.instant = STARTS.replace(hour=5, minute=59, second=59)
    done = await desk.reply(ref, "KEN-NBO", "accepted")
    assert (done.status, seat_of(done.body, "KEN-NBO")["answered_at"]) == (200, "2026-12-09T05:59:59Z")
