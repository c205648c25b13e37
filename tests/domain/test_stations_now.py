"""What a station is doing at an instant, and how lists of stations are chosen, named and ordered."""

from datetime import UTC, date, datetime, time

import pytest

from jicanet.core.text import untranslated
from jicanet.core.zones import Zones
from jicanet.stations.domain.listing import StationFilter, by_region, short_names
from jicanet.stations.domain.model import Days, Holiday, Network, Station, WorkingWeek
from jicanet.stations.domain.now import StateKind, state_at
from jicanet.stations.render import (
    city_name,
    hours_words,
    listed_name,
    search_words,
    state_words,
    weekend_words,
)

ZONES = Zones()
WEEK = WorkingWeek(
    valid_from=None,
    weekend=frozenset({5, 6}),
    hours={day: ((time(8, 30), time(17)),) for day in range(5)},
)
LIMA = Days(
    country="PE",
    weeks=(WEEK,),
    holidays={
        date(2026, 12, 8): (Holiday(day=date(2026, 12, 8), name="Feast", local_name="Fiesta"),),
        date(2026, 12, 9): (Holiday(day=date(2026, 12, 9), name="Moon", estimated=True),),
    },
)


def station(code: str = "PER-LIM", **changes: object) -> Station:
    facts: dict[str, object] = {
        "name_en": "JICA Peru Office",
        "name_ja": "JICAペルー事務所",
        "network": Network.JICA,
        "country": "PE",
        "city": "Lima",
        "zone": "America/Lima",
        "region": "Latin America and the Caribbean",
        "mailbox": "per-lim@stations.invalid",
    }
    return Station(code=code, **{**facts, **changes})  # type: ignore[arg-type]  # a table of facts


@pytest.mark.parametrize(
    ("local", "kind", "said"),
    [
        ("2026-12-07T08:30", StateKind.OPEN, "Open until 17:00"),
        ("2026-12-07T16:59", StateKind.OPEN, "Open until 17:00"),
        ("2026-12-07T17:00", StateKind.SHOULDER, "Closed since 17:00"),
        ("2026-12-07T18:59", StateKind.SHOULDER, "Closed since 17:00"),
        ("2026-12-07T19:00", StateKind.CLOSED, "Closed since 17:00"),
        ("2026-12-07T06:29", StateKind.CLOSED, "Opens 08:30"),
        ("2026-12-07T06:30", StateKind.SHOULDER, "Opens 08:30"),
        ("2026-12-08T12:00", StateKind.HOLIDAY, "Holiday: Feast"),
        ("2026-12-09T12:00", StateKind.HOLIDAY_ESTIMATED, "Holiday, date estimated: Moon"),
        ("2026-12-12T12:00", StateKind.WEEKEND, "Weekend"),
    ],
)
def test_a_state_is_told_by_the_station_s_clock(local: str, kind: StateKind, said: str) -> None:
    zone = ZONES.get("America/Lima")
    at = zone.resolve(datetime.fromisoformat(local), None)

    state = state_at(LIMA, zone, int(at.timestamp()), shoulder_minutes=120)

    told = state_words(state, zone, at, country="PE", lang="en").to(untranslated)
    assert (state.kind, told) == (kind, said)


def test_what_opens_on_another_day_says_which() -> None:
    """A Wednesday without hours: the next opening is Thursday's."""
    week = WorkingWeek(
        valid_from=None,
        weekend=frozenset(),
        hours={day: ((time(8, 30), time(17)),) for day in (1, 3)},
    )
    zone = ZONES.get("Asia/Tokyo")
    at = datetime(2026, 12, 9, 3, 0, tzinfo=UTC)

    state = state_at(Days(country="JP", weeks=(week,)), zone, int(at.timestamp()), shoulder_minutes=120)

    assert str(state_words(state, zone, at, country="JP", lang="en")) == "Opens Thu 08:30"
    assert str(state_words(state, zone, at, country="JP", lang="ja")) == "Opens 木 08:30"


def test_what_never_opens_or_never_closes_says_no_clock() -> None:
    zone = ZONES.get("Asia/Tokyo")
    at = datetime(2026, 12, 9, 3, 0, tzinfo=UTC)

    def told(hours: dict[int, tuple[tuple[time, time | None], ...]]) -> str:
        week = WorkingWeek(valid_from=None, weekend=frozenset(), hours=hours)
        state = state_at(Days(country="JP", weeks=(week,)), zone, int(at.timestamp()), shoulder_minutes=120)
        return str(state_words(state, zone, at, country="JP", lang="en"))

    assert told({}) == "Closed"
    assert told({day: ((time(0), None),) for day in range(7)}) == "Open day and night"
    assert told({2: ((time(0), None),)}) == "Open until 24:00"


