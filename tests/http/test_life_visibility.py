"""Who learns what of a session as its life goes on: before it is confirmed, when it ends, when one has left it."""

from typing import Any

import pytest

from jicanet.core.actor import Role
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_by_token
from tests.support.desk import SESSIONS, Desk, chief, sit
from tests.support.reference import Site

pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

RIVER = {
    "organisation": "River Institute",
    "city": "Vientiane",
    "zone": "Asia/Vientiane",
    "email": "river@example.org",
    "contact": "Mr Rai",
    "telephone": "+856 21 555",
}
SATO = {"role": "lecturer", "name": "Ms Sato", "email": "sato@example.org"}


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


def stranger(site: Site) -> Desk:
    return Desk(site, {})


async def seen(who: Desk, ref: str) -> bool:
    """Say whether somebody finds a session, which must be alike wherever it could be found."""
    found = set()
    for path in (f"{SESSIONS}/{ref}", f"{SESSIONS}/{ref}.ics", f"{SESSIONS}/{ref}/materials"):
        async with who.site.client.get(path, headers=who.headers) as answer:
            assert answer.status in {200, 404}, path
            found.add(answer.status == 200)
    listed = (await who.ask("GET", SESSIONS)).body["items"]
    searched = (await who.ask("GET", f"{SESSIONS}?q={ref}")).body["items"]
    found |= {ref in [item["ref"] for item in items] for items in (listed, searched)}
    assert len(found) == 1, found
    return found.pop()


@pytest.mark.parametrize("status", ["requested", "hold"])
async def test_strangers_learn_of_a_public_session_once_it_was_confirmed(
    site: Site, desk: Desk, status: str
) -> None:
    ref = (await desk.book(status=status, visibility="public"))["ref"]
    nobody, known = stranger(site), await sit(site, "known@example.org")
    assert (await seen(nobody, ref), await seen(known, ref)) == (False, True)
    await desk.done(ref, "cancel", reason="Not now")
    assert (await seen(nobody, ref), await seen(known, ref)) == (False, True)
    await desk.done(ref, "restore")
    await desk.done(ref, "confirm")
    assert await seen(nobody, ref)
    await desk.done(ref, "cancel", reason="The budget is spent")
    assert await seen(nobody, ref)
    ended = await nobody.get(ref)
    # That it is cancelled is public, why is not.
    assert (ended["status"], ended["ending"]) == ("cancelled", {"code": "cancelled", "reason": ""})
    assert (await known.get(ref))["ending"]["reason"] == "The budget is spent"


async def test_strangers_learn_no_words_addresses_and_reasons(site: Site, desk: Desk) -> None:
    stations = ["KEN-NBO", {"code": "LKA-CMB", "required": True}]
    ref = (await desk.book(visibility="public", stations=stations, guest_sites=[RIVER], people=[SATO]))["ref"]
    await desk.reply(ref, "LKA-CMB", "declined", comment="Strike")
    uid = await desk.uid(ref)
    await answer_by_token(desk.services, desk.token(uid, SATO["email"]), Answer.TENTATIVE, "Maybe ill")
    full = await desk.get(ref)
    assert (full["status"], full["seats"][2]["words"]) == ("needs-attention", "Strike")
    shown = await stranger(site).get(ref)
    text = str(shown)
    for secret in ("Strike", "Maybe ill", "example.org", "Mr Rai", "+856", "required_seat_lost", "localhost"):
        assert secret not in text, secret
    assert (shown["reasons"], shown["join"], shown["coordinator"]) == ([], None, None)
    # Whoever is signed in learns why it needs attention; words are for the coordinator and who wrote them.
    known = await (await sit(site, "known@example.org")).get(ref)
    assert (known["seats"][2]["words"], known["reasons"]) == ("", full["reasons"])
    for code, words in (("LKA-CMB", "Strike"), ("KEN-NBO", "")):
        operator = await sit(site, f"{code.lower()}@example.org", Role.OPERATOR, stations=[code])
        assert (await operator.get(ref))["seats"][2]["words"] == words
    assert [each["email"] for name in ("guest_sites", "people", "parts") for each in known[name]] == [
        None
    ] * 4
    assert "+856" not in str(known)
    calendar = await (await site.client.get(f"{SESSIONS}/{ref}.ics")).text()
    assert "example.org" not in calendar


async def test_a_part_in_a_session_shows_it_while_it_lasts(site: Site, desk: Desk) -> None:
    ref = (await desk.book(visibility="participants", people=[SATO], guest_sites=[RIVER]))["ref"]
    sato = await sit(site, "Sato@example.org")
    river = await sit(site, "river@example.org", Role.LECTURER)
    nairobi = await sit(site, "nairobi@example.org", Role.OPERATOR, stations=["KEN-NBO"])
    others = [
        await sit(site, "other@example.org", Role.OPERATOR, stations=["THA-BKK"]),
        await sit(site, "lecturer@example.org", Role.LECTURER, stations=["KEN-NBO"]),
        stranger(site),
    ]
    for who in (sato, river, nairobi):
        assert await seen(who, ref)
        assert (await who.get(ref))["people"][0]["email"] is None
    for who in others:
        assert not await seen(who, ref)
    # Declining is no leaving: who is listed goes on seeing it.
    await nairobi.reply(ref, "KEN-NBO", "declined")
    assert await seen(nairobi, ref)
    await desk.changed(ref, stations=["LKA-CMB"], people=[], guest_sites=[])
    for who in (sato, river, nairobi):
        assert not await seen(who, ref)
    await desk.changed(ref, people=[SATO])
    assert await seen(sato, ref)


