"""Who learns of what: requests that end, declines without a coordinator, words and names that are not for all."""

from datetime import timedelta
from typing import Any

import pytest

from jicanet.core.actor import CONSOLE, Role
from jicanet.scheduler import service
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.forms import SessionIn, booking_request
from tests.support.desk import COURSE, SESSIONS, Desk, Mail, chief, sit
from tests.support.reference import COORDINATOR, Site

LECTURER = {"role": "lecturer", "name": "Prof. Sato", "email": "sato@example.org"}


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


async def test_whoever_asked_learns_of_every_end_that_is_not_their_own(site: Site, desk: Desk) -> None:
    asker = await sit(site, "asker@example.org", Role.LECTURER)
    for end in ("refuse", "cancel", "own", "lapse"):
        ref = (await asker.book(status="requested"))["ref"]
        if end == "lapse":
            desk.clock.advance(days=30)
            await service.lapse(desk.services, desk.clock.now())
        else:
            who = asker if end == "own" else desk
            await who.done(ref, "cancel" if end == "own" else end, reason="No room")
        told = await desk.mails()
        assert told == ([] if end == "own" else [Mail("refused", "asker@example.org")]), end


async def test_whoever_asked_learns_that_their_request_is_open_again(site: Site, desk: Desk) -> None:
    asker = await sit(site, "asker@example.org", Role.LECTURER)
    for end in ("refuse", "cancel"):
        ref = (await asker.book(status="requested"))["ref"]
        await desk.done(ref, end, reason="No room")
        await desk.mails()
        assert (await desk.done(ref, "restore"))["status"] == "requested"
        assert await desk.mails() == [Mail("reopened", "asker@example.org")], end
        newest = (await desk.ledger(ref))[0]
        assert (newest["kind"], newest["what"], newest["parts"]) == ("mail", "reopened", ["requester"])
    # What was approved is restored as that: its sites are invited, and nothing waits.
    await desk.done(ref, "confirm")
    await desk.done(ref, "cancel", reason="No room")
    await desk.mails()
    await desk.done(ref, "restore")
    assert {mail.kind for mail in await desk.mails()} == {"request"}
    # Nobody is told of their own act.
    own = (await desk.book(status="requested", host="JPN-HQ", stations=[]))["ref"]
    await desk.done(own, "cancel", reason="Not now")
    await desk.done(own, "restore")
    assert await desk.mails() == []


async def test_a_decline_without_a_coordinator_reaches_all_coordinators(site: Site, desk: Desk) -> None:
    await sit(site, "second@example.org", Role.COORDINATOR)
    request = booking_request(SessionIn(**COURSE))
    done = await service.book_session(desk.services, CONSOLE, request)
    await desk.mails()
    token = desk.token(await desk.uid(done.ref), "jpn-tic@stations.invalid")
    await service.answer_by_token(desk.services, token, Answer.DECLINED, "no power")
    told = [mail.to for mail in await desk.mails() if mail.kind == "declined"]
    assert told == [COORDINATOR, "second@example.org"]


async def test_nobody_is_told_of_their_own_decline_by_link(desk: Desk) -> None:
    moderator = {"role": "moderator", "name": "Coordinator", "email": COORDINATOR}
    ref = (await desk.book(people=[moderator]))["ref"]
    await desk.mails()
    token = desk.token(await desk.uid(ref), COORDINATOR)
    await service.answer_by_token(desk.services, token, Answer.DECLINED, "ill")
    assert [(mail.kind, mail.to) for mail in await desk.mails()] == [
        ("cancel", COORDINATOR),
        ("declined", "jpn-tic"),
    ]


