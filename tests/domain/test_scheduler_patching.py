"""A change as a request (interfaces.md, PATCH): what is kept, what is replaced, and when room is asked for again."""

from typing import Any

import pytest

from jicanet.core.errors import Conflict, Invalid
from jicanet.scheduler.domain.model import JoinDetails, LinkRequest, Programme, SeatRequest
from jicanet.scheduler.domain.patching import patched, request_of
from jicanet.scheduler.domain.words import (
    Answer,
    LinkKind,
    PersonRole,
    Scheme,
    SeatRole,
    SessionKind,
    Status,
    Visibility,
)
from tests.support.booking import DHAKA, HANOI, LIMA, TOKYO, at, request
from tests.support.life import Desk, Kept, guest, person, seats

SENDING, RECEIVING = SeatRole.SENDING, SeatRole.RECEIVING
ACCEPTED, DECLINED = Answer.ACCEPTED, Answer.DECLINED


def opened(**changes: Any) -> tuple[Desk, Kept]:
    desk = Desk((TOKYO, HANOI, DHAKA, LIMA))
    return desk, desk.book(request(**changes))


def seat(kept: Kept, code: str) -> tuple[SeatRole, bool]:
    part = kept.part(code)
    return part.role, part.required


RICH = {
    "stations": (SeatRequest(station="VNM-HAN", role=SENDING, required=True), *seats("BGD-DAC")),
    "guest_sites": (guest(contact="Le", telephone="+84", role=SENDING, required=True),),
    "people": (person(), person("moderator@example.org", PersonRole.MODERATOR, zone="", language="")),
    "setup_minutes": 15,
    "teardown_minutes": 5,
    "purpose": "Why",
    "kind": SessionKind.LECTURE,
    "department": "Training",
    "programme": Programme(scheme=Scheme.KCCP, countries=("VN",), agency="MARD", stage=2),
    "visibility": Visibility.PARTICIPANTS,
    "languages": ("en", "vi"),
    "join": JoinDetails(url="https://meet.example/1", pin="42"),
    "interpretation": "en-vi",
    "recording": True,
    "quorum": 3,
}


@pytest.mark.parametrize("status", [Status.REQUESTED, Status.HOLD, Status.CONFIRMED])
def test_what_a_session_is_sent_again_changes_nothing(status: Status) -> None:
    desk, kept = opened(status=status, **RICH)
    if status.occupies:
        desk.answer(kept, "VNM-HAN", ACCEPTED, words="Gladly")
        desk.answer(kept, "JPN-TIC", DECLINED)
    before = kept.stored
    again = {name: getattr(request_of(before), name) for name in (*RICH, "title", "host", "start", "minutes")}
    assert desk.patch(kept, **again) == ()
    assert kept.stored is before


def test_links_that_say_the_same_keep_their_number() -> None:
    _, kept = opened()
    asked = (LinkRequest(material="JN-M001", kind=LinkKind.SHOWN, start=5, end=35, language="en"),)
    assert patched(kept.stored, {"materials": asked}).materials == asked


def test_a_bare_code_keeps_role_and_required_and_a_new_one_gets_the_defaults() -> None:
    desk, kept = opened(stations=(SeatRequest(station="VNM-HAN", role=SENDING, required=True),))
    desk.patch(kept, stations=seats("JPN-TIC", "BGD-DAC", "VNM-HAN"))
    assert (seat(kept, "VNM-HAN"), seat(kept, "BGD-DAC")) == ((SENDING, True), (RECEIVING, False))
    assert seat(kept, "JPN-TIC") == (SENDING, True)


def test_a_code_that_is_described_is_as_described() -> None:
    desk, kept = opened(stations=(SeatRequest(station="VNM-HAN", role=SENDING, required=True),))
    desk.patch(kept, stations=(SeatRequest(station="VNM-HAN", required=False),))
    assert kept.part("VNM-HAN").required is False


def test_a_host_that_is_not_named_keeps_role_and_required() -> None:
    desk, kept = opened(stations=(SeatRequest(station="JPN-TIC", role=RECEIVING, required=False),))
    told = desk.patch(kept, stations=seats("VNM-HAN"))
    assert seat(kept, "JPN-TIC") == (RECEIVING, False)
    assert [notice.news.value for notice in told] == ["changed", ""]


def test_a_new_host_gets_what_a_host_has_and_the_old_one_keeps_its_own() -> None:
    desk, kept = opened()
    desk.patch(kept, host="VNM-HAN")
    assert (kept.stored.session.host, kept.stored.codes) == ("VNM-HAN", ("VNM-HAN", "JPN-TIC"))
    assert (seat(kept, "VNM-HAN"), seat(kept, "JPN-TIC")) == ((SENDING, True), (SENDING, True))


