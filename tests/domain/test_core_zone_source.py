"""One source of zone data for the whole process: the operating system's copy is never read."""

import json
import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

PROGRAM = """
import json, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
{first}
import zoneinfo
from datetime import UTC, datetime
noon = datetime(2026, 12, 16, tzinfo=UTC)
offset = str(noon.astimezone(zoneinfo.ZoneInfo("Asia/Tokyo")).utcoffset())
for name in ("Africa/Casablanca", "America/Havana", "Europe/Belgrade"):
    zoneinfo.ZoneInfo(name)
print(json.dumps([offset, [path for path in opened if path.endswith(("Asia/Tokyo", "America/Havana"))]]))
"""


def run(first: str, tzpath: Path) -> tuple[str, list[str]]:
    """Return Tokyo's offset and the zone files opened by a process that meets a wrong copy in `tzpath`."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first)],
        env={**os.environ, "PYTHONTZPATH": str(tzpath)},
        capture_output=True,
        check=True,
    )
    offset, opened = json.loads(done.stdout)
    return offset, opened


def test_wheel_is_read_and_the_system_is_not(tmp_path: Path) -> None:
    wheel = resources.files("tzdata.zoneinfo")
    for place in ("Asia/Tokyo", "America/Havana"):  # the system's copy, and it is wrong
        (tmp_path / place).parent.mkdir()
        with resources.as_file(wheel.joinpath("Asia/Kathmandu")) as kathmandu:
            shutil.copy(kathmandu, tmp_path / place)

    misled = run("", tmp_path)
    assert misled == ("5:45:00", [str(tmp_path / "Asia/Tokyo"), str(tmp_path / "America/Havana")])

    offset, opened = run("import jicanet", tmp_path)
    assert offset == "9:00:00"
    assert opened == [str(wheel.joinpath(place)) for place in ("Asia/Tokyo", "America/Havana")]
