"""Feeds as calendar clients poll them: ETag, 304, HEAD, gzip, equal bytes from another process."""

import base64
import gzip
import hashlib
from typing import Any

import icalendar
from sqlalchemy import Connection, select
from structlog.testing import capture_logs

from jicanet.core.ids import SystemIds
from jicanet.feeds.service import FeedBodies, feed_body
from jicanet.feeds.tables import feed as feed_table
from jicanet.storage.tables import audit
from jicanet.web.i18n import Catalogues
from tests.support.calendars import values
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


async def test_feed_answers_a_bare_request_by_itself(site: Site) -> None:
    await site.book(BODY)
    path = await opened(site)
    skip = ["Accept", "Accept-Encoding", "User-Agent"]
    for method in ("GET", "HEAD"):
        answer = await site.client.request(method, path, skip_auto_headers=skip, allow_redirects=False)
        assert (answer.status, answer.history) == (200, ())
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert "Content-Encoding" not in answer.headers
    strange = await site.client.get(path, headers={"Accept": "application/json;q=1, */*;q=0"})
    assert strange.status == 200


async def test_feed_says_of_itself_what_clients_look_for_and_not_its_address(site: Site) -> None:
    await site.book(BODY)
    path = await opened(site, language="en")
    content = await (await site.client.get(path, headers=plain())).read()
    head = content[: content.index(b"BEGIN:VEVENT")]
    [name] = values(content, "NAME")
    assert values(content, "X-WR-CALNAME") == [name] == ["JICA Kenya Office: JICA-Net sessions"]
    minutes = site.services.settings.feed_refresh_minutes
    every = f"PT{minutes // 60}H" if minutes % 60 == 0 else f"PT{minutes}M"
    assert values(content, "REFRESH-INTERVAL") == values(content, "X-PUBLISHED-TTL") == [every]
    assert values(content, "COLOR") == ["goldenrod"]
    assert b"LAST-MODIFIED:20261201T000000Z" in head
    # docs/decisions/0006: the file is passed on, and its address is the permission.
    assert b"SOURCE" not in head
    assert path.rpartition("/")[2].removesuffix(".ics").encode() not in content.replace(b"\r\n ", b"")


async def test_feed_has_a_secret_address_that_no_log_or_page_hears_of(site: Site) -> None:
    await site.book(BODY)
    path = await opened(site)
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    unknown = f"/feeds/{'x' * 43}.ics"
    with capture_logs() as lines:
        answers = [await site.client.get(each) for each in (path, unknown, f"{path}?q=1")]
        await site.client.delete("/api/v1/feeds/1", headers=site.headers)
        revoked, missing = await site.client.get(path), await site.client.get(unknown)
    assert [answer.status for answer in answers][:2] == [200, 404]
    assert answers[0].headers["Referrer-Policy"] == "no-referrer"
    assert answers[0].headers["Cache-Control"] == "private, no-cache"
    assert (revoked.status, await revoked.read()) == (missing.status, await missing.read())
    assert len(lines) >= len(answers)
    assert secret not in repr(lines)
    assert secret not in (await revoked.text())

    def kept(db: Connection) -> list[str]:
        return [repr(row) for table in (feed_table, audit) for row in db.execute(select(table))]

    assert secret not in "".join(await site.services.database.read(kept))
    assert len(base64.urlsafe_b64decode(SystemIds().secret() + "=")) * 8 == 256
