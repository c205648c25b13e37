"""Who finds which sessions: ranges, words, stations, visibility and pages, in a fixed number of statements."""

from datetime import UTC, datetime, timedelta

import pytest

from jicanet.core.actor import CONSOLE, STRANGER, Action, Actor, Role, Scope, SessionFacts
from jicanet.core.errors import Invalid, NotFound
from jicanet.scheduler.domain.filter import SessionFilter
from jicanet.scheduler.domain.model import LinkRequest
from jicanet.scheduler.domain.words import Status, Visibility
from jicanet.scheduler.service import book_session, day_of_world, session, session_moment, sessions
from jicanet.services import Services
from tests.support.booking import ZONES, at
from tests.support.sessions import found_network, room, shelve, sites, statements, token_of, user


async def titles(services: Services, actor: Actor = CONSOLE, **wanted: object) -> list[str]:
    found = await sessions(services, actor, SessionFilter(**wanted))  # type: ignore[arg-type]  # names of its fields
    return [view.session.title for view in found.items]


async def three(services: Services) -> None:
    """Book three sessions: on the 16th 15:00-16:30 and 16:30-18:00 Tokyo, and on the 17th."""
    await found_network(services)
    await book_session(services, CONSOLE, sites("VNM-HAN", title="First: Water", purpose="Floods in Hanoi"))
    await book_session(
        services,
        CONSOLE,
        sites("BGD-DAC", title="Second: 水と衛生", start=at("2026-12-16T16:30"), department="Training"),
    )
    await book_session(services, CONSOLE, sites("VNM-HAN", title="Third", start=at("2026-12-17T15:00")))


FIRST_ENDS = datetime(2026, 12, 16, 7, 30, tzinfo=UTC)


async def test_a_range_takes_whatever_overlaps_it(services: Services) -> None:
    await three(services)
    assert await titles(services) == ["First: Water", "Second: 水と衛生", "Third"]
    assert await titles(services, start=FIRST_ENDS) == ["Second: 水と衛生", "Third"]
    assert await titles(services, start=FIRST_ENDS - timedelta(seconds=1), end=FIRST_ENDS) == ["First: Water"]
    assert await titles(services, end=FIRST_ENDS + timedelta(seconds=1)) == [
        "First: Water",
        "Second: 水と衛生",
    ]


async def test_station_status_and_words_narrow_the_list(services: Services) -> None:
    await three(services)
    assert await titles(services, station="VNM-HAN") == ["First: Water", "Third"]
    assert await titles(services, statuses=frozenset({Status.CONFIRMED}), station="BGD-DAC") == [
        "Second: 水と衛生"
    ]
    assert await titles(services, text="水") == ["Second: 水と衛生"]
    assert await titles(services, text="ｗａｔｅｒ first") == ["First: Water"]
    assert await titles(services, text="jn-2026-000003") == ["Third"]
    assert await titles(services, text="training") == ["Second: 水と衛生"]
    assert await titles(services, text="floods") == ["First: Water"]
    assert await titles(services, text="%") == []
    assert await titles(services, text="water third") == []
    with pytest.raises(Invalid) as caught:
        await titles(services, station="XXX-1")
    assert caught.value.code == "unknown_station"


async def test_the_list_goes_on_where_it_stopped_even_among_equal_starts(services: Services) -> None:
    await found_network(services, more=[room(number) for number in range(5)])
    for number in range(5):
        await book_session(services, CONSOLE, sites(host=f"ROOM-{number:03}", title=f"Room {number}"))
    seen: list[str] = []
    after = None
    for _ in range(3):
        part = await sessions(services, CONSOLE, SessionFilter(limit=2, after=after))
        seen += [view.session.title for view in part.items]
        after = part.after
    assert seen == [f"Room {number}" for number in range(5)]
    assert after is None


async def everybody(services: Services) -> list[Actor]:
    hana = await user(services)
    return [
        STRANGER,
        CONSOLE,
        hana,
        token_of(hana, Scope.SESSIONS_READ),
        token_of(hana, Scope.FEEDS_WRITE),
        await user(services, "han@example.org", roles=[Role.OPERATOR], stations=["VNM-HAN"]),
        await user(services, "lim@example.org", roles=[Role.OPERATOR], stations=["PER-LIM"]),
        await user(services, "centre@example.org", roles=[Role.CENTRE_COORDINATOR], stations=["JPN-TIC"]),
        await user(services, "lecturer@example.org", roles=[Role.LECTURER], stations=["VNM-HAN"]),
        await user(services, "nobody@example.org", roles=[]),
    ]


