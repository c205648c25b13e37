"""The form that books or changes a session: its fields as sent, and as rows that stand for themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from pydantic import Field

from jicanet.core.errors import Refusal
from jicanet.web.bodies import read_form
from jicanet.web.models import Form, Query

ON = "1"


class SheetIn(Form):
    """The form as a browser sends it: of each list one value a row, ticks by the row's code or number."""

    do: str = "check"
    once: str = ""
    seen: str = ""
    revision: str = ""
    was: str = ""
    only: str = ""
    title: str = ""
    kind: str = ""
    languages: str = ""
    visibility: str = ""
    date: str = ""
    start: str = ""
    clock: str = ""
    fold: str = ""
    minutes: str = ""
    setup: str = ""
    teardown: str = ""
    host: str = ""
    station: list[str] = Field(default_factory=list)
    role: list[str] = Field(default_factory=list)
    required: list[str] = Field(default_factory=list)
    add_station: str = ""
    material: list[str] = Field(default_factory=list)
    material_kind: list[str] = Field(default_factory=list)
    material_start: list[str] = Field(default_factory=list)
    material_end: list[str] = Field(default_factory=list)
    material_language: list[str] = Field(default_factory=list)
    material_required: list[str] = Field(default_factory=list)
    add_material: str = ""
    person_role: list[str] = Field(default_factory=list)
    person_name: list[str] = Field(default_factory=list)
    person_email: list[str] = Field(default_factory=list)
    person_zone: list[str] = Field(default_factory=list)
    person_language: list[str] = Field(default_factory=list)
    guest_organisation: list[str] = Field(default_factory=list)
    guest_city: list[str] = Field(default_factory=list)
    guest_zone: list[str] = Field(default_factory=list)
    guest_email: list[str] = Field(default_factory=list)
    guest_contact: list[str] = Field(default_factory=list)
    guest_telephone: list[str] = Field(default_factory=list)
    guest_language: list[str] = Field(default_factory=list)
    guest_role: list[str] = Field(default_factory=list)
    guest_required: list[str] = Field(default_factory=list)
    quorum: str = ""
    recording: str = ""
    interpretation: str = ""
    join_url: str = ""
    join_sip: str = ""
    join_h323: str = ""
    join_pin: str = ""
    coordinator: str = ""
    department: str = ""
    purpose: str = ""
    scheme: str = ""
    countries: str = ""
    agency: str = ""
    stage: str = ""


