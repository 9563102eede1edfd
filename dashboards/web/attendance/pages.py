"""who was there when, and what the cameras can vouch for."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
