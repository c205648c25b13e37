"""From a request to the form that asks for it: the texts that a person would type."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time

from jicanet.core.errors import Invalid
from jicanet.scheduler.domain.model import (
    BookingRequest,
    GuestRequest,
    LinkRequest,
    PersonRequest,
    SeatRequest,
)
from jicanet.scheduler.forms.asking import fold_text, role_of
from jicanet.scheduler.forms.sheet import ON, GuestRow, MaterialRow, PersonRow, Sheet, StationRow
from jicanet.scheduler.forms.typed import read_countries, read_languages
from jicanet.web import words


def day_text(day: date, lang: str) -> str:
    """Return a date as one types it: `16 Dec 2026`, `2026年12月16日`."""
    if lang == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{words.day(day, lang).partition(' ')[2]} {day.year}"


def clock_text(clock: time) -> str:
    """Return a clock time as one types it."""
    return f"{clock:%H:%M}"


def filled(request: BookingRequest, lang: str, *, coordinator: str = "") -> Sheet:
    """Return the form that asks for what a session is; roles as the rule has them are left to the rule."""
    start, programme, join = request.start, request.programme, request.join
    return Sheet(
        title=request.title,
        kind=request.kind.value,
        languages=language_text(request.languages, lang),
        visibility=request.visibility.value if request.visibility else "",
        date=day_text(start.local.date(), lang),
        start=clock_text(start.local.time()),
        clock=start.zone,
        fold="" if start.fold is None else fold_text(start.local, start.zone, start.fold),
        minutes=str(request.minutes),
        setup=_number(request.setup_minutes),
        teardown=_number(request.teardown_minutes),
        host=request.host,
        stations=tuple(_station_row(seat, request.host) for seat in request.stations),
        materials=tuple(_material_row(link) for link in request.materials),
        people=tuple(_person_row(person) for person in request.people),
        guests=tuple(_guest_row(guest) for guest in request.guest_sites),
        quorum=_number(request.quorum),
        recording=ON if request.recording else "",
        interpretation=request.interpretation,
        join_url=join.url,
        join_sip=join.sip,
        join_h323=join.h323,
        join_pin=join.pin,
        coordinator=coordinator,
        department=request.department,
        purpose=request.purpose,
        scheme=programme.scheme.value if programme else "",
        countries=country_text(programme.countries, lang) if programme else "",
        agency=programme.agency if programme else "",
        stage=_number(programme.stage) if programme else "",
    )


def language_text(tags: Iterable[str], lang: str) -> str:
    """Return languages by the names that are read back as their tags, by the tags where none is."""
    return _listed(tags, lambda tag: words.language(tag, lang), read_languages)


def country_text(codes: Iterable[str], lang: str) -> str:
    """Return countries by the names that are read back as their codes, by the codes where none is."""
    return _listed(codes, lambda code: words.country(code, lang), read_countries)


def _listed(codes: Iterable[str], name: Callable[[str], str], read: Callable[..., tuple[str, ...]]) -> str:
    def text(code: str) -> str:
        try:
            return name(code) if read(name(code), pointer="") == (code,) else code
        except Invalid:
            return code

    return ", ".join(map(text, codes))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _station_row(seat: SeatRequest, host: str) -> StationRow:
    row = StationRow(code=seat.station, required=bool(seat.required))
    role = seat.role or role_of(row, host)
    return StationRow(
        code=row.code, required=row.required, role="" if role is role_of(row, host) else role.value
    )


def _material_row(link: LinkRequest) -> MaterialRow:
    return MaterialRow(
        code=link.material,
        kind=link.kind.value,
        start=_after(link.start),
        end=_after(link.end),
        language=link.language,
        required=link.required,
    )


def _after(moment: int | datetime | None) -> str:
    if moment is None:
        return ""
    return f"+{moment}" if isinstance(moment, int) else clock_text(moment.time())


def _person_row(person: PersonRequest) -> PersonRow:
    return PersonRow(
        role=person.role.value,
        name=person.name,
        email=person.email,
        zone=person.zone,
        language=person.language,
    )


def _guest_row(guest: GuestRequest) -> GuestRow:
    return GuestRow(
        organisation=guest.organisation,
        city=guest.city,
        zone=guest.zone,
        email=guest.email,
        contact=guest.contact,
        telephone=guest.telephone,
        language=guest.language,
        role=guest.role.value if guest.role else "",
        required=bool(guest.required),
    )
