"""Refusals as HTTP says them: problem documents (RFC 9457) for programs, pages for people."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aiohttp import hdrs, web

from jicanet.core.actor import STRANGER
from jicanet.core.errors import FieldError, Hidden, Refusal
from jicanet.core.text import Message, Translate, message, untranslated
from jicanet.web.answers import json_answer, page_answer
from jicanet.web.keys import ACTOR, SITE
from jicanet.web.pages import bare_call

PROBLEM_MEDIA = "application/problem+json"
HIDDEN = "(hidden)"
_SECRETS = frozenset({"token", "csrf", "secret", "password", "pin", "authorization", "cookie", "key"})
_LONGEST_VALUE = 80
_RETRY_SECONDS = "5"

# Codes that come from what a route is, without its declaring them.
GENERAL_CODES: Mapping[int, tuple[str, ...]] = {
    400: (
        "unreadable_request", "body_missing", "not_json", "not_utf8", "not_a_number", "doubled_field",
        "nested_too_deeply", "number_too_long", "broken_body",
    ),
    401: ("sign_in_needed", "bad_token"),
    403: ("not_permitted", "cross_site", "csrf_failed"),
    404: ("no_such_address",),
    405: ("wrong_method",),
    413: ("body_too_large",),
    415: ("wrong_content_type",),
    422: ("invalid_body", "invalid_query", "bad_idempotency_key", "idempotency_key_reused"),
    500: ("internal_fault",),
    503: ("storage_unavailable", "storage_busy"),
    507: ("storage_full",),
}  # fmt: skip

# Ours, by status: the phrases of the standard library differ between Python versions (traps.md 27).
TITLES: Mapping[int, Message] = {
    400: message("The request cannot be read"),
    401: message("Sign in first"),
    403: message("You may not do this"),
    404: message("There is nothing here"),
    405: message("This address does not take that method"),
    409: message("Something else is in the way"),
    412: message("It has been changed meanwhile"),
    413: message("The request is too large"),
    415: message("The request is of a kind that is not read"),
    422: message("This cannot be taken as it stands"),
    428: message("Say which state you want to change"),
    500: message("A fault of ours"),
    503: message("Not at this moment"),
    507: message("There is no room left to store anything"),
}
_OTHER = message("The request was refused")


def title(status: int) -> Message:
    """Return our name for a status."""
    return TITLES.get(status, _OTHER)


def document(refusal: Refusal, translate: Translate = untranslated) -> dict[str, Any]:
    """Return the problem document of a refusal: `type, title, status, code, detail`, and what it adds."""
    found: dict[str, Any] = {
        "type": f"urn:jicanet:problem:{refusal.code}",
        "title": title(refusal.status).to(translate),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail.to(translate),
    }
    if refusal.errors:
        found["errors"] = [_field(error, translate) for error in refusal.errors]
    for name, value in refusal.extra.items():
        found.setdefault(name, _said(value, translate))
    return found


def _field(error: FieldError, translate: Translate) -> dict[str, Any]:
    said: dict[str, Any] = {
        "pointer": error.pointer,
        "value": shown(error.pointer, error.value),
        "code": error.code,
        "detail": error.detail.to(translate),
    }
    if error.choices:
        said["choices"] = [_said(choice, translate) for choice in error.choices]
    return said


def _said(value: Any, translate: Translate) -> Any:
    """Return a value of `extra` with every message in it put into words."""
    if isinstance(value, Message):
        return value.to(translate)
    if isinstance(value, Mapping):
        return {str(name): _said(part, translate) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_said(part, translate) for part in value]
    return value


def shown(pointer: str, value: Any) -> Any:
    """Return a refused value as it may be repeated: short, encodable, and never a secret."""
    if pointer.rpartition("/")[2].lower() in _SECRETS:
        return HIDDEN
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and value.bit_length() <= 63:  # noqa: PLR2004 - wider ones are shown as text
        return value
    text = value if isinstance(value, str) else _as_text(value)
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _as_text(value: Any) -> str:
    if isinstance(value, int):
        return hex(value)  # str() refuses more than 4300 digits
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except ValueError:
        return type(value).__name__


def as_document(refusal: Refusal, headers: Mapping[str, str]) -> web.Response:
    """Return the answer to a refused request as a problem document."""
    known = {**_headers(refusal), **headers}
    return json_answer(document(refusal), refusal.status, known, media=PROBLEM_MEDIA)


def answer(request: web.Request, refusal: Refusal, headers: Mapping[str, str]) -> web.Response:
    """Return the answer to a refused request: a page to whom asks for pages, else a problem document."""
    if not wants_page(request):
        return as_document(refusal, headers)
    known = {**_headers(refusal), **headers}
    call = bare_call(request)
    problem = document(refusal, call.translate)
    return page_answer(
        call,
        "error.html",
        status=refusal.status,
        headers=known,
        problem=problem,
        wrote=request.method not in {"GET", "HEAD"},
        sign_in=_sign_in(request, refusal),
    )


def _sign_in(request: web.Request, refusal: Refusal) -> str:
    """Return where to sign in and come back from, empty if that would not help."""
    helps = refusal.status == HTTPStatus.UNAUTHORIZED or (
        isinstance(refusal, Hidden) and not request.get(ACTOR, STRANGER).is_known
    )
    if not helps or not request.app[SITE].has("/sign-in"):
        return ""
    back = {"next": request.path} if request.method in {"GET", "HEAD"} else {}
    return "/sign-in" + ("?" + urlencode(back) if back else "")


def _headers(refusal: Refusal) -> dict[str, str]:
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        return {hdrs.WWW_AUTHENTICATE: "Bearer"}
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {hdrs.RETRY_AFTER: _RETRY_SECONDS}
    return {}


def wants_page(request: web.Request) -> bool:
    """Say whether the asker reads pages: by the route's kind, elsewhere by Accept.

    The API answers in JSON whoever asks; a page's address answers with a page unless only JSON is taken.
    """
    accept = request.headers.get(hdrs.ACCEPT, "").lower()
    route = request.app[SITE].by_handler.get(request.match_info.handler)
    if route is not None and route.media == "json":
        return False
    if route is not None and route.media == "page":
        return "text/html" in accept or "json" not in accept
    return "text/html" in accept and not request.path.startswith("/api/")
