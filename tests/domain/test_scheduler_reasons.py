"""Why a session needs attention (domain.md): the host, a required site or the quorum is lost."""

from typing import Any

import pytest

from jicanet.scheduler.domain.model import SeatRequest
from jicanet.scheduler.domain.words import Answer, Status
from tests.support.booking import DHAKA, HANOI, LIMA, TOKYO, request
from tests.support.life import Desk, Kept, guest, person, seats

ACCEPTED, DECLINED = Answer.ACCEPTED, Answer.DECLINED
GUEST, LECTURER = "guest@example.org", "lecturer@example.org"
THREE = seats("VNM-HAN", "BGD-DAC")


def opened(**changes: Any) -> tuple[Desk, Kept]:
    desk = Desk((TOKYO, HANOI, DHAKA, LIMA))
    return desk, desk.book(request(**{"stations": THREE, **changes}))


def why(kept: Kept) -> list[str]:
    """Return the reasons as "code site", those that are acknowledged in brackets."""
    found = []
    for reason in kept.stored.session.reasons:
        words = f"{reason.code.value} {reason.site}".strip()
        found.append(f"({words})" if reason.acknowledged else words)
    is_open = any(not line.startswith("(") for line in found)
    assert (kept.status is Status.NEEDS_ATTENTION) == is_open
    return found


def test_the_host_is_lost() -> None:
    desk, kept = opened()
    desk.answer(kept, "JPN-TIC", DECLINED)
    assert why(kept) == ["host_declined JPN-TIC"]
    desk.answer(kept, "JPN-TIC", ACCEPTED)
    assert why(kept) == []


def test_a_host_that_is_not_required_is_the_host() -> None:
    desk, kept = opened(stations=(*THREE, SeatRequest(station="JPN-TIC", required=False)))
    desk.answer(kept, "JPN-TIC", DECLINED)
    assert why(kept) == ["host_declined JPN-TIC"]


@pytest.mark.parametrize(("required", "reasons"), [(True, ["required_seat_lost VNM-HAN"]), (False, [])])
def test_a_site_is_lost(required: bool, reasons: list[str]) -> None:
    desk, kept = opened(stations=(SeatRequest(station="VNM-HAN", required=required),))
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert why(kept) == reasons


def test_a_required_guest_site_is_lost() -> None:
    desk, kept = opened(guest_sites=(guest(required=True),))
    desk.press(kept, GUEST, DECLINED)
    assert why(kept) == [f"required_seat_lost guest/{GUEST}"]


def test_a_person_is_no_site() -> None:
    desk, kept = opened(people=(person(),), quorum=3)
    desk.press(kept, LECTURER, DECLINED)
    assert why(kept) == []


@pytest.mark.parametrize(("quorum", "lost"), [(4, True), (3, False), (None, False)])
def test_the_quorum_counts_live_sites_host_and_guests_included(quorum: int | None, *, lost: bool) -> None:
    desk, kept = opened(guest_sites=(guest(),), quorum=quorum)
    assert why(kept) == []
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert why(kept) == (["quorum_lost"] if lost else [])


def test_a_recorder_is_no_site() -> None:
    desk, kept = opened(recording=True, quorum=3)
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert why(kept) == ["quorum_lost"]


def test_all_reasons_are_listed_the_hosts_first() -> None:
    required = (SeatRequest(station="VNM-HAN", required=True), SeatRequest(station="BGD-DAC", required=True))
    desk, kept = opened(stations=required, quorum=3)
    for code in ("BGD-DAC", "VNM-HAN", "JPN-TIC"):
        desk.answer(kept, code, DECLINED)
    assert why(kept) == [
        "host_declined JPN-TIC",
        "required_seat_lost VNM-HAN",
        "required_seat_lost BGD-DAC",
        "quorum_lost",
    ]


