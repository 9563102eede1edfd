"""The templates of recorded tracks as arrays, file by file, and which files there are of them.

    template_files(data_dir, encoder) -> {name: FileMark}     what is there now, by name below the encoder's folder
    read_templates(data_dir, encoder, name) -> Templates      one of them

A file of the record is replaced whole, never changed: another file under the same name has another mark.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import StoreDamaged
from pipeline.schemas import VectorF32, check_array
from pipeline.sightings.record.files import Part, read_file, safe_name

ID_TYPE = np.dtype("S32")
"""Track ids in ASCII, padded with zero bytes; ours have 18 characters."""


@dataclass(frozen=True, slots=True, order=True)
class FileMark:
    """By what a file is told from another one that took its place."""

    inode: int
    modified_ns: int
    n_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """What the tracks of one file look like."""

    track_ids: NDArray[np.bytes_]
    """`(N,)` of `ID_TYPE`."""
    templates: VectorF32
    """`(N, D)` float32 of unit length."""

    def __post_init__(self) -> None:
        check_array("templates", self.templates, (len(self.track_ids), None), np.float32)


def template_files(data_dir: Path, encoder: str) -> dict[str, FileMark]:
    """Every file with embeddings of `encoder`, such as `date=2026-05-01/source=door/hour-14.parquet`, with its mark."""
    part = _part(data_dir, encoder)
    without_rows = part.columns_file().relative_to(part.folder).as_posix()
    found = {
        f"{partition}/{file.name}": _mark(file)
        for day in _folders(str(part.folder), "", "date=")
        for partition in _folders(str(part.folder), f"{day}/", "source=")
        for file in os.scandir(f"{part.folder}/{partition}")
        if file.name.endswith(".parquet") and not file.name.startswith(".")
    }
    found.pop(without_rows, None)
    return dict(sorted(found.items()))


def read_templates(data_dir: Path, encoder: str, name: str) -> Templates:
    """The templates of one of `template_files`; raises `StoreDamaged` when it cannot be read."""
    path = _part(data_dir, encoder).folder / name
    table = read_file(path, ("track_id", "template")).combine_chunks()
    ids = table.column("track_id").to_pylist()
    if any(len(track_id) > ID_TYPE.itemsize for track_id in ids):
        raise StoreDamaged(f"the recorded file {path} names a track by more than {ID_TYPE.itemsize} characters")
    column = table.column("template")
    flat = np.concatenate([np.empty(0, np.float32), *(chunk.flatten().to_numpy() for chunk in column.chunks)])
    return Templates(np.array(ids, ID_TYPE), flat.reshape(len(ids), column.type.list_size))


def _part(data_dir: Path, encoder: str) -> Part:
    return Part(data_dir / "embeddings" / f"encoder={safe_name(encoder)}")


def _folders(root: str, below: str, prefix: str) -> list[str]:
    """Names below `root` of the folders in `below` that begin so; none where there is no such folder (yet)."""
    try:
        with os.scandir(f"{root}/{below}") as entries:
            return [below + entry.name for entry in entries if entry.name.startswith(prefix) and entry.is_dir()]
    except FileNotFoundError:
        return []


def _mark(file: os.DirEntry[str]) -> FileMark:
    found = file.stat()
    return FileMark(found.st_ino, found.st_mtime_ns, found.st_size)
