"""The HTML of a mail: one 600 px table, inline styles, no images (ui.md 6, Mail)."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from jicanet.invitations.render.tongue import Tongue
from jicanet.invitations.render.view import View

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


@cache
def _template() -> Template:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("invitations/mail.html")


def html_page(view: View, tongue: Tongue) -> str:
    """Return the mail as an HTML document, every text escaped."""
    page = _template().render(
        view=view, _=tongue.translate, bare=_bare, breaking=_breaking, unbroken=_unbroken
    )
    # Indentation is for the reader of the template; a mail is counted in bytes.
    return "\n".join(line for line in map(str.strip, page.splitlines()) if line) + "\n"


def _breaking(zone: str) -> Markup:
    """Return the name of a zone that may break after its signs: a phone has little room beside the clock."""
    found = str(escape(zone))
    for sign in "/_":
        found = found.replace(sign, f"{sign}<wbr>")
    return Markup(found)  # noqa: S704 - it was escaped above


def _unbroken(text: str, parts: Iterable[str]) -> Markup:
    """Return a text in which each of these parts stays on one line; the rest breaks where it may."""
    found = str(escape(text))
    for part in map(escape, parts):
        found = found.replace(str(part), f'<span style="white-space:nowrap">{part}</span>', 1)
    return Markup(found)  # noqa: S704 - every piece of it was escaped above


def _bare(address: str) -> str:
    """Return an address as people read it: without its scheme."""
    return address.partition("://")[2] or address
