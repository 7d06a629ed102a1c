"""The description of the API, written from the operations and their types."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from core import __version__
from dashboards.operations import OPERATIONS, WRITES
from dashboards.problems import TITLES, Problem
from dashboards.security import MARK

MARKED = {
    "name": "X-Requested-With",
    "in": "header",
    "required": True,
    "schema": {"const": MARK},
    "description": "What a foreign page cannot send.",
}
REFUSALS = (400, 401, 403, 404, 413, 421, 429, 503, 504)


@cache
def description() -> bytes:
    """Return the API's description, OpenAPI 3.1, as JSON."""
    return json.dumps(document(), indent=1).encode()


def document() -> dict[str, Any]:
    """Return the description as OpenAPI 3.1: a path for each operation, a schema for each model."""
    models = [Problem, *(one.answer for one in (*OPERATIONS, *WRITES))]
    kinds: list[tuple[type[BaseModel], Any]] = [
        (model, "serialization") for model in models if not isinstance(model, str)
    ]
    kinds += [(write.body, "validation") for write in WRITES if write.body]
    schemas, definitions = models_json_schema(
        list(dict.fromkeys(kinds)), ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, Any] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})["get"] = {
            "operationId": one.name.replace(".", "_"),
            "summary": one.about,
            "parameters": parameters(one.asked, "query"),
            "responses": responses(content(one.answer, schemas)),
        }
    for write in WRITES:
        paths.setdefault(write.path, {})[write.method.lower()] = {
            "operationId": write.name,
            "summary": write.about,
            "parameters": [*parameters(write.where, "path"), MARKED],
            "responses": responses(content(write.answer, schemas))
            | {str(status): refusal(status) for status in write.refusals},
        } | (
            {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": schemas[(write.body, "validation")]}
                    },
                }
            }
            if write.body
            else {}
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Open FinOps Stack",
            "version": __version__,
            "description": "Cloud costs in FOCUS. Amounts are exact decimals, written as text; "
            "currencies are never added; ends of periods are exclusive.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {})},
    }


def content(answer: type[BaseModel] | str, schemas: Any) -> dict[str, Any]:
    """Return an answer by its media type."""
    if isinstance(answer, str):
        return {answer: {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": schemas[(answer, "serialization")]}}


def responses(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "200": {"description": "The answer.", "content": answer},
        "304": {"description": "What the browser has is still right."},
    } | {str(status): refusal(status) for status in REFUSALS}


def refusal(status: int) -> dict[str, Any]:
    return {
        "description": TITLES[status],
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }


def parameters(asked: type[BaseModel], place: str) -> list[dict[str, Any]]:
    """Return the parameters in a query or path; their schemas refer to nothing."""
    schema = asked.model_json_schema()
    shared = schema.get("$defs", {})
    found = []
    for name, field in schema.get("properties", {}).items():
        own = dict(written_out(field, shared))
        about = own.pop("description", "")
        is_list = own.get("type") == "array"
        found.append(
            {
                "name": name,
                "in": place,
                "required": name in schema.get("required", ()),
                "description": about,
                "schema": own,
            }
            | ({"style": "form", "explode": True} if is_list else {})
        )
    return found


def written_out(schema: Any, shared: dict[str, Any]) -> Any:
    """Return a schema with its references replaced by what they name."""
    if isinstance(schema, list):
        return [written_out(one, shared) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        named = shared[schema["$ref"].rpartition("/")[2]]
        rest = {name: value for name, value in schema.items() if name != "$ref"}
        return written_out({**named, **rest}, shared)
    return {name: written_out(value, shared) for name, value in schema.items()}
