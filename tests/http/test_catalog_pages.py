"""The library's pages and its JSON, over HTTP on both databases."""

import re
from collections.abc import AsyncIterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from jicanet.catalog import api, pages, service, store
from jicanet.catalog.domain.visits import VisitKind
from jicanet.core.actor import CONSOLE
from jicanet.services import Services
from jicanet.settings.model import CONFIG
from tests.support.web import Client, serving

SHIPPED = CONFIG / "library" / "materials.csv"
TEMPLATES = Path(pages.__file__).with_name("templates")
# What one database shows of pages the other shows too; the store's contract is tested on both.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
async def client(services: Services) -> AsyncIterator[Client]:
    await service.import_library(services, CONSOLE, [SHIPPED])
    async with serving((*pages.ROUTES, *api.ROUTES), services=services, templates=[TEMPLATES]) as client:
        yield client


async def page(client: Client, address: str, *, lang: str = "en", status: int = 200) -> str:
    answer = await client.get(address, headers={"Accept-Language": lang, "User-Agent": FIREFOX})
    assert answer.status == status, await answer.text()
    return unescape(await answer.text())


def listed(text: str) -> list[str]:
    return re.findall(r'class="name" href="/library/([^"]+)"', text)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


async def visits(services: Services) -> dict[tuple[str, str | None, bool], int]:
    def query(db: Connection) -> dict[tuple[str, str | None, bool], int]:
        found = store.count_visits(db, date(2026, 12, 1), date(2026, 12, 1))
        return {(each.what.value, each.material, each.is_robot): each.count for each in found}

    return await services.database.read(query)


async def test_library_lists_fifty_of_59_and_says_of_how_many(client: Client) -> None:
    text = await page(client, "/library")
    assert listed(text) == [f"JN-M{number:03}" for number in range(1, 51)]
    assert "59 of the 292 titles published by 2019 are listed here." in text
    assert "1–50" in text
    assert 'href="/library?page=2"' in text
    second = await page(client, "/library?page=2")
    assert listed(second) == [f"JN-M{number:03}" for number in range(51, 60)]


@ON_SQLITE
async def test_title_stands_in_the_page_s_language_with_the_other_under_it(client: Client) -> None:
    english, japanese = [await page(client, "/library?q=JN-M002", lang=lang) for lang in ("en", "ja")]
    en_title = "Maternal and Child Health Handbook to the World: The Process of Introduction"
    ja_title = "母子手帳を世界に-途上国における導入と普及-"
    assert re.search(rf'lang="en">{en_title}[^<]*</a>\s*<p class="quiet" lang="ja">{ja_title}', english)
    assert re.search(rf'lang="ja">{ja_title}</a>\s*<p class="quiet" lang="en">{en_title}', japanese)
    assert "公開された292本のうち、59本を収録しています。" in japanese
    assert "title known in Japanese only" in await page(client, "/library?q=JN-M004")


async def test_list_is_searched_and_narrowed(client: Client) -> None:
    asked = {
        "q=ヒロシマ": ["JN-M001"],
        "q=Hiroshima": ["JN-M001"],
        "q=母子手帳": ["JN-M002"],
        "q=水": ["JN-M003", "JN-M008", "JN-M009", "JN-M037"],
        "field=ict": ["JN-M025", "JN-M026"],
        "language=es": ["JN-M001", "JN-M006"],
        "country=kh&field=water-resources": ["JN-M003", "JN-M009"],
        "year=2003&kind=multimedia": ["JN-M025", "JN-M026"],
        "q=&field=&utm_source=mail&q=Hiroshima": ["JN-M001"],
        "max_minutes=30": [],
    }
    assert {query: listed(await page(client, f"/library?{query}")) for query in asked} == asked


@ON_SQLITE
async def test_choices_tell_what_they_leave_and_where_they_lead(client: Client) -> None:
    text = await page(client, "/library?field=health")
    assert '<b aria-current="true">Health</b> <span class="quiet">9</span>' in text
    assert '<a href="/library?field=education">Education</a> <span class="quiet">7</span>' in text
    assert '<a href="/library?language=ja&field=health">Japanese</a> <span class="quiet">6</span>' in text
    for address in re.findall(r'<a href="(/library\?[^"]+)">[^<]+</a> <span class="quiet">', text):
        count = int(re.search(re.escape(address) + r'">[^<]+</a> <span class="quiet">(\d+)', text)[1])  # type: ignore[index]  # it was just found
        assert len(listed(await page(client, address))) == min(50, count), address


