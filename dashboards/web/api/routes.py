"""The API under `/api/v1`, each topic in a file of its own; and the page that teaches it."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from dashboards.web.api import reference
from dashboards.web.api.description import described
from dashboards.web.api.faces import search, who
from dashboards.web.api.record import past, people, pictures, sightings, timeline, unknowns
from dashboards.web.api.site import attendance, audit, me, system, users
from dashboards.web.api.sources import cameras, events, footage, jobs, sending, uploads

OPERATIONS = APIRouter(prefix="/api/v1")
_RECORD = (people, pictures, unknowns, sightings, timeline, past)
_SENDING = (sending, uploads)  # sending has addresses that those of single files would fit, too
_SOURCES = (*_SENDING, footage, jobs, cameras, events)
for _topic in (me, *_RECORD, *_SOURCES, search, who, attendance, system, users, audit):
    OPERATIONS.include_router(_topic.router)

router = APIRouter()
router.include_router(OPERATIONS)
router.include_router(reference.router)


def describe(app: FastAPI) -> None:
    """Let the application describe the API, and nothing else."""
    app.openapi = lambda: described(app, OPERATIONS)  # type: ignore[method-assign] # as FastAPI's documentation has it
