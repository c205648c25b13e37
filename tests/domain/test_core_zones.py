"""Wall times in every station's zone, with pytz's own tables as the oracle to 2037."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytz
import tzdata
from hypothesis import given, settings
from hypothesis import strategies as st

from jicanet.core.errors import Invalid
from jicanet.core.zones import Zone, ZoneDataMismatch, Zones, offset_text

STATIONS = Path(__file__).resolve().parents[2] / "config" / "network" / "stations.csv"
with STATIONS.open(encoding="utf-8", newline="") as rows:
    NAMES = sorted({row["timezone"] for row in csv.DictReader(rows)})
# Other places with clocks of their own kind: negative summer time, half an hour, two hours, at midnight.
ODD = [
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Asia/Beirut",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/St_Johns",
    "Pacific/Auckland",
]
ZONES = Zones()
FIRST, LAST = datetime(2024, 1, 1), datetime(2037, 12, 31)  # noqa: DTZ001 - wall times
QUARTER = timedelta(minutes=15)

every_zone = pytest.mark.parametrize("name", NAMES)


def changes(name: str) -> list[datetime]:
    """Return the naive UTC instants at which pytz says that the zone's clock changes."""
    instants = getattr(pytz.timezone(name), "_utc_transition_times", [])
    return [instant for instant in instants if FIRST <= instant <= LAST]


def instants_of(name: str, wall: datetime) -> list[datetime]:
    """Return every UTC instant at which pytz's clock shows `wall`, earliest first."""
    zone: Any = pytz.timezone(name)
    around = [pytz.utc.localize(wall + timedelta(hours=hours)) for hours in (-16, 16)]
    offsets = {instant.astimezone(zone).utcoffset() for instant in around}
    found = {pytz.utc.localize(wall - offset) for offset in offsets if offset is not None}
    return sorted(instant for instant in found if instant.astimezone(zone).replace(tzinfo=None) == wall)


def outcome(name: str, wall: datetime) -> str:
    """Return what pytz says of a wall time when it may not guess."""
    try:
        pytz.timezone(name).localize(wall, is_dst=None)
    except pytz.NonExistentTimeError:
        return "time_does_not_exist"
    except pytz.AmbiguousTimeError:
        return "time_is_ambiguous"
    return "one"


def resolved(zone: Zone, wall: datetime) -> str:
    try:
        zone.resolve(wall, None)
    except Invalid as refusal:
        return refusal.code
    return "one"


@pytest.mark.parametrize("name", [*NAMES, *ODD])
def test_wall_times_around_every_change_are_judged_as_pytz_does(name: str) -> None:
    zone = ZONES.get(name)
    seen = 0
    for change in changes(name):
        offset = pytz.utc.localize(change).astimezone(pytz.timezone(name)).utcoffset()
        assert offset is not None
        for step in range(-12, 13):
            wall = change + offset + step * QUARTER
            kind = outcome(name, wall)
            seen += kind != "one"
            assert resolved(zone, wall) == kind, wall
            found = instants_of(name, wall)
            assert len(found) == {"time_does_not_exist": 0, "one": 1, "time_is_ambiguous": 2}[kind], wall
            folds = [zone.resolve(wall, fold) for fold in (0, 1)[: len(found)]]
            assert folds == found, wall
    assert seen > 0 or not changes(name)


@settings(max_examples=1000)
@given(name=st.sampled_from([*NAMES, *ODD]), wall=st.datetimes(FIRST, LAST))
def test_any_wall_time_is_judged_as_pytz_does(name: str, wall: datetime) -> None:
    zone = ZONES.get(name)
    wall = wall.replace(microsecond=0)
    assert resolved(zone, wall) == outcome(name, wall)
    for fold, instant in enumerate(instants_of(name, wall)):
        assert zone.resolve(wall, fold) == instant
        assert zone.local(instant).replace(tzinfo=None) == wall


def test_some_stations_have_clock_changes() -> None:
    assert {"Africa/Cairo", "Europe/Belgrade"} <= {name for name in NAMES if changes(name)}


