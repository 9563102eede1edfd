"""What the page of the API shows, made of its description in OpenAPI. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from dashboards.web.api.curl import curl_example
from dashboards.web.api.marked_words import Paragraph, marked, paragraphs
from dashboards.web.api.schema_words import Field, field_of, fields_of, type_words


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an operation."""

    status: int
    title: str
    words: Paragraph
    type_words: str
    """What it brings; empty for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be done."""

    name: str
    method: str
    path: str
    summary: str
    """The first sentence."""
    words: tuple[Paragraph, ...]
    role: str
    fields: tuple[Field, ...]
    """What a request brings: in the path, in the query, in the body."""
    answers: tuple[Answer, ...]
    result: tuple[Field, ...]
    """The fields of a good answer."""
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Operations that belong together."""

    name: str
    words: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceView:
    """The whole page."""

    words: tuple[Paragraph, ...]
    topics: tuple[Topic, ...]


def reference_view(described: Mapping[str, Any], base_url: str) -> ReferenceView:
    """The page of an API that is described so and answers at `base_url`."""
    operations = [
        (one["tags"][0], _operation(described, path, method, one, base_url))
        for path, methods in described["paths"].items()
        for method, one in methods.items()
    ]
    topics = (
        Topic(
            name=tag["name"],
            words=tag["description"],
            operations=tuple(operation for name, operation in operations if name == tag["name"]),
        )
        for tag in described["tags"]
    )
    return ReferenceView(words=paragraphs(described["info"]["description"]), topics=tuple(topics))


def _operation(
    described: Mapping[str, Any], path: str, method: str, one: Mapping[str, Any], base_url: str
) -> Operation:
    words = one["description"].rpartition("\n\n")[0]
    return Operation(
        name=one["operationId"],
        method=method.upper(),
        path=path,
        summary=words.split("\n\n")[0].replace("\n", " "),
        words=paragraphs(words),
        role=one["x-role"],
        fields=(*(field_of(described, each) for each in one.get("parameters", ())), *_body_fields(described, one)),
        answers=tuple(_answer(described, int(status), each) for status, each in sorted(one["responses"].items())),
        result=_result(described, one),
        curl=curl_example(described, base_url + path, method, one),
    )


def _body_fields(described: Mapping[str, Any], one: Mapping[str, Any]) -> tuple[Field, ...]:
    content = one.get("requestBody", {}).get("content", {})
    return tuple(field for media in content.values() for field in fields_of(described, media["schema"], "body"))


def _answer(described: Mapping[str, Any], status: int, answer: Mapping[str, Any]) -> Answer:
    content = answer.get("content", {})
    kinds = [type_words(described, media.get("schema", {})) or kind for kind, media in content.items()]
    return Answer(status, HTTPStatus(status).phrase, marked(answer["description"]), ", ".join(kinds))


def _result(described: Mapping[str, Any], one: Mapping[str, Any]) -> tuple[Field, ...]:
    good: Mapping[str, Any] = next((each for status, each in one["responses"].items() if status.startswith("2")), {})
    schema = good.get("content", {}).get("application/json", {}).get("schema", {})
    return tuple(fields_of(described, schema, "answer"))
