"""What a model found wrong, in sentences that name field, value and remedy instead of pydantic's own."""

import difflib
import re
import types
from collections.abc import Mapping, Sequence
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import Message, message
from jicanet.web.models import Wrong

_MOST = 20  # complaints in one answer: enough to mend a body
_READ = 200  # errors that are looked at: a hostile body has a hundred thousand
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")

# What a field wants, by pydantic's name of the type error.
_WANTED: Mapping[str, Message] = {
    "string": message("text"),
    "int": message("a whole number"),
    "float": message("a number"),
    "decimal": message("a number"),
    "bool": message("true or false"),
    "list": message("a list"),
    "tuple": message("a list"),
    "set": message("a list"),
    "frozen_set": message("a list"),
    "dict": message("an object"),
    "mapping": message("an object"),
    "model": message("an object"),
    "model_attributes": message("an object"),
    "dataclass": message("an object"),
    "date": message("a date such as 2026-12-16"),
    "date_from_datetime": message("a date such as 2026-12-16"),
    "datetime": message("an instant such as 2026-12-16T06:00:00Z"),
    "datetime_from_date": message("an instant such as 2026-12-16T06:00:00Z"),
    "timezone": message("an instant such as 2026-12-16T06:00:00Z"),
    "time": message("a clock time such as 15:00"),
    "url": message("a web address such as https://example.org/"),
    "uuid": message("a UUID"),
    "none_required": message("null"),
    "finite": message("a number"),
}
_SUFFIXES = ("_type", "_parsing", "_from_float", "_from_datetime_inexact", "_number", "_naive", "_aware",
             "_inexact", "_scheme", "_too_long", "_parsing_size")  # fmt: skip
_AMOUNTS: Mapping[str, tuple[str, str, Message]] = {
    "greater_than": ("too_small", "gt", message("%(field)s must be more than %(limit)s.")),
    "greater_than_equal": ("too_small", "ge", message("%(field)s must be at least %(limit)s.")),
    "less_than": ("too_large", "lt", message("%(field)s must be less than %(limit)s.")),
    "less_than_equal": ("too_large", "le", message("%(field)s must be at most %(limit)s.")),
    "multiple_of": ("wrong_step", "multiple_of", message("%(field)s must be a multiple of %(limit)s.")),
    "string_too_short": (
        "too_short",
        "min_length",
        message("%(field)s must have at least %(limit)s characters."),
    ),
    "string_too_long": (
        "too_long",
        "max_length",
        message("%(field)s must have at most %(limit)s characters."),
    ),
    "too_short": ("too_few", "min_length", message("%(field)s must have at least %(limit)s entries.")),
    "too_long": ("too_many", "max_length", message("%(field)s must have at most %(limit)s entries.")),
}
_EMPTY: Mapping[str, str] = {"string_too_short": "too_short", "too_short": "too_few"}


def refusal_of(code: str, errors: Sequence[FieldError]) -> Invalid:
    """Return the refusal of all field errors; its sentence is the first one's, and how many follow."""
    first = errors[0].detail
    if len(errors) == 1:
        return Invalid(code, first, errors=errors)
    more = message("%(first)s There are %(count)s more.", first=first, count=len(errors) - 1)
    return Invalid(code, more if len(errors) > 2 else _one_more(first), errors=errors)  # noqa: PLR2004


def _one_more(first: Message) -> Message:
    return message("%(first)s There is one more.", first=first)


def complaints(
    found: ValidationError, data: Any, model: type[BaseModel], *, flat: bool = False
) -> list[FieldError]:
    """Return what is wrong as field errors, one per field and at most 20.

    `data` is what was validated: the pointers are found by walking along it, which leaves out the
    names that pydantic puts in for the branches of a union. With `flat` (query, form) a pointer is a
    parameter's bare name.
    """
    by_pointer: dict[str, list[ErrorDetails]] = {}
    for error in found.errors(include_url=False)[:_READ]:
        by_pointer.setdefault(_pointer(error, data), []).append(error)
    deep = [pointer for pointer, errors in by_pointer.items() if not all(map(_is_type, errors))]
    result: list[FieldError] = []
    for pointer, errors in by_pointer.items():
        # Of a union only the branch of the right kind speaks: `{"code": 1}` is no text, but nobody means that.
        inner = any(other.startswith(pointer + "/") for other in by_pointer)
        if inner and all(map(_is_type, errors)):
            continue
        if len(result) == _MOST:
            break
        kept = errors if pointer not in deep else [e for e in errors if not _is_type(e)]
        result.append(_complaint(pointer.removeprefix("/") if flat else pointer, kept, model))
    return result


def _is_type(error: ErrorDetails) -> bool:
    return error["type"].endswith("_type")


def _pointer(error: ErrorDetails, data: Any) -> str:
    at, parts = data, []
    last = len(error["loc"]) - 1
    for index, part in enumerate(error["loc"]):
        if _holds(at, part):
            at = at[part]
        elif not (index == last and error["type"] == "missing"):
            continue  # the branch of a union
        parts.append(str(part).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{part}" for part in parts)


def _holds(data: Any, part: int | str) -> bool:
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, dict) and part in data