def test_a_holiday_of_japan_has_its_own_name_in_japanese() -> None:
    days = Days(
        country="JP",
        weeks=(WEEK,),
        holidays={
            date(2027, 1, 1): (Holiday(day=date(2027, 1, 1), name="New Year's Day", local_name="元日"),)
        },
    )
    zone = ZONES.get("Asia/Tokyo")
    at = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
    state = state_at(days, zone, int(at.timestamp()), shoulder_minutes=120)

    said = [str(state_words(state, zone, at, country=country, lang="ja")) for country in ("JP", "PE")]

    assert said == ["Holiday: 元日", "Holiday: New Year's Day"]


def test_stations_are_named_by_city_unless_two_share_it() -> None:
    stations = [
        station("JPN-HQ", name_en="JICA Headquarters", country="JP", city="Tokyo"),
        station("JPN-TIC", name_en="JICA Tokyo", country="JP", city="Tokyo"),
        station("PER-LIM"),
    ]

    assert short_names(stations) == {
        "JPN-HQ": "JICA Headquarters",
        "JPN-TIC": "JICA Tokyo",
        "PER-LIM": "Lima",
    }


def test_regions_stand_in_their_order_and_east_before_west() -> None:
    stations = [
        station("ZZZ-OWN", region="Antarctica"),
        station("PER-LIM"),
        station("FJI-SUV", region="Southeast Asia and the Pacific", longitude=178.4),
        station("WSM-APW", region="Southeast Asia and the Pacific", longitude=-171.8),
        station("JPN-OKA", region="Japan", longitude=127.7),
        station("JPN-SPK", region="Japan", longitude=141.4),
        station("JPN-NEW", region="Japan", longitude=None),
    ]
    hours = {"FJI-SUV": 12, "WSM-APW": 13, "PER-LIM": -5, "ZZZ-OWN": 0}
    offsets = {each.code: hours.get(each.code, 9) * 3600 for each in stations}

    found = by_region(stations, lambda each: each, offsets)

    assert [(region, [each.code for each in group]) for region, group in found] == [
        ("Japan", ["JPN-SPK", "JPN-OKA", "JPN-NEW"]),
        ("Southeast Asia and the Pacific", ["WSM-APW", "FJI-SUV"]),
        ("Latin America and the Caribbean", ["PER-LIM"]),
        ("Antarctica", ["ZZZ-OWN"]),
    ]


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        (StationFilter(), "Lima"),
        (StationFilter(q="lima"), "Lima"),
        (StationFilter(q="ＬＩＭＡ"), "Lima"),
        (StationFilter(q="per-lim"), "Lima"),
        (StationFilter(q="ペルー"), "Lima"),
        (StationFilter(q="Peru lima"), "Lima"),
        (StationFilter(q="Peru bogota"), None),
        (StationFilter(country="pe"), "Lima"),
        (StationFilter(country="CO"), None),
        (StationFilter(region="latin america and the caribbean"), "Lima"),
        (StationFilter(region="Africa"), None),
    ],
)
def test_a_filter_looks_in_every_name(asked: StationFilter, taken: str | None) -> None:
    lima = station(city="Lima")

    found = lima.city if asked.takes(lima, search_words(lima)) else None

    assert found == taken


def test_names_are_those_of_the_reader_s_language_where_they_are_known() -> None:
    tokyo = station("JPN-TIC", country="JP", city="Tokyo", zone="Asia/Tokyo")
    delhi = station("IND-DEL", city="New Delhi", zone="Asia/Kolkata", name_ja="JICAインド事務所")

    assert (city_name(tokyo, "ja"), city_name(tokyo, "en")) == ("東京", "Tokyo")
    assert (city_name(delhi, "ja"), city_name(delhi, "en")) == ("New Delhi", "New Delhi")
    assert listed_name(delhi, "New Delhi", "ja") == "JICAインド事務所"
    assert listed_name(delhi, "New Delhi", "en") == "New Delhi"


def test_hours_and_weekends_are_put_in_words() -> None:
    two = WorkingWeek(
        valid_from=None,
        weekend=frozenset({4, 5}),
        hours={0: ((time(8), time(12)), (time(13), None)), 1: ((time(9), time(10)),), 4: ((time(1), None),)},
    )

    assert hours_words(two) == "08:00–12:00, 13:00–24:00, 09:00–10:00"
    assert (weekend_words(two, "en"), weekend_words(two, "ja")) == ("Fri Sat", "金・土")
