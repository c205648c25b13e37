"""An own PostgreSQL cluster for a test run: made as a user that is not root, ended whatever happens."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

_PREFIX = "jicanet-postgres-"
# The server ends when our end of the pipe is gone, even after `kill -9` of the test run.
_LAUNCHER = '"$@" & server=$!; read -r _; kill -INT "$server"; wait "$server"'
_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


class PostgresMissing(Exception):
    """There is no PostgreSQL server on this machine."""


def find_binaries() -> Path:
    """Return the folder of initdb and postgres (Debian keeps them off the PATH); raises PostgresMissing."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: int(f.parent.name))[::-1]
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "psql")):
            return folder
    raise PostgresMissing("PostgreSQL is not installed: what runs on it too is tested on SQLite alone")


@dataclass
class Cluster:
    """A running server that listens on a socket in its own folder."""

    folder: Path
    binaries: Path
    launcher: subprocess.Popen[bytes]
    numbers: "count[int]"

    def url(self, name: str) -> str:
        return f"postgresql://tester@/{name}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """Make a database like `template`, which nobody may be using; return its name."""
        name = f"test_{next(self.numbers)}"
        # From 15 on the default writes every page into the log: four times slower than copying files.
        strategy = "STRATEGY = FILE_COPY" if self._version >= 150_000 else ""
        self.run_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')
        return name

    @cached_property
    def _version(self) -> int:
        return int(self.run_sql("SHOW server_version_num"))

    def drop(self, name: str) -> None:
        self.run_sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def run_sql(self, statement: str, *, database: str = "postgres") -> str:
        """Return what psql prints of the statement, unaligned."""
        options = ["-X", "-h", str(self.folder), "-U", "tester", "-d", database, "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [self.binaries / "psql", *options, "-qAtc", statement],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def end(self) -> None:
        assert self.launcher.stdin is not None
        self.launcher.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.launcher.wait(20)
        end_by_pid_file(self.folder)
        self.launcher.wait(20)


def start_cluster() -> Cluster:
    """Return a new running cluster; raises PostgresMissing. Clusters of crashed runs are ended first."""
    binaries = find_binaries()
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if not _is_alive(int(left.name.split("-")[2])):
            end_by_pid_file(left)
    # Not tmp_path: that is 0700 root, and the server runs as somebody else (traps.md 25).
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    user = _somebody()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    initdb = [binaries / "initdb", "-D", folder / "data", "-U", "tester", "--auth=trust"]
    initdb += ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **who)  # type: ignore[call-overload]  # keywords by user
    server = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    server += [f"--{name}={value}" for name, value in _OPTIONS.items()]
    launcher = subprocess.Popen(  # type: ignore[call-overload]  # the same
        ["/bin/sh", "-c", _LAUNCHER, "sh", *server],
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the tests, which then end the server themselves
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **who,
    )
    cluster = Cluster(folder=folder, binaries=binaries, launcher=launcher, numbers=count(1))
    try:
        _wait_until_ready(cluster)
    except BaseException:
        cluster.end()
        raise
    return cluster


def end_by_pid_file(folder: Path) -> None:
    """End the server whose folder this is, if it runs, and remove the folder."""
    with contextlib.suppress(FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        # The number may be another's by now: only a process that was given this folder is ended.
        if str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGQUIT)
            for _ in range(100):
                os.kill(pid, 0)
                time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(cluster: Cluster) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            cluster.run_sql("SELECT 1")
        except RuntimeError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _somebody() -> pwd.struct_passwd | None:
    """Return the user to run the server as, None for ourselves: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
