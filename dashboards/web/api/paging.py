"""Lists page by page: how many at once, where the next page begins, and the `Link` header that leads there."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from dashboards.web.api.values import ApiValue

DEFAULT_LIMIT = 50
MOST = 500

Limit = Annotated[int, Query(ge=1, le=MOST, description="How many are wanted at most.")]


class ListPage(ApiValue):
    """A part of a list."""

    next_cursor: str | None
    """To be sent as `cursor` for the next page, which the header `Link` names as `rel="next"`; null at the end."""


def lead_on(request: Request, response: Response, cursor: object | None) -> str | None:
    """The cursor as text, with the address of the next page in the answer's headers; None at the end."""
    if cursor is None:
        return None
    following = request.url.include_query_params(cursor=str(cursor))
    response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return str(cursor)
