"""A feed keeps up with a session's life: moved, held, declined, cancelled, brought back."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from tests.support.feeds import Feed, act, booked, change, feed, later, reply
from tests.support.reference import Site

ROOM = "https://meet.example.org/secret-room"


async def test_a_move_raises_sequence_and_stamps_and_a_new_title_the_stamps_alone(site: Site) -> None:
    ref = await booked(site)
    calendar = await feed(site)
    first = await calendar.read()
    later(site)
    await change(site, ref, start={"local": "2026-12-10T16:00", "zone": "Asia/Tokyo"})
    moved = await calendar.read()
    later(site)
    await change(site, ref, title="Kaizen, round 3")
    renamed = await calendar.read()

    assert set(first.events) == set(moved.events) == set(renamed.events)
    assert [int(each.only()["SEQUENCE"]) for each in (first, moved, renamed)] == [0, 1, 1]
    assert moved.only()["DTSTART"].dt == datetime(2026, 12, 10, 7, tzinfo=UTC)
    assert str(renamed.only()["SUMMARY"]) == "Kaizen, round 3"
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        stamps = [each.only()[name].dt for each in (first, moved, renamed)]
        assert stamps == [datetime(2026, 12, 1, 0, minute, tzinfo=UTC) for minute in range(3)]
    assert len({first.etag, moved.etag, renamed.etag}) == 3


async def test_what_the_feed_does_not_show_leaves_its_etag(site: Site) -> None:
    await booked(site)
    calendar = await feed(site)
    before = await calendar.read()
    later(site)
    hold = await booked(site, status="hold", start={"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"})
    asked = await booked(site, status="requested", start={"local": "2026-12-11T15:00", "zone": "Asia/Tokyo"})
    assert await calendar.read() == before
    later(site)
    await act(site, hold, "cancel", reason="Not needed")
    await act(site, asked, "refuse", reason="Not now")
    assert await calendar.read() == before


async def test_a_cancelled_session_stays_for_30_days_from_its_cancellation(site: Site) -> None:
    ref = await booked(site, start={"local": "2027-03-09T15:00", "zone": "Asia/Tokyo"})
    calendar = await feed(site)
    later(site, hours=10)
    await act(site, ref, "cancel", reason="The lecturer is ill")
    cancelled = await calendar.read()
    assert (str(cancelled.only()["STATUS"]), int(cancelled.only()["SEQUENCE"])) == ("CANCELLED", 1)
    assert str(cancelled.only()["TRANSP"]) == "TRANSPARENT"
    assert str(cancelled.only()["SUMMARY"]) == "Kaizen, round 2"
    later(site, days=30, hours=13, minutes=59)
    assert await calendar.read() == cancelled
    later(site)
    gone = await calendar.read()
    assert gone.events == {}
    assert gone.modified == datetime(2027, 1, 1, tzinfo=UTC)


async def test_a_hold_is_tentative_in_private_feeds_and_leaves_no_trace(site: Site) -> None:
    ref = await booked(site, status="hold")
    public, private = await feed(site), await feed(site, private=True)
    assert (await public.read()).events == {}
    held = await private.read()
    assert str(held.only()["STATUS"]) == "TENTATIVE"
    later(site)
    await act(site, ref, "cancel", reason="Not needed")
    assert (await public.read()).events == {}
    let_go = await private.read()
    assert let_go.events == {}
    assert let_go.modified > held.modified


async def test_a_hold_that_is_confirmed_or_expires(site: Site) -> None:
    ref = await booked(site, status="hold")
    expiring = await booked(
        site,
        status="hold",
        start={"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"},
        hold_until="2026-12-02T00:00:00Z",
    )
    public, private = await feed(site), await feed(site, private=True)
    assert {str(each["STATUS"]) for each in (await private.read()).events.values()} == {"TENTATIVE"}
    await act(site, ref, "confirm")
    assert str((await public.read()).only()["STATUS"]) == "CONFIRMED"
    later(site, days=1, minutes=1)
    refused = await site.client.post(f"/api/v1/sessions/{expiring}/confirm", json={}, headers=site.headers)
    assert refused.status == 409
    assert (await private.read()).events.keys() == (await public.read()).events.keys()


async def test_a_removed_seat_leaves_its_stations_feed_at_once_and_may_come_back(site: Site) -> None:
    ref = await booked(site)
    nairobi, hanoi = await feed(site), await feed(site, "VNM-HAN")
    first = await nairobi.read()
    later(site)
    await change(site, ref, stations=["JPN-TIC", "VNM-HAN"])
    gone = await nairobi.read()
    assert (gone.events, gone.modified) == ({}, datetime(2026, 12, 1, 0, 1, tzinfo=UTC))
    assert "Kenya" not in str((await hanoi.read()).only()["DESCRIPTION"])
    later(site)
    await change(site, ref, start={"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"})
    assert await nairobi.read() == gone, "what it does not show is no news"
    later(site)
    await change(site, ref, stations=["JPN-TIC", "VNM-HAN", "KEN-NBO"])
    back = await nairobi.read()
    assert back.events.keys() == first.events.keys()
    assert int(back.only()["SEQUENCE"]) > int(first.only()["SEQUENCE"])


async def test_a_decline_takes_the_session_out_of_its_stations_feed_alone(site: Site) -> None:
    ref = await booked(site)
    nairobi, hanoi = await feed(site), await feed(site, "VNM-HAN")
    first = await nairobi.read()
    later(site)
    await reply(site, ref, "KEN-NBO", "declined")
    gone = await nairobi.read()
    assert (gone.events, gone.modified) == ({}, first.modified + timedelta(minutes=1))
    # The others hear of it when the coordinator removes the station.
    assert "Kenya" in str((await hanoi.read()).only()["DESCRIPTION"])
    later(site)
    await reply(site, ref, "KEN-NBO", "accepted")
    assert (await nairobi.read()).events.keys() == first.events.keys()


async def test_what_needs_attention_takes_place_as_everybody_was_told(site: Site) -> None:
    ref = await booked(site, stations=[{"code": "KEN-NBO", "required": True}, "VNM-HAN"])
    hanoi = await feed(site, "VNM-HAN")
    await reply(site, ref, "KEN-NBO", "declined")
    assert (await (await site.get(f"/api/v1/sessions/{ref}")).json())["status"] == "needs-attention"
    assert str((await hanoi.read()).only()["STATUS"]) == "CONFIRMED"


async def test_a_restored_session_comes_back(site: Site) -> None:
    ref = await booked(site)
    calendar = await feed(site)
    await act(site, ref, "cancel", reason="The lecturer is ill")
    cancelled = await calendar.read()
    later(site, days=1)
    await act(site, ref, "restore")
    back = await calendar.read()
    assert back.events.keys() == cancelled.events.keys()
    assert (str(back.only()["STATUS"]), int(back.only()["SEQUENCE"])) == ("CONFIRMED", 2)


async def test_a_seat_that_declined_gets_no_tombstone(site: Site) -> None:
    ref = await booked(site)
    calendar = await feed(site)
    await reply(site, ref, "KEN-NBO", "declined")
    before = await calendar.read()
    later(site)
    await act(site, ref, "cancel", reason="The lecturer is ill")
    assert await calendar.read() == before


async def test_a_private_feed_has_titles_and_the_way_in_where_each_client_looks(site: Site) -> None:
    await booked(site, visibility="participants")
    private, public = await feed(site, private=True), await feed(site)
    event = (await private.read()).only()
    assert str(event["SUMMARY"]) == "Kaizen, round 2"
    assert str(event["CLASS"]) == "CONFIDENTIAL"
    assert [str(each) for each in event["CONFERENCE"]] == [ROOM, "sip:4071@bridge.example.org"]
    assert (str(event["URL"]), str(event["LOCATION"])) == (ROOM, ROOM)
    assert str(event["DESCRIPTION"]).split("\n")[0] == ROOM
    told = (await public.read()).content.decode().replace("\r\n ", "")
    assert "Kaizen" not in told
    assert "secret-room" not in told
    assert "4071" not in told


async def test_no_feed_names_anybody(site: Site) -> None:
    await booked(
        site,
        people=[{"role": "lecturer", "name": "Dr Sato", "email": "sato@example.org"}],
        guest_sites=[
            {
                "organisation": "Ministry",
                "city": "Nairobi",
                "zone": "Africa/Nairobi",
                "email": "m@example.org",
            }
        ],
    )
    for private in (False, True):
        content = (await (await feed(site, private=private)).read()).content.decode()
        for words in ("ATTENDEE", "ORGANIZER", "METHOD", "mailto:", "Sato", "m@example"):
            assert words not in content


async def test_nobody_is_led_into_a_cancelled_session(site: Site) -> None:
    ref = await booked(site)
    private = await feed(site, private=True)
    await act(site, ref, "cancel", reason="The lecturer is ill")
    read = await private.read()
    assert str(read.only()["STATUS"]) == "CANCELLED"
    assert b"secret-room" not in read.content


async def test_the_moment_of_its_last_change_never_goes_back(site: Site) -> None:
    early = await booked(site)
    await booked(site, start={"local": "2027-06-09T15:00", "zone": "Asia/Tokyo"})
    calendar = await feed(site)
    later(site)
    await change(site, early, title="Another title")
    before = await calendar.read()
    later(site, days=8 + 90)
    assert len((await calendar.read()).events) == 2
    later(site, days=1)
    after = await calendar.read()
    assert len(after.events) == 1
    assert after.modified == datetime(2027, 3, 10, tzinfo=UTC)
    assert after.modified > before.modified
    assert after.etag != before.etag


@pytest.mark.parametrize("language", ["en", "ja"])
async def test_a_private_feed_is_named_apart(site: Site, language: str) -> None:
    names = []
    for private in (False, True):
        body = {"kind": "station", "value": "KEN-NBO", "private": private, "language": language}
        answer = await site.client.post("/api/v1/feeds", json=body, headers=site.headers)
        read = await Feed(site, (await answer.json())["url"]).read()
        names.append(str(icalendar.Calendar.from_ical(read.content)["NAME"]))
    assert len(set(names)) == 2
    assert ("仮予約" in names[1]) is (language == "ja")
