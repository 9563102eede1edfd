"""JSON Schema in words: what fields there are, and of what kind they are. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.web.api.marked_words import Paragraph, marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a request brings, or an answer tells."""

    name: str
    place: str
    """path, query, body or answer."""
    kind: str
    """In words."""
    is_needed: bool
    words: Paragraph


def resolved(described: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema, or the one that it refers to."""
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def field_of(described: Mapping[str, Any], parameter: Mapping[str, Any]) -> Field:
    """A parameter of a path or a query."""
    schema = parameter.get("schema", {})
    return Field(
        name=parameter["name"],
        place=parameter["in"],
        kind=type_words(described, schema),
        is_needed=parameter.get("required", False),
        words=marked(parameter.get("description", schema.get("description", ""))),
    )


def fields_of(described: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> Iterator[Field]:
    """The fields of an object; nothing for anything else."""
    found = resolved(described, schema)
    for name, one in found.get("properties", {}).items():
        yield Field(
            name=name,
            place=place,
            kind=type_words(described, one),
            is_needed=name in found.get("required", ()),
            words=marked(one.get("description", "")),
        )


def type_words(described: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What kind of value it is, such as `text or null`, `list of Sighting`."""
    if "$ref" in schema:
        found = resolved(described, schema)
        return _choice(found) if "enum" in found else schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(type_words(described, one) for one in schema["anyOf"])
    if "enum" in schema:
        return _choice(schema)
    if schema.get("type") == "array":
        return f"list of {type_words(described, schema.get('items', {})) or 'values'}"
    return _plain(schema)


def _choice(schema: Mapping[str, Any]) -> str:
    return " | ".join(str(value) for value in schema["enum"])


def _plain(schema: Mapping[str, Any]) -> str:
    kind = {"string": "text", "integer": "whole number", "boolean": "true | false"}.get(
        schema.get("type", ""), schema.get("type", "")
    )
    formats = {"date-time": "moment", "date": "day", "binary": "file"}
    kind = formats.get(schema.get("format", ""), kind)
    if "contentMediaType" in schema:
        kind = "file"
    if "minimum" in schema and "maximum" in schema and schema["maximum"] < 1e6:
        return f"{kind}, {schema['minimum']:g} to {schema['maximum']:g}"
    return str(kind)
