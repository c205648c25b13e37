"""The library as files: strict reading of materials.csv, all or nothing, and writing it back."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

from jicanet.catalog.domain.cells import COLUMNS, Vocabulary, cells_of, faults_of, record_of
from jicanet.catalog.domain.model import Record
from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import Message, message
from jicanet.core.zones import Zones

_MOST_BYTES = 20_000_000
_MOST_SHOWN = 80  # characters of a refused value
# What a spreadsheet takes for a formula, also in the full width of Japanese keyboards.
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a row cannot be taken. `line` counts from 1, the header's; `column` is empty for a whole row."""

    file: str
    line: int
    column: str
    value: str
    code: str
    reason: Message

    def field_error(self) -> FieldError:
        """Return the same for a problem document; its pointer is `file:line:column`."""
        pointer = ":".join(filter(None, (self.file, str(self.line), self.column)))
        detail = message(
            "%(file)s, line %(line)s: %(reason)s", file=self.file, line=self.line, reason=self.reason
        )
        return FieldError(pointer=pointer, value=self.value, code=self.code, detail=detail)

    def as_json(self) -> dict[str, object]:
        """Return the same for an import report, the reason in English."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column or None,
            "value": self.value,
            "code": self.code,
            "reason": str(self.reason),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What files say: every record of them, or, if `refused` is not empty, nothing that may be used."""

    records: tuple[Record, ...]
    refused: tuple[Refused, ...]


def vocabulary(zones: Zones) -> Vocabulary:
    """Return the languages that CLDR names and the countries that the tz database has a zone for."""
    names = frozenset(Locale("en").languages)
    return Vocabulary(is_language=names.__contains__, is_country=lambda code: bool(zones.of_country(code)))


def load(path: Path) -> bytes:
    """Return a file's bytes; raises Invalid `file_unreadable` or `file_too_large`, naming the file."""
    try:
        content = path.read_bytes()
    except OSError as exc:
        detail = message("%(file)s cannot be read: %(why)s.", file=str(path), why=exc.strerror or "no file")
        raise Invalid.field("file", str(path), "file_unreadable", detail) from exc
    if len(content) > _MOST_BYTES:
        detail = message(
            "%(file)s has %(size)s bytes, more than %(most)s. Split it.",
            file=str(path),
            size=len(content),
            most=_MOST_BYTES,
        )
        raise Invalid.field("file", str(path), "file_too_large", detail)
    return content


def read_materials(files: Iterable[tuple[str, bytes]], known: Vocabulary) -> Reading:
    """Return what (name, content) pairs of CSV files say, with everything that is wrong in any of them."""
    records: list[Record] = []
    refused: list[Refused] = []
    places: dict[str, tuple[str, int]] = {}
    for name, content in files:
        for line, row in _rows(name, content, refused):
            cells = {column: _unescaped(row[column]) for column in COLUMNS}
            faults = faults_of(cells, known)
            refused += [
                Refused(
                    file=name,
                    line=line,
                    column=fault.column,
                    value=fault.value[:_MOST_SHOWN],
                    code=fault.code,
                    reason=fault.reason,
                )
                for fault in faults
            ]
            first = places.setdefault(cells["code"], (name, line))
            if first != (name, line):
                refused.append(_doubled(name, line, cells["code"], first))
            elif not faults:
                records.append(record_of(cells))
    return Reading(records=tuple(records), refused=tuple(refused))


def _doubled(name: str, line: int, code: str, first: tuple[str, int]) -> Refused:
    reason = message(
        "The code stands already in %(file)s, line %(line)s. Each material has one row.",
        file=first[0],
        line=first[1],
    )
    return Refused(
        file=name, line=line, column="code", value=code[:_MOST_SHOWN], code="doubled_code", reason=reason
    )


class _Unreadable(Exception):
    """The rest of a file cannot be read as rows; `where` is the line."""

    def __init__(self, where: int, code: str, reason: Message) -> None:
        super().__init__(code)
        self.where, self.code, self.reason = where, code, reason


def _rows(name: str, content: bytes, refused: list[Refused]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, cells by column) of every row of the right shape; add the others to `refused`."""

    def refuse(line: int, code: str, reason: Message, *, column: str = "", value: str = "") -> None:
        cut = value[:_MOST_SHOWN]
        refused.append(Refused(file=name, line=line, column=column, value=cut, code=code, reason=reason))

    try:
        lines = _lines(content)
        at, header = next(lines)
        faults = list(_header_faults(header))
        for code, column, reason in faults:
            refuse(at, code, reason, column=column, value=column)
        for line, row in lines if not faults else ():
            if len(row) == len(header):
                yield line, dict(zip(header, row, strict=True))
            else:
                reason = message(
                    "The row has %(count)s cells, the header %(wanted)s.", count=len(row), wanted=len(header)
                )
                refuse(line, "wrong_number_of_cells", reason, value=",".join(row))
    except _Unreadable as exc:
        refuse(exc.where, exc.code, exc.reason)


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, trimmed cells) of every row that is not blank, the header first; else _Unreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        where = content[: exc.start].count(b"\n") + 1
        raise _Unreadable(
            where, "not_utf8", message("The file is not UTF-8. Save it as “CSV UTF-8”.")
        ) from exc
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line, empty = 1, True
    try:
        for row in reader:
            at, line = line, reader.line_num + 1  # a quoted cell may run over several lines
            cells = [cell.strip() for cell in row]
            if any(cells):
                empty = False
                yield at, cells
    except csv.Error as exc:
        raise _Unreadable(line, "broken_csv", message("The row is not CSV: %(why)s.", why=str(exc))) from exc
    if empty:
        reason = message("The file has no header: %(columns)s.", columns=",".join(COLUMNS))
        raise _Unreadable(1, "empty_file", reason)


def _header_faults(header: Sequence[str]) -> Iterator[tuple[str, str, Message]]:
    for column in COLUMNS:
        if column not in header:
            yield "missing_column", column, message("The column %(column)s is missing.", column=column)
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            yield "unknown_column", column, message('There is no column "%(column)s".', column=column[:60])
        elif header.count(column) > 1:
            yield "doubled_column", column, message("The column %(column)s stands twice.", column=column)


def write_materials(records: Iterable[Record]) -> str:
    """Return the CSV text of the records, by code. Reading it gives equal records.

    A cell that a spreadsheet would run as a formula begins with an apostrophe, which reading takes
    away again; a cell that has such apostrophes of its own gets one more.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in sorted(records, key=lambda each: each.code):
        writer.writerow([_escaped(cell) for cell in cells_of(record).values()])
    return text.getvalue()


def _escaped(cell: str) -> str:
    return "'" + cell if _FORMULA.match(cell) else cell


def _unescaped(cell: str) -> str:
    return cell[1:] if _QUOTED_FORMULA.match(cell) else cell
