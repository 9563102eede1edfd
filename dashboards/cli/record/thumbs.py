"""Pictures of the record, for a report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def read_thumbs(data_dir: Path, refs: Iterable[str]) -> dict[str, bytes]:
    """The JPEGs of these `thumb_ref`s; one that has been superseded meanwhile is left out."""
    paths = {ref: data_dir / ref for ref in refs}
    return {ref: path.read_bytes() for ref, path in paths.items() if path.is_file()}