class BookQuery(Query):
    """What a link to the empty form fills in. `start` is a local time of the viewer's clock, or an instant."""

    station: list[str] = Field(default_factory=list)
    host: str = ""
    start: str = ""
    minutes: str = ""
    title: str = ""
    material: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRow:
    """One station. `role` is empty where the rule decides: the host sends, the others receive."""

    code: str
    role: str = ""
    required: bool = False

    @property
    def key(self) -> str:
        """Return what names the row among its like."""
        return self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRow:
    """One material, its times as typed."""

    code: str
    kind: str = ""
    start: str = ""
    end: str = ""
    language: str = ""
    required: bool = False

    @property
    def key(self) -> str:
        """Return what names the row among its like."""
        return f"{self.code} {self.kind} {self.start}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person as typed."""

    role: str = ""
    name: str = ""
    email: str = ""
    zone: str = ""
    language: str = ""

    @property
    def key(self) -> str:
        """Return what names the row among its like."""
        return self.email.lower() or self.name

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was typed."""
        return not (self.name or self.email or self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRow:
    """One guest site as typed."""

    organisation: str = ""
    city: str = ""
    zone: str = ""
    email: str = ""
    contact: str = ""
    telephone: str = ""
    language: str = ""
    role: str = ""
    required: bool = False

    @property
    def key(self) -> str:
        """Return what names the row among its like."""
        return self.email.lower() or f"{self.organisation} {self.city}"

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was typed."""
        return not (self.organisation or self.city or self.zone or self.email or self.contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands in the form, as typed. `fold` is the choice of a time that happens twice, with its time."""

    title: str = ""
    kind: str = ""
    languages: str = ""
    visibility: str = ""
    date: str = ""
    start: str = ""
    clock: str = ""
    fold: str = ""
    minutes: str = ""
    setup: str = ""
    teardown: str = ""
    host: str = ""
    stations: tuple[StationRow, ...] = ()
    materials: tuple[MaterialRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    guests: tuple[GuestRow, ...] = ()
    quorum: str = ""
    recording: str = ""
    interpretation: str = ""
    join_url: str = ""
    join_sip: str = ""
    join_h323: str = ""
    join_pin: str = ""
    coordinator: str = ""
    department: str = ""
    purpose: str = ""
    scheme: str = ""
    countries: str = ""
    agency: str = ""
    stage: str = ""


LISTS = ("stations", "materials", "people", "guests")
TEXTS = tuple(each.name for each in fields(Sheet) if each.name not in LISTS)


def sheet_of(body: SheetIn) -> Sheet:
    """Return the rows that a form holds. Lists of unequal length are filled up with empty texts."""
    return Sheet(
        **{name: getattr(body, name) for name in TEXTS},
        stations=tuple(
            StationRow(code=code, role=role, required=code in body.required)
            for code, role in _rows(body.station, body.role)
            if code
        ),
        materials=tuple(
            MaterialRow(code=code, kind=kind, start=start, end=end, language=language, required=required)
            for code, kind, start, end, language, required in _ticked(
                body.material_required, _materials(body)
            )
            if code
        ),
        people=tuple(
            PersonRow(role=role, name=name, email=email, zone=zone, language=language)
            for role, name, email, zone, language in _rows(
                body.person_role, body.person_name, body.person_email, body.person_zone, body.person_language
            )
        ),
        guests=tuple(_guest(row) for row in _ticked(body.guest_required, _guests(body))),
    )


def _materials(body: SheetIn) -> Iterable[Sequence[str]]:
    return _rows(
        body.material, body.material_kind, body.material_start, body.material_end, body.material_language
    )


def _guests(body: SheetIn) -> Iterable[Sequence[str]]:
    return _rows(
        body.guest_organisation,
        body.guest_city,
        body.guest_zone,
        body.guest_email,
        body.guest_contact,
        body.guest_telephone,
        body.guest_language,
        body.guest_role,
    )


def _guest(row: Sequence[Any]) -> GuestRow:
    names = [each.name for each in fields(GuestRow)]
    return GuestRow(**dict(zip(names, row, strict=True)))


def _rows(*columns: Sequence[str]) -> Iterable[Sequence[str]]:
    return zip_longest(*columns, fillvalue="")


def _ticked(ticks: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[tuple[Any, ...]]:
    """Return each row with whether its number is ticked."""
    return ((*row, str(number) in ticks) for number, row in enumerate(rows))


def encoded(sheet: Sheet) -> str:
    """Return a sheet as the form would send it."""
    pairs = [(name, getattr(sheet, name)) for name in TEXTS if getattr(sheet, name)]
    for row in sheet.stations:
        pairs += [("station", row.code), ("role", row.role)]
        pairs += [("required", row.code)] if row.required else []
    for number, material in enumerate(sheet.materials):
        pairs += [("material", material.code)]
        pairs += [
            (f"material_{name}", getattr(material, name)) for name in ("kind", "start", "end", "language")
        ]
        pairs += [("material_required", str(number))] if material.required else []
    for person in sheet.people:
        pairs += [(f"person_{each.name}", getattr(person, each.name)) for each in fields(PersonRow)]
    for number, guest in enumerate(sheet.guests):
        names = [each.name for each in fields(GuestRow) if each.name != "required"]
        pairs += [(f"guest_{name}", getattr(guest, name)) for name in names]
        pairs += [("guest_required", str(number))] if guest.required else []
    return urlencode(pairs)


def decoded(text: str) -> Sheet | None:
    """Return the sheet that `encoded` gave, None for what it did not give."""
    try:
        return sheet_of(read_form(text.encode(), SheetIn)[0])
    except Refusal:
        return None
