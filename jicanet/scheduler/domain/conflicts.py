"""What stands in a booking's way: rooms already taken, a bridge without ports enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jicanet.core.errors import Conflict
from jicanet.core.intervals import Interval, peak
from jicanet.core.text import Message, message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.times import instant_text

# interfaces.md, Several reasons at once: the first of these that applies names the refusal.
ORDER = ("station_busy", "bridge_full")

# No strftime("%a"): that speaks the language of the machine.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class BusySeat:
    """A live seat that overlaps. `ref` and `title` are None where the asker may not know them."""

    station: str
    span: Interval
    ref: str | None
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeLoad:
    """A bridge and the ports that other live sessions take of it, each with its occupied span."""

    code: str
    name: str
    ports: int
    loads: tuple[tuple[Interval, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One thing in the way, said in the local time of the zone that it belongs to."""

    code: str
    place: Mapping[str, str]  # {"station": code} or {"bridge": code}
    span: Interval
    zone: Zone
    detail: Message
    facts: Mapping[str, Any]

    def json(self) -> dict[str, Any]:
        """Return the member of `conflicts`: code, place, local times with offset, zone, what else is known."""
        return {
            "code": self.code,
            **self.place,
            "local_start": instant_text(self.span.starts_at, self.zone),
            "local_end": instant_text(self.span.ends_at, self.zone),
            "zone": self.zone.name,
            **self.facts,
            "detail": str(self.detail),
        }


def busy_clash(seat: BusySeat, *, city: str, zone: Zone) -> Clash:
    """Return the clash with a seat: from when until when by the station's own clock, with whom if visible."""
    words = {
        "city": city,
        "code": seat.station,
        "from": _spoken(seat.span.starts_at, zone),
        "until": _spoken_end(seat.span, zone),
        "zone": zone.name,
    }
    facts: dict[str, Any] = {}
    if seat.ref is None:
        detail = message(
            "%(city)s (%(code)s) is taken from %(from)s to %(until)s by its own clock (%(zone)s), by a session that you may not see.",
            **words,
        )
    else:
        facts = {"ref": seat.ref, "title": seat.title}
        detail = message(
            "%(city)s (%(code)s) is taken from %(from)s to %(until)s by its own clock (%(zone)s), by %(ref)s: %(title)s.",
            **words,
            **facts,
        )
    return Clash(
        code="station_busy",
        place={"station": seat.station},
        span=seat.span,
        zone=zone,
        detail=detail,
        facts=facts,
    )


def bridge_clash(bridge: BridgeLoad, *, window: Interval, needed: int, zone: Zone) -> Clash | None:
    """Return the clash with a bridge whose peak within `window` leaves too few ports, None if it fits.

    Load is a peak, never a sum (domain.md, Invariants). The minute named is the first of the highest
    load, in `zone`: the organiser's.
    """
    highest = peak(bridge.loads, window)
    short_by = highest.load + needed - bridge.ports
    if short_by <= 0:
        return None
    detail = message(
        "The bridge %(bridge)s has %(ports)s ports. At %(minute)s (%(zone)s) %(taken)s of them are taken, until %(until)s; this session needs %(needed)s, %(short_by)s too many.",
        bridge=bridge.name,
        ports=bridge.ports,
        minute=_spoken(highest.span.starts_at, zone),
        until=_spoken_end(highest.span, zone),
        zone=zone.name,
        taken=highest.load,
        needed=needed,
        short_by=short_by,
    )
    return Clash(
        code="bridge_full",
        place={"bridge": bridge.code},
        span=highest.span,
        zone=zone,
        detail=detail,
        facts={"short_by": short_by, "taken": highest.load, "needed": needed, "ports": bridge.ports},
    )


def refusal(clashes: Sequence[Clash]) -> Conflict:
    """Return the refusal that lists every clash and is named for the first in the order of interfaces.md."""
    listed = sorted(clashes, key=lambda clash: ORDER.index(clash.code))
    first = listed[0]
    if len(listed) == 1:
        detail = message("%(clash)s Nothing was booked and no mail was sent.", clash=first.detail)
    else:
        detail = message(
            "%(clash)s %(more)s more stand in the way. Nothing was booked and no mail was sent.",
            clash=first.detail,
            more=len(listed) - 1,
        )
    return Conflict(first.code, detail, extra={"conflicts": [clash.json() for clash in listed]})


def _spoken(instant: datetime, zone: Zone) -> str:
    local = zone.local(instant)
    return f"{_WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"


def _spoken_end(span: Interval, zone: Zone) -> str:
    start, end = zone.local(span.starts_at), zone.local(span.ends_at)
    return f"{end:%H:%M}" if start.date() == end.date() else _spoken(span.ends_at, zone)
