"""Who asks, as the API sees them."""

from __future__ import annotations

from fastapi import APIRouter, Request

from dashboards.web.access import AnyVisitor
from dashboards.web.api.values import ApiValue, RoleWord
from dashboards.web.rendering import site_of
from pipeline.sightings.rows import PIPELINE_VERSION

router = APIRouter(tags=["site"])


class Me(ApiValue):
    """Whoever sent the request."""

    name: str
    """Of a token, its own name after the user's: `ada/turnstile`."""
    role: RoleWord
    is_program: bool
    """Whether this is a token, rather than a person with a browser."""
    time_zone: str
    """The site's: in it days begin."""
    encoder: str
    """The face encoder of the data folder."""
    pipeline_version: str


@router.get("/me", operation_id="get_me")
def get_me(request: Request, visitor: AnyVisitor) -> Me:
    """Who is asking, and what they may. A good first request."""
    site = site_of(request)
    return Me(
        name=visitor.name,
        role=RoleWord(visitor.role.word),
        is_program=visitor.is_program,
        time_zone=str(site.zone),
        encoder=site.encoder,
        pipeline_version=PIPELINE_VERSION,
    )
