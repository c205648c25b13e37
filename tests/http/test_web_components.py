"""The components as pages hold them: sound markup, no style or script within, names for every control."""

import gzip
import re
from collections import Counter
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import pytest

from jicanet.core.actor import STRANGER
from tests.support.clock import FakeClock
from tests.support.gallery import FOLDER, MOMENT, ROUTES
from tests.support.web import Client, known_as, plain_services, serving

VOID = frozenset({"meta", "link", "input", "br", "rect", "line", "use", "path", "circle", "option"})
LANGUAGES = ("en", "ja")


class Markup(HTMLParser):
    """Collects elements, and what is closed in the wrong order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.faults += [f"{tag} is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else at {self.getpos()}")

    def all(self, name: str) -> list[str]:
        return [attrs[name] for _, attrs in self.elements if name in attrs]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    services = plain_services(clock=FakeClock(MOMENT))
    async with serving(ROUTES, services=services, recognise=known_as(STRANGER), templates=[FOLDER]) as client:
        yield client


async def text_of(client: Client, lang: str) -> str:
    return await (await client.get(f"/?lang={lang}")).text()


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_markup_is_sound(lang: str, client: Client) -> None:
    markup = Markup(await text_of(client, lang))

    assert markup.faults == []
    assert [name for name, count in Counter(markup.all("id")).items() if count > 1] == []


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_nothing_in_a_page_needs_more_than_the_policy_allows(lang: str, client: Client) -> None:
    markup = Markup(await text_of(client, lang))

    tags = {tag for tag, _ in markup.elements}
    names = {name for _, attrs in markup.elements for name in attrs}
    assert tags & {"script", "style", "iframe", "object", "img"} == set()
    assert [name for name in names if name == "style" or name.startswith("on")] == []


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_what_is_referred_to_is_there(lang: str, client: Client) -> None:
    markup = Markup(await text_of(client, lang))
    ids = set(markup.all("id"))

    wanted = {attrs["href"].removeprefix("#") for tag, attrs in markup.elements if tag == "use"}
    wanted |= {name for value in markup.all("aria-describedby") for name in value.split()}
    wanted |= set(markup.all("for"))
    assert wanted - ids == set()


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_control_has_a_name(lang: str, client: Client) -> None:
    markup = Markup(await text_of(client, lang))
    labelled = set(markup.all("for"))

    controls = [
        attrs
        for tag, attrs in markup.elements
        if tag in {"input", "select"} and attrs.get("type") != "hidden"
    ]
    assert [attrs for attrs in controls if attrs.get("id") not in labelled] == []
    assert [
        attrs for tag, attrs in markup.elements if attrs.get("role") == "img" and not attrs.get("aria-label")
    ] == []
    assert [
        tag
        for tag, attrs in markup.elements
        if tag == "svg" and not {"role", "aria-hidden", "class"} & set(attrs)
    ] == []


async def test_strips_have_no_view_box(client: Client) -> None:
    markup = Markup(await text_of(client, "en"))

    drawings = [
        attrs for tag, attrs in markup.elements if tag == "svg" and attrs.get("class") in {"strip", "axis"}
    ]
    assert [attrs for attrs in drawings if "viewbox" in attrs or attrs["width"] != "100%"] == []
    assert [attrs["height"] for attrs in drawings if attrs["class"] == "strip"] == ["24"] * 6 + ["36"] * 6


async def test_a_japanese_page_has_no_english_component(client: Client) -> None:
    text = await text_of(client, "ja")

    for english in (
        "Open<",
        "Night<",
        "Busy<",
        "Confirmed",
        "Sign in",
        "change zone",
        "Back<",
        "of 292",
    ):
        assert english not in text
    for japanese in (
        "開所の前後2時間",
        "51–100",
        "次の50件",
        "全292件",
        "確定",
        "01:00にする",
        "直すところが2件あります。",
    ):
        assert japanese in text


async def test_instants_carry_utc_and_the_day_mark(client: Client) -> None:
    text = await text_of(client, "en")

    assert '<time datetime="2026-12-09T06:00:00Z">Wed 9 Dec 15:00</time> Tokyo' in text
    assert (
        'Apia <bdi dir="ltr"><time datetime="2026-12-09T11:00:00Z"><b>00:00</b></time>–'
        '<time datetime="2026-12-09T12:00:00Z">01:00</time></bdi> <span class="daymark">+1 day</span>'
    ) in text
    assert '<p class="date">Wednesday 9 December 2026</p>' in text
    assert '<bdi dir="ltr">06:00–07:30 UTC</bdi> · 90 min · set-up 15 min' in text


async def test_the_frame_weighs_little(client: Client) -> None:
    for lang in LANGUAGES:
        text = await text_of(client, lang)
        frame = re.sub(r"<main.*</main>", "", text, flags=re.DOTALL)

        assert len(gzip.compress(frame.encode())) < 5_000
        assert len(gzip.compress(text.encode())) < 12_000
