"""What an invitation has new, for those who were invited before."""

import re
from typing import Any

import pytest

from tests.support.calendars import lines, values
from tests.support.goldens import changed_day, round_4_moved, round_4_with_jordan, round_5_without_bangladesh
from tests.support.invitations import guest, in_language, old_snapshot, person, site, snapshot
from tests.support.letters import ANSWER, Seen, calendar, letter, letter_to

RESET = "Earlier answers no longer count: answer again."


def lead(text: str) -> list[str]:
    """Return the block of a mail's text that follows its title."""
    return text.split("\n\n")[2].split("\n")


@pytest.mark.parametrize(
    ("part", "news"),
    [
        ("TUR-ANK", "Moved: Wed 24 Aug 09:00–12:30 → Wed 9 Nov 08:00–11:30 (Ankara time)"),
        ("VNM-HAN", "Moved: Wed 24 Aug 13:00–16:30 → Wed 9 Nov 13:00–16:30 (Hanoi time)"),
    ],
    ids=["clocks went back", "no change of clocks"],
)
def test_a_moved_session_leads_with_both_times_by_the_readers_own_clock(part: str, news: str) -> None:
    made = letter_to(part, in_language(round_4_moved(), "en"), news="moved")

    assert lead(made.text) == [news]
    assert news in Seen(made.html).text
    assert made.subject.startswith("Moved: Wed 9 Nov ")
    assert RESET in made.text
    assert values(calendar(made), "DTSTART") == ["20051109T060000Z"]


def test_each_time_has_its_own_date_there_and_its_year_where_they_differ() -> None:
    data = snapshot(
        site("JPN-TIC"),
        site("PER-LIM"),
        starts_at="2027-01-06T01:00:00Z",
        ends_at="2027-01-06T02:30:00Z",
        changes={"starts_at": ["2026-12-16T06:00:00Z", "2027-01-06T01:00:00Z"], "minutes": [60, 90]},
    )
    made = letter_to("PER-LIM", data, news="moved")

    assert lead(made.text) == [
        "Moved: Wed 16 Dec 2026 01:00–02:00 → Tue 5 Jan 2027 20:00–21:30 (Lima time)",
        "Length: 60 min → 90 min",
    ]
    assert made.subject.startswith("Moved: Tue 5 Jan 20:00 Lima: ")


def test_a_longer_session_tells_both_spans() -> None:
    made = letter_to("BGD-DAC", snapshot(changes={"minutes": [60, 90]}), news="moved")

    assert lead(made.text)[0] == "Moved: Wed 16 Dec 12:00–13:00 → Wed 16 Dec 12:00–13:30 (Dhaka time)"


def test_moved_in_japanese() -> None:
    made = letter_to("JPN-TIC", round_4_moved(), news="moved")

    assert made.subject == "日時変更：11/9（水）15:00 東京：Remote Sensing and GIS, day 1 [JN-2005-000041]"
    assert lead(made.text) == ["日時変更：8月24日（水） 15:00–18:30 → 11月9日（水） 15:00–18:30（東京時間）"]


def test_a_changed_session_says_what_changed() -> None:
    made = letter_to("BGD-DAC", changed_day(), news="changed")

    assert lead(made.text) == [
        "What has changed:",
        "Title: “Remote Sensing, day 5” → “Remote Sensing and GIS, day 5”",
        "Host: Hanoi → Tokyo",
        "Set-up before the start: 10 min → 15 min",
        "The joining details are new: see below.",
    ]
    assert made.subject.startswith("Changed: Wed 16 Dec 12:00 Dhaka: ")
    assert RESET in made.text  # another host: the answer is asked anew


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"teardown_minutes": [0, 15]}, "Clearing up after the end: 0 min → 15 min"),
        ({"join": True}, "The joining details are new: see below."),
        ({"title": ["A", "B"]}, "Title: “A” → “B”"),
        ({"host": ["PHL-MNL", "JPN-TIC"], "removed": []}, "Host: PHL-MNL → Tokyo"),
        ({}, "Your part in the session has changed."),
    ],
    ids=lambda given: next(iter(given), "part") if isinstance(given, dict) else "",
)
def test_one_change_is_the_headline(changes: dict[str, Any], told: str) -> None:
    made = letter_to("BGD-DAC", snapshot(changes=changes), news="changed")

    assert lead(made.text) == [told]


def test_joining_details_that_are_withdrawn_are_told_so() -> None:
    nothing = {"url": "", "sip": "", "h323": "", "pin": ""}
    made = letter_to("BGD-DAC", snapshot(join=nothing, changes={"join": True}), news="changed")

    assert lead(made.text) == ["The joining details no longer hold. New ones follow."]


def test_sites_that_come_and_go_are_named() -> None:
    added = letter_to("VNM-HAN", round_4_with_jordan(), news="changed", partstat="ACCEPTED")
    dropped = letter_to("MYS-KUL", round_5_without_bangladesh(), news="changed")

    assert lead(added.text) == ["Added: Amman"]
    assert lead(dropped.text) == ["No longer taking part: Dhaka"]
    assert "- Amman: Wed 9 Nov, 08:00–11:30, UTC+02:00 (Asia/Amman)" in added.text
    assert "Dhaka" not in dropped.text.replace("No longer taking part: Dhaka", "")


