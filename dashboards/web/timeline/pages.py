"""people by time, and the evidence of each sighting."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
