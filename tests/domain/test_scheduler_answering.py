"""Answers: on every status, for which parts, and which of the mailed ones count in whatever order they come."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jicanet.core.errors import Conflict
from jicanet.scheduler.domain.answering import Given, answered, counts, keys_of
from jicanet.scheduler.domain.record import RecipientRecord
from jicanet.scheduler.domain.words import Answer, Status, Via
from tests.support.booking import DHAKA, HANOI, NOW, TOKYO, at, request
from tests.support.life import Desk, Kept, guest, person, seats

NEEDS_ACTION, ACCEPTED, TENTATIVE, DECLINED = (
    Answer.NEEDS_ACTION,
    Answer.ACCEPTED,
    Answer.TENTATIVE,
    Answer.DECLINED,
)
SOUTH = "south@example.org"
SECOND = timedelta(seconds=1)


def opened(status: Status = Status.CONFIRMED, **changes: Any) -> tuple[Desk, Kept]:
    desk = Desk((TOKYO, HANOI, DHAKA))
    asked = Status.CONFIRMED if status in {Status.NEEDS_ATTENTION, Status.CANCELLED} else status
    kept = desk.book(request(status=asked, guest_sites=(guest(),), people=(person(),), **changes))
    if status is Status.NEEDS_ATTENTION:
        desk.answer(kept, "JPN-TIC", DECLINED)
    if status is Status.CANCELLED:
        desk.cancel(kept)
    assert kept.status is status
    return desk, kept


def shared() -> tuple[Desk, Kept]:
    """Return a session of Tokyo, and of Hanoi and Dhaka, whose mailbox is one."""
    desk = Desk((TOKYO, *(replace(each, mailbox=SOUTH) for each in (HANOI, DHAKA))))
    return desk, desk.book(request(stations=seats("VNM-HAN", "BGD-DAC")))


@pytest.mark.parametrize("said", Answer)
@pytest.mark.parametrize("status", [Status.HOLD, Status.CONFIRMED, Status.NEEDS_ATTENTION])
def test_a_part_of_what_occupies_may_answer(status: Status, said: Answer) -> None:
    desk, kept = opened(status)
    desk.answer(kept, "VNM-HAN", said, words="We are few", via=Via.PAGE)
    seat = kept.part("VNM-HAN")
    assert (seat.answer, seat.withdrawn, seat.listed) == (said, said is DECLINED, True)
    assert (seat.words, seat.answered_via, seat.answered_at) == ("We are few", Via.PAGE, desk.now)
    assert (kept.status is Status.HOLD) == (status is Status.HOLD)


@pytest.mark.parametrize("said", Answer)
@pytest.mark.parametrize("status", [Status.REQUESTED, Status.CANCELLED])
def test_what_is_asked_for_or_cancelled_takes_no_answer(status: Status, said: Answer) -> None:
    desk, kept = opened(status)
    before = kept.stored
    with pytest.raises(Conflict) as caught:
        desk.answer(kept, "VNM-HAN", said)
    assert (caught.value.code, kept.stored) == ("wrong_status", before)


@pytest.mark.parametrize(("early", "taken"), [(SECOND, True), (timedelta(0), False)])
def test_an_answer_is_changeable_until_the_start(early: timedelta, *, taken: bool) -> None:
    desk, kept = opened()
    desk.now = kept.stored.session.starts_at - early
    if taken:
        desk.answer(kept, "VNM-HAN", TENTATIVE)
        assert kept.part("VNM-HAN").answer is TENTATIVE
        return
    with pytest.raises(Conflict) as caught:
        desk.answer(kept, "VNM-HAN", TENTATIVE)
    assert caught.value.code == "already_started"


def test_a_removed_part_takes_no_answer() -> None:
    desk, kept = opened()
    desk.patch(kept, stations=())
    with pytest.raises(Conflict) as caught:
        desk.answer(kept, "VNM-HAN", ACCEPTED)
    assert caught.value.code == "seat_removed"


@pytest.mark.parametrize("said", Answer)
def test_twice_is_once(said: Answer) -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", said, words="We are few")
    once = kept.stored
    desk.wait()
    for words in ("We are few", ""):
        assert desk.answer(kept, "VNM-HAN", said, words=words) == ()
        assert kept.stored == once


def test_other_words_are_kept_with_the_same_answer() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", TENTATIVE, words="Perhaps")
    assert desk.answer(kept, "VNM-HAN", TENTATIVE, words="Rather not") == ()
    assert (kept.part("VNM-HAN").words, kept.stored.session.revision) == ("Rather not", 3)


def test_another_answer_without_words_drops_the_old_ones() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", TENTATIVE, words="Perhaps")
    desk.answer(kept, "VNM-HAN", ACCEPTED)
    assert kept.part("VNM-HAN").words == ""


def test_a_decline_frees_room_and_port_and_a_return_takes_them() -> None:
    desk, kept = opened()
    assert kept.stored.session.ports == 3
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert kept.stored.session.ports == 2
    other = desk.book(request(host="VNM-HAN", stations=()))
    with pytest.raises(Conflict) as caught:
        desk.answer(kept, "VNM-HAN", ACCEPTED)
    assert caught.value.code == "station_busy"
    assert kept.part("VNM-HAN").withdrawn
    desk.cancel(other)
    desk.answer(kept, "VNM-HAN", ACCEPTED)
    assert kept.stored.session.ports == 3


def test_the_last_port_may_be_gone_when_a_site_comes_back() -> None:
    desk, kept = opened()
    desk.press(kept, "guest@example.org", DECLINED)
    desk.ports = 3
    desk.book(request(host="BGD-DAC", stations=()))
    with pytest.raises(Conflict) as caught:
        desk.press(kept, "guest@example.org", TENTATIVE)
    assert caught.value.code == "bridge_full"


def test_one_answer_is_for_each_part_it_names() -> None:
    _, kept = opened()
    given = Given(answer=TENTATIVE, words="", via=Via.LINK, at=NOW)
    after = answered(kept.stored, {"VNM-HAN", "guest/guest@example.org", "no such"}, given)
    said = {part.key for part in after.every_part if part.answer is TENTATIVE}
    assert said == {"VNM-HAN", "guest/guest@example.org"}


def keys(kept: Kept, address: str) -> tuple[str, ...]:
    return keys_of(kept.stored, kept.recipient(address).id)


def test_a_recipient_answers_for_what_hangs_on_it_now() -> None:
    desk, kept = shared()
    assert keys(kept, SOUTH) == ("VNM-HAN", "BGD-DAC")
    desk.move_mailbox("BGD-DAC", "new@example.org")
    assert (keys(kept, SOUTH), keys(kept, "new@example.org")) == (("VNM-HAN",), ("BGD-DAC",))
    desk.patch(kept, stations=seats("BGD-DAC"))
    assert keys(kept, SOUTH) == ()


def test_an_answer_by_link_leaves_out_a_site_whose_own_people_declined() -> None:
    desk, kept = shared()
    desk.answer(kept, "VNM-HAN", DECLINED, via=Via.PAGE)
    desk.press(kept, SOUTH, DECLINED)
    desk.press(kept, SOUTH, ACCEPTED)
    assert (kept.part("VNM-HAN").withdrawn, kept.part("BGD-DAC").answer) == (True, ACCEPTED)


def test_an_answer_by_link_brings_back_all_that_one_by_link_withdrew() -> None:
    desk, kept = shared()
    desk.press(kept, SOUTH, DECLINED)
    desk.answer(kept, "VNM-HAN", ACCEPTED)
    desk.press(kept, SOUTH, TENTATIVE)
    assert {kept.part(code).answer for code in ("VNM-HAN", "BGD-DAC")} == {TENTATIVE}


def test_an_answer_by_link_speaks_for_those_whose_people_declined_where_nobody_else_is_left() -> None:
    desk, kept = shared()
    desk.answer(kept, "VNM-HAN", DECLINED)
    desk.answer(kept, "BGD-DAC", DECLINED)
    desk.press(kept, SOUTH, ACCEPTED)
    assert {kept.part(code).answer for code in ("VNM-HAN", "BGD-DAC")} == {ACCEPTED}


RECIPIENT = RecipientRecord(
    id=1,
    address=SOUTH,
    language="en",
    parts=("VNM-HAN",),
    method="REQUEST",
    sequence=5,
    dtstamp=NOW,
    floor=3,
)
ARRIVED = NOW + timedelta(hours=1)


def does_count(said: Answer = ACCEPTED, *, sequence: int = 3, dtstamp: datetime = NOW, **known: Any) -> bool:
    return counts(
        replace(RECIPIENT, **known), answer=said, sequence=sequence, dtstamp=dtstamp, arrived=ARRIVED
    )


@pytest.mark.parametrize(("sequence", "counted"), [(0, False), (2, False), (3, True), (4, True), (9, True)])
def test_sequence_is_at_least_that_of_the_request_that_asked(sequence: int, *, counted: bool) -> None:
    assert does_count(sequence=sequence) is counted


@pytest.mark.parametrize(("later", "counted"), [(-1, False), (0, False), (1, True)])
def test_dtstamp_is_later_than_that_of_the_last_counted_answer(later: int, *, counted: bool) -> None:
    assert does_count(dtstamp=NOW + later * SECOND, answer=ACCEPTED, answer_stamp=NOW) is counted


@pytest.mark.parametrize("said", [ACCEPTED, TENTATIVE, DECLINED])
@pytest.mark.parametrize("before", Answer)
def test_on_a_tie_declined_wins_over_tentative_over_accepted(before: Answer, said: Answer) -> None:
    order = [NEEDS_ACTION, ACCEPTED, TENTATIVE, DECLINED]
    wins = order.index(said) > order.index(before)
    assert does_count(said, answer=before, answer_stamp=NOW) is wins


def test_a_dtstamp_from_the_future_is_that_of_its_arrival() -> None:
    future = ARRIVED + timedelta(days=400)
    assert does_count(dtstamp=future, answer=ACCEPTED, answer_stamp=ARRIVED - SECOND)
    assert not does_count(dtstamp=future, answer=ACCEPTED, answer_stamp=ARRIVED)
    assert does_count(TENTATIVE, dtstamp=future, answer=ACCEPTED, answer_stamp=ARRIVED)


def test_arrivals_within_a_second_tie() -> None:
    # DTSTAMPs are whole seconds, and so is what is kept of them.
    arrived = ARRIVED.replace(microsecond=900_000)
    known = replace(RECIPIENT, answer=DECLINED, answer_stamp=ARRIVED)
    future = arrived + timedelta(days=1)
    assert not counts(known, answer=ACCEPTED, sequence=3, dtstamp=future, arrived=arrived)


def test_what_never_answered_counts_whenever_it_was_written() -> None:
    assert does_count(dtstamp=NOW - timedelta(days=400))


def test_the_floor_rises_where_everybody_is_asked_again_and_not_where_an_answer_is_confirmed() -> None:
    desk, kept = opened()
    floors = []
    acts: tuple[Callable[[], object], ...] = (
        lambda: desk.answer(kept, "VNM-HAN", DECLINED),
        lambda: desk.answer(kept, "VNM-HAN", ACCEPTED),
        lambda: desk.patch(kept, title="Day 5"),
        lambda: desk.patch(kept, start=at("2026-12-17T15:00")),
        lambda: desk.patch(kept, minutes=60),
        lambda: desk.patch(kept, host="VNM-HAN"),
        lambda: desk.cancel(kept),
        lambda: desk.restore(kept),
        lambda: desk.answer(kept, "VNM-HAN", DECLINED),
        lambda: desk.answer(kept, "VNM-HAN", NEEDS_ACTION),
    )
    for act in acts:
        act()
        desk.wait()
        one = kept.recipient(HANOI.mailbox)
        floors.append((one.floor, one.sequence))
    assert floors == [(0, 1), (0, 2), (0, 2), (3, 3), (4, 4), (5, 5), (5, 6), (7, 7), (7, 8), (9, 9)]


def test_a_reply_to_the_time_before_it_was_moved_does_not_count() -> None:
    desk, kept = opened()
    desk.patch(kept, minutes=60)
    late = desk.now + timedelta(days=1)
    assert desk.reply(kept, HANOI.mailbox, ACCEPTED, sequence=0, dtstamp=late) is None
    assert desk.reply(kept, HANOI.mailbox, ACCEPTED, sequence=1, dtstamp=late) == ()
    assert kept.part("VNM-HAN").answer is ACCEPTED


def test_a_repeat_is_remembered_so_that_nothing_older_wins_by_coming_last() -> None:
    desk, kept = opened()
    desk.wait()
    for said, later in ((ACCEPTED, 1), (ACCEPTED, 3), (DECLINED, 2)):
        desk.reply(kept, HANOI.mailbox, said, sequence=0, dtstamp=NOW + later * SECOND)
    assert kept.part("VNM-HAN").answer is ACCEPTED


# (answer, SEQUENCE, seconds of its DTSTAMP): six replies of one recipient, whose answer counts from SEQUENCE 1 on.
SIXES = {
    "all_later": ((ACCEPTED, 1, 1), (DECLINED, 1, 2), (TENTATIVE, 1, 3), (DECLINED, 1, 4), (ACCEPTED, 1, 5), (TENTATIVE, 1, 6)),
    "repeats": ((ACCEPTED, 1, 1), (DECLINED, 2, 2), (ACCEPTED, 1, 3), (ACCEPTED, 1, 4), (DECLINED, 1, 3), (ACCEPTED, 1, 2)),
    "ties": ((ACCEPTED, 1, 5), (TENTATIVE, 1, 5), (DECLINED, 1, 4), (ACCEPTED, 1, 4), (TENTATIVE, 1, 5), (ACCEPTED, 1, 5)),
    "a_tie_with_a_decline": ((ACCEPTED, 1, 5), (TENTATIVE, 1, 5), (DECLINED, 1, 5), (ACCEPTED, 1, 5), (TENTATIVE, 9, 5), (ACCEPTED, 1, 4)),
    "old_sequences": ((DECLINED, 0, 9), (ACCEPTED, 1, 3), (TENTATIVE, 0, 8), (TENTATIVE, 1, 2), (DECLINED, 1, 1), (ACCEPTED, 0, 9)),
}  # fmt: skip


def moved(desk: Desk, kept: Kept) -> tuple[Desk, Kept]:
    """Return a session that asked everybody again, with SEQUENCE 1."""
    desk.patch(kept, minutes=60)
    desk.wait(3600)
    return desk, kept


def copied(desk: Desk, kept: Kept) -> tuple[Desk, Kept]:
    again, twin = copy(desk), copy(kept)
    twin.mails = list(kept.mails)
    again.sessions = {twin.number: twin}
    return again, twin


def ends(base: tuple[Desk, Kept], address: str, replies: Sequence[Any]) -> set[Any]:
    """Return the ends that replies come to in all their orders; orders that begin alike share their beginning."""
    if not replies:
        kept = base[1]
        one = kept.recipient(address)
        parts = tuple((part.key, part.answer, part.withdrawn) for part in kept.stored.every_part)
        return {(parts, kept.stored.session.ports, one.answer, one.answer_stamp, one.method)}
    found = set()
    for place, (said, sequence, second) in enumerate(replies):
        desk, kept = copied(*base)
        desk.wait(1)
        desk.reply(kept, address, said, sequence=sequence, dtstamp=NOW + second * SECOND)
        found |= ends((desk, kept), address, [*replies[:place], *replies[place + 1 :]])
    return found


@pytest.mark.parametrize("name", SIXES)
def test_all_720_orders_of_six_replies_end_alike(name: str) -> None:
    six = SIXES[name]
    strength = [ACCEPTED, TENTATIVE, DECLINED]
    stamp, strongest = max((second, strength.index(said)) for said, sequence, second in six if sequence >= 1)
    end = ends(moved(*opened()), HANOI.mailbox, six)
    assert len(end) == 1
    parts, _, said, counted, method = end.pop()
    assert (said, counted) == (strength[strongest], NOW + stamp * SECOND)
    assert parts[1] == ("VNM-HAN", said, said is DECLINED)
    assert (method == "CANCEL") is (said is DECLINED)


@pytest.mark.parametrize("declined", ["nobody", "by_its_people", "by_mail_and_came_back"])
def test_all_orders_end_alike_for_two_that_share_a_mailbox(declined: str) -> None:
    desk, kept = moved(*shared())
    if declined == "by_its_people":
        desk.answer(kept, "VNM-HAN", DECLINED)
    if declined == "by_mail_and_came_back":
        desk.press(kept, SOUTH, DECLINED)
        desk.answer(kept, "VNM-HAN", ACCEPTED)
    later = int((desk.now - NOW).total_seconds())
    desk.wait(3600)
    six = [(said, sequence, later + second) for said, sequence, second in SIXES["all_later"]]
    assert len(ends((desk, kept), SOUTH, six)) == 1
