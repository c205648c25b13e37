"""The network's CSV files: stations, countries and bridges, read strictly and written back."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from jicanet.core.errors import Invalid
from jicanet.core.sheets import (
    Refused,
    Row,
    check_size,
    header_of,
    read_records,
    unreadable,
    write_rows,
)
from jicanet.core.text import message
from jicanet.core.zones import Zones
from jicanet.stations.domain.importing import BridgeRow
from jicanet.stations.domain.model import (
    Country,
    Network,
    Station,
    StationRecord,
    placeholder_mailbox,
    plain_week,
)
from jicanet.stations.reference.week import hours_text, read_hours, read_weekend, weekend_text

STATION_COLUMNS = (
    "code",
    "name_en",
    "name_ja",
    "network",
    "country",
    "city",
    "timezone",
    "region",
    "office_type",
    "office",
    "languages",
    "weekend",
    "office_hours",
    "latitude",
    "longitude",
    "contact_name",
    "mailbox",
    "telephone",
    "line_kbit",
    "seats",
    "sip",
    "h323",
    "basis",
    "source",
    "weekend_basis",
    "office_hours_basis",
    "notes",
)
COUNTRY_COLUMNS = ("code", "weekend", "basis", "source")
BRIDGE_COLUMNS = ("code", "name", "ports", "is_default", "basis")

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,15}")
_BRIDGE_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
# RFC 5646 2.1: language, script and region, each in the case it recommends (2.1.1).
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
# What stands in a header and an ATTENDEE: no spaces, brackets, quotes, commas or colons.
_MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+"
)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFiles:
    """What the files say, each row once, in their order."""

    stations: tuple[StationRecord, ...] = ()
    countries: tuple[Country, ...] = ()
    bridges: tuple[BridgeRow, ...] = ()


def load_files(source: Path) -> tuple[tuple[str, bytes], ...]:
    """Return (name, content) of a CSV file, or of every CSV file of a folder by name.

    Raises Invalid `file_unreadable` or `file_too_large`, naming the file.
    """
    try:
        paths = sorted(source.glob("*.csv")) if source.is_dir() else [source]
        files = tuple((path.name, path.read_bytes()) for path in paths)
    except OSError as exc:
        why = exc.strerror or "no file"
        raise unreadable(str(source), why, file=str(exc.filename or source)) from exc
    if not files:
        raise unreadable(str(source), message("there is no CSV file in it"))
    for name, content in files:
        check_size(name, content)
    return files


def read_network(
    files: Iterable[tuple[str, bytes]], zones: Zones, known: Mapping[str, frozenset[int]]
) -> tuple[NetworkFiles, tuple[Refused, ...]]:
    """Return what (name, content) pairs say, and everything that is wrong: use nothing if anything is.

    Which of the three a file is, its header says. A station without a weekend of its own takes its
    country's, from these files or from `known`.
    """
    refused: list[Refused] = []
    by_kind: dict[tuple[str, ...], list[tuple[str, bytes]]] = {}
    for name, content in files:
        by_kind.setdefault(_kind(content), []).append((name, content))

    doubled = message("The code stands already in %(file)s, line %(line)s. Each has one row.")

    def read(columns: tuple[str, ...], make: Callable[[Row], Value | None]) -> tuple[Value, ...]:
        made, wrong = read_records(by_kind.get(columns, ()), columns, make, doubled=doubled, as_is=True)
        refused.extend(wrong)
        return made

    defaults: list[str] = []
    countries = read(COUNTRY_COLUMNS, lambda row: _country(row, zones))
    weekends = {**known, **{country.code: country.weekend for country in countries}}
    found = NetworkFiles(
        stations=read(STATION_COLUMNS, lambda row: _station(row, zones, weekends)),
        countries=countries,
        bridges=read(BRIDGE_COLUMNS, partial(_bridge, defaults)),
    )
    return found, tuple(sorted(refused, key=lambda each: (each.file, each.line)))


def _kind(content: bytes) -> tuple[str, ...]:
    """Return the columns that a file's header is nearest to; a station file where none is."""
    header = set(header_of(content))
    kinds = (STATION_COLUMNS, COUNTRY_COLUMNS, BRIDGE_COLUMNS)
    return max(kinds, key=lambda columns: len(header & set(columns)) / len(header | set(columns)))


def _station(row: Row, zones: Zones, weekends: Mapping[str, frozenset[int]]) -> StationRecord | None:
    code = row.text("code")
    if row.is_good("code") and not _CODE.fullmatch(code):
        reason = message("A code is 2 to 16 capital letters, digits and hyphens, such as VNM-HAN.")
        row.refuse("code", "bad_code", reason)
    country = _country_code(row, "country", zones)
    weekend = read_weekend(row) or weekends.get(country)
    if weekend is None and row.is_good("weekend", "country"):
        reason = message("It is empty, and no weekend is known for %(country)s.", country=country)
        row.refuse("weekend", "required", reason)
    hours = read_hours(row)
    station = Station(
        code=code,
        name_en=row.text("name_en", required=True),
        name_ja=row.text("name_ja"),
        network=_network(row),
        country=country,
        city=row.text("city", required=True),
        zone=_zone(row, country, zones),
        region=row.text("region", required=True),
        office_type=row.text("office_type"),
        office=row.text("office"),
        languages=_languages(row),
        latitude=row.degrees("latitude", most=90),
        longitude=row.degrees("longitude", most=180),
        contact_name=row.text("contact_name"),
        mailbox=_mailbox(row) or placeholder_mailbox(code),
        telephone=row.text("telephone", longest=60),
        line_kbit=row.number("line_kbit", least=1, most=100_000_000),
        seats=row.number("seats", least=1, most=100_000),
        sip=row.text("sip"),
        h323=row.text("h323"),
        basis=row.text("basis"),
        source=row.text("source", longest=2000),
        weekend_basis=row.text("weekend_basis"),
        office_hours_basis=row.text("office_hours_basis"),
        notes=row.text("notes", longest=2000),
    )
    if not row.is_good() or weekend is None:
        return None
    return StationRecord(station=station, weeks=(plain_week(weekend, hours),))


