"""The viewer's language and zone: what the address asks for once, then the cookie, then what is usual."""

from aiohttp import hdrs, web

from jicanet.core.errors import Invalid
from jicanet.core.text import message
from jicanet.core.zones import Zone
from jicanet.web.i18n import LANGUAGES, Lang, as_language
from jicanet.web.keys import SERVICES, USER_LANGUAGE, USER_ZONE

LANGUAGE_COOKIE = "jicanet_lang"
ZONE_COOKIE = "jicanet_zone"
USUAL_ZONE = "Asia/Tokyo"
_YEAR = 365 * 24 * 3600


def language_of(request: web.Request) -> Lang:
    """Return `?lang=`, else the cookie's, else the user's own, else the best of Accept-Language, else en.

    A language that we do not speak is passed over: a link from elsewhere should still open.
    """
    asked = as_language(request.query.get("lang"))
    kept = as_language(request.cookies.get(LANGUAGE_COOKIE))
    own = as_language(request.get(USER_LANGUAGE))
    return asked or kept or own or accepted_language(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))


def accepted_language(header: str) -> Lang:
    """Return the language of Accept-Language with the highest weight that we speak, else en (RFC 9110 12.5.4)."""
    best: tuple[float, int, Lang] | None = None
    for place, part in enumerate(header.split(",")[:50]):
        tag, _, parameter = part.partition(";")
        found = as_language(tag.strip())
        weight = _weight(parameter)
        if found and weight > 0 and (best is None or (weight, -place) > best[:2]):
            best = (weight, -place, found)
    return best[2] if best else LANGUAGES[0]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0


def zone_of(request: web.Request, *, strict: bool = True) -> tuple[Zone, bool]:
    """Return `?zone=`, else the cookie's zone, else the user's own, else Tokyo; and whether it was chosen.

    Raises Invalid `unknown_zone` about the parameter `zone`; not with `strict` false, where what does
    not name a zone is passed over (an error page must still have a clock).
    """
    zones = request.app[SERVICES].zones
    asked = request.query.get("zone")
    for name in (asked, request.cookies.get(ZONE_COOKIE), request.get(USER_ZONE)):
        if not name:
            continue
        try:
            return zones.get(name), True
        except Invalid as exc:
            if strict and name == asked:
                raise _unknown(name) from exc
    return zones.get(USUAL_ZONE), False


def _unknown(name: str) -> Invalid:
    return Invalid.field(
        "zone",
        name,
        "unknown_zone",
        message('There is no zone "%(zone)s". Choose one of the list under "change zone".', zone=name[:60]),
    )


def keep_choices(request: web.Request, response: web.StreamResponse) -> None:
    """Set a cookie for the language and the zone that the address chose."""
    if response.prepared:
        return
    lang = as_language(request.query.get("lang"))
    if lang:
        _cookie(request, response, LANGUAGE_COOKIE, lang)
    if request.query.get("zone"):
        _cookie(request, response, ZONE_COOKIE, zone_of(request)[0].name)


def _cookie(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    secure = request.app[SERVICES].settings.is_https
    response.set_cookie(
        name, value, max_age=_YEAR, path="/", httponly=True, samesite="Lax", secure=secure or None
    )
