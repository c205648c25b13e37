"""materials.csv is read strictly: every bad cell is named by file, line, column, value and reason."""

import csv
import io

import pytest

from jicanet.catalog.domain.cells import COLUMNS, cells_of, is_web_address
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import Kind, Record, Title, TitleOrigin
from jicanet.catalog.reference import read_materials, vocabulary, write_materials
from jicanet.core.zones import Zones
from jicanet.settings.model import CONFIG

SHIPPED = CONFIG / "library" / "materials.csv"
GOOD = {
    "code": "JN-M100",
    "title_en": "Water for all",
    "title_en_origin": "translation",
    "title_ja": "すべての人に水を",
    "title_ja_origin": "original",
    "production_year": "2015",
    "year_basis": "disc",
    "languages": "ja|pt-BR|zh-Hant",
    "field": "water-resources",
    "countries": "KH|VN",
    "duration_min": "26",
    "kind": "video",
    "producer": "JICA",
    "source": "a catalogue ; https://example.org/a",
    "notes": "",
    "url": "https://example.org/water",
}
RECORD = Record(
    code="JN-M100",
    titles={
        "en": Title(text="Water for all", origin=TitleOrigin.TRANSLATION),
        "ja": Title(text="すべての人に水を", origin=TitleOrigin.ORIGINAL),
    },
    year=2015,
    year_basis="disc",
    languages=("ja", "pt-BR", "zh-Hant"),
    field=ThematicField.WATER_RESOURCES,
    countries=("KH", "VN"),
    minutes=26,
    kind=Kind.VIDEO,
    producer="JICA",
    url="https://example.org/water",
    source="a catalogue ; https://example.org/a",
    notes="",
)


def sheet(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def refused(zones: Zones, content: bytes) -> list[tuple[int, str, str, str]]:
    reading = read_materials([("a.csv", content)], vocabulary(zones))
    assert {each.file for each in reading.refused} <= {"a.csv"}
    return [(each.line, each.column, each.value, each.code) for each in reading.refused]


def test_good_row_is_read(zones: Zones) -> None:
    reading = read_materials([("a.csv", sheet(GOOD))], vocabulary(zones))
    assert (reading.records, reading.refused) == ((RECORD,), ())
    assert cells_of(RECORD) == GOOD


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("code", "", "bad_code"),
        ("code", "jn-m100", "bad_code"),
        ("code", "JN/M100", "bad_code"),
        ("code", "J" * 33, "bad_code"),
        ("title_en", "x" * 501, "too_long"),
        ("title_en", "a\nb", "control_character"),
        ("title_en", "a\x00b", "control_character"),
        ("title_en_origin", "", "unknown_word"),
        ("title_en_origin", "machine", "unknown_word"),
        ("production_year", "1949", "bad_number"),
        ("production_year", "2101", "bad_number"),
        ("production_year", "about 2010", "bad_number"),
        ("production_year", "２０１５", "bad_number"),
        ("languages", "english", "bad_language"),
        ("languages", "xx", "bad_language"),
        ("languages", "EN", "bad_language"),
        ("languages", "en,ja", "bad_language"),
        ("languages", "en||ja", "bad_language"),
        ("languages", "pt_BR", "bad_language"),
        ("languages", "en|en", "doubled"),
        ("field", "", "unknown_word"),
        ("field", "Health", "unknown_word"),
        ("countries", "Viet Nam", "bad_country"),
        ("countries", "XX", "bad_country"),
        ("countries", "vn", "bad_country"),
        ("countries", "VN|VN", "doubled"),
        ("duration_min", "0", "bad_number"),
        ("duration_min", "26.5", "bad_number"),
        ("duration_min", "26 min", "bad_number"),
        ("duration_min", "9999", "bad_number"),
        ("kind", "film", "unknown_word"),
        ("source", "", "required"),
        ("url", "ftp://example.org/a", "bad_url"),
        ("url", "javascript:alert(1)", "bad_url"),
        ("url", "https://user:secret@example.org/", "bad_url"),
        ("url", "https://user@example.org/", "bad_url"),
        ("url", "//example.org/a", "bad_url"),
        ("url", "https:///a", "bad_url"),
        ("url", "https://example.org/a b", "bad_url"),
        ("url", "https://example.org/水", "bad_url"),
        ("url", "https://example.org:99999/", "bad_url"),
        ("url", "https://[::1/", "bad_url"),
        ("url", 'https://example.org/"', "bad_url"),
    ],
)
def test_bad_cell_is_named(zones: Zones, column: str, value: str, code: str) -> None:
    assert refused(zones, sheet(GOOD | {column: value})) == [(2, column, value[:80], code)]


def test_row_without_any_title_is_refused(zones: Zones) -> None:
    bare = GOOD | {"title_en": "", "title_en_origin": "", "title_ja": "", "title_ja_origin": ""}
    assert refused(zones, sheet(bare)) == [(2, "title_en", "", "required")]


def test_half_of_a_pair_is_refused(zones: Zones) -> None:
    assert refused(zones, sheet(GOOD | {"title_en": ""})) == [
        (2, "title_en_origin", "translation", "without_title")
    ]
    assert refused(zones, sheet(GOOD | {"production_year": ""})) == [
        (2, "year_basis", "disc", "without_year")
    ]


def test_every_fault_of_every_row_is_told(zones: Zones) -> None:
    rows = (GOOD, GOOD | {"code": "JN-M101", "kind": "film", "url": "x"}, GOOD)
    assert refused(zones, sheet(*rows)) == [
        (3, "kind", "film", "unknown_word"),
        (3, "url", "x", "bad_url"),
        (4, "code", "JN-M100", "doubled_code"),
    ]