@ON_SQLITE
@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            [
                "No title matches “Bishkek kaizen” · Transport.",
                "“kaizen” alone : 1 title ",
                "Transport : 6 titles",
            ],
        ),
        (
            "ja",
            [
                "「Bishkek kaizen」 ／ 運輸交通に合う教材はありません。",
                "「kaizen」だけ : 1件",
                "運輸交通 : 6件",
            ],
        ),
    ],
)
async def test_empty_list_says_what_was_searched_and_leads_on(
    client: Client, lang: str, said: list[str]
) -> None:
    text = plain(await page(client, "/library?q=Bishkek+kaizen&field=transport", lang=lang))
    for words in said:
        assert words in text


@ON_SQLITE
async def test_words_without_a_word_are_refused_in_the_form(client: Client) -> None:
    text = await page(client, "/library?q=!%3F", status=422)
    assert 'There is no word in "!?". Search with letters, figures or characters.' in text
    assert 'value="!?"' in text
    assert 'aria-invalid="true"' in text


async def test_hostile_words_get_a_page(client: Client) -> None:
    hostile = ('"', "*", "NEAR(", "AND OR NOT", "a" * 3000, "水*", "';--", "\x00x", "<script>", "%(words)s")
    for words in hostile:
        answer = await client.get("/library", params={"q": words}, headers={"User-Agent": FIREFOX})
        text = await answer.text()
        assert answer.status in {200, 422}, words
        assert "Library of learning materials" in text
        assert "<script>" not in text


@ON_SQLITE
async def test_choice_that_is_none_is_refused_with_a_way_out(client: Client) -> None:
    for query in ("field=cooking", "language=english", "country=Japan", "year=x", "page=0", "kind=film"):
        text = plain(await page(client, f"/library?{query}", status=422))
        assert "The list cannot be narrowed like this." in text
        assert query.partition("=")[0] in text
        assert "Nothing was searched. The whole library : 59 titles" in text


@ON_SQLITE
async def test_page_past_the_end_leads_back(client: Client) -> None:
    text = await page(client, "/library?page=9")
    assert "There is no such page." in text
    assert 'href="/library?page=2"' in text


@ON_SQLITE
async def test_material_shows_both_titles_and_what_is_not_known(client: Client) -> None:
    text = plain(await page(client, "/library/JN-M002"))
    assert "Maternal and Child Health Handbook to the World" in text
    assert "Japanese 母子手帳を世界に-途上国における導入と普及-" in text
    assert "Length ? not known" in text
    assert "Year of production 2018 (basis: JICA annual report)" in text
    assert "Countries it is about Ghana, Vietnam, Indonesia and Palestinian Territories" in text
    assert "Its own page ? not known" in text
    only_japanese = plain(await page(client, "/library/JN-M004"))
    assert "Title in English ? not known" in only_japanese


@ON_SQLITE
async def test_material_links_its_sources_and_its_own_page(client: Client) -> None:
    text = await page(client, "/library/JN-M002")
    assert 'href="https://www.jica.go.jp/activities/schemes/tech_pro/case/20210511.html"' in text
    assert "<div>JICA annual report (JICA-Net section)</div>" in text
    own = await page(client, "/library/JN-M058")
    assert 'href="https://jica-net-library.jica.go.jp/lib2/05PRDM014_f/next01.html"' in own


@ON_SQLITE
async def test_every_page_is_whole_in_japanese(client: Client) -> None:
    for address in (
        "/library",
        "/library?q=zzz+水",
        "/library/JN-M002",
        "/library/JN-M058",
        "/library?field=x",
    ):
        answer = await client.get(address, headers={"Accept-Language": "ja", "User-Agent": FIREFOX})
        text = await answer.text()
        marked = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", text, flags=re.DOTALL)
        words = plain(re.sub(r"<(script|select)[^>]*>.*?</\1>", "", marked, flags=re.DOTALL))
        words = re.sub(r"\S+\.jp\S*", "", words)
        left = re.findall(
            r"\b(?:known|title|titles|search|library|not|page|source|record|any|more)\b", words, re.IGNORECASE
        )
        assert left == [], (address, left)


@ON_SQLITE
async def test_unknown_material_is_a_page_that_says_so(client: Client) -> None:
    text = await page(client, "/library/JN-M999", status=404)
    assert 'There is no material "JN-M999" in the library.' in text


async def test_visits_are_counted_and_robots_apart(client: Client, services: Services) -> None:
    await page(client, "/library")
    await page(client, "/library?q=水")
    await page(client, "/library/JN-M002")
    await client.get("/library/JN-M002", headers={"User-Agent": "Googlebot/2.1"})
    await client.get("/library/JN-M002")
    assert await visits(services) == {
        (VisitKind.LIST.value, None, False): 1,
        (VisitKind.SEARCH.value, None, False): 1,
        (VisitKind.MATERIAL.value, "JN-M002", False): 1,
        (VisitKind.MATERIAL.value, "JN-M002", True): 2,
    }


