"""Reading a request's input: raw bytes first, then what they say, then whether a model takes it."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from jicanet.core.errors import FieldError, Invalid, TooLarge
from jicanet.core.text import Message, message
from jicanet.web.complaints import complaints, named, refusal_of, takes_list
from jicanet.web.models import Body
from jicanet.web.refusals import Malformed, WrongMedia

Model = TypeVar("Model", bound=BaseModel)

JSON_MEDIA = "application/json"
FORM_MEDIA = "application/x-www-form-urlencoded"
_DEEPEST = 32
_MOST_FIELDS = 2000  # of a form or query string; a booking of 100 stations and 50 people has 1300
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def media_of(model: type[BaseModel]) -> str:
    """Return the content type in which a model is sent."""
    return JSON_MEDIA if issubclass(model, Body) else FORM_MEDIA


async def read_raw(request: web.Request, model: type[BaseModel], limit: int) -> bytes:
    """Return the body's bytes.

    Raises WrongMedia for another content type, TooLarge as soon as `limit` bytes are passed (what
    follows is not read), Malformed for an encoding that cannot be undone.
    """
    wanted = media_of(model)
    is_utf8 = (request.charset or "utf-8").lower() in {"utf-8", "utf8"}
    if request.body_exists and (request.content_type != wanted or not is_utf8):
        given = request.headers.get(hdrs.CONTENT_TYPE, "")
        raise WrongMedia(
            "wrong_content_type",
            message(
                'The body is "%(given)s". Send %(wanted)s in UTF-8 and say so in Content-Type.',
                given=given[:60] or "-",
                wanted=wanted,
            ),
        )
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    raw = bytearray()
    try:
        async for chunk in request.content.iter_any():
            raw += chunk
            if len(raw) > limit:
                raise _too_large(limit)
    except web.RequestPayloadError as exc:
        raise Malformed("broken_body", message("The body does not fit its Content-Encoding.")) from exc
    return bytes(raw)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        "body_too_large",
        message("A body may have %(limit)s bytes. Send less at a time.", limit=f"{limit:,}"),
    )


def read_json(raw: bytes, model: type[Model]) -> Model:
    """Return the value that a JSON body gives.

    Raises Malformed for what is not JSON (NaN and doubled names are not either), and Invalid
    `invalid_body` naming every field that is wrong.
    """
    data = _loaded(raw)
    for pointer, code, value, detail in _unfit(data, ""):
        if code == "unstorable_text":
            raise Invalid("invalid_body", detail, errors=[_error(pointer, code, value, detail)])
        raise Malformed(code, detail, errors=[_error(pointer, code, value, detail)])
    try:
        return model.model_validate_json(raw)
    except ValidationError as exc:
        raise refusal_of("invalid_body", complaints(exc, data, model)) from exc


def _error(pointer: str, code: str, value: Any, detail: Message) -> FieldError:
    return FieldError(pointer=pointer, value=value, code=code, detail=detail)


class _Doubled(dict[str, Any]):
    """An object in which a name stood twice."""

    name: str


class _NotANumber:
    """What JSON has no word for: NaN, Infinity."""

    def __init__(self, text: str) -> None:
        self.text = text


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = _Doubled(found)
    counts = Counter(name for name, _ in pairs)
    doubled.name = next(name for name, count in counts.items() if count > 1)
    return doubled


def _loaded(raw: bytes) -> Any:
    if not raw.strip():
        raise Malformed("body_missing", message("There is no body. Send a JSON object."))
    try:
        text = raw.decode()
    except UnicodeDecodeError as exc:
        raise Malformed("not_utf8", message("The body is not UTF-8: see byte %(at)s.", at=exc.start)) from exc
    _refuse_depth(raw)
    try:
        return json.loads(text, object_pairs_hook=_pairs, parse_constant=_NotANumber)
    except json.JSONDecodeError as exc:
        raise Malformed(
            "not_json",
            message(
                "The body is not JSON: see line %(line)s, column %(column)s.",
                line=exc.lineno,
                column=exc.colno,
            ),
        ) from exc
    except ValueError as exc:  # an integer of more than 4300 digits
        raise Malformed(
            "number_too_long", message("The body holds a number of thousands of digits.")
        ) from exc


def _refuse_depth(raw: bytes) -> None:
    """Raise Malformed for nesting that no body of ours has and that would exhaust a parser."""
    if raw.count(b"[") + raw.count(b"{") <= _DEEPEST:
        return
    depth = 0
    for sign in _STRING.sub(b"", raw):
        if sign in b"[{":
            depth += 1
            if depth > _DEEPEST:
                raise Malformed(
                    "nested_too_deeply",
                    message("The body is nested more than %(most)s levels deep.", most=_DEEPEST),
                )
        elif sign in b"]}":
            depth -= 1


def _unfit(data: Any, pointer: str) -> Iterator[tuple[str, str, Any, Message]]:
    """Yield (pointer, code, value, sentence) of what JSON or a database cannot hold."""
    if isinstance(data, str):
        yield from _unfit_text(data, pointer)
    elif isinstance(data, _NotANumber) or (isinstance(data, float) and not math.isfinite(data)):
        text = data.text if isinstance(data, _NotANumber) else "1e999"
        detail = message(
            "%(field)s is %(value)s, which is no number in JSON.", field=named(pointer), value=text
        )
        yield pointer, "not_a_number", text, detail
    elif isinstance(data, list):
        for index, part in enumerate(data):
            yield from _unfit(part, f"{pointer}/{index}")
    elif isinstance(data, dict):
        if isinstance(data, _Doubled):
            inner = pointer + "/" + _escaped(data.name)
            detail = message("%(field)s stands twice in the body. Send it once.", field=named(inner))
            yield inner, "doubled_field", data[data.name], detail
        for name, part in data.items():
            yield from _unfit_text(name, pointer + "/" + _escaped(name))
            yield from _unfit(part, pointer + "/" + _escaped(name))


def _unfit_text(text: str, pointer: str) -> Iterator[tuple[str, str, Any, Message]]:
    found = _NOT_STORABLE.search(text)
    if found:
        yield (
            pointer,
            "unstorable_text",
            text,
            message(
                "%(field)s holds %(sign)s, which no text can keep. Leave it out.",
                field=named(pointer),
                sign=f"U+{ord(found.group()):04X}",
            ),
        )


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")  # RFC 6901


def read_query(request: web.Request, model: type[Model] | None, *, page: bool) -> Model | None:
    """Return the value that the query string gives; raises Invalid `invalid_query` naming each parameter.

    A page passes over names it does not know and empty values; the API refuses unknown names.
    """
    pairs = [
        (name, value) for name, value in request.query.items() if not page or name not in {"lang", "zone"}
    ]
    if page:
        names = frozenset(model.model_fields) if model else frozenset()
        pairs = [(name, value) for name, value in pairs if name in names and value.strip()]
    elif model is None:
        return None
    if model is None:
        return None
    return _from_pairs(pairs, model, "invalid_query", last_wins=page)


def read_pairs(pairs: list[tuple[str, str]], model: type[Model]) -> Model:
    """Return the value that names with texts give, as a query string of the API would.

    Raises Invalid `invalid_query` naming each that is wrong: so commands refuse in the same words.
    """
    return _from_pairs(pairs, model, "invalid_query", last_wins=False)


def read_form(raw: bytes, model: type[Model]) -> tuple[Model, str]:
    """Return the value that a form gives, and its `csrf` field; raises Invalid `invalid_form`."""
    pairs, csrf = form_pairs(raw)
    return _from_pairs(pairs, model, "invalid_form", last_wins=False), csrf


def form_pairs(raw: bytes) -> tuple[list[tuple[str, str]], str]:
    """Return the fields of a form as sent, and its `csrf` field apart; raises Malformed."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as exc:  # UnicodeDecodeError is one
        raise Malformed("not_a_form", message("The body is not a form in UTF-8.")) from exc
    csrf = next((value for name, value in pairs if name == "csrf"), "")
    return [(name, value) for name, value in pairs if name != "csrf"], csrf


def _from_pairs(pairs: list[tuple[str, str]], model: type[Model], code: str, *, last_wins: bool) -> Model:
    data: dict[str, Any] = {}
    for name, value in pairs:
        for pointer, fault, given, detail in _unfit_text(value, name):
            raise Invalid(code, detail, errors=[_error(pointer, fault, given, detail)])
        if takes_list(model, name):
            data.setdefault(name, []).append(value)
        elif name in data and not last_wins:
            detail = message("%(field)s is given twice. Give it once.", field=name)
            raise Invalid(code, detail, errors=[_error(name, "doubled_field", value, detail)])
        else:
            data[name] = value
    try:
        return model.model_validate(data)
    except ValidationError as exc:
        raise refusal_of(code, complaints(exc, data, model, flat=True)) from exc
