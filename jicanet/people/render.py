"""The sign-in mail and the address in it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from sqlalchemy import Connection

from jicanet.core.errors import Unavailable
from jicanet.core.text import Translate, message
from jicanet.mail.delivery import Renderer
from jicanet.mail.message import Letter
from jicanet.mail.model import OutboxRow
from jicanet.people import store
from jicanet.people.domain.paths import HOME
from jicanet.people.domain.tokens import hashed, link_token
from jicanet.services import Services
from jicanet.settings import Settings
from jicanet.web import words
from jicanet.web.i18n import Catalogues, as_language

_TEMPLATES = Path(__file__).with_name("templates")

_SUBJECT = message("Sign in to JICA-Net")
_INTRO = message(
    "Somebody, most likely you, asked for a way in with this address. Open the page and press its button:"
)
_BUTTON = message("Open the sign-in page")
_NOT_YOU = message("If it was not you, do nothing. Nobody gets in without this mail.")


def signing_key(services: Services) -> bytes:
    """Return the key from which sign-in links are made; raises Unavailable where there is none."""
    key = services.settings.secret_key
    if key is None or not key.get_secret_value():
        raise Unavailable(
            "secret_key_missing",
            message("Sign-in links need a secret key. Set JICANET_SECRET_KEY and start again."),
        )
    return key.get_secret_value().encode()


def sign_in_url(services: Services, token: str, next_path: str = HOME) -> str:
    """Return the absolute address of a sign-in link, from the settings alone, never from a request."""
    address = f"{services.settings.public_url}/sign-in/{token}"
    return address if next_path == HOME else f"{address}?next={_quoted(next_path)}"


def _quoted(path: str) -> str:
    # `safe_next` let only these pass that mean something in a query string.
    return path.replace("%", "%25").replace("&", "%26").replace("+", "%2B")


def sign_in_renderer(catalogues: Catalogues) -> Renderer:
    """Return the renderer of outbox rows of kind `sign-in`: a letter in the user's language.

    The row names the link; its token is made again here, so nothing secret is stored before. It raises
    LookupError if the link is gone or the key has changed since: no mail leaves whose link cannot work.
    """

    def render(db: Connection, services: Services, row: OutboxRow) -> Letter:
        found = store.link_with_hash(db, str(row.payload["link"]))
        user = None if found is None else store.user_by_id(db, found[0].user_id)
        if found is None or user is None:
            raise LookupError("the sign-in link no longer exists")
        link, token_hash = found
        token = link_token(signing_key(services), link.id)
        if hashed(token) != token_hash:
            raise LookupError("the secret key has changed since the sign-in link was made")
        url = sign_in_url(services, token, str(row.payload["next"]))
        lang = as_language(user.language) or "en"
        local = services.zones.get(user.zone).local(link.expires_at)
        said = _said(local, user.zone, lang, catalogues.translate(lang))
        return _letter(said, url, lang, services.settings)

    return render


def _said(until: datetime, zone: str, lang: str, translate: Translate) -> Mapping[str, str]:
    lines = {
        "subject": _SUBJECT,
        "intro": _INTRO,
        "button": _BUTTON,
        "until": message(
            "The link works once, until %(clock)s on %(day)s (%(place)s, %(offset)s).",
            clock=words.clock(until),
            day=words.day(until, lang),
            place=words.place(zone, lang),
            offset=words.offset(until),
        ),
        "not_you": _NOT_YOU,
    }
    return {name: line.to(translate) for name, line in lines.items()}


def _letter(said: Mapping[str, str], url: str, lang: str, settings: Settings) -> Letter:
    return Letter(
        # The address that answers come to, without a session's token: it exists and takes bounces.
        sender=f"sessions@{settings.mail_domain}",
        sender_name=settings.mail_name,
        subject=said["subject"],
        text=f"{said['intro']}\n\n{url}\n\n{said['until']}\n\n{said['not_you']}\n",
        html=_template().render(url=url, lang=lang, **said),
        language=lang,
        is_secret=True,
    )


@cache
def _template() -> Template:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("people/mail.html")
