"""libical's own check of a calendar against the tables of RFC 5546, in a process of its own: it is C."""

import ctypes
import ctypes.util
import json
import subprocess
import sys
from collections.abc import Sequence


class LibicalMissing(Exception):
    """libical is not there: `make test` installs it."""


def complaints(calendars: Sequence[bytes]) -> list[list[str]]:
    """Return what libical says against each calendar: nothing where it parses and keeps the tables.

    Raises LibicalMissing, and CalledProcessError if it falls over.
    """
    if ctypes.util.find_library("ical") is None:
        raise LibicalMissing("libical is not installed (make test does it): calendars are not checked by it")
    texts = json.dumps([calendar.decode() for calendar in calendars])
    done = subprocess.run(
        [sys.executable, __file__], input=texts, capture_output=True, text=True, check=True, timeout=60
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


def _loaded() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("ical"))
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    library.icalcomponent_as_ical_string.restype = ctypes.c_char_p
    for name in ("icalrestriction_check", "icalcomponent_count_errors", "icalcomponent_as_ical_string"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
    return library


def _checked(library: ctypes.CDLL, text: str) -> list[str]:
    part = library.icalparser_parse_string(text.encode())
    if not part:
        return ["libical reads nothing"]
    kept = library.icalrestriction_check(part)
    # What it dislikes it writes into the calendar, as properties of its own.
    written = library.icalcomponent_as_ical_string(part).decode().replace("\r\n ", "")
    said = [line for line in written.splitlines() if line.startswith("X-LIC-")]
    if not said and (not kept or library.icalcomponent_count_errors(part)):
        return ["libical refuses it without a word"]
    return said


if __name__ == "__main__":
    loaded = _loaded()
    json.dump([_checked(loaded, text) for text in json.load(sys.stdin)], sys.stdout)
