"""Sessions over JSON: bodies, headers, refusals and shapes as scripts rely on them (interfaces.md)."""

import re
from collections.abc import AsyncIterator
from typing import Any

import icalendar
import pytest
from sqlalchemy import Connection, update

from jicanet.core.actor import STRANGER, Actor
from jicanet.scheduler import api
from jicanet.scheduler.forms import CheckOut, LinkListOut, LinkOut, SessionListOut, SessionOut
from jicanet.services import Services
from jicanet.stations.tables import station as stations
from tests.support.sessions import counts, found_network, shelve, user
from tests.support.web import Client, known_as, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SESSIONS = "/api/v1/sessions"
GOOD: dict[str, Any] = {
    "title": "Remote Sensing, day 4",
    "host": "JPN-TIC",
    "stations": ["VNM-HAN", {"code": "KEN-NBO", "role": "sending", "required": True}],
    "start": {"local": "2026-12-16T15:00", "zone": "Asia/Tokyo"},
    "minutes": 90,
    "setup_minutes": 15,
    "purpose": "Line one\r\nline two",
    "kind": "course-day",
    "department": "Training",
    "programme": {"scheme": "kccp", "countries": ["VN", "KE"], "stage": 5},
    "visibility": "public",
    "languages": ["en", "pt-BR"],
    "materials": [
        "JN-M002",
        {"material": "JN-M001", "kind": "shown", "start": 5, "end": 35},
    ],
    "join": {"url": "https://meet.example/1?a=b", "sip": "1@bridge.example", "pin": "4071"},
}


@pytest.fixture
async def hana(services: Services) -> Actor:
    await found_network(services)
    await shelve(services)
    return await user(services)


@pytest.fixture
async def client(services: Services, hana: Actor) -> AsyncIterator[Client]:
    async with serving(api.ROUTES, services=services, recognise=known_as(hana)) as client:
        yield client


@pytest.fixture
async def stranger(services: Services, hana: Actor) -> AsyncIterator[Client]:  # noqa: ARG001 - founds the network
    async with serving(api.ROUTES, services=services, recognise=known_as(STRANGER)) as client:
        yield client


async def booked(client: Client, **changes: Any) -> dict[str, Any]:
    answer = await client.post(SESSIONS, json={**GOOD, **changes})
    body: dict[str, Any] = await answer.json(content_type=None)
    assert answer.status == 201, body
    return body


async def test_booking_answers_201_with_location_etag_and_every_field(client: Client) -> None:
    answer = await client.post(SESSIONS, json=GOOD)
    body = await answer.json()
    assert answer.status == 201
    assert answer.headers["Location"] == f"{SESSIONS}/JN-2026-000001"
    assert answer.headers["ETag"] == '"1"'
    SessionOut.model_validate_json(await answer.read())
    given_back = {
        name: body[name] for name in GOOD if name not in {"stations", "start", "materials", "purpose"}
    }
    assert given_back == {
        **{name: GOOD[name] for name in given_back},
        "programme": {**GOOD["programme"], "agency": ""},
        "join": {**GOOD["join"], "h323": ""},
    }
    assert body["purpose"] == "Line one\nline two"
    assert body["stations"] == [
        {"code": "JPN-TIC", "role": "sending", "required": True},
        {"code": "VNM-HAN", "role": "receiving", "required": False},
        {"code": "KEN-NBO", "role": "sending", "required": True},
    ]
    assert body["start"] == {**GOOD["start"], "fold": 0}
    shown = [(link["material"], link["kind"], link["start"], link["end"]) for link in body["materials"]]
    assert shown == [("JN-M002", "pre-viewing", None, None), ("JN-M001", "shown", 5, 35)]


