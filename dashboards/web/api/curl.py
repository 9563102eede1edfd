"""Requests to try, as commands for `curl`, made of the description of an operation. Pure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.web.api.schema_words import resolved

WHO_ASKS = '-H "Authorization: Bearer $FACETRAIL_TOKEN"'
FILES = {
    "application/octet-stream": "-X POST -T door.mp4",  # -T sends it as it is read, however long it is
    "application/offset+octet-stream": "-H 'Content-Type: application/offset+octet-stream' -T door.mp4",
}
"""How the bytes of a file are sent, by the type of the body."""
STAND_INS = {"string": "Ada Lovelace", "integer": 1, "number": 1.0, "boolean": True}


def curl_example(described: Mapping[str, Any], url: str, method: str, operation: Mapping[str, Any]) -> str:
    """A command that carries out the operation; only what has to be sent is sent."""
    needed = [one for one in operation.get("parameters", ()) if one.get("required")]
    for one in needed:
        if one["in"] == "path":
            url = url.replace("{" + one["name"] + "}", str(_example(described, one.get("schema", {}))))
    query = "&".join(f"{one['name']}={_example(described, one['schema'])}" for one in needed if one["in"] == "query")
    headers = [f"{one['name']}: {_example(described, one['schema'])}" for one in needed if one["in"] == "header"]
    told = [f"-H {shlex.quote(header)}" for header in headers]
    parts = ["curl", WHO_ASKS, *_how(method, operation), *told, *_body(described, operation)]
    return " ".join([*parts, shlex.quote(f"{url}?{query}" if query else url)])


def _how(method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    if method == "head":
        yield "-I"
    elif method not in {"get", "post"} or (method == "post" and "requestBody" not in operation):
        yield f"-X {method.upper()}"
    good = operation["responses"].get("200", {}).get("content", {})
    if "text/event-stream" in good:
        yield "-N"
    elif good and "application/json" not in good:
        yield "-OJ"


def _body(described: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        schema = resolved(described, media["schema"])
        if kind in FILES:
            yield FILES[kind]
        elif kind == "multipart/form-data":
            yield from _form(described, schema)
        else:
            yield f"--json {shlex.quote(json.dumps(_object(described, schema)))}"


def _form(described: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    for name in schema.get("required", ()):
        one = schema["properties"][name]
        is_file = "contentMediaType" in one or one.get("format") == "binary" or one.get("type") == "array"
        yield f"-F {name}=@ada.jpg" if is_file else f"-F {shlex.quote(f'{name}={_example(described, one)}')}"


def _object(described: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    wanted = schema.get("required") or list(schema.get("properties", {}))[:1]
    return {name: _example(described, schema["properties"][name]) for name in wanted}


def _example(described: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    schema = resolved(described, given)
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _example(described, schema["anyOf"][0])
    if schema.get("type") == "array":
        return [_example(described, schema.get("items", {}))]
    return schema.get("minimum", STAND_INS.get(schema.get("type", ""), ""))
