"""A form that was opened on an older revision: what its writer changed, laid upon what others changed meanwhile."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jicanet.scheduler.domain.model import BookingRequest
from jicanet.scheduler.domain.patching import Patch
from jicanet.scheduler.forms.sheet import LISTS, TEXTS, Sheet

_PATCHED = (
    "title", "host", "stations", "start", "minutes", "setup_minutes", "teardown_minutes", "purpose", "kind",
    "department", "coordinator", "programme", "visibility", "languages", "materials", "join",
    "interpretation", "recording", "quorum", "guest_sites", "people",
)  # fmt: skip


def patch_between(was: BookingRequest, wanted: BookingRequest) -> Patch:
    """Return the patch that makes of `was` what is wanted: the fields that differ (interfaces.md, PATCH)."""
    return {name: getattr(wanted, name) for name in _PATCHED if getattr(wanted, name) != getattr(was, name)}


def merged(was: Sheet, typed: Sheet, now: Sheet) -> Sheet:
    """Return what stands now with what was typed since `was` in its place: nothing typed is lost.

    Of lists the rows are compared one by one: who removes a station does not undo that another added one.
    """
    texts: dict[str, Any] = {
        name: getattr(typed, name) for name in TEXTS if getattr(typed, name) != getattr(was, name)
    }
    lists: dict[str, Any] = {
        name: _rows(*(_by_key(getattr(sheet, name)) for sheet in (was, typed, now))) for name in LISTS
    }
    return replace(now, **texts, **lists)


def differing(was: Sheet, now: Sheet) -> tuple[str, ...]:
    """Return the names of the fields that two sheets of one language have differently."""
    return tuple(name for name in (*TEXTS, *LISTS) if getattr(was, name) != getattr(now, name))


def _by_key(rows: tuple[Any, ...]) -> Mapping[str, Any]:
    return {row.key: row for row in rows}


def _rows(was: Mapping[str, Any], typed: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Any, ...]:
    kept = {key: row for key, row in now.items() if key in typed or key not in was}
    touched = {key: row for key, row in typed.items() if was.get(key) != row}
    return tuple({**kept, **touched}.values())