def test_a_new_host_that_is_described_is_as_described() -> None:
    desk, kept = opened()
    desk.patch(
        kept, host="VNM-HAN", stations=(SeatRequest(station="VNM-HAN", role=RECEIVING, required=False),)
    )
    assert (seat(kept, "VNM-HAN"), kept.part("JPN-TIC").listed) == ((RECEIVING, False), False)


def test_a_new_host_may_come_from_outside() -> None:
    desk, kept = opened()
    desk.patch(kept, host="BGD-DAC")
    assert kept.stored.codes == ("BGD-DAC", "JPN-TIC", "VNM-HAN")


@pytest.mark.parametrize(
    ("stations", "required"),
    [
        (None, False),
        (seats("JPN-TIC", "VNM-HAN"), False),
        ((SeatRequest(station="JPN-TIC", required=True),), True),
    ],
    ids=["not_named", "bare", "described"],
)
def test_a_host_that_declined_and_is_replaced_becomes_optional(
    stations: tuple[SeatRequest, ...] | None, *, required: bool
) -> None:
    desk, kept = opened()
    desk.answer(kept, "JPN-TIC", DECLINED)
    patch = {} if stations is None else {"stations": stations}
    desk.patch(kept, host="VNM-HAN", **patch)
    assert (kept.part("JPN-TIC").required, kept.part("JPN-TIC").withdrawn) == (required, True)


def test_a_new_host_that_had_declined_is_asked_anew_and_another_decliner_is_not() -> None:
    desk, kept = opened(stations=seats("VNM-HAN", "BGD-DAC"))
    desk.answer(kept, "VNM-HAN", DECLINED, words="Flood")
    desk.answer(kept, "BGD-DAC", DECLINED)
    desk.patch(kept, host="VNM-HAN")
    hanoi = kept.part("VNM-HAN")
    assert (hanoi.withdrawn, hanoi.answer, hanoi.words) == (False, Answer.NEEDS_ACTION, "")
    assert kept.part("BGD-DAC").withdrawn


def test_a_declined_seat_that_is_listed_again_stays_as_it_is() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", DECLINED)
    before = kept.stored
    assert desk.patch(kept, stations=seats("VNM-HAN")) == ()
    assert kept.stored is before


def test_a_seat_that_is_removed_and_added_again_begins_anew_in_its_old_row() -> None:
    desk, kept = opened(stations=seats("VNM-HAN", "BGD-DAC"))
    desk.answer(kept, "VNM-HAN", DECLINED, words="Flood")
    desk.patch(kept, stations=seats("BGD-DAC"))
    gone = kept.part("VNM-HAN")
    assert (gone.listed, gone.withdrawn, gone.words) == (False, True, "Flood")
    desk.patch(kept, stations=seats("BGD-DAC", "VNM-HAN"))
    back = kept.part("VNM-HAN")
    assert (back.listed, back.withdrawn, back.answer, back.words) == (True, False, Answer.NEEDS_ACTION, "")
    assert kept.stored.every_code == ("JPN-TIC", "VNM-HAN", "BGD-DAC")


def test_guests_and_people_are_matched_by_address() -> None:
    desk, kept = opened(guest_sites=(guest(required=True),), people=(person(),))
    desk.press(kept, "guest@example.org", ACCEPTED)
    desk.press(kept, "lecturer@example.org", DECLINED)
    desk.patch(
        kept,
        guest_sites=(guest("GUEST@example.org", city="Da Nang"),),
        people=(person(name="Sato H."), person("new@example.org")),
    )
    site, lecturer = kept.part("guest/guest@example.org"), kept.part("person/lecturer@example.org")
    assert (site.city, site.required, site.answer) == ("Da Nang", True, ACCEPTED)
    assert (lecturer.name, lecturer.withdrawn) == ("Sato H.", True)
    desk.patch(kept, guest_sites=(), people=())
    desk.patch(kept, guest_sites=(guest(),), people=(person(),))
    site, lecturer = kept.part("guest/guest@example.org"), kept.part("person/lecturer@example.org")
    assert (site.required, site.answer) == (False, Answer.NEEDS_ACTION)
    assert (lecturer.withdrawn, lecturer.answer) == (False, Answer.NEEDS_ACTION)
    assert len(kept.stored.every_other) == 3


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("purpose", ""),
        ("kind", SessionKind.MEETING),
        ("quorum", None),
        ("join", JoinDetails()),
        ("people", ()),
        ("setup_minutes", 0),
        ("visibility", Visibility.NETWORK),
    ],
)
def test_null_asks_for_the_default(name: str, default: Any) -> None:
    desk, kept = opened(**RICH)
    wished = desk.wished(kept, **{name: None})
    kept_so = wished.listed_people if name == "people" else getattr(wished.session, name)
    assert kept_so == default


