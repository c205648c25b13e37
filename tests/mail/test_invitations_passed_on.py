"""What of an invitation may be passed on to others, and the parts of its mail."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.support.calendars import names, unescaped, values
from tests.support.goldens import course_day
from tests.support.invitations import material, site, snapshot
from tests.support.letters import TOKEN, calendar, composed, letter_to

PAGE = "http://jicanet.test/sessions/JN-2026-000437"


def opened(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def file_of(part: str, **changes: object) -> bytes:
    """Return the file that comes with a part's invitation."""
    made = letter_to(part, course_day(**changes))
    assert made.passed_on is not None
    assert made.passed_on.name == "session.ics"
    return made.passed_on.content


def test_the_file_asks_nobody_and_lets_nobody_in() -> None:
    content = file_of("BGD-DAC")
    text = content.decode().replace("\r\n ", "")

    assert not {"METHOD", "ORGANIZER", "ATTENDEE", "CONFERENCE"} & set(names(content))
    for secret in (TOKEN, "/answer/", "meet.jicanet.invalid", "5528", "bridge.jicanet.invalid", "@"):
        assert secret not in text.replace("UID:00000000", "")


def test_the_file_is_the_same_event_at_the_readers_room() -> None:
    made, file = calendar(letter_to("BGD-DAC", course_day())), file_of("BGD-DAC")

    for name in ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "ATTACH", "CLASS", "STATUS"):
        assert values(file, name) == values(made, name)
    assert values(file, "LOCATION") == ["JICA Bangladesh Office"]
    assert values(file, "URL") == [PAGE]
    told = unescaped(values(file, "DESCRIPTION")[0])
    assert "- Dhaka: Wed 16 Dec, 12:00–13:30, UTC+06:00\n" in told
    assert "- Institute of Engineering (Pulchowk): " in told
    assert "Sato" not in told


def test_a_person_has_no_room_to_name() -> None:
    assert values(file_of("murai@example.org"), "LOCATION") == []


def test_a_public_session_has_its_file_at_its_page() -> None:
    made = letter_to("BGD-DAC", snapshot(visibility="public"))

    assert made.passed_on is None
    assert f"forward the session's page or its calendar file:\n{PAGE}\n" in made.text
    assert "http://jicanet.test/api/v1/sessions/JN-2026-000437.ics" in made.html


@pytest.mark.parametrize("visibility", ["network", "participants"])
def test_the_page_of_any_other_session_is_for_those_who_sign_in(visibility: str) -> None:
    data = snapshot(visibility=visibility)
    english, japanese = letter_to("BGD-DAC", data), letter_to("JPN-TIC", data)

    assert english.passed_on is not None
    assert (
        "This mail is for Dhaka alone. To let others know, forward the attached file session.ics"
        in english.text
    )
    assert f"The session's page, for those who sign in:\n{PAGE}\n" in english.text
    assert "添付の session.ics を転送してください。" in japanese.text


def test_the_calendar_of_the_message_stands_first_and_alone() -> None:
    mail = opened(composed(letter_to("BGD-DAC", course_day())))

    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
        "application/octet-stream",
    ]
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part["Content-Disposition"] is None
    assert [part.get_filename() for part in mail.iter_attachments() if part.get_filename()] == [
        "invite.ics",
        "session.ics",
    ]


def test_the_file_gives_way_before_anything_that_is_told() -> None:
    long = {"titles": {"en": "x" * 80}, "url": "https://example.org/" + "x" * 80}
    count, made = 0, letter_to("BGD-DAC", snapshot())
    while made.passed_on:
        count += 1
        materials = [material(f"JN-M{number:03}", **long) for number in range(count)]
        data = snapshot(site("JPN-TIC"), site("BGD-DAC"), purpose="東" * 500, materials=materials)
        made = letter_to("BGD-DAC", data)

    assert "東" * 500 in made.text
    assert made.text.count("https://example.org/") == count > 1
    assert "session.ics" not in made.text + made.html
    assert f"This mail is for Dhaka alone.\nThe session's page, for those who sign in:\n{PAGE}\n" in made.text