@every_zone
def test_days_tile_and_hold_their_own_dates(name: str) -> None:
    zone = ZONES.get(name)
    days = [zone.day(date(2024, 1, 1) + timedelta(days=number)) for number in range(365 * 6)]
    assert all(one[1] == other[0] for one, other in pairwise(days))
    lengths = {end - start for start, end in days}
    assert lengths <= {timedelta(hours=hours) for hours in (23, 24, 25)}
    for number, (start, _) in enumerate(days):
        own = date(2024, 1, 1) + timedelta(days=number)
        assert zone.local(start).date() == own
        assert zone.local(start - timedelta(seconds=1)).date() == own - timedelta(days=1)
    assert (len(lengths) > 1) is bool(changes(name))


@pytest.mark.parametrize(
    ("name", "day", "hours", "begins"),
    [
        ("Africa/Cairo", date(2027, 4, 30), 23, "01:00"),  # midnight does not exist
        ("Africa/Cairo", date(2027, 10, 28), 25, "00:00"),
        ("Asia/Beirut", date(2027, 3, 28), 23, "01:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), 23, "01:00"),
        ("America/Havana", date(2027, 11, 7), 25, "00:00"),  # midnight happens twice: the first of two
        ("Europe/Belgrade", date(2027, 3, 28), 23, "00:00"),
        ("Asia/Tokyo", date(2027, 3, 28), 24, "00:00"),
        ("America/Toronto", date(1919, 3, 31), 23.5, "00:30"),  # clocks went from 23:30 to 00:30
        ("Pacific/Apia", date(2011, 12, 30), 0, "00:00"),  # skipped whole: it begins where it ends
    ],
)
def test_length_and_beginning_of_a_day(name: str, day: date, hours: float, begins: str) -> None:
    zone = ZONES.get(name)
    start, end = zone.day(day)
    assert end - start == timedelta(hours=hours)
    assert f"{zone.local(start):%H:%M}" == begins


def test_gap_is_refused_with_both_neighbours() -> None:
    with pytest.raises(Invalid) as refused:
        ZONES.get("Africa/Cairo").resolve(datetime(2027, 4, 30, 0, 30), None)  # noqa: DTZ001 - a wall time
    refusal = refused.value
    assert (refusal.code, refusal.status) == ("time_does_not_exist", 422)
    assert str(refusal.detail) == (
        "00:30 does not exist on 2027-04-30 in Africa/Cairo: clocks go from 00:00 to 01:00. "
        "Use 2027-04-30T01:00 or 2027-04-29T23:30."
    )
    choices = [
        {"local": "2027-04-29T23:30", "fold": 0, "starts_at": "2027-04-29T21:30:00Z"},
        {"local": "2027-04-30T01:00", "fold": 0, "starts_at": "2027-04-29T22:00:00Z"},
    ]
    assert refusal.extra == {"choices": choices}
    (error,) = refusal.errors
    assert (error.pointer, error.value, error.code) == ("/start/local", "2027-04-30T00:30", refusal.code)
    assert list(error.choices) == choices


def test_gap_is_refused_even_where_a_fold_is_given() -> None:
    for fold in (0, 1):
        with pytest.raises(Invalid, match="time_does_not_exist"):
            ZONES.get("Europe/Belgrade").resolve(datetime(2027, 3, 28, 2, 30), fold)  # noqa: DTZ001 - a wall time


def test_fold_is_asked_for_and_then_taken() -> None:
    zone, wall = ZONES.get("America/New_York"), datetime(2026, 11, 1, 1, 30)  # noqa: DTZ001 - a wall time
    with pytest.raises(Invalid) as refused:
        zone.resolve(wall, None)
    assert refused.value.code == "time_is_ambiguous"
    assert str(refused.value.detail) == (
        "01:30 happens twice on 2026-11-01 in America/New_York. "
        "Say which with fold: 0 is 2026-11-01T05:30Z, 1 is 2026-11-01T06:30Z."
    )
    assert refused.value.extra["choices"] == [
        {"local": "2026-11-01T01:30", "fold": 0, "starts_at": "2026-11-01T05:30:00Z"},
        {"local": "2026-11-01T01:30", "fold": 1, "starts_at": "2026-11-01T06:30:00Z"},
    ]
    assert zone.resolve(wall, 0) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert zone.resolve(wall, 1) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "instant"),
    [
        (time(1, 59), "2027-03-14T06:59"),
        (time(2, 30), "2027-03-14T07:30"),  # RFC 5545 3.3.5: the offset before the gap
        (time(3, 0), "2027-03-14T07:00"),
        (None, "2027-03-15T04:00"),
    ],
    ids=["before", "missing", "after", "24:00"],
)
def test_clock_of_a_date(clock: time | None, instant: str) -> None:
    found = ZONES.get("America/New_York").at(date(2027, 3, 14), clock)
    assert f"{found:%Y-%m-%dT%H:%M}" == instant
    assert found.utcoffset() == timedelta(0)


