"""Time zones: the one module that imports zoneinfo, pytz and tzdata.

One source of zone data for the whole process, the pinned `tzdata` wheel (domain.md, Time 2): the
operating system's copy may be older and `zoneinfo` would read it first; on one Debian image the two
disagreed by an hour about Casablanca. pytz names the zones of a country and proves the version;
arithmetic is zoneinfo's alone, because pytz knows no clock change after 2037.
"""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from importlib import resources

import pytz
import tzdata

from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import Message, message

_NONE = timedelta(0)

# Before anything asks for a zone: without a path zoneinfo falls through to the wheel.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()


class ZoneDataMismatch(RuntimeError):
    """pytz and tzdata carry different releases: the program must not start."""


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone's clock, loaded once (`ZoneInfo` itself keeps eight and then reads files again)."""

    name: str
    info: zoneinfo.ZoneInfo

    def local(self, instant: datetime) -> datetime:
        """Return what the clock on the wall shows at an aware instant, as an aware datetime."""
        return instant.astimezone(self.info)

    def offset(self, instant: datetime) -> str:
        """Return the offset at that instant as `UTC+05:45`."""
        return offset_text(self.local(instant).utcoffset() or timedelta(0))

    def day(self, local_date: date) -> tuple[datetime, datetime]:
        """Return the UTC instants at which a local date begins and ends: 23, 24 or 25 hours apart.

        Where midnight does not exist the date begins with the first instant after the gap. A date
        that a zone skipped whole (Apia, 2011-12-30) begins where it ends.
        """
        return self._start_of(local_date), self._start_of(local_date + timedelta(days=1))

    def at(self, local_date: date, clock: time | None) -> datetime:
        """Return the UTC instant of a clock time on a local date, None meaning 24:00.

        RFC 5545 3.3.5 for what is missing or doubled: the offset before the gap, the first of two.
        """
        if clock is None:
            return self._start_of(local_date + timedelta(days=1))
        return datetime.combine(local_date, clock, self.info).astimezone(UTC)

    def _start_of(self, local_date: date) -> datetime:
        guess = datetime.combine(local_date, time(0), self.info).astimezone(UTC)
        if self.local(guess).replace(tzinfo=None) == datetime.combine(local_date, time(0)):
            return guess
        return after_gap(self, datetime.combine(local_date, time(0)))

    def resolve(self, wall: datetime, fold: int | None) -> datetime:
        """Return the UTC instant at which the clock shows `wall` (naive).

        Raises Invalid `time_does_not_exist` with the two neighbours of a gap, and
        `time_is_ambiguous` with both instants where the time happens twice and `fold` is None.
        """
        first = wall.replace(tzinfo=self.info, fold=0).astimezone(UTC)
        second = wall.replace(tzinfo=self.info, fold=1).astimezone(UTC)
        if first == second:
            return first
        if second < first:
            raise _missing(self, wall)
        if fold is None:
            raise _doubled(self, wall, first, second)
        return second if fold else first


def offset_text(offset: timedelta) -> str:
    """Return an offset from UTC as `UTC+05:45` or `UTC-03:30`."""
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def after_gap(zone: Zone, wall: datetime) -> datetime:
    """Return the first UTC instant after the gap in which `wall` lies.

    The change lies between the two readings of `wall`; it is found by halving.
    """
    low = wall.replace(tzinfo=zone.info, fold=1).astimezone(UTC)
    high = wall.replace(tzinfo=zone.info, fold=0).astimezone(UTC)
    old = zone.local(low).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        middle = middle.replace(microsecond=0)
        if zone.local(middle).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high


def _choice(zone: Zone, instant: datetime) -> Mapping[str, object]:
    local = zone.local(instant)
    return {
        "local": local.replace(tzinfo=None).isoformat(timespec="minutes"),
        "fold": local.fold,
        "starts_at": instant.isoformat().replace("+00:00", "Z"),
    }


