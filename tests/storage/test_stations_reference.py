"""The network's files: what is read, and everything that is refused with its place and reason."""

import csv
import io
from collections.abc import Mapping
from datetime import time

import pytest

from jicanet.core.errors import Invalid
from jicanet.core.sheets import Refused
from jicanet.core.zones import Zones
from jicanet.settings.model import CONFIG
from jicanet.stations.domain.importing import BridgeRow
from jicanet.stations.domain.model import Country, Network, StationRecord, is_doubted
from jicanet.stations.reference import NetworkFiles, load_files, read_network, write_stations
from jicanet.stations.reference.network import STATION_COLUMNS

ZONES = Zones()
HANOI: Mapping[str, str] = {
    **dict.fromkeys(STATION_COLUMNS, ""),
    "code": "VNM-HAN",
    "name_en": "JICA Viet Nam Office",
    "network": "jica",
    "country": "VN",
    "city": "Hanoi",
    "timezone": "Asia/Ho_Chi_Minh",
    "region": "Southeast Asia and the Pacific",
    "languages": "en|ja",
    "weekend": "Sat|Sun",
    "office_hours": "08:30-17:00",
}


def sheet(*rows: Mapping[str, str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, STATION_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(
    content: bytes, known: Mapping[str, frozenset[int]] | None = None
) -> tuple[NetworkFiles, tuple[Refused, ...]]:
    return read_network([("stations.csv", content)], ZONES, known or {})


def only(found: tuple[NetworkFiles, tuple[Refused, ...]]) -> StationRecord:
    files, refused = found
    assert refused == ()
    (record,) = files.stations
    return record


def shipped() -> NetworkFiles:
    files, refused = read_network(load_files(CONFIG / "network"), ZONES, {})
    assert refused == ()
    return files


def test_the_shipped_network_is_78_stations_in_61_countries() -> None:
    files = shipped()

    assert len(files.stations) == 78
    assert len({record.station.country for record in files.stations}) == 61
    assert {country.code for country in files.countries} == {
        record.station.country for record in files.stations
    }
    assert sum(record.station.country == "JP" for record in files.stations) == 18
    assert files.bridges == (
        BridgeRow(code="main", name="Main bridge", ports=None, is_default=True, basis="our choice"),
    )


def test_no_shipped_station_claims_what_nobody_knows() -> None:
    stations = [record.station for record in shipped().stations]

    assert not any(station.has_mailbox or station.telephone or station.contact_name for station in stations)
    assert {station.mailbox for station in stations} == {
        f"{station.code.lower()}@stations.invalid" for station in stations
    }
    assert {station.line_kbit for station in stations} == {station.seats for station in stations} == {None}
    assert all(station.basis in {"listed", "office exists", "inferred"} for station in stations)
    assert all(is_doubted(station.office_hours_basis) for station in stations)


def test_every_shipped_weekend_is_that_of_its_country_with_the_same_basis() -> None:
    files = shipped()
    countries = {country.code: country for country in files.countries}

    for record in files.stations:
        country = countries[record.station.country]
        assert (record.weeks[0].weekend, record.station.weekend_basis) == (country.weekend, country.basis)
    assert countries["NP"] == Country(
        code="NP",
        weekend=frozenset({5}),
        basis="source 2022; recheck",
        source="fiscalnepal.com/2022/06/06/9235",
    )


def test_a_written_network_reads_back_equal() -> None:
    records = shipped().stations

    text = write_stations(records)

    again, refused = read(text.encode())
    assert refused == ()
    assert again.stations == tuple(sorted(records, key=lambda record: record.station.code))
    assert write_stations(again.stations) == text


def test_the_shipped_file_and_the_written_one_say_the_same_in_every_cell() -> None:
    content = (CONFIG / "network" / "stations.csv").read_text(encoding="utf-8")
    given = {row["code"]: row for row in csv.DictReader(io.StringIO(content))}

    written = {row["code"]: row for row in csv.DictReader(io.StringIO(write_stations(shipped().stations)))}

    # A coordinate south or west begins with a minus sign and stays a number; no text here is a formula.
    assert written == given


def test_texts_that_a_spreadsheet_would_run_are_written_with_an_apostrophe() -> None:
    row = {**HANOI, "notes": "=1+1", "telephone": "+84 24 0000", "office": "'=kept", "latitude": "-1.5"}
    record = only(read(sheet({**row, "office": "''=kept", "notes": "'=1+1"})))
    assert (record.station.notes, record.station.office) == ("=1+1", "'=kept")

    text = write_stations([record])

    assert "'=1+1" in text
    assert "'+84 24 0000" in text
    assert ",-1.5," in text
    assert only(read(text.encode())) == record


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("code", "", "bad_code"),
        ("code", "vnm han", "bad_code"),
        ("name_en", "", "required"),
        ("name_en", "x" * 201, "too_long"),
        ("name_en", "Hanoi\r\nBcc: x@example.org", "control_character"),
        ("network", "JICA", "unknown_word"),
        ("country", "Vietnam", "unknown_country"),
        ("country", "ZZ", "unknown_country"),
        ("timezone", "", "unknown_zone"),
        ("timezone", "GMT+7", "unknown_zone"),
        ("timezone", "Asia/Tokyo", "zone_of_another_country"),
        ("languages", "english", "bad_language"),
        ("languages", "en|en", "doubled"),
        ("weekend", "Saturday", "bad_weekend"),
        ("weekend", "Sat|Sat", "bad_weekend"),
        ("weekend", "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "bad_weekend"),
        ("weekend", "", "required"),
        ("office_hours", "", "required"),
        ("office_hours", "8:30-17:00", "bad_hours"),
        ("office_hours", "17:00-08:30", "bad_hours"),
        ("office_hours", "22:00-06:00", "bad_hours"),
        ("office_hours", "08:30-24:01", "bad_hours"),
        ("office_hours", "13:00-17:00|08:30-12:00", "bad_hours"),
        ("office_hours", "08:30-12:00|12:00-17:00", "bad_hours"),
        ("latitude", "90.1", "bad_coordinate"),
        ("latitude", "north", "bad_coordinate"),
        ("longitude", "-180.5", "bad_coordinate"),
        ("longitude", "nan", "bad_coordinate"),
        ("mailbox", "a@example.org\r\n", "control_character"),
        ("mailbox", "a@example.org\nBcc: b@example.org", "control_character"),
        ("mailbox", "a@b@example.org", "bad_mailbox"),
        ("mailbox", "A <a@example.org>", "bad_mailbox"),
        ("line_kbit", "fast", "bad_number"),
        ("seats", "0", "bad_number"),
        ("seats", "1e3", "bad_number"),
    ],
)
def test_a_bad_cell_is_refused_with_its_place(column: str, value: str, code: str) -> None:
    files, refused = read(sheet(HANOI, {**HANOI, "code": "VNM-SGN", column: value}))

    assert [(each.file, each.line, each.column, each.code) for each in refused] == [
        ("stations.csv", 3, column, code)
    ]
    assert refused[0].value == value[:80]
    assert str(refused[0].field_error().detail).startswith("stations.csv, line 3: ")
    assert refused[0].field_error().pointer == f"stations.csv:3:{column}"
    assert [record.station.code for record in files.stations] == ["VNM-HAN"]


def test_everything_wrong_is_told_at_once() -> None:
    bad = {**HANOI, "timezone": "Tokyo", "office_hours": "9-5", "latitude": "x"}

    _, refused = read(sheet(bad, HANOI, {**HANOI, "country": "JP", "seats": "-1"}))

    assert [(each.line, each.column) for each in refused] == [
        (2, "office_hours"),
        (2, "timezone"),
        (2, "latitude"),
        (3, "code"),
        (4, "timezone"),
        (4, "seats"),
        (4, "code"),
    ]
    assert str(refused[3].reason) == ("The code stands already in stations.csv, line 2. Each has one row.")


def test_a_zone_of_another_country_is_answered_with_the_right_ones() -> None:
    _, refused = read(sheet({**HANOI, "country": "CD", "city": "Kinshasa"}))

    assert str(refused[0].reason) == (
        "It is no zone of CD. Its zones are: Africa/Kinshasa, Africa/Lubumbashi."
    )


@pytest.mark.parametrize(
    ("country", "given", "kept"),
    [
        ("PS", "Asia/Hebron", "Asia/Hebron"),
        ("TR", "Europe/Istanbul", "Europe/Istanbul"),
        ("TR", "Asia/Istanbul", "Europe/Istanbul"),
        ("IN", "Asia/Calcutta", "Asia/Kolkata"),
        ("MW", "Africa/Blantyre", "Africa/Blantyre"),
        ("FM", "Pacific/Pohnpei", "Pacific/Pohnpei"),
    ],
)
def test_a_zone_is_kept_under_its_canonical_name(country: str, given: str, kept: str) -> None:
    record = only(read(sheet({**HANOI, "country": country, "timezone": given})))

    assert record.station.zone == kept


def test_a_station_without_a_weekend_takes_its_country_s() -> None:
    record = only(read(sheet({**HANOI, "weekend": ""}), {"VN": frozenset({6})}))

    assert record.weeks[0].weekend == frozenset({6})
    assert set(record.weeks[0].hours) == {0, 1, 2, 3, 4, 5}


def test_hours_may_have_a_break_and_end_at_midnight() -> None:
    record = only(read(sheet({**HANOI, "office_hours": "08:30-12:00|13:00-24:00"})))

    assert record.weeks[0].hours[0] == ((time(8, 30), time(12)), (time(13), None))
    assert only(read(write_stations([record]).encode())) == record


def test_a_byte_order_mark_spaces_and_blank_lines_are_let_through() -> None:
    content = b"\xef\xbb\xbf" + sheet({**HANOI, "city": "  Hanoi "}) + b"\r\n\r\n"

    assert only(read(content)).station.city == "Hanoi"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(1, "", "empty_file")]),
        (b"\n \n", [(1, "", "empty_file")]),
        (sheet(HANOI).replace(b"office_hours", b"hours", 1), [(1, "office_hours", "missing_column"), (1, "hours", "unknown_column")]),
        (sheet(HANOI).replace(b"name_ja", b"name_en", 1), [(1, "name_ja", "missing_column"), (1, "name_en", "doubled_column")]),
        (sheet(HANOI) + b"VNM-SGN,short\r\n", [(3, "", "wrong_number_of_cells")]),
        (sheet(HANOI) + b'VNM-SGN,"never closed\r\n', [(3, "", "broken_csv")]),
        (sheet({**HANOI, "city": "Hà Nội"}).decode().encode("utf-16"), [(1, "", "not_utf8")]),
        (sheet(HANOI) + "Hà Nội\r\n".encode("latin-1", "replace").replace(b"?", b"\xe0"), [(3, "", "not_utf8")]),
    ],
    ids=["empty", "blank", "header", "doubled_header", "ragged", "quote", "utf16", "latin1"],
)  # fmt: skip
def test_a_file_that_is_no_table_of_ours_is_refused(
    content: bytes, expected: list[tuple[int, str, str]]
) -> None:
    _, refused = read(content)

    assert [(each.line, each.column, each.code) for each in refused] == expected


