"""One store interface, the same answers from FTS5 and from tsvector: every test runs on both databases."""

import csv
import re
import unicodedata
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from jicanet.catalog import reference, store
from jicanet.catalog.domain.criteria import Criteria, Facets
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import Kind, Record, Title, TitleOrigin
from jicanet.catalog.store.finding import conditions
from jicanet.catalog.tables import material
from jicanet.core.zones import Zones
from jicanet.settings.model import CONFIG
from jicanet.storage import Database

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SHIPPED = CONFIG / "library" / "materials.csv"

# Written apart from the analyser under test: any kana, kanji, hangul or their marks.
CJK = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")


def shipped() -> list[dict[str, str]]:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def titles() -> dict[str, list[str]]:
    return {row["code"]: [folded(row["title_en"]), folded(row["title_ja"])] for row in shipped()}


@pytest.fixture
async def library(database: Database, zones: Zones) -> Database:
    reading = reference.read_materials([("materials.csv", SHIPPED.read_bytes())], reference.vocabulary(zones))
    assert reading.refused == ()
    await database.write(lambda db: store.save_materials(db, reading.records, now=NOW))
    return database


async def found(database: Database, words: str) -> list[str]:
    def query(db: Connection) -> list[str]:
        return [each.code for each in store.search(db, Criteria(words=words), limit=200)]

    return await database.read(query)


async def found_by_all(database: Database, questions: list[str]) -> dict[str, set[str]]:
    def query(db: Connection) -> dict[str, set[str]]:
        fits = {words: conditions(db, Criteria(words=words)) for words in questions}
        return {
            words: set(db.execute(select(material.c.code).where(*held)).scalars())
            for words, held in fits.items()
        }

    return await database.read(query)


# One database for many questions: each copy of it costs more than all of them.
NAMED = {
    "ヒロシマ": ["JN-M001"],
    "Hiroshima": ["JN-M001"],
    "母子手帳": ["JN-M002"],
    "水": ["JN-M003", "JN-M008", "JN-M009", "JN-M037"],
    "ＨＩＲＯＳＨＩＭＡ": ["JN-M001"],
    "hiroSHIMA": ["JN-M001"],
    "ﾋﾛｼﾏ": ["JN-M001"],
    "JN-M058": ["JN-M058"],
    "jn-m058": ["JN-M058"],
    "JICA Okinawa": ["JN-M019", "JN-M020"],
    "水資源": ["JN-M003", "JN-M009"],
    "Water resources": ["JN-M003", "JN-M009"],
    "防災": ["JN-M033", "JN-M055", "JN-M057"],
    "Hiroshima ヒロシマ": ["JN-M001"],
    "Hiroshima 母子手帳": [],
    "母手": [],
    "Reconst": ["JN-M001", "JN-M048"],
    "econstruction": [],
    "Hiroshima!": ["JN-M001"],
    "「ヒロシマ」": ["JN-M001"],
}


async def test_search_finds_what_is_named(library: Database) -> None:
    answers = await found_by_all(library, list(NAMED))
    assert {words: sorted(codes) for words, codes in answers.items()} == NAMED


WITHOUT_A_WORD = (
    '"',
    '""',
    "*",
    "'",
    ":*",
    "<->",
    "\\",
    "%",
    "_",
    "()",
    "!?",
    "。、",
    "…",
    "\x00",
    "\U0001f4da",
)
HOSTILE = (
    "水*",
    "NEAR(",
    "NEAR(水 母, 2)",
    "AND",
    "OR",
    "NOT 水",
    "title:水",
    "水 AND",
    "^水",
    "{水}",
    "水 + 手",
    "'; drop table material; --",
    "水:*",
    "a & b | !c",
    "水 <-> 手",
    "・",
    "ー",
    "ا ل م ا ء",
    "हिन्दी",
    "a " * 100,
    "水" * 200,
    "x" * 200,
    "\ufdfa" * 200,
)


async def test_search_takes_hostile_words_as_words(library: Database) -> None:
    """Whatever a query language would make of them, rows, counts and facets agree and nothing fails."""

    def query(db: Connection) -> dict[str, tuple[int, int, int]]:
        found: dict[str, tuple[int, int, int]] = {}
        for words in HOSTILE:
            asked = Criteria(words=words)
            facets = store.facets(db, asked)
            found[words] = (len(store.search(db, asked, limit=200)), facets.matched, facets.held)
        return found

    answers = await library.read(query)
    assert {held for _, _, held in answers.values()} == {59}
    assert {rows - matched for rows, matched, _ in answers.values()} == {0}
    assert answers["水*"] == answers["^水"] == (4, 4, 59)
    assert answers["NOT 水"] == (0, 0, 59)


async def test_search_without_a_word_finds_nothing(library: Database) -> None:
    assert await found_by_all(library, list(WITHOUT_A_WORD)) == {words: set() for words in WITHOUT_A_WORD}


async def test_search_for_spaces_asks_for_everything(library: Database) -> None:
    assert len(await found(library, " \u3000 ")) == 59


async def test_search_finds_every_piece_of_every_japanese_title(library: Database) -> None:
    by_code = titles()
    runs = [run for texts in by_code.values() for text in texts for run in CJK.findall(text)]
    pieces = sorted(
        {run[at : at + size] for run in runs for size in range(1, 6) for at in range(len(run) - size + 1)}
    )
    assert len(pieces) > 2000
    answers = await found_by_all(library, pieces)
    missed = {
        piece: codes - answers[piece]
        for piece in pieces
        if (codes := {code for code, texts in by_code.items() if any(piece in text for text in texts)})
        - answers[piece]
    }
    assert missed == {}


