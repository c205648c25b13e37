"""Options of `jicanet book` and `jicanet sessions change` as JSON: it is read, and refused, as the API's is.

Nothing is judged here. What cannot be taken apart stays as it was typed and is refused by its own name.
"""

from collections.abc import Iterable, Mapping
from typing import Any

_NEEDS = {"required": True, "optional": False}


def codes(given: str) -> list[str]:
    """Return the codes of a list with commas."""
    return [code.strip() for code in given.split(",") if code.strip()]


def seat(given: str) -> dict[str, Any]:
    """Return the station that `CODE[:sending|receiving][:required|optional]` names.

    Whatever else stands there becomes the role, which is then refused by its name.
    """
    code, *parts = given.split(":")
    needs = [part for part in parts if part in _NEEDS]
    roles = [part for part in parts if part not in _NEEDS]
    if len(needs) > 1:
        roles, needs = parts, []
    found: dict[str, Any] = {"code": code.strip()}
    if roles:
        found["role"] = ":".join(roles)
    if needs:
        found["required"] = _NEEDS[needs[0]]
    return found


def material(given: str) -> str | dict[str, Any]:
    """Return the material that `CODE[:kind[:start-end]]` names, start and end in minutes."""
    code, *parts = given.split(":", 2)
    if not parts:
        return code.strip()
    found: dict[str, Any] = {"material": code.strip(), "kind": parts[0]}
    if len(parts) > 1:
        start, dash, end = parts[1].partition("-")
        found["start"] = _minutes(start)
        if dash:
            found["end"] = _minutes(end)
    return found


def person(given: str) -> dict[str, Any]:
    """Return the person that `ROLE:EMAIL:NAME[;zone=ZONE][;language=TAG]` names."""
    head, *more = given.split(";")
    told = zip(("role", "email", "name"), head.split(":", 2), strict=False)
    return {**{name: value.strip() for name, value in told}, **_named(more)}


def guest(given: str) -> dict[str, Any]:
    """Return the guest site that `EMAIL:ORGANISATION:CITY:ZONE[;name=value]...` names.

    After a semicolon: contact, telephone, language, role, and the words required or optional.
    """
    head, *more = given.split(";")
    email, *parts = head.split(":")
    if len(parts) > len(("organisation", "city", "zone")):  # its name has colons
        parts = [":".join(parts[:-2]), *parts[-2:]]
    told = zip(("email", "organisation", "city", "zone"), (email, *parts), strict=False)
    return {**{name: value.strip() for name, value in told}, **_named(more)}


def _named(pieces: Iterable[str]) -> dict[str, Any]:
    """Return what stands after semicolons; a name that nobody knows is refused as a field of that name."""
    found: dict[str, Any] = {}
    for piece in pieces:
        name, sign, value = (part.strip() for part in piece.partition("="))
        if not sign and name in _NEEDS:
            found["required"] = _NEEDS[name]
        elif name or sign:
            found[name] = value
    return found


def start(local: str, zone: str, fold: int | None) -> dict[str, Any]:
    """Return the start that a local time, a zone and a fold are."""
    return told({"local": local, "zone": zone, "fold": fold})


def _minutes(text: str) -> int | str:
    # Long digits stay text: the reader refuses them in words, int() in a traceback.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else text  # noqa: PLR2004 - nine digits


def told(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that were given: an option left out is a field left out."""
    return {name: value for name, value in given.items() if value is not None and value != []}


def some(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the fields that were given, None if none was."""
    return told(given) or None


def listed(*parts: Iterable[Any]) -> list[Any]:
    """Return what several options give as one list, in their order."""
    return [each for part in parts for each in part]
