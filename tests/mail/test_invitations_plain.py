"""Plain mails: a decline to host and coordinator, the outcome of a request, a message to all."""

from typing import Any

import pytest

from jicanet.mail.message import MOST_BYTES
from tests.support.goldens import course_day, declined_by_cairo
from tests.support.invitations import in_language, person, site, snapshot
from tests.support.letters import TOKEN, Seen, composed, declined_notice, message_to, outcome

FREED = "Its room and its port are free again."
PAGE = "http://jicanet.test/sessions/JN-2026-000437"


def block(text: str, heading: str) -> list[str]:
    """Return the lines under a heading of a mail's text."""
    return text.partition(f"\n\n{heading}\n")[2].split("\n\n")[0].strip("\n").split("\n")


def test_a_decline_is_told_with_the_words_and_what_stands() -> None:
    made = declined_notice(
        declined_by_cairo(), "EGY-CAI", words="No power.\nUntil Friday.", zone="Asia/Dhaka"
    )

    assert made.subject == (
        "Cairo declined: Wed 16 Dec 12:00 Dhaka: Remote Sensing and GIS, day 5 [JN-2026-000437]"
    )
    assert made.calendar is None
    assert made.sender == "sessions@jicanet.invalid"
    assert "12:00–13:30 Dhaka time (Asia/Dhaka, UTC+06:00)" in made.text
    assert block(made.text, "Remote Sensing and GIS, day 5") == [
        "Cairo does not take part.",
        f"{FREED} It was required. Fewer sites are left than the quorum. The session needs attention.",
    ]
    assert block(made.text, "Their words") == ["> No power.", "> Until Friday."]
    assert block(made.text, "What stands") == [
        "Taking part: 4 of 5 sites (Tokyo, Hanoi, Dhaka and Institute of Engineering (Pulchowk))",
        "Quorum: 5, not reached",
    ]
    assert block(made.text, "What you can do")[-1] == PAGE
    assert PAGE in Seen(made.html).addresses


def test_the_coordinator_is_not_told_to_call_the_coordinator_nor_the_host_the_host() -> None:
    to_coordinator = declined_notice(declined_by_cairo(), "EGY-CAI")
    to_host = declined_notice(declined_by_cairo(), "EGY-CAI", to="host")

    assert block(to_coordinator.text, "Whom to call") == ["Host, Tokyo: +81 3 0000 0002"]
    assert block(to_host.text, "Whom to call")[0].startswith("Coordinator: Sato Hanako")
    assert block(to_host.text, "What happens now")[0] == (
        "The coordinator knows, too. The other sites are told only if Cairo is removed."
    )


def test_without_a_coordinator_all_of_them_know() -> None:
    data = {**declined_by_cairo(), "coordinator": None}
    guest = snapshot(
        people=[person("lecturer", "Murai", "murai@example.org", withdrawn=True)], coordinator=None
    )

    assert block(declined_notice(data, "EGY-CAI", to="host").text, "What happens now")[0] == (
        "The coordinators know, too. The other sites are told only if Cairo is removed."
    )
    assert block(declined_notice(guest, "murai@example.org", to="host").text, "What happens now")[0] == (
        "The coordinators know, too. The other sites are not told."
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, FREED),
        ({"required": True}, f"{FREED} It was required."),
    ],
    ids=["optional", "required"],
)
def test_a_loss_is_told_only_where_there_is_one(changes: dict[str, Any], told: str) -> None:
    data = snapshot(site("JPN-TIC"), site("BGD-DAC"), site("EGY-CAI", withdrawn=True, **changes), quorum=2)
    made = declined_notice(data, "EGY-CAI")

    assert block(made.text, "Remote Sensing and GIS, day 5") == ["Cairo does not take part.", told]
    assert block(made.text, "What stands")[1] == "Quorum: 2, reached"
    assert "Their words" not in made.text


def test_a_host_that_declines_leaves_the_coordinator_to_name_another() -> None:
    data = snapshot(
        site("JPN-TIC", withdrawn=True, required=True),
        site("BGD-DAC"),
        status="needs-attention",
    )
    made = declined_notice(data, "JPN-TIC")

    assert "It was the host. The session needs attention." in made.text
    assert block(made.text, "What you can do")[0] == (
        "Name another host, ask Tokyo again or cancel. The other sites are not told yet."
    )
    assert block(made.text, "What stands") == ["Taking part: 1 of 2 sites (Dhaka)"]


