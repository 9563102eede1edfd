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
            return source_id_of_digest(hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise SourceUnreadable(f"{path}: cannot be read ({error.strerror})") from error


def source_id_of_digest(sha256: str) -> str:
    """The source id of the file whose content has this sha256, in hex digits."""
    return "f_" + sha256[:16]