async def test_what_get_gives_back_can_be_posted_again(client: Client) -> None:
    body = await booked(client)
    again = {name: value for name, value in body.items() if name in {*GOOD, "status", "coordinator"}}
    again["materials"] = [
        {name: link[name] for name in ("material", "kind", "start", "end", "language", "required")}
        for link in body["materials"]
    ]
    again["start"] = {**body["start"], "local": "2026-12-17T15:00"}
    second = await booked(client, **again)
    changing = {"ref", "start", "starts_at", "ends_at", "seats", "materials", "created_at", "changed_at"}
    assert {k: v for k, v in second.items() if k not in changing} == {
        k: v for k, v in body.items() if k not in changing
    }


async def test_get_and_head_show_the_session_with_its_etag(client: Client) -> None:
    body = await booked(client)
    answer = await client.get(f"{SESSIONS}/{body['ref']}")
    waiting = [
        {"stations": [each["code"]], "others": [], "state": "owed", "words": ""} for each in body["stations"]
    ]
    shown = {**body, "deliveries": waiting}
    assert (answer.status, answer.headers["ETag"], await answer.json()) == (200, '"1"', shown)
    head = await client.head(f"{SESSIONS}/{body['ref']}")
    assert (head.status, head.headers["ETag"], await head.read()) == (200, '"1"', b"")


async def test_a_twin_answers_with_the_same_bytes(client: Client, services: Services) -> None:
    headers = {"Idempotency-Key": "one-key"}
    first = await client.post(SESSIONS, json=GOOD, headers=headers)
    again = await client.post(SESSIONS, json=GOOD, headers=headers)
    assert (again.status, await again.read()) == (201, await first.read())
    assert again.headers["Location"] == first.headers["Location"]
    rows = await counts(services)
    assert (rows["session"], rows["outbox"]) == (1, 3)


@pytest.mark.parametrize("query", ["", "?check=1"], ids=["booked", "checked"])
@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 201])
async def test_a_key_is_1_to_200_visible_characters(client: Client, key: str, query: str) -> None:
    answer = await client.post(SESSIONS + query, json=GOOD, headers={"Idempotency-Key": key})
    assert (answer.status, (await answer.json(content_type=None))["code"]) == (422, "bad_idempotency_key")


async def test_a_rival_is_refused_as_a_problem_that_lists_what_clashes(client: Client) -> None:
    body = await booked(client)
    answer = await client.post(SESSIONS, json={**GOOD, "host": "PER-LIM", "stations": ["VNM-HAN"]})
    problem = await answer.json(content_type=None)
    assert (answer.status, answer.content_type) == (409, "application/problem+json")
    assert (problem["code"], problem["status"]) == ("station_busy", 409)
    assert problem["conflicts"] == [
        {
            "code": "station_busy",
            "station": "VNM-HAN",
            "local_start": "2026-12-16T12:45:00+07:00",
            "local_end": "2026-12-16T14:30:00+07:00",
            "zone": "Asia/Ho_Chi_Minh",
            "ref": body["ref"],
            "title": GOOD["title"],
            "detail": "Hanoi (VNM-HAN) is taken from Wed 2026-12-16 12:45 to 14:30 by its own clock "
            f"(Asia/Ho_Chi_Minh), by {body['ref']}: {GOOD['title']}.",
        }
    ]


async def test_check_judges_and_stores_nothing(client: Client, services: Services) -> None:
    before = await counts(services)
    answer = await client.post(f"{SESSIONS}?check=1", json=GOOD)
    judged = CheckOut.model_validate_json(await answer.read())
    assert answer.status == 200
    assert [notice.recipient for notice in judged.notices] == [["JPN-TIC"], ["VNM-HAN"], ["KEN-NBO"]]
    assert "example.org" not in await answer.text()
    assert await counts(services) == before
    assert (await client.post(f"{SESSIONS}?check=0", json=GOOD)).status == 201
    CheckOut.model_validate_json(await (await client.post(f"{SESSIONS}?check=1", json=GOOD)).read())