def test_a_line_number_counts_lines_inside_quoted_cells() -> None:
    content = sheet({**HANOI, "notes": "two\nlines"}, {**HANOI, "code": "VNM-SGN", "seats": "x"})

    _, refused = read(content)

    assert [(each.line, each.column) for each in refused] == [(2, "notes"), (4, "seats")]


def test_countries_and_bridges_are_known_by_their_header() -> None:
    countries = b"code,weekend,basis,source\nVN,Sat|Sun,memory,\nXX,Sat,memory,\nJP,,memory,\n"
    bridges = b"code,name,ports,is_default,basis\nA,Bridge A,12,yes,x\nb,Bridge B,0,no,x\nc,C,5,maybe,x\n"

    _, refused = read_network([("one.csv", countries), ("two.csv", bridges)], ZONES, {})

    assert [(each.file, each.line, each.column, each.code) for each in refused] == [
        ("one.csv", 3, "code", "unknown_country"),
        ("one.csv", 4, "weekend", "required"),
        ("two.csv", 2, "code", "bad_code"),
        ("two.csv", 3, "ports", "bad_number"),
        ("two.csv", 4, "is_default", "unknown_word"),
    ]


def test_two_default_bridges_are_refused() -> None:
    bridges = b"code,name,ports,is_default,basis\na,A,12,yes,x\nb,B,,yes,x\n"

    _, refused = read_network([("bridges.csv", bridges)], ZONES, {})

    assert [(each.line, each.column, each.code, str(each.reason)) for each in refused] == [
        (3, "is_default", "second_default", "Only one bridge is the default; here are a, b.")
    ]


def test_a_missing_file_is_named() -> None:
    with pytest.raises(Invalid) as raised:
        load_files(CONFIG / "network" / "absent.csv")

    assert raised.value.code == "file_unreadable"
    assert "absent.csv" in str(raised.value.detail)


@pytest.mark.parametrize(
    ("basis", "doubted"),
    [
        ("memory", True),
        ("assumed", True),
        ("", True),
        ("source 2022; recheck", True),
        ("source 2025", False),
        ("confirmed by the operator", False),
    ],
)
def test_a_fact_is_doubted_unless_somebody_vouches_for_it(basis: str, doubted: bool) -> None:
    assert is_doubted(basis) is doubted


def test_networks_are_the_four_words_of_the_domain() -> None:
    assert {network.value for network in Network} == {"jica", "gdln", "partner", "guest"}
