"""Who is it, over the API: a picture against all, or against one person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request

from dashboards.web.access import AnalystVisitor
from dashboards.web.api.faces.values import PictureIdentified, PictureVerified, picture_identified, picture_verified
from dashboards.web.api.problems import problems
from dashboards.web.api.record.pictures import SentPicture
from dashboards.web.api.values import NAME
from dashboards.web.rendering import site_of
from dashboards.web.who.answers import identify_picture, verify_picture
from pipeline.control.gallery.people import People

router = APIRouter(tags=["faces"])


@router.post("/identify", operation_id="identify", responses=problems(503))
def identify(request: Request, visitor: AnalystVisitor, content: SentPicture) -> PictureIdentified:
    """Who of everybody enrolled each face of a picture is, or that it is none of them.

    Scores are those that tracks are judged by, at the operating point in effect. Each use stands in the audit log.
    """
    return picture_identified(identify_picture(site_of(request), content, who=visitor.name))


@router.post("/verify", operation_id="verify", responses=problems(404, 503))
def verify(
    request: Request,
    visitor: AnalystVisitor,
    content: SentPicture,
    person: Annotated[str, Form(pattern=NAME, max_length=200, description="The person's id or name.")],
) -> PictureVerified:
    """Whether a picture shows that person. Each use stands in the audit log."""
    site = site_of(request)
    claimed = People(site.control).person(person)
    answer = verify_picture(site, content, claimed.person_id, who=visitor.name)
    return picture_verified(answer, claimed.person_id, claimed.name)
