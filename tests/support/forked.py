"""`jicanet` as processes of their own that need not read the program's modules first: forks of one that has.

Reading them takes two to three seconds of a core; the tests start hundreds of processes.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.support.shell import Shell

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["jicanet.app", "jicanet.cli"])
_LONGEST_SECONDS = 120


def start(
    words: Sequence[str], environment: Mapping[str, str], *, out: Path, err: Path, given: Path | None = None
) -> BaseProcess:
    """Start a command; what it writes is added to `out` and `err`, what it reads is `given`."""
    paths = [str(path) for path in (given or os.devnull, out, err)]
    process = _FORKS.Process(target=_become, args=(list(words), dict(environment), paths), daemon=True)
    process.start()
    return process


def _become(words: list[str], environment: dict[str, str], paths: list[str]) -> None:
    """Be the command, and end with its exit status."""
    from jicanet.cli import main  # noqa: PLC0415 - read before the fork, by the process that forks

    os.environ.clear()
    os.environ.update(environment)
    adding = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for number, (path, mode) in enumerate(zip(paths, (os.O_RDONLY, adding, adding), strict=True)):
        os.dup2(os.open(path, mode, 0o600), number)
    # Python's own stdin was opened on nothing by the process that forks.
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.argv = ["jicanet", *words]
    code: Any = 0
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    except Exception:  # noqa: BLE001 - told as Python tells it; nothing more of the parent's may run
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class ForkedShell(Shell):
    """Runs `jicanet` over one data folder, each command in a fork."""

    def __init__(self, data: Path, **environment: str) -> None:
        super().__init__(data, **environment)
        self._data = data

    def run(self, *words: str, status: int = 0, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        stdin, stdout, stderr = (self._data / f"shell.{name}" for name in ("given", "out", "err"))
        stdin.write_bytes(given)
        stdout.write_bytes(b"")
        stderr.write_bytes(b"")
        process = start(words, self.environment, out=stdout, err=stderr, given=stdin)
        process.join(_LONGEST_SECONDS)
        out, err = stdout.read_text(encoding="utf-8"), stderr.read_text(encoding="utf-8")
        assert process.exitcode == status, (words, process.exitcode, out, err)
        return subprocess.CompletedProcess(words, status, out, err)

    def json(self, *words: str, status: int = 0, given: bytes = b"") -> Any:
        return json.loads(self.run(*words, "--json", status=status, given=given).stdout)
