"""Faces of the record as pictures, for those who are signed in."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from dashboards.web.access import AnyVisitor
from dashboards.web.rendering import site_of
from pipeline.errors import NotFound
from pipeline.sightings.record.thumbnails import THUMBS

router = APIRouter(include_in_schema=False)

KEEP = "private, max-age=3600"
"""A browser may keep a face for an hour, a proxy never."""


@router.get("/pictures/thumbs/{day}/{source}/{name}")
def thumbnail(request: Request, day: str, source: str, name: str, _visitor: AnyVisitor) -> FileResponse:
    """A track's thumbnail, as `thumb_ref` names it below the data folder."""
    folder = (site_of(request).data_dir / THUMBS).resolve()
    path = folder / day / source / name
    if not _is_picture_below(folder, path):
        raise NotFound("this picture is not there (any more)")
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": KEEP})


def _is_picture_below(folder: Path, path: Path) -> bool:
    try:
        real = path.resolve(strict=True)
    except (OSError, ValueError):  # not there, a name that is too long, a NUL in it
        return False
    return real.is_relative_to(folder) and real.suffix == ".jpg" and real.is_file()
