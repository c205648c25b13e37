"""What can be wrong with guest sites, people and quorum of a request, and the errors of single fields."""

from collections.abc import Sequence
from typing import Any

from jicanet.core.errors import FieldError
from jicanet.core.text import Message, fold, message, one_line
from jicanet.scheduler.domain.model import BookingRequest, GuestRequest, Limits, PersonRequest

LINE_LENGTH = 200


def others(request: BookingRequest, limits: Limits) -> list[FieldError]:
    """Return what is wrong with the guest sites, the people and the quorum."""
    errors = _listed(request.guest_sites, "/guest_sites", "doubled_guest_site", limits)
    errors += _listed(request.people, "/people", "doubled_person", limits)
    for index, guest in enumerate(request.guest_sites):
        named = {"organisation": guest.organisation, "city": guest.city}
        free = {"contact": guest.contact, "telephone": guest.telephone}
        errors += _texts(f"/guest_sites/{index}", named, free)
    for index, person in enumerate(request.people):
        errors += _texts(f"/people/{index}", {"name": person.name}, {})
    return errors + _quorum(request)


def _listed(
    given: Sequence[GuestRequest | PersonRequest], pointer: str, code: str, limits: Limits
) -> list[FieldError]:
    if len(given) > limits.most_people:
        detail = message(
            "%(count)s are listed; one session takes at most %(most)s.",
            count=len(given),
            most=limits.most_people,
        )
        return [field_error(pointer, len(given), "too_many_listed", detail)]
    seen: set[str] = set()
    errors = []
    for index, one in enumerate(given):
        address = fold(one.email)
        if address in seen:
            # Answers are told apart by address: two at one could not be.
            detail = message("%(email)s is listed twice; list it once.", email=one.email[:80])
            errors.append(field_error(f"{pointer}/{index}/email", one.email, code, detail))
        seen.add(address)
    return errors


def _texts(pointer: str, named: dict[str, str], free: dict[str, str]) -> list[FieldError]:
    errors = []
    for name, text in {**named, **free}.items():
        errors += line_errors(f"{pointer}/{name}", text, LINE_LENGTH)
        if name in named and not text.strip():
            detail = message("%(name)s is empty: say who or where that is.", name=name)
            errors.append(field_error(f"{pointer}/{name}", text, "text_empty", detail))
    return errors


def _quorum(request: BookingRequest) -> list[FieldError]:
    sites = len({request.host, *(seat.station for seat in request.stations)}) + len(request.guest_sites)
    if request.quorum is None or 1 <= request.quorum <= sites:
        return []
    detail = message(
        "The quorum must be from 1 to the number of sites, which is %(sites)s, not %(value)s.",
        sites=sites,
        value=str(request.quorum)[:20],
    )
    return [field_error("/quorum", request.quorum, "quorum_out_of_range", detail)]


def line_errors(pointer: str, text: str, longest: int) -> list[FieldError]:
    """Return what is wrong with a text that must be one line."""
    if not one_line(text):
        # A line break would start a header of the mail or a property of the calendar (traps: injection).
        detail = message("The text must be one line, without line breaks or control characters.")
        return [field_error(pointer, text, "text_not_one_line", detail)]
    if len(text) > longest:
        return [too_long(pointer, text, longest)]
    return []


def too_long(pointer: str, text: str, longest: int) -> FieldError:
    """Return the error of a text that is longer than `longest` characters."""
    detail = message(
        "The text has %(length)s characters; at most %(longest)s are taken.",
        length=len(text),
        longest=longest,
    )
    return field_error(pointer, text, "text_too_long", detail)


def field_error(pointer: str, value: Any, code: str, detail: Message) -> FieldError:
    """Return the error of one field."""
    return FieldError(pointer=pointer, value=value, code=code, detail=detail)
