"""Where a browser goes after signing in: a path of our own and nothing else."""

import re

HOME = "/"
_LONGEST = 500
# Our own paths only. What browsers or URL libraries rewrite is not in it: a second slash (another host),
# a backslash (read as a slash), dot segments (`/..//host` is shortened to `//host`), tabs and line ends
# (dropped), escapes in the path.
_SEGMENT = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*"
_PATH = re.compile(rf"/(?:{_SEGMENT}(?:/{_SEGMENT})*/?)?(?:\?[A-Za-z0-9._~%&=+:,/-]*)?")


def safe_next(text: str | None) -> str:
    """Return `text` if it is a path on this site, else `/`. Signing in and out are no places to go to."""
    if not text or len(text) > _LONGEST or not _PATH.fullmatch(text):
        return HOME
    first = re.split(r"[/?]", text)[1]
    return HOME if first in {"sign-in", "sign-out"} else text
