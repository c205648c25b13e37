"""Asking for a session, holding its time, and what a coordinator makes of it, over HTTP on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jicanet.core.actor import Role
from tests.support.desk import COORDINATOR, COURSE, SESSIONS, Desk, Mail, chief, sit
from tests.support.reference import Site

SITES = ("jpn-tic", "ken-nbo", "lka-cmb")
INVITED = [Mail("request", to, 0, "", "NEEDS-ACTION") for to in SITES]
STARTS = datetime(2026, 12, 9, 6, 0, tzinfo=UTC)
ASKERS = {
    "operator": (Role.OPERATOR, ["KEN-NBO"]),
    "lecturer": (Role.LECTURER, []),
    "centre": (Role.CENTRE_COORDINATOR, ["LKA-CMB"]),
}


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


# Who asks is the same on either database.
by_askers = pytest.mark.parametrize(
    ("network_url", "asker"),
    [*(("sqlite", name) for name in ASKERS), ("postgresql", "lecturer")],
    indirect=True,
)


@pytest.fixture
async def asker(request: pytest.FixtureRequest, site: Site) -> Desk:
    role, stations = ASKERS[request.param]
    return await sit(site, "asker@example.org", role, stations=stations)


@by_askers
async def test_what_is_asked_for_occupies_nothing_until_it_is_approved(desk: Desk, asker: Desk) -> None:
    asked = await asker.book(guest_sites=[RIVER])
    assert (asked["status"], asked["coordinator"], asked["hold_until"]) == ("requested", None, None)
    assert (asked["sequence"], asked["revision"]) == (0, 1)
    assert await desk.mails() == []
    assert await desk.ports_at(STARTS) == 0
    # Nobody waits for it: the same rooms can be booked, and what is asked for is then in the way of nothing.
    booked = await desk.book(title="Meanwhile")
    refused = await desk.act(asked["ref"], "confirm")
    assert (refused.status, refused.code) == (409, "station_busy")
    assert [each["station"] for each in refused.body["conflicts"]] == ["JPN-TIC", "KEN-NBO", "LKA-CMB"]
    assert (await desk.get(asked["ref"]))["revision"] == 1
    await desk.done(booked["ref"], "cancel", reason="No need")
    await desk.mails()

    approved = await desk.done(asked["ref"], "confirm")
    assert (approved["status"], approved["sequence"], approved["revision"]) == ("confirmed", 0, 2)
    # Whoever approves it looks after it, and whoever asked is told.
    assert approved["coordinator"] == COORDINATOR
    assert await desk.mails() == [
        *INVITED,
        Mail("request", "river@example.org", 0, "", "NEEDS-ACTION"),
        Mail("approved", "asker@example.org"),
    ]
    assert await desk.ports_at(STARTS) == 4
    again = await desk.act(asked["ref"], "confirm")
    assert (again.status, again.body, again.etag) == (200, approved, '"2"')
    assert await desk.mails() == []


RIVER = {
    "organisation": "River Institute",
    "city": "Vientiane",
    "zone": "Asia/Vientiane",
    "email": "river@example.org",
}


@by_askers
async def test_a_request_is_refused_in_words_that_its_requester_gets(desk: Desk, asker: Desk) -> None:
    asked = await asker.book()
    for words in ("", "  \r\n "):
        wrong = await desk.act(asked["ref"], "refuse", reason=words)
        assert (wrong.status, wrong.code, wrong.body["errors"][0]["pointer"]) == (
            422,
            "text_empty",
            "/reason",
        )
    refused = await desk.done(asked["ref"], "refuse", reason="The room is being painted.\r\nAsk again.")
    assert (refused["status"], refused["sequence"]) == ("cancelled", 0)
    assert refused["ending"] == {"code": "refused", "reason": "The room is being painted.\nAsk again."}
    assert await desk.mails() == [Mail("refused", "asker@example.org")]
    # Said twice is said once, and nothing else can be done with it but to bring it back as a request.
    assert await desk.done(asked["ref"], "refuse", reason="Other words") == refused
    for what, body in (("confirm", {}), ("cancel", {"reason": "x"}), ("message", {"text": "x"})):
        wrong = await desk.act(asked["ref"], what, **body)
        assert (wrong.status, wrong.code) == (409, "wrong_status"), what
        assert "refused" in wrong.body["detail"]
    back = await desk.done(asked["ref"], "restore")
    assert (back["status"], back["ending"], back["sequence"]) == ("requested", None, 0)
    assert await desk.mails() == [Mail("reopened", "asker@example.org")]
    assert await desk.done(asked["ref"], "confirm") == {
        **back,
        "status": "confirmed",
        "coordinator": COORDINATOR,
        "revision": 4,
        "changed_at": "2026-12-01T00:00:03Z",
    }
    assert await desk.mails() == [*INVITED, Mail("approved", "asker@example.org")]


@by_askers
async def test_who_asked_changes_and_withdraws_it_until_it_is_approved(desk: Desk, asker: Desk) -> None:
    asked = await asker.book()
    ref = asked["ref"]
    moved = await asker.changed(ref, start={"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"}, minutes=60)
    assert (moved["status"], moved["starts_at"], moved["minutes"]) == (
        "requested",
        "2026-12-10T06:00:00Z",
        60,
    )
    for what, body in (
        ("confirm", {}),
        ("refuse", {"reason": "x"}),
        ("restore", {}),
        ("message", {"text": "x"}),
    ):
        wrong = await asker.act(ref, what, **body)
        assert (wrong.status, wrong.code) == (403, "not_permitted"), what
    withdrawn = await asker.done(ref, "cancel", reason="Found another way")
    assert withdrawn["ending"] == {"code": "cancelled", "reason": "Found another way"}
    assert (await asker.act(ref, "restore")).status == 403
    assert (await asker.patch(ref, {"title": "Again"})).status in {403, 409}
    await desk.done(ref, "restore")
    await desk.done(ref, "confirm")
    await desk.mails()
    for done in (await asker.patch(ref, {"title": "Mine"}), await asker.act(ref, "cancel", reason="Mine")):
        assert (done.status, done.code) == (403, "not_permitted")
    assert await desk.mails() == []


@by_askers
async def test_a_coordinator_changes_what_is_asked_for_before_approving(desk: Desk, asker: Desk) -> None:
    ref = (await asker.book())["ref"]
    fields = {"stations": ["LKA-CMB", "THA-BKK"], "title": "Remote Sensing, day 5"}
    judged = await desk.check(ref, fields)
    assert (judged.status, judged.body["notices"]) == (200, [])
    await desk.changed(ref, **fields)
    assert await desk.mails() == []
    approved = await desk.done(ref, "confirm")
    assert approved["title"] == "Remote Sensing, day 5"
    assert [mail.to for mail in await desk.mails()] == ["jpn-tic", "lka-cmb", "tha-bkk", "asker@example.org"]


@by_askers
async def test_who_asked_sees_the_addresses_they_gave_until_it_is_approved(desk: Desk, asker: Desk) -> None:
    sato = {"role": "lecturer", "name": "Ms Sato", "email": "sato@example.org"}
    asked = await asker.book(guest_sites=[{**RIVER, "telephone": "+856 21 000"}], people=[sato])
    ref = asked["ref"]

    def addresses(body: dict[str, Any]) -> list[str | None]:
        return [each["email"] for name in ("guest_sites", "people", "parts") for each in body[name]]

    own = [RIVER["email"], sato["email"]] * 2
    assert addresses(asked) == addresses(await asker.get(ref)) == own
    back = {name: asked[name] for name in ("guest_sites", "people")}
    assert await asker.changed(ref, **back) == asked
    assert addresses(await asker.changed(ref, title="Day 5", **back)) == own
    approved = await desk.done(ref, "confirm")
    assert addresses(approved) == own
    shown = await asker.get(ref)
    assert addresses(shown) == [None] * 4
    assert shown["guest_sites"][0]["telephone"] == ""


@by_askers
async def test_who_asked_hears_of_it_when_another_withdraws_it(desk: Desk, asker: Desk) -> None:
    ref = (await asker.book())["ref"]
    await desk.done(ref, "cancel", reason="Asked for twice")
    assert await desk.mails() == [Mail("refused", "asker@example.org")]
    own = (await asker.book())["ref"]
    await asker.done(own, "cancel", reason="Changed my mind")
    assert await desk.mails() == []


@by_askers
async def test_who_asks_names_no_coordinator(desk: Desk, asker: Desk) -> None:
    rows = await desk.rows()
    named = await asker.ask("POST", SESSIONS, {**COURSE, "coordinator": COORDINATOR})
    assert (named.status, named.code) == (403, "not_permitted")
    assert await desk.rows() == rows
    ref = (await asker.book())["ref"]
    assert (await asker.patch(ref, {"coordinator": COORDINATOR})).status in {403, 422}
    refused = await desk.done(ref, "refuse", reason="No room")
    # Whom to ask about it.
    assert refused["coordinator"] == COORDINATOR


async def test_who_approves_their_own_request_is_not_told_of_it(desk: Desk) -> None:
    asked = await desk.book(status="requested")
    assert asked["status"] == "requested"
    await desk.done(asked["ref"], "confirm")
    assert await desk.mails() == INVITED


async def test_nobody_books_beyond_their_right_and_a_centre_books_for_its_own_host(
    site: Site, desk: Desk
) -> None:
    before = await desk.rows()
    centre = await sit(site, "centre@example.org", Role.CENTRE_COORDINATOR, stations=["JPN-TIC"])
    operator = await sit(site, "op@example.org", Role.OPERATOR, stations=["JPN-TIC"])
    curator = await sit(site, "curator@example.org", Role.CURATOR)
    for who, host, status in ((operator, "JPN-TIC", "confirmed"), (operator, "JPN-TIC", "hold"),
                              (centre, "JPN-HQ", "confirmed"), (curator, "JPN-TIC", "requested")):  # fmt: skip
        refused = await who.ask("POST", SESSIONS, {**COURSE, "host": host, "status": status})
        assert (refused.status, refused.code) == (403, "not_permitted"), (host, status)
    assert {**await desk.rows(), "audit": 0} == {**before, "audit": 0}
    booked = await centre.book()
    assert (booked["status"], booked["coordinator"]) == ("confirmed", "centre@example.org")
    asked = await centre.book(host="JPN-HQ", stations=["THA-BKK"])
    assert asked["status"] == "requested"
    # Another's host is another's session.
    assert (await centre.act(asked["ref"], "confirm")).status == 403
    other = await sit(site, "other@example.org", Role.CENTRE_COORDINATOR, stations=["JPN-HQ"])
    assert (await other.done(asked["ref"], "confirm"))["coordinator"] == "other@example.org"


async def test_a_hold_takes_rooms_and_ports_and_tells_nobody(desk: Desk) -> None:
    held = await desk.book(status="hold", recording=True)
    assert (held["status"], held["hold_until"], held["sequence"]) == ("hold", "2026-12-04T00:00:00Z", 0)
    assert await desk.ports_at(STARTS) == 4
    rival = await desk.ask("POST", SESSIONS, {**COURSE, "title": "Rival"})
    assert (rival.status, rival.code) == (409, "station_busy")
    moved = await desk.changed(held["ref"], minutes=60, hold_until="2026-12-03T12:00:00+09:00")
    assert (moved["hold_until"], moved["revision"]) == ("2026-12-03T03:00:00Z", 2)
    # What is answered meanwhile is kept.
    assert (await desk.reply(held["ref"], "KEN-NBO", "accepted")).status == 200
    assert await desk.mails() == []
    confirmed = await desk.done(held["ref"], "confirm")
    assert (confirmed["status"], confirmed["hold_until"], confirmed["sequence"]) == ("confirmed", None, 0)
    expected = {mail.to: mail for mail in INVITED} | {
        "ken-nbo": Mail("request", "ken-nbo", 0, "", "ACCEPTED")
    }
    assert await desk.mails() == list(expected.values())


async def test_a_check_of_what_is_not_confirmed_judges_it_all_the_same(desk: Desk) -> None:
    sato = {"role": "lecturer", "name": "Ms Sato", "email": "sato@example.org", "language": "ja"}
    body = {**COURSE, "guest_sites": [RIVER], "people": [sato], "recording": True}
    rows = await desk.rows()

    async def judged(**more: Any) -> dict[str, Any]:
        done = await desk.ask("POST", f"{SESSIONS}?check=1", {**body, **more})
        assert done.status == 200, done.body
        assert "example.org" not in str(done.body)
        found: dict[str, Any] = done.body
        return found

    told = (await judged())["notices"]
    assert [note["recipient"] for note in told] == [
        ["JPN-TIC"],
        ["KEN-NBO"],
        ["LKA-CMB"],
        ["River Institute"],
        ["Ms Sato"],
    ]
    # Each by their own clock, in their own words.
    assert [note["subject"].partition(": ")[0] for note in told[1:4]] == [
        "Wed 9 Dec 09:00 Nairobi",
        "Wed 9 Dec 11:30 Colombo",
        "Wed 9 Dec 13:00 Vientiane",
    ]
    assert told[4]["subject"].startswith("12/9（水）15:00")
    assert await desk.rows() == rows
    await desk.book(stations=["KEN-NBO"])
    for status in ("confirmed", "hold", "requested"):
        clashing = await judged(status=status)
        assert [each["station"] for each in clashing["conflicts"]] == ["JPN-TIC", "KEN-NBO"]
        assert len(clashing["notices"]) == (5 if status == "confirmed" else 0)


@by_askers
async def test_a_twin_of_a_request_or_hold_gets_the_same_answer(desk: Desk, asker: Desk) -> None:
    for number, (who, status) in enumerate(((asker, "requested"), (desk, "hold"))):
        start = {"local": f"2026-12-1{number}T15:00", "zone": "Asia/Tokyo"}
        body, key = {**COURSE, "status": status, "start": start}, {"Idempotency_Key": "once"}
        first = await who.ask("POST", SESSIONS, body, **key)
        desk.clock.advance(minutes=1)
        again = await who.ask("POST", SESSIONS, body, **key)
        assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (await desk.ask("GET", SESSIONS)).body["next"] is None
    assert len((await desk.ask("GET", SESSIONS)).body["items"]) == 2


async def test_a_hold_ends_at_the_latest_when_its_session_starts(desk: Desk) -> None:
    near = {"local": "2026-12-02T15:00", "zone": "Asia/Tokyo"}
    held = await desk.book(status="hold", start=near)
    assert held["hold_until"] == "2026-12-02T06:00:00Z"
    moved = await desk.changed(held["ref"], start={**near, "local": "2026-12-02T14:00"})
    assert moved["hold_until"] == "2026-12-02T05:00:00Z"
    later = await desk.changed(held["ref"], start={**near, "local": "2026-12-08T14:00"})
    assert later["hold_until"] == "2026-12-02T05:00:00Z"
    # Asked for the default, it lasts as long as any that is made now.
    assert (await desk.changed(held["ref"], hold_until=None))["hold_until"] == "2026-12-04T00:00:00Z"
    for until, code in (("2026-12-01T00:00:00Z", "hold_until_out_of_range"),
                        ("2026-12-04T00:00:01Z", "hold_until_out_of_range")):  # fmt: skip
        wrong = await desk.patch(held["ref"], {"hold_until": until})
        assert (wrong.status, wrong.code) == (422, code)
    confirmed = await desk.book(stations=["THA-BKK"], host="JPN-HQ")
    wrong = await desk.patch(confirmed["ref"], {"hold_until": "2026-12-02T00:00:00Z"})
    assert (wrong.status, wrong.code) == (422, "only_for_holds")


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 409), (1, 409)])
async def test_a_hold_that_expired_a_second_ago_cannot_be_confirmed(
    desk: Desk, seconds: int, status: int
) -> None:
    held = await desk.book(status="hold", hold_until="2026-12-01T10:00:00Z")
    desk.clock.instant = datetime(2026, 12, 1, 10, 0, tzinfo=UTC) + timedelta(seconds=seconds)
    done = await desk.act(held["ref"], "confirm")
    assert done.status == status, done.body
    if status == 200:
        assert await desk.mails() == INVITED
        return
    assert done.code == "wrong_status"
    assert "hold has expired" in done.body["detail"]
    assert await desk.mails() == []
    gone = await desk.get(held["ref"])
    assert (gone["status"], gone["ending"]) == ("cancelled", {"code": "hold-expired", "reason": ""})
    assert await desk.ports_at(STARTS) == 0
    assert (await desk.patch(held["ref"], {"title": "Late"})).code == "wrong_status"
    # Its rooms are free for whoever comes first.
    assert (await desk.book(title="Next"))["status"] == "confirmed"
    back = await desk.done(held["ref"], "restore")
    assert back["status"] == "requested"


async def test_an_expired_hold_is_in_nobodys_way_though_no_worker_ran(desk: Desk) -> None:
    held = await desk.book(status="hold", hold_until="2026-12-01T10:00:00Z")
    other = await desk.book(host="JPN-HQ", stations=["THA-BKK"])
    desk.clock.instant = datetime(2026, 12, 1, 9, 59, 59, tzinfo=UTC)
    fields = {"stations": ["THA-BKK", "KEN-NBO"]}
    for taken in (True, False):
        booking = await desk.ask("POST", f"{SESSIONS}?check=1", COURSE)
        edit = await desk.check(other["ref"], fields)
        assert [bool(each.body["conflicts"]) for each in (booking, edit)] == [taken] * 2
        desk.clock.advance(seconds=1)
    # Looking has ended nothing, booking does.
    assert (await desk.get(held["ref"]))["status"] == "hold"
    assert (await desk.book(title="Next"))["status"] == "confirmed"
    assert (await desk.get(held["ref"]))["status"] == "cancelled"


@by_askers
async def test_a_request_lapses_at_its_start(desk: Desk, asker: Desk) -> None:
    asked = await asker.book()
    desk.clock.instant = STARTS
    late: dict[str, Any] = {}
    for what, body in (("confirm", late), ("refuse", {"reason": "x"}), ("cancel", {"reason": "x"})):
        done = await desk.act(asked["ref"], what, **body)
        assert (done.status, done.code) == (409, "wrong_status"), what
    gone = await desk.get(asked["ref"])
    assert (gone["status"], gone["ending"]["code"]) == ("cancelled", "lapsed")
    # Nobody has decided: whoever asked is told so.
    assert await desk.mails() == [Mail("refused", "asker@example.org")]
    assert (await desk.act(asked["ref"], "restore")).code == "already_started"
