"""The form that books or changes a session, from what was sent to the page that shows it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from aiohttp import web

from jicanet.catalog.domain.cells import CODE
from jicanet.core.errors import FieldError, Invalid
from jicanet.core.zones import Zone
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.forms.asking import Wish, is_unfilled, role_of, wish_of
from jicanet.scheduler.forms.pressing import Pressed, Shelves, pressed
from jicanet.scheduler.forms.sheet import Sheet, SheetIn
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.render.box import Box
from jicanet.scheduler.render.obstacles import obstacle_lines
from jicanet.scheduler.render.outdated import Differing
from jicanet.scheduler.render.sheet import offered_names, options, station_lines
from jicanet.scheduler.render.ticket import Ticket, ticket
from jicanet.scheduler.render.troubles import Naming, Trouble, troubles
from jicanet.scheduler.service.sheet import Desk, Judged, may_book
from jicanet.scheduler.service.sheet import desk as find_desk
from jicanet.stations.domain.model import Station
from jicanet.stations.render import search_words
from jicanet.web.answers import page_answer
from jicanet.web.call import Call
from jicanet.web.i18n import LANGUAGES
from jicanet.web.keys import CATALOGUES, SITE

TEMPLATE = "scheduler/book.html"
# What is folded away unless it says something.
_MORE = (
    "join_url", "join_sip", "join_h323", "join_pin", "quorum", "interpretation", "recording", "department",
    "purpose", "scheme", "countries", "agency", "stage", "teardown",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What the form carries along: its one-time key, the revision and form it began with, its only part."""

    once: str = ""
    revision: str = ""
    was: str = ""
    only: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form after its button, with what it asks for and the judgement of that."""

    hidden: Hidden
    pressed: Pressed
    desk: Desk
    wish: Wish
    judged: Judged = field(default_factory=Judged)
    view: SessionView | None = None

    @property
    def sheet(self) -> Sheet:
        """Return what stands in the form."""
        return self.pressed.sheet

    @property
    def errors(self) -> tuple[FieldError, ...]:
        """Return all that is wrong: what cannot be read, then what cannot be."""
        return (*self.pressed.errors, *self.wish.errors, *self.judged.errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """What a page says above the form. `code` is that of a refusal.

    `tries`: somebody wanted it done, so empty fields are told too. `again` is the button that is to be
    pressed again, after the ticket's warnings if `is_unseen`.
    """

    status: int = 200
    heading: str = ""
    lead: str = ""
    box: Box | None = None
    differing: Sequence[Differing] = ()
    code: str = ""
    tries: bool = False
    again: str = ""
    is_unseen: bool = False


async def drafted(call: Call, body: SheetIn, sheet: Sheet, *, hidden: Hidden) -> Draft:
    """Return the form after the button that was pressed, not judged yet."""
    codes = {row.code for row in sheet.materials}
    verb, _, what = body.do.partition(":")
    codes |= {
        code
        for code in (what if verb == "material" else "", body.add_material.upper())
        if CODE.fullmatch(code)
    }
    desk = await find_desk(call.services, materials=codes, words=body.add_material)
    after = pressed(
        sheet,
        body.do,
        add_station=body.add_station,
        add_material=body.add_material,
        shelves=Shelves(
            stations=desk.stations,
            names=lambda station: names_of(call, station),
            materials=desk.materials,
            found=desk.found,
        ),
        lang=call.lang,
    )
    wish = wish_of(after.sheet, call.services.zones, today=lambda zone: today_in(call, zone))
    return Draft(hidden=hidden, pressed=after, desk=desk, wish=wish)


def names_of(call: Call, station: Station) -> tuple[str, ...]:
    """Return every name by which people may ask for a station, in every language that we speak."""
    catalogues = call.request.app[CATALOGUES]
    cities = (catalogues.translate(lang)(station.city) for lang in LANGUAGES)
    return (station.city, station.name_en, station.name_ja, *cities, *search_words(station))


def today_in(call: Call, zone: str) -> date:
    """Return the date by the clock of a zone."""
    return call.services.zones.get(zone).local(call.now).date()


def page(call: Call, draft: Draft, say: Say | None = None) -> web.Response:
    """Return the page of a form as it stands. Fields that nobody filled are told only to who tried."""
    say = say or Say()
    reader, sheet = reader_of(call), draft.sheet
    drawn = _ticket(call, draft)
    found = _troubles(call, draft, tries=say.tries)
    return page_answer(
        call,
        TEMPLATE,
        status=say.status,
        say=say,
        sheet=sheet,
        hidden=draft.hidden,
        view=draft.view,
        pressed=draft.pressed,
        materials=draft.desk.materials,
        options=options(
            reader, draft.desk.stations, zones=_clocks(call, draft), at=drawn.starts_at if drawn else call.now
        ),
        stations=station_lines(
            ((row.code, role_of(row, sheet.host), row.required) for row in sheet.stations),
            host=sheet.host,
            stations=draft.desk.stations,
            ticket=drawn,
            reader=reader,
        ),
        ticket=drawn,
        in_the_way=_in_the_way(call, draft),
        troubles=found,
        opens_more="coordinator" in found
        or any(getattr(sheet, name) not in {"", "0"} or name in found for name in _MORE),
        may_book=may_book(call.services, call.actor, sheet.host),
        hold_hours=call.services.settings.hold_hours,
        has_library=call.request.app[SITE].has("/library/{code}"),
    )


def _in_the_way(call: Call, draft: Draft) -> tuple[str, ...]:
    view = draft.judged.view
    return () if view is None else obstacle_lines(draft.judged.clashes, view, reader_of(call))


def _clocks(call: Call, draft: Draft) -> list[Zone]:
    """Return the clocks to start on: the one that is chosen, the viewer's, those of the stations."""
    zones = call.services.zones
    stations = (draft.desk.stations.get(row.code) for row in draft.sheet.stations)
    names = [station.zone for station in stations if station]
    return [*_chosen(call, draft), call.zone, *map(zones.get, names)]


def _chosen(call: Call, draft: Draft) -> list[Zone]:
    """Return the clock that the form's start is on; none where it names no clock."""
    try:
        return [call.services.zones.get(draft.sheet.clock)]
    except Invalid:
        return []


def _ticket(call: Call, draft: Draft) -> Ticket | None:
    request = draft.wish.request
    return None if request is None else ticket_of(call, draft.judged, clock=request.start.zone)


def ticket_of(call: Call, judged: Judged, *, clock: str) -> Ticket | None:
    """Return the ticket of a judgement, None where nothing can be drawn. `clock`: the zone of the start."""
    if judged.view is None:
        return None
    return ticket(
        judged.view,
        judged.days,
        judged.notices,
        reader_of(call),
        zone=call.services.zones.get(clock),
        free=judged.ports - judged.taken,
        shoulder=call.services.settings.shoulder_minutes,
    )


def _troubles(call: Call, draft: Draft, *, tries: bool) -> Mapping[str, Trouble]:
    reader = reader_of(call)
    stations, materials = offered_names(draft.desk.stations, reader, draft.desk.found)
    naming = Naming(
        people=draft.wish.people,
        guests=draft.wish.guests,
        zone=next(iter(_chosen(call, draft)), None),
        stations=stations,
        materials=materials,
    )
    told = (error for error in draft.errors if tries or not is_unfilled(error))
    return troubles(told, reader, naming)
