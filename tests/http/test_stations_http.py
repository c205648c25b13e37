"""Stations over HTTP: the JSON of one and of all, and the page in both languages."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time

import pytest

from jicanet.core.actor import STRANGER, Actor, ActorKind
from jicanet.services import Services
from jicanet.stations import api, pages, store
from jicanet.stations.domain.model import Network, Station, StationRecord, WorkingWeek
from tests.support.clock import FakeClock
from tests.support.web import Client, known_as, serving

# What SQL says on either database is proved in tests/storage.
pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

ROUTES = (*pages.ROUTES, *api.ROUTES)
KNOWN = Actor(kind=ActorKind.USER, name="somebody", user_id=1)
CONTACTS = ("nadi@example.org", "+679 00000", "Somebody", "sip:nadi", "10.0.0.1")


@pytest.fixture
async def loaded(network: Services, clock: FakeClock) -> Services:
    """The real network and one more station with contacts, at the moment of the design pictures."""
    clock.instant = datetime(2026, 12, 9, 5, 20, tzinfo=UTC)
    nadi = Station(
        code="FJI-NAN",
        name_en="Nadi Partner",
        name_ja="",
        network=Network.PARTNER,
        country="FJ",
        city="Nadi",
        zone="Pacific/Fiji",
        region="Southeast Asia and the Pacific",
        mailbox="nadi@example.org",
        telephone="+679 00000",
        contact_name="Somebody",
        sip="sip:nadi",
        h323="10.0.0.1",
        weekend_basis="confirmed",
        office_hours_basis="confirmed",
        line_kbit=512,
    )
    opened = ((time(8), time(12)), (time(13), None))
    week = WorkingWeek(valid_from=None, weekend=frozenset({5, 6}), hours=dict.fromkeys(range(5), opened))
    record = StationRecord(station=nadi, weeks=(week,))
    await network.database.write(lambda db: store.add_stations(db, [record]))
    return network


@pytest.fixture
async def client(loaded: Services) -> AsyncIterator[Client]:
    """A stranger's browser."""
    async with serving(
        ROUTES, services=loaded, recognise=known_as(STRANGER), templates=[pages.TEMPLATES]
    ) as client:
        yield client


async def test_one_station_is_told_whole_to_who_is_known(loaded: Services) -> None:
    async with serving(ROUTES, services=loaded, recognise=known_as(KNOWN)) as client:
        answer = await client.get("/api/v1/stations/FJI-NAN")
        placeholder = await (await client.get("/api/v1/stations/VNM-HAN")).json()

        assert (answer.status, answer.headers["ETag"]) == (200, '"1"')
        assert await answer.json() == {
            "code": "FJI-NAN",
            "name": {"en": "Nadi Partner", "ja": None},
            "country": "FJ",
            "country_name": {"en": "Fiji", "ja": "フィジー"},
            "city": "Nadi",
            "zone": "Pacific/Fiji",
            "region": "Southeast Asia and the Pacific",
            "network": "partner",
            "office_type": None,
            "office": None,
            "languages": [],
            "working_weeks": [
                {
                    "valid_from": None,
                    "weekend": ["sat", "sun"],
                    "hours": {
                        day: [{"from": "08:00", "to": "12:00"}, {"from": "13:00", "to": "24:00"}]
                        for day in ("mon", "tue", "wed", "thu", "fri")
                    },
                }
            ],
            "special_hours": [],
            "latitude": None,
            "longitude": None,
            "contact_name": "Somebody",
            "mailbox": "nadi@example.org",
            "telephone": "+679 00000",
            "line_kbit": 512,
            "seats": None,
            "sip": "sip:nadi",
            "h323": "10.0.0.1",
            "verified": {"weekend": "confirmed", "hours": "confirmed"},
            "source": None,
            "notes": None,
            "revision": 1,
        }
        assert placeholder["mailbox"] == "vnm-han@stations.invalid"
        assert placeholder["verified"] == {
            "station": "listed",
            "weekend": "memory",
            "hours": "assumed",
            "mailbox": "placeholder",
        }


async def test_strangers_are_told_no_contacts(client: Client) -> None:
    for path in ("/api/v1/stations/FJI-NAN", "/api/v1/stations?q=nadi", "/stations?q=nadi"):
        answer = await client.get(path)
        text = await answer.text()

        assert (answer.status, "Nadi" in text) == (200, True)
        assert not [contact for contact in CONTACTS if contact in text]


