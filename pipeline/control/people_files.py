"""The reference pictures as files: `<data>/people/<person_id>/<sha256>.<suffix>`, named by their content."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pipeline.control.people_records import NewReference
from pipeline.errors import StoreDamaged, StoreFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def image_ref_of(person_id: str, new: NewReference) -> str:
    """Where the picture belongs, below the data folder; empty for a reference without one."""
    return f"people/{person_id}/{new.image_sha256}{new.image_suffix}" if new.image_suffix else ""


def keep_image(data_dir: Path, person_id: str, new: NewReference) -> str:
    """Write the picture unless it is there; returns its path below the data folder, empty when there is none.

    Raises `StoreFull` without room, `StoreDamaged` when the folder cannot be written.
    """
    image_ref = image_ref_of(person_id, new)
    path = data_dir / image_ref
    if not image_ref or path.is_file():
        return image_ref
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(new.image)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno in _FULL:
            raise StoreFull(f"no room left in {path.parent}; free some space and enrol again") from error
        raise StoreDamaged(f"{path} cannot be written: {error.strerror}") from error
    return image_ref
