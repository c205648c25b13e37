"""Answers over JSON and by secret address: who may give them, what a decline frees, and what brings back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from jicanet.core.actor import Role
from jicanet.core.errors import Conflict, Invalid, NotFound
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_by_token, answer_moment
from tests.support.desk import COORDINATOR, COURSE, SESSIONS, Desk, Mail, chief, seat_of, sit
from tests.support.reference import Site

STARTS = datetime(2026, 12, 9, 6, 0, tzinfo=UTC)
RIVER = {
    "organisation": "River Institute",
    "city": "Vientiane",
    "zone": "Asia/Vientiane",
    "email": "river@example.org",
}
SATO = {"role": "lecturer", "name": "Ms Sato", "email": "sato@example.org"}


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


async def set_ports(desk: Desk, ports: int) -> None:
    change = text("UPDATE bridge SET ports = :ports")
    await desk.services.database.write(lambda db: db.execute(change, {"ports": ports}) and None)


async def booked(desk: Desk, **more: Any) -> str:
    """Book the course and forget its invitations."""
    ref: str = (await desk.book(**more))["ref"]
    await desk.mails()
    return ref


async def test_who_may_answer_for_a_station(site: Site, desk: Desk) -> None:
    ref = await booked(desk)
    hidden = await booked(desk, host="JPN-HQ", stations=["THA-BKK"], visibility="participants")
    own = await sit(site, "own@example.org", Role.OPERATOR, stations=["KEN-NBO"])
    host = await sit(site, "host@example.org", Role.CENTRE_COORDINATOR, stations=["JPN-TIC"])
    centre = await sit(site, "centre@example.org", Role.CENTRE_COORDINATOR, stations=["LKA-CMB"])
    lecturer = await sit(site, "lecturer@example.org", Role.LECTURER, stations=["KEN-NBO"])
    for number, (who, code, status) in enumerate((
        (own, "KEN-NBO", 200), (own, "LKA-CMB", 403), (own, "JPN-TIC", 403),
        (host, "KEN-NBO", 200), (host, "JPN-TIC", 200),
        (centre, "LKA-CMB", 200), (centre, "KEN-NBO", 403),
        (lecturer, "KEN-NBO", 403),
        (desk, "LKA-CMB", 200),
        (desk, "THA-BKK", 404), (desk, "XXX-XXX", 404),
    )):  # fmt: skip
        done = await who.reply(ref, code, ("accepted", "tentative")[number % 2], comment=f"No. {number}")
        assert done.status == status, (number, done.body)
    assert (await own.reply(hidden, "THA-BKK", "accepted")).code == "unknown_session"
    assert (await own.reply(hidden, "KEN-NBO", "accepted")).code == "unknown_session"
    assert await desk.mails() == []
    # Asking again is for those who manage the session.
    assert (await own.reply(ref, "KEN-NBO", "needs-action")).status == 403
    assert (await host.reply(ref, "KEN-NBO", "needs-action")).status == 200


@pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)
async def test_what_is_no_answer_is_named(desk: Desk) -> None:
    ref = await booked(desk)
    path, rows = f"{SESSIONS}/{ref}/seats/KEN-NBO/reply", await desk.rows()
    for body, pointer, code in (
        ({}, "/answer", "missing"),
        ({"answer": "ACCEPTED"}, "/answer", "not_a_choice"),
        ({"answer": "withdrawn"}, "/answer", "not_a_choice"),
        ({"answer": "accepted", "comment": 5}, "/comment", "wrong_type"),
        ({"answer": "accepted", "comment": "x" * 2001}, "/comment", "text_too_long"),
        ({"answer": "accepted", "words": "x"}, "/words", "unknown_field"),
        ({"answer": "accepted", "comment": "a\x00b"}, "/comment", "unstorable_text"),
    ):
        wrong = await desk.ask("POST", path, body)
        named = [(error["pointer"], error["code"]) for error in wrong.body["errors"]]
        assert (wrong.status, named) == (422, [(pointer, code)]), wrong.body
    assert await desk.rows() == rows


async def test_an_answer_is_kept_once_with_its_words_and_tells_nobody(desk: Desk) -> None:
    ref = await booked(desk)
    done = await desk.reply(ref, "KEN-NBO", "tentative", comment=" Perhaps.\r\nWe move house. ")
    seat = seat_of(done.body, "KEN-NBO")
    assert (seat["answer"], seat["words"]) == ("tentative", "Perhaps.\nWe move house.")
    assert (seat["answered_at"], seat["answered_via"]) == ("2026-12-01T00:00:00Z", "api")
    assert (done.body["sequence"], done.body["revision"], await desk.mails()) == (0, 2, [])
    rows = await desk.rows()
    desk.clock.advance(hours=1)
    for again in ({"comment": "Perhaps.\nWe move house."}, {}):
        assert (await desk.reply(ref, "KEN-NBO", "tentative", **again)).body == done.body
    assert await desk.rows() == rows
    accepted = await desk.reply(ref, "KEN-NBO", "accepted")
    assert (seat_of(accepted.body, "KEN-NBO")["words"], accepted.body["revision"]) == ("", 3)
    assert await desk.mails() == []


async def test_a_decline_frees_room_and_port_and_tells_host_and_coordinator(site: Site, desk: Desk) -> None:
    ref = await booked(desk)
    await set_ports(desk, 3)
    rival = {**COURSE, "title": "Rival", "host": "KEN-NBO", "stations": []}
    refused = await desk.ask("POST", SESSIONS, rival)
    assert [each["code"] for each in refused.body["conflicts"]] == ["station_busy", "bridge_full"]
    operator = await sit(site, "op@example.org", Role.OPERATOR, stations=["KEN-NBO"])
    done = (await operator.reply(ref, "KEN-NBO", "declined", comment="Power cut")).body
    assert (done["status"], done["sequence"]) == ("confirmed", 1)
    assert seat_of(done, "KEN-NBO")["withdrawn"] is True
    assert [each["code"] for each in done["stations"]] == ["JPN-TIC", "KEN-NBO", "LKA-CMB"]
    told = [Mail("declined", "jpn-tic"), Mail("declined", COORDINATOR)]
    assert await desk.mails() == [Mail("cancel", "ken-nbo", 1, "declined"), *told]
    assert await desk.ports_at(STARTS) == 2
    rows = await desk.rows()
    assert (await operator.reply(ref, "KEN-NBO", "declined", comment="Power cut")).body == done
    assert await desk.rows() == rows
    taken = await desk.ask("POST", SESSIONS, rival)
    assert taken.status == 201
    await desk.mails()
    # Now it has no room and the bridge no port: it stays out until there are.
    rows = await desk.rows()
    back = await operator.reply(ref, "KEN-NBO", "accepted")
    assert (back.status, back.code) == (409, "station_busy")
    assert [each["code"] for each in back.body["conflicts"]] == ["station_busy", "bridge_full"]
    assert (await desk.rows(), await desk.mails()) == (rows, [])
    await desk.done(taken.body["ref"], "cancel", reason="No need")
    await desk.mails()
    returned = (await operator.reply(ref, "KEN-NBO", "accepted")).body
    assert (seat_of(returned, "KEN-NBO")["withdrawn"], returned["sequence"]) == (False, 2)
    assert await desk.mails() == [Mail("request", "ken-nbo", 2, "", "ACCEPTED")]
    assert await desk.ports_at(STARTS) == 3


async def test_nobody_is_told_of_their_own_act(site: Site, desk: Desk) -> None:
    ref = await booked(desk)
    await desk.reply(ref, "KEN-NBO", "declined")
    assert [(mail.kind, mail.to) for mail in await desk.mails()] == [
        ("cancel", "ken-nbo"),
        ("declined", "jpn-tic"),
    ]
    host = await sit(site, "host@example.org", Role.CENTRE_COORDINATOR, stations=["JPN-TIC"])
    await host.reply(ref, "LKA-CMB", "declined")
    assert [(mail.kind, mail.to) for mail in await desk.mails()] == [
        ("cancel", "lka-cmb"),
        ("declined", COORDINATOR),
    ]


async def test_a_coordinator_asks_who_declined_again(desk: Desk) -> None:
    ref = await booked(desk)
    await desk.reply(ref, "KEN-NBO", "declined", comment="Power cut")
    await desk.mails()
    asked = (await desk.reply(ref, "KEN-NBO", "needs-action")).body
    seat = seat_of(asked, "KEN-NBO")
    assert (seat["answer"], seat["withdrawn"], seat["words"]) == ("needs-action", False, "")
    assert await desk.mails() == [Mail("request", "ken-nbo", 2, "", "NEEDS-ACTION")]


async def test_a_removed_seat_cannot_answer(site: Site, desk: Desk) -> None:
    ref = await booked(desk)
    operator = await sit(site, "op@example.org", Role.OPERATOR, stations=["KEN-NBO"])
    uid = await desk.uid(ref)
    token = desk.token(uid, "ken-nbo@stations.invalid")
    await desk.changed(ref, stations=["LKA-CMB"])
    await desk.mails()
    rows = await desk.rows()
    for answer in ("accepted", "tentative", "declined", "needs-action"):
        done = await desk.reply(ref, "KEN-NBO", answer)
        assert (done.status, done.code) == (409, "seat_removed"), answer
        with pytest.raises(Conflict) as refused:
            await answer_by_token(desk.services, token, Answer(answer), "")
        assert refused.value.code == "seat_removed"
    assert (await operator.reply(ref, "KEN-NBO", "accepted")).code == "seat_removed"
    assert (await answer_moment(desk.services, token)).keys == ()
    assert (await desk.rows(), await desk.mails()) == (rows, [])


async def test_a_secret_address_answers_for_all_that_hangs_on_it(desk: Desk) -> None:
    # The lecturer's address is the guest site's too: one recipient, one mail, one answer.
    both = {**SATO, "email": "River@Example.ORG"}
    body = await desk.book(guest_sites=[RIVER], people=[both, SATO])
    ref, uid = body["ref"], await desk.uid(body["ref"])
    assert [mail.to for mail in await desk.mails()].count("river@example.org") == 1
    token = desk.token(uid, "river@example.org")
    view = await answer_by_token(desk.services, token, Answer.DECLINED, "Flood")
    assert view.keys == ("guest/river@example.org", "person/river@example.org")
    gone = await desk.get(ref)
    assert [(part["name"], part["withdrawn"]) for part in gone["parts"]] == [
        ("River Institute", True),
        ("Ms Sato", True),
        ("Ms Sato", False),
    ]
    mails = await desk.mails()
    assert mails[0] == Mail("cancel", "river@example.org", 1, "declined")
    assert {(mail.kind, mail.to) for mail in mails[1:]} == {
        ("declined", "jpn-tic"),
        ("declined", COORDINATOR),
    }
    assert await desk.ports_at(STARTS) == 3
    rows = await desk.rows()
    await answer_by_token(desk.services, token, Answer.DECLINED, "Flood")
    await answer_by_token(desk.services, token, Answer.DECLINED, "")
    assert await desk.rows() == rows
    await answer_by_token(desk.services, token, Answer.ACCEPTED, "")
    assert await desk.mails() == [Mail("request", "river@example.org", 2, "", "ACCEPTED")]
    assert await desk.ports_at(STARTS) == 4


async def test_only_the_right_secret_address_opens_an_answer(desk: Desk) -> None:
    first = await booked(desk, people=[SATO])
    second = await booked(desk, people=[SATO], start={"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"})
    token = desk.token(await desk.uid(first), SATO["email"])
    other = desk.token(await desk.uid(second), SATO["email"])
    rows = await desk.rows()
    last = "0" if token[-1] != "0" else "1"
    for wrong in (token[:-1] + last, last + token[1:], token[:-1], token + "0", "", " ", "0" * 32, token[::-1], "ü" * 32,
                  desk.token(await desk.uid(first), "nobody@example.org")):  # fmt: skip
        for ask in (
            answer_moment(desk.services, wrong),
            answer_by_token(desk.services, wrong, Answer.DECLINED, "x"),
        ):
            with pytest.raises(NotFound) as unknown:
                await ask
            assert unknown.value.code == "unknown_answer"
            assert not wrong.strip() or wrong not in str(unknown.value.detail)
    assert await desk.rows() == rows
    # Another recipient's address is another's answer, in its own session only.
    await answer_by_token(desk.services, other, Answer.DECLINED, "")
    assert (await desk.get(first))["parts"][0]["answer"] == "needs-action"
    assert (await desk.get(second))["parts"][0]["answer"] == "declined"
    with pytest.raises(Invalid) as long:
        await answer_by_token(desk.services, token, Answer.ACCEPTED, "x" * 2001)
    assert long.value.code == "text_too_long"
    # A mail program may have made capitals of it.
    assert (await answer_by_token(desk.services, token.upper(), Answer.ACCEPTED, "")).keys


async def test_a_secret_address_opens_nothing_before_the_session_is_confirmed(desk: Desk) -> None:
    ref = (await desk.book(people=[SATO], status="hold"))["ref"]
    token = desk.token(await desk.uid(ref), SATO["email"])
    with pytest.raises(NotFound):
        await answer_moment(desk.services, token)
    await desk.done(ref, "confirm")
    assert (await answer_moment(desk.services, token)).keys == ("person/sato@example.org",)
    await desk.done(ref, "cancel", reason="No need")
    assert (await answer_moment(desk.services, token)).view.session.ending_words == "No need"
    with pytest.raises(Conflict) as cancelled:
        await answer_by_token(desk.services, token, Answer.ACCEPTED, "")
    assert cancelled.value.code == "wrong_status"
