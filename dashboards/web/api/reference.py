"""The page that teaches the API: every operation with its parameters, its answers, and a request to try."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse

from dashboards.web.access import AnyVisitor
from dashboards.web.api.reference_views import ReferenceView, reference_view
from dashboards.web.rendering import render, site_of

PAGE = "/api"

router = APIRouter(include_in_schema=False)


@router.get(PAGE)
def show(request: Request, _visitor: AnyVisitor) -> HTMLResponse:
    """The page, made from the same description that programs get at `/api/v1/openapi.json`."""
    base_url = site_of(request).settings.web.public_url or f"{request.url.scheme}://{request.url.netloc}"
    return render(request, "api/reference.html", {"view": _view(request.app, base_url)})


def _view(app: FastAPI, base_url: str) -> ReferenceView:
    return reference_view(app.openapi(), base_url)
