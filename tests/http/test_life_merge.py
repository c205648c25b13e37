"""PATCH as JSON Merge Patch with If-Match, word by word of interfaces.md; GET gives back what POST takes."""

from typing import Any

import pytest

from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_by_token
from tests.support.desk import COORDINATOR, COURSE, SESSIONS, Desk, Mail, chief, seat_of
from tests.support.reference import Site

RIVER: dict[str, Any] = {
    "organisation": "River Institute",
    "city": "Vientiane",
    "zone": "Asia/Vientiane",
    "email": "river@example.org",
    "contact": "Mr Rai",
    "telephone": "+856 21 000",
    "language": "lo",
    "role": "sending",
    "required": True,
}
SATO: dict[str, Any] = {
    "role": "lecturer",
    "name": "Ms Sato",
    "email": "sato@example.org",
    "zone": "Asia/Tokyo",
    "language": "ja",
}
FULL: dict[str, Any] = {
    **COURSE,
    "stations": ["KEN-NBO", {"code": "LKA-CMB", "role": "sending", "required": True}],
    "setup_minutes": 15,
    "teardown_minutes": 5,
    "purpose": "Line one\nline two",
    "kind": "course-day",
    "department": "Training",
    "coordinator": COORDINATOR,
    "programme": {"scheme": "kccp", "countries": ["KE"], "agency": "Ministry", "stage": 5},
    "visibility": "participants",
    "languages": ["en", "pt-BR"],
    "materials": ["JN-M001", {"material": "JN-M002", "kind": "shown", "start": 5, "end": 35}],
    "join": {"url": "https://meet.example.org/1", "sip": "1@bridge.example", "h323": "1", "pin": "4071"},
    "interpretation": "ja-en",
    "recording": True,
    "quorum": 2,
    "guest_sites": [RIVER],
    "people": [SATO],
}
READ_ONLY = (
    "ref", "status", "starts_at", "ends_at", "seats", "parts", "reasons", "ending", "sequence", "revision",
    "created_at", "changed_at",
)  # fmt: skip
LINK = ("material", "kind", "start", "end", "language", "required")


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


on_sqlite = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)


def as_posted(body: dict[str, Any]) -> dict[str, Any]:
    """Return what GET gives in the form that POST and PATCH take: without what follows from it."""
    links = [{name: link[name] for name in LINK} for link in body["materials"]]
    sent = {name: value for name, value in body.items() if name not in READ_ONLY}
    return {**sent, "materials": links}


async def test_what_get_gives_is_patched_back_and_nothing_changes(desk: Desk) -> None:
    ref = (await desk.book(**FULL))["ref"]
    for code, answer in (("KEN-NBO", "declined"), ("LKA-CMB", "tentative")):
        assert (await desk.reply(ref, code, answer)).status == 200
    token = desk.token(await desk.uid(ref), SATO["email"])
    await answer_by_token(desk.services, token, Answer.ACCEPTED, "")
    await desk.mails()
    before, rows = await desk.get(ref), await desk.rows()
    sent = as_posted(before)
    assert {*sent} == {*FULL, "hold_until"}
    for fields in (sent, *({name: value} for name, value in sent.items()), {}):
        judged = await desk.check(ref, fields, f'"{before["revision"]}"')
        assert (judged.status, judged.body["conflicts"], judged.body["notices"]) == (200, [], []), fields
        done = await desk.patch(ref, fields, f'"{before["revision"]}"')
        assert (done.status, done.body, done.etag) == (200, before, f'"{before["revision"]}"'), fields
    assert (await desk.rows(), await desk.mails()) == (rows, [])


async def test_what_get_gives_can_be_booked_again(desk: Desk) -> None:
    first = await desk.book(**FULL)
    start = {**first["start"], "local": "2026-12-10T15:00"}
    second = await desk.book(**{**as_posted(first), "start": start})
    assert {**as_posted(second), "start": None} == {**as_posted(first), "start": None}


@on_sqlite
async def test_null_asks_for_the_default(desk: Desk) -> None:
    ref = (await desk.book(**FULL))["ref"]
    plain = await desk.book(host="JPN-HQ", stations=["THA-BKK"])
    needed = {"title", "host", "start", "minutes"}
    for name in sorted({*FULL, "hold_until"} - needed - {"stations"}):
        assert (await desk.changed(ref, **{name: None}))[name] == plain[name], name
    emptied = await desk.changed(ref, stations=None)
    assert emptied["stations"] == [{"code": "JPN-TIC", "role": "sending", "required": True}]
    assert (emptied["guest_sites"], emptied["people"], emptied["parts"]) == ([], [], [])
    for name in needed:
        refused = await desk.patch(ref, {name: None, "department": "Other"})
        named = [(error["pointer"], error["code"]) for error in refused.body["errors"]]
        assert (refused.status, named) == (422, [(f"/{name}", "field_needed")])
    assert (await desk.get(ref))["department"] == ""