def named(pointer: str) -> str | Message:
    """Return a JSON pointer as people write it: `start.local`, `stations[1].role`; "the body" for the whole."""
    text = ""
    for part in pointer.removeprefix("/").split("/"):
        plain = part.replace("~1", "/").replace("~0", "~")[:60]
        text += f"[{plain}]" if plain.isdigit() else f".{plain}" if text else plain
    return text or message("the body")


def _complaint(pointer: str, errors: Sequence[ErrorDetails], model: type[BaseModel]) -> FieldError:
    error = errors[0]
    kind, context = error["type"], error.get("ctx", {})
    field = named(pointer)
    value = error["input"]
    if kind == "missing":
        code, detail, value = "missing", message("%(field)s is missing.", field=field), None
    elif kind == "extra_forbidden":
        code, detail = "unknown_field", _unknown(field, error, model)
    elif kind in _EMPTY and context["min_length"] == 1:
        code, detail = _EMPTY[kind], message("%(field)s is empty. Fill it in.", field=field)
    elif kind in _AMOUNTS:
        code, limit, sentence = _AMOUNTS[kind]
        detail = Message(sentence.msgid, {"field": field, "limit": context[limit]})
    elif kind in {"literal_error", "enum"}:
        code, detail = "not_a_choice", _choices(field, [e for e in errors if e["type"] == kind])
    elif isinstance(context.get("error"), Wrong):
        code, detail = context["error"].code, context["error"].detail
    else:
        code, detail = _by_kind(field, errors)
    return FieldError(pointer=pointer, value=value, code=code, detail=detail)


def _by_kind(field: str | Message, errors: Sequence[ErrorDetails]) -> tuple[str, Message]:
    """Return the complaint about a value of the wrong kind, or of the right kind and unreadable."""
    wanted: list[Message] = []
    for error in errors:
        found = _WANTED.get(_base(error["type"]))
        if found is not None and found not in wanted:
            wanted.append(found)
    if not wanted:
        return "wrong_form", message("%(field)s does not have the form that is asked for.", field=field)
    either: Message = wanted[0]
    for other in wanted[1:]:
        either = message("%(one)s or %(other)s", one=either, other=other)
    if _is_type(errors[0]):
        given = _kind(errors[0]["input"])
        return "wrong_type", message(
            "%(field)s must be %(wanted)s, not %(given)s.", field=field, wanted=either, given=given
        )
    return "wrong_form", message("%(field)s must be %(wanted)s.", field=field, wanted=either)


def _base(kind: str) -> str:
    if kind in _WANTED:
        return kind
    for suffix in _SUFFIXES:
        if kind.endswith(suffix):
            return kind.removesuffix(suffix)
    return kind


def _kind(value: Any) -> Message:
    if value is None:
        return message("null")
    if isinstance(value, bool):
        return message("true or false")
    if isinstance(value, int | float):
        return message("a number")
    if isinstance(value, str):
        return message("text")
    return message("a list") if isinstance(value, list | tuple) else message("an object")


def _choices(field: str | Message, errors: Sequence[ErrorDetails]) -> Message:
    names: list[str] = []
    for error in errors:
        names += _QUOTED.findall(str(error.get("ctx", {}).get("expected", "")))
    return message(
        "%(field)s must be one of %(choices)s.", field=field, choices=", ".join(dict.fromkeys(names))
    )


def _unknown(field: str | Message, error: ErrorDetails, model: type[BaseModel]) -> Message:
    """Return that a field is not known, with the one that may be meant or all that are."""
    name = str(error["loc"][-1])
    known = sorted(wire_fields(_model_at(model, error["loc"][:-1])))
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return message('There is no field "%(field)s". Is %(near)s meant?', field=field, near=near[0])
    if not known:
        return message('There is no field "%(field)s": leave it out.', field=field)
    return message(
        'There is no field "%(field)s": leave it out. There are %(known)s.',
        field=field,
        known=", ".join(known),
    )


def wire_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the name they have in a request."""
    return {
        str(info.validation_alias or info.alias or name): info for name, info in model.model_fields.items()
    }


def takes_list(model: type[BaseModel], name: str) -> bool:
    """Say whether a field of that name in a request holds several values."""
    info = wire_fields(model).get(name)
    return info is not None and any(
        get_origin(part) in {list, tuple, set, frozenset, Sequence} for part in _branches(info.annotation)
    )


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the innermost model that a location leads to."""
    at = model
    for part in loc:
        if not isinstance(part, str):
            continue
        info = wire_fields(at).get(part)
        if info is None:
            continue
        inner = [found for found in _models_in(info.annotation) if found.__name__ in loc]
        at = next(iter(inner or _models_in(info.annotation)), at)
    return at


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models_in(part)]


def _branches(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else (annotation,)
