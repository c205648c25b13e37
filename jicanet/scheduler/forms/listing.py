"""Query strings: ranges, filters and where a list goes on."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field

from jicanet.core.errors import Invalid
from jicanet.core.text import message
from jicanet.core.zones import Zone, Zones
from jicanet.scheduler.domain.filter import SessionFilter
from jicanet.scheduler.domain.times import FIRST_YEAR, LAST_YEAR
from jicanet.scheduler.domain.words import Status
from jicanet.web.models import Query
from jicanet.web.viewer import USUAL_ZONE

_Day = date  # a field of that name hides it
_CURSOR = re.compile(r"(-?[0-9]{1,11})\.([0-9]{1,10})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RANGE = "A date (midnight in zone) or an instant such as 2026-12-16T06:00:00Z."


class SessionsQuery(Query):
    """Which sessions: whatever overlaps the range counts."""

    from_: Annotated[str | None, Field(alias="from", max_length=40, description=_RANGE)] = None
    to: Annotated[str | None, Field(max_length=40, description=f"{_RANGE} Not in it itself.")] = None
    zone: Annotated[str, Field(max_length=64, description="Zone of the dates.")] = USUAL_ZONE
    station: Annotated[str | None, Field(max_length=20, description="Those in which it takes part.")] = None
    status: Status | None = None
    q: Annotated[
        str, Field(max_length=200, description="Words of title, reference, purpose or department.")
    ] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str | None, Field(max_length=24, description="Where `next` goes on.")] = None


class DayQuery(Query):
    """Which day the first page shows."""

    date: Annotated[_Day | None, Field(description="Unless said, today.")] = None


def session_filter(query: SessionsQuery, zones: Zones) -> SessionFilter:
    """Return the filter that a query string is.

    Raises Invalid naming the parameter: `unknown_zone`, `bad_range`, `empty_range`, `bad_cursor`.
    """
    zone = _zone(query.zone, zones)
    start, end = _bound("from", query.from_, zone), _bound("to", query.to, zone)
    if start is not None and end is not None and end <= start:
        detail = message("The range ends before it starts: to must be later than from.")
        raise Invalid.field("to", query.to, "empty_range", detail)
    return SessionFilter(
        start=start,
        end=end,
        station=query.station,
        statuses=frozenset() if query.status is None else frozenset({query.status}),
        text=query.q,
        after=_cursor(query.after),
        limit=query.limit,
    )


def next_address(path: str, query: SessionsQuery, after: tuple[datetime, int] | None) -> str | None:
    """Return the relative address of the list's next part, None at its end."""
    if after is None:
        return None
    asked: dict[str, Any] = query.model_dump(by_alias=True, exclude_unset=True, mode="json")
    return f"{path}?{urlencode({**asked, 'after': next_cursor(after)})}"


def next_cursor(after: tuple[datetime, int] | None) -> str | None:
    """Return what `after` takes to go on with the list, None at its end."""
    return None if after is None else f"{int(after[0].timestamp())}.{after[1]}"


def _zone(name: str, zones: Zones) -> Zone:
    try:
        return zones.get(name)
    except Invalid as refused:
        raise Invalid.field("zone", name, refused.code, refused.detail) from refused


def _bound(name: str, text: str | None, zone: Zone) -> datetime | None:
    if text is None:
        return None
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text)
            if FIRST_YEAR <= day.year <= LAST_YEAR:
                return zone.day(day)[0]
        else:
            # A plus sign that was not escaped has become a space on its way.
            instant = datetime.fromisoformat(text.replace(" ", "+"))
            if instant.tzinfo is not None and FIRST_YEAR <= instant.year <= LAST_YEAR:
                return instant.astimezone(UTC)
    except ValueError:
        pass  # told below
    detail = message(
        "%(name)s is a date such as 2026-12-16, or an instant with its offset such as 2026-12-16T06:00:00Z, of the years %(first)s to %(last)s.",
        name=name,
        first=FIRST_YEAR,
        last=LAST_YEAR,
    )
    raise Invalid.field(name, text, "bad_range", detail)


def _cursor(text: str | None) -> tuple[datetime, int] | None:
    if text is None:
        return None
    found = _CURSOR.fullmatch(text)
    try:
        if found is not None:
            return datetime.fromtimestamp(int(found[1]), UTC), min(int(found[2]), 2**31 - 1)
    except (ValueError, OverflowError):
        pass  # beyond what a datetime holds: told below
    detail = message("after is taken from the next of an earlier answer and not made up.")
    raise Invalid.field("after", text, "bad_cursor", detail)
