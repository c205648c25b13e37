"""A session's calendar file says what was so when the session was last changed (RFC 5545 3.8.7.2)."""

from sqlalchemy import Connection, update

from jicanet.catalog.tables import material, material_text
from jicanet.scheduler import api
from jicanet.services import Services
from jicanet.stations.tables import station
from tests.support.sessions import found_network, shelve, user
from tests.support.web import known_as, serving

SESSIONS = "/api/v1/sessions"
BODY = {
    "title": "Remote Sensing, day 4",
    "host": "JPN-TIC",
    "stations": ["VNM-HAN"],
    "start": {"local": "2026-12-16T15:00", "zone": "Asia/Tokyo"},
    "minutes": 90,
    "materials": ["JN-M001", "JN-M002"],
}


async def test_the_file_stays_as_it_is_when_library_and_network_change(services: Services) -> None:
    await found_network(services)
    await shelve(services)
    hana = await user(services)

    def edit(db: Connection) -> None:
        db.execute(update(material).values(url="https://library.example/moved"))
        db.execute(update(material_text).values(title="Another title"))
        db.execute(update(station).values(name_en="Another name", zone="Asia/Kathmandu"))

    async with serving(api.ROUTES, services=services, recognise=known_as(hana)) as client:
        path = f"{SESSIONS}/{(await (await client.post(SESSIONS, json=BODY)).json())['ref']}"
        before = await (await client.get(f"{path}.ics")).read()
        await services.database.write(edit)
        after = await (await client.get(f"{path}.ics")).read()
        shown = (await (await client.get(path)).json())["materials"]

    assert after == before
    assert (b"ATTACH" in after, b"moved" in after) == (True, False)
    assert {each["url"] for each in shown} == {"https://library.example/moved"}
