"""Pages from templates: all text is escaped, and every template knows the visitor and the site. Hides Jinja."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboards.web import words
from dashboards.web.navigation import ENTRIES
from dashboards.web.scripts import asset_url

if TYPE_CHECKING:
    from dashboards.web.access import Visitor
    from dashboards.web.site import Site


def site_of(request: Request) -> Site:
    """The site that a request is for."""
    site: Site = request.app.state.site
    return site


def render(request: Request, template: str, values: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """A page or a fragment; `visitor` is None in it while nobody is signed in."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    given = {"visitor": visitor, "entries": ENTRIES, "path": request.url.path, "zone": site_of(request).zone}
    return HTMLResponse(environment().get_template(template).render({**given, **values}), status)


@cache
def environment() -> Environment:
    """The templates of all pages, with the words in which they show times, lengths and scores."""
    made = Environment(
        loader=PackageLoader("dashboards.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "moment": words.moment,
        "clock": words.clock,
        "day": words.day,
        "stretch": words.stretch,
        "when": words.when,
        "ago": words.ago,
        "duration": words.duration,
        "score": words.score,
        "count": words.count,
        "size": words.size,
    }
    made.filters.update(filters)
    made.globals["asset"] = asset_url
    return made
