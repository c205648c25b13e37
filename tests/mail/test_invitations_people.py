"""People with a role and guest sites: mails of their own, by their own clock."""

import re
from typing import Any

import pytest

from tests.support.calendars import Line, lines, unescaped, values
from tests.support.goldens import course_day
from tests.support.invitations import guest, in_language, material, person, site, snapshot
from tests.support.letters import Seen, calendar, composed, letter, letter_to

ADDRESS = "one@example.org"


def attendee_of(content: bytes) -> Line:
    [found] = [line for line in lines(content) if line.name == "ATTENDEE"]
    return found


@pytest.mark.parametrize(
    ("role", "english", "japanese"),
    [
        ("moderator", "You are the moderator.", "ご担当は司会です。"),
        ("lecturer", "You are a lecturer.", "ご担当は講師です。"),
        ("interpreter", "You are an interpreter.", "ご担当は通訳です。"),
        ("local-facilitator", "You are a local facilitator.", "ご担当は現地ファシリテーターです。"),
        ("operator", "You are an operator.", "ご担当は機器の操作です。"),
    ],
)
def test_a_person_is_told_their_role(role: str, english: str, japanese: str) -> None:
    data = snapshot(people=[person(role, "Ono Keiko", ADDRESS, "Asia/Dhaka")])
    made, other = letter_to(ADDRESS, data), letter_to(ADDRESS, in_language(data, "ja"))

    for text in (made.text, Seen(made.html).text, unescaped(values(calendar(made), "DESCRIPTION")[0])):
        assert english in text
    assert japanese in other.text
    assert "Invitation for Ono Keiko\n" in made.text
    assert "Ono Keiko 様あてのご案内\n" in other.text
    assert "required" not in made.text


def test_a_person_reads_the_time_by_their_own_zone() -> None:
    data = snapshot(people=[person("lecturer", "Murai", ADDRESS, "Pacific/Apia")])
    made = letter_to(ADDRESS, data)

    assert made.subject.startswith("Wed 16 Dec 19:00 Apia: ")
    assert "19:00–20:30 Apia time (Pacific/Apia, UTC+13:00)\nSet-up from 18:45." in made.text
    assert "Host: Tokyo, 15:00–16:30." in made.text
    assert not any(line.startswith("*") for line in made.text.split("\n"))


def test_a_person_without_a_zone_reads_the_hosts_clock() -> None:
    made = letter_to(ADDRESS, snapshot(people=[person("lecturer", "Murai", ADDRESS)]))

    assert made.subject.startswith("Wed 16 Dec 15:00 Tokyo: ")
    assert "15:00–16:30 Tokyo time (Asia/Tokyo, UTC+09:00)" in made.text


def test_utc_is_called_by_its_name() -> None:
    made = letter_to(ADDRESS, snapshot(people=[person("lecturer", "Murai", ADDRESS, "UTC")]))

    assert "06:00–07:30 UTC (UTC, UTC+00:00)" in made.text


def test_a_person_is_an_individual_who_is_required() -> None:
    content = calendar(letter_to(ADDRESS, snapshot(people=[person("lecturer", "Murai", ADDRESS)])))

    assert attendee_of(content) == Line(
        "ATTENDEE",
        ("CN=Murai", "CUTYPE=INDIVIDUAL", "PARTSTAT=NEEDS-ACTION", "ROLE=REQ-PARTICIPANT", "RSVP=TRUE"),
        f"mailto:{ADDRESS}",
    )


@pytest.mark.parametrize(("required", "role"), [(True, "REQ-PARTICIPANT"), (False, "OPT-PARTICIPANT")])
def test_a_guest_site_is_a_room(required: bool, role: str) -> None:
    lab = guest("Institute of Engineering", "Pulchowk", "Asia/Kathmandu", ADDRESS, required=required)
    made = letter_to(ADDRESS, snapshot(site("JPN-TIC"), lab))

    assert {"CUTYPE=ROOM", f"ROLE={role}", 'CN="Institute of Engineering"'} <= set(
        attendee_of(calendar(made)).parameters
    )
    assert made.subject.startswith("Wed 16 Dec 11:45 Pulchowk: ")
    assert "Invitation for Institute of Engineering (Pulchowk)\n" in made.text
    assert "11:45–13:15 in Pulchowk" in made.text
    assert "* Institute of Engineering (Pulchowk): Wed 16 Dec, 11:45–13:15" in made.text
    assert "You are a receiving site." in made.text


