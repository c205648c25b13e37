"""What an invitation says to each site, in its language and by its own clock."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jicanet.invitations.domain.picture import facts_of
from jicanet.mail.message import MOST_BYTES, Letter
from tests.support.calendars import lines, unescaped, values
from tests.support.invitations import material, site, snapshot
from tests.support.letters import Seen, calendar, composed, letter, letter_to


def test_one_revision_gives_one_mail_however_often_it_is_rendered() -> None:
    assert composed(letter(snapshot(), 3)) == composed(letter(snapshot(), 3))


def rows(made: Letter) -> dict[str, str]:
    """Return the sites of the plain text: place to everything after it."""
    found = re.findall(r"^[-*] ([^:\n]+): (.+ UTC\S+ \(.+\))$", made.text, flags=re.MULTILINE)
    return {place.removesuffix(" (host)"): rest for place, rest in found}


S9 = {
    "JPN-TIC": "Asia/Tokyo",
    "FJI-SUV": "Pacific/Fiji",
    "WSM-APW": "Pacific/Apia",
    "TON-TBU": "Pacific/Tongatapu",
    "ASM-PPG": "Pacific/Pago_Pago",
    "USA-HNL": "Pacific/Honolulu",
    "PER-LIM": "America/Lima",
    "BOL-LPB": "America/La_Paz",
}


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        (
            datetime(2026, 12, 8, 1, tzinfo=UTC),
            {
                "JPN-TIC": "Tue 8 Dec, 10:00",
                "FJI-SUV": "Tue 8 Dec, 13:00",
                "WSM-APW": "Tue 8 Dec, 14:00",
                "TON-TBU": "Tue 8 Dec, 14:00",
                "ASM-PPG": "Mon 7 Dec, 14:00",
                "USA-HNL": "Mon 7 Dec, 15:00",
                "PER-LIM": "Mon 7 Dec, 20:00",
                "BOL-LPB": "Mon 7 Dec, 21:00",
            },
        ),
        (
            datetime(2026, 12, 8, 14, tzinfo=UTC),
            {"JPN-TIC": "Tue 8 Dec, 23:00", "PER-LIM": "Tue 8 Dec, 09:00", "WSM-APW": "Wed 9 Dec, 03:00"},
        ),
        (datetime(2026, 12, 11, 11, tzinfo=UTC), {"WSM-APW": "Sat 12 Dec, 00:00"}),
        (
            datetime(2026, 12, 13, 23, tzinfo=UTC),
            {"PER-LIM": "Sun 13 Dec, 18:00", "USA-HNL": "Sun 13 Dec, 13:00"},
        ),
        (datetime(2027, 1, 1, 0, tzinfo=UTC), {"BOL-LPB": "Thu 31 Dec 2026, 20:00"}),
    ],
    ids="abcde",
)
def test_every_site_has_its_own_date_and_clock(starts_at: datetime, expected: dict[str, str]) -> None:
    ends_at = starts_at + timedelta(minutes=60)
    data = snapshot(
        *(site(code, zone=zone, city=code, country="XX") for code, zone in S9.items()),
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
    )
    made = letter_to("JPN-TIC", data)

    found = {code: " ".join(rest.split("–")[0].split()) for code, rest in rows(made).items()}
    assert {code: found[code] for code in expected} == expected
    seen = Seen(made.html).text
    for day_and_clock in expected.values():
        assert day_and_clock.replace(",", "") in seen
    for reader, told in expected.items():
        opening = letter_to(reader, data)
        day, _, clock = told.partition(", ")
        assert opening.subject.startswith(f"{' '.join(day.split()[:3])} {clock} {reader}: ")
    assert values(calendar(made), "DTSTART") == [f"{starts_at:%Y%m%dT%H%M%SZ}"]


def test_html_and_text_say_the_same_of_every_site() -> None:
    made = letter(snapshot(), 3)
    seen = Seen(made.html).text

    for place, rest in rows(made).items():
        day, span, offset, zone = re.fullmatch(r"(.+), (.+), (UTC\S+) \((.+)\)", rest).groups()  # type: ignore[union-attr]  # the form is ours
        assert place in seen
        assert f"{day} {span}" in seen
        assert f"{offset} {zone}" in seen.replace("/ ", "/").replace("_ ", "_")


def test_the_language_is_the_recipients() -> None:
    made = letter_to("JPN-TIC", snapshot())

    assert made.language == "ja"
    assert made.subject == "12/16（水）15:00 東京：Remote Sensing and GIS, day 5 [JN-2026-000437]"
    assert "ダッカ：12月16日（水） 12:00–13:30 UTC+06:00（Asia/Dhaka）" in made.text
    assert '<html lang="ja">' in made.html


def test_two_stations_of_one_city_go_by_their_own_names() -> None:
    made = letter_to("BGD-DAC", snapshot(site("JPN-TIC"), site("JPN-HQ"), site("BGD-DAC")))

    assert list(rows(made)) == ["JICA Tokyo", "JICA Headquarters (Nibancho)", "Dhaka"]
    assert made.subject.startswith("Wed 16 Dec 12:00 Dhaka: ")


def test_one_mailbox_of_two_stations_gets_one_mail_for_both() -> None:
    victory = {"code": "holiday", "name": "Victory Day", "date": "2026-12-16"}
    data = snapshot(site("JPN-TIC"), site("BGD-DAC", warnings=(victory,)), site("NPL-KTM", required=True))
    data["recipients"][1]["parts"] = ["BGD-DAC", "NPL-KTM"]
    data["recipients"].pop()

    made = letter_to("NPL-KTM", data)

    assert "Invitation for Dhaka and Kathmandu" in made.text
    assert "* Dhaka: " in made.text
    assert "* Kathmandu: " in made.text
    [attendee] = [line for line in lines(calendar(made)) if line.name == "ATTENDEE"]
    assert attendee.value == "mailto:bgd-dac@stations.invalid"
    assert 'CN="JICA Bangladesh Office, JICA Nepal Office"' in attendee.parameters
    assert "ROLE=REQ-PARTICIPANT" in attendee.parameters


def test_nobody_sees_another_recipients_address() -> None:
    data = snapshot()
    for recipient in data["recipients"]:
        content = composed(letter(data, recipient["id"]), recipient["address"])
        made = letter(data, recipient["id"])
        everything = content.decode() + made.text + made.html + calendar(made).decode().replace("\r\n ", "")
        for other in data["recipients"]:
            assert (other["address"] in everything) is (other == recipient)


@pytest.mark.parametrize(
    ("warning", "box", "note", "colour"),
    [
        (
            {"code": "holiday", "name": "Victory Day", "date": "2026-12-16"},
            "Wednesday 16 December is Victory Day.",
            "Holiday: Victory Day",
            "#fdeceb",
        ),
        (
            {"code": "holiday_estimated", "name": "Eid", "date": "2026-12-16"},
            "Wednesday 16 December is probably Eid: the date is estimated.",
            "Holiday, date estimated: Eid",
            "#fff5d1",
        ),
        (
            {"code": "weekend", "date": "2026-12-16"},
            "Wednesday 16 December is a weekend day in Dhaka.",
            "Weekend",
            "#fdeceb",
        ),
        (
            {"code": "outside_hours", "minutes": 150},
            "The time lies up to 2 h 30 min outside your office hours.",
            "2 h 30 min outside office hours",
            "#fff5d1",
        ),
        (
            {"code": "holidays_unknown", "country": "BD", "year": 2026},
            "The holidays of 2026 in Bangladesh are not known to us.",
            "Holidays of 2026 not known",
            "#fff5d1",
        ),
    ],
    ids=lambda given: given["code"] if isinstance(given, dict) else "",
)
def test_an_exception_stands_in_a_box_and_under_the_site(
    warning: dict[str, Any], box: str, note: str, colour: str
) -> None:
    data = snapshot(site("JPN-TIC"), site("BGD-DAC", warnings=(warning,)))
    own, hosts = letter_to("BGD-DAC", data), letter(data | {"recipients": _in_english(data)}, 1)

    assert f"! {box}\n" in own.text
    assert f"    {note}\n" in own.text
    assert f"background:{colour}" in own.html
    assert f"! {box}\n" not in hosts.text
    told = "! The hours or the day are out of the ordinary for Dhaka.\n" in hosts.text
    assert told is (warning["code"] != "holidays_unknown")
    assert f"    {note}\n" in hosts.text


def _in_english(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**recipient, "language": "en"} for recipient in data["recipients"]]


def test_a_missing_mailbox_is_not_the_sites_to_know() -> None:
    data = snapshot(site("JPN-TIC"), site("BGD-DAC", warnings=({"code": "no_mailbox"},)))

    for recipient in data["recipients"]:
        made = letter(data, recipient["id"])
        assert "\n! " not in made.text
        assert "border-left" not in made.html


@pytest.mark.parametrize(
    ("coordinator", "host", "expected"),
    [
        (
            {"name": "Sato Hanako", "email": "s@example.org", "telephone": "+81 3 1"},
            {"name": "Kim", "telephone": "+81 3 2"},
            ["Coordinator: Sato Hanako, +81 3 1, s@example.org", "Host, Tokyo: Kim, +81 3 2"],
        ),
        (
            {"name": "Sato Hanako", "email": "", "telephone": ""},
            {"name": "", "telephone": ""},
            ["Coordinator: Sato Hanako, telephone not known", "Host, Tokyo: telephone not known"],
        ),
        (
            None,
            {"name": "", "telephone": "+81 3 2"},
            ["Coordinator: not named", "Host, Tokyo: +81 3 2"],
        ),
    ],
    ids=["known", "unknown", "nobody"],
)
def test_it_says_whom_to_call_or_that_it_is_not_known(
    coordinator: dict[str, str] | None, host: dict[str, str], expected: list[str]
) -> None:
    made = letter(snapshot(coordinator=coordinator, host_contact=host), 3)

    assert "Whom to call\n" + "\n".join(expected) in made.text
    for line in expected:
        assert line in Seen(made.html).text
        assert line in unescaped(values(calendar(made), "DESCRIPTION")[0])


@pytest.mark.parametrize(
    ("warning", "english", "japanese"),
    [
        (
            {"code": "weekend", "date": "2026-12-16"},
            "To accept is to agree to open the room.",
            "「参加」は、開所することへの同意になります。",
        ),
        (
            {"code": "holidays_unknown", "country": "BD", "year": 2026},
            "If the room cannot open that day, decline.",
            "当日開所できない場合は「不参加」をお選びください。",
        ),
    ],
    ids=["out of hours", "not known"],
)
def test_the_box_says_what_accepting_means(warning: dict[str, Any], english: str, japanese: str) -> None:
    data = snapshot(site("JPN-TIC", warnings=(warning,)), site("BGD-DAC", warnings=(warning,)))
    made = letter_to("BGD-DAC", data)

    assert f"  {english}\n\n" in made.text
    assert english in Seen(made.html).text
    assert f"  {japanese}\n\n" in letter_to("JPN-TIC", data).text


def test_without_join_details_it_says_that_they_follow() -> None:
    nothing = {"url": "", "sip": "", "h323": "", "pin": ""}
    english, japanese = (letter(snapshot(join=nothing), recipient) for recipient in (3, 1))

    assert "Joining\nJoining details follow\n" in english.text
    assert "接続先\n接続方法は追ってお知らせします\n" in japanese.text
    assert values(calendar(english), "LOCATION") == ["Joining details follow"]
    assert values(calendar(japanese), "LOCATION") == ["接続方法は追ってお知らせします"]
    assert values(calendar(english), "URL") == ["http://jicanet.test/sessions/JN-2026-000437"]
    assert values(calendar(english), "CONFERENCE") == []


def test_the_join_link_stands_where_every_client_looks() -> None:
    content = calendar(letter(snapshot(), 3))
    url = "https://meet.jicanet.invalid/000437"

    assert values(content, "URL") == [url]
    assert values(content, "LOCATION") == [url]
    assert values(content, "CONFERENCE")[0] == url
    assert unescaped(values(content, "DESCRIPTION")[0]).split("\n")[0] == url


def test_materials_are_told_with_their_local_times_and_attached() -> None:
    data = snapshot(
        materials=[
            material("JN-M001", kind="shown", start_minute=5, end_minute=35),
            material("JN-M002", kind="shown", start_minute=60),
            material("JN-M003", kind="pre-viewing", language="ja", required=True),
            material("JN-M004", kind="minutes", titles={"ja": "議事録"}, url="javascript:alert(1)"),
        ]
    )
    made = letter(data, 3)

    assert "Shown 12:05–12:35, Dhaka time." in made.text
    assert "Shown 13:00, Dhaka time." in made.text
    assert "In Japanese. Required." in made.text
    assert made.text.index("Watch before the day") < made.text.index("Shown in the session")
    assert "Afterwards\n- 議事録\n" in made.text
    assert values(calendar(made), "ATTACH") == [
        f"http://jicanet.test/library/JN-M00{number}" for number in (1, 2, 3)
    ]
    assert "javascript" not in composed(made).decode() + made.html + made.text


def test_a_material_on_the_next_day_says_so() -> None:
    data = snapshot(
        starts_at="2026-12-16T17:30:00Z",
        ends_at="2026-12-16T19:00:00Z",
        materials=[material(kind="shown", start_minute=40, end_minute=60)],
    )
    assert "Shown Thu 17 Dec 00:10–00:30, Dhaka time." in letter(data, 3).text


def test_a_session_over_midnight_or_a_clock_change_ends_when_it_ends() -> None:
    data = snapshot(
        site("JPN-TIC"),
        site("BEL", zone="Europe/Belgrade", city="Belgrade", country="RS"),
        starts_at="2027-03-27T23:30:00Z",
        ends_at="2027-03-28T01:30:00Z",
    )
    made = letter_to("BEL", data)

    assert "00:30–03:30 in Belgrade" in made.text  # two hours: the clocks go from 02:00 to 03:00
    over_midnight = letter_to("BEL", data | {"starts_at": "2027-03-27T22:00:00Z"})
    assert "23:00–03:30 (+1 day) in Belgrade" in over_midnight.text


def test_more_than_twenty_sites_are_a_count_and_a_link() -> None:
    data = snapshot(site("JPN-TIC"), *(site(f"S{number:02}", country="XX") for number in range(24)))
    made = letter(data, 10)

    assert len(rows(made)) == 2
    assert "\n* S08: " in made.text
    told = "Sites in all: 25. Each with its local time:"
    assert f"  {told}\n  http://jicanet.test/sessions/JN-2026-000437\n" in made.text
    assert f"{told} jicanet.test/sessions/JN-2026-000437" in Seen(made.html).text
    assert told in unescaped(values(calendar(made), "DESCRIPTION")[0])


def test_twenty_sites_are_all_written_out() -> None:
    data = snapshot(site("JPN-TIC"), *(site(f"S{number:02}", country="XX") for number in range(19)))

    made = letter(data, 10)

    assert len(rows(made)) == 20
    assert len(composed(made)) <= MOST_BYTES


@pytest.mark.parametrize("sign", ["x", "東", "<", "\U0001f600"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_fullest_mail_stays_under_30_kb(language: str, sign: str) -> None:
    notes = (
        {"code": "holiday", "name": sign * 100, "date": "2026-12-16"},
        {"code": "holidays_unknown", "country": "BD", "year": 2026},
    )
    long = {
        "titles": {"en": sign * 200, "ja": sign * 200},
        "url": "https://example.org/" + sign * 200,
        "kind": "shown",
        "start_minute": 1,
        "end_minute": 2,
    }
    data = snapshot(
        *(
            site(f"S{number:02}", warnings=notes, name={"en": sign * 80, "ja": sign * 80})
            for number in range(20)
        ),
        title=sign * 200,
        purpose=sign * 2000,
        coordinator={"name": sign * 200, "email": "", "telephone": sign * 200},
        host_contact={"name": sign * 200, "telephone": sign * 200},
        department=sign * 200,
        join={
            "url": "https://example.org/" + sign * 180,
            "sip": sign * 200,
            "h323": sign * 200,
            "pin": sign * 200,
        },
        materials=[material(f"JN-M{number:03}", **long) for number in range(50)],
    )
    data["recipients"][7]["language"] = language

    made = letter(data, 8)

    assert len(composed(made)) <= MOST_BYTES
    assert "[JN-2026-000437]" in made.subject
    assert "S07" in made.text


def test_a_snapshot_of_another_shape_is_refused() -> None:
    data = snapshot()
    del data["sites"]
    with pytest.raises(KeyError):
        facts_of(data)
    with pytest.raises(ValueError, match="no zone"):
        facts_of(snapshot(starts_at="2026-12-16T06:00:00"))
    with pytest.raises(KeyError):
        letter(snapshot(), 99)


def test_japans_holiday_goes_by_its_japanese_name_in_japanese_mail_alone() -> None:
    day = {"code": "holiday", "name": "Sports Day", "local_name": "スポーツの日", "date": "2027-10-11"}
    data = snapshot(site("JPN-TIC", warnings=(day,)), site("BGD-DAC"))
    assert "祝日（スポーツの日）" in letter_to("JPN-TIC", data).text
    assert "Sports Day" in letter_to("BGD-DAC", data).text
    assert "スポーツの日" not in letter_to("BGD-DAC", data).text
