"""Problems, as RFC 9457 has them: how the API says that something cannot be done, and how that is described."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from dashboards.web.api.values import ApiValue
from dashboards.web.failures import PROBLEM_TYPE

MEANINGS = {
    401: "Nobody is signed in: the token is missing, is none, or ran out.",
    403: "The role of whoever asks is too small for this, or the X-CSRF-Token of a page is missing.",
    404: "There is no such thing (any more).",
    408: "Nothing more of the request came for half a minute.",
    409: "This cannot be done as things are; the words say why.",
    412: "Another tus than 1.0.0 is spoken.",
    413: "The request brings more than is taken at once.",
    415: "The body is of another type than is taken here.",
    422: "The request is not as it is described, or what it brings cannot be used; the words say what would be right.",
    429: "Too often, or too much at the same time; come again later.",
    502: "The camera cannot be reached, or refuses; the words say why.",
    503: "Somebody who is needed for this is not running; the words say what to start.",
    507: "The disk has too little room left.",
}
"""What each status says."""
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}


class Problem(ApiValue):
    """What went wrong, in words; RFC 9457."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "no sighting 's_0'; it may have gone when its source was looked at anew",
            }
        }
    )

    type: str
    """Always `about:blank`: the status says what kind of problem it is."""
    title: str
    """The status in words."""
    status: int = Field(ge=400, le=599)
    """The HTTP status."""
    detail: str
    """What is wrong with this request, and what would be right."""


def problem_answer(status: int) -> dict[str, Any]:
    """The description of one answer."""
    return {"description": MEANINGS[status], "content": {PROBLEM_TYPE: {"schema": PROBLEM_REF}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an operation may answer beside success, and beside what all operations may (401, 403, 413, 422)."""
    return {status: problem_answer(status) for status in statuses}
