"""`/dev/mailbox`: what every mail looks like, in development only."""

import re

from aiohttp import hdrs, web

from jicanet.core.actor import Action
from jicanet.core.errors import NotFound
from jicanet.core.text import message
from jicanet.invitations import service
from jicanet.invitations.service import ShownMail
from jicanet.web.answers import page_answer
from jicanet.web.call import Call
from jicanet.web.models import Query
from jicanet.web.routes import Route

# A mail has inline styles, and nothing else of it may run, load or frame.
_MAIL_POLICY = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
# The page frames the mail, and nothing else may be framed.
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


class MailboxQuery(Query):
    """Which page of the mailbox: the mails older than this one."""

    before: int | None = None


async def show_mailbox(call: Call) -> web.StreamResponse:
    """Answer with the list, newest first."""
    found = await service.mailbox(call.services, call.actor, before=call.query_as(MailboxQuery).before)
    return page_answer(call, "invitations/mailbox.html", mailbox=found)


async def show_mail(call: Call) -> web.StreamResponse:
    """Answer with one mail: headers, text, HTML in a frame, calendar part."""
    found = await _mail(call)
    headers = {"Content-Security-Policy": _PAGE_POLICY}
    return page_answer(call, "invitations/mailbox_mail.html", headers=headers, mail=found)


async def show_html(call: Call) -> web.StreamResponse:
    """Answer with the HTML of one mail, shut into a sandbox."""
    found = await _mail(call)
    if found.opened is None or not found.opened.html:
        raise _unknown(call)
    headers = {
        "Content-Security-Policy": _MAIL_POLICY,
        "X-Frame-Options": "SAMEORIGIN",
        hdrs.CACHE_CONTROL: "private, no-store",
    }
    return web.Response(
        body=found.opened.html.encode(), headers=headers, content_type="text/html", charset="utf-8"
    )


async def download(call: Call) -> web.StreamResponse:
    """Answer with the mail's own bytes."""
    found = await _mail(call)
    if found.content is None:
        raise _unknown(call)
    headers = {
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="mail-{found.row.id}.eml"',
        hdrs.CACHE_CONTROL: "private, no-store",
    }
    return web.Response(body=found.content, headers=headers, content_type="message/rfc822")


async def _mail(call: Call) -> ShownMail:
    if not re.fullmatch(r"[0-9]{1,9}", call.path["id"]):
        raise _unknown(call)
    return await service.mail(call.services, call.actor, int(call.path["id"]))


def _unknown(call: Call) -> NotFound:
    return NotFound("unknown_mail", message("There is no mail %(id)s.", id=call.path["id"][:20]))


ROUTES = (
    Route(
        "GET",
        "/dev/mailbox",
        show_mailbox,
        permission=Action.SEE_MAILBOX,
        summary="The mails of development",
        query=MailboxQuery,
        media="page",
        tags=("development",),
    ),
    Route(
        "GET",
        "/dev/mailbox/{id}",
        show_mail,
        permission=Action.SEE_MAILBOX,
        summary="One mail as it was sent",
        refusals=("404 unknown_mail",),
        media="page",
        tags=("development",),
    ),
    Route(
        "GET",
        "/dev/mailbox/{id}/html",
        show_html,
        permission=Action.SEE_MAILBOX,
        summary="The HTML of one mail",
        answers={200: "text/html"},
        refusals=("404 unknown_mail",),
        media="file",
        tags=("development",),
    ),
    Route(
        "GET",
        "/dev/mailbox/{id}/mail.eml",
        download,
        permission=Action.SEE_MAILBOX,
        summary="The bytes of one mail",
        answers={200: "message/rfc822"},
        refusals=("404 unknown_mail",),
        media="file",
        tags=("development",),
    ),
)
