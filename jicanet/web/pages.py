"""The frame of every page: clock line, masthead and foot as values that base.html draws."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from jicanet.core.actor import STRANGER, Action
from jicanet.core.text import Message, message
from jicanet.web import words
from jicanet.web.call import Call
from jicanet.web.i18n import LANGUAGE_NAMES, LANGUAGES
from jicanet.web.keys import ACTOR, CATALOGUES, CSRF, NOW, SERVICES, SITE
from jicanet.web.viewer import language_of, zone_of

# Never repeated in a link: an address that carries a secret must not spread.
_SECRET_NAMES = frozenset({"token", "key", "secret", "csrf"})
_NAVIGATION = (
    ("/", message("Now"), Action.READ_PUBLIC),
    ("/book", message("Book"), Action.BOOK_SESSION),
    ("/book", message("Ask for a session"), Action.ASK_SESSION),
    ("/requests", message("Requests"), Action.ASK_SESSION),
    ("/stations", message("Stations"), Action.READ_PUBLIC),
    ("/library", message("Library"), Action.READ_PUBLIC),
)
_FOOT = (
    ("/replies", message("Mails to judge"), Action.TAKE_REPLIES),
    ("/dev/mailbox", message("Mailbox"), Action.SEE_MAILBOX),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way to somewhere, its words already in the viewer's language."""

    href: str
    text: str
    current: bool = False
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What base.html draws around the page. `here` is where forms and links of the frame return to."""

    stylesheet: str
    clock: str
    place: str
    day: str
    offset: str
    zone: str
    zone_chosen: bool
    zones: tuple[str, ...]
    zone_data: str
    here: str
    kept: tuple[tuple[str, str], ...]
    languages: tuple[Link, ...]
    navigation: tuple[Link, ...]
    foot: tuple[Link, ...]
    account: str
    sign_in: str
    sign_out: str
    csrf: str


def frame(call: Call) -> Frame:
    """Return the frame of the page that answers this call."""
    request, local = call.request, call.local_now
    site = request.app[SITE]
    kept = [(name, value) for name, value in request.query.items() if name not in _SECRET_NAMES]
    here = _here(request)
    return Frame(
        stylesheet=site.stylesheet,
        clock=words.clock(local),
        place=words.place(call.zone.name, call.lang),
        day=words.day(local, call.lang),
        offset=words.offset(local),
        zone=call.zone.name,
        zone_chosen=call.zone_chosen,
        zones=call.services.zones.names(),
        zone_data=call.services.zones.version,
        here=here,
        kept=tuple((name, value) for name, value in kept if name not in {"zone", "lang"}),
        languages=_languages(call, here, kept),
        navigation=_links(call, _NAVIGATION),
        foot=_links(call, _FOOT),
        account=call.actor.name if call.actor.is_known else "",
        sign_in="/sign-in" if site.has("/sign-in") else "",
        sign_out="/sign-out" if site.has("/sign-out", "POST") else "",
        csrf=request.get(CSRF, ""),
    )


def _links(call: Call, entries: Iterable[tuple[str, Message, Action]]) -> tuple[Link, ...]:
    """Return the ways to what exists and the viewer may use; of two names of one way the first that fits."""
    site = call.request.app[SITE]
    names: dict[str, Message] = {}
    for path, name, action in entries:
        if site.has(path) and call.services.may(call.actor, action):
            names.setdefault(path, name)
    return tuple(
        Link(href=path, text=call.say(name), current=_is_current(call.request.path, path))
        for path, name in names.items()
    )


def _languages(call: Call, here: str, kept: Iterable[tuple[str, str]]) -> tuple[Link, ...]:
    other = [(name, value) for name, value in kept if name not in {"lang", "zone"}]
    return tuple(
        Link(
            href=f"{here}?{urlencode([('lang', lang), *other])}",
            text=LANGUAGE_NAMES[lang],
            current=lang == call.lang,
            lang=lang,
        )
        for lang in LANGUAGES
    )


def _here(request: web.Request) -> str:
    """Return the address that a link of the frame starts with: nothing, so that `?lang=ja` stays here.

    A relative link does not repeat the path, which may hold a secret. Where only POST is answered, the
    first page is the place to go.
    """
    if request.method in {"GET", "HEAD"}:
        return ""
    resource = request.match_info.route.resource
    known = resource is not None and request.app[SITE].has(resource.canonical)
    return "" if known else "/"


def _is_current(path: str, entry: str) -> bool:
    return path == entry or (entry != "/" and path.startswith(entry + "/"))


def bare_call(request: web.Request) -> Call:
    """Return a call without input, for a page about a request that did not get as far as its handler."""
    services = request.app[SERVICES]
    lang = language_of(request)
    zone, chosen = zone_of(request, strict=False)
    return Call(
        request=request,
        services=services,
        actor=request.get(ACTOR, STRANGER),
        path={},
        lang=lang,
        translate=request.app[CATALOGUES].translate(lang),
        zone=zone,
        zone_chosen=chosen,
        now=request[NOW],
    )
