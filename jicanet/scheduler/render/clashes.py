"""What stands in the way of a change, in the reader's words: who has the room, until when (ui.md, Errors)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jicanet.core.errors import Outdated, Refusal
from jicanet.core.text import Message, message
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.render.box import Box, Way
from jicanet.scheduler.render.places import place_names
from jicanet.scheduler.render.reader import Reader
from jicanet.web import words


def refused_box(
    refusal: Refusal,
    view: SessionView,
    reader: Reader,
    *,
    names: Mapping[str, str] | None = None,
    link: bool = False,
) -> Box:
    """Return the box of a refused act: the exact clash where there is one, else the refusal's own words.

    `names` are those of stations that are not in the session; `link` leads to the sessions in the way.
    """
    conflicts = refusal.extra.get("conflicts") or []
    if isinstance(refusal, Outdated):
        return _outdated(view, reader)
    if not conflicts:
        return Box(kind="refusal", title=refusal.detail.to(reader.translate), lines=_others(refusal, reader))
    known = {**place_names(view.stations.values(), reader.lang, reader.translate), **(names or {})}
    lines = tuple(clash_line(clash, known, reader).to(reader.translate) for clash in conflicts)
    refs = [clash["ref"] for clash in conflicts if clash.get("ref")] if link else []
    return Box(
        kind="refusal",
        title=clash_title(conflicts[0], known).to(reader.translate),
        lines=lines,
        ways=tuple(Way(text=ref, href=f"/sessions/{ref}") for ref in dict.fromkeys(refs)),
    )


def _others(refusal: Refusal, reader: Reader) -> tuple[str, ...]:
    said = [error.detail.to(reader.translate) for error in refusal.errors]
    return tuple(line for line in said if line != refusal.detail.to(reader.translate))


def _outdated(view: SessionView, reader: Reader) -> Box:
    title = message("%(ref)s has been changed since you opened this page.", ref=view.session.ref)
    then = message("Nothing was done. What you see now is how it stands; send it again if it is still right.")
    return Box(kind="warning", title=title.to(reader.translate), lines=(then.to(reader.translate),))


def clash_title(clash: Mapping[str, Any], names: Mapping[str, str]) -> Message:
    """Return the thing in the way as a heading: `Tokyo is taken at that time`."""
    if clash["code"] == "station_busy":
        return message("%(place)s is taken at that time.", place=_place(clash, names))
    return message("The bridge has too few ports at that time.")


def clash_line(clash: Mapping[str, Any], names: Mapping[str, str], reader: Reader) -> Message:
    """Return one clash in full, by the clock that it belongs to."""
    start, end = (datetime.fromisoformat(clash[name]) for name in ("local_start", "local_end"))
    span = words.clock_range(start, end)
    if start.date() != end.date():
        span = f"{words.clock(start)}–{words.day(end, reader.lang)} {words.clock(end)}"
    said = {
        "span": f"{words.day(start, reader.lang, reader.zone.local(reader.now))} {span}",
    }
    if clash["code"] != "station_busy":
        said |= {name: str(clash[name]) for name in ("ports", "taken", "needed", "short_by")}
        said["zone"] = words.place(clash["zone"], reader.lang)
        return message(
            "%(span)s, %(zone)s time: %(taken)s of its %(ports)s ports are taken and this session needs %(needed)s, %(short_by)s too many.",
            **said,
        )
    # The station's own place, not its zone's: Hanoi keeps the time of Asia/Ho_Chi_Minh.
    said["zone"] = _place(clash, names)
    place = f"{said['zone']} ({clash['station']})"
    if not clash.get("ref"):
        return message(
            "%(place)s has another session on %(span)s, %(zone)s time, that is not shown to you.",
            place=place,
            **said,
        )
    return message(
        "%(place)s has %(ref)s “%(title)s” on %(span)s, %(zone)s time.",
        place=place,
        ref=clash["ref"],
        title=clash["title"],
        **said,
    )


def _place(clash: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return names.get(clash["station"], clash["station"])