def test_a_mailbox_of_a_site_and_a_person_is_a_room_that_knows_both() -> None:
    data = snapshot(
        site("JPN-TIC"),
        site("BGD-DAC"),
        people=[person("operator", "Rahman", "bgd-dac@stations.invalid", "Asia/Dhaka")],
    )
    data["recipients"][1]["parts"].append("bgd-dac@stations.invalid")
    data["recipients"].pop()
    made = letter(data, 2)

    assert "Invitation for Dhaka and Rahman\n" in made.text
    assert "You are a receiving site. Your attendance is optional. Rahman (operator)." in made.text
    attendee = attendee_of(calendar(made))
    assert {"CUTYPE=ROOM", "ROLE=REQ-PARTICIPANT"} <= set(attendee.parameters)
    assert 'CN="JICA Bangladesh Office, Rahman"' in attendee.parameters


def test_everybody_hears_who_leads_and_nobody_any_address() -> None:
    data = course_day()
    data["people"].append(person("operator", "Away", "away@example.org", withdrawn=True))
    made = letter_to("BGD-DAC", data)

    assert "Ono Keiko (moderator) · Prof. S. Murai (lecturer) · Rahman (local facilitator)\n" in made.text
    assert "Interpretation: Japanese–English · The session is recorded.\n" in made.text
    assert "Away" not in made.text
    everything = composed(made).decode() + made.text + made.html + calendar(made).decode()
    everything += made.passed_on.content.decode() if made.passed_on else ""
    for other in data["recipients"]:
        if other["parts"] != ["BGD-DAC"]:
            assert other["address"] not in everything.replace("\r\n ", "")


def test_more_than_six_people_are_not_all_named() -> None:
    people = [person("lecturer", f"L{number}", f"l{number}@example.org") for number in range(8)]
    made = letter_to("BGD-DAC", snapshot(people=people))

    assert "L5 (lecturer) · …\n" in made.text
    assert "L6" not in made.text


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("part", ["BGD-DAC", "g3@example.org", "l2@example.org"])
def test_twenty_sites_with_guests_and_people_are_all_told_under_30_kb(part: str, lang: str) -> None:
    made = letter_to(part, in_language(full_session(), lang), news="moved")

    assert len(composed(made)) <= 30_000
    assert len(re.findall("UTC[+-]", made.text)) == 21  # the hero, and every site


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_list_of_sites_outlasts_purpose_materials_and_the_calendars_own_list(lang: str) -> None:
    data = in_language(full_session(), lang)
    for place in data["sites"]:
        place["warnings"] = [{"code": "outside_hours", "minutes": 45}]
    data |= {
        "purpose": "衛星画像の判読。" * 40,
        "materials": [material(f"JN-M{number:03}") for number in range(9)],
    }
    made = letter_to("BGD-DAC", data)

    assert len(composed(made)) <= 30_000
    assert len(re.findall("UTC[+-]", made.text)) == 21
    told = unescaped(values(calendar(made), "DESCRIPTION")[0])
    assert told.count("\n- ") + told.count("\n* ") == 2  # the reader's own and the host's
    assert "20" in told
    assert told.endswith("http://jicanet.test/sessions/JN-2026-000437")


def full_session() -> dict[str, Any]:
    codes = (
        *("JPN-TIC", "VNM-HAN", "BGD-DAC", "NPL-KTM", "KEN-NBO", "PER-LIM", "WSM-APW", "BOL-LPB"),
        *("EGY-CAI", "JOR-AMM", "TUR-ANK", "PHL-MNL", "MYS-KUL", "KHM-PNH", "LAO-VTE"),
    )
    guests = [
        guest(f"University {number}", f"City {number}", "Asia/Kathmandu", f"g{number}@example.org")
        for number in range(5)
    ]
    people = [person("lecturer", f"Lecturer {number}", f"l{number}@example.org") for number in range(4)]
    changes = {"starts_at": ["2026-12-15T06:00:00Z", "2026-12-16T06:00:00Z"], "join": True}
    return snapshot(
        *map(site, codes), *guests, people=people, interpretation="Japanese–English", changes=changes
    )
