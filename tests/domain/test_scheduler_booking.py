"""May this stand: clashes by half-open spans, ports by peak, warnings by each site's own days."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from jicanet.core.errors import Conflict, Invalid
from jicanet.core.intervals import Interval
from jicanet.scheduler.domain.conflicts import BusySeat
from jicanet.scheduler.domain.model import LinkRequest, SeatRequest
from jicanet.scheduler.domain.notices import News, Notice
from jicanet.scheduler.domain.words import Answer
from tests.support.booking import (
    DHAKA,
    HANOI,
    LIMA,
    NOW,
    TOKYO,
    ZONES,
    at,
    booked,
    clashing,
    days,
    facts,
    lay_out,
    request,
    resolved,
    span,
    station,
)

# Wed 16 Dec 2026 15:00-16:30 Tokyo, the session of `request()`.
START, END = (
    span("2026-12-16T06:00", "2026-12-16T07:30").start,
    span("2026-12-16T06:00", "2026-12-16T07:30").end,
)


def busy(start: int, end: int, *, code: str = "VNM-HAN", known: bool = True) -> BusySeat:
    return BusySeat(
        station=code,
        span=Interval(start, end),
        ref="JN-2026-000007" if known else None,
        title="Earlier" if known else None,
    )


def conflicts_of(**changes: Any) -> list[dict[str, Any]]:
    with pytest.raises(Conflict) as caught:
        booked(lay_out(request()), facts(**changes))
    listed: list[dict[str, Any]] = caught.value.extra["conflicts"]
    assert caught.value.code == listed[0]["code"]
    return listed


@pytest.mark.parametrize(
    ("taken", "clash"),
    [
        ((START - 3600, START), False),
        ((START - 3600, START + 60), True),
        ((START, END), True),
        ((START + 60, END - 60), True),
        ((END - 60, END + 3600), True),
        ((END, END + 3600), False),
    ],
    ids=["right_before", "overlapping_start", "the_same", "inside", "overlapping_end", "right_after"],
)
def test_a_room_is_taken_by_what_overlaps_and_not_by_what_touches(
    taken: tuple[int, int], *, clash: bool
) -> None:
    assert bool(clashing(lay_out(request()), facts(busy=(busy(*taken),)))) is clash


def test_setup_and_teardown_occupy_too() -> None:
    around = facts(busy=(busy(START - 3600, START), busy(END, END + 3600)))
    assert booked(lay_out(request()), around).after.session.minutes == 90
    for extra in ({"setup_minutes": 1}, {"teardown_minutes": 1}):
        with pytest.raises(Conflict) as caught:
            booked(lay_out(request(**extra)), around)
        assert caught.value.code == "station_busy"


def test_a_busy_room_is_named_with_whom_and_until_when_by_its_own_clock() -> None:
    with pytest.raises(Conflict) as caught:
        booked(lay_out(request()), facts(busy=(busy(START - 1800, END),)))
    assert str(caught.value.detail) == (
        "Hanoi (VNM-HAN) is taken from Wed 2026-12-16 12:30 to 14:30 by its own clock (Asia/Ho_Chi_Minh), "
        "by JN-2026-000007: Earlier. Nothing was booked and no mail was sent."
    )
    assert caught.value.extra["conflicts"] == [
        {
            "code": "station_busy",
            "station": "VNM-HAN",
            "local_start": "2026-12-16T12:30:00+07:00",
            "local_end": "2026-12-16T14:30:00+07:00",
            "zone": "Asia/Ho_Chi_Minh",
            "ref": "JN-2026-000007",
            "title": "Earlier",
            "detail": "Hanoi (VNM-HAN) is taken from Wed 2026-12-16 12:30 to 14:30 by its own clock "
            "(Asia/Ho_Chi_Minh), by JN-2026-000007: Earlier.",
        }
    ]


def test_a_session_that_the_asker_may_not_see_is_not_named() -> None:
    conflict = conflicts_of(busy=(busy(START, END, known=False),))[0]
    assert "ref" not in conflict
    assert "title" not in conflict
    assert conflict["detail"].endswith("by a session that you may not see.")


def test_a_clash_across_midnight_says_both_dates() -> None:
    late = lay_out(request(start=at("2026-12-16T23:00"), minutes=120))
    taken = busy(late.occupied.start, late.occupied.end, code="JPN-TIC")
    with pytest.raises(Conflict) as caught:
        booked(late, facts(busy=(taken,)))
    assert "from Wed 2026-12-16 23:00 to Thu 2026-12-17 01:00" in str(caught.value.detail)


def test_every_clash_is_listed_rooms_before_the_bridge_and_host_first() -> None:
    listed = conflicts_of(
        busy=(busy(START, END), busy(START, END, code="JPN-TIC")), ports=3, loads=((Interval(START, END), 2),)
    )
    assert [(one["code"], one.get("station") or one["bridge"]) for one in listed] == [
        ("station_busy", "JPN-TIC"),
        ("station_busy", "VNM-HAN"),
        ("bridge_full", "main"),
    ]


def test_a_full_bridge_names_minute_and_shortfall_in_the_organisers_time() -> None:
    noon = START + 1800
    conflict = conflicts_of(
        ports=12, loads=((Interval(START - 60, END), 5), (Interval(noon, noon + 600), 6))
    )[0]
    assert conflict == {
        "code": "bridge_full",
        "bridge": "main",
        "local_start": "2026-12-16T15:30:00+09:00",
        "local_end": "2026-12-16T15:40:00+09:00",
        "zone": "Asia/Tokyo",
        "short_by": 1,
        "taken": 11,
        "needed": 2,
        "ports": 12,
        "detail": "The bridge Main bridge has 12 ports. At Wed 2026-12-16 15:30 (Asia/Tokyo) 11 of them are "
        "taken, until 15:40; this session needs 2, 1 too many.",
    }


@pytest.mark.parametrize(("ports", "full"), [(4, False), (3, True)], ids=["the_last_two", "one_short"])
def test_the_last_ports_may_be_taken(ports: int, *, full: bool) -> None:
    found = clashing(lay_out(request()), facts(ports=ports, loads=((Interval(START, END), 2),)))
    assert [clash.code for clash in found] == (["bridge_full"] if full else [])


def test_s12b_load_is_a_peak_and_not_a_sum() -> None:
    six = tuple(SeatRequest(station=f"X-{number}") for number in range(5))
    sites = (TOKYO, *(station(f"X-{number}", "Asia/Tokyo") for number in range(5)))
    loads = (
        (span("2026-12-16T09:00", "2026-12-16T10:00"), 6),
        (span("2026-12-16T10:00", "2026-12-16T11:00"), 6),
    )
    asked = lay_out(request(stations=six, start=at("2026-12-16T18:00"), minutes=120))
    assert booked(asked, facts(sites, ports=12, loads=loads)).after.session.ports == 6
    more = (*loads, (span("2026-12-16T09:59", "2026-12-16T10:00"), 1))
    with pytest.raises(Conflict) as caught:
        booked(asked, facts(sites, ports=12, loads=more))
    assert caught.value.extra["conflicts"][0]["short_by"] == 1


def test_unknown_station_material_and_coordinator_come_before_any_clash() -> None:
    asked = request(
        host="XXX-1",
        stations=(SeatRequest(station="VNM-HAN"), SeatRequest(station="XXX-2")),
        materials=(LinkRequest(material="NONE"),),
        coordinator="nobody@example.org",
    )
    with pytest.raises(Invalid) as caught:
        booked(lay_out(asked), facts(busy=(busy(START, END),), ports=1, coordinator_known=False))
    assert [(error.pointer, error.code) for error in caught.value.errors] == [
        ("/host", "unknown_station"),
        ("/stations/1", "unknown_station"),
        ("/materials/0", "unknown_material"),
        ("/coordinator", "unknown_user"),
    ]
    detail = "There is no station XXX-1 in the network. There are 3 more."
    assert str(caught.value.detail) == detail


def seat_of(code: str, **changes: Any) -> tuple[int, list[dict[str, Any]]]:
    given = {key: changes.pop(key) for key in ("calendar", "sites") if key in changes}
    made = booked(
        lay_out(request(**changes)), facts(given.get("sites", (TOKYO, HANOI)), calendar=given.get("calendar"))
    )
    seat = next(seat for seat in made.after.seats if seat.station == code)
    return seat.minutes_outside, [warning.json() for warning in seat.warnings]


def test_a_seat_in_hours_has_no_warning() -> None:
    assert seat_of("VNM-HAN") == (0, [])


def test_minutes_outside_are_warned_of_and_kept() -> None:
    assert seat_of("VNM-HAN", start=at("2026-12-16T09:00")) == (
        90,
        [{"code": "outside_hours", "minutes": 90}],
    )


def test_setup_counts_for_the_hours_and_teardown_does_not() -> None:
    # Hanoi opens 08:30, 10:30 Tokyo; it closes 17:00, 19:00 Tokyo.
    assert seat_of("VNM-HAN", start=at("2026-12-16T10:30"), setup_minutes=15)[0] == 15
    assert seat_of("VNM-HAN", start=at("2026-12-16T17:30"), teardown_minutes=60)[0] == 0


def test_a_weekend_and_a_holiday_count_600_and_are_named() -> None:
    assert seat_of("VNM-HAN", start=at("2026-12-19T15:00")) == (
        600,
        [{"code": "weekend", "date": "2026-12-19"}],
    )
    calendar = {"VNM-HAN": days(holidays={date(2026, 12, 16): "Victory Day"})}
    assert seat_of("VNM-HAN", calendar=calendar) == (
        600,
        [{"code": "holiday", "date": "2026-12-16", "name": "Victory Day"}],
    )


def test_an_estimated_holiday_and_an_unknown_year_say_so() -> None:
    calendar = {"VNM-HAN": days(holidays={date(2026, 12, 16): "Eid"}, estimated=True, unknown=[2026])}
    assert seat_of("VNM-HAN", calendar=calendar) == (
        600,
        [
            {"code": "holiday_estimated", "date": "2026-12-16", "name": "Eid"},
            {"code": "holidays_unknown", "country": "XX", "year": 2026},
        ],
    )


def test_a_placeholder_mailbox_is_warned_of() -> None:
    placeholder = replace(HANOI, mailbox="vnm-han@stations.invalid")
    assert seat_of("VNM-HAN", sites=(TOKYO, placeholder)) == (0, [{"code": "no_mailbox"}])


@pytest.mark.parametrize(
    ("local", "holiday"),
    [("2026-12-08T10:00", False), ("2026-12-08T23:00", True)],
    ids=["lima_is_still_on_the_7th", "lima_is_on_the_8th"],
)
def test_s9_a_holiday_belongs_to_the_sites_own_date(local: str, *, holiday: bool) -> None:
    calendar = {"PER-LIM": days("08:30", "17:00", holidays={date(2026, 12, 8): "Immaculate Conception"})}
    _, warnings = seat_of(
        "PER-LIM",
        sites=(TOKYO, LIMA),
        calendar=calendar,
        stations=(SeatRequest(station="PER-LIM"),),
        start=at(local),
        minutes=60,
    )
    assert [warning["code"] for warning in warnings] == (["holiday"] if holiday else ["outside_hours"])


def test_s9_a_weekend_belongs_to_the_sites_own_date() -> None:
    apia = station("WSM-APW", "Pacific/Apia")
    honolulu = station("USA-HNL", "Pacific/Honolulu")
    sites = (TOKYO, apia, honolulu)
    listed = (SeatRequest(station="WSM-APW"), SeatRequest(station="USA-HNL"))
    asked = {"sites": sites, "stations": listed, "minutes": 60}
    # Fri 20:00 Tokyo is Sat 12 Dec 00:00 in Apia, still Friday 01:00 in Honolulu.
    friday = {**asked, "start": at("2026-12-11T20:00")}
    assert seat_of("WSM-APW", **friday)[1] == [{"code": "weekend", "date": "2026-12-12"}]
    assert seat_of("USA-HNL", **friday)[1][0]["code"] == "outside_hours"
    # Mon 08:00 Tokyo is Sun 13:00 in Honolulu.
    monday = {**asked, "start": at("2026-12-14T08:00")}
    assert seat_of("USA-HNL", **monday)[1] == [{"code": "weekend", "date": "2026-12-13"}]


def test_s7_quarter_hour_zones_are_open_to_the_minute() -> None:
    hours = {
        "JPN-TIC": ("Asia/Tokyo", "09:30", "17:45"),
        "NPL-KTM": ("Asia/Kathmandu", "09:00", "17:00"),
        "AFG-KBL": ("Asia/Kabul", "08:00", "16:00"),
        "MMR-RGN": ("Asia/Yangon", "09:30", "16:30"),
        "LKA-CMB": ("Asia/Colombo", "08:30", "16:15"),
    }
    known = facts(
        tuple(station(code, zone) for code, (zone, _, _) in hours.items()),
        calendar={code: days(opens, closes) for code, (_, opens, closes) in hours.items()},
    )
    others = tuple(SeatRequest(station=code) for code in hours if code != "JPN-TIC")

    def outside(local: str) -> dict[str, int]:
        asked = lay_out(request(stations=others, start=at(local), minutes=90, setup_minutes=15))
        return {
            seat.station: seat.minutes_outside
            for seat in booked(asked, known).after.seats
            if seat.minutes_outside
        }

    assert outside("2026-12-09T12:45") == {}
    assert outside("2026-12-09T16:15") == {}
    assert outside("2026-12-09T12:40") == {"AFG-KBL": 5}
    assert outside("2026-12-09T16:20") == {"JPN-TIC": 5}


def test_two_stations_with_one_mailbox_get_one_mail() -> None:
    shared = replace(HANOI, mailbox="Room@Example.org", languages=("vi", "ja"))
    dhaka = replace(DHAKA, mailbox="room@example.ORG ")
    asked = request(stations=(SeatRequest(station="VNM-HAN"), SeatRequest(station="BGD-DAC")))
    made = booked(lay_out(asked), facts((TOKYO, shared, dhaka)))
    assert made.notices == (
        Notice(
            address="jpn-tic@example.org",
            language="ja",
            parts=("JPN-TIC",),
            method="REQUEST",
            sequence=0,
            dtstamp=NOW,
            partstat=Answer.NEEDS_ACTION,
            news=News.NONE,
            renews=True,
        ),
        Notice(
            address="room@example.org",
            language="ja",
            parts=("VNM-HAN", "BGD-DAC"),
            method="REQUEST",
            sequence=0,
            dtstamp=NOW,
            partstat=Answer.NEEDS_ACTION,
            news=News.NONE,
            renews=True,
        ),
    )


def test_a_station_without_a_mailbox_takes_its_room_and_gets_no_mail() -> None:
    made = booked(lay_out(request()), facts((TOKYO, replace(HANOI, mailbox=" "))))
    assert made.after.session.ports == 2
    assert [notice.address for notice in made.notices] == ["jpn-tic@example.org"]


def test_dtstamp_is_now_in_whole_seconds() -> None:
    now = datetime(2026, 12, 1, 0, 0, 0, 999_999, tzinfo=UTC)
    made = booked(lay_out(request(), now=now), facts(now=now))
    assert made.after.session.dtstamp == NOW
    assert {notice.dtstamp for notice in made.notices} == {NOW}


def test_the_host_zone_and_the_anchor_may_differ() -> None:
    start = resolved(at("2026-12-16T08:00", "Europe/Belgrade"))
    assert (start.zone, start.starts_at.hour) == (ZONES.get("Europe/Belgrade"), 7)
