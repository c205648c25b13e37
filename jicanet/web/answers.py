"""What handlers answer with: JSON, a page, or the way to another page."""

import gzip
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import hdrs, web
from pydantic_core import to_json

from jicanet.web.call import Call
from jicanet.web.keys import SITE
from jicanet.web.pages import frame

_OWN_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-~]*)?")  # neither //host nor /\host, no space or control
_WORTH_GZIP = 600  # bytes under which compressing costs more than it saves


def json_answer(
    data: Any, status: int = 200, headers: Mapping[str, str] | None = None, *, media: str = "application/json"
) -> web.Response:
    """Return `data` as JSON: models, dataclasses, enums and aware datetimes (RFC 3339) are known.

    It is not to be stored by anybody unless `headers` says otherwise.
    """
    known = {hdrs.CACHE_CONTROL: "no-store", **(headers or {})}
    body = to_json(data, by_alias=True)
    return web.Response(body=body, status=status, headers=known, content_type=media)


def page_answer(
    call: Call,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> web.Response:
    """Return the page that `template` makes of `context`, in the viewer's language.

    A template knows besides: `call`, `lang`, `page` (web/pages.py, Frame), `_`, `ngettext` and the
    words of web/words.py as filters.
    """
    environment = call.request.app[SITE].templates[call.lang]
    text = environment.get_template(template).render(call=call, lang=call.lang, page=frame(call), **context)
    known = {
        hdrs.CONTENT_LANGUAGE: call.lang,
        hdrs.VARY: "Accept-Encoding, Accept-Language, Cookie",
        hdrs.CACHE_CONTROL: "private, no-store" if call.actor.is_known else "no-cache",
        **(headers or {}),
    }
    response = web.Response(
        body=text.encode(), status=status, headers=known, content_type="text/html", charset="utf-8"
    )
    return compressed(call.request, response)


def compressed(request: web.Request, response: web.Response) -> web.Response:
    """Return the response, its body in gzip if the asker takes that and it is worth it."""
    body = response.body
    if not isinstance(body, bytes) or len(body) < _WORTH_GZIP or not takes_gzip(request):
        return response
    # mtime 0: equal pages give equal bytes.
    response.body = gzip.compress(body, 6, mtime=0)
    response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    return response


def takes_gzip(request: web.Request) -> bool:
    """Say whether Accept-Encoding names gzip and does not forbid it with q=0 (RFC 9110 12.5.3)."""
    for part in request.headers.get(hdrs.ACCEPT_ENCODING, "").split(","):
        name, _, parameters = part.partition(";")
        if name.strip().lower() in {"gzip", "x-gzip"}:
            quality = parameters.strip().lower().removeprefix("q=").strip()
            return quality.rstrip("0") not in {"0.", "."} and quality != "0"
    return False


def redirect(call: Call, path: str, *, keep: Iterable[str] = ()) -> web.Response:
    """Return 303 to a path of this site, with the named parameters of the present query.

    Raises ValueError for an address that could lead elsewhere: redirects are relative only.
    """
    if not _OWN_PATH.fullmatch(path):
        msg = "a redirect leads to a path of this site"
        raise ValueError(msg)
    kept = [(name, value) for name in keep for value in call.request.query.getall(name, [])]
    location = path + ("&" if "?" in path else "?") + urlencode(kept) if kept else path
    return web.Response(status=303, headers={hdrs.LOCATION: location, hdrs.CACHE_CONTROL: "no-store"})
