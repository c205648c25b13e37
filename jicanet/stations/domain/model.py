"""What a station is: frozen values, with the basis of every fact that nobody confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum
from types import MappingProxyType

PLACEHOLDER_DOMAIN = "stations.invalid"

OpenTime = tuple[time, time | None]
"""From and until by the station's clock; None is 24:00. Never across midnight."""


class Network(StrEnum):
    """The network that a station belongs to."""

    JICA = "jica"
    GDLN = "gdln"
    PARTNER = "partner"
    GUEST = "guest"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingWeek:
    """One dated version of a station's weekend and hours; weekdays count from 0, Monday.

    `valid_from` None, and the first version in any case, reaches back in time. A weekday without
    hours is closed; hours of a weekend day do not count.
    """

    valid_from: date | None
    weekend: frozenset[int]
    hours: Mapping[int, tuple[OpenTime, ...]]


def plain_week(weekend: frozenset[int], hours: tuple[OpenTime, ...]) -> WorkingWeek:
    """Return the week with these hours on every day that is not of the weekend."""
    return WorkingWeek(
        valid_from=None, weekend=weekend, hours={day: hours for day in range(7) if day not in weekend}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A videoconference room at an office. An empty text or None is a fact that is not known.

    `basis` says how far the station itself is known, `weekend_basis` and `office_hours_basis` where
    those came from. `revision` rises with each change, `feed_revision` with what its calendar shows.
    """

    code: str
    name_en: str
    name_ja: str
    network: Network
    country: str
    city: str
    zone: str
    region: str
    office_type: str = ""
    office: str = ""
    languages: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    contact_name: str = ""
    mailbox: str
    telephone: str = ""
    line_kbit: int | None = None
    seats: int | None = None
    sip: str = ""
    h323: str = ""
    basis: str = ""
    source: str = ""
    weekend_basis: str = ""
    office_hours_basis: str = ""
    notes: str = ""
    revision: int = 0
    feed_revision: int = 0

    @property
    def has_mailbox(self) -> bool:
        """Say whether the mailbox is a real one, not the placeholder at stations.invalid."""
        return not self.mailbox.endswith("@" + PLACEHOLDER_DOMAIN)

    def without_contacts(self) -> "Station":
        """Return what a stranger may know: nothing that leads to a person or dials the room."""
        return replace(self, contact_name="", mailbox="", telephone="", sip="", h323="")


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRecord:
    """A station with all its working weeks, earliest first: one row of the shipped file, one card."""

    station: Station
    weeks: tuple[WorkingWeek, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country's usual weekend, and where that was learnt."""

    code: str
    weekend: frozenset[int]
    basis: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """What joins the sites, with its number of ports; `revision` is the stamp of its last change."""

    code: str
    name: str
    ports: int
    is_default: bool
    basis: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """One holiday of a country on a local date. `local_name` is empty where it is not known apart."""

    day: date
    name: str
    local_name: str = ""
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayYear:
    """A country's holidays of one year; `known` False says that the source has none to give."""

    country: str
    year: int
    known: bool
    source: str
    holidays: tuple[Holiday, ...] = ()


NO_HOLIDAYS: Mapping[date, tuple[Holiday, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What judging a station's time needs: its weeks, its country's holidays, the years not known."""

    country: str
    weeks: tuple[WorkingWeek, ...]
    holidays: Mapping[date, tuple[Holiday, ...]] = field(default_factory=lambda: NO_HOLIDAYS)
    unknown_years: frozenset[int] = frozenset()


def placeholder_mailbox(code: str) -> str:
    """Return the mailbox of a station whose real one is not known; it is never a real address."""
    return f"{code.lower()}@{PLACEHOLDER_DOMAIN}"


def is_doubted(basis: str) -> bool:
    """Say whether a fact of this basis must be shown with a "?": recalled, assumed, old or without one.

    Only what an operator confirmed, or a dated source says that nobody marked for rechecking, stands
    without a mark.
    """
    return not (basis.startswith(("confirmed", "source ")) and "recheck" not in basis)
