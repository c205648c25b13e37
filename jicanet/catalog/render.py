"""Materials, choices and questions as what the pages draw: words in the reader's language and addresses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from jicanet.catalog.domain.criteria import Criteria, Facets
from jicanet.catalog.domain.fields import ThematicField
from jicanet.catalog.domain.model import Kind, Material, Title, TitleOrigin
from jicanet.core.text import Message, Translate, message
from jicanet.web import words

LIBRARY = "/library"
KINDS: Mapping[Kind, Message] = {
    Kind.VIDEO: message("Video"),
    Kind.MULTIMEDIA: message("Multimedia"),
    Kind.SLIDES: message("Slides"),
    Kind.DOCUMENT: message("Document"),
    Kind.AUDIO: message("Audio"),
    Kind.RECORDING: message("Recording"),
    Kind.SESSION_ARCHIVE: message("Session archive"),
}
_HEADS: Mapping[str, Message] = {
    "field": message("Field"),
    "language": message("Language"),
    "country": message("Country"),
    "kind": message("Kind"),
    "year": message("Year of production"),
    "max_minutes": message("Length"),
}
_LENGTHS = (10, 30, 45)  # minutes that fit a break, a module and a lesson; our choice
_AT_ONCE = 10  # choices of a group that stand open
# The page's own names of what is asked: `lang` is there the language of the page.
_PARAMETERS: Mapping[str, str] = {"words": "q"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The language somebody reads in."""

    lang: str
    translate: Translate

    def say(self, sentence: Message) -> str:
        """Return a message in that language."""
        return sentence.to(self.translate)


def address(criteria: Criteria, *, page: int = 1) -> str:
    """Return the address of the page of the library that answers a question."""
    asked = {_PARAMETERS.get(each.name, each.name): getattr(criteria, each.name) for each in fields(criteria)}
    pairs = [(name, value) for name, value in asked.items() if value]
    if page > 1:
        pairs.append(("page", page))
    return f"{LIBRARY}?{urlencode(pairs)}" if pairs else LIBRARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A link that narrows the list, with what it leaves; `is_chosen` for the one that is on."""

    href: str
    text: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The choices of one kind; `more` are those past the first ten, `unknown` how many cannot be told."""

    head: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]
    unknown: int
    any_href: str


def groups(criteria: Criteria, facets: Facets, reader: Reader) -> tuple[Group, ...]:
    """Return what the list can be narrowed by, each choice with what it leaves, most first."""
    found: list[Group] = []
    for name, head in _HEADS.items():
        counts = _up_to(facets.minutes) if name == "max_minutes" else getattr(facets, name)
        chosen = getattr(criteria, name)
        choices = [
            Choice(
                href=address(_with(criteria, name, value)),
                text=label(name, value, reader),
                count=count,
                is_chosen=str(chosen) == value,
            )
            for value, count in counts.items()
            if value is not None
        ]
        unknown = counts.get(None, 0)
        if not choices and not unknown:
            continue
        if name == "year":
            choices.sort(key=lambda each: each.text, reverse=True)
        elif name != "max_minutes":
            choices.sort(key=lambda each: (not each.is_chosen, -each.count, each.text))
        found.append(
            Group(
                head=reader.say(head),
                choices=tuple(choices[:_AT_ONCE]),
                more=tuple(choices[_AT_ONCE:]),
                unknown=unknown,
                any_href=address(criteria.without(name)) if chosen else "",
            )
        )
    return tuple(found)


def _up_to(minutes: Mapping[str | None, int]) -> dict[str | None, int]:
    known = {int(value): count for value, count in minutes.items() if value is not None}
    counts: dict[str | None, int] = {
        str(most): sum(count for length, count in known.items() if length <= most) for most in _LENGTHS
    }
    return {value: count for value, count in {**counts, None: minutes.get(None, 0)}.items() if count}


_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "field": ThematicField,
    "kind": Kind,
    "year": int,
    "max_minutes": int,
}


def _with(criteria: Criteria, name: str, value: str) -> Criteria:
    changed: dict[str, Any] = {name: _FROM_TEXT.get(name, str)(value)}
    return replace(criteria, **changed)


_LABELS: Mapping[str, Callable[[str, Reader], str]] = {
    "words": lambda text, reader: reader.say(message("“%(words)s”", words=text)),
    "field": lambda text, reader: ThematicField(text).label(reader.lang),
    "language": lambda text, reader: words.language(text, reader.lang),
    "country": lambda text, reader: words.country(text, reader.lang),
    "kind": lambda text, reader: reader.say(KINDS[Kind(text)]),
    "year": lambda text, _: text,
    "max_minutes": lambda text, reader: reader.say(
        message("Up to %(length)s", length=words.duration(int(text), reader.lang))
    ),
}


def label(name: str, value: object, reader: Reader) -> str:
    """Return the words for one value of one part of a question."""
    return _LABELS[name](str(value), reader)


