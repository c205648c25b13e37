"""CSV files read strictly, with all that is wrong in them, and written so that no spreadsheet runs a cell."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import Message, message, one_line

_MOST_BYTES = 20_000_000
_MOST_SHOWN = 80  # characters of a refused value
# What a spreadsheet takes for a formula, also in the full width of Japanese keyboards.
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r＝＋－＠]")

Value = TypeVar("Value")


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
class Row:
    """One row of a file, its cells read by column; what is wrong with them goes to `refused`."""

    file: str
    line: int
    cells: Mapping[str, str]
    refused: list[Refused]
    seen: list[str] = field(default_factory=list)

    def refuse(self, column: str, code: str, reason: Message) -> None:
        """Keep one fault of a cell."""
        value = self.cells[column][:_MOST_SHOWN]
        self.refused.append(
            Refused(file=self.file, line=self.line, column=column, value=value, code=code, reason=reason)
        )
        self.seen.append(column)

    def is_good(self, *columns: str) -> bool:
        """Say whether nothing was refused of these columns, or of the whole row."""
        return not any(column in self.seen for column in columns) if columns else not self.seen

    def text(self, column: str, *, longest: int = 200, required: bool = False) -> str:
        """Return a cell without outer spaces; refused with a control character or too long."""
        cell = self.cells[column]
        if not one_line(cell):
            self.refuse(
                column, "control_character", message("A line break or control character stands in it.")
            )
            return ""
        cell = _unescaped(cell.strip())
        if len(cell) > longest:
            reason = message(
                "It has %(length)s characters, more than %(longest)s.", length=len(cell), longest=longest
            )
            self.refuse(column, "too_long", reason)
        if required and not cell:
            self.refuse(column, "required", message("It must be filled."))
        return cell

    def number(self, column: str, *, least: int, most: int) -> int | None:
        """Return a whole number, None for an empty cell."""
        cell = self.text(column)
        if not cell or not self.is_good(column):
            return None
        if re.fullmatch(r"[0-9]{1,9}", cell) and least <= int(cell) <= most:
            return int(cell)
        reason = message(
            "It must be a whole number from %(least)s to %(most)s, or empty if not known.",
            least=least,
            most=most,
        )
        self.refuse(column, "bad_number", reason)
        return None

    def degrees(self, column: str, *, most: int) -> float | None:
        """Return a coordinate in decimal degrees, None for an empty cell."""
        cell = self.text(column)
        if not cell or not self.is_good(column):
            return None
        if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,12})?", cell) and abs(float(cell)) <= most:
            return float(cell)
        reason = message(
            "It must be decimal degrees from -%(most)s to %(most)s, such as 35.6895, or empty if not known.",
            most=most,
        )
        self.refuse(column, "bad_coordinate", reason)
        return None


class _Unreadable(Exception):
    """The rest of a file cannot be read as rows; `where` is the line."""

    def __init__(self, where: int, code: str, reason: Message, value: str = "") -> None:
        super().__init__(code)
        self.where, self.code, self.reason, self.value = where, code, reason, value


def unreadable(source: str, why: str | Message, *, file: str = "") -> Invalid:
    """Return Invalid `file_unreadable` for what was given as `source`; `file` is the one in it, if another."""
    detail = message("%(file)s cannot be read: %(why)s.", file=file or source, why=why)
    return Invalid.field("file", source, "file_unreadable", detail)


def check_size(file: str, content: bytes) -> None:
    """Raise Invalid `file_too_large` for more than 20 MB, naming the file."""
    if len(content) > _MOST_BYTES:
        detail = message(
            "%(file)s has %(size)s bytes, more than %(most)s. Split it.",
            file=file,
            size=len(content),
            most=_MOST_BYTES,
        )
        raise Invalid.field("file", file, "file_too_large", detail)


def import_refused(refused: Sequence[Refused]) -> Invalid:
    """Return Invalid `import_refused` that tells every fault; `extra` is the report of an empty import."""
    detail = message(
        "Nothing was loaded: %(count)s things are not right. The first: %(first)s",
        count=len(refused),
        first=refused[0].field_error().detail,
    )
    report = {"created": 0, "updated": 0, "unchanged": 0, "kept": []}
    return Invalid(
        "import_refused",
        detail,
        errors=[each.field_error() for each in refused],
        extra={**report, "refused": [each.as_json() for each in refused]},
    )


def header_of(content: bytes) -> tuple[str, ...]:
    """Return the names in a file's first row, empty where it cannot be read."""
    try:
        return tuple(next(_lines(content, (), as_is=True))[1])
    except _Unreadable:
        return ()


