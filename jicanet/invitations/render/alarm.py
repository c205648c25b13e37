"""The box of an invitation: what is unusual about the hour or the day, and what accepting it means."""

from dataclasses import dataclass

from jicanet.core.text import message
from jicanet.invitations.render import phrases
from jicanet.invitations.render.frame import Frame
from jicanet.invitations.render.rows import named

_DAYS_OFF = frozenset({"holiday", "weekend"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is unusual, and what follows. `is_day_off` makes it red.

    `needs_opening` says that whoever accepts has to open the room for it.
    """

    facts: str
    consequence: str
    is_day_off: bool
    needs_opening: bool


def alarm_of(frame: Frame) -> Alarm | None:
    """Return the box: the recipient's own exceptions; for a host without any, those of other sites."""
    tongue = frame.tongue
    told = [
        (warning.code, sentence)
        for site in frame.own
        for warning in site.warnings
        if (sentence := phrases.alarm(tongue, site, warning))
    ]
    if not told:
        return _others(frame) if frame.facts.host_site in frame.own else None
    codes = {code for code, _ in told}
    needs_opening = codes != {"holidays_unknown"}
    follows = message("To accept is to agree to open the room.")
    if not needs_opening:
        follows = message("If the room cannot open that day, decline.")
    return Alarm(
        facts=tongue.joined([sentence for _, sentence in told]),
        consequence=tongue.say(follows),
        is_day_off=bool(codes & _DAYS_OFF),
        needs_opening=needs_opening,
    )


def _others(frame: Frame) -> Alarm | None:
    tongue = frame.tongue
    unusual = [
        tongue.place(site)
        for site in frame.facts.live_sites
        if any(
            warning.code != "holidays_unknown" and phrases.note(tongue, site, warning)
            for warning in site.warnings
        )
    ]
    if not unusual:
        return None
    places = named(unusual, tongue)
    return Alarm(
        facts=tongue.say(
            message("The hours or the day are out of the ordinary for %(places)s.", places=places)
        ),
        consequence=tongue.say(message("What it is stands in the list below and in their own mails.")),
        is_day_off=False,
        needs_opening=False,
    )