def test_confirming_acknowledges_and_tells_nobody() -> None:
    desk, kept = opened(quorum=3)
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert desk.confirm(kept) == ()
    assert why(kept) == ["(quorum_lost)"]


def test_what_is_acknowledged_stays_so_while_it_lasts() -> None:
    desk, kept = opened(quorum=3)
    desk.answer(kept, "VNM-HAN", DECLINED)
    desk.confirm(kept)
    desk.patch(kept, title="Day 5")
    desk.answer(kept, "BGD-DAC", DECLINED)
    assert why(kept) == ["(quorum_lost)"]


def test_another_reason_is_not_acknowledged_with_the_first() -> None:
    desk, kept = opened(quorum=3)
    desk.answer(kept, "VNM-HAN", DECLINED)
    desk.confirm(kept)
    desk.answer(kept, "JPN-TIC", DECLINED)
    assert why(kept) == ["host_declined JPN-TIC", "(quorum_lost)"]


def test_what_ends_and_comes_again_is_new() -> None:
    desk, kept = opened(quorum=3)
    desk.answer(kept, "VNM-HAN", DECLINED)
    desk.confirm(kept)
    desk.answer(kept, "VNM-HAN", ACCEPTED)
    assert why(kept) == []
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert why(kept) == ["quorum_lost"]


@pytest.mark.parametrize(
    "patch",
    [
        {"quorum": 2},
        {"quorum": None},
        {"stations": seats("VNM-HAN", "BGD-DAC", "PER-LIM")},
        {"guest_sites": (guest(),)},
    ],
    ids=["lower", "none", "one_more_station", "one_more_guest"],
)
def test_a_lost_quorum_ends_with_an_edit(patch: dict[str, Any]) -> None:
    desk, kept = opened(quorum=3)
    desk.answer(kept, "VNM-HAN", DECLINED)
    desk.patch(kept, **patch)
    assert why(kept) == []


@pytest.mark.parametrize(
    "stations",
    [seats("BGD-DAC"), (SeatRequest(station="VNM-HAN", required=False), *seats("BGD-DAC"))],
    ids=["removed", "optional"],
)
def test_a_required_site_is_lost_no_more(stations: tuple[SeatRequest, ...]) -> None:
    desk, kept = opened(stations=(SeatRequest(station="VNM-HAN", required=True), *seats("BGD-DAC")))
    desk.answer(kept, "VNM-HAN", DECLINED)
    desk.patch(kept, stations=stations)
    assert why(kept) == []


def test_a_quorum_is_lost_by_an_edit_too() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", DECLINED)
    desk.patch(kept, quorum=3)
    assert why(kept) == ["quorum_lost"]


def test_a_host_that_declined_and_was_replaced_becomes_optional() -> None:
    desk, kept = opened()
    desk.answer(kept, "JPN-TIC", DECLINED)
    desk.patch(kept, host="VNM-HAN")
    assert why(kept) == []
    assert (kept.part("JPN-TIC").required, kept.part("JPN-TIC").withdrawn) == (False, True)
    assert (kept.part("VNM-HAN").required, kept.part("VNM-HAN").answer) == (True, Answer.NEEDS_ACTION)
    desk.answer(kept, "JPN-TIC", ACCEPTED)
    assert (why(kept), kept.stored.live_sites) == ([], 3)


def test_a_host_that_takes_part_and_is_replaced_stays_required() -> None:
    desk, kept = opened()
    desk.patch(kept, host="VNM-HAN")
    desk.answer(kept, "JPN-TIC", DECLINED)
    assert why(kept) == ["required_seat_lost JPN-TIC"]


@pytest.mark.parametrize("status", [Status.REQUESTED, Status.HOLD])
def test_what_is_not_confirmed_needs_no_attention(status: Status) -> None:
    desk, kept = opened(status=status, quorum=3)
    if status is Status.HOLD:
        desk.answer(kept, "JPN-TIC", DECLINED)
    assert (why(kept), kept.status) == ([], status)
