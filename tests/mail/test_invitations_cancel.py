"""The mails that end a part: of the whole session, of one site, of one that declined."""

from typing import Any

import pytest

from jicanet.mail.message import Letter
from tests.support.calendars import lines, unescaped, values
from tests.support.goldens import course_day, declined_by_cairo, round_5_without_bangladesh
from tests.support.invitations import in_language, person, site, snapshot
from tests.support.letters import ANSWER, Seen, calendar, cancel, cancel_to, composed

REASON = "The lecturer is ill.\nA new day is being looked for."


def cancelled(**changes: Any) -> dict[str, Any]:
    return course_day(
        revision=3, status="cancelled", cancel={"code": "cancelled", "reason": REASON}, **changes
    )


def status(made: Letter) -> list[str]:
    """Return the STATUS lines of a mail that must be a CANCEL of one recipient in both its places."""
    content = calendar(made)
    assert made.calendar is not None
    assert made.calendar.method == "CANCEL"
    assert values(content, "METHOD") == ["CANCEL"]
    assert sum(line.name == "ATTENDEE" for line in lines(content)) == 1
    assert b'method="CANCEL"' in composed(made)
    assert made.passed_on is None
    return values(content, "STATUS")


def test_a_cancelled_session_says_so_with_the_reason() -> None:
    made = cancel_to("BGD-DAC", cancelled(), "cancelled")

    assert status(made) == ["CANCELLED"]
    assert made.subject.startswith("Cancelled: Wed 16 Dec 12:00 Dhaka: ")
    assert "This session is cancelled. It does not take place.\n" in made.text
    assert "\nReason\n> The lecturer is ill.\n> A new day is being looked for.\n" in made.text
    assert "12:00–13:30 in Dhaka" in made.text
    assert "line-through" in made.html
    assert REASON in unescaped(values(calendar(made), "DESCRIPTION")[0])


def test_a_reason_that_nobody_gave_is_left_out() -> None:
    made = cancel_to("BGD-DAC", course_day(cancel={"code": "cancelled", "reason": ""}), "cancelled")

    assert "Reason" not in made.text + made.html


def test_a_site_that_is_taken_out_hears_that_the_others_go_on() -> None:
    made = cancel_to("BGD-DAC", round_5_without_bangladesh(), "removed")

    assert status(made) == []
    assert made.subject.startswith("Removed: Wed 18 Jan 12:00 Dhaka: ")
    assert "The session goes on without Dhaka.\nThe room is not needed for it." in made.text
    assert "line-through" not in made.html
    assert values(calendar(made), "SEQUENCE") == ["1"]
    [attendee] = [line for line in lines(calendar(made)) if line.name == "ATTENDEE"]
    assert attendee.value == "mailto:bgd-dac@stations.invalid"


def test_whoever_is_taken_out_of_what_moved_at_once_is_told_by_the_old_time() -> None:
    data = round_5_without_bangladesh()
    data["changes"] |= {
        "starts_at": ["2006-01-11T06:00:00Z", "2006-01-18T06:00:00Z"],
        "minutes": [180, 210],
        "title": ["Remote Sensing, day 1", "Remote Sensing and GIS, day 1"],
    }
    made = cancel_to("BGD-DAC", data, "removed")

    assert made.subject == "Removed: Wed 11 Jan 12:00 Dhaka: Remote Sensing, day 1 [JN-2005-000063]"
    assert "12:00–15:00 in Dhaka" in made.text
    assert "18 January" not in made.text
    assert values(calendar(made), "DTSTART") == ["20060111T060000Z"]
    assert values(calendar(made), "DTEND") == ["20060111T090000Z"]


def test_one_that_declined_hears_who_knows_and_how_to_come_back() -> None:
    made = cancel_to("EGY-CAI", declined_by_cairo(), "declined")

    assert status(made) == []
    assert made.subject.startswith("Declined: Wed 16 Dec 08:00 Cairo: ")
    assert "Your answer is recorded: you do not take part.\n" in made.text
    assert "The host and the coordinator know.\n" in made.text
    assert f"If you can take part after all:\n{ANSWER}\n" in made.text
    assert ANSWER in Seen(made.html).addresses


def test_a_host_that_declined_is_not_told_that_the_host_knows() -> None:
    made = cancel_to("JPN-TIC", in_language(snapshot(), "en"), "declined")

    assert "The coordinator knows.\n" in made.text
    assert "The host" not in made.text


def test_one_that_declined_without_a_coordinator_hears_that_all_of_them_know() -> None:
    data = {**in_language(snapshot(), "en"), "coordinator": None}

    assert "The coordinators know.\n" in cancel_to("JPN-TIC", data, "declined").text
    cairo = cancel_to("EGY-CAI", {**declined_by_cairo(), "coordinator": None}, "declined")
    assert "The host and the coordinators know.\n" in cairo.text


@pytest.mark.parametrize(
    ("news", "told"),
    [
        ("removed", "You no longer take part in this session."),
        ("declined", "Your answer is recorded: you do not take part."),
    ],
)
def test_a_person_has_no_room_to_free(news: str, told: str) -> None:
    data = snapshot(
        site("JPN-TIC"), former_people=[person("lecturer", "Murai", "murai@example.org", "Europe/Vienna")]
    )
    made = cancel_to("murai@example.org", data, news)

    assert f"{told}\n" in made.text
    assert "room" not in made.text.lower()
    assert "07:00–08:30 Vienna time" in made.text
    [attendee] = [line for line in lines(calendar(made)) if line.name == "ATTENDEE"]
    assert "CUTYPE=INDIVIDUAL" in attendee.parameters


def changed_mailbox() -> dict[str, Any]:
    """Return a session whose Dhaka has a new address; by the picture, the old one speaks for nobody."""
    data = snapshot()
    old = data["recipients"][2] | {"id": 99, "address": "old@example.org", "parts": []}
    return {**data, "recipients": [*data["recipients"], old]}


def test_an_old_mailbox_hears_that_the_site_goes_on_elsewhere() -> None:
    made = cancel(changed_mailbox(), 99, "removed", parts=("BGD-DAC",))

    assert status(made) == []
    assert made.subject.startswith("Removed: Wed 16 Dec 12:00 Dhaka: ")
    assert "This address no longer stands for Dhaka.\nThe session takes place." in made.text
    assert "bgd-dac@stations.invalid" not in made.text + calendar(made).decode()


def test_an_address_that_spoke_for_nobody_known_is_told_by_the_hosts_clock() -> None:
    made = cancel(changed_mailbox(), 99, "removed", parts=())

    assert made.subject.startswith("Removed: Wed 16 Dec 15:00 Tokyo: ")
    assert "You no longer take part in this session." in made.text
    [attendee] = [line for line in lines(calendar(made)) if line.name == "ATTENDEE"]
    assert (attendee.parameters[0], attendee.value) == ("CN=old@example.org", "mailto:old@example.org")
