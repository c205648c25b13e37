"""Bad input over HTTP: each names the field, the value and the remedy; nothing is stored or mailed."""

import io
import json
from typing import Any

import pytest
from sqlalchemy import text

from jicanet.core.actor import CONSOLE, Scope
from jicanet.people import service as people
from tests.support.reference import COORDINATOR, Site

# What is refused before any database is asked needs no second one.
on_sqlite = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)

SATO = {"role": "lecturer", "name": "Ms Sato", "email": "sato@example.org"}
RIVER = {
    "organisation": "River Institute",
    "city": "Vientiane",
    "zone": "Asia/Vientiane",
    "email": "river@example.org",
}
GOOD: dict[str, Any] = {
    "title": "Good",
    "host": "JPN-TIC",
    "stations": ["KEN-NBO"],
    "start": {"local": "2026-12-09T15:00", "zone": "Asia/Tokyo"},
    "minutes": 60,
}


TABLES = ("session", "seat", "guest_site", "session_person", "outbox", "recipient", "idempotency")


def start(local: str, zone: str = "Asia/Tokyo") -> dict[str, str]:
    return {"local": local, "zone": zone}


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown_station": ({"stations": ["XXX-XXX"]}, "unknown_station", "/stations/0"),
    "doubled_station": ({"stations": ["KEN-NBO", "KEN-NBO"]}, "doubled_station", "/stations/1"),
    "unknown_host": ({"host": "XXX-XXX"}, "unknown_station", "/host"),
    "no_minutes": ({"minutes": 0}, "minutes_out_of_range", "/minutes"),
    "too_many_minutes": ({"minutes": 10_000}, "minutes_out_of_range", "/minutes"),
    "past": ({"start": start("2026-11-30T09:00")}, "start_in_past", "/start/local"),
    "beyond_horizon": ({"start": start("2028-12-09T09:00")}, "start_beyond_horizon", "/start/local"),
    "offset_for_zone": ({"start": start("2026-12-09T15:00", "GMT+3")}, "unknown_zone", "/start/zone"),
    "line_break_in_title": ({"title": "A\r\nBcc: x@example.org"}, "text_not_one_line", "/title"),
    "unknown_material": ({"materials": ["JN-M999"]}, "unknown_material", "/materials/0"),
    "unknown_coordinator": ({"coordinator": "nobody@example.org"}, "unknown_user", "/coordinator"),
    "line_break_in_address": (
        {"people": [{**SATO, "email": "sato@example.org\r\nBcc: x@example.org"}]},
        "bad_address",
        "/people/0/email",
    ),
    "two_people_with_one_address": (
        {"people": [SATO, {**SATO, "name": "Mr Sato", "email": "SATO@Example.org"}]},
        "doubled_person",
        "/people/1/email",
    ),
    "line_break_in_name": (
        {"people": [{**SATO, "name": "Ms\r\nSato"}]},
        "text_not_one_line",
        "/people/0/name",
    ),
    "unknown_zone_of_person": ({"people": [{**SATO, "zone": "Mars/Base"}]}, "unknown_zone", "/people/0/zone"),
    "two_guests_with_one_address": (
        {"guest_sites": [RIVER, {**RIVER, "organisation": "Another", "email": "River@example.ORG"}]},
        "doubled_guest_site",
        "/guest_sites/1/email",
    ),
    "no_city_of_guest": ({"guest_sites": [{**RIVER, "city": " "}]}, "text_empty", "/guest_sites/0/city"),
    "line_break_in_guests_address": (
        {"guest_sites": [{**RIVER, "email": "a@example.org\nb@example.org"}]},
        "bad_address",
        "/guest_sites/0/email",
    ),
    "quorum_of_more_than_sites": ({"quorum": 3}, "quorum_out_of_range", "/quorum"),
    "hold_until_without_hold": ({"hold_until": "2026-12-02T00:00:00Z"}, "only_for_holds", "/hold_until"),
    "hold_until_now": (
        {"status": "hold", "hold_until": "2026-12-01T00:00:00Z"},
        "hold_until_out_of_range",
        "/hold_until",
    ),
    "hold_for_too_long": (
        {"status": "hold", "hold_until": "2026-12-04T00:00:01Z"},
        "hold_until_out_of_range",
        "/hold_until",
    ),
}