def _missing(zone: Zone, wall: datetime) -> Invalid:
    # The neighbours: the same minute by the clock as it will be then, and the first after the gap.
    before = wall.replace(tzinfo=zone.info, fold=1).astimezone(UTC)
    after = after_gap(zone, wall)
    last, first = zone.local(before), zone.local(after)
    edge = first.replace(tzinfo=None) - ((first.utcoffset() or _NONE) - (last.utcoffset() or _NONE))
    detail = message(
        "%(time)s does not exist on %(date)s in %(zone)s: clocks go from %(start)s to %(end)s. Use %(first)s or %(last)s.",
        time=f"{wall:%H:%M}",
        date=wall.date().isoformat(),
        zone=zone.name,
        start=f"{edge:%H:%M}",
        end=f"{first:%H:%M}",
        first=f"{first:%Y-%m-%dT%H:%M}",
        last=f"{last:%Y-%m-%dT%H:%M}",
    )
    choices = (_choice(zone, before), _choice(zone, after))
    return _about_start("time_does_not_exist", wall, detail, choices)


def _doubled(zone: Zone, wall: datetime, first: datetime, second: datetime) -> Invalid:
    detail = message(
        "%(time)s happens twice on %(date)s in %(zone)s. Say which with fold: 0 is %(first)s, 1 is %(second)s.",
        time=f"{wall:%H:%M}",
        date=wall.date().isoformat(),
        zone=zone.name,
        first=f"{first:%Y-%m-%dT%H:%MZ}",
        second=f"{second:%Y-%m-%dT%H:%MZ}",
    )
    choices = (_choice(zone, first), _choice(zone, second))
    return _about_start("time_is_ambiguous", wall, detail, choices)


def _about_start(
    code: str, wall: datetime, detail: Message, choices: tuple[Mapping[str, object], ...]
) -> Invalid:
    value = wall.isoformat(timespec="minutes")
    error = FieldError(pointer="/start/local", value=value, code=code, detail=detail, choices=choices)
    return Invalid(code, detail, errors=[error], extra={"choices": list(choices)})


class Zones:
    """All zones of the pinned data, each read from the wheel once."""

    def __init__(self) -> None:
        """Check the versions; raise ZoneDataMismatch if pytz and tzdata differ."""
        check_versions()
        self.version: str = tzdata.IANA_VERSION
        self._zones: dict[str, Zone] = {}

    @cached_property
    def _by_country(self) -> Mapping[str, tuple[str, ...]]:
        return {code: tuple(names) for code, names in pytz.country_timezones.items()}

    @cached_property
    def _places(self) -> frozenset[str]:
        """Names that stand for a place of some country, plus UTC: what a person may choose."""
        return frozenset(name for names in self._by_country.values() for name in names) | {"UTC"}

    @cached_property
    def _links(self) -> Mapping[str, str]:
        """Old and other names with the name they stand for, from the wheel's own source text."""
        text = resources.files("tzdata.zoneinfo").joinpath("tzdata.zi").read_text(encoding="utf-8")
        rows = (line.split() for line in text.splitlines() if line.startswith("L "))
        return {alias: target for _, target, alias in rows}

    def names(self) -> tuple[str, ...]:
        """Return every name that may be chosen, sorted."""
        return tuple(sorted(self._places))

    def of_country(self, code: str) -> tuple[str, ...]:
        """Return the zones of an ISO 3166 country by pytz's table, empty for an unknown country."""
        return self._by_country.get(code.upper(), ())

    def canonical(self, name: str) -> str:
        """Return the name under which a zone is kept: `Asia/Calcutta` becomes `Asia/Kolkata`.

        Raises Invalid `unknown_zone` for what names no place: `GMT+3`, `EST`, `Tokyo`.
        """
        if name in self._places:
            return name
        target = self._links.get(name)
        if target in self._places and "/" in name and not name.startswith("Etc/"):
            return target
        raise Invalid.field(
            "/start/zone",
            name,
            "unknown_zone",
            message(
                'There is no zone "%(zone)s". Name a place as the tz database does, such as Asia/Tokyo or Africa/Nairobi.',
                zone=name[:60],
            ),
        )

    def get(self, name: str) -> Zone:
        """Return a zone by its name or an older one; raises Invalid `unknown_zone`."""
        found = self._zones.get(name)
        if found is None:
            canonical = self.canonical(name)
            found = self._zones.setdefault(canonical, Zone(canonical, zoneinfo.ZoneInfo(canonical)))
        return found


def check_versions() -> None:
    """Raise ZoneDataMismatch unless pytz and tzdata carry the same release of the tz database."""
    if pytz.OLSON_VERSION != tzdata.IANA_VERSION:
        msg = (
            f"pytz carries zone data {pytz.OLSON_VERSION} and tzdata {tzdata.IANA_VERSION}: "
            "install the versions pinned in requirements.lock"
        )
        raise ZoneDataMismatch(msg)
