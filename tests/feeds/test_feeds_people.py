"""Who opens, lists and revokes which feeds."""

from collections.abc import Iterable
from typing import Any

from jicanet.core.actor import CONSOLE, Role, Scope
from jicanet.people import service as people
from tests.support.feeds import booked, feed
from tests.support.reference import Site
from tests.support.sessions import user

NAIROBI, HANOI = "KEN-NBO", "VNM-HAN"


async def signed(
    site: Site, name: str, *roles: Role, stations: Iterable[str] = (), scope: Scope = Scope.ALL
) -> dict[str, str]:
    """Return the headers of a user with these roles and stations."""
    email = f"{name}@example.org"
    await user(site.services, email, roles=roles, stations=stations)
    token = await people.create_token(site.services, CONSOLE, email=email, scopes=[scope], name="tests")
    return {"Authorization": f"Bearer {token}"}


async def ask(site: Site, headers: dict[str, str], station: str, **more: Any) -> tuple[int, Any]:
    answer = await site.client.post(
        "/api/v1/feeds", json={"kind": "station", "value": station, **more}, headers=headers
    )
    return answer.status, await answer.json()


async def listed(site: Site, headers: dict[str, str], query: str = "") -> Any:
    answer = await site.client.get(f"/api/v1/feeds{query}", headers=headers)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def test_an_operator_and_a_centre_manage_the_feeds_of_their_own_stations(site: Site) -> None:
    operator = await signed(site, "wanjiru", Role.OPERATOR, stations=[NAIROBI])
    centre = await signed(site, "linh", Role.CENTRE_COORDINATOR, stations=[HANOI])
    assert (await ask(site, operator, HANOI))[0] == 403
    assert (await ask(site, centre, NAIROBI, private=True))[0] == 403
    status, of_nairobi = await ask(site, operator, NAIROBI, private=True)
    assert status == 201
    status, of_hanoi = await ask(site, centre, HANOI, language="ja")
    assert status == 201
    status, of_tokyo = await ask(site, site.headers, "JPN-TIC")
    assert status == 201

    def ids(answer: Any) -> list[int]:
        return [item["id"] for item in answer["items"]]

    assert ids(await listed(site, operator)) == [of_nairobi["id"]]
    assert ids(await listed(site, centre)) == [of_hanoi["id"]]
    assert ids(await listed(site, site.headers)) == [of_nairobi["id"], of_hanoi["id"], of_tokyo["id"]]
    foreign = await site.client.delete(f"/api/v1/feeds/{of_hanoi['id']}", headers=operator)
    assert foreign.status == 403
    own = await site.client.delete(f"/api/v1/feeds/{of_nairobi['id']}", headers=operator)
    assert own.status == 204
    assert await listed(site, operator) == {"items": [], "next": None}
    gone = await site.client.get(of_nairobi["url"].removeprefix("http://jicanet.test"))
    assert gone.status == 404


async def test_a_list_tells_what_a_feed_is_and_never_its_address(site: Site) -> None:
    _, opened = await ask(site, site.headers, NAIROBI, private=True, language="ja")
    answer = await listed(site, site.headers)
    [item] = answer["items"]
    assert item.pop("created_by").startswith("coordinator@jicanet.localhost")
    assert item == {
        "id": opened["id"],
        "kind": "station",
        "value": NAIROBI,
        "language": "ja",
        "private": True,
        "created_at": "2026-12-01T00:00:00Z",
    }
    secret = opened["url"].rpartition("/")[2].removesuffix(".ics")
    assert secret not in str(answer)


async def test_a_list_goes_on_where_it_ended(site: Site) -> None:
    ids = [(await ask(site, site.headers, NAIROBI))[1]["id"] for _ in range(3)]
    first = await listed(site, site.headers, "?limit=2")
    assert [item["id"] for item in first["items"]] == ids[:2]
    rest = await site.get(first["next"])
    assert [item["id"] for item in (await rest.json())["items"]] == ids[2:]
    assert (await rest.json())["next"] is None
    for query in ("?limit=0", "?limit=201", "?after=-1", "?after=x", "?mine=1"):
        assert (await site.get(f"/api/v1/feeds{query}")).status == 422


async def test_others_manage_none(site: Site) -> None:
    lecturer = await signed(site, "sato", Role.LECTURER, stations=[NAIROBI])
    reader = await signed(site, "mori", Role.COORDINATOR, scope=Scope.SESSIONS_READ)
    for headers in (lecturer, reader):
        assert (await ask(site, headers, NAIROBI))[0] == 403
        assert (await site.client.get("/api/v1/feeds", headers=headers)).status == 403
    assert (await site.client.get("/api/v1/feeds")).status == 401
    program = await signed(site, "feeder", Role.COORDINATOR, scope=Scope.FEEDS_WRITE)
    assert (await ask(site, program, NAIROBI))[0] == 201


async def test_private_is_true_or_false(site: Site) -> None:
    for given in (1, "true", 0):
        status, problem = await ask(site, site.headers, NAIROBI, private=given)
        assert (status, problem["errors"][0]["pointer"]) == (422, "/private")
    for kind in ("network", "person", "region"):
        status, problem = await ask(site, site.headers, NAIROBI, kind=kind)
        assert (status, problem["errors"][0]["pointer"]) == (422, "/kind")


async def test_an_address_opens_until_it_is_revoked_whatever_becomes_of_whoever_opened_it(site: Site) -> None:
    await booked(site)
    operator = await signed(site, "wanjiru", Role.OPERATOR, stations=[NAIROBI])
    _, opened = await ask(site, operator, NAIROBI)
    await people.disable_user(site.services, CONSOLE, "wanjiru@example.org")
    assert (await site.client.get("/api/v1/feeds", headers=operator)).status == 401
    path = opened["url"].removeprefix("http://jicanet.test")
    assert (await site.client.get(path)).status == 200
    [item] = (await listed(site, site.headers))["items"]
    assert item["created_by"].startswith("wanjiru@example.org")
    await site.client.delete(f"/api/v1/feeds/{item['id']}", headers=site.headers)
    assert (await site.client.get(path)).status == 404


async def test_two_feeds_of_a_station_show_each_its_own(site: Site) -> None:
    await booked(site, visibility="participants")
    private, public = await feed(site, private=True), await feed(site)
    for _ in range(2):  # the second time from what is kept
        assert "Kaizen" in str((await private.read()).only()["SUMMARY"])
        assert "Kaizen" not in str((await public.read()).only()["SUMMARY"])