def test_a_guest_site_goes_by_its_name_and_people_come_and_go_unsaid() -> None:
    lab = guest("Institute of Engineering", "Pulchowk", "Asia/Kathmandu", "lab@ioe.example.org")
    data = snapshot(
        site("JPN-TIC"),
        lab,
        people=[person("lecturer", "Murai", "murai@example.org")],
        changes={
            "added": ["lab@ioe.example.org", "murai@example.org"],
            "removed": [
                {"key": "x@example.org", "name": "Fiji College", "city": "Nadi"},
                {"key": "y@example.org", "name": "Kim", "city": ""},
            ],
        },
    )
    made = letter_to("JPN-TIC", in_language(data, "en"), news="changed")

    assert lead(made.text) == [
        "What has changed:",
        "Added: Institute of Engineering (Pulchowk)",
        "No longer taking part: Fiji College (Nadi)",
    ]
    assert "@" not in re.sub("sato@example.org|SIP [^ ]+", "", made.text)


def test_a_restored_session_asks_again() -> None:
    made = letter_to("BGD-DAC", snapshot(), news="restored")

    assert lead(made.text) == ["This session takes place after all."]
    assert made.subject.startswith("Restored: Wed 16 Dec 12:00 Dhaka: ")
    assert RESET in made.text


@pytest.mark.parametrize(
    ("partstat", "news", "changes", "told"),
    [
        (
            "ACCEPTED",
            "changed",
            {"title": ["A", "B"]},
            "You have accepted. That stands unless you change it.",
        ),
        (
            "TENTATIVE",
            "changed",
            {"join": True},
            "You have answered: not sure. That stands until you change it.",
        ),
        ("NEEDS-ACTION", "changed", {"title": ["A", "B"]}, ""),
        ("NEEDS-ACTION", "changed", {"host": ["VNM-HAN", "JPN-TIC"]}, RESET),
        ("NEEDS-ACTION", "moved", {"minutes": [60, 90]}, RESET),
        ("NEEDS-ACTION", "", {}, ""),
    ],
)
def test_the_answer_that_is_kept_stands_above_the_buttons_and_in_the_calendar(
    partstat: str, news: str, changes: dict[str, Any], told: str
) -> None:
    made = letter_to("BGD-DAC", snapshot(changes=changes), news=news, partstat=partstat)

    [attendee] = [line for line in lines(calendar(made)) if line.name == "ATTENDEE"]
    assert f"PARTSTAT={partstat}" in attendee.parameters
    block = made.text.partition("Your answer\n")[2].split("\n- Accept")[0]
    assert block == told if told else made.text.count("Your answer\n- Accept") == 1


@pytest.mark.parametrize(
    ("warning", "accept"),
    [
        (None, "Accept"),
        ({"code": "no_mailbox"}, "Accept"),
        ({"code": "holidays_unknown", "country": "BD", "year": 2026}, "Accept"),
        ({"code": "holiday", "name": "Victory Day", "date": "2026-12-16"}, "Accept, we will open"),
        ({"code": "outside_hours", "minutes": 30}, "Accept, we will open"),
    ],
    ids=lambda given: given["code"] if isinstance(given, dict) else "",
)
def test_three_answers_lead_to_the_readers_own_page(warning: dict[str, Any] | None, accept: str) -> None:
    data = snapshot(site("JPN-TIC"), site("BGD-DAC", warnings=(warning,) if warning else ()))
    made = letter_to("BGD-DAC", data)

    offered = ((accept, "accepted"), ("Not sure", "tentative"), ("Decline", "declined"))
    for label, answer in offered:
        assert f"- {label}: {ANSWER}?answer={answer}\n" in made.text
        assert f">{label}</a>" in made.html
    seen = Seen(made.html)
    assert [url for url in seen.addresses if "/answer/" in url] == [
        f"{ANSWER}?answer={answer}" for _, answer in offered
    ]


def test_a_site_that_declined_is_listed_as_before_until_it_is_removed() -> None:
    data = snapshot(site("JPN-TIC"), site("BGD-DAC"), site("EGY-CAI", withdrawn=True, answer="declined"))
    made = letter_to("BGD-DAC", data)

    assert "- Cairo: Wed 16 Dec, 08:00–09:30, UTC+02:00 (Africa/Cairo)\n" in made.text
    assert "does not take part" not in made.text + made.html


def test_an_answer_that_is_withdrawn_does_not_set_the_clock_of_one_that_stands() -> None:
    data = snapshot(site("JPN-TIC"), site("EGY-CAI", withdrawn=True), site("BGD-DAC", required=True))
    data["recipients"][1]["parts"] = ["EGY-CAI", "BGD-DAC"]
    data["recipients"].pop()
    made = letter(data, 2)

    assert made.subject.startswith("Wed 16 Dec 12:00 Dhaka: ")
    assert "Invitation for Dhaka\n" in made.text


def test_a_picture_of_before_sessions_could_change_is_still_an_invitation() -> None:
    then, now = letter_to("BGD-DAC", old_snapshot()), letter_to("BGD-DAC", snapshot())

    assert (then.subject, then.text, then.calendar) == (now.subject, now.text, now.calendar)