def narrowed(criteria: Criteria, reader: Reader) -> tuple[Choice, ...]:
    """Return everything that is on, each with the address that takes it away."""
    return tuple(
        Choice(
            href=address(criteria.without(name)),
            text=label(name, getattr(criteria, name), reader),
            count=0,
            is_chosen=True,
        )
        for name in _asked(criteria)
    )


def instead(questions: Sequence[tuple[Criteria, int]], reader: Reader) -> tuple[Choice, ...]:
    """Return links to the questions that would find something: `“kaizen” alone`, `“kaizen” · Health`."""
    return tuple(
        Choice(
            href=address(asked),
            text=told(asked, reader)
            if asked.filters
            else reader.say(message("“%(words)s” alone", words=asked.words)),
            count=count,
            is_chosen=False,
        )
        for asked, count in questions
    )


def told(criteria: Criteria, reader: Reader) -> str:
    """Return a question in words: `“kaizen” · Health`."""
    return between(reader).join(label(name, getattr(criteria, name), reader) for name in _asked(criteria))


def _asked(criteria: Criteria) -> tuple[str, ...]:
    return ("words", *criteria.filters) if criteria.has_words else criteria.filters


def between(reader: Reader) -> str:
    """Return what stands between short facts on one line."""
    return " ／ " if reader.lang == "ja" else " · "


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleLine:
    """A title with its language tag and that language's name."""

    lang: str
    language: str
    text: str
    is_translation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A material in the list. `only` says that the title is known in another language alone."""

    href: str
    code: str
    title: TitleLine
    others: tuple[TitleLine, ...]
    only: str
    facts: str
    about: tuple[str, ...]


def line(found: Material, reader: Reader) -> Line:
    """Return a material as one line of the list; facts that are not known are left out there."""
    shown, title = found.title_for(reader.lang)
    others = tuple(_title(lang, other, reader) for lang, other in found.other_titles(reader.lang))
    only = ""
    if shown != reader.lang:
        only = reader.say(
            message("title known in %(language)s only", language=words.language(shown, reader.lang))
        )
    facts = [found.field.label(reader.lang)]
    if found.countries:
        facts.append(
            words.listed([words.country(code, reader.lang) for code in found.countries], reader.lang)
        )
    if found.year:
        facts.append(reader.say(message("produced %(year)s", year=found.year)))
    if found.minutes:
        facts.append(words.duration(found.minutes, reader.lang))
    languages = [words.language(tag, reader.lang) for tag in found.languages]
    return Line(
        href=f"{LIBRARY}/{found.code}",
        code=found.code,
        title=_title(shown, title, reader),
        others=others,
        only=only,
        facts=between(reader).join(facts),
        about=tuple(
            filter(
                None,
                (reader.say(KINDS[found.kind]), words.listed(languages, reader.lang) if languages else ""),
            )
        ),
    )


def titles(found: Material, reader: Reader) -> tuple[TitleLine, ...]:
    """Return all titles, the reader's own language first."""
    shown, title = found.title_for(reader.lang)
    rest = found.other_titles(reader.lang)
    return tuple(_title(lang, each, reader) for lang, each in ((shown, title), *rest))


def _title(lang: str, title: Title, reader: Reader) -> TitleLine:
    return TitleLine(
        lang=lang,
        language=words.language(lang, reader.lang),
        text=title.text,
        is_translation=title.origin is TitleOrigin.TRANSLATION,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLink:
    """A part of a record's source: an address, shown as its host and path, or the name of a publication."""

    href: str
    text: str


def sources(parts: Sequence[str]) -> tuple[SourceLink, ...]:
    """Return the parts of a record's source; only http(s) ones become links."""
    found: list[SourceLink] = []
    for part in parts:
        is_link = part.startswith(("https://", "http://")) and not set(part) & set(' <>"')
        found.append(SourceLink(href=part if is_link else "", text=shown_address(part) if is_link else part))
    return tuple(found)


def shown_address(url: str) -> str:
    """Return an address without its scheme, as people read it."""
    parts = urlsplit(url)
    return (parts.netloc + parts.path).rstrip("/") + (f"?{parts.query}" if parts.query else "")


def structured(found: Material, public_url: str) -> dict[str, Any]:
    """Return the material as a schema.org LearningResource (JSON-LD), without what is not known."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "@id": f"{public_url}{LIBRARY}/{found.code}",
        "identifier": found.code,
        "name": [
            {"@value": title.text, "@language": language} for language, title in sorted(found.titles.items())
        ],
        "learningResourceType": found.kind.value,
        "about": found.field.label("en"),
        "inLanguage": list(found.languages),
        "spatialCoverage": [words.country(code, "en") for code in found.countries],
        "dateCreated": str(found.year) if found.year else None,
        "timeRequired": f"PT{found.minutes}M" if found.minutes else None,
        "producer": {"@type": "Organization", "name": found.producer} if found.producer else None,
        "url": found.url,
    }
    return {name: value for name, value in data.items() if value}