async def test_a_list_is_walked_to_its_end(client: Client) -> None:
    path: str | None = "/api/v1/stations?limit=30&q=jica"
    codes: list[str] = []
    sizes: list[int] = []
    while path:
        page = await (await client.get(path)).json()
        codes += [item["code"] for item in page["items"]]
        sizes.append(len(page["items"]))
        path = page["next"]

    assert sizes == [30, 30, 18]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize(
    ("query", "count"),
    [("country=jp", 18), ("region=South%20Asia", 7), ("q=%E3%83%9A%E3%83%AB%E3%83%BC", 1), ("q=nowhere", 0)],
    ids=["country", "region", "japanese", "nothing"],
)
async def test_a_list_is_filtered(client: Client, query: str, count: int) -> None:
    page = await (await client.get(f"/api/v1/stations?{query}")).json()

    assert (len(page["items"]), page["next"]) == (count, None)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/stations/XXX-YYY", 404, "unknown_station"),
        ("/api/v1/stations?limit=0", 422, "invalid_query"),
        ("/api/v1/stations?limit=201", 422, "invalid_query"),
        ("/api/v1/stations?contry=VN", 422, "invalid_query"),
    ],
)
async def test_what_cannot_be_answered_is_a_problem(
    client: Client, path: str, status: int, code: str
) -> None:
    answer = await client.get(path)

    assert (answer.status, (await answer.json())["code"]) == (status, code)


async def test_the_page_says_the_moment_in_english(client: Client) -> None:
    text = await (await client.get("/stations", headers={"Accept-Language": "en"})).text()

    assert "79 stations in 61 countries." in text
    assert "At 14:20 in Tokyo: 42 open, 18 within 2 h of opening or closing, 16 closed, 3 on holiday or weekend." in " ".join(text.split())  # fmt: skip
    assert "Hours and weekends marked ? are not verified." in text
    assert "For 78 of 79 stations" in text
    assert text.index("JPN-OBO") < text.index("WSM-APW") < text.index("FJI-SUV") < text.index("PER-LIM")
    for said in (
        "Open until 17:45",
        "Closed since 17:00",
        "Opens 08:30",
        "Holiday: Immaculate Conception",
        "closed Fri Sat",
        "Open until 24:00",
        "−1 day",
    ):
        assert said in text, said


async def test_the_page_says_the_same_in_japanese(client: Client) -> None:
    text = await (await client.get("/stations?lang=ja")).text()

    for said in ("61か国に79拠点。", "東南アジア・大洋州", "ベトナム", "17:45まで開所", "金・土は閉所", "JICAフィジー事務所", "前日"):  # fmt: skip
        assert said in text, said
    for english in ("Open until", "Weekend<", ">Latin America", "Vietnam"):
        assert english not in text, english


async def test_the_page_shows_what_was_asked_and_a_way_out_of_nothing(client: Client) -> None:
    asia = await (await client.get("/stations?region=South+Asia&utm_source=mail")).text()
    nothing = await (await client.get("/stations?q=%3Cb%3Enowhere")).text()

    assert ("BGD-DAC" in asia, "VNM-HAN" in asia) == (True, False)
    assert '<option value="South Asia" selected>' in asia
    assert "No station matches what you asked for." in nothing
    assert '<a href="/stations">Show all stations</a>' in nothing
    assert "<b>nowhere" not in nothing


async def test_an_unknown_year_of_holidays_is_said(loaded: Services, clock: FakeClock) -> None:
    clock.instant = datetime(2027, 3, 10, 5, 20, tzinfo=UTC)
    async with serving(ROUTES, services=loaded, templates=[pages.TEMPLATES]) as client:
        text = await (await client.get("/stations?region=South+Asia")).text()

    assert text.count("holidays not known") == 1
    assert text.index("LKA-CMB") < text.index("holidays not known") < text.index("IND-DEL")


async def test_the_page_is_light(client: Client) -> None:
    answer = await client.get("/stations", headers={"Accept-Encoding": "gzip"}, auto_decompress=False)

    assert len(await answer.read()) < 20_000