async def test_check_says_each_subject_in_the_language_of_its_mail(
    client: Client, services: Services
) -> None:
    def speak_japanese(db: Connection) -> None:
        db.execute(update(stations).where(stations.c.code == "JPN-TIC").values(languages=["ja", "en"]))

    await services.database.write(speak_japanese)
    judged = CheckOut.model_validate_json(await (await client.post(f"{SESSIONS}?check=1", json=GOOD)).read())
    assert [notice.subject for notice in judged.notices] == [
        "12/16（水）15:00 東京：Remote Sensing, day 4",
        "Wed 16 Dec 13:00 Hanoi: Remote Sensing, day 4",
        "Wed 16 Dec 09:00 Nairobi: Remote Sensing, day 4",
    ]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"start": {"local": "2026-12-16 15:00", "zone": "Asia/Tokyo"}}, "/start/local", "bad_local_time"),
        ({"start": {"local": "2026-12-16T15:00+09:00", "zone": "Asia/Tokyo"}}, "/start/local", "bad_local_time"),
        ({"start": {"local": "2026-11-31T15:00", "zone": "Asia/Tokyo"}}, "/start/local", "bad_local_time"),
        ({"start": {"local": "2026-12-16T24:00", "zone": "Asia/Tokyo"}}, "/start/local", "bad_local_time"),
        ({"start": {"local": "2026-12-16T15:00:30", "zone": "Asia/Tokyo"}}, "/start/local", "bad_local_time"),
        ({"start": {"local": "9999-12-31T23:59", "zone": "America/Lima"}}, "/start/local", "start_beyond_horizon"),
        ({"start": {**GOOD["start"], "fold": False}}, "/start/fold", "wrong_type"),
        ({"start": {**GOOD["start"], "fold": 2}}, "/start/fold", "too_large"),
        ({"languages": ["English"]}, "/languages/0", "bad_language"),
        ({"programme": {"scheme": "kccp", "countries": ["XX"]}}, "/programme/countries/0", "unknown_country"),
        ({"programme": {"scheme": "kccp", "stage": 7}}, "/programme/stage", "too_large"),
        ({"programme": {"scheme": "odd"}}, "/programme/scheme", "not_a_choice"),
        ({"join": {"url": "javascript:alert(1)"}}, "/join/url", "bad_web_address"),
        ({"join": {"url": "https://a.example/ b"}}, "/join/url", "bad_web_address"),
        ({"join": {"pin": "1\n2"}}, "/join/pin", "text_not_one_line"),
        ({"kind": "party"}, "/kind", "not_a_choice"),
        ({"stations": [{"code": "VNM-HAN", "role": "watching"}]}, "/stations/0/role", "not_a_choice"),
        ({"stations": [{"code": "VNM-HAN", "requires": True}]}, "/stations/0/requires", "unknown_field"),
        ({"stations": [5]}, "/stations/0", "wrong_type"),
        ({"materials": [{"material": "JN-M001"}]}, "/materials/0/kind", "missing"),
        ({"materials": [{"material": "JN-M001", "kind": "slides", "start": 1}]}, "/materials/0/start", "only_for_shown"),
        ({"coordinator": "hana@example.org\nBcc: x@y.example"}, "/coordinator", "bad_address"),
        ({"host": "x" * 100_000}, "/host", "unknown_station"),
        ({"minutes": 10**40}, "/minutes", "minutes_out_of_range"),
        ({"guest_sites": [{}]}, "/guest_sites/0/organisation", "missing"),
        ({"hold_until": "2026-12-16T06:00:00Z"}, "/hold_until", "only_for_holds"),
        ({"hold_until": "2026-12-16T06:00"}, "/hold_until", "bad_instant"),
        ({"series": []}, "/series", "unknown_field"),
        ({"title": "a\x00b"}, "/title", "unstorable_text"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("/") else "",
)  # fmt: skip
async def test_what_is_wrong_is_named_by_field_and_code(
    client: Client, services: Services, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await client.post(SESSIONS, json={**GOOD, **change})
    problem = await answer.json(content_type=None)
    assert answer.status == 422, problem
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in problem["errors"]], problem
    assert (await counts(services))["session"] == 0


