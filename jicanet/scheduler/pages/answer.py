"""The answer page: a secret address for each recipient. Looking changes nothing; its form answers."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from jicanet.core.actor import Action
from jicanet.core.errors import Conflict, Invalid, Refusal
from jicanet.scheduler import service
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.forms.acts import LinkForm, LinkQuery
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.render.answer import answer_page
from jicanet.scheduler.render.clashes import refused_box
from jicanet.scheduler.service import AnswerView
from jicanet.web.answers import page_answer, redirect
from jicanet.web.call import Call
from jicanet.web.i18n import as_language
from jicanet.web.keys import CATALOGUES
from jicanet.web.routes import Route

_CHOICES = frozenset({Answer.ACCEPTED.value, Answer.TENTATIVE.value, Answer.DECLINED.value})


async def look(call: Call) -> web.StreamResponse:
    """Answer with the session as its recipient sees it; mail scanners may look as often as they like."""
    found = await service.answer_moment(call.services, call.path["token"])
    return _page(call, found, chosen=call.query_as(LinkQuery).answer)


async def give(call: Call) -> web.StreamResponse:
    """Store the answer and show it; what cannot stand comes back with the words as they were typed."""
    form, token = call.body_as(LinkForm), call.path["token"]
    try:
        await service.answer_by_token(call.services, token, Answer(form.answer), form.words)
    except (Conflict, Invalid) as refusal:
        found = await service.answer_moment(call.services, token)
        return _page(call, found, chosen=form.answer, typed=form.words, refusal=refusal)
    return redirect(call, f"/answer/{token}", keep=["lang"])


def _page(
    call: Call, found: AnswerView, *, chosen: str, typed: str = "", refusal: Refusal | None = None
) -> web.StreamResponse:
    call = _as_recipient(call, found)
    reader = reader_of(call)
    shown = answer_page(found.view, found.keys, found.recipient.parts, reader, moved=found.moved)
    box: dict[str, Any] = {"refused": None, "status": 200}
    if refusal is not None:
        box = {"refused": refused_box(refusal, found.view, reader), "status": refusal.status}
    return page_answer(
        replace(call, zone=shown.here),
        "scheduler/answer.html",
        session=found.view.session,
        view=found.view,
        host=found.view.stations[found.view.session.host],
        a=shown,
        chosen=chosen if chosen in _CHOICES else "",
        typed=typed,
        **box,
    )


def _as_recipient(call: Call, found: AnswerView) -> Call:
    """Return the call in the recipient's language: the page belongs to them, whoever's browser it is."""
    if as_language(call.request.query.get("lang")):
        return call
    lang = as_language(found.recipient.language) or "en"
    return replace(call, lang=lang, translate=call.request.app[CATALOGUES].translate(lang))


ROUTES = (
    Route(
        "GET",
        "/answer/{token}",
        look,
        permission=Action.READ_PUBLIC,
        summary="A session by a recipient's secret address",
        query=LinkQuery,
        refusals=("404 unknown_answer",),
        media="page",
        secret=True,
    ),
    Route(
        "POST",
        "/answer/{token}",
        give,
        permission=Action.READ_PUBLIC,
        summary="Answer for whoever holds the secret address",
        body=LinkForm,
        refusals=("404 unknown_answer",),
        media="page",
        secret=True,
    ),
)
