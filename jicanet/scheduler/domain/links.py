"""Materials of a session: which links make sense, and when within the session a material is shown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import message
from jicanet.scheduler.domain.model import Link, LinkRequest, ResolvedStart
from jicanet.scheduler.domain.times import minute_of
from jicanet.scheduler.domain.words import LinkKind

MOST_LINKS = 50


def plan_link(
    request: LinkRequest, *, start: ResolvedStart, minutes: int, pointer: str
) -> tuple[Link | None, list[FieldError]]:
    """Return the link as it shall be kept, or None and what is wrong with it. `pointer` names its place."""
    moments, errors = _moments(request, start=start, minutes=minutes, pointer=pointer)
    if errors:
        return None, errors
    first, last = moments
    link = Link(
        material=request.material,
        kind=request.kind,
        start_minute=first,
        end_minute=last,
        language=request.language,
        required=request.required,
    )
    return link, []


def doubled(links: Sequence[Link]) -> Link | None:
    """Return a link that says what an earlier one says (material, kind, minute of start), None if none does."""
    seen = set()
    for link in links:
        key = (link.material, link.kind, link.start_minute)
        if key in seen:
            return link
        seen.add(key)
    return None


def unknown_materials(pointers: Iterable[tuple[str, str]], known: Mapping[str, Any]) -> list[FieldError]:
    """Return an error for each (pointer, code) whose material is not in the library."""
    return [
        FieldError(
            pointer=pointer,
            value=code,
            code="unknown_material",
            detail=message("There is no material %(code)s in the library.", code=code[:40]),
        )
        for pointer, code in pointers
        if code not in known
    ]


def _moments(
    request: LinkRequest, *, start: ResolvedStart, minutes: int, pointer: str
) -> tuple[tuple[int | None, int | None], list[FieldError]]:
    if request.kind is not LinkKind.SHOWN and (request.start is not None or request.end is not None):
        name = "start" if request.start is not None else "end"
        return (None, None), [_only_shown(request, f"{pointer}/{name}", name)]
    found: list[int | None] = []
    errors: list[FieldError] = []
    for name, moment in (("start", request.start), ("end", request.end)):
        try:
            found.append(minute_of(moment, start))
        except Invalid as refused:
            errors += [_moved(error, f"{pointer}/{name}") for error in refused.errors]
    if errors:
        return (None, None), errors
    first, last = found
    errors += [
        _outside(moment, f"{pointer}/{name}", minutes)
        for name, minute, moment in (("start", first, request.start), ("end", last, request.end))
        if minute is not None and not 0 <= minute <= minutes
    ]
    if not errors and last is not None and (first is None or last <= first):
        errors.append(_backwards(request, pointer))
    return (first, last), errors


def _moved(error: FieldError, pointer: str) -> FieldError:
    return FieldError(
        pointer=pointer, value=error.value, code=error.code, detail=error.detail, choices=error.choices
    )


def _only_shown(request: LinkRequest, pointer: str, name: str) -> FieldError:
    return FieldError(
        pointer=pointer,
        value=_plain(getattr(request, name)),
        code="only_for_shown",
        detail=message(
            "Only a material of the kind shown has a start and an end; this one is %(kind)s.",
            kind=request.kind.value,
        ),
    )


def _outside(moment: Any, pointer: str, minutes: int) -> FieldError:
    return FieldError(
        pointer=pointer,
        value=_plain(moment),
        code="outside_session",
        detail=message(
            "A material is shown between minute 0 and minute %(minutes)s of this session.", minutes=minutes
        ),
    )


def _backwards(request: LinkRequest, pointer: str) -> FieldError:
    return FieldError(
        pointer=f"{pointer}/end",
        value=_plain(request.end),
        code="end_before_start",
        detail=message("A material's end needs a start before it."),
    )


def _plain(moment: Any) -> Any:
    return moment.isoformat(timespec="minutes") if hasattr(moment, "isoformat") else moment