@on_sqlite
async def test_what_follows_from_other_things_cannot_be_sent(desk: Desk) -> None:
    body = await desk.book()
    rows = await desk.rows()
    for name in (*READ_ONLY, "deliveries"):
        refused = await desk.patch(body["ref"], {name: body.get(name), "title": "Other"})
        named = [(error["pointer"], error["code"]) for error in refused.body["errors"]]
        assert (refused.status, named) == (422, [(f"/{name}", "read_only_field")])
    assert await desk.rows() == rows


async def test_if_match_is_needed_and_strong(desk: Desk) -> None:
    ref = (await desk.book())["ref"]
    await desk.changed(ref, department="Training")
    now, rows = await desk.get(ref), await desk.rows()
    for ask in (desk.patch, desk.check):
        missing = await ask(ref, {"title": "Other"}, None)
        assert (missing.status, missing.code) == (428, "if_match_missing")
        for tag in (
            '"1"',
            'W/"2"',
            "2",
            '"3"',
            '"x"',
            '""',
            "",
            '"2',
            '"02 "',
            '"-2"',
            '"1", W/"2"',
            '"99999999999"',
        ):
            stale = await ask(ref, {"title": "Other"}, tag)
            assert (stale.status, stale.code) == (412, "outdated"), tag
            assert (stale.body["current"], stale.body["etag"]) == (now, '"2"')
    assert (await desk.rows(), await desk.get(ref)) == (rows, now)
    for number, tag in enumerate(('"2"', "*", '"1", "4"', 'W/"9","5" ')):
        done = await desk.patch(ref, {"title": f"Day {number}"}, tag)
        assert (done.status, done.etag) == (200, f'"{number + 3}"'), tag


async def test_an_answer_makes_what_was_read_stale(desk: Desk) -> None:
    ref = (await desk.book())["ref"]
    assert (await desk.reply(ref, "KEN-NBO", "accepted")).etag == '"2"'
    stale = await desk.patch(ref, {"title": "Other"}, '"1"')
    assert stale.status == 412
    assert seat_of(stale.body["current"], "KEN-NBO")["answer"] == "accepted"
    # Acts heed it where it is sent.
    for what, body in (
        ("cancel", {"reason": "x"}),
        ("confirm", {}),
        ("restore", {}),
        ("refuse", {"reason": "x"}),
    ):
        refused = await desk.ask("POST", f"{SESSIONS}/{ref}/{what}", body, If_Match='"1"')
        assert (refused.status, refused.code) == (412, "outdated"), what
    done = await desk.ask("POST", f"{SESSIONS}/{ref}/cancel", {"reason": "x"}, If_Match='"2"')
    assert done.status == 200


@on_sqlite
async def test_start_is_replaced_whole(desk: Desk) -> None:
    twice = {"local": "2027-10-31T02:30", "zone": "Europe/Belgrade"}
    ref = (await desk.book(start={**twice, "fold": 1}, minutes=20))["ref"]
    moved = await desk.changed(ref, start={**twice, "local": "2027-10-30T02:30"})
    assert moved["start"] == {**twice, "local": "2027-10-30T02:30", "fold": 0}
    asked = await desk.patch(ref, {"start": twice})
    assert (asked.status, asked.code) == (422, "time_is_ambiguous")
    back = await desk.changed(ref, start={**twice, "fold": 1})
    assert (back["start"]["fold"], back["starts_at"]) == (1, "2027-10-31T01:30:00Z")
    for part in ({"local": "2027-10-30T02:30"}, {"zone": "Asia/Tokyo"}, {"fold": 0}, {}):
        wrong = await desk.patch(ref, {"start": part})
        assert (wrong.status, wrong.body["errors"][0]["code"]) == (422, "missing"), part


async def test_objects_are_merged_member_by_member(desk: Desk) -> None:
    ref = (await desk.book(**FULL))["ref"]
    join, programme = FULL["join"], FULL["programme"]
    assert (await desk.changed(ref, join={"pin": "1"}))["join"] == {**join, "pin": "1"}
    assert (await desk.changed(ref, join={"pin": None, "sip": ""}))["join"] == {**join, "pin": "", "sip": ""}
    assert (await desk.changed(ref, join={}))["join"] == {**join, "pin": "", "sip": ""}
    assert (await desk.changed(ref, programme={"stage": None}))["programme"] == {**programme, "stage": None}
    other = await desk.changed(ref, programme={"scheme": "satreps", "countries": None})
    assert other["programme"] == {**programme, "scheme": "satreps", "countries": [], "stage": None}
    assert (await desk.changed(ref, programme=None, join=None))["programme"] is None
    # What is not there is made whole, so it needs what POST needs.
    assert (await desk.changed(ref, join={"pin": "2"}))["join"] == {
        "url": "",
        "sip": "",
        "h323": "",
        "pin": "2",
    }
    wrong = await desk.patch(ref, {"programme": {"stage": 3}})
    assert (wrong.status, [error["pointer"] for error in wrong.body["errors"]]) == (
        422,
        ["/programme/scheme"],
    )
    made = await desk.changed(ref, programme={"scheme": "kccp", "stage": 3})
    assert made["programme"] == {"scheme": "kccp", "countries": [], "agency": "", "stage": 3}
    without = await desk.patch(ref, {"programme": {"scheme": None}})
    assert [error["pointer"] for error in without.body["errors"]] == ["/programme/scheme"]


