"""Who is told what (domain.md): every row of the table with its conditions, and the words around it."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from jicanet.scheduler.domain.model import JoinDetails, Programme, SeatRequest
from jicanet.scheduler.domain.notices import Notice
from jicanet.scheduler.domain.words import (
    Answer,
    PersonRole,
    Scheme,
    SeatRole,
    SessionKind,
    Via,
    Visibility,
)
from tests.support.booking import DHAKA, HANOI, LIMA, TOKYO, at, request
from tests.support.life import Desk, Kept, guest, lines, person, seats

ACCEPTED, TENTATIVE, DECLINED = Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED
NEEDS_ACTION = Answer.NEEDS_ACTION
GUEST, LECTURER = "guest@example.org", "lecturer@example.org"
WITH_LIMA = seats("VNM-HAN", "PER-LIM")

Act = Callable[[Desk, Kept], Iterable[Notice]]


def opened() -> tuple[Desk, Kept]:
    """Return a session whose counter C is 1 while each L is 0: Lima was in it and was removed.

    Tokyo, the host, accepted, Hanoi is tentative, the lecturer accepted, the guest site has not answered.
    """
    desk = Desk((TOKYO, HANOI, DHAKA, LIMA))
    kept = desk.book(request(stations=WITH_LIMA, guest_sites=(guest(),), people=(person(),)))
    desk.answer(kept, "JPN-TIC", ACCEPTED)
    desk.answer(kept, "VNM-HAN", TENTATIVE)
    desk.press(kept, LECTURER, ACCEPTED)
    desk.patch(kept, stations=seats("VNM-HAN"))
    desk.wait()
    assert kept.stored.session.counter == 1
    assert {each.sequence for each in kept.recipients if each.method == "REQUEST"} == {0}
    return desk, kept


def patch(**changes: Any) -> Act:
    return lambda desk, kept: desk.patch(kept, **changes)


def answer(code: str, said: Answer, via: Via = Via.API) -> Act:
    return lambda desk, kept: desk.answer(kept, code, said, via=via)


def reply(address: str, said: Answer) -> Act:
    return lambda desk, kept: desk.reply(kept, address, said, sequence=0, dtstamp=desk.now) or ()


def press(address: str, said: Answer) -> Act:
    return lambda desk, kept: desk.press(kept, address, said)


def mailbox(code: str, address: str) -> Act:
    return lambda desk, _kept: desk.move_mailbox(code, address)


def cancel(desk: Desk, kept: Kept) -> Iterable[Notice]:
    return desk.cancel(kept)


def restore(desk: Desk, kept: Kept) -> Iterable[Notice]:
    return desk.restore(kept)


HANOI_DECLINES = answer("VNM-HAN", DECLINED)
TOKYO_DECLINES = answer("JPN-TIC", DECLINED)

# What every site that stays present gets for a small change: L again, its own answer.
SMALL = {
    "jpn-tic": "REQUEST 0 accepted changed",
    "vnm-han": "REQUEST 0 tentative changed",
    "guest": "REQUEST 0 needs-action changed",
}
ASKED_AGAIN = dict.fromkeys(("jpn-tic", "vnm-han", "guest", "lecturer"), "REQUEST 2 needs-action")
MOVED = {name: f"{line} moved" for name, line in ASKED_AGAIN.items()}
CHANGED = {name: f"{line} changed" for name, line in ASKED_AGAIN.items()}


def without(told: dict[str, str], *names: str) -> dict[str, str]:
    return {name: line for name, line in told.items() if name not in names}


# name: what happens before, what happens, who is told what, C afterwards.
ROWS: dict[str, tuple[tuple[Act, ...], Act, dict[str, str], int]] = {
    # never -> present: C, not raised for it
    "station_added": (
        (),
        patch(stations=seats("VNM-HAN", "BGD-DAC")),
        {**SMALL, "bgd-dac": "REQUEST 1 needs-action"},
        1,
    ),
    "guest_added": (
        (),
        patch(guest_sites=(guest(), guest("other@example.org"))),
        {**SMALL, "other": "REQUEST 1 needs-action"},
        1,
    ),
    "person_added": (
        (),
        patch(people=(person(), person("moderator@example.org", PersonRole.MODERATOR))),
        {"moderator": "REQUEST 1 needs-action"},
        1,
    ),
    "new_mailbox": (
        (),
        mailbox("VNM-HAN", "new@example.org"),
        {"vnm-han": "CANCEL 2 part removed", "new": "REQUEST 2 tentative"},
        2,
    ),
    "first_mailbox": (
        (mailbox("VNM-HAN", ""),),
        mailbox("VNM-HAN", "new@example.org"),
        {"new": "REQUEST 2 tentative"},
        2,
    ),
    # gone -> present: C raised
    "re_added": (
        (),
        patch(stations=WITH_LIMA),
        {**SMALL, "per-lim": "REQUEST 2 needs-action"},
        2,
    ),
    "person_re_added": (
        (patch(people=()),),
        patch(people=(person(),)),
        {"lecturer": "REQUEST 3 needs-action"},
        3,
    ),
    "accepted_again": (
        (HANOI_DECLINES,),
        answer("VNM-HAN", ACCEPTED),
        {"vnm-han": "REQUEST 3 accepted"},
        3,
    ),
    "asked_again": (
        (HANOI_DECLINES,),
        answer("VNM-HAN", NEEDS_ACTION),
        {"vnm-han": "REQUEST 3 needs-action"},
        3,
    ),
    "new_host_after_its_decline": (
        (HANOI_DECLINES,),
        patch(host="VNM-HAN"),
        {
            "jpn-tic": "REQUEST 3 needs-action changed",
            "vnm-han": "REQUEST 3 needs-action",
            "guest": "REQUEST 3 needs-action changed",
            "lecturer": "REQUEST 3 needs-action changed",
        },
        3,
    ),
    "restored": (
        (cancel,),
        restore,
        {name: line.replace("2", "3") + " restored" for name, line in ASKED_AGAIN.items()},
        3,
    ),
    "old_mailbox_again": (
        (mailbox("VNM-HAN", "new@example.org"),),
        mailbox("VNM-HAN", "vnm-han@example.org"),
        {"new": "CANCEL 3 part removed", "vnm-han": "REQUEST 3 tentative"},
        3,
    ),
    # present -> present, to all: C raised, answers reset unless the way in alone changed
    "start_moved": ((), patch(start=at("2026-12-17T15:00")), MOVED, 2),
    "length": ((), patch(minutes=60), MOVED, 2),
    "host": ((), patch(host="VNM-HAN"), CHANGED, 2),
    "join_details": (
        (),
        patch(join=JoinDetails(url="https://meet.example/1")),
        {
            "jpn-tic": "REQUEST 2 accepted changed",
            "vnm-han": "REQUEST 2 tentative changed",
            "guest": "REQUEST 2 needs-action changed",
            "lecturer": "REQUEST 2 accepted changed",
        },
        2,
    ),
    "host_declined_and_is_replaced": (
        (TOKYO_DECLINES,),
        patch(host="VNM-HAN"),
        {
            "vnm-han": "REQUEST 3 needs-action changed",
            "guest": "REQUEST 3 needs-action changed",
            "lecturer": "REQUEST 3 needs-action changed",
        },
        3,
    ),
    "moved_and_renamed_and_more": (
        (),
        patch(
            start=at("2026-12-17T15:00"),
            title="Day 5",
            stations=(SeatRequest(station="VNM-HAN", required=True), *seats("BGD-DAC")),
        ),
        {**MOVED, "bgd-dac": "REQUEST 2 needs-action"},
        2,
    ),
    "moved_and_removed": (
        (),
        patch(start=at("2026-12-17T15:00"), stations=()),
        {**without(MOVED, "vnm-han"), "vnm-han": "CANCEL 2 part removed"},
        2,
    ),
    # present -> present, to all sites: L again
    "title": ((), patch(title="Day 5"), SMALL, 1),
    "set_up": ((), patch(setup_minutes=15), SMALL, 1),
    "teardown": ((), patch(teardown_minutes=15), SMALL, 1),
    # present -> present, to it alone: L again
    "own_role": (
        (),
        patch(stations=(SeatRequest(station="VNM-HAN", role=SeatRole.SENDING),)),
        {"vnm-han": "REQUEST 0 tentative changed"},
        1,
    ),
    "own_required": (
        (),
        patch(stations=(SeatRequest(station="VNM-HAN", required=True),)),
        {"vnm-han": "REQUEST 0 tentative changed"},
        1,
    ),
    "own_required_guest": (
        (),
        patch(guest_sites=(guest(required=True),)),
        {"guest": "REQUEST 0 needs-action changed"},
        1,
    ),
    "own_role_person": (
        (),
        patch(people=(person(role=PersonRole.MODERATOR),)),
        {"lecturer": "REQUEST 0 accepted changed"},
        1,
    ),
    # present -> present: none
    "another_declined": ((), answer("VNM-HAN", DECLINED), {"vnm-han": "CANCEL 2 part declined"}, 2),
    "materials_and_such": (
        (),
        patch(
            visibility=Visibility.PUBLIC,
            department="Training",
            purpose="Why",
            kind=SessionKind.SEMINAR,
            languages=("en",),
            quorum=2,
            recording=True,
            interpretation="ja-en",
            programme=Programme(scheme=Scheme.KCCP),
        ),
        {},
        1,
    ),
    "another_zone_same_instant": (
        (),
        patch(start=at("2026-12-16T13:00", "Asia/Ho_Chi_Minh")),
        {},
        1,
    ),
    "accepted": ((), answer("VNM-HAN", ACCEPTED), {}, 1),
    "tentative": ((), press(LECTURER, TENTATIVE), {}, 1),
    # present -> gone, the whole: C raised, STATUS
    "cancelled": (
        (),
        cancel,
        dict.fromkeys(ASKED_AGAIN, "CANCEL 2 whole cancelled"),
        2,
    ),
    # present -> gone, itself: C raised, no STATUS
    "station_removed": (
        (),
        patch(stations=()),
        {**without(SMALL, "vnm-han"), "vnm-han": "CANCEL 2 part removed"},
        2,
    ),
    "guest_removed": (
        (),
        patch(guest_sites=()),
        {**without(SMALL, "guest"), "guest": "CANCEL 2 part removed"},
        2,
    ),
    "person_removed": ((), patch(people=()), {"lecturer": "CANCEL 2 part removed"}, 2),
    "declined_on_the_page": (
        (),
        answer("VNM-HAN", DECLINED, Via.PAGE),
        {"vnm-han": "CANCEL 2 part declined"},
        2,
    ),
    "declined_by_link": ((), press(GUEST, DECLINED), {"guest": "CANCEL 2 part declined"}, 2),
    "declined_by_mail": ((), reply(LECTURER, DECLINED), {"lecturer": "CANCEL 2 part declined"}, 2),
    "mailbox_lost": ((), mailbox("VNM-HAN", ""), {"vnm-han": "CANCEL 2 part removed"}, 2),
    "one_removed_one_re_added": (
        (),
        patch(stations=seats("PER-LIM")),
        {
            **without(SMALL, "vnm-han"),
            "vnm-han": "CANCEL 2 part removed",
            "per-lim": "REQUEST 2 needs-action",
        },
        2,
    ),
    # gone or never -> gone: none
    "decliner_removed": (
        (HANOI_DECLINES,),
        patch(stations=()),
        without(SMALL, "vnm-han"),
        2,
    ),
    "cancelled_after_a_decline": (
        (HANOI_DECLINES,),
        cancel,
        dict.fromkeys(("jpn-tic", "guest", "lecturer"), "CANCEL 3 whole cancelled"),
        3,
    ),
    "moved_after_a_decline": (
        (HANOI_DECLINES,),
        patch(minutes=60),
        {name: line.replace("2", "3") for name, line in without(MOVED, "vnm-han").items()},
        3,
    ),
    "renamed_after_a_decline": ((HANOI_DECLINES,), patch(title="Day 5"), without(SMALL, "vnm-han"), 2),
    "decliners_mailbox": ((HANOI_DECLINES,), mailbox("VNM-HAN", "new@example.org"), {}, 2),
    "restored_after_a_decline": (
        (HANOI_DECLINES, cancel),
        restore,
        {
            name: line.replace("2", "4") + " restored"
            for name, line in without(ASKED_AGAIN, "vnm-han").items()
        },
        4,
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_the_table(name: str) -> None:
    earlier, act, told, counter = ROWS[name]
    desk, kept = opened()
    for each in earlier:
        each(desk, kept)
        desk.wait()
    last, before = kept.stored.session.dtstamp, kept.stored.session.counter
    notices = tuple(act(desk, kept))
    assert lines(notices) == told
    assert kept.stored.session.counter == counter <= before + 1
    assert {notice.dtstamp for notice in notices} <= {kept.stored.session.dtstamp}
    assert not notices or kept.stored.session.dtstamp > last