def test_the_last_site_that_declines_leaves_none() -> None:
    data = snapshot(site("JPN-TIC", withdrawn=True), site("BGD-DAC", withdrawn=True))

    assert block(declined_notice(data, "BGD-DAC").text, "What stands") == ["No site takes part any more."]


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("coordinator", "Name somebody else or ask Murai again. The sites are not told."),
        ("host", "The coordinator knows, too. The other sites are not told."),
    ],
)
def test_a_person_who_declines_is_named_with_the_role(to: str, told: str) -> None:
    data = snapshot(people=[person("lecturer", "Murai", "murai@example.org", withdrawn=True)])
    made = declined_notice(data, "murai@example.org", to=to)

    assert made.subject.startswith("Murai declined: ")
    assert "\nMurai (lecturer) does not take part.\n" in made.text
    assert told in made.text
    assert "murai@example.org" not in made.text + made.html


def test_the_hosts_clock_goes_by_its_city_and_a_coordinators_by_its_zone() -> None:
    data = snapshot(site("VNM-HAN"), site("BGD-DAC", withdrawn=True))

    to_host = declined_notice(data, "BGD-DAC", to="host", zone="Asia/Ho_Chi_Minh")
    to_coordinator = declined_notice(data, "BGD-DAC", zone="Asia/Ho_Chi_Minh")
    assert to_host.subject.startswith("Dhaka declined: Wed 16 Dec 13:00 Hanoi: ")
    assert to_coordinator.subject.startswith("Dhaka declined: Wed 16 Dec 13:00 Ho Chi Minh: ")


def test_an_approved_request_lists_every_site() -> None:
    made = outcome(course_day(), "approved", reason="Moved to the large room.", zone="Asia/Dhaka")

    assert made.subject.startswith("Approved: Wed 16 Dec 12:00 Dhaka: ")
    assert "Your request is approved: the session will take place.\n" in made.text
    assert block(made.text, "The coordinator's words") == ["> Moved to the large room."]
    assert "- Cairo: Wed 16 Dec, 08:00–09:30, UTC+02:00 (Africa/Cairo)\n" in made.text
    assert PAGE in made.text


def test_an_approved_request_of_many_sites_leads_to_the_page() -> None:
    data = snapshot(site("JPN-TIC"), *(site(f"S{number:02}", country="XX") for number in range(24)))
    made = outcome(data, "approved", zone="Asia/Tokyo")

    assert f"  Sites in all: 25. Each with its local time:\n  {PAGE}\n" in made.text
    assert made.text.count("\n- ") == 1


def test_a_refused_request_says_why_and_that_nothing_happened() -> None:
    made = outcome(
        course_day(), "refused", reason="The bridge is full.\nAsk for 17 December.", zone="Asia/Dhaka"
    )

    assert made.subject.startswith("Not approved: Wed 16 Dec 12:00 Dhaka: ")
    assert "Nothing is booked, and no site was told of it.\n" in made.text
    assert block(made.text, "The coordinator's words") == ["> The bridge is full.", "> Ask for 17 December."]
    assert "Host, " not in made.text


def test_a_message_comes_from_the_recipients_own_address_and_names_its_author() -> None:
    made = message_to("BGD-DAC", snapshot(), sender="Sato Hanako", text="Bring the maps.\n\nSee you.")

    assert made.sender == f"sessions+{TOKEN}@jicanet.invalid"
    assert made.subject.startswith("Message to all sites: Wed 16 Dec 12:00 Dhaka: ")
    assert "JICA-Net · Message for Dhaka\n" in made.text
    assert "\nFrom Sato Hanako\n> Bring the maps.\n> \n> See you.\n" in made.text
    assert "12:00–13:30 in Dhaka" in made.text
    assert made.calendar is None


@pytest.mark.parametrize("sign", ["x", "東", "<", "\U0001f600"])
def test_words_outlast_the_html_and_the_mail_stays_under_30_kb(sign: str) -> None:
    made = message_to("BGD-DAC", in_language(snapshot(), "ja"), sender=sign * 200, text=sign * 4000)

    assert sign * 4000 in made.text
    assert len(composed(made)) <= MOST_BYTES


def test_words_that_no_mail_holds_are_cut_and_the_page_is_named() -> None:
    made = message_to("BGD-DAC", snapshot(), sender="x", text="東" * 20_000)

    assert "東…\n" in made.text
    assert PAGE in made.text
    assert len(composed(made)) <= MOST_BYTES
