"""The OpenAPI 3.1 document, made from the declared routes and the models they are parsed with."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from jicanet.core.actor import Action
from jicanet.web.models import Body
from jicanet.web.problem import GENERAL_CODES, PROBLEM_MEDIA, title
from jicanet.web.routes import Route

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_DESCRIPTIONS = {303: "See there", 304: "What you have is current"}


class ProblemField(BaseModel):
    """One thing wrong with one field."""

    pointer: str = Field(description="JSON pointer into the body, or the name of a parameter or header.")
    value: Any = Field(description="What was given, shortened; never a secret.")
    code: str
    detail: str
    choices: list[dict[str, Any]] | None = Field(default=None, description="Values that would be taken.")


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str = Field(description="Stable, for programs.")
    detail: str = Field(description="A sentence for people: what, and what to do.")
    errors: list[ProblemField] | None = None
    conflicts: list[dict[str, Any]] | None = None
    choices: list[dict[str, Any]] | None = None


def document(
    routes: Iterable[Route],
    version: str,
    *,
    is_open: Callable[[Action], bool] = lambda action: action is Action.READ_PUBLIC,
    takes_tokens: Callable[[Action], bool] = lambda _: True,
) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the JSON, calendar and file routes (pages are for people).

    `is_open` says which actions a stranger may do: there no sign-in is asked for. `takes_tokens` says
    which a service token may ever do: the others are for signed-in browsers.
    """
    described = [route for route in routes if route.media != "page"]
    references, schemas = _schemas(described)
    paths: dict[str, Any] = {}
    for route in described:
        operations = paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})
        security = _security(route.permission, is_open, takes_tokens)
        operations[route.method.lower()] = {**_operation(route, references), "security": security}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "JICA-Net",
            "version": version,
            "description": "Sessions, stations and materials of a videoconference network. Instants are RFC 3339, "
            "durations minutes, stations and materials are named by code, languages are BCP 47.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A service token."},
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "jicanet",
                    "description": "A signed-in browser (`__Host-jicanet` by https); a change also repeats X-CSRF-Token.",
                },
            },
        },
    }


_Key = tuple[type[BaseModel], JsonSchemaMode]


def _schemas(routes: Sequence[Route]) -> tuple[dict[_Key, dict[str, Any]], dict[str, Any]]:
    inputs = [route.body for route in routes if route.body is not None and issubclass(route.body, Body)]
    outputs: list[type[BaseModel]] = []
    for route in routes:
        outputs += [model for model in route.answers.values() if isinstance(model, type)]
    wanted: list[_Key] = [(model, "validation") for model in inputs]
    wanted += [(model, "serialization") for model in outputs]
    wanted.append((Problem, "serialization"))
    return _schemas_of(tuple(dict.fromkeys(wanted)))


@cache  # 0.2 s of a core: once a process, though a process may make more than one application
def _schemas_of(wanted: tuple[_Key, ...]) -> tuple[dict[_Key, dict[str, Any]], dict[str, Any]]:
    found, top = models_json_schema(wanted, ref_template=_REF)
    return {key: found[key] for key in wanted}, dict(sorted(top.get("$defs", {}).items()))


def _operation(route: Route, references: Mapping[_Key, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "parameters": _parameters(route),
        "responses": {**_successes(route, references), **_refusals(route)},
    }
    if route.description:
        operation["description"] = route.description
    if route.tags:
        operation["tags"] = list(route.tags)
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": references[route.body, "validation"]}},
        }
    return operation


def _operation_id(route: Route) -> str:
    words = re.findall(r"[A-Za-z0-9]+", route.path.removeprefix("/api/v1"))
    return "_".join([route.method.lower(), *words])


