"""A request by itself: defaults, bounds and refusals that name field, value and remedy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jicanet.core.errors import Invalid
from jicanet.scheduler.domain.model import JoinDetails, LinkRequest, SeatPlan, SeatRequest
from jicanet.scheduler.domain.words import LinkKind, SeatRole, Visibility
from tests.support.booking import LIMITS, NOW, at, lay_out, request, span

SENDING, RECEIVING = SeatRole.SENDING, SeatRole.RECEIVING


def codes_of(refused: Invalid) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in refused.errors]


def wrong(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        lay_out(request(**changes))
    assert caught.value.code == caught.value.errors[0].code
    return codes_of(caught.value)


def test_host_joins_as_sending_and_required_if_not_listed() -> None:
    assert lay_out(request()).seats == (
        SeatPlan(station="JPN-TIC", role=SENDING, required=True),
        SeatPlan(station="VNM-HAN", role=RECEIVING, required=False),
    )


def test_host_stands_first_wherever_it_is_listed() -> None:
    listed = (SeatRequest(station="VNM-HAN", required=True), SeatRequest(station="JPN-TIC"))
    assert lay_out(request(stations=listed)).seats == (
        SeatPlan(station="JPN-TIC", role=SENDING, required=True),
        SeatPlan(station="VNM-HAN", role=RECEIVING, required=True),
    )


def test_host_keeps_role_and_required_that_were_said() -> None:
    listed = (SeatRequest(station="JPN-TIC", role=RECEIVING, required=False),)
    assert lay_out(request(stations=listed)).seats == (
        SeatPlan(station="JPN-TIC", role=RECEIVING, required=False),
    )


def test_defaults_come_from_the_limits() -> None:
    limits = replace(LIMITS, setup_minutes=15, teardown_minutes=5, visibility=Visibility.PUBLIC)
    made = lay_out(request(), limits=limits)
    assert (made.setup_minutes, made.teardown_minutes, made.visibility) == (15, 5, Visibility.PUBLIC)
    assert made.occupied == span("2026-12-16T05:45", "2026-12-16T07:35")
    assert made.attended == span("2026-12-16T05:45", "2026-12-16T07:30")


def test_what_was_said_beats_the_defaults() -> None:
    limits = replace(LIMITS, setup_minutes=15, teardown_minutes=5)
    made = lay_out(
        request(setup_minutes=0, teardown_minutes=0, visibility=Visibility.PARTICIPANTS), limits=limits
    )
    assert (made.setup_minutes, made.teardown_minutes) == (0, 0)
    assert made.visibility is Visibility.PARTICIPANTS


@pytest.mark.parametrize("minutes", [5, 720])
def test_minutes_at_the_bounds_are_taken(minutes: int) -> None:
    assert lay_out(request(minutes=minutes)).minutes == minutes


@pytest.mark.parametrize("minutes", [4, 0, -5, 721, 10_000, 10**30])
def test_minutes_beyond_the_bounds_are_refused(minutes: int) -> None:
    assert wrong(minutes=minutes) == [("/minutes", "minutes_out_of_range")]


def test_the_refusal_of_minutes_names_value_and_bounds() -> None:
    with pytest.raises(Invalid) as caught:
        lay_out(request(minutes=10_000))
    assert str(caught.value.detail) == "minutes must be from 5 to 720, not 10000."


@pytest.mark.parametrize("field", ["setup_minutes", "teardown_minutes"])
@pytest.mark.parametrize(("minutes", "taken"), [(0, True), (240, True), (-1, False), (241, False)])
def test_setup_and_teardown_have_bounds(field: str, minutes: int, *, taken: bool) -> None:
    if taken:
        assert getattr(lay_out(request(**{field: minutes})), field) == minutes
    else:
        assert wrong(**{field: minutes}) == [(f"/{field}", f"{field}_out_of_range")]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("", "text_empty"),
        ("   ", "text_empty"),
        ("x" * 201, "text_too_long"),
        ("x" * 10_000, "text_too_long"),
        ("a\r\nBcc: everybody@example.org", "text_not_one_line"),
        ("a\nb", "text_not_one_line"),
        ("a\x00b", "text_not_one_line"),
        ("a\u2028b", "text_not_one_line"),
        ("a\x85b", "text_not_one_line"),
    ],
)
def test_title_is_one_line_of_1_to_200_characters(title: str, code: str) -> None:
    assert wrong(title=title) == [("/title", code)]


def test_title_of_200_characters_is_taken() -> None:
    assert lay_out(request(title="題" * 200)).request.title == "題" * 200


def test_purpose_may_have_lines_but_no_control_characters() -> None:
    assert lay_out(request(purpose="one\n\ttwo")).request.purpose == "one\n\ttwo"
    assert wrong(purpose="a\x07") == [("/purpose", "text_has_control_characters")]
    assert wrong(purpose="x" * 2001) == [("/purpose", "text_too_long")]


def test_every_other_line_is_guarded_like_the_title() -> None:
    join = JoinDetails(url="https://a.example\r\nX: y", sip="a\nb", h323="a\nb", pin="1\n2")
    assert wrong(department="a\rb", join=join) == [
        (pointer, "text_not_one_line")
        for pointer in ("/department", "/join/url", "/join/sip", "/join/h323", "/join/pin")
    ]


def test_doubled_station_is_refused_at_its_second_place() -> None:
    listed = tuple(SeatRequest(station=code) for code in ("VNM-HAN", "BGD-DAC", "VNM-HAN"))
    assert wrong(stations=listed) == [("/stations/2", "doubled_station")]


def test_missing_host_is_refused() -> None:
    assert wrong(host="") == [("/host", "host_missing")]


@pytest.mark.parametrize(("others", "taken"), [(99, True), (100, False)])
def test_most_stations_counts_the_host(others: int, *, taken: bool) -> None:
    listed = tuple(SeatRequest(station=f"X-{number}") for number in range(others))
    if taken:
        assert len(lay_out(request(stations=listed)).codes) == 100
    else:
        assert wrong(stations=listed) == [("/stations", "too_many_stations")]


def test_start_at_this_very_instant_is_taken_and_a_minute_before_is_not() -> None:
    assert lay_out(request(start=at("2026-12-01T09:00"))).start.starts_at == NOW
    assert wrong(start=at("2026-12-01T08:59")) == [("/start/local", "start_in_past")]


def test_refusal_of_a_past_start_says_what_the_clock_shows_there() -> None:
    with pytest.raises(Invalid) as caught:
        lay_out(request(start=at("2026-11-30T09:00")))
    assert (
        str(caught.value.detail)
        == "2026-11-30T09:00 Asia/Tokyo is in the past: it is 2026-12-01 09:00 there now."
    )


@pytest.mark.parametrize(
    ("local", "code"), [("2026-12-01T09:59", "start_too_soon"), ("2026-12-01T10:00", None)]
)
def test_lead_time_counts_from_now(local: str, code: str | None) -> None:
    limits = replace(LIMITS, lead_minutes=60)
    if code is None:
        assert lay_out(request(start=at(local)), limits=limits).start.local == datetime.fromisoformat(local)
        return
    with pytest.raises(Invalid) as caught:
        lay_out(request(start=at(local)), limits=limits)
    assert codes_of(caught.value) == [("/start/local", code)]


def test_horizon_ends_400_days_from_now() -> None:
    last = NOW + timedelta(days=400)
    local = last.astimezone(lay_out(request()).start.zone.info).replace(tzinfo=None)
    assert lay_out(request(start=at(local.isoformat()))).start.starts_at == last
    after = (local + timedelta(minutes=1)).isoformat()
    assert wrong(start=at(after)) == [("/start/local", "start_beyond_horizon")]


@pytest.mark.parametrize(
    ("local", "code"), [("0001-01-01T00:00", "start_in_past"), ("9999-12-31T23:59", "start_beyond_horizon")]
)
def test_years_that_no_datetime_survives_are_refused_in_words(local: str, code: str) -> None:
    assert wrong(start=at(local, "America/Lima")) == [("/start/local", code)]


def test_every_wrong_field_is_named_at_once() -> None:
    assert wrong(title="", minutes=0, start=at("2020-01-01T00:00")) == [
        ("/title", "text_empty"),
        ("/minutes", "minutes_out_of_range"),
        ("/start/local", "start_in_past"),
    ]


@pytest.mark.parametrize(
    ("local", "zone", "first", "last"),
    [
        ("2027-04-30T00:30", "Africa/Cairo", "2027-04-29T21:30:00Z", "2027-04-29T22:00:00Z"),
        ("2026-09-06T00:30", "America/Santiago", "2026-09-06T03:30:00Z", "2026-09-06T04:00:00Z"),
        ("2027-03-28T02:30", "Europe/Belgrade", "2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z"),
    ],
    ids=["cairo", "santiago", "belgrade"],
)
def test_s5_time_that_does_not_exist_is_refused_with_both_neighbours(
    local: str, zone: str, first: str, last: str
) -> None:
    with pytest.raises(Invalid) as caught:
        lay_out(request(start=at(local, zone)), now=datetime(2026, 8, 1, tzinfo=UTC))
    assert caught.value.code == "time_does_not_exist"
    assert [choice["starts_at"] for choice in caught.value.extra["choices"]] == [first, last]


def test_time_that_happens_twice_is_asked_and_fold_is_kept() -> None:
    twice = at("2027-10-31T02:30", "Europe/Belgrade")
    with pytest.raises(Invalid) as caught:
        lay_out(request(start=twice))
    assert caught.value.code == "time_is_ambiguous"
    assert [choice["fold"] for choice in caught.value.extra["choices"]] == [0, 1]
    second = lay_out(request(start=replace(twice, fold=1))).start
    assert (second.fold, second.starts_at) == (1, datetime(2027, 10, 31, 1, 30, tzinfo=UTC))


def test_fold_means_nothing_where_a_time_happens_once() -> None:
    assert lay_out(request(start=at("2026-12-16T15:00", fold=1))).start.fold == 0


def shown(start: Any, end: Any = None, kind: LinkKind = LinkKind.SHOWN) -> tuple[LinkRequest, ...]:
    return (LinkRequest(material="JN-M001", kind=kind, start=start, end=end),)


@pytest.mark.parametrize(
    ("start", "end"),
    [(5, 35), (datetime(2026, 12, 16, 15, 5), datetime(2026, 12, 16, 15, 35))],  # noqa: DTZ001 - wall times
    ids=["minutes", "local"],
)
def test_shown_material_has_minutes_of_the_session(start: Any, end: Any) -> None:
    link = lay_out(request(materials=shown(start, end))).links[0]
    assert (link.start_minute, link.end_minute) == (5, 35)


@pytest.mark.parametrize(
    ("start", "end", "wrong_with"),
    [
        (-1, None, ("/materials/0/start", "outside_session")),
        (0, 91, ("/materials/0/end", "outside_session")),
        (30, 30, ("/materials/0/end", "end_before_start")),
        (None, 30, ("/materials/0/end", "end_before_start")),
    ],
)
def test_shown_material_stays_within_the_session(start: Any, end: Any, wrong_with: tuple[str, str]) -> None:
    assert wrong(materials=shown(start, end)) == [wrong_with]


def test_shown_material_may_fill_the_session() -> None:
    link = lay_out(request(materials=shown(0, 90))).links[0]
    assert (link.start_minute, link.end_minute) == (0, 90)


def test_only_a_shown_material_has_times() -> None:
    assert wrong(materials=shown(1, None, LinkKind.HANDOUT)) == [("/materials/0/start", "only_for_shown")]


def test_material_time_that_does_not_exist_is_named_at_its_own_field() -> None:
    start = at("2027-03-28T01:30", "Europe/Belgrade")
    asked = shown(datetime(2027, 3, 28, 2, 30))  # noqa: DTZ001 - a wall time
    assert wrong(start=start, materials=asked) == [("/materials/0/start", "time_does_not_exist")]


def test_the_same_material_may_stand_in_two_kinds_but_not_twice_in_one() -> None:
    pair = (LinkRequest(material="JN-M001"), LinkRequest(material="JN-M001", kind=LinkKind.SLIDES))
    assert len(lay_out(request(materials=pair)).links) == 2
    assert wrong(materials=(pair[0], pair[0])) == [("/materials/1", "doubled_material")]


def test_a_session_takes_50_materials() -> None:
    links = tuple(LinkRequest(material=f"JN-M{number}") for number in range(51))
    assert len(lay_out(request(materials=links[:50])).links) == 50
    assert wrong(materials=links) == [("/materials", "too_many_materials")]