async def test_list_and_single_session_show_what_the_policy_grants_and_nothing_else(
    services: Services,
) -> None:
    await found_network(services)
    for number, visibility in enumerate(Visibility):
        start = at(f"2026-12-16T1{number}:00")
        asked = sites("VNM-HAN", title=visibility.value, visibility=visibility, start=start, minutes=30)
        await book_session(services, CONSOLE, asked)
    for actor in await everybody(services):
        granted = [
            visibility.value
            for visibility in Visibility
            if services.may(
                actor,
                Action.SEE_SESSIONS,
                SessionFacts(
                    visibility=visibility.value,
                    stations=frozenset({"JPN-TIC", "VNM-HAN"}),
                    host="JPN-TIC",
                ),
            )
        ]
        assert await titles(services, actor) == granted, actor
        for number, visibility in enumerate(Visibility, start=1):
            ref = f"JN-2026-00000{number}"
            if visibility.value in granted:
                assert (await session(services, actor, ref)).session.title == visibility.value
                continue
            with pytest.raises(NotFound) as hidden:
                await session(services, actor, ref)
            with pytest.raises(NotFound) as unknown:
                await session(services, actor, "JN-2026-999999")
            assert str(hidden.value.detail).replace(ref, "") == str(unknown.value.detail).replace(
                "JN-2026-999999", ""
            )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("ref", ["", "JN-2026-1", "jn-2026-000001", "JN-2026-000001 ", "x' OR 1=1", "\x00"])
async def test_what_is_no_reference_finds_nothing(services: Services, ref: str) -> None:
    await three(services)
    with pytest.raises(NotFound) as caught:
        await session(services, CONSOLE, ref)
    assert caught.value.code == "unknown_session"


async def test_strangers_see_no_way_in_and_nobody_to_call(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    await book_session(services, hana, sites("VNM-HAN", visibility=Visibility.PUBLIC))
    assert (await session(services, STRANGER, "JN-2026-000001")).shows_details is False
    assert (await session(services, hana, "JN-2026-000001")).shows_details is True


@pytest.mark.parametrize("number", [1, 3])
async def test_reading_takes_the_same_statements_for_any_number_of_rows(
    services: Services, number: int
) -> None:
    await found_network(services, more=[room(each) for each in range(9)])
    await shelve(services)
    hana = await user(services)
    for each in range(number):
        rooms = [f"ROOM-{3 * each + more:03}" for more in range(number)]
        await book_session(
            services, hana, sites(*rooms[1:], host=rooms[0], materials=(LinkRequest(material="JN-M001"),))
        )
    tokyo = ZONES.get("Asia/Tokyo")
    counted = []
    for reading in (
        sessions(services, hana, SessionFilter(station="ROOM-000")),
        session(services, hana, "JN-2026-000001"),
        session_moment(services, hana, "JN-2026-000001"),
        day_of_world(services, hana, day=datetime(2026, 12, 16, tzinfo=UTC).date(), zone=tokyo),
    ):
        with statements() as seen:
            await reading
        counted.append(len(seen))
    assert counted == [11, 9, 15, 11]


async def test_a_day_reaches_to_noon_of_the_next_by_the_viewers_clock(services: Services) -> None:
    await three(services)
    tokyo, lima = ZONES.get("Asia/Tokyo"), ZONES.get("America/Lima")
    day = datetime(2026, 12, 16, tzinfo=UTC).date()

    async def shown(zone: object) -> list[str]:
        found = await day_of_world(services, CONSOLE, day=day, zone=zone)  # type: ignore[arg-type]  # a Zone
        return [view.session.title for view in found.sessions]

    assert await shown(tokyo) == ["First: Water", "Second: 水と衛生"]
    # 01:00 and 02:30 on the 16th in Lima; 01:00 on the 17th is before noon of the next day.
    assert await shown(lima) == ["First: Water", "Second: 水と衛生", "Third"]


async def test_a_day_shows_the_stations_it_joins_or_all_of_them(services: Services) -> None:
    await three(services)
    tokyo = ZONES.get("Asia/Tokyo")

    async def joined(day: int) -> list[str]:
        date = datetime(2026, 12, day, tzinfo=UTC).date()
        found = await day_of_world(services, CONSOLE, day=date, zone=tokyo)
        assert found.count == 5
        return [station.code for station in found.stations]

    assert await joined(17) == ["JPN-TIC", "VNM-HAN"]
    assert await joined(20) == ["BGD-DAC", "JPN-TIC", "KEN-NBO", "PER-LIM", "VNM-HAN"]
