"""What the JSON interface and the page ask the library for: raw query to Criteria."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from jicanet.catalog.domain.cells import CODE
from jicanet.catalog.domain.criteria import LONGEST_WORDS, Criteria
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import Kind
from jicanet.core.text import message, query_phrases
from jicanet.web.complaints import complaints, refusal_of
from jicanet.web.models import Query, Wrong

PAGE_SIZE = 50

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")


def _words(value: str) -> str:
    if value.strip() and not query_phrases(value):
        raise Wrong(
            "no_word",
            message(
                'There is no word in "%(words)s". Search with letters, figures or characters.', words=value
            ),
        )
    return value.strip()


def _tag(value: str) -> str:
    """Return the tag in the case that is stored (RFC 5646 2.1.1)."""
    if not _TAG.fullmatch(value):
        raise Wrong(
            "bad_language",
            message('"%(tag)s" is no language tag. Write en, ja or pt-BR (BCP 47).', tag=value[:20]),
        )
    primary, *rest = value.split("-")
    script = len("Hant")
    return "-".join(
        [primary.lower(), *(part.title() if len(part) == script else part.upper() for part in rest)]
    )


def _country(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", value):
        raise Wrong(
            "bad_country",
            message(
                '"%(code)s" is no country code. Write two letters such as VN (ISO 3166).', code=value[:20]
            ),
        )
    return value.upper()


def _code(value: str) -> str:
    if not CODE.fullmatch(value):
        raise Wrong(
            "bad_code",
            message('"%(code)s" is no code of a material. Codes look like JN-M001.', code=value[:40]),
        )
    return value


Language = Annotated[str, AfterValidator(_tag)]
Country = Annotated[str, AfterValidator(_country)]
Code = Annotated[str, AfterValidator(_code)]


class _Asked(Query):
    """What both ask."""

    q: Annotated[
        str,
        Field(
            max_length=LONGEST_WORDS,
            description="Words of title, code, field or producer; all must be found.",
        ),
        AfterValidator(_words),
    ] = ""
    field: Annotated[ThematicField | None, Field(description="Thematic field.")] = None
    country: Annotated[Country | None, Field(description="Country that it is about (ISO 3166).")] = None
    year: Annotated[int | None, Field(ge=1, le=9999, description="Year of production.")] = None
    kind: Annotated[Kind | None, Field(description="Form of the material.")] = None
    max_minutes: Annotated[
        int | None, Field(ge=1, le=6000, description="Longest; materials of unknown length do not fit.")
    ] = None

    def _criteria(self, language: str | None) -> Criteria:
        return Criteria(
            words=self.q,
            language=language,
            field=self.field,
            country=self.country,
            year=self.year,
            kind=self.kind,
            max_minutes=self.max_minutes,
        )


class MaterialsQuery(_Asked):
    """The query of `GET /api/v1/materials`."""

    lang: Annotated[Language | None, Field(description="Language of sound or text (BCP 47).")] = None
    limit: Annotated[int, Field(ge=1, le=200, description="Most items in one answer.")] = 50
    after: Annotated[Code | None, Field(description="Go on after this code.")] = None

    def criteria(self) -> Criteria:
        """Return the question."""
        return self._criteria(self.lang)


class LibraryQuery(_Asked):
    """The query of `/library`, where `lang` is the language of the page."""

    language: Annotated[Language | None, Field(description="Language of sound or text.")] = None
    page: Annotated[int, Field(ge=1, le=10_000, description="Which fifty.")] = 1

    def criteria(self) -> Criteria:
        """Return the question."""
        return self._criteria(self.language)


def criteria_of(given: Mapping[str, str]) -> Criteria:
    """Return the question that parameters of `GET /api/v1/materials` ask, for commands.

    Raises Invalid `invalid_query` naming each parameter that is wrong.
    """
    try:
        return MaterialsQuery.model_validate(given).criteria()
    except ValidationError as exc:
        raise refusal_of("invalid_query", complaints(exc, dict(given), MaterialsQuery, flat=True)) from exc