def _security(
    permission: Action | None, is_open: Callable[[Action], bool], takes_tokens: Callable[[Action], bool]
) -> list[dict[str, Any]]:
    if permission is None or permission is Action.READ_PUBLIC:
        return []
    known: list[dict[str, Any]] = [{"bearer": []}] if takes_tokens(permission) else []
    return [*known, {"cookie": []}, *([{}] if is_open(permission) else [])]


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(route.path)
    ]
    if route.query is not None:
        schema = route.query.model_json_schema(ref_template=_REF)
        required = schema.get("required", [])
        for name, part in schema.get("properties", {}).items():
            about = _without_null(_inlined(part, schema.get("$defs", {})))
            parameter = {"name": name, "in": "query", "required": name in required}
            if "description" in about:
                parameter["description"] = about.pop("description")
            found.append({**parameter, "schema": about})
    if route.if_match:
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": route.if_match == "needed",
                "description": "The ETag of what was read, or * for whatever there is.",
                "schema": {"type": "string"},
                "example": '"3"',
            }
        )
    if route.idempotent:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "Makes sending the same request again harmless; kept for seven days.",
                "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
            }
        )
    return found


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter without null: it is left out instead, a query string has no null."""
    found = {name: value for name, value in schema.items() if name != "default" or value is not None}
    choices = [part for part in found.get("anyOf", ()) if part.get("type") != "null"]
    if "anyOf" in found and len(choices) == 1:
        del found["anyOf"]
        return {**choices[0], **found}
    return {**found, "anyOf": choices} if "anyOf" in found else found


def _inlined(part: Any, definitions: Mapping[str, Any]) -> Any:
    """Return a schema with its references put in place: a parameter has no definitions of its own."""
    if isinstance(part, Mapping):
        if "$ref" in part:
            name = str(part["$ref"]).rpartition("/")[2]
            return {
                **_inlined(definitions[name], definitions),
                **{k: v for k, v in part.items() if k != "$ref"},
            }
        return {name: _inlined(value, definitions) for name, value in part.items()}
    return [_inlined(value, definitions) for value in part] if isinstance(part, list) else part


def _successes(route: Route, references: Mapping[_Key, dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, model in (route.answers or {200: None}).items():
        answer: dict[str, Any] = {"description": _DESCRIPTIONS.get(status, "Done")}
        if isinstance(model, str):
            answer["content"] = {model: {"schema": {"type": "string"}}}
        elif model is not None:
            answer["content"] = {"application/json": {"schema": references[model, "serialization"]}}
        elif route.media == "json" and status not in {204, 304}:
            answer["content"] = {"application/json": {"schema": {}}}
        found[str(status)] = answer
    return found


def _refusals(route: Route) -> dict[str, Any]:
    """Return what may be refused: by what the route is, and the codes it declares."""
    codes: dict[int, tuple[str, ...]] = {500: GENERAL_CODES[500], 503: GENERAL_CODES[503]}
    codes[401] = GENERAL_CODES[401] if route.permission is not Action.READ_PUBLIC else ("bad_token",)
    if route.permission is not None and route.permission is not Action.READ_PUBLIC:
        codes[403] = ("not_permitted",)
    if route.method in _CHANGING:
        codes[403] = GENERAL_CODES[403]
        codes[507] = GENERAL_CODES[507]
    if "{" in route.path:
        codes[404] = GENERAL_CODES[404]
    if route.body is not None:
        codes |= {status: GENERAL_CODES[status] for status in (400, 413, 415)}
        codes[422] = ("invalid_body",)
    else:
        codes[400] = ("unreadable_request",)
    if route.query is not None:
        codes[422] = (*codes.get(422, ()), "invalid_query")
    if route.idempotent:
        codes[422] = (*codes.get(422, ()), "bad_idempotency_key", "idempotency_key_reused")
    for status, declared in route.refused().items():
        codes[status] = (*codes.get(status, ()), *declared)
    return {
        str(status): {
            "description": f"{title(status)}: {', '.join(f'`{code}`' for code in dict.fromkeys(known))}",
            "content": {PROBLEM_MEDIA: {"schema": {"$ref": _REF.format(model="Problem")}}},
        }
        for status, known in sorted(codes.items())
    }
