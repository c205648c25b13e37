"""A material of the library as a value, and what the network says of the library's size."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from jicanet.catalog.domain.fields import ThematicField
from jicanet.core.text import Message, index_terms, message

# Characters by which a word is known to the search, at either end: PostgreSQL takes 2 kB for one.
LONGEST_TERM = 100


class Kind(StrEnum):
    """What form a material has."""

    VIDEO = "video"
    MULTIMEDIA = "multimedia"
    SLIDES = "slides"
    DOCUMENT = "document"
    AUDIO = "audio"
    RECORDING = "recording"
    SESSION_ARCHIVE = "session-archive"


class TitleOrigin(StrEnum):
    """Whose words a title is: the producer's, or our translation of them."""

    ORIGINAL = "original"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title in one language."""

    text: str
    origin: TitleOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the library knows of one material; None and empty mean "not known".

    `titles` by language tag (BCP 47), at least one. `languages` are those of the sound or text,
    `countries` those it is about (ISO 3166, two letters), `minutes` its length. `source` says where
    the record comes from, several parts apart by ` ; `; `url` is the material's own page.
    """

    code: str
    titles: Mapping[str, Title]
    year: int | None
    year_basis: str
    languages: tuple[str, ...]
    field: ThematicField
    countries: tuple[str, ...]
    minutes: int | None
    kind: Kind
    producer: str
    url: str | None
    source: str
    notes: str

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the parts of `source`, each an address or the name of a publication."""
        return tuple(part for part in (piece.strip() for piece in self.source.split(" ; ")) if part)

    def title_for(self, lang: str) -> tuple[str, Title]:
        """Return the title a reader of `lang` gets, with its language: that, else en, else ja, else any."""
        for language in (lang, "en", "ja", *sorted(self.titles)):
            if language in self.titles:
                return language, self.titles[language]
        msg = f"{self.code} has no title"
        raise ValueError(msg)

    def other_titles(self, lang: str) -> tuple[tuple[str, Title], ...]:
        """Return the titles that `title_for(lang)` leaves, by language."""
        shown, _ = self.title_for(lang)
        return tuple(
            (language, self.titles[language]) for language in sorted(self.titles) if language != shown
        )

    def search_terms(self) -> str:
        """Return the terms under which a search finds the material: titles, code, field and producer."""
        texts = [title.text for _, title in sorted(self.titles.items())]
        texts += [self.code, self.field.label("en"), self.field.label("ja"), self.producer]
        return " ".join(term[:LONGEST_TERM] for text in texts for term in index_terms(text).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Material(Record):
    """A record as it is stored; `updated_at` is the instant at which one of its facts last changed."""

    updated_at: datetime

    def address(self, public_url: str) -> str:
        """Return the absolute address that invitations and feeds give: its own page, else ours."""
        return self.url or f"{public_url}/library/{self.code}"

    def record(self) -> Record:
        """Return the facts alone, without the time of their change."""
        return Record(**{each.name: getattr(self, each.name) for each in fields(Record)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How many materials the network says it has published, by the end of which year, and who says so."""

    count: int
    by_year: int
    source: Message


PUBLISHED = Published(
    count=292,
    by_year=2019,
    source=message(
        "JICA-Net's own count of published materials, as handed on to this project. "
        "The publication that states it was not seen."
    ),
)
