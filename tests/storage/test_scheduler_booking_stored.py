"""A booking in a real database: what is written, in one scope, and what a refusal leaves behind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jicanet.core.actor import CONSOLE, STRANGER, Role, Scope
from jicanet.core.errors import Conflict, Forbidden, Invalid
from jicanet.mail import store as outbox
from jicanet.scheduler import store
from jicanet.scheduler.domain.model import GuestRequest, JoinDetails, PersonRequest, Programme
from jicanet.scheduler.domain.words import PersonRole, Scheme, SeatRole, SessionKind, Status, Visibility
from jicanet.scheduler.render.answers import session_json
from jicanet.scheduler.service import Once, book_session, check_booking, session
from jicanet.scheduler.tables import session as session_table
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.storage.store import audit_of
from tests.support.booking import at
from tests.support.clock import FakeClock
from tests.support.sessions import NAIROBI, counts, found_network, room, sites, statements, token_of, user

KEY = Once(route="POST /api/v1/sessions", key="key-1", body_hash="a" * 64)
NOTHING = {
    "session": 0, "seat": 0, "recipient": 0, "session_material": 0, "session_snapshot": 0, "outbox": 0,
    "audit": 0, "idempotency": 0,
}  # fmt: skip


async def test_a_booking_writes_session_seats_mails_and_audit_together(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    booked = await book_session(services, hana, sites("VNM-HAN", "KEN-NBO"), once=KEY)
    assert await counts(services) == {
        "session": 1, "seat": 3, "recipient": 3, "session_material": 0, "session_snapshot": 1, "outbox": 3,
        "audit": 1, "idempotency": 1,
    }  # fmt: skip
    assert (booked.ref, booked.revision, booked.repeated) == ("JN-2026-000001", 1, False)

    def query(db: Connection) -> tuple[Any, ...]:
        mails = [
            (mail.identity, mail.kind, mail.recipient, mail.recipient_key, mail.sequence, mail.payload)
            for mail in reversed(outbox.listed(db, limit=10))
        ]
        line = audit_of(db, "JN-2026-000001")[0]
        return mails, (line.at, line.actor, line.action, line.detail)

    mails, line = await services.database.read(query)
    assert mails == [
        (
            f"request/{number}/1", "request", address, str(number), 0,
            {
                "session_id": 1, "revision": 1, "recipient_id": number, "news": "",
                "partstat": "NEEDS-ACTION",
            },
        )
        for number, address in enumerate(
            ("jpn-tic@example.org", "vnm-han@example.org", "ken-nbo@stations.invalid"), start=1
        )
    ]  # fmt: skip
    assert line == (
        services.clock.now(),
        "hana@example.org",
        "session-booked",
        {"stations": ["JPN-TIC", "VNM-HAN", "KEN-NBO"], "revision": 1, "notices": 3},
    )


async def test_what_get_gives_is_what_the_booking_answered(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    asked = sites(
        "VNM-HAN",
        title="  Remote Sensing  ",
        purpose="Two\nlines",
        kind=SessionKind.COURSE_DAY,
        department="Training",
        visibility=Visibility.PUBLIC,
        languages=("en", "ja"),
        setup_minutes=15,
        teardown_minutes=5,
        programme=Programme(scheme=Scheme.KCCP, countries=("VN",), agency="MARD", stage=5),
        join=JoinDetails(url="https://meet.example/1", pin="4071"),
        interpretation="ja-en",
        recording=True,
        quorum=2,
        guest_sites=(
            GuestRequest(
                organisation=" Ministry of Water ",
                city="Kathmandu",
                zone="Asia/Katmandu",
                email="Water@Example.ORG",
                contact="Mr Rai",
                telephone="+977 1 555",
                language="en",
                role=SeatRole.SENDING,
                required=True,
            ),
        ),
        people=(PersonRequest(role=PersonRole.LECTURER, name="Ms Sato", email="sato@example.org"),),
    )
    booked = await book_session(services, hana, asked)
    view = await session(services, hana, booked.ref)
    assert session_json(view) == booked.body
    assert booked.body == {
        "ref": "JN-2026-000001",
        "status": "confirmed",
        "title": "Remote Sensing",
        "purpose": "Two\nlines",
        "kind": "course-day",
        "department": "Training",
        "coordinator": "hana@example.org",
        "host": "JPN-TIC",
        "stations": [
            {"code": "JPN-TIC", "role": "sending", "required": True},
            {"code": "VNM-HAN", "role": "receiving", "required": False},
        ],
        "start": {"local": "2026-12-16T15:00", "zone": "Asia/Tokyo", "fold": 0},
        "minutes": 90,
        "setup_minutes": 15,
        "teardown_minutes": 5,
        "starts_at": "2026-12-16T06:00:00Z",
        "ends_at": "2026-12-16T07:30:00Z",
        "visibility": "public",
        "languages": ["en", "ja"],
        "programme": {"scheme": "kccp", "countries": ["VN"], "agency": "MARD", "stage": 5},
        "join": {"url": "https://meet.example/1", "sip": "", "h323": "", "pin": "4071"},
        "hold_until": None,
        "interpretation": "ja-en",
        "recording": True,
        "quorum": 2,
        "guest_sites": [
            {
                "organisation": "Ministry of Water",
                "city": "Kathmandu",
                "zone": "Asia/Kathmandu",
                "email": "water@example.org",
                "contact": "Mr Rai",
                "telephone": "+977 1 555",
                "language": "en",
                "role": "sending",
                "required": True,
            }
        ],
        "people": [
            {
                "role": "lecturer",
                "name": "Ms Sato",
                "email": "sato@example.org",
                "zone": "Asia/Tokyo",
                "language": None,
            }
        ],
        "seats": [
            {
                "station": code,
                "role": role,
                "required": required,
                "answer": "needs-action",
                "withdrawn": False,
                "local_start": start,
                "local_end": end,
                "zone": zone,
                "minutes_outside": 0,
                "warnings": [],
                "words": "",
                "answered_at": None,
                "answered_via": None,
            }
            for code, role, required, start, end, zone in (
                (
                    "JPN-TIC", "sending", True, "2026-12-16T15:00:00+09:00", "2026-12-16T16:30:00+09:00",
                    "Asia/Tokyo",
                ),
                (
                    "VNM-HAN", "receiving", False, "2026-12-16T13:00:00+07:00", "2026-12-16T14:30:00+07:00",
                    "Asia/Ho_Chi_Minh",
                ),
            )
        ],
        "parts": [
            {
                "kind": kind,
                "name": name,
                "email": email,
                "answer": "needs-action",
                "withdrawn": False,
                "local_start": start,
                "local_end": end,
                "zone": zone,
            }
            for kind, name, email, start, end, zone in (
                (
                    "guest-site", "Ministry of Water", "water@example.org", "2026-12-16T11:45:00+05:45",
                    "2026-12-16T13:15:00+05:45", "Asia/Kathmandu",
                ),
                (
                    "person", "Ms Sato", "sato@example.org", "2026-12-16T15:00:00+09:00",
                    "2026-12-16T16:30:00+09:00", "Asia/Tokyo",
                ),
            )
        ],
        "reasons": [],
        "ending": None,
        "materials": [],
        "sequence": 0,
        "revision": 1,
        "created_at": "2026-12-01T00:00:00Z",
        "changed_at": "2026-12-01T00:00:00Z",
    }  # fmt: skip


async def test_the_picture_for_the_mails_is_kept_with_the_revision(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    await book_session(services, hana, sites("KEN-NBO", "VNM-HAN", host="VNM-HAN"))
    data = await services.database.read(lambda db: store.snapshot(db, 1, 1))
    assert [(site["code"], site["recipient_id"]) for site in data["sites"]] == [
        ("VNM-HAN", 1),
        ("KEN-NBO", 2),
    ]
    assert data["sites"][1] == {
        "code": "KEN-NBO",
        "name": {"en": NAIROBI.name_en, "ja": NAIROBI.name_ja},
        "city": "Nairobi",
        "country": "KE",
        "zone": "Africa/Nairobi",
        "role": "receiving",
        "required": False,
        "minutes_outside": 0,
        "warnings": [{"code": "no_mailbox"}],
        "recipient_id": 2,
        "key": "KEN-NBO",
        "kind": "station",
        "answer": "needs-action",
        "withdrawn": False,
    }
    assert data["coordinator"] == {
        "name": "Hana",
        "email": "hana@example.org",
        "telephone": "+81 3 5555 0000",
    }
    assert data["recipients"][1] == {
        "id": 2,
        "address": "ken-nbo@stations.invalid",
        "language": "en",
        "parts": ["KEN-NBO"],
        "sequence": 0,
        "dtstamp": "2026-12-01T00:00:00Z",
    }
    assert (data["uid"], data["starts_at"]) == (
        "00000000-0000-4000-8000-000000000001",
        "2026-12-16T06:00:00Z",
    )


async def test_two_stations_with_one_mailbox_are_one_recipient(services: Services) -> None:
    shared = [replace(room(number), mailbox="Shared@Example.ORG") for number in range(2)]
    await found_network(services, more=shared)
    await book_session(services, CONSOLE, sites(*(each.code for each in shared)))

    def query(db: Connection) -> tuple[list[str], list[tuple[str, tuple[str, ...]]]]:
        mails = [mail.recipient for mail in reversed(outbox.listed(db, limit=10))]
        stored = store.session_by_ref(db, "JN-2026-000001")
        assert stored is not None
        return mails, [(each.address, each.parts) for each in store.recipients(db, stored)]

    assert await services.database.read(query) == (
        ["jpn-tic@example.org", "shared@example.org"],
        [("jpn-tic@example.org", ("JPN-TIC",)), ("shared@example.org", ("ROOM-000", "ROOM-001"))],
    )


async def test_a_twin_gets_the_same_answer_and_books_nothing(services: Services, clock: FakeClock) -> None:
    await found_network(services)
    hana = await user(services)
    first = await book_session(services, hana, sites("VNM-HAN"), once=KEY)
    before = await counts(services)
    clock.advance(days=30)  # the start is long past by now
    again = await book_session(services, hana, sites("VNM-HAN"), once=KEY)
    assert again == replace(first, repeated=True)
    assert list(again.body) == list(first.body)
    assert await counts(services) == before


async def test_a_key_belongs_to_its_caller(services: Services) -> None:
    await found_network(services)
    hana, ken = await user(services), await user(services, "ken@example.org")
    await book_session(services, hana, sites("VNM-HAN"), once=KEY)
    with pytest.raises(Conflict):
        await book_session(services, ken, sites("VNM-HAN"), once=KEY)
    later = sites("VNM-HAN", start=at("2026-12-17T15:00"))
    assert (await book_session(services, ken, later, once=KEY)).ref == "JN-2026-000002"


async def test_a_key_with_another_body_is_refused(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    await book_session(services, hana, sites("VNM-HAN"), once=KEY)
    with pytest.raises(Invalid) as caught:
        await book_session(services, hana, sites("BGD-DAC"), once=replace(KEY, body_hash="b" * 64))
    assert caught.value.code == "idempotency_key_reused"


async def test_a_refusal_is_not_remembered_but_judged_again(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    taken = await book_session(services, hana, sites("VNM-HAN", title="First"))
    before = await counts(services)
    asked = sites("VNM-HAN", host="BGD-DAC")
    with pytest.raises(Conflict) as caught:
        await book_session(services, hana, asked, once=KEY)
    assert caught.value.extra["conflicts"][0]["ref"] == taken.ref
    assert await counts(services) == before


REFUSED = (
    (sites("XXX-1"), "unknown_station"),
    (sites("VNM-HAN", "VNM-HAN"), "doubled_station"),
    (sites("VNM-HAN", host=""), "host_missing"),
    (sites("VNM-HAN", minutes=0), "minutes_out_of_range"),
    (sites("VNM-HAN", minutes=10_000), "minutes_out_of_range"),
    (sites("VNM-HAN", start=at("2026-11-30T15:00")), "start_in_past"),
    (sites("VNM-HAN", start=at("2029-11-30T15:00")), "start_beyond_horizon"),
    (sites("VNM-HAN", start=at("2027-04-30T00:30", "Africa/Cairo")), "time_does_not_exist"),
    (sites("VNM-HAN", start=at("2027-10-31T02:30", "Europe/Belgrade")), "time_is_ambiguous"),
    (sites("VNM-HAN", start=at("2026-12-16T15:00", "GMT+3")), "unknown_zone"),
    (sites("VNM-HAN", title="a\r\nb"), "text_not_one_line"),
    (sites("VNM-HAN", title="x" * 10_000), "text_too_long"),
    (sites("VNM-HAN", coordinator="nobody@example.org"), "unknown_user"),
    (sites("VNM-HAN", coordinator="no address"), "bad_address"),
)


async def test_what_is_refused_leaves_nothing_behind(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    for asked, code in REFUSED:
        with pytest.raises(Invalid) as caught:
            await book_session(services, hana, asked, once=KEY)
        assert caught.value.code == code
    assert await counts(services) == NOTHING


async def test_an_old_name_of_a_zone_is_kept_as_its_canonical_one(services: Services) -> None:
    await found_network(services)
    start = at("2026-12-16T15:00", "Asia/Calcutta")
    booked = await book_session(services, CONSOLE, sites("VNM-HAN", start=start))
    assert booked.body["start"] == {"local": "2026-12-16T15:00", "zone": "Asia/Kolkata", "fold": 0}
    kept = await services.database.read(lambda db: db.execute(select(session_table.c.zone)).scalar_one())
    assert kept == "Asia/Kolkata"


async def test_the_wall_time_is_kept_with_the_zone_data_it_was_read_under(services: Services) -> None:
    await found_network(services)
    start = at("2027-10-31T02:30", "Europe/Belgrade", fold=1)
    await book_session(services, CONSOLE, sites("VNM-HAN", start=start))
    columns = (session_table.c.wall_start, session_table.c.fold, session_table.c.tz_version)
    kept = await services.database.read(lambda db: db.execute(select(*columns)).one())
    assert tuple(kept) == ("2027-10-31T02:30", 1, services.zones.version)


async def test_the_console_books_without_a_coordinator_and_may_name_one(services: Services) -> None:
    await found_network(services)
    await user(services)
    alone = await book_session(services, CONSOLE, sites("VNM-HAN"))
    named = await book_session(
        services, CONSOLE, sites("BGD-DAC", host="PER-LIM", coordinator="Hana@Example.ORG")
    )
    assert (alone.body["coordinator"], named.body["coordinator"]) == (None, "hana@example.org")


async def test_who_may_not_book_is_told_so_before_anything_is_read(services: Services) -> None:
    await found_network(services)
    hana = await user(services)
    operator = await user(services, "op@example.org", roles=[Role.OPERATOR], stations=["JPN-TIC"])
    unknown = sites("XXX-1", status=Status.CONFIRMED)
    for actor, asked in (
        (STRANGER, sites("XXX-1")),
        (token_of(hana, Scope.SESSIONS_READ), sites("XXX-1")),
        (operator, unknown),
        (operator, replace(unknown, status=Status.HOLD)),
    ):
        with pytest.raises(Forbidden):
            await book_session(services, actor, asked)
        with pytest.raises(Forbidden):
            await check_booking(services, actor, asked)
    assert (await book_session(services, token_of(hana, Scope.SESSIONS_WRITE), sites("VNM-HAN"))).ref


async def test_a_check_judges_the_same_and_stores_nothing(services: Services) -> None:
    await found_network(services, ports=3)
    hana = await user(services)
    await book_session(services, hana, sites("VNM-HAN"))
    before = await counts(services)
    asked = sites("VNM-HAN", "KEN-NBO", start=at("2026-12-16T16:00"))
    checked = await check_booking(services, hana, asked)
    assert await counts(services) == before
    with pytest.raises(Conflict) as caught:
        await book_session(services, hana, asked)
    assert checked["conflicts"] == caught.value.extra["conflicts"]
    assert [(one["code"], one.get("station")) for one in checked["conflicts"]] == [
        ("station_busy", "JPN-TIC"),
        ("station_busy", "VNM-HAN"),
        ("bridge_full", None),
    ]
    assert checked["warnings"] == [
        {
            "station": "JPN-TIC",
            "code": "outside_hours",
            "minutes": 30,
            "detail": "30 min outside opening hours",
        },
        {
            "station": "KEN-NBO",
            "code": "no_mailbox",
            "detail": "No mailbox is known: the invitation may reach nobody",
        },
    ]
    assert checked["notices"] == [
        {"recipient": [code], "method": "REQUEST", "sequence": 0, "subject": subject}
        for code, subject in (
            # Tokyo reads Japanese; no catalogue was handed in, so its words stay as they are.
            ("JPN-TIC", "12/16（水） 16:00 Tokyo: Remote Sensing, day 4"),
            ("VNM-HAN", "Wed 16 Dec 14:00 Hanoi: Remote Sensing, day 4"),
            ("KEN-NBO", "Wed 16 Dec 10:00 Nairobi: Remote Sensing, day 4"),
        )
    ]


async def test_a_check_refuses_what_makes_no_sense(services: Services) -> None:
    await found_network(services)
    with pytest.raises(Invalid) as caught:
        await check_booking(services, CONSOLE, sites("XXX-1"))
    assert caught.value.code == "unknown_station"


async def test_holidays_warn_with_their_name_and_an_unknown_year_says_so(services: Services) -> None:
    await found_network(services)
    booked = await book_session(services, CONSOLE, sites("BGD-DAC"))
    seat = booked.body["seats"][1]
    assert (seat["minutes_outside"], seat["warnings"]) == (
        600,
        [
            {
                "code": "holiday",
                "date": "2026-12-16",
                "name": "Victory Day",
                "detail": "Wed 16 Dec is a holiday there: Victory Day",
            }
        ],
    )


async def test_without_holidays_of_a_year_the_seat_says_that_they_are_unknown(services: Services) -> None:
    await found_network(services, holidays=False)
    booked = await book_session(services, CONSOLE, sites("VNM-HAN"))
    assert [warning["code"] for warning in booked.body["seats"][1]["warnings"]] == ["holidays_unknown"]


async def test_references_count_by_the_year_in_japan(services: Services, clock: FakeClock) -> None:
    await found_network(services)
    clock.instant = datetime(2026, 12, 31, 14, 59, tzinfo=UTC)
    start = at("2027-01-13T15:00")
    first = await book_session(services, CONSOLE, sites("VNM-HAN", start=start))
    clock.advance(minutes=1)
    second = await book_session(services, CONSOLE, sites("BGD-DAC", host="PER-LIM", start=start))
    assert (first.ref, second.ref) == ("JN-2026-000001", "JN-2027-000002")


async def test_the_stations_calendars_and_the_bridge_know_of_the_change(services: Services) -> None:
    await found_network(services)

    def revisions(db: Connection) -> tuple[list[int | None], int]:
        feeds = [network.feed_revision(db, code) for code in ("JPN-TIC", "VNM-HAN", "BGD-DAC")]
        return feeds, network.bridges(db)[0].revision

    assert await services.database.read(revisions) == ([0, 0, 0], 0)
    await book_session(services, CONSOLE, sites("VNM-HAN"))
    assert await services.database.read(revisions) == ([1, 1, 0], 1)
    stamp = await services.database.read(lambda db: db.execute(select(session_table.c.stamp)).scalar_one())
    assert stamp == 1


async def test_a_stations_calendar_shows_its_sessions_that_are_not_over(services: Services) -> None:
    await found_network(services)
    first = await book_session(services, CONSOLE, sites("VNM-HAN"))
    second = await book_session(services, CONSOLE, sites("VNM-HAN", start=at("2026-12-15T15:00")))
    await book_session(services, CONSOLE, sites("BGD-DAC", host="PER-LIM"))
    ends = datetime(2026, 12, 15, 7, 30, tzinfo=UTC)

    async def shown(since: datetime) -> list[tuple[str, int, int]]:
        span = store.Span(since=since, ended_after=since, holds=False)
        events = await services.database.read(lambda db: store.station_events(db, "VNM-HAN", span))
        return [(event.data["ref"], event.sequence, event.revision) for event in events]

    assert await shown(ends - timedelta(seconds=1)) == [(second.ref, 0, 1), (first.ref, 0, 1)]
    assert await shown(ends) == [(first.ref, 0, 1)]


@pytest.mark.parametrize("number", [1, 7])
async def test_a_booking_takes_the_same_few_statements_for_any_number_of_seats(
    services: Services, number: int
) -> None:
    await found_network(services, more=[room(n) for n in range(7)])
    hana = await user(services)
    asked = sites(*(f"ROOM-{n:03}" for n in range(number)))
    with statements() as seen:
        await book_session(services, hana, asked)
    assert len(seen) == 18, "\n".join(seen)


async def test_seats_of_one_request_may_be_many(services: Services) -> None:
    rooms = [room(n) for n in range(99)]
    await found_network(services, ports=100, more=rooms)
    booked = await book_session(services, CONSOLE, sites(*(each.code for each in rooms)))
    assert len(booked.body["seats"]) == 100


@pytest.mark.parametrize(
    ("longest", "minutes", "refused"),
    [(720, 5, []), (720, 10, ["station_busy", "bridge_full"]), (1440, 10, ["station_busy", "bridge_full"])],
    ids=["touching", "the_last_minutes", "of_the_longest_there_can_be"],
)
async def test_the_end_of_the_longest_session_is_still_seen(
    services: Services, longest: int, minutes: int, refused: list[str]
) -> None:
    settings = services.settings.model_copy(update={"longest_session_minutes": longest})
    services = replace(services, settings=settings)
    await found_network(services, ports=3)
    first = sites(
        "VNM-HAN", start=at("2026-12-16T08:00"), minutes=longest, setup_minutes=240, teardown_minutes=240
    )
    await book_session(services, CONSOLE, first)
    ends = datetime(2026, 12, 16, 8, 0) + timedelta(minutes=longest + 240)  # noqa: DTZ001 - a wall time
    start = at((ends - timedelta(minutes=minutes - 5)).isoformat())
    checked = await check_booking(services, CONSOLE, sites("VNM-HAN", host="PER-LIM", start=start, minutes=5))
    assert [conflict["code"] for conflict in checked["conflicts"]] == refused
