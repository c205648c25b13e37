"""A material as the cells of its row in the library's file: what may stand there, and back again."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import Kind, Record, Title, TitleOrigin
from jicanet.core.text import Message, message, one_line

Cells = Mapping[str, str]

TITLE_LANGUAGES = ("en", "ja")
COLUMNS = (
    "code",
    "title_en",
    "title_en_origin",
    "title_ja",
    "title_ja_origin",
    "production_year",
    "year_basis",
    "languages",
    "field",
    "countries",
    "duration_min",
    "kind",
    "producer",
    "source",
    "notes",
    "url",
)

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,31}")
# RFC 5646 2.1: language, script, region and variants, each in the case it recommends (2.1.1).
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NUMBER = re.compile(r"[0-9]{1,4}")
_YEARS = (1950, 2100)
_LONGEST_MINUTES = 6000
_LONGEST = {"title_en": 500, "title_ja": 500, "source": 2000, "notes": 2000, "url": 2000}
_LONGEST_OTHER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Which languages (primary subtag) and countries there are; the domain reads no tables itself."""

    is_language: Callable[[str], bool]
    is_country: Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with one cell of a row."""

    column: str
    code: str
    reason: Message


def faults_of(cells: Cells, vocabulary: Vocabulary) -> tuple[Fault, ...]:
    """Return everything wrong with a row that has all COLUMNS, in their order; empty if it can be read."""
    found = [
        Fault(column=column, code=code, reason=reason)
        for column in COLUMNS
        for code, reason in _checks(column, cells, vocabulary)
    ]
    if not any(cells[f"title_{language}"] for language in TITLE_LANGUAGES):
        reason = message("There is no title: fill title_en, title_ja or both.")
        found.append(Fault(column="title_en", code="required", reason=reason))
    return tuple(found)


def _checks(column: str, cells: Cells, vocabulary: Vocabulary) -> list[tuple[str, Message]]:
    value = cells[column]
    longest = _LONGEST.get(column, _LONGEST_OTHER)
    if not one_line(value):
        return [("control_character", message("A line break or control character stands in it."))]
    if len(value) > longest:
        reason = message(
            "It has %(length)s characters, more than %(longest)s.", length=len(value), longest=longest
        )
        return [("too_long", reason)]
    check = _CHECKS.get(column)
    return [] if check is None else list(check(cells, vocabulary))


_Found = tuple[tuple[str, Message], ...]


def _code(cells: Cells, _vocabulary: Vocabulary) -> _Found:
    if CODE.fullmatch(cells["code"]):
        return ()
    reason = message("A code is 2 to 32 capital letters, digits and hyphens, such as JN-M001.")
    return (("bad_code", reason),)


def _origin(language: str) -> Callable[[Cells, Vocabulary], _Found]:
    def check(cells: Cells, _vocabulary: Vocabulary) -> _Found:
        title, origin = cells[f"title_{language}"], cells[f"title_{language}_origin"]
        if not title and not origin:
            return ()
        if not title:
            return (("without_title", message("There is an origin, but no title that it belongs to.")),)
        return _one_of(origin, TitleOrigin)

    return check


def _year(cells: Cells, _vocabulary: Vocabulary) -> _Found:
    return _number(cells["production_year"], *_YEARS)


def _basis(cells: Cells, _vocabulary: Vocabulary) -> _Found:
    if cells["year_basis"] and not cells["production_year"]:
        return (("without_year", message("There is a basis, but no year that it belongs to.")),)
    return ()


def _languages(cells: Cells, vocabulary: Vocabulary) -> _Found:
    found: list[tuple[str, Message]] = list(_doubled(cells["languages"]))
    for tag in _parts(cells["languages"]):
        if not _TAG.fullmatch(tag) or not vocabulary.is_language(tag.partition("-")[0]):
            reason = message(
                '"%(tag)s" is no language tag (BCP 47): write en, ja or pt-BR, several apart by |.', tag=tag
            )
            found.append(("bad_language", reason))
    return tuple(found)


def _countries(cells: Cells, vocabulary: Vocabulary) -> _Found:
    found: list[tuple[str, Message]] = list(_doubled(cells["countries"]))
    for code in _parts(cells["countries"]):
        if not _COUNTRY.fullmatch(code) or not vocabulary.is_country(code):
            reason = message(
                '"%(code)s" is no country code (ISO 3166, two capital letters): write VN, several apart by |.',
                code=code,
            )
            found.append(("bad_country", reason))
    return tuple(found)


def _field(cells: Cells, _vocabulary: Vocabulary) -> _Found:
    return _one_of(cells["field"], ThematicField)


def _kind(cells: Cells, _vocabulary: Vocabulary) -> _Found:
    return _one_of(cells["kind"], Kind)


def _minutes(cells: Cells, _vocabulary: Vocabulary) -> _Found:
    return _number(cells["duration_min"], 1, _LONGEST_MINUTES)


def _source(cells: Cells, _vocabulary: Vocabulary) -> _Found:
    if cells["source"]:
        return ()
    return (("required", message("Say where the record comes from.")),)


def _url(cells: Cells, _vocabulary: Vocabulary) -> _Found:
    value = cells["url"]
    if not value or is_web_address(value):
        return ()
    reason = message(
        "It must be a complete http or https address, in ASCII, without spaces, user name or password."
    )
    return (("bad_url", reason),)


def is_web_address(value: str) -> bool:
    """Say whether a text is an absolute http(s) address (RFC 3986) that tells no credentials."""
    if not re.fullmatch(r"[!-~]+", value) or re.search(r'[<>"\\^`{|}]', value):
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError unless a number up to 65535
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def _one_of(value: str, words: type[ThematicField | Kind | TitleOrigin]) -> _Found:
    known = [word.value for word in words]
    if value in known:
        return ()
    reason = message("It must be one of: %(words)s.", words=", ".join(known))
    return (("unknown_word", reason),)


def _number(value: str, least: int, most: int) -> _Found:
    if not value or (_NUMBER.fullmatch(value) and least <= int(value) <= most):
        return ()
    reason = message(
        "It must be a whole number from %(least)s to %(most)s, or empty if not known.", least=least, most=most
    )
    return (("bad_number", reason),)


def _parts(value: str) -> list[str]:
    return value.split("|") if value else []


def _doubled(value: str) -> _Found:
    parts = _parts(value)
    if len(parts) == len(set(parts)):
        return ()
    return (("doubled", message("It names the same thing twice.")),)


_CHECKS: dict[str, Callable[[Cells, Vocabulary], _Found]] = {
    "code": _code,
    "title_en_origin": _origin("en"),
    "title_ja_origin": _origin("ja"),
    "production_year": _year,
    "year_basis": _basis,
    "languages": _languages,
    "field": _field,
    "countries": _countries,
    "duration_min": _minutes,
    "kind": _kind,
    "source": _source,
    "url": _url,
}


def record_of(cells: Cells) -> Record:
    """Return the record that a row without faults says; ValueError for one that has some."""
    titles = {
        language: Title(
            text=cells[f"title_{language}"], origin=TitleOrigin(cells[f"title_{language}_origin"])
        )
        for language in TITLE_LANGUAGES
        if cells[f"title_{language}"]
    }
    return Record(
        code=cells["code"],
        titles=titles,
        year=int(cells["production_year"]) if cells["production_year"] else None,
        year_basis=cells["year_basis"],
        languages=tuple(_parts(cells["languages"])),
        field=ThematicField(cells["field"]),
        countries=tuple(_parts(cells["countries"])),
        minutes=int(cells["duration_min"]) if cells["duration_min"] else None,
        kind=Kind(cells["kind"]),
        producer=cells["producer"],
        url=cells["url"] or None,
        source=cells["source"],
        notes=cells["notes"],
    )


def cells_of(record: Record) -> dict[str, str]:
    """Return the row that says a record, so that `record_of(cells_of(record))` is equal to it."""
    cells = {
        "code": record.code,
        "production_year": "" if record.year is None else str(record.year),
        "year_basis": record.year_basis,
        "languages": "|".join(record.languages),
        "field": record.field.value,
        "countries": "|".join(record.countries),
        "duration_min": "" if record.minutes is None else str(record.minutes),
        "kind": record.kind.value,
        "producer": record.producer,
        "source": record.source,
        "notes": record.notes,
        "url": record.url or "",
    }
    for language in TITLE_LANGUAGES:
        title = record.titles.get(language)
        cells[f"title_{language}"] = title.text if title else ""
        cells[f"title_{language}_origin"] = title.origin.value if title else ""
    return {column: cells[column] for column in COLUMNS}
