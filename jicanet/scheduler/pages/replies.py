"""Mails whose answers nobody could believe without asking: a person accepts or dismisses each."""

from http import HTTPStatus

from aiohttp import hdrs, web

from jicanet.core.actor import Action
from jicanet.core.errors import Conflict, NotFound
from jicanet.core.text import message
from jicanet.scheduler import service
from jicanet.scheduler.forms.acts import LettersQuery, NothingForm
from jicanet.scheduler.pages.reader import reader_of
from jicanet.scheduler.render.box import Box
from jicanet.scheduler.render.clashes import refused_box
from jicanet.scheduler.render.letters import letter_row, settled_box, whose
from jicanet.web.answers import page_answer, redirect
from jicanet.web.call import Call
from jicanet.web.routes import Handler, Route

PATH = "/replies"
_LONGEST_NUMBER = 9


async def show(call: Call) -> web.StreamResponse:
    """Answer with the mails that wait for a person, newest first."""
    query = call.query_as(LettersQuery)
    return await _page(call, query, box=await _done(call, query.done))


async def accept(call: Call) -> web.StreamResponse:
    """Count the answer of a mail: the person who looked at it believes it."""
    number = _number(call)
    try:
        await service.accept_reply(call.services, call.actor, number)
    except Conflict as refusal:
        return await _refused(call, number, refusal)
    return redirect(call, f"{PATH}?done={number}")


async def dismiss(call: Call) -> web.StreamResponse:
    """Lay a mail aside: it changes nothing."""
    number = _number(call)
    try:
        await service.dismiss_reply(call.services, call.actor, number)
    except Conflict as refusal:
        return await _refused(call, number, refusal)
    return redirect(call, f"{PATH}?done={number}")


async def download(call: Call) -> web.StreamResponse:
    """Answer with a mail as it came: a file to keep, since a browser must not open what a stranger wrote."""
    number = _number(call)
    content = await service.original(call.services, call.actor, number)
    headers = {
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="mail-{number}.eml"',
        hdrs.CACHE_CONTROL: "private, no-store",
    }
    return web.Response(body=content, headers=headers, content_type="application/octet-stream")


def _number(call: Call) -> int:
    text = call.path["id"]
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise NotFound("unknown_mail", message("There is no mail %(id)s.", id=text[:20]))
    return int(text)


async def _letter(call: Call, number: int) -> service.Letter | None:
    """Return one mail in whatever state it is, None for a number that is none's."""
    try:
        return await service.letter(call.services, call.actor, number)
    except NotFound:
        return None


async def _done(call: Call, number: int | None) -> Box | None:
    letter = None if number is None else await _letter(call, number)
    if letter is None or letter.mail.settled_by != call.actor.name:
        return None
    reader = reader_of(call)
    return settled_box(letter.mail, whose(letter.view, letter.recipient, reader), reader)


async def _refused(call: Call, number: int, refusal: Conflict) -> web.StreamResponse:
    letter = await _letter(call, number)
    reader = reader_of(call)
    if letter is None or letter.view is None:
        box = Box(kind="refusal", title=call.say(refusal.detail))
    else:
        box = refused_box(refusal, letter.view, reader, link=True)
    return await _page(call, LettersQuery(), box=box, status=refusal.status)


async def _page(
    call: Call, query: LettersQuery, *, box: Box | None, status: int = HTTPStatus.OK
) -> web.StreamResponse:
    found = await service.replies(call.services, call.actor, before=query.before, everything=query.all)
    reader = reader_of(call)
    settings = call.services.settings
    return page_answer(
        call,
        "scheduler/replies.html",
        status=status,
        box=box,
        rows=[
            letter_row(each.mail, each.view, each.recipient, reader, settings=settings)
            for each in found.items
        ],
        everything=query.all,
        older=found.older,
    )


def _act(name: str, handler: Handler, summary: str) -> Route:
    return Route(
        "POST",
        f"{PATH}/{{id}}/{name}",
        handler,
        permission=Action.TAKE_REPLIES,
        summary=summary,
        body=NothingForm,
        media="page",
    )


ROUTES = (
    Route(
        "GET",
        PATH,
        show,
        permission=Action.TAKE_REPLIES,
        summary="Mails that wait for a person",
        query=LettersQuery,
        media="page",
    ),
    Route(
        "GET",
        f"{PATH}/{{id}}/mail.eml",
        download,
        permission=Action.TAKE_REPLIES,
        summary="A mail as it came",
        media="page",
    ),
    _act("accept", accept, "Count the answer of a mail"),
    _act("dismiss", dismiss, "Lay a mail aside"),
)
