"""The library's pages: the list with its search, and one material."""

from aiohttp import web

from jicanet.catalog import render, service
from jicanet.catalog.domain.criteria import Criteria
from jicanet.catalog.domain.model import PUBLISHED
from jicanet.catalog.domain.robots import is_robot
from jicanet.catalog.domain.visits import VisitKind
from jicanet.catalog.forms import PAGE_SIZE, LibraryQuery
from jicanet.core.actor import Action
from jicanet.core.errors import Invalid
from jicanet.web.answers import page_answer
from jicanet.web.bodies import read_query
from jicanet.web.call import Call
from jicanet.web.routes import Route


async def show_library(call: Call) -> web.StreamResponse:
    """Answer with the list, narrowed and searched; what cannot be read comes back in the form."""
    try:
        query = read_query(call.request, LibraryQuery, page=True) or LibraryQuery()
    except Invalid as refusal:
        return await _unread(call, refusal)
    criteria = query.criteria()
    shelf = await service.shelf(
        call.services, call.actor, criteria, limit=PAGE_SIZE, skip=(query.page - 1) * PAGE_SIZE
    )
    what = VisitKind.SEARCH if criteria.has_words else VisitKind.LIST
    await _count(call, None, what)
    return _library(call, criteria, shelf, page=query.page, typed=query.q)


async def _unread(call: Call, refusal: Invalid) -> web.StreamResponse:
    """Answer 422 with the form as it was filled in, the complaint where it belongs, and the whole library's choices."""
    everything = Criteria()
    shelf = await service.shelf(call.services, call.actor, everything, limit=1)
    typed = call.request.query.get("q", "")
    return _library(call, everything, shelf, page=1, typed=typed, refusal=refusal)


def _library(
    call: Call,
    criteria: Criteria,
    shelf: service.Shelf,
    *,
    page: int,
    typed: str,
    refusal: Invalid | None = None,
) -> web.StreamResponse:
    reader = _reader(call)
    matched = shelf.facets.matched
    last_page = max(1, -(-matched // PAGE_SIZE))
    errors = {each.pointer: call.say(each.detail) for each in refusal.errors} if refusal else {}
    return page_answer(
        call,
        "catalog/library.html",
        status=200 if refusal is None else 422,
        published=PUBLISHED,
        criteria=criteria,
        typed=typed,
        errors=errors,
        facets=shelf.facets,
        lines=[] if refusal else [render.line(each, reader) for each in shelf.items],
        groups=render.groups(criteria, shelf.facets, reader),
        narrowed=render.narrowed(criteria, reader),
        kept=[(name, getattr(criteria, name)) for name in criteria.filters],
        told=render.told(criteria, reader),
        instead=render.instead(shelf.instead, reader),
        all_href=render.LIBRARY,
        first=shelf.skip + 1,
        back=render.address(criteria, page=min(page - 1, last_page)) if page > 1 else "",
        next=render.address(criteria, page=page + 1) if page < last_page else "",
        size=PAGE_SIZE,
    )


async def show_material(call: Call) -> web.StreamResponse:
    """Answer with one material."""
    found = await service.material(call.services, call.actor, call.path["code"])
    await _count(call, found.code, VisitKind.MATERIAL)
    reader = _reader(call)
    return page_answer(
        call,
        "catalog/material.html",
        material=found,
        titles=render.titles(found, reader),
        kind=call.say(render.KINDS[found.kind]),
        field=found.field.label(call.lang),
        field_href=render.address(Criteria(field=found.field)),
        own_address=render.shown_address(found.url) if found.url else "",
        sources=render.sources(found.sources),
        structured=render.structured(found, call.services.settings.public_url),
        published=PUBLISHED,
    )


def _reader(call: Call) -> render.Reader:
    return render.Reader(lang=call.lang, translate=call.translate)


async def _count(call: Call, code: str | None, what: VisitKind) -> None:
    """Count the page as opened (docs/library.md): HEAD and what a browser fetches ahead of a click are not."""
    headers = call.request.headers
    ahead = "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", "")).lower()
    if call.request.method != "GET" or ahead:
        return
    robot = is_robot(headers.get("User-Agent", ""))
    await service.log_visit(call.services, code, what, robot=robot)


ROUTES = (
    Route(
        "GET",
        "/library",
        show_library,
        permission=Action.SEE_LIBRARY,
        summary="The library of learning materials",
        media="page",
    ),
    Route(
        "GET",
        "/library/{code}",
        show_material,
        permission=Action.SEE_LIBRARY,
        summary="A learning material",
        media="page",
    ),
)
