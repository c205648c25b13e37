"""What is wrong with the fields of a user, each under its name."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import message, one_line
from jicanet.people.domain.model import LANGUAGES
from jicanet.services import Services

_LONGEST_NAME = 200
_LONGEST_TELEPHONE = 40
_LONGEST_CODE = 20

# Which of some codes are stations'. People know nothing of the network: whoever calls from above brings this.
KnownStations = Callable[[Connection, Iterable[str]], Container[str]]


def no_stations(_db: Connection, _codes: Iterable[str]) -> Container[str]:
    """Return nothing: without the network no code is a station's, and none can be assigned."""
    return ()


def refuse(errors: Sequence[FieldError]) -> None:
    """Raise Invalid naming every field that is wrong, if there is one."""
    if errors:
        raise Invalid(errors[0].code, errors[0].detail, errors=errors)


def wrong_fields(
    services: Services, *, name: str | None, language: str | None, telephone: str | None, zone: str | None
) -> list[FieldError]:
    """Return what is wrong with those that are given: `bad_name`, `unknown_language` and the like."""
    errors: list[FieldError] = []
    if name is not None and (not name.strip() or len(name.strip()) > _LONGEST_NAME or not one_line(name)):
        detail = message("A name is one line of 1 to 200 characters.")
        errors.append(FieldError(pointer="/name", value=name, code="bad_name", detail=detail))
    if language is not None and language not in LANGUAGES:
        detail = message("%(language)s is not spoken here. There are: en, ja.", language=language[:20])
        errors.append(FieldError(pointer="/language", value=language, code="unknown_language", detail=detail))
    if telephone is not None and (len(telephone.strip()) > _LONGEST_TELEPHONE or not one_line(telephone)):
        detail = message("A telephone number is one line of at most 40 characters.")
        errors.append(FieldError(pointer="/telephone", value=telephone, code="bad_telephone", detail=detail))
    if zone is not None:
        errors += _wrong_zone(services, zone)
    return errors


def _wrong_zone(services: Services, zone: str) -> list[FieldError]:
    try:
        services.zones.canonical(zone)
    except Invalid as refusal:
        return [replace(error, pointer="/zone") for error in refusal.errors]
    return []


def unknown_stations(db: Connection, known: KnownStations, codes: frozenset[str]) -> list[FieldError]:
    """Return an error for each code that is no station's: it would grant nothing, silently."""
    if not codes:
        return []
    found = known(db, sorted(codes))
    return [
        FieldError(
            pointer="/stations",
            value=code,
            code="unknown_station",
            detail=message(
                'There is no station "%(code)s". GET /api/v1/stations lists them.', code=code[:_LONGEST_CODE]
            ),
        )
        for code in sorted(codes)
        if code not in found
    ]
