"""Property values that the icalendar library writes, kept as they were typed."""

from icalendar import vText


class Text(vText):
    r"""A TEXT value (RFC 5545 3.3.11).

    The library takes a typed backslash and capital N for a line break, so that `\\NAS` in a purpose
    would lose its first letter; here it stays what it is.
    """

    def to_ical(self) -> bytes:
        """Return the escaped value."""
        return rb"\\N".join(vText(part).to_ical() for part in self.split(r"\N"))