async def test_search_finds_only_what_holds_the_piece(library: Database) -> None:
    """Precision: whatever is found for kanji or kana holds them in a row, in title, field or producer."""
    texts = {
        row["code"]: folded(
            " / ".join(
                [row["title_ja"], row["title_en"], ThematicField(row["field"]).label("ja"), row["producer"]]
            )
        )
        for row in shipped()
    }
    runs = [run for text in texts.values() for run in CJK.findall(text)]
    pieces = sorted(
        {run[at : at + size] for run in runs for size in (1, 2, 3, 4) for at in range(len(run) - size + 1)}
    )
    answers = await found_by_all(library, pieces)
    assert answers == {piece: {code for code, text in texts.items() if piece in text} for piece in pieces}


async def test_search_finds_every_word_of_every_title(library: Database) -> None:
    by_code = titles()
    words = sorted({word for texts in by_code.values() for text in texts for word in text.split()})
    answers = await found_by_all(library, words)
    missed = {
        word
        for word in words
        if re.search(r"[^\W_]", word)
        and not {code for code, texts in by_code.items() if any(word in text.split() for text in texts)}
        <= answers[word]
    }
    assert missed == set()


def record(code: str, **changed: object) -> Record:
    facts: dict[str, object] = {
        "code": code,
        "titles": {"en": Title(text=f"Title {code}", origin=TitleOrigin.ORIGINAL)},
        "year": None,
        "year_basis": "",
        "languages": (),
        "field": ThematicField.HEALTH,
        "countries": (),
        "minutes": None,
        "kind": Kind.VIDEO,
        "producer": "",
        "url": None,
        "source": "test",
        "notes": "",
    }
    return Record(**{**facts, **changed})  # type: ignore[arg-type]  # the defaults above are of the right types


SMALL = (
    record("A1", languages=("en", "pt-BR"), countries=("VN", "KH"), minutes=8, year=2018),
    record("A2", languages=("ja",), countries=("VN",), minutes=26, kind=Kind.SLIDES),
    record("A3", field=ThematicField.ICT),
    record("A4", languages=("en",), field=ThematicField.ICT, minutes=45, year=2018),
)


FILTERED = {
    Criteria(): ["A1", "A2", "A3", "A4"],
    Criteria(language="en"): ["A1", "A4"],
    Criteria(language="pt"): ["A1"],
    Criteria(language="pt-BR"): ["A1"],
    Criteria(language="p%"): [],
    Criteria(country="VN"): ["A1", "A2"],
    Criteria(field=ThematicField.ICT): ["A3", "A4"],
    Criteria(kind=Kind.SLIDES): ["A2"],
    Criteria(year=2018): ["A1", "A4"],
    Criteria(max_minutes=26): ["A1", "A2"],
    Criteria(max_minutes=7): [],
    Criteria(words="title", language="en", year=2018, field=ThematicField.ICT): ["A4"],
}


async def test_filters_all_hold(database: Database) -> None:
    await database.write(lambda db: store.save_materials(db, SMALL, now=NOW))

    def query(db: Connection) -> dict[Criteria, list[str]]:
        return {asked: [each.code for each in store.search(db, asked, limit=200)] for asked in FILTERED}

    assert await database.read(query) == FILTERED
    counts = await database.read(lambda db: store.count_each(db, list(FILTERED)))
    assert counts == tuple(len(codes) for codes in FILTERED.values())


async def test_facets_count_each_further_choice(database: Database) -> None:
    await database.write(lambda db: store.save_materials(db, SMALL, now=NOW))
    facets = await database.read(lambda db: store.facets(db, Criteria(language="en", year=2018)))
    assert facets == Facets(
        held=4,
        matched=2,
        field={"health": 1, "ict": 1},
        language={"en": 2, "pt-BR": 1},
        country={"VN": 1, "KH": 1, None: 1},
        kind={"video": 2},
        year={"2018": 2},
        minutes={"8": 1, "45": 1},
    )


async def test_search_forgets_what_a_title_no_longer_says(database: Database) -> None:
    await database.write(lambda db: store.save_materials(db, SMALL, now=NOW))
    renamed = record("A3", titles={"ja": Title(text="水と生きる", origin=TitleOrigin.TRANSLATION)})
    await database.write(lambda db: store.save_materials(db, [renamed], now=NOW))
    assert await found(database, "A3 title") == []
    assert await found(database, "水") == ["A3"]


async def test_pages_follow_each_other_without_gap(database: Database) -> None:
    await database.write(lambda db: store.save_materials(db, SMALL, now=NOW))

    def query(db: Connection) -> list[list[str]]:
        cuts = [
            store.search(db, Criteria(), limit=2),
            store.search(db, Criteria(), limit=2, after="A2"),
            store.search(db, Criteria(), limit=2, after="A4"),
            store.search(db, Criteria(), limit=2, skip=3),
        ]
        return [[each.code for each in cut] for cut in cuts]

    assert await database.read(query) == [["A1", "A2"], ["A3", "A4"], [], ["A4"]]


async def test_materials_come_back_as_they_were_stored(database: Database) -> None:
    await database.write(lambda db: store.save_materials(db, SMALL, now=NOW))
    found = await database.read(lambda db: store.materials_by_code(db, ["A1", "A4", "A9"]))
    assert {code: each.record() for code, each in found.items()} == {"A1": SMALL[0], "A4": SMALL[3]}
    assert {each.updated_at for each in found.values()} == {NOW}
