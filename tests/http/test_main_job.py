"""The main job from outside: one booking into every site's clock, mail, calendar and materials."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest

from jicanet.app import renderers
from jicanet.mail.delivery import deliver
from tests.support.reference import Site

COURSE_DAY: Mapping[str, Any] = {
    "title": "Remote Sensing and GIS, day 4",
    "kind": "course-day",
    "host": "JPN-TIC",
    "stations": ["KEN-NBO", {"code": "LKA-CMB", "required": True}, "THA-BKK"],
    "start": {"local": "2026-12-09T15:00", "zone": "Asia/Tokyo"},
    "minutes": 210,
    "setup_minutes": 15,
    "visibility": "public",
    "languages": ["en"],
    "programme": {"scheme": "kccp", "countries": ["KE", "LK", "TH"], "stage": 5},
    "materials": ["JN-M025", {"material": "JN-M026", "kind": "shown", "start": 5, "end": 35}],
    "join": {"url": "https://meet.example.org/course", "pin": "4071"},
}


def local_times(session: Mapping[str, Any]) -> dict[str, str]:
    return {seat["station"]: seat["local_start"] for seat in session["seats"]}


async def test_course_day_is_booked_in_every_sites_local_time(site: Site) -> None:
    answer = await site.book(dict(COURSE_DAY))
    session = await answer.json()
    assert answer.status == 201, session
    assert answer.headers["Location"] == f"/api/v1/sessions/{session['ref']}"
    assert answer.headers["ETag"] == f'"{session["revision"]}"'
    assert session["ref"].startswith("JN-2026-")
    assert session["status"] == "confirmed"
    assert session["starts_at"] == "2026-12-09T06:00:00Z"
    assert session["ends_at"] == "2026-12-09T09:30:00Z"
    assert local_times(session) == {
        "JPN-TIC": "2026-12-09T15:00:00+09:00",
        "THA-BKK": "2026-12-09T13:00:00+07:00",
        "LKA-CMB": "2026-12-09T11:30:00+05:30",
        "KEN-NBO": "2026-12-09T09:00:00+03:00",
    }
    required = {seat["station"]: seat["required"] for seat in session["seats"]}
    assert required == {"JPN-TIC": True, "THA-BKK": False, "LKA-CMB": True, "KEN-NBO": False}
    tokyo = next(seat for seat in session["seats"] if seat["station"] == "JPN-TIC")
    # 14:45-18:30 against an office that closes at 17:45.
    assert tokyo["minutes_outside"] == 45
    assert [warning["code"] for warning in tokyo["warnings"]] == ["outside_hours", "no_mailbox"]
    again = await (await site.get(f"/api/v1/sessions/{session['ref']}")).json()
    assert [mail["state"] for mail in again.pop("deliveries")] == ["owed"] * 4
    assert again == session


async def test_course_day_reaches_every_station_once_with_its_material(site: Site) -> None:
    mailer: Any = site.services.mailer
    key = {"Idempotency-Key": "course-day"}
    first = await (await site.book(dict(COURSE_DAY), **key)).json()
    again = await (await site.book(dict(COURSE_DAY), **key)).json()
    assert again == first
    report = await deliver(site.services, renderers(), worker="test")
    assert (report.sent, report.failed, report.later) == (4, 0, 0)
    assert (await deliver(site.services, renderers(), worker="test")).total == 0
    assert sorted(recipient for _, recipient, _ in mailer.sent) == [
        "jpn-tic@stations.invalid",
        "ken-nbo@stations.invalid",
        "lka-cmb@stations.invalid",
        "tha-bkk@stations.invalid",
    ]
    opened = await site.client.post(
        "/api/v1/feeds", json={"kind": "station", "value": "KEN-NBO"}, headers=site.headers
    )
    assert opened.status == 201
    url = (await opened.json())["url"].removeprefix("http://jicanet.test")
    feed = await site.client.get(url)
    calendar = icalendar.Calendar.from_ical(await feed.read())
    event = calendar.events[0]
    assert event.start == datetime(2026, 12, 9, 6, 0, tzinfo=UTC)
    attached: Any = event["ATTACH"]
    assert [str(address).rpartition("/")[2] for address in attached] == ["JN-M025", "JN-M026"]
    assert "ATTENDEE" not in event
    assert "ORGANIZER" not in event


async def test_rival_is_refused_in_words_that_name_what_clashes(site: Site) -> None:
    booked = await (await site.book(dict(COURSE_DAY))).json()
    rival = {
        "title": "Too late",
        "host": "JPN-HQ",
        "stations": ["THA-BKK"],
        "start": {"local": "2026-12-09T18:00", "zone": "Asia/Tokyo"},
        "minutes": 60,
    }
    answer = await site.book(rival)
    problem = await answer.json(content_type=None)
    assert answer.status == 409
    assert answer.content_type == "application/problem+json"
    assert problem["code"] == "station_busy"
    (conflict,) = problem["conflicts"]
    assert conflict["station"] == "THA-BKK"
    assert conflict["ref"] == booked["ref"]
    assert conflict["zone"] == "Asia/Bangkok"
    # Occupied from set-up on, told in Bangkok's own time.
    assert conflict["local_start"] == "2026-12-09T12:45:00+07:00"
    assert conflict["local_end"] == "2026-12-09T16:30:00+07:00"
    assert "Bangkok" in problem["detail"]
    listed = await (await site.get("/api/v1/sessions?from=2026-12-09&to=2026-12-10")).json()
    assert [item["ref"] for item in listed["items"]] == [booked["ref"]]


async def test_touching_sessions_both_stand(site: Site) -> None:
    assert (await site.book(dict(COURSE_DAY))).status == 201
    after = {**COURSE_DAY, "start": {"local": "2026-12-09T18:45", "zone": "Asia/Tokyo"}, "minutes": 40}
    assert (await site.book(after)).status == 201


async def test_check_judges_and_stores_nothing(site: Site) -> None:
    answer = await site.client.post("/api/v1/sessions?check=1", json=dict(COURSE_DAY), headers=site.headers)
    judged = await answer.json()
    assert answer.status == 200, judged
    assert judged["conflicts"] == []
    assert len(judged["notices"]) == 4
    assert (await (await site.get("/api/v1/sessions")).json())["items"] == []
    assert (await deliver(site.services, renderers(), worker="test")).total == 0


@pytest.mark.parametrize(
    ("zone", "local", "choices"),
    [
        ("Africa/Cairo", "2027-04-30T00:30", ["2027-04-29T21:30:00Z", "2027-04-29T22:00:00Z"]),
        ("Europe/Belgrade", "2027-03-28T02:30", ["2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z"]),
        ("America/Santiago", "2027-09-05T00:30", ["2027-09-05T03:30:00Z", "2027-09-05T04:00:00Z"]),
    ],
    ids=["cairo", "belgrade", "santiago"],
)
async def test_time_that_does_not_exist_is_refused_with_both_neighbours(
    site: Site, zone: str, local: str, choices: list[str]
) -> None:
    answer = await site.book({**COURSE_DAY, "start": {"local": local, "zone": zone}})
    problem = await answer.json(content_type=None)
    assert answer.status == 422
    assert problem["code"] == "time_does_not_exist"
    assert [choice["starts_at"] for choice in problem["choices"]] == choices
    assert problem["errors"][0]["pointer"] == "/start/local"
    assert problem["errors"][0]["value"] == local


async def test_time_that_happens_twice_is_asked(site: Site) -> None:
    start = {"local": "2027-10-31T02:30", "zone": "Europe/Belgrade"}
    asked = await site.book({**COURSE_DAY, "start": start})
    problem = await asked.json(content_type=None)
    assert (asked.status, problem["code"]) == (422, "time_is_ambiguous")
    assert [choice["fold"] for choice in problem["choices"]] == [0, 1]
    for choice in problem["choices"]:
        answer = await site.book({**COURSE_DAY, "start": {**start, "fold": choice["fold"]}, "minutes": 40})
        session = await answer.json()
        assert session["starts_at"] == choice["starts_at"]
        assert session["start"] == {**start, "fold": choice["fold"]}


async def test_old_zone_name_is_taken_as_its_canonical_one(site: Site) -> None:
    answer = await site.book({**COURSE_DAY, "start": {"local": "2026-12-09T11:30", "zone": "Asia/Calcutta"}})
    session = await answer.json()
    assert session["start"]["zone"] == "Asia/Kolkata"
    assert session["starts_at"] == "2026-12-09T06:00:00Z"
