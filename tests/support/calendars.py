"""Calendars taken apart by a reader of our own, so that no test believes the writer's library."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One content line: name, parameters as written, value as written."""

    name: str
    parameters: tuple[str, ...]
    value: str


def lines(content: bytes) -> list[Line]:
    """Return the content lines of RFC 5545 3.1 text; AssertionError where it breaks a rule of form."""
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    physical = content[:-2].split(b"\r\n")
    assert max(map(len, physical)) <= 75
    for line in physical:
        line.decode()  # no fold inside a character
    return [_line(line) for line in content[:-2].decode().replace("\r\n ", "").split("\r\n")]


def _line(text: str) -> Line:
    """Split at the first colon, and at semicolons before it, outside double quotes."""
    parts, quoted, start = [], False, 0
    for at, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif sign in ";:" and not quoted:
            parts.append(text[start:at])
            start = at + 1
            if sign == ":":
                return Line(parts[0], tuple(parts[1:]), text[start:])
    raise AssertionError(text)


def values(content: bytes, name: str) -> list[str]:
    """Return the values of all lines of that name, as written."""
    return [line.value for line in lines(content) if line.name == name]


def names(content: bytes) -> list[str]:
    """Return the names of all lines, in order, BEGIN and END with what they begin and end."""
    return [
        f"{line.name}:{line.value}" if line.name in {"BEGIN", "END"} else line.name for line in lines(content)
    ]


def unescaped(value: str) -> str:
    """Return the text of a TEXT value (RFC 5545 3.3.11)."""
    found, escaped = [], False
    for sign in value:
        if escaped:
            found.append("\n" if sign in "nN" else sign)
            escaped = False
        elif sign == "\\":
            escaped = True
        else:
            found.append(sign)
    return "".join(found)
