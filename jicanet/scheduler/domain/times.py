"""From the words of a person to an instant: the truth of a session is wall time, zone, fold and length."""

from datetime import datetime, timedelta

from jicanet.core.errors import Invalid
from jicanet.core.text import message
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.model import ResolvedStart, WallStart

# Beyond these years arithmetic with offsets leaves what a datetime can hold; no horizon reaches them.
FIRST_YEAR, LAST_YEAR = 1970, 2199


def resolve_start(start: WallStart, zone: Zone, *, tz_version: str) -> ResolvedStart:
    """Return the start with its instant, `zone` being the canonical one for `start.zone`.

    Raises Invalid `time_does_not_exist` and `time_is_ambiguous`, each with both choices, and
    `start_in_past` or `start_beyond_horizon` for years that no calendar of ours reaches.
    """
    if not FIRST_YEAR <= start.local.year <= LAST_YEAR:
        code = "start_in_past" if start.local.year < FIRST_YEAR else "start_beyond_horizon"
        detail = message(
            "The year %(year)s is not between %(first)s and %(last)s.",
            year=f"{start.local.year:04}",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
        raise Invalid.field("/start/local", start.local.isoformat(timespec="minutes"), code, detail)
    starts_at = zone.resolve(start.local, start.fold)
    return ResolvedStart(
        local=start.local,
        zone=zone,
        fold=zone.local(starts_at).fold,
        starts_at=starts_at,
        tz_version=tz_version,
    )


def minute_of(moment: int | datetime | None, start: ResolvedStart) -> int | None:
    """Return a moment as whole minutes after the start; a naive local time is read in the start's zone.

    Raises Invalid as `resolve_start` does where that local time is missing or doubled.
    """
    if moment is None or isinstance(moment, int):
        return moment
    instant = start.zone.resolve(moment, None)
    return (instant - start.starts_at) // timedelta(minutes=1)


def instant_text(moment: datetime, zone: Zone | None = None) -> str:
    """Return RFC 3339 text in whole seconds: UTC as `Z`, or with the offset of `zone`."""
    if zone is not None:
        return zone.local(moment).isoformat(timespec="seconds")
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
