"""The library as JSON."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from jicanet.catalog import service
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import PUBLISHED, Kind, Material, TitleOrigin
from jicanet.catalog.forms import MaterialsQuery
from jicanet.core.actor import Action
from jicanet.web.answers import json_answer
from jicanet.web.call import Call
from jicanet.web.routes import Route


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class MaterialOut(_Answer):
    """One material. Null and empty mean "not known"."""

    code: str
    title: Annotated[dict[str, str], Field(description="By language (BCP 47); at least one.")]
    title_origin: Annotated[
        dict[str, TitleOrigin], Field(description="By language: whose words the title is.")
    ]
    year: Annotated[int | None, Field(description="Of production.")]
    year_basis: Annotated[str | None, Field(description="Who says the year.")]
    languages: Annotated[list[str], Field(description="Of sound or text (BCP 47).")]
    field: ThematicField
    countries: Annotated[list[str], Field(description="That it is about (ISO 3166).")]
    minutes: int | None
    kind: Kind
    producer: str | None
    url: Annotated[str | None, Field(description="The material's own page.")]
    page: Annotated[str, Field(description="The page of this record.")]
    sources: Annotated[list[str], Field(description="Where the record comes from: addresses and names.")]
    notes: str | None
    updated_at: datetime


class MaterialsOut(_Answer):
    """Some of the materials that fit, by code."""

    items: list[MaterialOut]
    next: Annotated[str | None, Field(description="Relative address of what follows.")]
    matched: Annotated[int, Field(description="How many fit.")]
    held: Annotated[int, Field(description="How many the library holds.")]
    published: Annotated[int, Field(description=f"How many were published by {PUBLISHED.by_year}.")]


def material_out(found: Material, public_url: str) -> MaterialOut:
    """Return a material as the interface tells it; `public_url` is the base of absolute addresses."""
    return MaterialOut(
        code=found.code,
        title={language: title.text for language, title in sorted(found.titles.items())},
        title_origin={language: title.origin for language, title in sorted(found.titles.items())},
        year=found.year,
        year_basis=found.year_basis or None,
        languages=list(found.languages),
        field=found.field,
        countries=list(found.countries),
        minutes=found.minutes,
        kind=found.kind,
        producer=found.producer or None,
        url=found.url,
        page=f"{public_url}/library/{found.code}",
        sources=list(found.sources),
        notes=found.notes or None,
        updated_at=found.updated_at,
    )


async def list_materials(call: Call) -> web.StreamResponse:
    """Answer with the materials that fit. Reading by programs is no visit and is not counted as one."""
    query = call.query_as(MaterialsQuery)
    found = await service.search_library(
        call.services, call.actor, query.criteria(), limit=query.limit, after=query.after
    )
    public_url = call.services.settings.public_url
    return json_answer(
        MaterialsOut(
            items=[material_out(each, public_url) for each in found.items],
            next=_next(query, found.next_after),
            matched=found.matched,
            held=found.held,
            published=PUBLISHED.count,
        )
    )


def _next(query: MaterialsQuery, after: str | None) -> str | None:
    if after is None:
        return None
    kept = query.model_dump(mode="json", exclude_defaults=True, exclude={"after"})
    return f"/api/v1/materials?{urlencode({**kept, 'after': after})}"


async def show_material(call: Call) -> web.StreamResponse:
    """Answer with one material."""
    found = await service.material(call.services, call.actor, call.path["code"])
    return json_answer(material_out(found, call.services.settings.public_url))


ROUTES = (
    Route(
        "GET",
        "/api/v1/materials",
        list_materials,
        permission=Action.SEE_LIBRARY,
        summary="List or search the library",
        description="By code. Words are found in both languages, whole or from their beginning; in Japanese any run "
        "of characters is.",
        query=MaterialsQuery,
        answers={200: MaterialsOut},
        refusals=("invalid_query",),
        tags=("library",),
    ),
    Route(
        "GET",
        "/api/v1/materials/{code}",
        show_material,
        permission=Action.SEE_LIBRARY,
        summary="Show a material",
        answers={200: MaterialOut},
        refusals=("404 unknown_material",),
        tags=("library",),
    ),
)
