"""queues, workers, cameras, jobs, dead letters, disk."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