async def test_a_bare_code_keeps_role_and_being_required(desk: Desk) -> None:
    ref = (await desk.book(**FULL))["ref"]
    listed = (await desk.get(ref))["stations"]
    done = await desk.changed(ref, stations=["LKA-CMB", "KEN-NBO", "JPN-TIC"])
    assert done["stations"] == listed
    # One that is described is described whole.
    done = await desk.changed(ref, stations=["KEN-NBO", {"code": "LKA-CMB", "required": True}])
    assert done["stations"][2] == {"code": "LKA-CMB", "role": "receiving", "required": True}
    # A host keeps its seat though the list leaves it out.
    assert done["stations"][0]["code"] == "JPN-TIC"
    gone = await desk.changed(ref, stations=["KEN-NBO"])
    assert [each["code"] for each in gone["stations"]] == ["JPN-TIC", "KEN-NBO"]
    again = await desk.changed(ref, stations=["KEN-NBO", "LKA-CMB"])
    assert again["stations"][2] == {"code": "LKA-CMB", "role": "receiving", "required": False}


async def test_listing_a_seat_that_declined_does_nothing(desk: Desk) -> None:
    ref = (await desk.book(guest_sites=[RIVER], people=[SATO]))["ref"]
    await desk.reply(ref, "KEN-NBO", "declined", comment="Power cut")
    uid = await desk.uid(ref)
    for address in (RIVER["email"], SATO["email"]):
        await answer_by_token(desk.services, desk.token(uid, address), Answer.DECLINED, "")
    await desk.mails()
    before = await desk.get(ref)
    listed = {"stations": ["KEN-NBO", "LKA-CMB"], "guest_sites": [RIVER], "people": [SATO]}
    assert await desk.changed(ref, **listed) == before
    renamed = await desk.changed(ref, **listed, title="Day 5")
    assert seat_of(renamed, "KEN-NBO") == seat_of(before, "KEN-NBO")
    assert [part["withdrawn"] for part in renamed["parts"]] == [True, True]
    asked = [(mail.kind, mail.to) for mail in await desk.mails()]
    assert asked == [("request", "jpn-tic"), ("request", "lka-cmb")]
    # Moving asks those again who are still there, and nobody who declined.
    moved = await desk.changed(ref, minutes=60)
    assert (seat_of(moved, "KEN-NBO")["answer"], seat_of(moved, "KEN-NBO")["words"]) == (
        "declined",
        "Power cut",
    )
    assert [mail.to for mail in await desk.mails()] == ["jpn-tic", "lka-cmb"]


async def test_who_declined_and_is_removed_begins_anew_when_added_again(desk: Desk) -> None:
    ref = (await desk.book(guest_sites=[RIVER]))["ref"]
    uid = await desk.uid(ref)
    await desk.reply(ref, "KEN-NBO", "declined", comment="Power cut")
    await answer_by_token(desk.services, desk.token(uid, RIVER["email"]), Answer.DECLINED, "")
    await desk.mails()
    await desk.changed(ref, stations=["LKA-CMB"], guest_sites=[])
    others = [("request", "jpn-tic", 0), ("request", "lka-cmb", 0)]
    # A decliner that is removed has its CANCEL already.
    assert [(mail.kind, mail.to, mail.sequence) for mail in await desk.mails()] == others
    back = await desk.changed(ref, stations=["KEN-NBO", "LKA-CMB"], guest_sites=[RIVER])
    seat = seat_of(back, "KEN-NBO")
    assert (seat["answer"], seat["withdrawn"], seat["words"]) == ("needs-action", False, "")
    assert back["parts"][0]["answer"] == "needs-action"
    mails = {mail.to: mail for mail in await desk.mails()}
    assert mails["ken-nbo"] == Mail("request", "ken-nbo", back["sequence"], "", "NEEDS-ACTION")
    assert mails[RIVER["email"]] == Mail("request", RIVER["email"], back["sequence"], "", "NEEDS-ACTION")
    assert mails["jpn-tic"].sequence == 0
    # The secret address is the one it always had.
    view = await answer_by_token(desk.services, desk.token(uid, RIVER["email"]), Answer.ACCEPTED, "")
    assert view.keys == ("guest/river@example.org",)
