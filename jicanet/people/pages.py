"""Pages for signing in and out. Looking changes nothing; every change is a POST."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import hdrs, web
from pydantic import Field

from jicanet.core.actor import Action
from jicanet.core.errors import Invalid
from jicanet.people import service
from jicanet.people.domain.model import LinkState
from jicanet.people.domain.paths import HOME, safe_next
from jicanet.people.domain.tokens import cookie_name
from jicanet.people.service import LinkView
from jicanet.settings import Settings
from jicanet.web.answers import page_answer, redirect
from jicanet.web.call import Call
from jicanet.web.keys import CSRF
from jicanet.web.models import Form, Query
from jicanet.web.routes import Route

_STATUS: Mapping[LinkState, HTTPStatus] = {
    LinkState.USED: HTTPStatus.GONE,
    LinkState.EXPIRED: HTTPStatus.GONE,
}
# What these pages show is for one person and one moment.
_FRESH: Mapping[str, str] = {hdrs.CACHE_CONTROL: "no-store"}


class Where(Query):
    """Where to go after signing in."""

    next: str = HOME


class Ask(Form):
    """The form of /sign-in. The address is kept as typed; what is wrong with it is said beside it."""

    email: str = Field(default="", max_length=1000)
    next: str = HOME


class Enter(Form):
    """The form behind the link."""

    next: str = HOME


async def show_form(call: Call) -> web.StreamResponse:
    """Return the form that asks for an address."""
    return _form(call, next_path=safe_next(call.query_as(Where).next))


async def ask(call: Call) -> web.StreamResponse:
    """Owe the link, if there is one to owe, and say the same words whoever asked."""
    form = call.body_as(Ask)
    next_path = safe_next(form.next)
    try:
        await service.ask_for_link(call.services, form.email, next_path=next_path)
    except Invalid as refusal:
        return _form(call, next_path=next_path, email=form.email, error=call.say(refusal.detail))
    settings = call.services.settings
    return page_answer(
        call,
        "people/sent.html",
        headers=_FRESH,
        email=form.email,
        next=next_path,
        minutes=settings.sign_in_minutes,
        most=settings.sign_in_links_per_hour,
        is_development=settings.is_development,
    )


def _form(call: Call, *, next_path: str, email: str = "", error: str = "") -> web.Response:
    return page_answer(
        call,
        "people/sign-in.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        headers=_FRESH,
        email=email,
        error=error,
        next=next_path,
        csrf=call.request.get(CSRF, ""),
        minutes=call.services.settings.sign_in_minutes,
    )


async def look(call: Call) -> web.StreamResponse:
    """Return the page behind a link: whose it is, and one button. Mail scanners may look as often as they like."""
    view = await service.look_at_link(call.services, call.path["token"])
    return _link_page(call, view, next_path=safe_next(call.query_as(Where).next))


async def enter(call: Call) -> web.StreamResponse:
    """Use the link and go where the person wanted to go, or say why it can not be used."""
    outcome = await service.use_link(call.services, call.path["token"], cookie=_cookie(call))
    next_path = safe_next(call.body_as(Enter).next)
    if isinstance(outcome, LinkView):
        return _link_page(call, outcome, next_path=next_path)
    response = redirect(call, next_path)
    settings = call.services.settings
    _set_cookie(response, settings, outcome.token, seconds=settings.session_days * 86_400)
    return response


def _link_page(call: Call, view: LinkView, *, next_path: str) -> web.Response:
    if view.state is LinkState.READY:
        return page_answer(
            call,
            "people/enter.html",
            headers=_FRESH,
            address=view.address,
            next=next_path,
            csrf=call.request.get(CSRF, ""),
            days=call.services.settings.session_days,
        )
    return page_answer(
        call,
        "people/over.html",
        status=_STATUS.get(view.state, HTTPStatus.NOT_FOUND),
        headers=_FRESH,
        state=view.state.value,
        next=next_path,
        minutes=call.services.settings.sign_in_minutes,
        name=call.actor.email or "",
    )


async def leave(call: Call) -> web.StreamResponse:
    """End the browser's session and go to the first page."""
    cookie = _cookie(call)
    if cookie:
        await service.sign_out(call.services, cookie)
    response = redirect(call, HOME)
    _set_cookie(response, call.services.settings, "", seconds=0)
    return response


def _cookie(call: Call) -> str | None:
    return call.request.cookies.get(cookie_name(is_https=call.services.settings.is_https))


def _set_cookie(response: web.Response, settings: Settings, value: str, *, seconds: int) -> None:
    """Set the session's cookie, or drop it with no seconds; always with the same attributes.

    A browser leaves a `__Host-` cookie as it is when it is told to drop another.
    """
    response.set_cookie(
        cookie_name(is_https=settings.is_https),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=settings.is_https or None,
    )


ROUTES = (
    Route(
        "GET", "/sign-in", show_form, Action.READ_PUBLIC, "Ask for a sign-in link", query=Where, media="page"
    ),
    Route("POST", "/sign-in", ask, Action.READ_PUBLIC, "Have a sign-in link sent", body=Ask, media="page"),
    Route(
        "GET",
        "/sign-in/{token}",
        look,
        Action.READ_PUBLIC,
        "Look at a sign-in link",
        query=Where,
        media="page",
    ),
    Route("POST", "/sign-in/{token}", enter, Action.READ_PUBLIC, "Sign in, once", body=Enter, media="page"),
    Route("POST", "/sign-out", leave, Action.USE_ACCOUNT, "Sign out", media="page"),
)
