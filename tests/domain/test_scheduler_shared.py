"""Addresses that speak for several parts (domain.md, Who is told what): one mail, one PARTSTAT, one answer."""

from dataclasses import replace
from typing import Any

import pytest

from jicanet.scheduler.domain.words import Answer, PersonRole
from tests.support.booking import DHAKA, HANOI, LIMA, TOKYO, request
from tests.support.life import Desk, Kept, guest, lines, person, seats

ACCEPTED, TENTATIVE, DECLINED = Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED
SOUTH = "south@example.org"
HOST = "jpn-tic"


def opened(**changes: Any) -> tuple[Desk, Kept]:
    """Return a session of Tokyo, and of Hanoi and Dhaka, whose mailbox is one."""
    south = (replace(each, mailbox=SOUTH) for each in (HANOI, DHAKA))
    desk = Desk((TOKYO, *south, LIMA))
    return desk, desk.book(request(**{"stations": seats("VNM-HAN", "BGD-DAC"), **changes}))


def with_lecturer() -> tuple[Desk, Kept]:
    """Return a session in which a person reads the mailbox of Hanoi."""
    return opened(stations=seats("VNM-HAN"), people=(person(SOUTH),))


def last(kept: Kept, address: str = SOUTH) -> tuple[str, tuple[str, ...]]:
    """Return the last mail to an address, and the parts that it is for."""
    notice = next(mail.notice for mail in reversed(kept.mails) if mail.notice.address == address)
    return lines([notice])[address.partition("@")[0]], notice.parts


def test_one_mail_for_both() -> None:
    _, kept = opened()
    assert [mail.notice.address for mail in kept.mails] == ["jpn-tic@example.org", SOUTH]
    assert last(kept) == ("REQUEST 0 needs-action", ("VNM-HAN", "BGD-DAC"))


@pytest.mark.parametrize(
    ("answers", "partstat"),
    [
        ((ACCEPTED, Answer.NEEDS_ACTION), "needs-action"),
        ((ACCEPTED, TENTATIVE), "tentative"),
        ((TENTATIVE, Answer.NEEDS_ACTION), "needs-action"),
        ((ACCEPTED, ACCEPTED), "accepted"),
    ],
)
def test_the_least_settled_live_part_speaks(answers: tuple[Answer, Answer], partstat: str) -> None:
    desk, kept = opened()
    for code, said in zip(("VNM-HAN", "BGD-DAC"), answers, strict=True):
        desk.answer(kept, code, said)
    desk.patch(kept, title="Day 5")
    assert last(kept)[0] == f"REQUEST 0 {partstat} changed"


def test_a_part_that_declined_does_not_speak() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", ACCEPTED)
    desk.answer(kept, "BGD-DAC", DECLINED)
    desk.patch(kept, title="Day 5")
    assert last(kept) == ("REQUEST 0 accepted changed", ("VNM-HAN",))


def test_its_answer_answers_for_all_of_them() -> None:
    desk, kept = opened(people=(person(SOUTH),))
    assert desk.press(kept, SOUTH, TENTATIVE) == ()
    said = {kept.part(key).answer for key in ("VNM-HAN", "BGD-DAC", f"person/{SOUTH}")}
    assert said == {TENTATIVE}
    assert lines(desk.press(kept, SOUTH, DECLINED)) == {"south": "CANCEL 1 part declined"}
    assert kept.stored.ports == 1


def test_each_of_two_declines_by_its_own_people() -> None:
    desk, kept = opened()
    # It is present still, by the other part: what it takes part with is another.
    assert lines(desk.answer(kept, "VNM-HAN", DECLINED)) == {"south": "REQUEST 0 needs-action changed"}
    assert last(kept)[1] == ("BGD-DAC",)
    assert lines(desk.answer(kept, "BGD-DAC", DECLINED)) == {"south": "CANCEL 1 part declined"}
    assert last(kept)[1] == ("BGD-DAC",)
    assert lines(desk.answer(kept, "VNM-HAN", ACCEPTED)) == {"south": "REQUEST 2 accepted"}
    assert last(kept)[1] == ("VNM-HAN",)


def test_the_return_of_one_of_two() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert lines(desk.answer(kept, "VNM-HAN", ACCEPTED)) == {"south": "REQUEST 0 needs-action changed"}
    assert last(kept)[1] == ("VNM-HAN", "BGD-DAC")


def test_one_of_two_is_removed() -> None:
    desk, kept = opened()
    changed = "REQUEST 0 needs-action changed"
    assert lines(desk.patch(kept, stations=seats("VNM-HAN"))) == {HOST: changed, "south": changed}
    assert last(kept)[1] == ("VNM-HAN",)
    assert kept.stored.session.counter == 0


def test_a_cancel_names_the_parts_that_are_gone_and_no_earlier_ones() -> None:
    desk, kept = opened()
    desk.patch(kept, stations=seats("BGD-DAC"))
    assert lines(desk.patch(kept, stations=()))["south"] == "CANCEL 1 part removed"
    assert last(kept)[1] == ("BGD-DAC",)