async def test_strangers_read_public_sessions_without_the_way_in(client: Client, services: Services) -> None:
    public, private = (
        await booked(client),
        await booked(client, visibility="network", start={"local": "2026-12-17T15:00", "zone": "Asia/Tokyo"}),
    )
    async with serving(api.ROUTES, services=services, recognise=known_as(STRANGER)) as stranger:
        seen = await (await stranger.get(f"{SESSIONS}/{public['ref']}")).json()
        assert "no_mailbox" in [warning["code"] for seat in public["seats"] for warning in seat["warnings"]]
        seats = [
            {**seat, "warnings": [each for each in seat["warnings"] if each["code"] != "no_mailbox"]}
            for seat in public["seats"]
        ]
        assert seen == {**public, "join": None, "coordinator": None, "seats": seats}
        hidden = await stranger.get(f"{SESSIONS}/{private['ref']}")
        unknown = await stranger.get(f"{SESSIONS}/JN-2026-999999")
        assert (hidden.status, unknown.status) == (404, 404)
        listed = await (await stranger.get(SESSIONS)).json()
        assert [item["ref"] for item in listed["items"]] == [public["ref"]]
        calendar = await (await stranger.get(f"{SESSIONS}/{public['ref']}.ics")).text()
        assert "meet.example" not in calendar
        assert (await stranger.post(SESSIONS, json=GOOD)).status == 401


async def test_the_calendar_file_may_be_passed_on(client: Client) -> None:
    body = await booked(client, title="Comma, semicolon; and \\ backslash")
    answer = await client.get(f"{SESSIONS}/{body['ref']}.ics")
    content = await answer.read()
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{body["ref"]}.ics"'
    calendar = icalendar.Calendar.from_ical(content)
    event = calendar.events[0]
    assert str(event["SUMMARY"]) == "Comma, semicolon; and \\ backslash"
    assert event.start.isoformat() == "2026-12-16T06:00:00+00:00"
    assert event.end.isoformat() == "2026-12-16T07:30:00+00:00"
    assert str(event["URL"]) == GOOD["join"]["url"]
    assert re.fullmatch(r"00000000-0000-4000-8000-0{9}\d{3}", str(event["UID"]))
    attached: Any = event["ATTACH"]
    assert [str(address) for address in attached] == [
        "http://jicanet.test/library/JN-M002",
        "https://library.example/1",
    ]
    description = str(event["DESCRIPTION"])
    assert "- JICA Nairobi: Wed 16 Dec, 09:00–10:30, UTC+03:00" in description
    assert not {"METHOD", "ORGANIZER", "ATTENDEE"} & {*calendar, *event}
    assert b"answer" not in content
    assert (await (await client.get(f"{SESSIONS}/{body['ref']}.ics")).read()) == content
    assert (await client.get(f"{SESSIONS}/JN-2026-999999.ics")).status == 404


async def test_the_calendar_file_speaks_the_viewers_language(client: Client) -> None:
    ref = (await booked(client))["ref"]
    answer = await client.get(f"{SESSIONS}/{ref}.ics", headers={"Accept-Language": "ja"})
    description = str(icalendar.Calendar.from_ical(await answer.read()).events[0]["DESCRIPTION"])
    assert "12月16日（水）" in description
    assert "Wed 16 Dec" not in description