def read_records(
    files: Iterable[tuple[str, bytes]],
    columns: Sequence[str],
    make: Callable[[Row], Value | None],
    *,
    doubled: Message,
    as_is: bool = False,
) -> tuple[tuple[Value, ...], tuple[Refused, ...]]:
    """Return what `make` makes of the rows of (name, content) pairs, and everything that is wrong in them.

    A code has one row in all files; `doubled` says so, with holes for the `file` and `line` of the first.
    Rows have trimmed cells without the apostrophe of `write_rows`, unless `as_is`: then `make` reads them
    by `Row.text`, and a control character at their ends is seen too.
    """
    made: list[Value] = []
    refused: list[Refused] = []
    places: dict[str, tuple[str, int]] = {}
    for name, content in files:
        for row in _rows(name, content, columns, refused, as_is=as_is):
            value = make(row)
            file, line = places.setdefault(row.cells["code"].strip(), (name, row.line))
            if (file, line) != (name, row.line):
                row.refuse("code", "doubled_code", Message(doubled.msgid, {"file": file, "line": line}))
            if value is not None and row.is_good():
                made.append(value)
    return tuple(made), tuple(refused)


def _rows(
    file: str, content: bytes, columns: Sequence[str], refused: list[Refused], *, as_is: bool
) -> Iterator[Row]:
    """Yield every row of the right shape; the others, and a wrong header, go to `refused`."""

    def refuse(line: int, code: str, reason: Message, *, column: str = "", value: str = "") -> None:
        cut = value[:_MOST_SHOWN]
        refused.append(Refused(file=file, line=line, column=column, value=cut, code=code, reason=reason))

    try:
        lines = _lines(content, columns, as_is=as_is)
        at, header = next(lines)
        faults = list(_header_faults(header, columns))
        for code, column, reason in faults:
            refuse(at, code, reason, column=column, value=column)
        for line, row in lines if not faults else ():
            if len(row) == len(header):
                cells = dict(zip(header, row if as_is else map(_unescaped, row), strict=True))
                yield Row(file=file, line=line, cells=cells, refused=refused)
            else:
                reason = message(
                    "The row has %(count)s cells, the header %(wanted)s.", count=len(row), wanted=len(header)
                )
                refuse(line, "wrong_number_of_cells", reason, value=",".join(row))
    except _Unreadable as exc:
        refuse(exc.where, exc.code, exc.reason, value=exc.value)


def _lines(content: bytes, columns: Sequence[str], *, as_is: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, cells) of every row that is not blank, the header first; else _Unreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        where = content[: exc.start].count(b"\n") + 1
        reason = message("The file is not UTF-8. Save it as “CSV UTF-8”.")
        value = content[exc.start : exc.start + 16].decode("ascii", "backslashreplace") if as_is else ""
        raise _Unreadable(where, "not_utf8", reason, value) from exc
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line, empty = 1, True
    try:
        for row in reader:
            at, line = line, reader.line_num + 1  # a quoted cell may run over several lines
            trimmed = [cell.strip() for cell in row]
            if any(trimmed):
                yield at, row if as_is and not empty else trimmed
                empty = False
    except csv.Error as exc:
        raise _Unreadable(line, "broken_csv", message("The row is not CSV: %(why)s.", why=str(exc))) from exc
    if empty:
        reason = message("The file has no header: %(columns)s.", columns=",".join(columns))
        raise _Unreadable(1, "empty_file", reason)


def _header_faults(header: Sequence[str], columns: Sequence[str]) -> Iterator[tuple[str, str, Message]]:
    for column in columns:
        if column not in header:
            yield "missing_column", column, message("The column %(column)s is missing.", column=column)
    for column in dict.fromkeys(header):
        if column not in columns:
            yield "unknown_column", column, message('There is no column "%(column)s".', column=column[:60])
        elif header.count(column) > 1:
            yield "doubled_column", column, message("The column %(column)s stands twice.", column=column)


def write_rows(columns: Sequence[str], rows: Sequence[Mapping[str, str | float | None]]) -> str:
    """Return CSV text that reads back to equal cells.

    A text that a spreadsheet would run as a formula begins with an apostrophe, which reading takes
    away again; one that has such apostrophes of its own gets one more.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return text.getvalue()


def _cell(value: str | float | None) -> str:
    if isinstance(value, str):
        return "'" + value if _FORMULA.match(value) else value
    return "" if value is None else repr(value)


def _unescaped(cell: str) -> str:
    return cell[1:] if _QUOTED_FORMULA.match(cell) else cell