def test_clock_that_comes_twice_is_the_first() -> None:
    found = ZONES.get("America/New_York").at(date(2026, 11, 1), time(1, 30))
    assert found == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        ("Asia/Kathmandu", "UTC+05:45"),
        ("America/St_Johns", "UTC-03:30"),
        ("UTC", "UTC+00:00"),
        ("Asia/Tokyo", "UTC+09:00"),
    ],
)
def test_offset_is_written_with_sign_and_minutes(name: str, offset: str) -> None:
    assert ZONES.get(name).offset(datetime(2026, 12, 16, 6, tzinfo=UTC)) == offset


def test_offset_text_of_a_negative_part_of_an_hour() -> None:
    assert offset_text(timedelta(minutes=-30)) == "UTC-00:30"


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Asia/Katmandu", "Asia/Kathmandu"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("Asia/Rangoon", "Asia/Yangon"),
        ("US/Eastern", "America/New_York"),
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("UTC", "UTC"),
    ],
)
def test_zone_is_kept_under_its_canonical_name(name: str, canonical: str) -> None:
    assert ZONES.canonical(name) == canonical
    assert ZONES.get(name) is ZONES.get(canonical)
    assert ZONES.get(name).name == canonical


@pytest.mark.parametrize(
    "name",
    ["GMT+3", "UTC+9", "EST", "JST", "Tokyo", "Japan", "Etc/GMT-9", "asia/tokyo", "", "Asia/Tokyo ", "Asia/Tokyo\n", "../etc/passwd", "Mars/Base"],
)  # fmt: skip
def test_name_of_no_place_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        ZONES.get(name)
    (error,) = refused.value.errors
    assert (refused.value.code, error.value) == ("unknown_zone", name)
    assert f'There is no zone "{name}".' in str(refused.value.detail)


def test_long_name_is_cut_in_the_sentence() -> None:
    with pytest.raises(Invalid) as refused:
        ZONES.canonical("A" * 10_000)
    assert len(str(refused.value.detail)) < 200


def test_every_name_that_is_offered_is_canonical_and_can_be_loaded() -> None:
    names = ZONES.names()
    assert list(names) == sorted(set(names))
    assert {ZONES.canonical(name) for name in names} == set(names)
    assert [ZONES.get(name).name for name in names] == list(names)
    assert set(NAMES) <= set(names)


@pytest.mark.parametrize(
    ("country", "zones"),
    [("JP", ("Asia/Tokyo",)), ("jp", ("Asia/Tokyo",)), ("ID", ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")), ("XX", ())],
)  # fmt: skip
def test_zones_of_a_country(country: str, zones: tuple[str, ...]) -> None:
    assert ZONES.of_country(country) == zones


def test_version_is_that_of_both_packages() -> None:
    assert ZONES.version == tzdata.IANA_VERSION == pytz.OLSON_VERSION


def test_packages_of_different_versions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytz, "OLSON_VERSION", "2025b")
    with pytest.raises(
        ZoneDataMismatch, match=rf"pytz carries zone data 2025b and tzdata {tzdata.IANA_VERSION}"
    ):
        Zones()
