"""Feeds as calendar clients poll them: ETag, 304, HEAD, gzip, equal bytes from another process."""

import gzip
import hashlib
from typing import Any

import icalendar

from jicanet.feeds.service import FeedBodies, feed_body
from jicanet.web.i18n import Catalogues
from tests.support.reference import Site

BODY: dict[str, Any] = {
    "title": "Kaizen, round 2",
    "host": "JPN-TIC",
    "stations": ["KEN-NBO"],
    "start": {"local": "2026-12-09T15:00", "zone": "Asia/Tokyo"},
    "minutes": 60,
    "join": {"url": "https://meet.example.org/secret-room", "pin": "4071"},
    "materials": ["JN-M001"],
}


async def opened(site: Site, **more: Any) -> str:
    answer = await site.client.post(
        "/api/v1/feeds", json={"kind": "station", "value": "KEN-NBO", **more}, headers=site.headers
    )
    assert answer.status == 201
    url: str = (await answer.json())["url"]
    assert url.startswith("http://jicanet.test/feeds/")
    return url.removeprefix("http://jicanet.test")


def plain(**headers: str) -> dict[str, str]:
    return {"Accept-Encoding": "identity", **headers}


async def test_feed_answers_304_while_nothing_changes_and_new_bytes_when_it_does(site: Site) -> None:
    await site.book(BODY)
    path = await opened(site)
    first = await site.client.get(path, headers=plain())
    content = await first.read()
    assert first.status == 200
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert "Last-Modified" in first.headers
    known = plain(**{"If-None-Match": first.headers["ETag"]})
    unchanged = await site.client.get(path, headers=known)
    assert (unchanged.status, await unchanged.read()) == (304, b"")
    assert unchanged.headers["ETag"] == first.headers["ETag"]
    await site.book({**BODY, "start": {"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"}})
    changed = await site.client.get(path, headers=known)
    assert changed.status == 200
    assert len(icalendar.Calendar.from_ical(await changed.read()).events) == 2


async def test_another_stations_booking_leaves_the_feed_alone(site: Site) -> None:
    await site.book(BODY)
    path = await opened(site)
    before = (await site.client.get(path)).headers["ETag"]
    await site.book({**BODY, "host": "JPN-HQ", "stations": ["THA-BKK"]})
    assert (await site.client.get(path)).headers["ETag"] == before


async def test_feed_has_the_same_bytes_after_a_restart_and_a_later_clock(site: Site) -> None:
    await site.book(BODY)
    path = await opened(site)
    content = await (await site.client.get(path, headers=plain())).read()
    token = path.removeprefix("/feeds/").removesuffix(".ics")
    site.services.clock.advance(hours=3)  # type: ignore[attr-defined]  # the tests' clock
    fresh = await feed_body(site.services, FeedBodies(), token, catalogues=Catalogues.load())
    assert fresh.content == content


async def test_feed_answers_head_and_compresses(site: Site) -> None:
    await site.book(BODY)
    path = await opened(site)
    whole = await site.client.get(path, headers=plain())
    content = await whole.read()
    head = await site.client.head(path, headers=plain())
    assert (head.status, await head.read()) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(content))
    packed = await site.client.get(path, headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
    raw = await packed.read()
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(raw) == content
    assert packed.headers["ETag"] == f'"{hashlib.sha256(raw).hexdigest()}"'
    assert packed.headers["ETag"] != whole.headers["ETag"]
    again = await site.client.get(
        path, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    )
    assert again.status == 304


async def test_feed_carries_no_join_link_and_no_people(site: Site) -> None:
    session = await (await site.book(BODY)).json()
    content = await (await site.client.get(await opened(site), headers=plain())).text()
    assert session["ref"] in content
    assert "secret-room" not in content
    assert "4071" not in content
    assert "ATTENDEE" not in content
    assert "ORGANIZER" not in content
    assert "METHOD" not in content


async def test_session_for_participants_shows_by_reference_alone(site: Site) -> None:
    session = await (await site.book({**BODY, "visibility": "participants"})).json()
    calendar = icalendar.Calendar.from_ical(
        await (await site.client.get(await opened(site), headers=plain())).read()
    )
    event = calendar.events[0]
    assert str(event["SUMMARY"]) == session["ref"]
    assert "Kaizen" not in calendar.to_ical().decode()


async def test_feed_speaks_the_language_asked_for(site: Site) -> None:
    await site.book(BODY)
    english = await (await site.client.get(await opened(site, language="en"), headers=plain())).text()
    japanese = await (await site.client.get(await opened(site, language="ja"), headers=plain())).text()
    assert english != japanese
    assert "JICAケニア事務所: JICA-Netのセッション" in japanese.replace("\r\n ", "")
