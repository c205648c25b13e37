"""The library as files: strict reading of materials.csv, all or nothing, and writing it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

from jicanet.catalog.domain.cells import COLUMNS, Vocabulary, cells_of, faults_of, record_of
from jicanet.catalog.domain.model import Record
from jicanet.core import sheets
from jicanet.core.text import message
from jicanet.core.zones import Zones


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What files say: every record of them, or, if `refused` is not empty, nothing that may be used."""

    records: tuple[Record, ...]
    refused: tuple[sheets.Refused, ...]


def vocabulary(zones: Zones) -> Vocabulary:
    """Return the languages that CLDR names and the countries that the tz database has a zone for."""
    names = frozenset(Locale("en").languages)
    return Vocabulary(is_language=names.__contains__, is_country=lambda code: bool(zones.of_country(code)))


def load(path: Path) -> bytes:
    """Return a file's bytes; raises Invalid `file_unreadable` or `file_too_large`, naming the file."""
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise sheets.unreadable(str(path), exc.strerror or "no file") from exc
    sheets.check_size(str(path), content)
    return content


def read_materials(files: Iterable[tuple[str, bytes]], known: Vocabulary) -> Reading:
    """Return what (name, content) pairs of CSV files say, with everything that is wrong in any of them."""

    def material(row: sheets.Row) -> Record | None:
        for fault in faults_of(row.cells, known):
            row.refuse(fault.column, fault.code, fault.reason)
        return record_of(row.cells) if row.is_good() else None

    doubled = message("The code stands already in %(file)s, line %(line)s. Each material has one row.")
    records, refused = sheets.read_records(files, COLUMNS, material, doubled=doubled)
    return Reading(records=records, refused=refused)


def write_materials(records: Iterable[Record]) -> str:
    """Return the CSV text of the records, by code. Reading it gives equal records."""
    return sheets.write_rows(
        COLUMNS, [cells_of(record) for record in sorted(records, key=lambda each: each.code)]
    )