async def test_who_asked_goes_on_seeing_it(site: Site, desk: Desk) -> None:
    asker = await sit(site, "asker@example.org", Role.LECTURER)
    ref = (await asker.book(visibility="participants"))["ref"]
    assert await seen(asker, ref)
    await desk.done(ref, "refuse", reason="No lecturer")
    assert (await asker.get(ref))["ending"] == {"code": "refused", "reason": "No lecturer"}
    await desk.done(ref, "restore")
    await desk.done(ref, "confirm")
    assert await seen(asker, ref)


async def test_acts_on_a_hidden_session_are_answered_as_on_none(site: Site, desk: Desk) -> None:
    ref = (await desk.book(visibility="participants", materials=["JN-M001"]))["ref"]
    far = await sit(site, "far@example.org", Role.CENTRE_COORDINATOR, stations=["THA-BKK"])
    rows = await desk.rows()
    unknown = "JN-2026-999999"
    link = (await desk.get(ref))["materials"][0]["id"]
    acts: list[tuple[str, str, dict[str, Any] | None]] = [
        ("POST", "/confirm", {}), ("POST", "/refuse", {"reason": "x"}), ("POST", "/cancel", {"reason": "x"}),
        ("POST", "/restore", {}), ("POST", "/message", {"text": "x"}), ("PATCH", "", {"title": "x"}),
        ("PATCH", "?check=1", {"title": "x"}), ("GET", "/ledger", None), ("GET", "", None),
        ("POST", "/seats/KEN-NBO/reply", {"answer": "accepted"}),
        ("POST", "/seats/THA-BKK/reply", {"answer": "accepted"}),
        ("POST", "/materials", {"material": "JN-M002", "kind": "slides"}), ("DELETE", f"/materials/{link}", None),
    ]  # fmt: skip
    for method, path, body in acts:
        hidden, none = [
            await far.ask(method, f"{SESSIONS}/{each}{path}", body, If_Match='"1"') for each in (ref, unknown)
        ]
        assert (hidden.status, hidden.code) == (404, "unknown_session"), (method, path)
        assert {
            **hidden.body,
            "request_id": "",
            "instance": "",
            "detail": hidden.body["detail"].replace(ref, unknown),
        } == {
            **none.body,
            "request_id": "",
            "instance": "",
        }
    assert await desk.rows() == rows


async def test_what_is_in_the_way_is_named_only_to_who_may_see_it(site: Site, desk: Desk) -> None:
    secret = await desk.book(host="JPN-HQ", stations=["THA-BKK"], visibility="participants", title="Numbat")
    centre = await sit(site, "centre@example.org", Role.CENTRE_COORDINATOR, stations=["JPN-TIC"])
    ref = (await centre.book(stations=["THA-BKK"], status="requested"))["ref"]
    for done in (
        await centre.patch((await centre.book())["ref"], {"stations": ["THA-BKK"]}),
        await centre.act(ref, "confirm"),
    ):
        assert (done.status, done.code) == (409, "station_busy")
        assert "Numbat" not in str(done.body)
        assert secret["ref"] not in str(done.body)
        (taken,) = [each for each in done.body["conflicts"] if each["station"] == "THA-BKK"]
        assert (taken.get("ref"), taken["local_start"]) == (None, "2026-12-09T13:00:00+07:00")
    judged = await centre.ask("POST", f"{SESSIONS}?check=1", {
        "title": "x", "host": "JPN-TIC", "stations": ["THA-BKK"], "minutes": 30,
        "start": {"local": "2026-12-09T15:00", "zone": "Asia/Tokyo"},
    })  # fmt: skip
    assert "Numbat" not in str(judged.body)
    assert [each["station"] for each in judged.body["conflicts"]][-1] == "THA-BKK"


async def test_a_centre_hands_no_session_to_a_host_that_is_not_its_own(site: Site, desk: Desk) -> None:
    centre = await sit(site, "centre@example.org", Role.CENTRE_COORDINATOR, stations=["JPN-TIC", "JPN-YOK"])
    ref = (await centre.book())["ref"]
    rows = await desk.rows()
    for ask in (centre.check, centre.patch):
        refused = await ask(ref, {"host": "JPN-HQ"})
        assert (refused.status, refused.code) == (403, "not_permitted")
        refused = await ask(ref, {"host": "KEN-NBO", "title": "x"})
        assert (refused.status, refused.code) == (403, "not_permitted")
    assert await desk.rows() == rows
    assert (await centre.changed(ref, host="JPN-YOK"))["host"] == "JPN-YOK"
    assert (await desk.changed(ref, host="JPN-HQ"))["host"] == "JPN-HQ"
    assert (await centre.patch(ref, {"title": "x"})).status == 403
    # What is only asked for may be asked for anywhere.
    asked = (await centre.book(host="KEN-NBO", stations=["THA-BKK"], status="requested"))["ref"]
    assert (await centre.changed(asked, host="THA-BKK"))["host"] == "THA-BKK"
