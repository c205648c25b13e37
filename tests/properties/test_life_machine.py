"""The life of sessions agrees with a plain model of domain.md, whatever is done to them in whatever order.

`TEST_HISTORIES` says how many lives are tried; each seeded fault of the table must be found within few.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from jicanet.scheduler.domain import answering, life
from jicanet.scheduler.domain.notices import Notice, Roll, Told, who_is_told
from jicanet.scheduler.domain.reasons import reasons_of
from jicanet.scheduler.domain.record import StoredSession
from jicanet.scheduler.domain.words import Answer
from tests.support.life_machine import LifeMachine

HISTORIES = int(os.environ.get("TEST_HISTORIES", "100"))
LIVES = settings(
    max_examples=HISTORIES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# A fault needs no smallest example, and its test must go the same way each time.
HUNT = settings(LIVES, max_examples=300, phases=[Phase.generate], derandomize=True, database=None)


def test_every_life_agrees_with_the_words() -> None:
    run_state_machine_as_test(LifeMachine, settings=LIVES)


Alter = Callable[[Notice, Roll | None, Roll, dict[str, Any]], Notice | None]


def telling(alter: Alter) -> Callable[..., Told]:
    """Return the table with each mail altered; None: it is not owed."""

    def mutant(before: Roll | None, after: Roll, *, last: Any, **facts: Any) -> Told:
        told = who_is_told(before, after, last=last, **facts)
        altered = (alter(notice, before, after, dict(last)) for notice in told.notices)
        notices = tuple(notice for notice in altered if notice is not None)
        return replace(
            told, notices=notices, counter=max([told.counter, *[each.sequence for each in notices]])
        )

    return mutant


def raised_for_a_title(notice: Notice, before: Roll | None, after: Roll, last: dict[str, Any]) -> Notice:
    renamed = before is not None and before.title != after.title
    known = last.get(notice.address)
    again = renamed and known is not None and notice.sequence == known.sequence
    return replace(notice, sequence=notice.sequence + 1) if again else notice


def with_status(notice: Notice, *_: Any) -> Notice:
    return replace(notice, whole=notice.method == "CANCEL")


def never_whole(notice: Notice, *_: Any) -> Notice:
    return replace(notice, whole=False)


def no_mail_to_old_mailboxes(
    notice: Notice, _before: Roll | None, after: Roll, _last: dict[str, Any]
) -> Notice | None:
    listed = {part.key for part in after.parts}
    is_old = notice.news.value == "removed" and listed.issuperset(notice.parts)
    return None if is_old else notice


def returned_unraised(notice: Notice, _before: Roll | None, _after: Roll, last: dict[str, Any]) -> Notice:
    known = last.get(notice.address)
    is_back = known is not None and known.method == "CANCEL" and notice.method == "REQUEST"
    return replace(notice, sequence=known.sequence) if is_back and known else notice


def no_mail_to_decliners(notice: Notice, *_: Any) -> Notice | None:
    return None if notice.news.value == "declined" else notice


def accepted_at_once(notice: Notice, *_: Any) -> Notice:
    is_asked = notice.partstat is Answer.NEEDS_ACTION
    return replace(notice, partstat=Answer.ACCEPTED) if is_asked else notice


def never_renews(notice: Notice, *_: Any) -> Notice:
    return replace(notice, renews=False)


def always_renews(notice: Notice, *_: Any) -> Notice:
    return replace(notice, renews=True)


def restored_as_changed(notice: Notice, *_: Any) -> Notice:
    news = notice.news
    return replace(notice, news=type(news)("changed")) if news.value == "restored" else notice


def twice(before: Roll | None, after: Roll, **facts: Any) -> Told:
    """Raise the counter by one for each who is gone, not once a change."""
    told = who_is_told(before, after, **facts)
    gone = sum(notice.method == "CANCEL" for notice in told.notices)
    return replace(told, counter=told.counter + max(gone - 1, 0))


def live_sites(roll: Roll) -> frozenset[str]:
    return frozenset(part.key for part in roll.parts if part.is_site and part.live)


def all_parts(roll: Roll) -> frozenset[str]:
    return frozenset(part.key for part in roll.parts)


def listed_sites(stored: StoredSession) -> int:
    return len(stored.sites)


def acknowledging_nothing(stored: StoredSession, **_: Any) -> Any:
    return reasons_of(stored, known=())


MUTANTS: dict[str, tuple[Any, str, Any]] = {
    "a title raises SEQUENCE": (life, "who_is_told", telling(raised_for_a_title)),
    "a removal has STATUS": (life, "who_is_told", telling(with_status)),
    "the end of the whole has no STATUS": (life, "who_is_told", telling(never_whole)),
    "a decline tells every site": (Roll, "sites", property(live_sites)),
    "a person added tells every site": (Roll, "sites", property(all_parts)),
    "the counter rises for each who is gone": (life, "who_is_told", twice),
    "a move keeps the answers": (life, "_asked_again", lambda wanted: wanted),
    "the old mailbox hears nothing": (life, "who_is_told", telling(no_mail_to_old_mailboxes)),
    "a decliner hears nothing": (life, "who_is_told", telling(no_mail_to_decliners)),
    "a return repeats SEQUENCE": (life, "who_is_told", telling(returned_unraised)),
    "PARTSTAT is accepted unasked": (life, "who_is_told", telling(accepted_at_once)),
    "a restored one is only changed": (life, "who_is_told", telling(restored_as_changed)),
    "an old reply counts after a move": (life, "who_is_told", telling(never_renews)),
    "an acceptance again asks anew": (life, "who_is_told", telling(always_renews)),
    "every reply counts": (answering, "counts", lambda *_, **__: True),
    "DTSTAMP stands still": (life, "next_dtstamp", lambda now, last=None: last or now),
    "a decliner keeps its port": (StoredSession, "live_sites", property(listed_sites)),
    "what is acknowledged is asked again": (
        life,
        "reasons_of",
        acknowledging_nothing,
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_fault_of_the_table_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, fault = MUTANTS[name]
    monkeypatch.setattr(owner, attribute, fault)
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(LifeMachine, settings=HUNT)