def test_code_in_two_files_is_told_with_both_places(zones: Zones) -> None:
    files = [("a.csv", sheet(GOOD)), ("b.csv", sheet(GOOD | {"code": "JN-M101"}, GOOD))]
    (fault,) = read_materials(files, vocabulary(zones)).refused
    assert (fault.file, fault.line) == ("b.csv", 3)
    assert str(fault.reason) == "The code stands already in a.csv, line 2. Each material has one row."


def test_line_is_that_of_the_row_after_cells_of_several_lines(zones: Zones) -> None:
    rows = (GOOD | {"notes": "a\nb\nc"}, GOOD | {"code": "JN-M101", "kind": "film"})
    assert refused(zones, sheet(*rows)) == [
        (2, "notes", "a\nb\nc", "control_character"),
        (5, "kind", "film", "unknown_word"),
    ]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", [(1, "", "", "empty_file")]),
        (b"\n\n", [(1, "", "", "empty_file")]),
        ("タイトル\n".encode("cp932"), [(1, "", "", "not_utf8")]),
        (b'"code\n', [(1, "", "", "broken_csv")]),
        (sheet(GOOD, columns=COLUMNS[:-1]), [(1, "url", "url", "missing_column")]),
        (sheet(GOOD, columns=(*COLUMNS, "rating")), [(1, "rating", "rating", "unknown_column")]),
        (sheet(GOOD, columns=(*COLUMNS, "url")), [(1, "url", "url", "doubled_column")]),
        (sheet(GOOD) + b"JN-M101,too,few\n", [(3, "", "JN-M101,too,few", "wrong_number_of_cells")]),
        (sheet(GOOD) + b'"JN-M101\n', [(3, "", "", "broken_csv")]),
    ],
    ids=lambda value: value[0][3] if isinstance(value, list) else "",
)
def test_file_of_the_wrong_shape_is_refused(
    zones: Zones, content: bytes, faults: list[tuple[int, str, str, str]]
) -> None:
    assert refused(zones, content) == faults


def test_columns_in_another_order_and_a_byte_order_mark_are_taken(zones: Zones) -> None:
    content = b"\xef\xbb\xbf" + sheet(GOOD, columns=COLUMNS[::-1])
    assert read_materials([("a.csv", content)], vocabulary(zones)).records == (RECORD,)


def test_shipped_library_holds_the_59_titles_that_are_known(zones: Zones) -> None:
    reading = read_materials([("materials.csv", SHIPPED.read_bytes())], vocabulary(zones))
    assert reading.refused == ()
    assert [each.code for each in reading.records] == [f"JN-M{number:03}" for number in range(1, 60)]


def test_shipped_addresses_are_only_those_that_a_source_calls_the_material_s_own(zones: Zones) -> None:
    records = read_materials([("materials.csv", SHIPPED.read_bytes())], vocabulary(zones)).records
    assert {each.code: each.url for each in records if each.url} == {
        "JN-M058": "https://jica-net-library.jica.go.jp/lib2/05PRDM014_f/next01.html"
    }
    assert "page of the online material itself" in next(each.notes for each in records if each.url)


def test_export_of_the_shipped_library_is_the_shipped_file(zones: Zones) -> None:
    rows = list(csv.DictReader(io.StringIO(SHIPPED.read_text(encoding="utf-8"), newline="")))
    records = read_materials([("materials.csv", SHIPPED.read_bytes())], vocabulary(zones)).records
    assert list(csv.DictReader(io.StringIO(write_materials(records), newline=""))) == rows


@pytest.mark.parametrize("title", ["=1+1", "+81", "-9", "@SUM(A1)", "＝1", "'=1", "''@x", "'quoted'"])
def test_export_runs_nothing_in_a_spreadsheet_and_reads_back(zones: Zones, title: str) -> None:
    titles = {"en": Title(text=title, origin=TitleOrigin.ORIGINAL)}
    hostile = Record(**{**{name: getattr(RECORD, name) for name in RECORD.__slots__}, "titles": titles})
    text = write_materials([hostile])
    (_, row) = csv.reader(io.StringIO(text, newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")) for cell in row)
    assert read_materials([("a.csv", text.encode())], vocabulary(zones)).records == (hostile,)


@pytest.mark.parametrize(
    "address", ["http://example.org", "https://example.org:8443/a?b=c#d", "https://[::1]/"]
)
def test_web_address_is_taken(address: str) -> None:
    assert is_web_address(address) is True


def test_every_field_has_a_name_in_both_languages() -> None:
    assert len(ThematicField) == 18
    names = {(field.label("en"), field.label("ja")) for field in ThematicField}
    assert len(names) == 18
    assert all(english.isascii() and not japanese.isascii() for english, japanese in names)


def test_reader_gets_the_title_of_their_language_else_the_next_best() -> None:
    def shown(lang: str, *languages: str) -> str:
        titles = {each: Title(text=each, origin=TitleOrigin.ORIGINAL) for each in languages}
        record = Record(**{**{name: getattr(RECORD, name) for name in RECORD.__slots__}, "titles": titles})
        return record.title_for(lang)[0]

    assert [shown("ja", "en", "ja"), shown("ja", "en"), shown("en", "ja"), shown("fr", "ja", "en")] == [
        "ja",
        "en",
        "ja",
        "en",
    ]
    assert shown("en", "es") == "es"
