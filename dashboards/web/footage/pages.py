"""submit it, follow it, stop it and go on."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
