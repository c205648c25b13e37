"""One template environment per language: a page never sees another language's words."""

from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2

from jicanet.web import words
from jicanet.web.i18n import Catalogues, Lang

TEMPLATES = Path(__file__).with_name("templates")


@cache
def environment(lang: Lang, catalogues: Catalogues, folders: tuple[Path, ...] = ()) -> jinja2.Environment:
    """Return the environment of one language over our templates and those of `folders`.

    Made once in a process: compiling templates takes longer than any page of them.
    Everything is escaped; an unknown name is an error; `_` and `ngettext` fill `%(holes)s` from
    keywords; the words of web/words.py are filters that know the language.
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, *folders]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    translate = catalogues.translate(lang)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # put there by the extension
        translate, catalogues.counted(lang), newstyle=True
    )
    made.globals["lang"] = lang
    made.filters.update(_filters(lang, translate))
    return made


def _filters(lang: Lang, translate: Any) -> dict[str, Any]:
    by_language = (
        words.day, words.full_day, words.short_day, words.weekday, words.full_weekday, words.day_mark,
        words.duration, words.listed, words.moment, words.place, words.language, words.country,
    )  # fmt: skip
    filters: dict[str, Any] = {function.__name__: partial(function, lang=lang) for function in by_language}
    filters |= {
        function.__name__: function
        for function in (words.clock, words.clock_range, words.offset, words.number)
    }
    filters["said"] = lambda sentence: sentence.to(translate)
    return filters