async def nothing_happened(site: Site) -> bool:
    def query(db: Any) -> bool:
        counts = [db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES]
        return counts == [0] * len(TABLES)

    return await site.services.database.read(query)


@on_sqlite
@pytest.mark.parametrize(("change", "code", "pointer"), WRONG.values(), ids=WRONG.keys())
async def test_wrong_value_is_named_with_its_field(
    site: Site, change: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await site.book({**GOOD, **change}, **{"Idempotency-Key": "once"})
    problem = await answer.json(content_type=None)
    assert answer.status == 422
    assert answer.content_type == "application/problem+json"
    assert problem["code"] == code, problem
    assert problem["status"] == 422
    error = problem["errors"][0]
    assert error["pointer"].startswith(pointer), problem
    assert len(error["detail"]) > 20
    assert "value" in error
    assert await nothing_happened(site)


@on_sqlite
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"minutes": True}, "/minutes"),
        ({"minutes": "60"}, "/minutes"),
        ({"minutes": 60.5}, "/minutes"),
        ({"colour": "red"}, "/colour"),
        ({"title": "x" * 10_000}, "/title"),
        ({"title": None}, "/title"),
        ({"start": "2026-12-09T15:00"}, "/start"),
        ({"start": start("2026-12-09T15:00:00Z")}, "/start/local"),
        ({"start": {"local": "2026-12-09T15:00", "zone": "Asia/Tokyo", "fold": 2}}, "/start/fold"),
        ({"stations": "KEN-NBO"}, "/stations"),
        ({"visibility": "secret"}, "/visibility"),
        ({"people": [{"role": "lecturer", "name": "Ms Sato"}]}, "/people/0/email"),
        ({"guest_sites": [{"organisation": "A", "city": "B", "email": "a@b.example"}]}, "/guest_sites/0/zone"),
        ({"series": []}, "/series"),
        ({"override": {"reason": "Must be"}}, "/override"),
        ({"status": "cancelled"}, "/status"),
        ({"status": "needs-attention"}, "/status"),
        ({"quorum": 0}, "/quorum"),
        ({"recording": 1}, "/recording"),
        ({"hold_until": "2026-12-02"}, "/hold_until"),
    ],
    ids=[
        "true_for_number", "text_for_number", "fraction", "unknown_field", "long_title", "null_title",
        "start_as_text", "instant_for_wall_time", "fold_two", "stations_as_text", "visibility",
        "person_without_address", "guest_without_zone", "field_of_a_later_version",
        "override_of_a_later_version", "status_that_ends", "status_that_is_derived", "no_quorum",
        "number_for_true", "hold_until_a_date",
    ],
)  # fmt: skip
async def test_wrong_shape_is_named_with_its_field(site: Site, change: dict[str, Any], pointer: str) -> None:
    answer = await site.book({**GOOD, **change})
    problem = await answer.json(content_type=None)
    assert answer.status == 422, problem
    assert any(error["pointer"].startswith(pointer) for error in problem["errors"]), problem
    assert await nothing_happened(site)


@on_sqlite
async def test_missing_host_is_named(site: Site) -> None:
    body = {name: value for name, value in GOOD.items() if name != "host"}
    answer = await site.book(body)
    problem = await answer.json(content_type=None)
    assert answer.status == 422
    assert problem["errors"][0]["pointer"] == "/host"
    assert await nothing_happened(site)


