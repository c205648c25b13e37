"""What is left of a request without what is wrong in it: enough to draw the rest while it is being typed."""

from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any

from jicanet.core.errors import FieldError
from jicanet.scheduler.domain.model import BookingRequest

UNTITLED = "–"
_LISTS = ("stations", "people", "guest_sites", "materials")
_VITAL = frozenset({"host", "minutes", "stations"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """A request and, of each list that has lost entries, where the others stood at first."""

    request: BookingRequest
    places: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def placed(self, error: FieldError) -> FieldError:
        """Return an error of this request with its pointer into the first one."""
        name, number, rest = _parts(error.pointer)
        if number is None or name not in self.places:
            return error
        return replace(error, pointer=f"/{name}/{self.places[name][number]}{rest}")

    def without_rows(self, errors: Collection[FieldError]) -> "Mending":
        """Return the request without the entries of lists that these errors name; other errors are passed over."""
        left = self.without([error for error in errors if _parts(error.pointer)[1] is not None])
        return left or self

    def without(self, errors: Collection[FieldError]) -> "Mending | None":
        """Return the request without what these errors of it name; None where too little would be left.

        A wrong entry leaves its list, a wrong field goes back to its default, an error of a whole list
        empties it. That a start is past or far is no reason not to draw it.
        """
        changes: dict[str, Any] = {}
        gone: dict[str, set[int]] = {}
        for error in errors:
            name, number, _ = _parts(error.pointer)
            if number is not None:
                gone.setdefault(name, set()).add(number)
            elif name in _VITAL:
                return None
            elif name != "start":
                changes[name] = UNTITLED if name == "title" else _default(name)
        places = dict(self.places)
        for name, numbers in gone.items():
            entries = getattr(self.request, name)
            kept = [at for at in range(len(entries)) if at not in numbers]
            changes.setdefault(name, tuple(entries[at] for at in kept))
            before = places.get(name) or tuple(range(len(entries)))
            places[name] = tuple(before[at] for at in kept)
        return Mending(request=replace(self.request, **changes), places=places)


def _parts(pointer: str) -> tuple[str, int | None, str]:
    """Return the field that a pointer names, the number of an entry of a list, and the rest."""
    name, _, rest = pointer.removeprefix("/").partition("/")
    number, slash, inner = rest.partition("/")
    if name in _LISTS and number.isdigit():
        return name, int(number), slash + inner
    return name, None, rest


def _default(name: str) -> Any:
    found = next(each for each in fields(BookingRequest) if each.name == name)
    return found.default if found.default_factory is MISSING else found.default_factory()
