"""Reference images as files, found by what the control database says and by nothing that was sent."""

from __future__ import annotations

from pathlib import Path

from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.errors import NotFound


def reference_path(control: Control, person_id: str, sha256: str) -> Path:
    """Where a person's reference image lies; raises `NotFound` for any other."""
    for reference in People(control).person(person_id).references:
        path = control.data_dir / reference.image_ref
        if reference.image_sha256 == sha256 and reference.image_ref and path.is_file():
            return path
    raise NotFound("this picture is not there (any more)")
