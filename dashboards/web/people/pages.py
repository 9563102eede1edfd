"""People and unknown people: all pages of this room."""

from __future__ import annotations

from fastapi import APIRouter

from dashboards.web.people import face_pages, people_pages, person_pages
from dashboards.web.people.naming import pages as past_pages
from dashboards.web.people.unknown import correcting
from dashboards.web.people.unknown import pages as unknown_pages

router = APIRouter(include_in_schema=False)
for part in (people_pages, person_pages, face_pages, unknown_pages, correcting, past_pages):
    router.include_router(part.router)
