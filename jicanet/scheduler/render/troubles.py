"""What is wrong in the form, in words for people: at which field, and with what is offered instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jicanet.core.errors import FieldError
from jicanet.core.text import Message, message
from jicanet.core.zones import Zone
from jicanet.scheduler.render.reader import Reader
from jicanet.web import words

_FIELDS: Mapping[str, str] = {
    "/start/local": "start",
    "/start/zone": "clock",
    "/setup_minutes": "setup",
    "/teardown_minutes": "teardown",
    "/host": "add_station",
    "/stations": "add_station",
    "/materials": "add_material",
    "/people": "add_person",
    "/guest_sites": "add_guest",
    "/programme/scheme": "scheme",
    "/programme/countries": "countries",
    "/programme/agency": "agency",
    "/programme/stage": "stage",
    "/join/url": "join_url",
    "/join/sip": "join_sip",
    "/join/h323": "join_h323",
    "/join/pin": "join_pin",
}
# As the form has them from top to bottom; fields of a list stand by their row.
_ORDER = (
    "title", "kind", "languages", "visibility", "date", "start", "clock", "minutes", "setup", "station",
    "add_station", "person", "add_person", "guest", "add_guest", "material", "add_material", "join", "teardown",
    "quorum", "interpretation", "coordinator", "department", "purpose", "scheme", "stage", "countries", "agency",
)  # fmt: skip
_RANGES: Mapping[str, Message] = {
    "minutes_out_of_range": message("A session lasts from %(least)s to %(most)s minutes, not %(value)s."),
    "setup_minutes_out_of_range": message("Set-up takes from %(least)s to %(most)s minutes, not %(value)s."),
    "teardown_minutes_out_of_range": message(
        "Clearing up takes from %(least)s to %(most)s minutes, not %(value)s."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value offered as a button: what the button sends, and what stands on it."""

    do: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One field's error. `field` is the end of its element's id; `where` names the row of a list."""

    field: str
    text: str
    where: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How errors of a request are told by the form: its rows, the clock of its start, names of what is offered."""

    people: Sequence[int] = ()
    guests: Sequence[int] = ()
    zone: Zone | None = None
    stations: Mapping[str, str] | None = None
    materials: Mapping[str, str] | None = None


def troubles(errors: Iterable[FieldError], reader: Reader, naming: Naming) -> Mapping[str, Trouble]:
    """Return the errors by field, from the top of the form to its end; of several at one field the first."""
    found: dict[str, Trouble] = {}
    for error in errors:
        field = _field(error.pointer, naming)
        if field not in found:
            text = _sentence(error, reader, naming).to(reader.translate)
            choices = tuple(_choices(error, reader, naming))
            found[field] = Trouble(field=field, text=text, where=_where(field, reader), choices=choices)
    return dict(sorted(found.items(), key=lambda item: _place(item[0])))


def _place(field: str) -> tuple[int, int]:
    """Return where a field stands in the form: its part, then its row."""
    name, _, row = field.partition("-")
    part = name if name in _ORDER else name.partition("_")[0]
    return (_ORDER.index(part) if part in _ORDER else len(_ORDER), int(row) if row.isdigit() else 0)


def _field(pointer: str, naming: Naming) -> str:
    if pointer in _FIELDS:
        return _FIELDS[pointer]
    name, *rest = pointer.removeprefix("/").split("/")
    if not rest or not rest[0].isdigit():
        return name
    at, inner = int(rest[0]), rest[1] if len(rest) > 1 else ""
    if name == "stations":
        return f"station-{at}"
    if name == "materials":
        return f"material_{inner or 'kind'}-{at}"
    rows = naming.people if name == "people" else naming.guests
    kind = "person" if name == "people" else "guest"
    return f"{kind}_{inner or 'email'}-{rows[at] if at < len(rows) else at}"


