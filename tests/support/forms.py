"""A form of a page as a browser without script has it: filled in, and sent by one of its buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

from aiohttp import ClientResponse

from tests.support.web import Client

Pairs = list[tuple[str, str]]


@dataclass
class PageForm:
    """The fields of one form, in their order; a tick that is off is not among them."""

    action: str
    fields: Pairs = field(default_factory=list)
    buttons: set[tuple[str, str]] = field(default_factory=set)

    def value(self, name: str, row: int = 0) -> str:
        return self.values(name)[row]

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def fill(self, name: str, value: str, row: int = 0) -> "PageForm":
        """Write into a field, a list or a radio button; AssertionError where there is none."""
        places = [at for at, (key, _) in enumerate(self.fields) if key == name]
        self.fields[places[row]] = (name, value)
        return self

    def tick(self, name: str, value: str) -> "PageForm":
        self.fields.append((name, value))
        return self

    def untick(self, name: str, value: str) -> "PageForm":
        self.fields.remove((name, value))
        return self

    async def press(self, client: Client, do: str) -> "Shown":
        """Send the form by the button with that value; AssertionError where it has no such button."""
        assert ("do", do) in self.buttons, sorted(self.buttons)
        answer = await client.post(
            self.action,
            data=[*self.fields, ("do", do)],
            headers={"Accept": "text/html"},
            allow_redirects=False,
        )
        return await shown(answer)


@dataclass
class Shown:
    """A page that was answered: its status, where it leads, its words, its form."""

    status: int
    location: str
    html: str
    form: PageForm

    @property
    def words(self) -> str:
        """Return what a reader sees of the page's own part, spaces run together."""
        parser = _Words()
        parser.feed(self.html[self.html.find("<main") : self.html.find("</main>")])
        return " ".join(" ".join(parser.found).split())


async def shown(answer: ClientResponse) -> Shown:
    """Return a page with the form of its main part."""
    html = await answer.text()
    assert "<script" not in html
    assert " style=" not in html
    main = html[html.find("<main") :]
    parser = _Form(urldefrag(str(answer.url.relative())).url)
    parser.feed(main)
    return Shown(answer.status, answer.headers.get("Location", ""), html, parser.form)


async def look(client: Client, path: str) -> Shown:
    """Open a page."""
    return await shown(await client.get(path, headers={"Accept": "text/html"}, allow_redirects=False))


class _Words(HTMLParser):
    """Collects what is read; the values of lists are not."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the signature is the library's
        self.mute += tag in {"select", "datalist", "textarea"}

    def handle_endtag(self, tag: str) -> None:
        self.mute -= tag in {"select", "datalist", "textarea"}

    def handle_data(self, data: str) -> None:
        if not self.mute:
            self.found.append(data)


class _Form(HTMLParser):
    """Reads the first form whose method is post, as HTML 4.10.21.4 makes its entry list."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.form = PageForm(here)
        self.state = "before"
        self.select: tuple[str, list[tuple[str, bool]]] | None = None
        self.area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.state == "before" and given.get("method") == "post":
            self.state = "inside"
            self.form.action = urljoin(self.here, given.get("action", ""))
        if self.state != "inside":
            return
        if tag == "input":
            self._input(given)
        elif tag == "button":
            self.form.buttons.add((given.get("name", ""), given.get("value", "")))
        elif tag == "select":
            self.select = (given["name"], [])
        elif tag == "option" and self.select:
            self.select[1].append((given["value"], "selected" in given))
        elif tag == "textarea":
            self.area = (given["name"], [])

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"checkbox", "radio"} and "checked" not in given:
            return
        self.form.fields.append((given["name"], given.get("value", "on")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.state == "inside":
            self.state = "after"
        if tag == "select" and self.select:
            name, options = self.select
            chosen = [value for value, is_chosen in options if is_chosen] or [options[0][0]]
            self.form.fields.append((name, chosen[-1]))
            self.select = None
        if tag == "textarea" and self.area:
            name, texts = self.area
            self.form.fields.append((name, "".join(texts).removeprefix("\n")))
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area:
            self.area[1].append(data)
