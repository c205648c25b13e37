"""Bad input to the acts on a session: each names the field and the remedy, and nothing is half done."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from jicanet.core.errors import Invalid
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_by_token
from tests.support.desk import SESSIONS, Desk, chief
from tests.support.reference import Site

# What is refused before any database is asked needs no second one.
pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

SATO = {"role": "lecturer", "name": "Ms Sato", "email": "sato@example.org"}
RIVER = {
    "organisation": "River Institute",
    "city": "Vientiane",
    "zone": "Asia/Vientiane",
    "email": "river@example.org",
}
WORDS = {"refuse": "reason", "cancel": "reason", "message": "text"}


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


async def booked(desk: Desk, **more: Any) -> str:
    ref: str = (await desk.book(**{"people": [SATO], **more}))["ref"]
    await desk.mails()
    return ref


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing"),
        (None, None),
        ({"{}": None}, "wrong_type"),
        ({"{}": 5}, "wrong_type"),
        ({"{}": ""}, "text_empty"),
        ({"{}": " \r\n\t "}, "text_empty"),
        ({"{}": "x" * 2001}, "text_too_long"),
        ({"{}": "a\x00b"}, "unstorable_text"),
        ({"{}": "a\rBcc: x@example.org"}, "text_has_control_characters"),
        ({"{}": "a\x1b[31mb"}, "text_has_control_characters"),
        ({"{}": "a\u2028b"}, "text_has_control_characters"),
        ({"{}": "ok", "more": 1}, "unknown_field"),
    ],
    ids=["missing", "no_body", "null", "number", "empty", "blank", "long", "nul", "lone_cr", "escape",
         "line_separator", "unknown_field"],
)  # fmt: skip
async def test_words_are_checked_in_every_act(
    desk: Desk, body: dict[str, Any] | None, code: str | None
) -> None:
    request = await booked(desk, status="requested")
    confirmed = await booked(desk)
    rows = await desk.rows()
    for act, name in WORDS.items():
        ref = request if act == "refuse" else confirmed
        sent = None if body is None else {key.format(name): value for key, value in body.items()}
        wrong = await desk.ask("POST", f"{SESSIONS}/{ref}/{act}", sent)
        if code is None:
            assert wrong.status in {400, 415, 422}, wrong.body
            continue
        named = [error["code"] for error in wrong.body["errors"]]
        assert (wrong.status, named) == (422, [code]), wrong.body
        pointer = wrong.body["errors"][0]["pointer"]
        assert pointer == ("/more" if code == "unknown_field" else f"/{name}")
    assert (await desk.rows(), await desk.mails()) == (rows, [])


async def test_line_breaks_and_tabs_in_words_are_kept(desk: Desk) -> None:
    ref = await booked(desk)
    done = await desk.done(ref, "cancel", reason=" One\r\n\ttwo\n\n三 ")
    assert done["ending"]["reason"] == "One\n\ttwo\n\n三"


async def test_acts_without_words_take_an_empty_object_alone(desk: Desk) -> None:
    ref = await booked(desk, status="hold")
    rows = await desk.rows()
    for act in ("confirm", "restore"):
        wrong = await desk.ask("POST", f"{SESSIONS}/{ref}/{act}", {"force": True})
        assert (wrong.status, wrong.body["errors"][0]["code"]) == (422, "unknown_field")
    assert await desk.rows() == rows


@pytest.mark.parametrize(
    "ref", ["JN-2026-999999", "JN-2026-1", "x", "JN-2026-000001%0d%0a", "%00", "..", "x" * 300]
)
async def test_a_reference_that_is_none_is_unknown_to_every_act(desk: Desk, ref: str) -> None:
    await booked(desk)
    rows = await desk.rows()
    for act in ("confirm", "restore", "cancel", "refuse", "message", "seats/KEN-NBO/reply"):
        word = {WORDS[act]: "x"} if act in WORDS else {}
        body = {"answer": "accepted"} if act.startswith("seats") else word
        wrong = await desk.ask("POST", f"{SESSIONS}/{ref}/{act}", body)
        assert wrong.status == 404, (act, wrong.body)
    assert (await desk.patch(ref, {"title": "x"})).status == 404
    assert (await desk.ask("GET", f"{SESSIONS}/{ref}/ledger")).status == 404
    assert await desk.rows() == rows


@pytest.mark.parametrize(
    "code", ["XXX-XXX", "ken-nbo", "KEN-NBO ", "\r\nX", "\x00", "x" * 300, "guest/nobody@example.org"]
)
async def test_a_station_that_has_no_seat_cannot_answer(desk: Desk, code: str) -> None:
    ref = await booked(desk, guest_sites=[RIVER])
    rows = await desk.rows()
    wrong = await desk.reply(ref, quote(code, safe=""), "accepted")
    assert wrong.status == 404, wrong.body
    assert "\r" not in str(wrong.body)
    assert await desk.rows() == rows


@pytest.mark.parametrize("kind", ["guest", "person"])
async def test_of_two_parts_with_one_address_the_key_says_which_answers(desk: Desk, kind: str) -> None:
    ref = await booked(desk, guest_sites=[RIVER], people=[{**SATO, "email": RIVER["email"]}])
    done = await desk.reply(ref, quote(f"{kind}/{RIVER['email']}", safe=""), "accepted")
    assert done.status == 200, done.body
    answers = {part["kind"]: part["answer"] for part in done.body["parts"]}
    other = {"guest": "person", "person": "guest-site"}[kind]
    assert answers[other] == "needs-action"
    assert answers["guest-site" if kind == "guest" else "person"] == "accepted"


async def test_one_address_may_be_a_guest_and_a_person_but_neither_twice(desk: Desk) -> None:
    ref = await booked(desk)
    rows = await desk.rows()
    for fields, pointer, code in (
        ({"people": [SATO, {**SATO, "role": "moderator", "email": " sato@EXAMPLE.org"}]}, "/people/1/email",
         "doubled_person"),
        ({"guest_sites": [RIVER, {**RIVER, "email": "RIVER@example.org"}]}, "/guest_sites/1/email",
         "doubled_guest_site"),
        ({"people": [{**SATO, "email": f"p{number}@example.org"} for number in range(51)]}, "/people",
         "too_many_listed"),
        ({"people": [{**SATO, "email": "x" * 301}]}, "/people/0/email", "too_long"),
        ({"people": [{**SATO, "role": "singer"}]}, "/people/0/role", "not_a_choice"),
        ({"people": [{**SATO, "answer": "accepted"}]}, "/people/0/answer", "unknown_field"),
        ({"guest_sites": [{**RIVER, "zone": "GMT+7"}]}, "/guest_sites/0/zone", "unknown_zone"),
        ({"guest_sites": [{**RIVER, "organisation": "A\r\nB"}]}, "/guest_sites/0/organisation",
         "text_not_one_line"),
        ({"guest_sites": [{**RIVER, "telephone": "1\n2"}]}, "/guest_sites/0/telephone", "text_not_one_line"),
        ({"interpretation": "ja\r\nen"}, "/interpretation", "text_not_one_line"),
    ):  # fmt: skip
        wrong = await desk.patch(ref, fields)
        named = [(error["pointer"], error["code"]) for error in wrong.body["errors"]]
        assert (wrong.status, named) == (422, [(pointer, code)]), (fields, wrong.body)
    assert (await desk.rows(), await desk.mails()) == (rows, [])
    both = await desk.changed(ref, guest_sites=[{**RIVER, "email": SATO["email"]}])
    assert both["sequence"] == 0
    # One recipient: told anew of what it now is as well.
    assert [mail.to for mail in await desk.mails()] == ["jpn-tic", "ken-nbo", "lka-cmb", SATO["email"]]


async def test_words_by_secret_address_are_held_to_the_same(desk: Desk) -> None:
    ref = await booked(desk)
    token = desk.token(await desk.uid(ref), SATO["email"])
    rows = await desk.rows()
    for words, code in (("x" * 2001, "text_too_long"), ("a\x07b", "text_has_control_characters"),
                        ("a\rb", "text_has_control_characters")):  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            await answer_by_token(desk.services, token, Answer.TENTATIVE, words)
        assert wrong.value.code == code
    assert await desk.rows() == rows


async def test_an_edit_of_an_expired_hold_is_too_late_by_a_second(desk: Desk) -> None:
    ref = await booked(desk, status="hold", hold_until="2026-12-01T10:00:00Z")
    desk.clock.instant = datetime(2026, 12, 1, 10, 0, 1, tzinfo=UTC)
    for done in (
        await desk.patch(ref, {"hold_until": "2026-12-02T10:00:00Z"}),
        await desk.patch(ref, {"title": "x"}),
        await desk.check(ref, {"title": "x"}),
        await desk.reply(ref, "KEN-NBO", "accepted"),
    ):
        assert (done.status, done.code) == (409, "wrong_status")
    assert await desk.mails() == []
