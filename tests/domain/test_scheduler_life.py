"""The life of a session: what each act makes of each status, and what is told before it is confirmed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jicanet.core.errors import Conflict
from jicanet.scheduler.domain.life import check_not_over, confirmed, ended, restored
from jicanet.scheduler.domain.notices import Notice
from jicanet.scheduler.domain.record import Reason, SessionRecord
from jicanet.scheduler.domain.words import Answer, Ending, ReasonCode, Status
from tests.support.booking import DHAKA, HANOI, LIMA, NOW, TOKYO, at, request
from tests.support.life import COORDINATOR, Desk, Kept, guest, lines, person, seats

ACCEPTED, DECLINED = Answer.ACCEPTED, Answer.DECLINED
REQUESTED, HOLD, CONFIRMED = Status.REQUESTED, Status.HOLD, Status.CONFIRMED
NEEDS_ATTENTION, CANCELLED = Status.NEEDS_ATTENTION, Status.CANCELLED
FIRST = dict.fromkeys(("jpn-tic", "vnm-han", "guest", "lecturer"), "REQUEST 0 needs-action")

Act = Callable[[Desk, Kept], Iterable[Notice]]


def new(status: Status = CONFIRMED, **changes: Any) -> tuple[Desk, Kept]:
    """Return a session that was made so, of two stations, a guest site and a person."""
    desk = Desk((TOKYO, HANOI, DHAKA, LIMA))
    asked = request(status=status, guest_sites=(guest(),), people=(person(),), **changes)
    return desk, desk.book(asked)


def of(state: str) -> tuple[Desk, Kept]:
    """Return a session in that status, or cancelled in that way."""
    if state == "needs-attention":
        desk, kept = new()
        desk.answer(kept, "JPN-TIC", DECLINED)
    elif state in {"refused", "lapsed"}:
        desk, kept = new(REQUESTED)
        if state == "refused":
            desk.refuse(kept)
        else:
            kept.stored = ended(kept.stored, Ending.LAPSED, "", now=desk.now)
    elif state == "hold-expired":
        desk, kept = new(HOLD)
        desk.wait(72 * 3600)
        desk.lapse()
    elif state == "cancelled":
        desk, kept = new()
        desk.cancel(kept)
    else:
        desk, kept = new(Status(state))
    desk.wait()
    return desk, kept


# What becomes of each; "same": it stays as it is; "wrong_status": it is refused so.
WRONG = "wrong_status"
LIVES = {
    "requested": {"confirm": "confirmed", "refuse": "refused", "cancel": "cancelled", "restore": WRONG},
    "hold": {"confirm": "confirmed", "refuse": WRONG, "cancel": "cancelled", "restore": WRONG},
    "confirmed": {"confirm": "same", "refuse": WRONG, "cancel": "cancelled", "restore": WRONG},
    "needs-attention": {"confirm": "confirmed", "refuse": WRONG, "cancel": "cancelled", "restore": WRONG},
    "cancelled": {"confirm": WRONG, "refuse": WRONG, "cancel": "same", "restore": "confirmed"},
    "refused": {"confirm": WRONG, "refuse": "same", "cancel": WRONG, "restore": "requested"},
    "hold-expired": {"confirm": WRONG, "refuse": WRONG, "cancel": WRONG, "restore": "requested"},
    "lapsed": {"confirm": WRONG, "refuse": WRONG, "cancel": WRONG, "restore": "requested"},
}


def becomes(act: Act, state: str) -> str:
    desk, kept = of(state)
    before = kept.stored
    try:
        act(desk, kept)
    except Conflict as refused:
        assert kept.stored is before
        return refused.code
    if kept.stored is before:
        return "same"
    session = kept.stored.session
    assert session.revision == before.session.revision + 1
    return session.ending.value if session.ending else session.status.value


@pytest.mark.parametrize("act", ["confirm", "refuse", "cancel", "restore"])
@pytest.mark.parametrize("state", LIVES)
def test_what_an_act_makes_of_a_status(state: str, act: str) -> None:
    assert becomes(lambda desk, kept: getattr(desk, act)(kept), state) == LIVES[state][act]


@pytest.mark.parametrize("state", LIVES)
def test_only_what_is_not_cancelled_is_changed(state: str) -> None:
    kept_so = WRONG if LIVES[state]["confirm"] == WRONG else state
    assert becomes(lambda desk, kept: desk.patch(kept, title="Day 5"), state) == kept_so


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("confirmed", "JN-2026-000001 is confirmed, so this cannot be done. Nothing was changed."),
        ("hold", "JN-2026-000001 is on hold, so this cannot be done. Nothing was changed."),
        (
            "hold-expired",
            "JN-2026-000001 is cancelled, because its hold has expired, so this cannot be done. Nothing was changed.",
        ),
        ("cancelled", "JN-2026-000001 is cancelled, so this cannot be done. Nothing was changed."),
    ],
)
def test_a_refusal_says_where_it_stands(state: str, said: str) -> None:
    desk, kept = of(state)
    with pytest.raises(Conflict) as caught:
        desk.refuse(kept)
    assert str(caught.value.detail) == said


@pytest.mark.parametrize("state", ["requested", "hold"])
def test_whoever_approves_is_its_coordinator_unless_it_has_one(state: str) -> None:
    _, kept = of(state)
    assert confirmed(kept.stored, coordinator_id=COORDINATOR).session.coordinator_id == COORDINATOR
    owned = replace(kept.stored, session=replace(kept.stored.session, coordinator_id=9))
    assert confirmed(owned, coordinator_id=COORDINATOR).session.coordinator_id == 9


def test_an_end_says_why_when_and_ends_the_hold() -> None:
    desk, kept = of("hold")
    desk.cancel(kept, "Flood")
    session = kept.stored.session
    assert (session.ending, session.ending_words, session.ended_at) == (Ending.CANCELLED, "Flood", desk.now)
    assert (session.hold_until, session.confirmed_once) == (None, False)


def test_restoring_forgets_the_end_and_asks_live_parts_again() -> None:
    desk, kept = new()
    desk.answer(kept, "VNM-HAN", DECLINED, words="Flood")
    desk.answer(kept, "JPN-TIC", ACCEPTED)
    desk.cancel(kept)
    desk.restore(kept)
    session = kept.stored.session
    assert (session.ending, session.ending_words, session.ended_at) == (None, "", None)
    assert kept.part("JPN-TIC").answer is Answer.NEEDS_ACTION
    hanoi = kept.part("VNM-HAN")
    assert (hanoi.answer, hanoi.withdrawn, hanoi.words) == (DECLINED, True, "Flood")


def test_restoring_derives_the_status_anew() -> None:
    desk, kept = of("needs-attention")
    desk.confirm(kept)
    desk.cancel(kept)
    assert not kept.stored.session.reasons
    desk.restore(kept)
    assert kept.status is NEEDS_ATTENTION
    assert kept.stored.session.reasons == (Reason(code=ReasonCode.HOST_DECLINED, site="JPN-TIC"),)


@pytest.mark.parametrize("state", ["cancelled", "refused"])
def test_restoring_what_clashes_changes_nothing(state: str) -> None:
    desk, kept = of(state)
    other = desk.book(request(host="VNM-HAN", stations=()))
    if state == "refused":
        # It would come back as a request, which takes nothing; approving is what clashes then.
        desk.restore(kept)
        with pytest.raises(Conflict) as caught:
            desk.confirm(kept)
        assert kept.status is REQUESTED
    else:
        with pytest.raises(Conflict) as caught:
            desk.restore(kept)
        assert kept.status is CANCELLED
    assert caught.value.code == "station_busy"
    desk.cancel(other)
    (desk.confirm if state == "refused" else desk.restore)(kept)
    assert kept.status is CONFIRMED


@pytest.mark.parametrize(("early", "taken"), [(1, True), (0, False), (-1, False)])
def test_what_has_begun_stays_as_it_is(early: int, *, taken: bool) -> None:
    _, kept = new()
    now = kept.stored.session.starts_at - timedelta(seconds=early)
    if taken:
        check_not_over(kept.stored, now)
        return
    with pytest.raises(Conflict) as caught:
        check_not_over(kept.stored, now)
    assert caught.value.code == "already_started"


@pytest.mark.parametrize(("hours", "status"), [(72, CANCELLED), (71.999, HOLD)])
def test_a_hold_lasts_72_hours(hours: float, status: Status) -> None:
    desk, kept = new(HOLD)
    assert kept.stored.session.hold_until == NOW + timedelta(hours=72)
    desk.wait(hours * 3600)
    desk.lapse()
    assert kept.status is status


def test_a_hold_ends_at_the_start_of_a_session_that_is_near() -> None:
    desk, kept = new(HOLD, start=at("2026-12-02T15:00"))
    assert kept.stored.session.hold_until == kept.stored.session.starts_at
    desk.patch(kept, start=at("2026-12-02T12:00"))
    assert kept.stored.session.hold_until == kept.stored.session.starts_at
    # It does not last longer because the session is later.
    desk.patch(kept, start=at("2026-12-20T12:00"))
    assert kept.stored.session.hold_until == at_utc("2026-12-02T03:00")


def at_utc(text: str) -> Any:
    return type(NOW).fromisoformat(f"{text}+00:00")


def test_a_hold_may_be_made_shorter_and_longer_within_its_bounds() -> None:
    desk, kept = new(HOLD)
    for hours in (1, 72):
        until = NOW + timedelta(hours=hours)
        desk.patch(kept, hold_until=until)
        assert kept.stored.session.hold_until == until


@pytest.mark.parametrize(("early", "status"), [(1, REQUESTED), (0, CANCELLED)])
def test_a_request_lapses_at_its_start(early: int, status: Status) -> None:
    desk, kept = new(REQUESTED)
    desk.now = kept.stored.session.starts_at - timedelta(seconds=early)
    assert desk.lapse() == ()
    assert kept.status is status


def test_a_request_takes_no_room_and_a_hold_takes_it() -> None:
    desk, asked = new(REQUESTED)
    held = desk.book(request(status=HOLD))
    with pytest.raises(Conflict):
        desk.confirm(asked)
    desk.wait(72 * 3600)
    desk.lapse()
    desk.confirm(asked)
    assert (asked.status, held.status) == (CONFIRMED, CANCELLED)


@pytest.mark.parametrize("status", [HOLD, REQUESTED])
def test_nobody_is_told_before_it_is_confirmed_whatever_changes_and_then_with_sequence_0(
    status: Status,
) -> None:
    desk, kept = new(status)
    for change in (
        {"title": "Day 5"},
        {"start": at("2026-12-17T15:00")},
        {"stations": seats("VNM-HAN", "BGD-DAC"), "minutes": 60},
        {"stations": seats("VNM-HAN"), "host": "VNM-HAN"},
        {"host": "JPN-TIC"},
    ):
        assert desk.patch(kept, **change) == ()
    assert desk.move_mailbox("VNM-HAN", "new@example.org") == ()
    assert (kept.stored.session.counter, kept.mails, kept.stored.session.confirmed_once) == (0, [], False)
    told = {name: line for name, line in FIRST.items() if name != "vnm-han"}
    assert lines(desk.confirm(kept)) == {**told, "new": "REQUEST 0 needs-action"}
    assert (kept.stored.session.counter, kept.stored.session.confirmed_once) == (0, True)


def test_booking_tells_everybody_with_sequence_0() -> None:
    _, kept = new()
    assert lines(mail.notice for mail in kept.mails) == FIRST
    assert kept.stored.session.counter == 0


def test_an_answer_given_during_a_hold_is_in_the_first_mail() -> None:
    desk, kept = new(HOLD)
    assert desk.answer(kept, "VNM-HAN", ACCEPTED) == ()
    assert lines(desk.confirm(kept)) == {**FIRST, "vnm-han": "REQUEST 0 accepted"}


def test_a_site_that_declined_during_a_hold_is_never_told() -> None:
    desk, kept = new(HOLD)
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert "vnm-han" not in lines(desk.confirm(kept))
    assert "vnm-han" not in lines(desk.cancel(kept))


def test_a_host_that_declined_during_a_hold_needs_attention_when_it_is_confirmed() -> None:
    desk, kept = new(HOLD)
    desk.answer(kept, "JPN-TIC", DECLINED)
    assert (kept.status, kept.stored.session.reasons) == (HOLD, ())
    assert "jpn-tic" not in lines(desk.confirm(kept))
    assert kept.status is NEEDS_ATTENTION


@pytest.mark.parametrize("state", ["refused", "lapsed", "hold-expired"])
def test_what_was_never_confirmed_ends_and_comes_back_without_a_mail(state: str) -> None:
    desk, kept = of(state)
    assert desk.restore(kept) == ()
    assert (kept.status, kept.mails, kept.stored.session.hold_until) == (REQUESTED, [], None)
    assert lines(desk.confirm(kept)) == FIRST


def test_a_mailbox_that_changed_while_cancelled_gets_the_first_mail_of_the_restored_one() -> None:
    desk, kept = of("cancelled")
    assert desk.move_mailbox("VNM-HAN", "new@example.org") == ()
    told = lines(desk.restore(kept))
    assert (told["new"], told.get("vnm-han")) == ("REQUEST 2 needs-action", None)


def test_a_change_that_is_none_has_no_revision() -> None:
    desk, kept = new()
    before = kept.stored
    assert desk.patch(kept, title=before.session.title, minutes=90) == ()
    assert kept.stored is before


def test_dtstamps_of_one_second_are_a_second_apart() -> None:
    desk, kept = new()
    for title in ("Day 5", "Day 6", "Day 7"):
        desk.patch(kept, title=title)
    stamps = [mail.notice.dtstamp for mail in kept.mails if mail.notice.address == TOKYO.mailbox]
    assert stamps == [NOW + timedelta(seconds=second) for second in range(4)]


def test_an_act_leaves_what_it_was_given_alone() -> None:
    _, kept = new()
    session: SessionRecord = kept.stored.session
    over = ended(kept.stored, Ending.CANCELLED, "Flood", now=NOW)
    assert (session.status, over.session.status) == (CONFIRMED, CANCELLED)
    assert restored(over).session == replace(session, hold_until=None)
