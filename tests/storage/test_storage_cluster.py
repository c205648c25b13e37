"""The tests' own PostgreSQL: nothing of it outlives a run, and its absence is told in one line."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.databases import ROOT, python_process
from tests.support.postgres import Cluster, start_cluster

CRASH = """
import os, signal
from tests.support.postgres import start_cluster
print(start_cluster().folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def ends_within(folder: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while (folder / "data" / "postmaster.pid").exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.usefixtures("postgres")
def test_a_server_does_not_outlive_a_killed_run_and_the_next_run_removes_its_files() -> None:
    with python_process(CRASH) as process:
        folder = Path(process.communicate(timeout=60)[0].strip())
    assert (folder / "data").is_dir()

    assert ends_within(folder, 20)
    start_cluster().end()
    assert not folder.exists()


@pytest.mark.usefixtures("postgres")
def test_a_server_ends_with_its_folder() -> None:
    cluster: Cluster = start_cluster()
    assert cluster.run_sql("SHOW listen_addresses") == ""

    cluster.end()

    assert not cluster.folder.exists()
    assert cluster.launcher.poll() is not None


WITHOUT_POSTGRES = """
import sys, pytest
from tests.support import postgres

def missing():
    raise postgres.PostgresMissing("PostgreSQL is not installed: left to SQLite alone")

postgres.find_binaries = missing
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", "tests/storage/test_storage_store.py", "-k", "TestRevisions"]))
"""


def run_without_postgres(**environment: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name not in {"CI", "PYTEST_XDIST_WORKER"}}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_POSTGRES],
        cwd=ROOT,
        env={**own, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_postgresql_its_tests_are_skipped_with_one_line() -> None:
    done = run_without_postgres()

    told = [line for line in done.stdout.splitlines() if "not installed" in line]
    assert (done.returncode, len(told)) == (0, 1)
    assert told[0].startswith("SKIPPED [2]")
    assert done.stdout.splitlines()[-1].startswith("2 passed, 2 skipped")


def test_without_postgresql_a_ci_run_fails() -> None:
    done = run_without_postgres(CI="true")

    assert done.returncode == 1
    assert "2 errors in" in done.stdout
    assert "skipped" not in done.stdout