@on_sqlite
async def test_huge_body_is_refused_unread(site: Site) -> None:
    answer = await site.client.post(
        "/api/v1/sessions",
        data=io.BytesIO(json.dumps({**GOOD, "purpose": "x" * 10_000_000}).encode()),
        headers={**site.headers, "Content-Type": "application/json"},
    )
    problem = await answer.json(content_type=None)
    assert (answer.status, problem["code"]) == (413, "body_too_large")
    assert await nothing_happened(site)


@on_sqlite
async def test_no_token_is_asked_to_sign_in_before_the_body_is_judged(site: Site) -> None:
    answer = await site.client.post("/api/v1/sessions", json={"nonsense": True})
    problem = await answer.json(content_type=None)
    assert (answer.status, problem["code"]) == (401, "sign_in_needed")
    assert "WWW-Authenticate" in answer.headers
    assert await nothing_happened(site)


async def test_unknown_token_is_refused_and_not_echoed(site: Site) -> None:
    answer = await site.client.post(
        "/api/v1/sessions", json=GOOD, headers={"Authorization": "Bearer jnt_nobody-knows-this-one"}
    )
    assert answer.status == 401
    assert "nobody-knows" not in await answer.text()
    assert await nothing_happened(site)


async def test_token_without_the_scope_is_refused(site: Site) -> None:
    reader = await people.create_token(
        site.services, CONSOLE, email=COORDINATOR, scopes=[Scope.SESSIONS_READ], name="reader"
    )
    headers = {"Authorization": f"Bearer {reader}"}
    refused = await site.client.post("/api/v1/sessions", json=GOOD, headers=headers)
    problem = await refused.json(content_type=None)
    assert (refused.status, problem["code"]) == (403, "not_permitted")
    assert "jicanet token create --user EMAIL --scope sessions:write" in problem["detail"]
    assert (await site.client.get("/api/v1/sessions", headers=headers)).status == 200
    assert await nothing_happened(site)


async def test_revoked_feed_answers_as_an_unknown_one(site: Site) -> None:
    opened = await site.client.post(
        "/api/v1/feeds", json={"kind": "station", "value": "KEN-NBO"}, headers=site.headers
    )
    feed = await opened.json()
    path = feed["url"].removeprefix("http://jicanet.test")
    assert (await site.client.get(path)).status == 200
    closed = await site.client.delete(f"/api/v1/feeds/{feed['id']}", headers=site.headers)
    assert closed.status == 204
    revoked = await site.client.get(path)
    unknown = await site.client.get("/feeds/nobody-knows-this-address.ics")
    assert (revoked.status, unknown.status) == (404, 404)
    assert _without_request(await revoked.text()) == _without_request(await unknown.text())
    assert path.removeprefix("/feeds/").removesuffix(".ics") not in await revoked.text()


def _without_request(body: str) -> str:
    """Return a problem without the id of its own request, the one thing that may differ."""
    document = json.loads(body)
    document.pop("request_id", None)
    document.pop("instance", None)
    return json.dumps(document, sort_keys=True)


async def test_same_key_with_another_body_is_refused(site: Site) -> None:
    key = {"Idempotency-Key": "once"}
    assert (await site.book(GOOD, **key)).status == 201
    again = await site.book({**GOOD, "title": "Other"}, **key)
    problem = await again.json(content_type=None)
    assert (again.status, problem["code"]) == (422, "idempotency_key_reused")


async def test_refusal_is_judged_again_under_the_same_key(site: Site) -> None:
    first = await (await site.book(GOOD)).json()
    key = {"Idempotency-Key": "again"}
    rival = {**GOOD, "host": "JPN-HQ"}
    assert (await site.book(rival, **key)).status == 409
    later = {**rival, "start": start("2026-12-10T15:00")}
    # Only a success is kept: the key is free for whatever succeeds first.
    assert (await site.book(later, **key)).status == 201
    assert first["ref"] != (await (await site.book(later, **key)).json())["ref"]
