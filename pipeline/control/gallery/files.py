"""The reference pictures as files: `<data>/people/<person_id>/<sha256>.<suffix>`, named by their content.

Beside each lies the face in it, `<sha256>.face.jpg`, for pages; pictures that were enrolled before faces were kept, or
that came in an archive, have none until somebody cuts it.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pipeline.control.gallery.records import NewReference
from pipeline.errors import StoreDamaged, StoreFull

FACE_SUFFIX = ".face.jpg"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def image_ref_of(person_id: str, new: NewReference) -> str:
    """Where the picture belongs, below the data folder; empty for a reference without one."""
    return f"people/{person_id}/{new.image_sha256}{new.image_suffix}" if new.image_suffix else ""


def face_path_of(picture: Path) -> Path:
    """Where the face of a reference picture belongs."""
    return picture.with_name(picture.stem + FACE_SUFFIX)


def keep_image(data_dir: Path, person_id: str, new: NewReference) -> str:
    """Write the picture and its face unless they are there; the picture's path below the data folder, empty for none.

    Raises `StoreFull` without room, `StoreDamaged` when the folder cannot be written.
    """
    image_ref = image_ref_of(person_id, new)
    if image_ref:
        _keep(data_dir / image_ref, new.image)
        if new.face_jpeg:
            keep_face(data_dir / image_ref, new.face_jpeg)
    return image_ref


def keep_face(picture: Path, face_jpeg: bytes) -> None:
    """Write the face of a reference picture unless it is there; raises as `keep_image`."""
    _keep(face_path_of(picture), face_jpeg)


def _keep(path: Path, content: bytes) -> None:
    if path.is_file():
        return
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in _FULL:
            raise StoreFull(f"no room left in {path.parent}; free some space and enrol again") from error
        raise StoreDamaged(f"{path} cannot be written: {error.strerror}") from error