async def test_only_who_may_manage_can_be_named_as_coordinator(site: Site, desk: Desk) -> None:
    lecturer = await sit(site, "lecturer@example.org", Role.LECTURER)
    for email in ("lecturer@example.org", "nobody@example.org"):
        refused = await desk.ask("POST", SESSIONS, {**COURSE, "coordinator": email})
        assert (refused.status, refused.code) == (422, "unknown_user")
        # Who only asks learns nothing of who there is: any name is refused alike.
        refused = await lecturer.ask("POST", f"{SESSIONS}?check=1", {**COURSE, "coordinator": email})
        assert (refused.status, refused.code) == (403, "not_permitted")
    ref = (await lecturer.book(status="requested"))["ref"]
    refused = await lecturer.patch(ref, {"coordinator": COORDINATOR})
    assert (refused.status, refused.code) == (403, "not_permitted")


async def test_an_expired_hold_is_in_no_checks_way_before_anybody_has_ended_it(desk: Desk) -> None:
    await desk.book(status="hold")
    desk.clock.advance(hours=72)
    judged = await desk.ask("POST", f"{SESSIONS}?check=1", COURSE)
    assert (judged.status, judged.body["conflicts"]) == (200, [])
    desk.clock.instant -= timedelta(seconds=1)
    judged = await desk.ask("POST", f"{SESSIONS}?check=1", COURSE)
    assert {clash["code"] for clash in judged.body["conflicts"]} == {"station_busy"}


async def test_a_coordinator_answers_for_guests_and_people_by_their_address(site: Site, desk: Desk) -> None:
    ref = (await desk.book(people=[LECTURER]))["ref"]
    done = await desk.reply(ref, "Sato@example.org", "declined", comment="ill")
    assert [(part["name"], part["withdrawn"]) for part in done.body["parts"]] == [("Prof. Sato", True)]
    done = await desk.reply(ref, "sato@example.org", "needs-action")
    assert [(part["answer"], part["withdrawn"]) for part in done.body["parts"]] == [("needs-action", False)]
    operator = await sit(site, "operator@example.org", Role.OPERATOR, stations=["KEN-NBO"])
    refused = await operator.reply(ref, "sato@example.org", "declined")
    assert (refused.status, refused.code) == (404, "unknown_seat")


async def test_strangers_learn_no_names_of_people(site: Site, desk: Desk) -> None:
    ref = (await desk.book(people=[LECTURER], visibility="public"))["ref"]
    stranger = Desk(site, {})
    shown = await stranger.get(ref)
    assert (shown["people"], shown["parts"]) == ([], [])


async def test_the_ledger_tells_what_changed_and_notes_apart_from_approvals(desk: Desk) -> None:
    ref = (await desk.book())["ref"]
    await desk.changed(ref, title="Another title")
    await desk.reply(ref, "JPN-TIC", "declined")
    await desk.done(ref, "confirm")
    lines: list[dict[str, Any]] = [line for line in await desk.ledger(ref) if line["kind"] == "change"]
    assert [(line["what"], line["changes"]) for line in lines] == [
        ("session-acknowledged", None),
        ("session-changed", {"title": [COURSE["title"], "Another title"]}),
        ("session-booked", None),
    ]


async def test_the_ledger_keeps_old_and_new_of_what_no_mail_tells_and_names_instead_of_addresses(
    desk: Desk,
) -> None:
    ref = (await desk.book(people=[LECTURER], join={"pin": "1111"}))["ref"]
    await desk.changed(ref, quorum=2, people=[], join={"pin": "2222"}, title=COURSE["title"], recording=True)
    lines = await desk.ledger(ref)
    changed = next(each for each in lines if each["what"] == "session-changed")
    assert changed["changes"] == {
        "join": True,
        "people": {"removed": ["Prof. Sato"]},
        "quorum": [None, 2],
        "recording": [False, True],
    }
    assert not [secret for secret in ("1111", "2222", "sato@") if secret in str(lines)]


async def test_a_star_among_tags_and_a_text_that_turns_round_are_refused(desk: Desk) -> None:
    ref = (await desk.book())["ref"]
    refused = await desk.patch(ref, {"title": "Other"}, match='*, "1x"')
    assert (refused.status, refused.code) == (412, "outdated")
    refused = await desk.patch(ref, {"title": "left \u202e right"})
    assert [(error["pointer"], error["code"]) for error in refused.body["errors"]] == [
        ("/title", "text_not_one_line")
    ]
