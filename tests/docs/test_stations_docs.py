"""docs/network.md names every column and every code of refusal, and none that does not exist."""

import re
from pathlib import Path

from jicanet.stations.domain.days import WarningCode
from jicanet.stations.reference.network import BRIDGE_COLUMNS, COUNTRY_COLUMNS, STATION_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "network.md").read_text(encoding="utf-8")
SLICE = ROOT / "jicanet" / "stations"


def codes() -> set[str]:
    """Return the codes that the readers of files refuse with, as the source names them."""
    sources = [*(SLICE / "reference").glob("*.py"), SLICE / "service.py", ROOT / "jicanet/core/sheets.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    refused = re.findall(r'(?:refuse|_Unreadable)\(\s*[\w"]+,\s*"([a-z0-9]+_?[a-z0-9_]*)"', text)
    yielded = re.findall(r'yield "([a-z_]+)"', text)
    named = re.findall(r'code="([a-z_]+)"', text) + re.findall(r'Invalid(?:\.field)?\(\s*"([a-z_]+)"', text)
    fields = re.findall(r'Invalid\.field\("file", [^,]+, "([a-z_]+)"', text)
    return {*refused, *yielded, *named, *fields} - {"file"} | {"unknown_zone"}


def test_every_column_is_described() -> None:
    for column in {*STATION_COLUMNS, *COUNTRY_COLUMNS, *BRIDGE_COLUMNS}:
        assert f"`{column}`" in TEXT, column


def test_every_code_of_refusal_is_described() -> None:
    found = codes()

    assert {"bad_hours", "zone_of_another_country", "not_utf8", "file_too_large", "doubled_code"} <= found
    assert [code for code in sorted(found) if f"`{code}`" not in TEXT] == []


def test_no_code_is_described_that_does_not_exist() -> None:
    words = set(re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+)+)`", TEXT))
    columns = {*STATION_COLUMNS, *COUNTRY_COLUMNS, *BRIDGE_COLUMNS}
    known = codes() | columns | {code.value for code in WarningCode} | {"bridge_ports"}

    assert words - known == set()
