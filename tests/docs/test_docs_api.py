"""docs/api.md is what the program serves, and `make openapi` writes it so."""

import re

from jicanet.app import api_document
from jicanet.settings import Mode, Settings
from scripts import api_page

DOCUMENT = api_document(Settings(mode=Mode.PRODUCTION))


def test_page_is_as_written_by_make_docs() -> None:
    assert api_page.PAGE.read_text(encoding="utf-8") == api_page.page(DOCUMENT)


def test_page_shows_every_operation_and_shape() -> None:
    heads = re.findall(r"^## (.+)$", api_page.page(DOCUMENT), re.MULTILINE)
    operations = [
        f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods
    ]
    assert heads == [*operations, *DOCUMENT["components"]["schemas"]]


def test_links_of_the_page_lead_to_its_heads() -> None:
    text = api_page.page(DOCUMENT)
    anchors = {
        re.sub(r"[^a-z0-9_ -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^##? (.+)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