@ON_SQLITE
async def test_what_is_no_visit_is_not_counted(client: Client, services: Services) -> None:
    known = {"User-Agent": FIREFOX}
    await client.head("/library", headers=known)
    await client.head("/library/JN-M002", headers=known)
    await client.get("/library", headers={**known, "Sec-Purpose": "prefetch;prerender"})
    await client.get("/library/JN-M999", headers=known)
    await client.get("/library?q=!", headers=known)
    await client.get("/api/v1/materials", headers=known)
    await client.get("/api/v1/materials/JN-M002", headers=known)
    assert await visits(services) == {}


async def test_page_is_shown_though_its_visit_cannot_be_stored(client: Client, services: Services) -> None:
    def break_it(db: Connection) -> None:
        db.exec_driver_sql("ALTER TABLE library_visit RENAME TO away")

    await services.database.write(break_it)
    assert len(listed(await page(client, "/library"))) == 50


async def test_page_takes_at_most_twelve_statements(client: Client) -> None:
    for address in ("/library", "/library?q=水", "/library?q=zzz+kaizen+水&field=ict", "/library/JN-M002"):
        await page(client, address)
        seen: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)  # noqa: B023 - listened to within this turn alone

        event.listen(Engine, "before_cursor_execute", note)
        try:
            await page(client, address)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        assert 0 < len(seen) <= 12, (address, seen)


async def test_json_lists_and_goes_on(client: Client) -> None:
    codes: list[str] = []
    address: str | None = "/api/v1/materials?limit=25"
    while address:
        data = await (await client.get(address)).json()
        assert (data["matched"], data["held"], data["published"]) == (59, 59, 292)
        codes += [each["code"] for each in data["items"]]
        address = data["next"]
    assert codes == [f"JN-M{number:03}" for number in range(1, 60)]


async def test_json_narrows_and_keeps_the_question_in_next(client: Client) -> None:
    address = "/api/v1/materials?q=water&lang=JA&field=water-resources&country=kh&limit=1"
    data = await (await client.get(address)).json()
    assert [each["code"] for each in data["items"]] == ["JN-M003"]
    assert data["next"] == (
        "/api/v1/materials?q=water&field=water-resources&country=KH&lang=ja&limit=1&after=JN-M003"
    )
    following = await (await client.get(data["next"])).json()
    assert ([each["code"] for each in following["items"]], following["next"]) == (["JN-M009"], None)


@ON_SQLITE
async def test_json_material_says_null_for_what_is_not_known(client: Client) -> None:
    data = await (await client.get("/api/v1/materials/JN-M001")).json()
    assert data == {
        "code": "JN-M001",
        "title": {
            "en": "A Message from the Reconstruction of Hiroshima: "
            "The Role and Actions of Local Government in Reconstruction",
            "ja": "ヒロシマ復興からのメッセージ -復興における地方行政の役割と取組み-",
        },
        "title_origin": {"en": "original", "ja": "original"},
        "year": 2019,
        "year_basis": "JICA annual report",
        "languages": ["en", "ja", "es", "fr"],
        "field": "peacebuilding",
        "countries": ["JP"],
        "minutes": None,
        "kind": "video",
        "producer": "JICA",
        "url": None,
        "page": "http://jicanet.test/library/JN-M001",
        "sources": [
            "JICA annual report (JICA-Net section)",
            "https://www.jica.go.jp/activities/schemes/tech_pro/case/20211026.html",
        ],
        "notes": None,
        "updated_at": "2026-12-01T00:00:00Z",
    }


@ON_SQLITE
async def test_json_query_that_says_nothing_is_refused(client: Client) -> None:
    refused = {
        "q=" + "x" * 201: ("q", "too_long"),
        "q=%22%22": ("q", "no_word"),
        "lang=english": ("lang", "bad_language"),
        "field=cooking": ("field", "not_a_choice"),
        "country=Japan": ("country", "bad_country"),
        "year=last": ("year", "wrong_form"),
        "kind=film": ("kind", "not_a_choice"),
        "max_minutes=0": ("max_minutes", "too_small"),
        "limit=201": ("limit", "too_large"),
        "limit=0": ("limit", "too_small"),
        "after=%2F": ("after", "bad_code"),
        "language=en": ("language", "unknown_field"),
    }
    for query, fault in refused.items():
        answer = await client.get(f"/api/v1/materials?{query}")
        data = await answer.json()
        assert (answer.status, data["code"]) == (422, "invalid_query")
        assert [(each["pointer"], each["code"]) for each in data["errors"]] == [fault]


@ON_SQLITE
async def test_json_says_what_is_not_there(client: Client) -> None:
    answer = await client.get("/api/v1/materials/JN-M999")
    assert (answer.status, (await answer.json())["code"]) == (404, "unknown_material")