async def test_list_takes_dates_of_a_zone_and_instants(client: Client) -> None:
    await booked(client)

    async def found(query: str) -> int:
        answer = await client.get(f"{SESSIONS}?{query}")
        assert answer.status == 200, await answer.text()
        return len(SessionListOut.model_validate_json(await answer.read()).items)

    assert await found("from=2026-12-16&to=2026-12-17") == 1
    assert await found("from=2026-12-17") == 0
    # 15:00 in Tokyo is 06:00 in UTC and still the 15th in Honolulu.
    assert await found("from=2026-12-15&to=2026-12-16&zone=Pacific/Honolulu") == 1
    assert await found("from=2026-12-16&to=2026-12-17&zone=Pacific/Honolulu") == 0
    assert await found("from=2026-12-16T07:30:00Z") == 0
    assert await found("from=2026-12-16T16:29:59%2B09:00&to=2026-12-16T07:30:00Z") == 1
    assert await found("from=2026-12-16T16:29:59+09:00") == 1
    assert await found("q=remote&station=KEN-NBO&status=confirmed&limit=200") == 1


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("from=yesterday", "from", "bad_range"),
        ("from=2026-12-16T06:00:00", "from", "bad_range"),
        ("to=9999-12-31", "to", "bad_range"),
        ("from=2026-12-16&to=2026-12-16", "to", "empty_range"),
        ("zone=GMT%2B3", "zone", "unknown_zone"),
        ("station=XXX-1", "station", "unknown_station"),
        ("status=held", "status", "not_a_choice"),
        ("limit=0", "limit", "too_small"),
        ("limit=201", "limit", "too_large"),
        ("after=made-up", "after", "bad_cursor"),
        ("after=99999999999.1", "after", None),
        ("colour=red", "colour", "unknown_field"),
    ],
)
async def test_a_bad_query_is_named_by_parameter(
    client: Client, query: str, pointer: str, code: str | None
) -> None:
    answer = await client.get(f"{SESSIONS}?{query}")
    if code is None:
        assert answer.status == 200
        return
    problem = await answer.json(content_type=None)
    assert answer.status == 422
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]


async def test_list_pages_by_relative_addresses(client: Client) -> None:
    for day in (14, 15, 16):
        await booked(client, start={"local": f"2026-12-{day}T15:00", "zone": "Asia/Tokyo"})
    refs, path = [], f"{SESSIONS}?from=2026-12-14&limit=2&q=remote"
    while path:
        assert path.startswith("/api/v1/")
        part = await (await client.get(path)).json()
        refs += [item["ref"] for item in part["items"]]
        path = part["next"]
    assert refs == ["JN-2026-000001", "JN-2026-000002", "JN-2026-000003"]


async def test_materials_are_tied_listed_and_untied(client: Client) -> None:
    body = await booked(client, materials=[])
    path = f"{SESSIONS}/{body['ref']}/materials"
    local = "2026-12-16T15:05"
    asked = {"material": "JN-M001", "kind": "shown", "start": local, "language": "ja", "required": True}
    added = await client.post(path, json=asked)
    link = LinkOut.model_validate_json(await added.read())
    assert (added.status, added.headers["ETag"]) == (201, '"2"')
    assert added.headers["Location"] == f"{path}/{link.id}"
    assert (link.start, link.end, link.language, link.required) == (5, None, "ja", True)
    listed = LinkListOut.model_validate_json(await (await client.get(path)).read())
    assert listed.items == [link]
    session = await (await client.get(f"{SESSIONS}/{body['ref']}")).json()
    assert (session["sequence"], session["revision"], len(session["materials"])) == (0, 2, 1)
    assert (await client.delete(f"{path}/{link.id}")).status == 204
    for wrong in (str(link.id), "x", "9" * 30):
        assert (await client.delete(f"{path}/{wrong}")).status == 404


async def test_a_link_that_makes_no_sense_is_named_by_its_own_field(client: Client) -> None:
    body = await booked(client)
    for asked, pointer, code in (
        ({"material": "NONE", "kind": "slides"}, "/material", "unknown_material"),
        ({"material": "JN-M002", "kind": "pre-viewing"}, "/material", "doubled_material"),
        ({"material": "JN-M002", "kind": "shown", "end": 5}, "/end", "end_before_start"),
        ({"material": "JN-M002", "kind": "shown", "start": True}, "/start", "wrong_type"),
        ({"material": "JN-M002"}, "/kind", "missing"),
    ):
        answer = await client.post(f"{SESSIONS}/{body['ref']}/materials", json=asked)
        problem = await answer.json(content_type=None)
        assert (answer.status, problem["errors"][0]["pointer"], problem["errors"][0]["code"]) == (
            422,
            pointer,
            code,
        ), problem