def _network(row: Row) -> Network:
    cell = row.text("network")
    if cell in {network.value for network in Network}:
        return Network(cell)
    if row.is_good("network"):
        words = ", ".join(network.value for network in Network)
        row.refuse("network", "unknown_word", message("It must be one of: %(words)s.", words=words))
    return Network.GUEST


def _country_code(row: Row, column: str, zones: Zones) -> str:
    cell = row.text(column)
    if row.is_good(column) and not (re.fullmatch(r"[A-Z]{2}", cell) and zones.of_country(cell)):
        reason = message("It must be the code of a country (ISO 3166, two capital letters), such as VN.")
        row.refuse(column, "unknown_country", reason)
    return cell


def _zone(row: Row, country: str, zones: Zones) -> str:
    """Return the canonical name of the zone; refused unless it is one of the country's."""
    cell = row.text("timezone")
    if not row.is_good("timezone"):
        return cell
    try:
        name = zones.canonical(cell)
    except Invalid as unknown:
        row.refuse("timezone", unknown.code, unknown.detail)
        return cell
    if row.is_good("country") and name not in zones.of_country(country):
        reason = message(
            "It is no zone of %(country)s. Its zones are: %(zones)s.",
            country=country,
            zones=", ".join(zones.of_country(country)),
        )
        row.refuse("timezone", "zone_of_another_country", reason)
    return name


def _languages(row: Row) -> tuple[str, ...]:
    cell = row.text("languages")
    tags = tuple(cell.split("|")) if cell else ()
    if row.is_good("languages"):
        if len(set(tags)) != len(tags):
            row.refuse("languages", "doubled", message("It names the same thing twice."))
        for tag in tags:
            if not _TAG.fullmatch(tag):
                reason = message(
                    '"%(tag)s" is no language tag (BCP 47): write en, ja or pt-BR, several apart by |.',
                    tag=tag,
                )
                row.refuse("languages", "bad_language", reason)
    return tags


def _mailbox(row: Row) -> str:
    cell = row.text("mailbox", longest=254)
    if cell and row.is_good("mailbox") and not _MAILBOX.fullmatch(cell):
        row.refuse(
            "mailbox", "bad_mailbox", message("It must be one mail address, such as hanoi@example.org.")
        )
    return cell


def _country(row: Row, zones: Zones) -> Country | None:
    code = _country_code(row, "code", zones)
    weekend = read_weekend(row)
    if weekend is None and row.is_good("weekend"):
        row.refuse("weekend", "required", message("It must be filled."))
    basis, source = row.text("basis"), row.text("source", longest=2000)
    if weekend is None or not row.is_good():
        return None
    return Country(code=code, weekend=weekend, basis=basis, source=source)


def _bridge(defaults: list[str], row: Row) -> BridgeRow | None:
    """Return a bridge; `defaults` are the codes of the default ones so far, of which one is right."""
    code = row.text("code")
    if row.is_good("code") and not _BRIDGE_CODE.fullmatch(code):
        reason = message("A code is 1 to 32 small letters, digits and hyphens, such as main.")
        row.refuse("code", "bad_code", reason)
    default = row.text("is_default")
    if row.is_good("is_default") and default not in {"yes", "no"}:
        row.refuse("is_default", "unknown_word", message("It must be one of: %(words)s.", words="yes, no"))
    if default == "yes":
        defaults.append(code)
        if len(defaults) > 1:
            reason = message("Only one bridge is the default; here are %(codes)s.", codes=", ".join(defaults))
            row.refuse("is_default", "second_default", reason)
    made = BridgeRow(
        code=code,
        name=row.text("name", required=True),
        ports=row.number("ports", least=1, most=100_000),
        is_default=default == "yes",
        basis=row.text("basis"),
    )
    return made if row.is_good() else None


def write_stations(records: Iterable[StationRecord]) -> str:
    """Return the CSV text of stations, by code. Importing it changes nothing.

    A placeholder mailbox is an unknown one, and stays empty.
    """
    return write_rows(
        STATION_COLUMNS,
        [_cells(record) for record in sorted(records, key=lambda each: each.station.code)],
    )


def _cells(record: StationRecord) -> dict[str, str | float | None]:
    station = record.station
    same = set(STATION_COLUMNS) - {"network", "timezone", "languages", "weekend", "office_hours", "mailbox"}
    return {
        **{column: getattr(station, column) for column in same},
        "network": station.network.value,
        "timezone": station.zone,
        "languages": "|".join(station.languages),
        "weekend": weekend_text(record.weeks[-1].weekend),
        "office_hours": hours_text(record.weeks),
        "mailbox": "" if station.mailbox == placeholder_mailbox(station.code) else station.mailbox,
    }
