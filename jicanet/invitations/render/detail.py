"""How much a mail says: whatever was booked, it stays under 30 kB (interfaces.md, Mail)."""

from dataclasses import dataclass

MOST_SITES = 20  # above: the recipient's own, the host's, the count and a link


@dataclass(frozen=True, slots=True)
class Detail:
    """The most characters of the purpose, materials and sites that are written out."""

    purpose: int
    materials: int
    sites: int


# From the whole to the least; the first that fits is sent. The page of the session has everything.
LEVELS = (
    Detail(purpose=600, materials=12, sites=MOST_SITES),
    Detail(purpose=200, materials=5, sites=MOST_SITES),
    Detail(purpose=0, materials=0, sites=0),
)


def shortened(text: str, most: int) -> str:
    """Return `text`, cut with an ellipsis if it has more than `most` characters; empty for 0."""
    if len(text) <= most:
        return text
    return text[: most - 1].rstrip() + "…" if most else ""