def test_who_is_removed_after_the_other_declined_hears_that_it_is_removed() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert lines(desk.patch(kept, stations=seats("VNM-HAN")))["south"] == "CANCEL 1 part removed"


def test_an_old_mailbox_hears_that_it_is_removed_whatever_declined_there() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", DECLINED)
    assert lines(desk.move_mailbox("BGD-DAC", "new@example.org")) == {
        "south": "CANCEL 1 part removed",
        "new": "REQUEST 1 needs-action",
    }


def test_a_mailbox_joins_another() -> None:
    desk, kept = opened(stations=seats("VNM-HAN", "PER-LIM"))
    desk.answer(kept, "VNM-HAN", ACCEPTED)
    assert lines(desk.move_mailbox("PER-LIM", SOUTH)) == {
        "south": "REQUEST 0 needs-action changed",
        "per-lim": "CANCEL 1 part removed",
    }
    assert last(kept) == ("REQUEST 0 needs-action changed", ("VNM-HAN", "PER-LIM"))
    assert last(kept, "per-lim@example.org")[1] == ("PER-LIM",)


def test_a_mailbox_leaves_another() -> None:
    desk, kept = opened()
    desk.answer(kept, "VNM-HAN", ACCEPTED)
    assert lines(desk.move_mailbox("BGD-DAC", "new@example.org")) == {
        "south": "REQUEST 0 accepted changed",
        "new": "REQUEST 0 needs-action",
    }
    assert (last(kept)[1], kept.stored.session.counter) == (("VNM-HAN",), 0)


def test_a_station_without_a_mailbox_gets_one_that_is_known() -> None:
    desk, kept = with_lecturer()
    desk.move_mailbox("VNM-HAN", "")
    assert last(kept)[1] == (f"person/{SOUTH}",)
    assert lines(desk.move_mailbox("VNM-HAN", SOUTH)) == {"south": "REQUEST 0 needs-action changed"}
    assert last(kept)[1] == ("VNM-HAN", f"person/{SOUTH}")


def test_two_stations_swap_their_mailboxes() -> None:
    desk, kept = opened(stations=seats("VNM-HAN", "PER-LIM"))
    desk.stations["VNM-HAN"] = replace(HANOI, mailbox=LIMA.mailbox)
    changed = "REQUEST 0 needs-action changed"
    assert lines(desk.move_mailbox("PER-LIM", SOUTH)) == {"south": changed, "per-lim": changed}
    assert (last(kept)[1], last(kept, LIMA.mailbox)[1]) == (("PER-LIM",), ("VNM-HAN",))


def test_a_new_mailbox_is_told_by_whatever_changes_first() -> None:
    desk, kept = opened()
    desk.stations["BGD-DAC"] = replace(DHAKA, mailbox="new@example.org")
    assert lines(desk.patch(kept, title="Day 5")) == {
        HOST: "REQUEST 0 needs-action changed",
        "south": "REQUEST 0 needs-action changed",
        "new": "REQUEST 0 needs-action",
    }
    assert desk.move_mailbox("BGD-DAC", "new@example.org") == ()


def test_a_person_at_the_mailbox_of_a_site_comes_and_goes() -> None:
    desk, kept = opened(stations=seats("VNM-HAN"))
    desk.answer(kept, "VNM-HAN", ACCEPTED)
    added = desk.patch(kept, people=(person(SOUTH),))
    assert lines(added) == {"south": "REQUEST 0 needs-action changed"}
    assert last(kept)[1] == ("VNM-HAN", f"person/{SOUTH}")
    assert lines(desk.patch(kept, people=())) == {"south": "REQUEST 0 accepted changed"}
    assert last(kept)[1] == ("VNM-HAN",)


def test_a_site_goes_and_its_person_stays() -> None:
    desk, kept = with_lecturer()
    changed = "REQUEST 0 needs-action changed"
    assert lines(desk.patch(kept, stations=())) == {HOST: changed, "south": changed}
    assert last(kept)[1] == (f"person/{SOUTH}",)
    # It is no site any more: a title is none of its business.
    assert lines(desk.patch(kept, title="Day 5")) == {HOST: changed}


def test_a_site_declines_and_its_person_stays() -> None:
    desk, kept = with_lecturer()
    assert lines(desk.answer(kept, "VNM-HAN", DECLINED)) == {"south": "REQUEST 0 needs-action changed"}
    assert lines(desk.patch(kept, title="Day 5")) == {HOST: "REQUEST 0 needs-action changed"}


def test_a_person_in_two_roles_of_which_one_changes() -> None:
    desk, kept = opened(
        stations=seats("VNM-HAN"),
        guest_sites=(guest("both@example.org"),),
        people=(person("both@example.org"),),
    )
    moderator = person("both@example.org", PersonRole.MODERATOR)
    assert lines(desk.patch(kept, people=(moderator,))) == {"both": "REQUEST 0 needs-action changed"}
