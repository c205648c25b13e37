"""A subscriber of feeds, and those who act on the sessions in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import icalendar

from tests.support.reference import Site

BODY: dict[str, Any] = {
    "title": "Kaizen, round 2",
    "host": "JPN-TIC",
    "stations": ["KEN-NBO", "VNM-HAN"],
    "start": {"local": "2026-12-09T15:00", "zone": "Asia/Tokyo"},
    "minutes": 60,
    "join": {"url": "https://meet.example.org/secret-room", "sip": "4071@bridge.example.org", "pin": "4071"},
}


@dataclass(frozen=True)
class Read:
    """One answer of a feed: its events by UID, its content and what the headers say."""

    events: Mapping[str, Any]
    content: bytes
    etag: str
    modified: datetime

    def only(self) -> Any:
        [event] = self.events.values()
        return event


class Feed:
    """A station's feed, subscribed to."""

    def __init__(self, site: Site, url: str) -> None:
        self.site, self.path = site, url.removeprefix("http://jicanet.test")

    async def read(self) -> Read:
        answer = await self.site.client.get(self.path, headers={"Accept-Encoding": "identity"})
        assert answer.status == 200, await answer.text()
        content = await answer.read()
        calendar = icalendar.Calendar.from_ical(content)
        modified = parsedate_to_datetime(answer.headers["Last-Modified"])
        stamp: Any = calendar["LAST-MODIFIED"]
        assert stamp.dt == modified
        events = {str(event["UID"]): event for event in calendar.events}
        return Read(events, content, answer.headers["ETag"], modified)


async def feed(site: Site, station: str = "KEN-NBO", *, private: bool = False) -> Feed:
    body = {"kind": "station", "value": station, "private": private, "language": "en"}
    answer = await site.client.post("/api/v1/feeds", json=body, headers=site.headers)
    assert answer.status == 201, await answer.text()
    return Feed(site, (await answer.json())["url"])


async def booked(site: Site, **changes: Any) -> str:
    answer = await site.book({**BODY, **changes})
    assert answer.status == 201, await answer.text()
    ref: str = (await answer.json())["ref"]
    return ref


async def act(site: Site, ref: str, act: str, **body: Any) -> dict[str, Any]:
    answer = await site.client.post(f"/api/v1/sessions/{ref}/{act}", json=body, headers=site.headers)
    assert answer.status == 200, await answer.text()
    done: dict[str, Any] = await answer.json()
    return done


async def change(site: Site, ref: str, **patch: Any) -> dict[str, Any]:
    headers = {**site.headers, "If-Match": "*"}
    answer = await site.client.patch(f"/api/v1/sessions/{ref}", json=patch, headers=headers)
    assert answer.status == 200, await answer.text()
    done: dict[str, Any] = await answer.json()
    return done


async def reply(site: Site, ref: str, station: str, answer: str) -> None:
    await act(site, ref, f"seats/{station}/reply", answer=answer)


def later(site: Site, **by: int) -> None:
    """Let time pass: changes of one moment would all have its stamp."""
    site.services.clock.advance(**(by or {"minutes": 1}))  # type: ignore[attr-defined]  # the tests' clock
