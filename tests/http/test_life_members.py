"""Objects within a change are merged member by member (RFC 7396, JSON Merge Patch)."""

from typing import Any

import pytest

from tests.support.reference import Site

BODY = {
    "title": "A session",
    "host": "JPN-TIC",
    "stations": ["VNM-HAN"],
    "start": {"local": "2026-12-08T15:00", "zone": "Asia/Tokyo"},
    "minutes": 60,
    "join": {"url": "https://meet.example.org/1", "pin": "4071"},
}
PROGRAMME = {"scheme": "kccp", "countries": ["KE"], "agency": "Ministry", "stage": 5}


async def changed(site: Site, ref: str, patch: dict[str, Any]) -> dict[str, Any]:
    async with site.client.patch(
        f"/api/v1/sessions/{ref}", json=patch, headers={**site.headers, "If-Match": "*"}
    ) as answer:
        document: dict[str, Any] = await answer.json()
    return document


@pytest.fixture
async def ref(site: Site) -> str:
    async with site.client.post("/api/v1/sessions", json=BODY, headers=site.headers) as answer:
        document: dict[str, Any] = await answer.json()
    found: str = document["ref"]
    return found


async def test_a_new_pin_leaves_the_address_and_null_takes_a_member_away(site: Site, ref: str) -> None:
    known = (await changed(site, ref, {"join": {"pin": "5555"}}))["join"]
    assert known == {"url": "https://meet.example.org/1", "sip": "", "h323": "", "pin": "5555"}
    known = (await changed(site, ref, {"join": {"url": None, "sip": "1@bridge.example"}}))["join"]
    assert known == {"url": "", "sip": "1@bridge.example", "h323": "", "pin": "5555"}
    known = (await changed(site, ref, {"join": None}))["join"]
    assert known == {"url": "", "sip": "", "h323": "", "pin": ""}


async def test_a_programme_is_merged_and_begins_with_its_scheme(site: Site, ref: str) -> None:
    refused = await changed(site, ref, {"programme": {"agency": "Ministry"}})
    assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [
        ("/programme/scheme", "field_needed")
    ]
    assert (await changed(site, ref, {"programme": PROGRAMME}))["programme"] == PROGRAMME
    known = (await changed(site, ref, {"programme": {"stage": 6, "countries": None}}))["programme"]
    assert known == {**PROGRAMME, "stage": 6, "countries": []}
    refused = await changed(site, ref, {"programme": {"scheme": None}})
    assert refused["errors"][0]["pointer"] == "/programme/scheme"
    assert (await changed(site, ref, {"programme": None}))["programme"] is None
