"""The source id of a footage file: it follows the content, so that a renamed file is the same source."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.errors import SourceUnreadable


def footage_source_id(path: Path) -> str:
    """`f_` and the first 16 hex digits of the sha256 of the file's content; raises `SourceUnreadable`."""
    if not path.exists():
        raise SourceUnreadable(f"{path}: there is no such file")
    if not path.is_file():
        raise SourceUnreadable(f"{path}: is not a file")
    try:
        with path.open("rb") as file:
            return "f_" + hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise SourceUnreadable(f"{path}: cannot be read ({error.strerror})") from error
