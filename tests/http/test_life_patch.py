"""PATCH of every field: whom it tells what, and that its check has said so before (domain.md, the table)."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import cache
from typing import Any

import pytest

from jicanet.app import renderers
from jicanet.mail.delivery import deliver
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_by_token
from tests.support.desk import COORDINATOR, Desk, Mail, chief, seat_of
from tests.support.reference import Site

RIVER = {
    "organisation": "River Institute",
    "city": "Vientiane",
    "zone": "Asia/Vientiane",
    "email": "river@example.org",
}
SATO = {"role": "lecturer", "name": "Ms Sato", "email": "sato@example.org", "language": "ja"}
LEE = {"role": "interpreter", "name": "Mr Lee", "email": "lee@example.org"}
STATIONS = ["KEN-NBO", "LKA-CMB"]
ASKED, SAID = "NEEDS-ACTION", "ACCEPTED"
# Nairobi and the lecturer have accepted before each change.
KEPT = {
    "jpn-tic": ASKED,
    "ken-nbo": SAID,
    "lka-cmb": ASKED,
    "river@example.org": ASKED,
    "sato@example.org": SAID,
}
SITES = [*KEPT][:4]


def told(news: str, sequence: int, *who: str, asked_again: bool = False) -> list[Mail]:
    return [Mail("request", to, sequence, news, ASKED if asked_again else KEPT.get(to, ASKED)) for to in who]


def added(to: str) -> Mail:
    return Mail("request", to, 0, "", ASKED)


def removed(to: str) -> Mail:
    return Mail("cancel", to, 1, "removed")


@dataclass(frozen=True)
class Change:
    """Fields as they are sent, the mails that they owe, and what GET then gives where it differs from them."""

    fields: dict[str, Any]
    mails: list[Mail]
    given: dict[str, Any] | None = None


HOST_FIRST = {"code": "JPN-TIC", "role": "sending", "required": True}
NAIROBI = {"code": "KEN-NBO", "role": "receiving", "required": False}
COLOMBO = {"code": "LKA-CMB", "role": "receiving", "required": False}
PLACE = {**RIVER, "contact": "", "telephone": "", "language": None, "role": "receiving", "required": False}
PERSON = {**SATO, "zone": "Asia/Tokyo"}
CHANGES: dict[str, Change] = {
    "title": Change({"title": "Day 5"}, told("changed", 0, *SITES)),
    "start": Change(
        {"start": {"local": "2026-12-10T11:30", "zone": "Asia/Kolkata"}},
        told("moved", 1, *KEPT, asked_again=True),
        {"start": {"local": "2026-12-10T11:30", "zone": "Asia/Kolkata", "fold": 0}},
    ),
    # The same instant by another clock is no move.
    "zone": Change(
        {"start": {"local": "2026-12-09T11:30", "zone": "Asia/Kolkata"}},
        [],
        {"start": {"local": "2026-12-09T11:30", "zone": "Asia/Kolkata", "fold": 0}},
    ),
    "minutes": Change({"minutes": 60}, told("moved", 1, *KEPT, asked_again=True)),
    "host": Change(
        {"host": "LKA-CMB"},
        told("changed", 1, "lka-cmb", "jpn-tic", "ken-nbo", "river@example.org", "sato@example.org",
             asked_again=True),
        {"host": "LKA-CMB"},
    ),
    "join": Change(
        {"join": {"url": "https://meet.example.org/1"}},
        told("changed", 1, *KEPT),
        {"join": {"url": "https://meet.example.org/1", "sip": "", "h323": "", "pin": ""}},
    ),
    "setup_minutes": Change({"setup_minutes": 15}, told("changed", 0, *SITES)),
    "teardown_minutes": Change({"teardown_minutes": 10}, told("changed", 0, *SITES)),
    "station_added": Change(
        {"stations": [*STATIONS, "THA-BKK"]},
        [*told("changed", 0, *SITES[:3]), added("tha-bkk"), *told("changed", 0, SITES[3])],
        {"stations": [HOST_FIRST, NAIROBI, COLOMBO, {**COLOMBO, "code": "THA-BKK"}]},
    ),
    "station_removed": Change(
        {"stations": ["KEN-NBO"]},
        [*told("changed", 0, "jpn-tic", "ken-nbo", "river@example.org"), removed("lka-cmb")],
        {"stations": [HOST_FIRST, NAIROBI]},
    ),
    "station_exchanged": Change(
        {"stations": ["KEN-NBO", "THA-BKK"]},
        [
            *told("changed", 0, "jpn-tic", "ken-nbo"),
            # C rises once a change: who is new gets what it has risen to.
            Mail("request", "tha-bkk", 1, "", ASKED),
            *told("changed", 0, "river@example.org"),
            removed("lka-cmb"),
        ],
        {"stations": [HOST_FIRST, NAIROBI, {**COLOMBO, "code": "THA-BKK"}]},
    ),
    "own_role": Change(
        {"stations": [{"code": "KEN-NBO", "role": "sending"}, "LKA-CMB"]},
        told("changed", 0, "ken-nbo"),
        {"stations": [HOST_FIRST, {**NAIROBI, "role": "sending"}, COLOMBO]},
    ),
    "own_being_required": Change(
        {"stations": ["KEN-NBO", {"code": "LKA-CMB", "required": True}]},
        told("changed", 0, "lka-cmb"),
        {"stations": [HOST_FIRST, NAIROBI, {**COLOMBO, "required": True}]},
    ),
    "guest_added": Change(
        {"guest_sites": [RIVER, {**RIVER, "organisation": "Hill School", "email": "Hill@Example.org"}]},
        [*told("changed", 0, *SITES), added("hill@example.org")],
        {"guest_sites": [PLACE, {**PLACE, "organisation": "Hill School", "email": "hill@example.org"}]},
    ),
    "guest_removed": Change(
        {"guest_sites": []},
        [*told("changed", 0, "jpn-tic", "ken-nbo", "lka-cmb"), removed("river@example.org")],
    ),
    "guest_described": Change(
        {"guest_sites": [{**RIVER, "email": "RIVER@example.org", "contact": "Mr Rai", "city": "Luang Prabang"}]},
        [],
        {"guest_sites": [{**PLACE, "contact": "Mr Rai", "city": "Luang Prabang"}]},
    ),
    "guest_required": Change(
        {"guest_sites": [{**RIVER, "required": True}]},
        told("changed", 0, "river@example.org"),
        {"guest_sites": [{**PLACE, "required": True}]},
    ),
    "person_added": Change(
        {"people": [SATO, LEE]},
        [added("lee@example.org")],
        {"people": [PERSON, {**LEE, "zone": "Asia/Tokyo", "language": None}]},
    ),
    "person_removed": Change({"people": []}, [removed("sato@example.org")]),
    "person_renamed": Change(
        {"people": [{**SATO, "name": "Dr Sato", "email": "Sato@Example.ORG"}]},
        [],
        {"people": [{**PERSON, "name": "Dr Sato"}]},
    ),
    "person_of_another_role": Change(
        {"people": [{**SATO, "role": "moderator"}]},
        told("changed", 0, "sato@example.org"),
        {"people": [{**PERSON, "role": "moderator"}]},
    ),
    "purpose": Change({"purpose": "Why\r\nso"}, [], {"purpose": "Why\nso"}),
    "kind": Change({"kind": "seminar"}, []),
    "department": Change({"department": "Training"}, []),
    "programme": Change(
        {"programme": {"scheme": "kccp", "stage": 5}},
        [],
        {"programme": {"scheme": "kccp", "countries": [], "agency": "", "stage": 5}},
    ),
    "visibility": Change({"visibility": "participants"}, []),
    "languages": Change({"languages": ["en", "pt-BR"]}, []),
    "interpretation": Change({"interpretation": "ja-en"}, []),
    "recording": Change({"recording": True}, []),
    "quorum": Change({"quorum": 3}, []),
    "coordinator": Change({"coordinator": COORDINATOR}, []),
    "materials": Change({"materials": ["JN-M001"]}, [], {}),
    "all_at_once": Change(
        {
            "title": "Day 5",
            "start": {"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"},
            "stations": ["LKA-CMB", "THA-BKK"],
            "people": [LEE],
        },
        [
            *told("moved", 1, "jpn-tic", "lka-cmb", asked_again=True),
            Mail("request", "tha-bkk", 1, "", ASKED),
            *told("moved", 1, "river@example.org", asked_again=True),
            Mail("request", "lee@example.org", 1, "", ASKED),
            removed("ken-nbo"),
            removed("sato@example.org"),
        ],
        {
            "title": "Day 5",
            "stations": [HOST_FIRST, COLOMBO, {**COLOMBO, "code": "THA-BKK"}],
            "people": [{**LEE, "zone": "Asia/Tokyo", "language": None}],
        },
    ),
}  # fmt: skip
NAMES = {"river@example.org": "River Institute", "hill@example.org": "Hill School",
         "sato@example.org": "Ms Sato", "lee@example.org": "Mr Lee"}  # fmt: skip


# Reading the catalogues takes longer than what is tested here.
_renderers = cache(renderers)


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


async def prepared(desk: Desk) -> str:
    """Book the course with a guest site and a lecturer; Nairobi and the lecturer accept."""
    ref: str = (await desk.book(guest_sites=[RIVER], people=[SATO]))["ref"]
    assert (await desk.reply(ref, "KEN-NBO", "accepted")).status == 200
    token = desk.token(await desk.uid(ref), "sato@example.org")
    await answer_by_token(desk.services, token, Answer.ACCEPTED, "")
    await deliver(desk.services, _renderers(), worker="test")
    await desk.mails()
    return ref


def name_of(mail: Mail) -> str:
    return NAMES.get(mail.to, mail.to.upper())


async def subjects(desk: Desk, count: int) -> list[tuple[str, str]]:
    """Deliver what is owed and return the recipients with the subjects that they get."""
    mailer: Any = desk.services.mailer
    mailer.sent.clear()
    await deliver(desk.services, _renderers(), worker="test")
    assert len(mailer.sent) == count
    letters = ((to, message_from_bytes(content, policy=policy.default)) for _, to, content in mailer.sent)
    return sorted((to.removesuffix("@stations.invalid"), str(letter["Subject"])) for to, letter in letters)


# What is told is the same on either database; what is stored of each kind of field is tried on both.
BOTH = ("start", "host", "station_exchanged", "guest_added", "person_removed", "programme", "languages",
        "recording", "materials", "all_at_once")  # fmt: skip


@pytest.mark.parametrize(
    ("network_url", "name"),
    [*(("sqlite", name) for name in CHANGES), *(("postgresql", name) for name in BOTH)],
    indirect=["network_url"],
)
async def test_each_field_tells_whom_it_concerns_as_its_check_has_said(desk: Desk, name: str) -> None:
    change = CHANGES[name]
    ref = await prepared(desk)
    before, rows = await desk.get(ref), await desk.rows()

    judged = await desk.check(ref, change.fields, f'"{before["revision"]}"')
    assert (judged.status, judged.body["conflicts"]) == (200, [])
    assert (await desk.rows(), await desk.get(ref)) == (rows, before)

    after = await desk.changed(ref, **change.fields)
    mails = await desk.mails()
    assert mails == change.mails
    foretold = [(note["recipient"], note["method"], note["sequence"]) for note in judged.body["notices"]]
    assert foretold == [([name_of(mail)], mail.kind.upper(), mail.sequence) for mail in mails]
    warned = [{"station": seat["station"], **each} for seat in after["seats"] for each in seat["warnings"]]
    assert judged.body["warnings"] == warned
    assert await subjects(desk, len(mails)) == sorted(
        (mail.to, note["subject"]) for mail, note in zip(mails, judged.body["notices"], strict=True)
    )

    expected = change.fields if change.given is None else change.given
    assert {key: after[key] for key in expected} == expected
    assert after == await desk.get(ref)
    changed = {"coordinator"} & {*change.fields}  # whoever books is the coordinator already
    assert after["revision"] == before["revision"] + (0 if changed else 1)
    assert after["sequence"] == max((mail.sequence or 0 for mail in mails), default=0)
    if seat := next((each for each in after["seats"] if each["station"] == "KEN-NBO"), None):
        asked_again = any(mail.news == "moved" or "host" in change.fields for mail in mails)
        assert seat["answer"] == ("needs-action" if asked_again else "accepted")


async def test_what_clashes_is_checked_refused_and_leaves_the_old_booking_whole(desk: Desk) -> None:
    ref = await prepared(desk)
    other = await desk.book(host="JPN-HQ", stations=["THA-BKK", "VNM-HAN"])
    await desk.mails()
    before, rows = await desk.get(ref), await desk.rows()
    fields = {
        "title": "Another",
        "stations": ["LKA-CMB", "THA-BKK"],
        "people": [],
        "materials": ["JN-M001"],
        "join": {"pin": "1"},
    }
    judged = await desk.check(ref, fields)
    refused = await desk.patch(ref, fields)
    assert (judged.status, refused.status, refused.code) == (200, 409, "station_busy")
    assert judged.body["conflicts"] == refused.body["conflicts"]
    assert [(each["station"], each["ref"]) for each in refused.body["conflicts"]] == [
        ("THA-BKK", other["ref"])
    ]
    assert (await desk.get(ref), await desk.rows(), await desk.mails()) == (before, rows, [])
    # What stands already is not in its own way.
    moved = await desk.changed(ref, start={"local": "2026-12-09T15:30", "zone": "Asia/Tokyo"})
    assert seat_of(moved, "KEN-NBO")["local_start"] == "2026-12-09T09:30:00+03:00"


async def test_wrong_fields_are_all_named_and_leave_the_old_booking_whole(desk: Desk) -> None:
    ref = await prepared(desk)
    before, rows = await desk.get(ref), await desk.rows()
    for fields, pointer, code in (
        ({"title": "A\r\nBcc: x@example.org"}, "/title", "text_not_one_line"),
        ({"start": {"local": "2026-11-30T15:00", "zone": "Asia/Tokyo"}}, "/start/local", "start_in_past"),
        ({"start": {"local": "2027-03-28T02:30", "zone": "Europe/Belgrade"}}, "/start/local", "time_does_not_exist"),
        ({"minutes": 0}, "/minutes", "minutes_out_of_range"),
        ({"stations": ["XXX-XXX"]}, "/stations/0", "unknown_station"),
        ({"host": "XXX-XXX"}, "/host", "unknown_station"),
        ({"stations": ["KEN-NBO", "KEN-NBO"]}, "/stations/1", "doubled_station"),
        ({"people": [SATO, {**LEE, "email": "SATO@example.org"}]}, "/people/1/email", "doubled_person"),
        ({"people": [{**SATO, "email": "a@b.example\r\nBcc: c@d.example"}]}, "/people/0/email", "bad_address"),
        ({"guest_sites": [{**RIVER, "zone": "Mars/Base"}]}, "/guest_sites/0/zone", "unknown_zone"),
        ({"quorum": 5}, "/quorum", "quorum_out_of_range"),
        ({"coordinator": "nobody@example.org"}, "/coordinator", "unknown_user"),
        ({"materials": ["JN-M999"]}, "/materials/0", "unknown_material"),
        ({"stations": [{"code": "KEN-NBO", "answer": "accepted"}]}, "/stations/0/answer", "unknown_field"),
        ({"colour": "red"}, "/colour", "unknown_field"),
    ):  # fmt: skip
        for done in (await desk.check(ref, fields), await desk.patch(ref, fields)):
            named = [(error["pointer"], error["code"]) for error in done.body["errors"]]
            assert (done.status, (pointer, code) in named) == (422, True), (fields, done.body)
    assert (await desk.get(ref), await desk.rows(), await desk.mails()) == (before, rows, [])
