"""The three answers that an invitation asks for: links to the recipient's own answer page."""

from dataclasses import dataclass

from jicanet.core.text import message
from jicanet.invitations.render.alarm import Alarm
from jicanet.invitations.render.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One answer. Its page only shows the answer chosen: opening a link changes nothing."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was answered before, the three answers, and how they work. `before` may be empty."""

    before: str
    buttons: tuple[Button, ...]
    how: str


def answers_of(frame: Frame, alarm: Alarm | None, *, news: str, partstat: str) -> Answers:
    """Return the answers, with what is kept (`partstat`) or, where it was asked anew, that nothing is."""
    say = frame.tongue.say
    accept = message("Accept, we will open") if alarm and alarm.needs_opening else message("Accept")
    offered = (
        ("accepted", accept),
        ("tentative", message("Not sure")),
        ("declined", message("Decline")),
    )
    before = {
        "ACCEPTED": message("You have accepted. That stands unless you change it."),
        "TENTATIVE": message("You have answered: not sure. That stands until you change it."),
    }.get(partstat)
    is_reset = news in {"moved", "restored"} or (news == "changed" and bool(frame.facts.changes.host))
    if before is None and is_reset:
        before = message("Earlier answers no longer count: answer again.")
    how = message(
        "Each opens a page where you confirm it and can add words. Your calendar's own answer counts too."
    )
    return Answers(
        before=say(before) if before else "",
        buttons=tuple(
            Button(label=say(label), url=f"{frame.answer_url}?answer={answer}") for answer, label in offered
        ),
        how=say(how),
    )
