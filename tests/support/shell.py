"""Commands as a person or a script runs them: real processes on a data folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

JICANET = Path(sys.executable).with_name("jicanet")


class Shell:
    """Runs `jicanet` over one data folder."""

    def __init__(self, data: Path, **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JICANET_")}
        self.environment = {**kept, "JICANET_MODE": "development", "JICANET_DATA": str(data), **environment}

    def run(self, *words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [JICANET, *words], env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done

    def json(self, *words: str, status: int = 0) -> Any:
        """Return what a command prints with --json: one document and nothing else."""
        return json.loads(self.run(*words, "--json", status=status).stdout)
