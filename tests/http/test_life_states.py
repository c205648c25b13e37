"""Every act on a session of every state: what it comes to, counted out; what is refused changes nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.desk import SESSIONS, Answered, Desk, chief
from tests.support.reference import Site

# Both databases hold the same states; how they are kept is tried beside this.
pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

STARTS = datetime(2026, 12, 9, 6, 0, tzinfo=UTC)
STATES = (
    "requested", "hold", "confirmed", "needs-attention", "cancelled", "refused", "hold-expired", "lapsed",
    "begun", "begun-in-need", "cancelled-before",
)  # fmt: skip
OVER, WRONG = "already_started", "wrong_status"
# By act: the state that it leads to, or the code of its refusal; "=" where nothing changes.
TABLE: Mapping[str, tuple[str, ...]] = {
    "confirm": ("confirmed", "confirmed", "=", "confirmed", WRONG, WRONG, WRONG, WRONG, "=", OVER, WRONG),
    "refuse": ("cancelled", WRONG, WRONG, WRONG, WRONG, "=", WRONG, WRONG, WRONG, WRONG, WRONG),
    "cancel": ("cancelled",) * 4 + ("=", WRONG, WRONG, WRONG, OVER, OVER, "="),
    "restore": (WRONG,) * 4 + ("confirmed", "requested", "requested", OVER, WRONG, WRONG, OVER),
    "message": (WRONG, WRONG, "=", "=", WRONG, WRONG, WRONG, WRONG, "=", "=", WRONG),
    "rename": ("requested", "hold", "confirmed", "needs-attention", WRONG, WRONG, WRONG, WRONG, OVER, OVER, WRONG),
    "check": ("=",) * 4 + (WRONG,) * 4 + (OVER, OVER, WRONG),
    "accept": (WRONG, "hold", "confirmed", "needs-attention", WRONG, WRONG, WRONG, WRONG, OVER, OVER, WRONG),
    "decline": (WRONG, "hold", "confirmed", "needs-attention", WRONG, WRONG, WRONG, WRONG, OVER, OVER, WRONG),
    "list_materials": ("requested", "hold", "confirmed", "needs-attention", WRONG, WRONG, WRONG, WRONG, "confirmed",
                       "needs-attention", WRONG),
    "tie": ("requested", "hold", "confirmed", "needs-attention", WRONG, WRONG, WRONG, WRONG, "confirmed",
            "needs-attention", WRONG),
    "untie": ("requested", "hold", "confirmed", "needs-attention", WRONG, WRONG, WRONG, WRONG, "confirmed",
              "needs-attention", WRONG),
}  # fmt: skip


async def made(desk: Desk, state: str) -> str:
    """Bring a session of one material into a state, and the clock to where it is in it; return its reference."""
    status = {"requested": "requested", "refused": "requested", "lapsed": "requested"}.get(state, "confirmed")
    if state in {"hold", "hold-expired"}:
        status = "hold"
    more = {"hold_until": "2026-12-01T10:00:00Z"} if status == "hold" else {}
    body = await desk.book(status=status, materials=["JN-M001"], **more)
    ref: str = body["ref"]
    if state in {"needs-attention", "begun-in-need"}:
        await desk.reply(ref, "JPN-TIC", "declined")
    if state in {"cancelled", "cancelled-before"}:
        await desk.done(ref, "cancel", reason="No need")
    if state == "refused":
        await desk.done(ref, "refuse", reason="No room")
    if state == "hold-expired":
        desk.clock.instant = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    if state in {"lapsed", "begun", "begun-in-need", "cancelled-before"}:
        desk.clock.instant = STARTS
    if state in {"lapsed", "hold-expired"}:
        # It ends by whatever is changed next, wherever that is.
        await desk.ask("POST", f"{SESSIONS}/{ref}/confirm", {})
    await desk.mails()
    return ref


async def act_on(desk: Desk, act: str, ref: str) -> Answered:
    path, link = f"{SESSIONS}/{ref}", (await desk.get(ref))["materials"][0]["id"]
    if act in {"rename", "list_materials"}:
        return await desk.patch(ref, {"title": "Day 5"} if act == "rename" else {"materials": ["JN-M002"]})
    if act == "check":
        return await desk.check(ref, {"title": "Day 5"})
    if act in {"accept", "decline"}:
        return await desk.reply(ref, "KEN-NBO", {"accept": "accepted", "decline": "declined"}[act])
    if act == "tie":
        return await desk.ask("POST", f"{path}/materials", {"material": "JN-M002", "kind": "slides"})
    if act == "untie":
        return await desk.ask("DELETE", f"{path}/materials/{link}")
    words = {"refuse": {"reason": "No room"}, "cancel": {"reason": "No need"}, "message": {"text": "Hello"}}
    return await desk.act(ref, act, **words.get(act, {}))


@pytest.mark.parametrize("state", STATES)
async def test_what_each_act_makes_of_a_session(site: Site, state: str) -> None:
    desk = chief(site)
    for act, outcomes in TABLE.items():
        desk.clock.instant = datetime(2026, 12, 1, tzinfo=UTC)
        ref, outcome = await made(desk, state), outcomes[STATES.index(state)]
        before, rows = await desk.get(ref), await desk.rows()
        done = await act_on(desk, act, ref)
        after, about = await desk.get(ref), (state, act, done.status, done.body)
        if outcome in {OVER, WRONG}:
            assert (done.status, done.code) == (409, outcome), about
            assert (after, await desk.rows(), await desk.mails()) == (before, rows, []), about
            assert ref in done.body["detail"], about
        else:
            assert done.status in {200, 201, 204}, about
            assert after["status"] == (before["status"] if outcome == "=" else outcome), about
            assert after["revision"] == before["revision"] + (outcome != "="), about
        if act != "message":
            assert outcome != "=" or await desk.mails() == [], about
        # Out of the way of the next one.
        await clear(desk, ref)


async def clear(desk: Desk, ref: str) -> None:
    desk.clock.instant = datetime(2026, 12, 1, tzinfo=UTC)
    await desk.act(ref, "cancel", reason="Done with")
    await desk.mails()


@pytest.mark.parametrize(
    ("state", "fields"),
    [("requested", {}), ("confirmed", {"title": "Day 5"})],
)
async def test_what_ended_keeps_its_first_reason(site: Site, state: str, fields: dict[str, Any]) -> None:
    desk = chief(site)
    ref = await made(desk, state)
    if fields:
        await desk.changed(ref, **fields)
    ended = await desk.done(ref, "cancel", reason="First")
    desk.clock.advance(hours=1)
    assert await desk.done(ref, "cancel", reason="Second") == ended
    assert ended["ending"] == {"code": "cancelled", "reason": "First"}
