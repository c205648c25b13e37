"""S7 and S9 of the scenarios over HTTP: quarter-hour zones, the date line, holidays of the local date."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from jicanet.app import renderers
from jicanet.mail.delivery import deliver
from tests.support.reference import Site
from tests.support.scenario import import_scenario

# Clocks and dates are the same on either database; both are covered by test_main_job.py.
pytestmark = pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)


@pytest.fixture
async def scenario(site: Site, tmp_path: Path) -> Site:
    await import_scenario(site.services, tmp_path / "scenario")
    return site


async def booked(site: Site, local: str, zone: str, stations: list[str], **more: Any) -> dict[str, Any]:
    body = {
        "title": "Scenario",
        "host": "SCN-TYO",
        "stations": stations,
        "start": {"local": local, "zone": zone},
        "minutes": 60,
        **more,
    }
    answer = await site.book(body)
    session: dict[str, Any] = await answer.json(content_type=None)
    assert answer.status == 201, session
    return session


def clocks(session: dict[str, Any]) -> dict[str, str]:
    return {seat["station"]: seat["local_start"] for seat in session["seats"]}


def codes(session: dict[str, Any], station: str) -> list[str]:
    seat = next(seat for seat in session["seats"] if seat["station"] == station)
    return [warning["code"] for warning in seat["warnings"] if warning["code"] != "no_mailbox"]


SOUTH_ASIA = ["SCN-KTM", "SCN-KBL", "SCN-RGN", "SCN-CMB"]


async def test_s7_quarter_hour_zones_print_their_own_clocks(scenario: Site) -> None:
    session = await booked(scenario, "2026-12-09T06:00", "UTC", SOUTH_ASIA, minutes=90, setup_minutes=15)
    assert clocks(session) == {
        "SCN-TYO": "2026-12-09T15:00:00+09:00",
        "SCN-RGN": "2026-12-09T12:30:00+06:30",
        "SCN-KTM": "2026-12-09T11:45:00+05:45",
        "SCN-CMB": "2026-12-09T11:30:00+05:30",
        "SCN-KBL": "2026-12-09T10:30:00+04:30",
    }
    assert {code: codes(session, code) for code in ["SCN-TYO", *SOUTH_ASIA]} == {
        code: [] for code in ["SCN-TYO", *SOUTH_ASIA]
    }
    await deliver(scenario.services, renderers(), worker="test")
    mailer: Any = scenario.services.mailer
    for _, _, content in mailer.sent:
        letter = message_from_bytes(content, policy=policy.default)
        plain = letter.get_body(("plain",))
        assert plain is not None
        words = plain.get_content()
        for clock, offset in (
            ("15:00–16:30", "UTC+09:00"),
            ("12:30–14:00", "UTC+06:30"),
            ("11:45–13:15", "UTC+05:45"),
            ("11:30–13:00", "UTC+05:30"),
            ("10:30–12:00", "UTC+04:30"),
        ):
            assert any(clock in line and offset in line for line in words.splitlines()), (clock, words)


@pytest.mark.parametrize(
    ("local", "outside"),
    [
        ("2026-12-09T12:45", False),
        ("2026-12-09T16:15", False),
        ("2026-12-09T12:40", True),
        ("2026-12-09T16:20", True),
    ],
    ids=["earliest", "latest", "before_earliest", "after_latest"],
)
async def test_s7_window_ends_exactly_where_hours_do(scenario: Site, local: str, outside: bool) -> None:
    session = await booked(scenario, local, "Asia/Tokyo", SOUTH_ASIA, minutes=90, setup_minutes=15)
    outsiders = [seat["station"] for seat in session["seats"] if seat["minutes_outside"]]
    assert bool(outsiders) is outside


async def test_s9_dates_across_the_line(scenario: Site) -> None:
    session = await booked(
        scenario,
        "2026-12-08T10:00",
        "Asia/Tokyo",
        ["SCN-SUV", "SCN-APW", "SCN-TBU", "SCN-PPG", "SCN-HNL", "SCN-LIM", "SCN-LPB"],
    )
    assert session["starts_at"] == "2026-12-08T01:00:00Z"
    assert clocks(session) == {
        "SCN-TYO": "2026-12-08T10:00:00+09:00",
        "SCN-SUV": "2026-12-08T13:00:00+12:00",
        "SCN-APW": "2026-12-08T14:00:00+13:00",
        "SCN-TBU": "2026-12-08T14:00:00+13:00",
        "SCN-PPG": "2026-12-07T14:00:00-11:00",
        "SCN-HNL": "2026-12-07T15:00:00-10:00",
        "SCN-LIM": "2026-12-07T20:00:00-05:00",
        "SCN-LPB": "2026-12-07T21:00:00-04:00",
    }
    # Monday evening in Lima: not yet the holiday of the 8th.
    assert codes(session, "SCN-LIM") == ["outside_hours"]
    await deliver(scenario.services, renderers(), worker="test")
    mailer: Any = scenario.services.mailer
    for _, _, content in mailer.sent:
        plain = message_from_bytes(content, policy=policy.default).get_body(("plain",))
        assert plain is not None
        lines = plain.get_content().splitlines()
        assert any("Pago Pago" in line and ("Mon 7 Dec" in line or "12月7日" in line) for line in lines)
        assert any("Apia" in line or "アピア" in line for line in lines)


@pytest.mark.parametrize(
    ("local", "station", "local_start", "warning"),
    [
        ("2026-12-08T23:00", "SCN-LIM", "2026-12-08T09:00:00-05:00", "holiday"),
        ("2026-12-11T20:00", "SCN-APW", "2026-12-12T00:00:00+13:00", "weekend"),
        ("2026-12-14T08:00", "SCN-LIM", "2026-12-13T18:00:00-05:00", "weekend"),
        ("2026-12-14T08:00", "SCN-HNL", "2026-12-13T13:00:00-10:00", "weekend"),
    ],
    ids=["lima_holiday", "apia_saturday", "lima_sunday", "honolulu_sunday"],
)
async def test_s9_day_belongs_to_the_local_date(
    scenario: Site, local: str, station: str, local_start: str, warning: str
) -> None:
    session = await booked(scenario, local, "Asia/Tokyo", [station])
    assert clocks(session)[station] == local_start
    assert warning in codes(session, station)


async def test_s9_other_year_at_the_other_end(scenario: Site) -> None:
    session = await booked(scenario, "2027-01-01T09:00", "Asia/Tokyo", ["SCN-LPB"])
    assert clocks(session)["SCN-LPB"] == "2026-12-31T20:00:00-04:00"
