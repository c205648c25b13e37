"""The import contracts are real: each goes red when a copy of the program breaks it, and only then."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

VIOLATIONS = {
    "Parts build on those below them": ("core/clock.py", "import jicanet.storage"),
    "Inside a slice, imports go inwards": ("people/domain/policy.py", "import jicanet.people.store"),
    "core and every domain are pure": ("stations/domain/days.py", "import sqlalchemy"),
    "Only core.zones knows where zones come from": ("scheduler/service/booking.py", "import zoneinfo"),
    "Nobody uses a third source of zones": ("worker/__init__.py", "import dateutil.tz"),
    "A table is touched by a store or a migration": (
        "people/service/users.py",
        "import jicanet.people.tables",
    ),
}


def verdicts(copy: Path) -> dict[str, str]:
    """Return KEPT or BROKEN by contract, for the program as it lies in `copy`."""
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=copy,
        # The installed program must not stand in for the copy.
        env={**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(.+) (KEPT|BROKEN)(?: \(.+\))?$", lint.stdout, re.MULTILINE)
    assert found, lint.stdout + lint.stderr
    assert lint.returncode == ("BROKEN" in {verdict for _, verdict in found})
    return dict(found)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__", "static", "templates", "locale")
    shutil.copytree(ROOT / "jicanet", tmp_path / "jicanet", ignore=ignored)
    return tmp_path


def test_contracts_hold(copy: Path) -> None:
    assert verdicts(copy) == dict.fromkeys(VIOLATIONS, "KEPT")


@pytest.mark.parametrize(("contract", "violation"), VIOLATIONS.items(), ids=VIOLATIONS)
def test_contract_goes_red_when_broken(copy: Path, contract: str, violation: tuple[str, str]) -> None:
    path, statement = violation
    file = copy / "jicanet" / path
    file.write_text(f"{statement}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    assert verdicts(copy)[contract] == "BROKEN"


def test_part_that_no_contract_names_is_refused(copy: Path) -> None:
    (copy / "jicanet" / "utils.py").touch()
    (copy / "jicanet" / "people" / "helpers.py").touch()
    found = verdicts(copy)
    assert found["Parts build on those below them"] == "BROKEN"
    assert found["Inside a slice, imports go inwards"] == "BROKEN"