def _where(field: str, reader: Reader) -> str:
    """Return the row of a list in words, where one sentence could be about several."""
    kind, _, number = field.partition("-")
    rows = {"person": message("Person %(number)s"), "guest": message("Guest site %(number)s")}
    row = rows.get(kind.partition("_")[0])
    if row is None or not number.isdigit():
        return ""
    return Message(row.msgid, {"number": int(number) + 1}).to(reader.translate)


def _sentence(error: FieldError, reader: Reader, naming: Naming) -> Message:
    values, zone = error.detail.values, naming.zone
    if error.code in _RANGES:
        return Message(_RANGES[error.code].msgid, values)
    if _is_unfilled_row(error):
        return message("Fill this in.")
    if error.code in {"time_does_not_exist", "time_is_ambiguous"}:
        return _about_time(error, reader)
    if error.code == "start_in_past" and zone is not None and "now" in values:
        now = zone.local(reader.now)
        return message(
            "That time is past: it is %(day)s %(clock)s in %(place)s now.",
            day=words.day(now, reader.lang),
            clock=words.clock(now),
            place=words.place(zone.name, reader.lang),
        )
    if error.code == "start_beyond_horizon" and "latest" in values:
        latest = datetime.fromisoformat(str(values["latest"]))
        return message(
            "That is too far ahead: a session is booked at most %(days)s days ahead, now until %(day)s.",
            days=values["days"],
            day=words.full_day(latest, reader.lang),
        )
    return error.detail


def _is_unfilled_row(error: FieldError) -> bool:
    return error.code in {"text_empty", "bad_address"} and not error.value and error.pointer != "/title"


def _about_time(error: FieldError, reader: Reader) -> Message:
    values = error.detail.values
    day = words.full_day(date.fromisoformat(str(values["date"])), reader.lang)
    said = {"time": values["time"], "day": day, "place": words.place(str(values["zone"]), reader.lang)}
    if error.code == "time_is_ambiguous":
        return message("%(time)s happens twice on %(day)s in %(place)s. Which one?", **said)
    return message(
        "%(time)s does not exist on %(day)s in %(place)s: clocks go from %(start)s to %(end)s.",
        start=values["start"],
        end=values["end"],
        **said,
    )


def _choices(error: FieldError, reader: Reader, naming: Naming) -> Iterable[Choice]:
    given = str(error.value)[:10]
    # The same day first: it is the smaller change.
    for number, choice in enumerate(
        sorted(error.choices, key=lambda each: given not in each.get("local", given))
    ):
        if "date" in choice:
            day = date.fromisoformat(choice["date"])
            yield Choice(do=f"date:{choice['date']}", words=words.full_day(day, reader.lang))
        elif "station" in choice:
            code = choice["station"]
            yield Choice(
                do=f"station:{code}", words=f"{(naming.stations or {}).get(code, '')} {code}".strip()
            )
        elif "material" in choice:
            code = choice["material"]
            yield Choice(
                do=f"material:{code}", words=f"{(naming.materials or {}).get(code, '')} {code}".strip()
            )
        elif "local" in choice:
            said = _time_choice(error, choice, number, reader, naming)
            yield Choice(do=f"start:{choice['local']} {choice['fold']}", words=said.to(reader.translate))


def _time_choice(
    error: FieldError, choice: Mapping[str, object], number: int, reader: Reader, naming: Naming
) -> Message:
    local = datetime.fromisoformat(str(choice["local"]))
    if error.code == "time_is_ambiguous":
        starts_at = datetime.fromisoformat(str(choice["starts_at"]))
        offset = naming.zone.offset(starts_at) if naming.zone else ""
        first, second = (
            message("The first, %(offset)s", offset=offset),
            message("The second, %(offset)s", offset=offset),
        )
        return second if number else first
    value = words.clock(local)
    if local.date().isoformat() != str(error.value)[:10]:
        value = f"{words.day(local, reader.lang)} {value}"
    return message("Use %(value)s", value=value)