def test_what_has_no_default_cannot_be_emptied() -> None:
    _, kept = opened()
    with pytest.raises(ValueError, match="title has no default"):
        patched(kept.stored, {"title": None})


def test_a_start_is_replaced_whole() -> None:
    _, kept = opened(start=at("2027-10-31T02:30", "Europe/Belgrade", fold=1))
    assert request_of(kept.stored).start.fold == 1
    assert patched(kept.stored, {"start": at("2027-11-01T02:30", "Europe/Belgrade")}).start.fold is None


def test_a_session_may_stay_where_it_would_not_be_booked_any_more() -> None:
    # Its start lies within the lead time, or beyond the horizon, by now: that is judged of a new start alone.
    desk, kept = opened()
    desk.now = kept.stored.session.starts_at.replace(minute=0, hour=5)
    desk.patch(kept, title="Day 5")
    with pytest.raises(Invalid) as caught:
        desk.patch(kept, start=at("2026-12-16T13:59"))
    assert caught.value.code == "start_in_past"


RIVAL = {"start": at("2026-12-16T16:30"), "minutes": 60}


@pytest.mark.parametrize(
    "patch",
    [
        {"minutes": 91},
        {"teardown_minutes": 1},
        {"start": at("2026-12-16T15:01")},
        {"start": at("2026-12-16T16:30")},
    ],
    ids=["longer", "teardown", "later", "much_later"],
)
def test_an_edit_that_cannot_stand_leaves_the_old_booking_as_it_was(patch: dict[str, Any]) -> None:
    desk, kept = opened()
    desk.book(request(**RIVAL))
    before, mails = kept.stored, len(kept.mails)
    with pytest.raises(Conflict) as caught:
        desk.patch(kept, title="Day 5", **patch)
    assert [clash["station"] for clash in caught.value.extra["conflicts"]] == ["JPN-TIC", "VNM-HAN"]
    assert (kept.stored is before, len(kept.mails)) == (True, mails)


def test_a_station_that_is_added_must_be_free() -> None:
    desk, kept = opened()
    desk.book(request(host="BGD-DAC", stations=()))
    with pytest.raises(Conflict) as caught:
        desk.patch(kept, stations=seats("VNM-HAN", "BGD-DAC"))
    assert caught.value.code == "station_busy"


def test_a_removed_station_is_free_at_once_and_its_return_is_judged() -> None:
    desk, kept = opened()
    desk.patch(kept, stations=())
    desk.book(request(host="VNM-HAN", stations=()))
    with pytest.raises(Conflict):
        desk.patch(kept, stations=seats("VNM-HAN"))


def test_a_new_host_that_had_declined_must_be_free() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", DECLINED)
    desk.book(request(host="VNM-HAN", stations=()))
    with pytest.raises(Conflict) as caught:
        desk.patch(kept, host="VNM-HAN")
    assert caught.value.code == "station_busy"


ON_A_SMALLER_BRIDGE: dict[str, tuple[dict[str, Any], bool]] = {
    "renamed": ({"title": "Day 5"}, True),
    "shorter": ({"minutes": 60}, True),
    "later_within": ({"start": at("2026-12-16T15:30"), "minutes": 60}, True),
    "one_for_another": ({"guest_sites": (guest("other@example.org"),)}, True),
    "fewer": ({"stations": ()}, True),
    "longer": ({"minutes": 91}, False),
    "earlier": ({"setup_minutes": 1}, False),
    "recorded": ({"recording": True}, False),
    "one_guest_more": ({"guest_sites": (guest(), guest("other@example.org"))}, False),
    "another_station": ({"stations": seats("BGD-DAC")}, False),
}


@pytest.mark.parametrize("name", ON_A_SMALLER_BRIDGE)
def test_what_stands_already_is_not_judged_again(name: str) -> None:
    patch, stands = ON_A_SMALLER_BRIDGE[name]
    desk, kept = opened(guest_sites=(guest(),))
    desk.ports = 2
    if stands:
        desk.patch(kept, **patch)
        return
    with pytest.raises(Conflict) as caught:
        desk.patch(kept, **patch)
    assert caught.value.code == "bridge_full"


def test_a_request_is_changed_wherever_it_wants() -> None:
    desk, kept = opened(status=Status.REQUESTED)
    desk.book(request())
    desk.patch(kept, stations=seats("VNM-HAN", "BGD-DAC"), minutes=120)
    assert kept.status is Status.REQUESTED


def test_unknown_stations_are_named() -> None:
    desk, kept = opened()
    with pytest.raises(Invalid) as caught:
        desk.patch(kept, host="NONE", stations=seats("VNM-HAN", "NO-1"))
    assert [(error.pointer, error.code) for error in caught.value.errors] == [
        ("/host", "unknown_station"),
        ("/stations/1", "unknown_station"),
    ]
