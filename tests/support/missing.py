"""What a machine may lack: its tests are skipped with one line, and never where CI runs them."""

import os
from typing import NoReturn

import pytest


def left_out(reason: str) -> NoReturn:
    """Skip the tests that ask for it (tests/conftest.py folds equal reasons to one line); fail if CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (CI must have it)", pytrace=False)
    pytest.skip(reason)
