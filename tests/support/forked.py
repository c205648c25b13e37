"""Commands as processes of their own that need not read the program's modules first: forks of one that has."""

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.support.shell import Shell

ROOT = Path(__file__).parents[2]


class Forks:
    """A process that has read the modules and forks once a command. Close it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forked"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, asked: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        assert self._process.wait(timeout=10) == 0
        self._process.stdout.close()


class ForkedShell(Shell):
    """Runs `jicanet` over one data folder, each command in a fork."""

    def __init__(self, data: Path, forks: Forks, **environment: str) -> None:
        super().__init__(data, **environment)
        self._forks, self._data = forks, data

    def run(self, *words: str, status: int = 0, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        paths = {name: str(self._data / f"shell.{name}") for name in ("given", "out", "err")}
        Path(paths["given"]).write_bytes(given)
        code = self._forks.run({"words": words, "environment": self.environment, **paths})
        out, err = (Path(paths[name]).read_text(encoding="utf-8") for name in ("out", "err"))
        assert code == status, (words, out, err)
        return subprocess.CompletedProcess(words, code, out, err)

    def json(self, *words: str, status: int = 0, given: bytes = b"") -> Any:
        return json.loads(self.run(*words, "--json", status=status, given=given).stdout)


def _become(asked: dict[str, Any]) -> None:
    """Be the command, and end with its exit status."""
    from jicanet.cli import main  # noqa: PLC0415 - read before the first fork, in the program that forks

    os.environ.clear()
    os.environ.update(asked["environment"])
    for name, number, mode in (("given", 0, os.O_RDONLY), ("out", 1, _WRITE), ("err", 2, _WRITE)):
        os.dup2(os.open(asked[name], mode, 0o600), number)
    sys.argv = ["jicanet", *asked["words"]]
    code: Any = 1
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    except Exception:  # noqa: BLE001 - told as Python tells it; nothing more of the parent's may run
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def serve() -> None:
    """Read a command a line, fork for it, and tell its exit status."""
    import jicanet.app  # noqa: PLC0415
    import jicanet.cli  # noqa: F401, PLC0415

    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            _become(json.loads(line))
        _, status = os.waitpid(number, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
